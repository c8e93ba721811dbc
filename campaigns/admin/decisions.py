"""The forms by which a coordinator decides. Each carries out one verb."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..desk import is_key
from ..forms.fields import NameField, WordsField
from ..models import Candidate, Evidence, Organization, Signature
from ..models.evidence import reason_suggested_by
from ..models.questions import LONGEST_WORDS
from .choosing import NEW, Choices, in_a_line, listing_choices, offer
from .ready_made import HOWS, QUESTIONS, REASONS

Kind, State = Signature.Kind, Signature.State


class Decision(forms.Form):
    """One decision on one signature."""

    use_required_attribute = False
    verb: Callable[[Any], None]
    ready_made: Sequence[Promise] = ()
    aside = ""  # what the one who decided has to know besides

    @classmethod
    def suits(cls, signature: Signature) -> bool:
        """Whether there is anything to decide, in a state that allows it."""
        return True

    def __init__(self, *args: Any, signature: Signature, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signature = signature

    def inform(self, found: list[Evidence]) -> None:
        """Fills in what the evidence suggests."""

    def decide(self, by: Any) -> bool:
        """Carries out the verb. False, with the reason among the form's errors, when it is refused."""
        try:
            self.verb(by)
        except ValidationError as error:
            self.add_error(None, error)
            return False
        return True


class Wording(forms.Textarea):
    """The words that the pressed button stands for, where it stands for some, else those that were typed."""

    def __init__(self, button: str, rows: int) -> None:
        super().__init__(attrs={"rows": rows})
        self.button = button

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(self.button) or super().value_from_datadict(data, files, name)


class OwnWording(forms.Textarea):
    """The words that were typed for this one, else those that were typed for all."""

    def __init__(self, for_all: str) -> None:
        super().__init__(attrs={"rows": 3})
        self.for_all = for_all

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return super().value_from_datadict(data, files, name) or data.get(self.for_all)


class AcceptForm(Decision):
    verb_of_many = "accept"
    organization = forms.ChoiceField(label=_("List it as"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.signature.kind == Kind.PERSON:
            del self.fields["organization"]
            return
        self.merged = self._follow_merge()
        offer(self, self.choices)
        self.fields["organization"].initial = self.certain

    @cached_property
    def candidates(self) -> list[Candidate]:
        return self.signature.candidates()

    def choices(self) -> Choices:
        choices = listing_choices(self.signature.name, self.candidates)
        if self.merged and str(self.merged.standing.pk) not in dict(choices):
            kept = self.merged.standing
            choices.insert(0, (str(kept.pk), gettext("Existing: %(name)s") % {"name": in_a_line(kept)}))
        return choices

    def certain(self) -> str:
        """The choice that needs no person; empty where somebody has to choose.

        A known organization is chosen beforehand only where the address is of its own domain.
        """
        domain = getattr(getattr(self.signature, "contact", None), "domain", "")
        surely = (each.organization for each in self.candidates if each.certain)
        certain = next((str(each.pk) for each in surely if domain and each.domain == domain), "")
        return certain or ("" if self.candidates else NEW)

    @property
    def chosen(self) -> Organization | None:
        """The known organization that is chosen; none for a new one, and while nothing is."""
        if "organization" not in self.fields:
            return None
        chosen = self["organization"].value()
        return next((each for each in self.offered if each and str(each.pk) == chosen), None)

    @property
    def offered(self) -> list[Organization | None]:
        """What each choice stands for, in their order; None for a new organization."""
        if "organization" not in self.fields:
            return []
        known = {str(each.organization.pk): each.organization for each in self.candidates}
        if self.merged:
            known[str(self.merged.standing.pk)] = self.merged.standing
        return [known.get(key) for key, _label in self.choices()]

    @property
    def seen_name(self) -> str:
        return self.add_prefix("seen")

    @cached_property
    def seen(self) -> str:
        """A digest of what is accepted, as it stands now: the form sends what stood when its page was opened."""
        signature = self.signature
        known = [] if signature.kind == Kind.PERSON else sorted(each.organization.pk for each in self.candidates)
        stands = repr([signature.name, signature.website, signature.shown, known])
        return hashlib.sha256(stands.encode()).hexdigest()

    def refuse_changed(self) -> None:
        """Raises ValidationError where what was read is not what would be accepted now."""
        if self.data.get(self.seen_name, self.seen) != self.seen:
            words = _("“%(name)s” changed since you opened this page, or who it may be: look again.")
            raise ValidationError(words, params={"name": self.signature.name})

    def clean(self) -> None:
        if "organization" in self.fields and self.merged:
            words = _("“%(name)s” was merged into “%(kept)s” since you opened this page: look again.")
            params = {"name": self.merged.name, "kept": self.merged.standing.name}
            self.add_error("organization", ValidationError(words, params=params))

    def verb(self, by: Any) -> None:
        self.refuse_changed()
        self.signature.accept(by=by, **self.options)

    @property
    def options(self) -> dict[str, Any]:
        return {"organization": self.chosen}

    def _follow_merge(self) -> Organization | None:
        """What was chosen, where it has been merged meanwhile. The form then chooses the record in which it stands."""
        name = self.add_prefix("organization")
        sent = self.data.get(name, "")
        merged = Organization.objects.exclude(merged_into=None).filter(pk=sent).first() if is_key(sent) else None
        if merged:
            self.data = MultiValueDict({**dict(self.data), name: [str(merged.standing.pk)]})
        return merged


class AcceptAndVerifyForm(AcceptForm):
    prefix = "accept"  # one choice of the organization, two buttons
    how = WordsField(label=_("How did you make sure?"), max_length=300, widget=Wording("accept_and_verify", rows=2))
    ready_made = HOWS

    @classmethod
    def suits(cls, signature: Signature) -> bool:
        return signature.kind == Kind.ORGANIZATION

    def verb(self, by: Any) -> None:
        self.refuse_changed()
        how, known = self.cleaned_data["how"], self.chosen
        self.signature.accept_and_verify(by=by, how=how, **self.options)
        if known and known.verified_at:
            self.aside = verified_already(known, how)


def verified_already(organization: Organization, how: str) -> str:
    """That it stays verified as it was, so that these words on how were not kept."""
    words = gettext("“%(name)s” was verified already by %(who)s: “%(kept)s”. What you wrote was not kept: “%(how)s”.")
    who = organization.verified_by or gettext("the site")
    return words % {"name": organization.name, "who": who, "kept": organization.verified_how, "how": how}


class ReasonForm(Decision):
    reason = WordsField(
        label=_("Reason"),
        help_text=_("The contact person reads it in the letter."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DeclineForm(ReasonForm):
    verb_of_many = "decline"
    ready_made = REASONS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget = Wording("decline", rows=4)

    def inform(self, found: list[Evidence]) -> None:
        self.fields["reason"].initial = reason_suggested_by(found)

    def verb(self, by: Any) -> None:
        self.signature.decline(by=by, **self.options)

    @property
    def options(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class AskForm(Decision):
    words = WordsField(
        label=_("Question"),
        help_text=_("The contact person reads it in a letter, and answers on its own page."),
        max_length=LONGEST_WORDS,
        widget=Wording("ask", rows=4),
    )
    ready_made = QUESTIONS

    @classmethod
    def suits(cls, signature: Signature) -> bool:
        contact = getattr(signature, "contact", None)
        return contact is not None and bool(contact.email) and not signature.questions.open().exists()

    def verb(self, by: Any) -> None:
        self.signature.ask(by=by, words=self.cleaned_data["words"])


class DeclineOfManyForm(DeclineForm):
    """One of many: without a reason of its own it gets the one for all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget = OwnWording("reason_for_all")
        self.fields["reason"].help_text = ""


OWN_WORDS, NOTHING = "own words", "nothing"
CORRECTIONS = {
    "not theirs": _("This signature was not given by those in whose name it stood."),
    "no authority": _("Whoever gave this signature could not speak for the organization."),
    "our mistake": _("This signature was put on the list by a mistake of ours."),
}
TOLD = [*CORRECTIONS.items(), (OWN_WORDS, _("In words of your own, below"))]


class RemoveForm(ReasonForm):
    correction = forms.ChoiceField(
        label=_("Correction in public"),
        help_text=_("It stands on the campaign’s page and beside the name in every delivered list."),
        choices=[*TOLD, (NOTHING, _("Nothing in public: to be named would bring the group into danger"))],
        widget=forms.RadioSelect,
    )
    words = WordsField(
        label=_("The words of the correction"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.signature.is_public_by_name:
            field = self.fields["correction"]
            assert isinstance(field, forms.ChoiceField)
            field.required = False
            field.initial = NOTHING
            field.choices = [*TOLD, (NOTHING, _("Nothing in public: the name was not public either"))]
            field.help_text = _("It stands there without the name, which was not public.")

    def clean(self) -> None:
        correction, words = self.cleaned_data.get("correction"), self.cleaned_data.get("words")
        if correction == OWN_WORDS and not words:
            self.add_error("words", _("Write the words of the correction."))
        elif correction in CORRECTIONS and words:
            self.add_error("words", _("You chose another correction. Choose “In words of your own”, or empty this."))

    def verb(self, by: Any) -> None:
        told = {**CORRECTIONS, OWN_WORDS: self.cleaned_data["words"]}
        correction = str(told.get(self.cleaned_data["correction"], ""))
        self.signature.remove(by=by, reason=self.cleaned_data["reason"], correction=correction)


class ListAsForm(Decision):
    name = NameField(
        label=_("Listed name"), help_text=_("The name as signed is kept. If it is listed, the group is told.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = self.signature.name

    def verb(self, by: Any) -> None:
        self.signature.list_as(self.cleaned_data["name"], by=by)


class AnswerForm(Decision):
    """A group's answer to a change of text, given to a coordinator by mail or telephone."""

    agrees = forms.TypedChoiceField(
        label=_("They say"),
        choices=[("yes", _("they agree to the change")), ("no", _("they do not agree"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    version = forms.CharField(widget=forms.HiddenInput)

    @classmethod
    def suits(cls, signature: Signature) -> bool:
        return signature.proposal_to_answer is not None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        proposal = self.signature.proposal_to_answer
        self.fields["version"].initial = proposal.text_to_join.number if proposal else ""

    def verb(self, by: Any) -> None:
        self.signature.answer(self.cleaned_data["version"], agrees=self.cleaned_data["agrees"], by=by)


class MakeInitiatorForm(Decision):
    @classmethod
    def suits(cls, signature: Signature) -> bool:
        return signature.kind == Kind.ORGANIZATION and not signature.is_initiator

    def verb(self, by: Any) -> None:
        self.signature.make_initiator(by=by)


class UnmakeInitiatorForm(Decision):
    @classmethod
    def suits(cls, signature: Signature) -> bool:
        return signature.is_initiator

    def verb(self, by: Any) -> None:
        self.signature.unmake_initiator(by=by)


# What a coordinator may do with a signature in each state, by the name of its button.
DECISIONS: dict[str, dict[str, type[Decision]]] = {
    State.PENDING: {
        "accept": AcceptForm,
        "accept_and_verify": AcceptAndVerifyForm,
        "decline": DeclineForm,
        "ask": AskForm,
        "list_as": ListAsForm,
    },
    State.LISTED: {
        "answer": AnswerForm,
        "list_as": ListAsForm,
        "make_initiator": MakeInitiatorForm,
        "unmake_initiator": UnmakeInitiatorForm,
        "remove": RemoveForm,
    },
}


def typed_words(data: Any) -> list[str]:
    """What was typed into the form whose button was pressed, whatever the state of the signature is by now."""
    pressed = {name: form_class for open_here in DECISIONS.values() for name, form_class in open_here.items()}
    sent = [
        data.get(f"{form_class.prefix or name}-{field}", "").strip()
        for name, form_class in pressed.items()
        if name in data
        for field, kind in form_class.base_fields.items()
        if isinstance(kind, forms.CharField) and not kind.widget.is_hidden
    ]
    return [words for words in sent if words]
