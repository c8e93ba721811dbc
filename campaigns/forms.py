"""What the public may send."""

import datetime
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.core.validators import URLValidator
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from . import logos, names, tokens
from .models import Campaign, Invitation, Passage, Question, Signature, remarks
from .models.contacts import PRIVACY_NOTICE
from .models.questions import LONGEST_WORDS

FASTEST_SECONDS = 1
LARGEST_LIST_BYTES = 8_000_000
OLDEST_SECONDS = 24 * 3600

Kind = Signature.Kind


def without_limit(attributes: dict[str, Any]) -> dict[str, Any]:
    """A browser cuts what is too long without a word; our own message says so and keeps what was typed."""
    return {name: value for name, value in attributes.items() if name != "maxlength"}


class NameField(forms.CharField):
    """A name for a public list: tidied, and refused where it holds what cannot be read."""

    default_validators = [names.validate]

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)

    def to_python(self, value: Any) -> str:
        return names.tidy(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return without_limit(super().widget_attrs(widget))


class WebsiteField(forms.URLField):
    """An http or https address; `example.org` is taken as `https://example.org`."""

    default_validators = [URLValidator(schemes=["http", "https"])]
    default_error_messages = {"invalid": _("Write the address of a website, such as https://example.org.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=300, assume_scheme="https", **options)

    def clean(self, value: Any) -> str:
        address: str = super().clean(value)
        if "@" in urlsplit(address).netloc or any(names.hidden(char) for char in address):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return without_limit(super().widget_attrs(widget))


class AddressField(forms.EmailField):
    """An e-mail address without characters that nobody can see."""

    def clean(self, value: Any) -> str:
        address: str = super().clean(value)
        if any(names.hidden(char) for char in address):
            raise ValidationError(_("Enter a valid email address."), code="invalid")
        return address


class LogoField(forms.FileField):
    """A picture, drawn anew. Its value is the bytes of a PNG."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        return file and logos.redraw(file)


class LogoForm(forms.Form):
    use_required_attribute = False

    logo = LogoField(
        label=_("Logo"),
        help_text=_("PNG, JPEG or WebP, at most 2 MB. We draw it anew and keep nothing else that the file holds."),
        error_messages={"required": _("Choose a picture first."), "empty": _("The file is empty.")},
    )


class OpenedForm(forms.Form):
    """A form that strangers send. A hidden field catches programs; another tells beside what it was opened, and when.

    `stand` is that beside which it stands now.
    """

    leave_empty = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    opened = forms.CharField(widget=forms.HiddenInput, required=False)

    other_stand = _("The text has changed since you opened this form. Read it again before you sign.")

    def __init__(self, *args: Any, stand: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stand = stand
        self.fields["opened"].initial = tokens.opened(stand)

    def clean_leave_empty(self) -> str:
        if self.cleaned_data["leave_empty"]:
            raise ValidationError(_("This field is there to catch programs. Please empty it and send the form again."))
        return ""

    def clean(self) -> None:
        try:
            stand, age = tokens.text_beside(self.cleaned_data.get("opened", ""))
        except BadSignature:
            stand, age = "", OLDEST_SECONDS + 1
        if age > OLDEST_SECONDS:
            self._open_anew(_("This form was open for more than a day. Look it through and send it again."))
        elif stand != self.stand:
            self._open_anew(self.other_stand)
        elif age < FASTEST_SECONDS:
            self.add_error(None, _("That was faster than we expect of people. Wait a moment and send it again."))

    def _open_anew(self, message: Any) -> None:
        self.data = {**dict(self.data.items()), "opened": tokens.opened(self.stand)}
        self.add_error(None, message)


class SignForm(OpenedForm):
    kind = forms.ChoiceField(
        label=_("Who signs?"), choices=Kind.choices, initial=Kind.ORGANIZATION, widget=forms.RadioSelect
    )
    organization_name = NameField(
        label=_("Name of the organization"),
        help_text=_("As it should stand on the list, in the script you use yourselves."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"}),
    )
    affiliation = NameField(
        label=_("Your affiliation, if you sign in your own name"),
        help_text=_("Stands beside your name, marked “for identification only”."),
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    country = forms.ChoiceField(
        label=_("Country (optional)"),
        choices=lambda: [("", "—"), *countries],
        required=False,
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    website = WebsiteField(
        label=_("Website (optional)"),
        help_text=_("Helps the coordinators to know you. Shown beside the name."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url", "dir": "ltr"}),
    )
    shown = forms.ChoiceField(
        label=_("How should the name be shown?"),
        choices=[
            (Signature.Shown.PUBLIC, _("In public, on the list")),
            (Signature.Shown.ADDRESSEE, _("To the addressee only")),
            (Signature.Shown.COUNTED, _("To nobody: only counted")),
        ],
        initial=Signature.Shown.PUBLIC,
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("A word to the coordinators (optional)"),
        help_text=_("Not published."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    contact_name = NameField(
        label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"})
    )
    contact_role = NameField(
        label=_("Your role in the organization"),
        help_text=_("For example: director, board member, secretary."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title", "dir": "auto"}),
    )
    email = AddressField(
        label=_("Your e-mail address"),
        help_text=_("We send a link there to confirm. An address at your organization's own domain is checked sooner."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    wants_updates = forms.BooleanField(label=_("Write to me when there is news about this statement"), required=False)
    is_authorized = forms.BooleanField(
        label=_("I may give this signature: my organization has authorised me, or I sign for myself"),
        error_messages={"required": _("Please confirm that you may give this signature.")},
    )
    accepts_privacy = forms.BooleanField(
        label=_("I have read the privacy notice and agree to it"),
        error_messages={"required": _("Please read the privacy notice and agree to it.")},
    )

    groups = [
        (_("Who signs"), ["kind", "organization_name", "affiliation", "country", "website", "shown"]),
        (_("You"), ["contact_name", "contact_role", "email", "wants_updates", "comment"]),
        (_("Your word"), ["is_authorized", "accepts_privacy"]),
    ]

    def __init__(self, *args: Any, campaign: Campaign, language: str, **kwargs: Any) -> None:
        super().__init__(*args, stand=campaign.in_force.stand(language), **kwargs)
        self.campaign, self.language = campaign, language
        self.fields["accepts_privacy"].label = format_html(
            gettext('I have read the <a href="{}" target="_blank">privacy notice</a> and agree to it'),
            reverse("privacy"),
        )
        if not campaign.allows_persons:
            del self.fields["kind"], self.fields["affiliation"]

    def fieldsets(self) -> list[tuple[str | Promise, list[forms.BoundField]]]:
        """The fields in groups, each with its heading."""
        return [(title, [self[name] for name in group if name in self.fields]) for title, group in self.groups]

    def clean(self) -> None:
        self._require("organization_name", _("Write the name of your organization."), Kind.ORGANIZATION)
        self._require("contact_role", _("Write your role in the organization."), Kind.ORGANIZATION)
        super().clean()

    @property
    def signs_as(self) -> str:
        return self.cleaned_data.get("kind", "") if self.campaign.allows_persons else Kind.ORGANIZATION

    def signatory(self) -> dict[str, Any]:
        """The fields of the signature."""
        data = self.cleaned_data
        name = data["organization_name"] if self.signs_as == Kind.ORGANIZATION else data["contact_name"]
        return {
            "kind": self.signs_as,
            "name": name,
            "name_as_signed": name,
            "affiliation": data.get("affiliation", "") if self.signs_as == Kind.PERSON else "",
            "language": self.language,
            **{field: data[field] for field in ("country", "website", "comment", "shown")},
        }

    def contact(self) -> dict[str, Any]:
        """The fields of the contact person."""
        data = self.cleaned_data
        return {
            "name": data["contact_name"],
            "role": data["contact_role"],
            "email": data["email"],
            "wants_updates": data["wants_updates"],
            "notice_version": PRIVACY_NOTICE,
            "notice_language": get_language() or "",
        }

    def _require(self, field: str, message: Any, kind: str) -> None:
        if self.signs_as == kind and field not in self.errors and not self.cleaned_data.get(field):
            self.add_error(field, message)


class InvitedForm(SignForm):
    """The sign form as an invited group finds it: filled in with what its invitation knows."""

    def __init__(
        self, *args: Any, invitation: Invitation, initial: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        record = invitation.organization and invitation.organization.standing
        known = {
            "organization_name": record.name if record else invitation.name,
            "country": record.country.code if record else "",
            "website": record.website if record else "",
            "contact_name": invitation.person,
            "email": invitation.email,
        }
        super().__init__(*args, campaign=invitation.campaign, initial={**known, **(initial or {})}, **kwargs)
        self.fields["email"].help_text = _(
            "With the address to which we wrote, your signature needs no confirming. To another one we send a link."
        )


class DecideLaterForm(forms.Form):
    """By when an invited group will know."""

    use_required_attribute = False

    by_day = forms.DateField(
        label=_("We decide by"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Choose a day."), "invalid": _("Write the day as 2026-12-31.")},
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean_by_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["by_day"]
        self.invitation.refuse_day(day)
        return day


class WordsForm(forms.Form):
    """What an invited group writes instead of signing."""

    use_required_attribute = False

    words = forms.CharField(
        label=_("What would you change, and why?"),
        max_length=LONGEST_WORDS,
        error_messages={"required": _("Write what you would change first.")},
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].widget.attrs.pop("maxlength", None)


class NotThisTimeForm(WordsForm):
    words = forms.CharField(
        label=_("Why not? (optional)"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class ReportForm(OpenedForm):
    words = forms.CharField(
        label=_("What is wrong?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    email = AddressField(
        label=_("Your e-mail address (optional)"),
        help_text=_("Only for an answer to you. Who coordinates the statement can read it; it is kept encrypted."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )

    other_stand = _("This form was opened from another page. Look it through and send it again.")
    field_order = ["words", "email", "leave_empty", "opened"]


class RemarkForm(OpenedForm):
    """A remark on one passage of a draft, under which it stands."""

    use_required_attribute = False

    name = NameField(
        label=_("Your name or group"), widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"})
    )
    words = forms.CharField(
        label=_("Your remark"),
        max_length=remarks.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    other_stand = _(
        "What you remark on has been rewritten since you opened this page. Read it again; your words are kept here."
    )
    field_order = ["words", "name", "leave_empty", "opened"]

    def __init__(self, *args: Any, passage: Passage, **kwargs: Any) -> None:
        super().__init__(*args, stand=passage.stand, auto_id=f"%s-{passage.place}", **kwargs)
        self.passage = passage
        self.fields["words"].widget.attrs.pop("maxlength", None)

    def clean_words(self) -> str:
        """The lines as they were typed. Word processors divide them in ways of their own."""
        lines = self.cleaned_data["words"].splitlines()
        if any(names.hidden(char) for line in lines for char in line.replace("\t", " ")):
            raise ValidationError(_("Take out the invisible control characters, and type the words anew if need be."))
        return "\n".join(lines)


class AddressForm(forms.Form):
    email = AddressField(
        label=_("Corrected address"),
        help_text=_("The link goes there instead, and the one already sent ends."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )


class AnswerForm(forms.Form):
    """The contact person's answer to what the coordinators ask."""

    use_required_attribute = False

    question = forms.ModelChoiceField(
        queryset=Question.objects.none(),
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("The coordinators do not ask this any more.")},
    )
    words = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST_WORDS,
        error_messages={"required": _("Write your answer first.")},
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )

    def __init__(self, *args: Any, signature: Signature, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["question"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = signature.questions.told()
        self.fields["words"].widget.attrs.pop("maxlength", None)


class CheckForm(forms.Form):
    """A file that claims to be a delivered list."""

    list = forms.FileField(label=_("The file of a delivered list"), max_length=200)

    def clean_list(self) -> Any:
        file = self.cleaned_data["list"]
        if file.size > LARGEST_LIST_BYTES:
            raise ValidationError(_("The file is too large to be checked here. The script takes larger ones."))
        return file
