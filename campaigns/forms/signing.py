"""Who signs, and what a contact person sends later."""

import hashlib
import json
import uuid
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from ..models import Campaign, Question, Signature, own_data
from ..models.contacts import PRIVACY_NOTICE
from ..models.questions import LONGEST_WORDS
from .fields import AddressField, CountryField, LogoField, NameField, WebsiteField, WordsField
from .opened import OpenedForm

Kind = Signature.Kind


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
    country = CountryField(
        label=_("Country (optional)"),
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
    comment = WordsField(
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

    @property
    def sending(self) -> uuid.UUID:
        """Names this very form with what was typed into it. Who goes back and types another name sends another."""
        typed = json.dumps(self.cleaned_data, sort_keys=True, default=str)
        return uuid.UUID(bytes=hashlib.sha256(typed.encode()).digest()[:16])

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
            "sending": self.sending,
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


class AddressForm(forms.Form):
    email = AddressField(
        label=_("Corrected address"),
        help_text=_("The link goes there instead, and the one already sent ends."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )


class ContactForm(forms.Form):
    """Who the contact person is, as that person puts it right. The address can be another once that of now is
    confirmed."""

    use_required_attribute = False

    contact_name = NameField(
        label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"})
    )
    contact_role = NameField(
        label=_("Your role in the organization"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title", "dir": "auto"}),
    )
    email = AddressField(
        label=_("Your e-mail address"),
        help_text=_(
            "To another address we send a link. Until its button is pressed, our letters go to the one of now."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, signature: Signature, **kwargs: Any) -> None:
        contact = signature.contact
        known = {"contact_name": contact.name, "contact_role": contact.role, "email": contact.email}
        super().__init__(*args, **{"initial": known, "auto_id": "own_%s", **kwargs})
        self.signature = signature
        self.fields["contact_role"].required = signature.kind == Kind.ORGANIZATION
        self.fields["contact_role"].error_messages["required"] = _("Write your role in the organization.")
        if signature.state == Signature.State.UNCONFIRMED:
            del self.fields["email"]

    def save(self) -> None:
        """Puts right what was typed. Raises ValidationError where another address is refused."""
        data = self.cleaned_data
        own_data.correct(self.signature, data["contact_name"], data["contact_role"], data.get("email", ""))


class EraseForm(forms.Form):
    use_required_attribute = False

    is_sure = forms.BooleanField(
        label=_("Erase what you keep of me, for good"),
        error_messages={"required": _("Tick this first, so that nothing is erased by mistake.")},
    )


class AnswerForm(forms.Form):
    """The contact person's answer to what the coordinators ask."""

    use_required_attribute = False

    question = forms.ModelChoiceField(
        queryset=Question.objects.none(),
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("The coordinators do not ask this any more.")},
    )
    words = WordsField(
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


class LogoForm(forms.Form):
    use_required_attribute = False

    logo = LogoField(
        label=_("Logo"),
        help_text=_("PNG, JPEG or WebP, at most 2 MB. We draw it anew and keep nothing else that the file holds."),
        error_messages={"required": _("Choose a picture first."), "empty": _("The file is empty.")},
    )
