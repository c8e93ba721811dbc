"""Taking down a signature that reached a coordinator by mail, by telephone or on paper."""

import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..forms.fields import AddressField, CountryField, NameField, WebsiteField
from ..models import Campaign, Organization, Signature
from .choosing import NEW, listing_choices, offer

Kind, Source = Signature.Kind, Signature.Source


def typed(form: forms.Form, field: str) -> str:
    """What was typed into the field, as it would be kept; empty while it is not in order."""
    try:
        return str(form.fields[field].clean(form.data.get(field, "")))
    except ValidationError:
        return ""


class AddForm(forms.Form):
    """A signature that reached a coordinator by mail, by telephone or on paper."""

    use_required_attribute = False

    campaign = forms.ModelChoiceField(queryset=Campaign.objects.none(), label=_("Campaign"))
    kind = forms.ChoiceField(label=_("Who signs?"), choices=Kind.choices, initial=Kind.ORGANIZATION)
    name = NameField(label=_("Name, as it should be listed"))
    organization = forms.ChoiceField(label=_("List it as"), required=False, widget=forms.RadioSelect)
    affiliation = NameField(label=_("Affiliation, of a person"), required=False)
    country = CountryField(label=_("Country"))
    website = WebsiteField(label=_("Website"), required=False, widget=forms.TextInput)
    shown = forms.ChoiceField(label=_("Shown"), choices=Signature.Shown.choices)
    source = forms.ChoiceField(
        label=_("How they said yes"),
        choices=[(source.value, source.label) for source in (Source.EMAIL, Source.TELEPHONE, Source.PAPER)],
    )
    said_on = forms.DateField(
        label=_("When"), initial=timezone.localdate, widget=AdminDateWidget, help_text=_("In this form: 2018-11-19.")
    )
    contact_name = NameField(label=_("Who said so"), help_text=_("Kept encrypted, as for every contact person."))
    contact_role = NameField(label=_("Their role"), required=False)
    email = AddressField(
        label=_("Their e-mail address"),
        required=False,
        help_text=_("If you give one, the group is told that it is listed and how to correct or withdraw."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=300, help_text=_("Where the yes can be found again. No names here.")
    )

    def __init__(self, *args: Any, campaigns: QuerySet[Campaign], **kwargs: Any) -> None:
        """`campaigns` are those in which the person may add signatures."""
        super().__init__(*args, **kwargs)
        field = self.fields["campaign"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = campaigns.filter(publish_at__isnull=False)
        name, website = typed(self, "name"), typed(self, "website")
        known = Organization.objects.candidates(name, website) if name and self.data.get("kind") != Kind.PERSON else []
        if known:
            offer(self, listing_choices(name, known))
        else:
            del self.fields["organization"]

    def clean_said_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["said_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day is still to come."))
        return day

    def clean(self) -> None:
        if "organization" in self.fields and not self.cleaned_data.get("organization"):
            self.add_error("organization", _("Organizations of this name or website are known: choose, or take new."))

    def add(self, by: Any) -> Signature | None:
        """Adds the signature. None, with the reason among the form's errors, when it is refused."""
        data = self.cleaned_data
        organization = Organization.objects.filter(pk=data["organization"]).first() if self._chose_known() else None
        try:
            return Signature.objects.add(data["campaign"], by, self._signatory(), self._contact(), organization)
        except ValidationError as error:
            self.add_error(None, error)
            return None

    def _chose_known(self) -> bool:
        return self.cleaned_data.get("organization", NEW) not in {"", NEW}

    def _signatory(self) -> dict[str, Any]:
        data = self.cleaned_data
        said_at = datetime.datetime.combine(data["said_on"], datetime.time(12), timezone.get_current_timezone())
        return {
            **{
                field: data[field] for field in ("kind", "name", "affiliation", "country", "website", "shown", "source")
            },
            "name_as_signed": data["name"],
            "affiliation": data["affiliation"] if data["kind"] == Kind.PERSON else "",
            "language": data["campaign"].language,
            "source_note": data["note"],
            "confirmed_at": said_at,
        }

    def _contact(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"name": data["contact_name"], "role": data["contact_role"], "email": data["email"]}
