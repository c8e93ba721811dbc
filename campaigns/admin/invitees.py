"""Organizations of the registry that are chosen to be invited, and where to write to each."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..addresses import PROBLEMS, address_in
from ..desk import is_key
from ..models import Campaign, Contact, Organization, Registered, Role, Signature
from ..models.organizations import OrganizationQuerySet
from ..models.stages import CampaignQuerySet

MOST_FOUND = 50
MOST_CHOSEN = 300


class InviteeForm(forms.Form):
    """Where to write to an organization: what is typed, or its contact person where that one may be written to."""

    use_required_attribute = False

    address = forms.CharField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    writes_to_contact = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, organization: Organization, contact: Contact | None) -> None:
        super().__init__(data, prefix=f"organization-{organization.pk}")
        self.organization, self.contact = organization, contact
        if contact is None:
            del self.fields["writes_to_contact"]
        else:
            words = _("its contact person, %(address)s") % {"address": contact.masked_email}
            self.fields["writes_to_contact"].label = words

    def clean_address(self) -> str:
        typed = self.cleaned_data["address"]
        address, problem = address_in(typed) if typed else ("", "")
        if problem:
            raise ValidationError(str(PROBLEMS[problem]))
        return address

    def is_whole(self) -> bool:
        """Whether it says where to write to. Else the reason stands beside the field."""
        if self.is_valid() and not (self.cleaned_data["address"] or self.cleaned_data.get("writes_to_contact")):
            words = _("Write its address, or choose its contact person.") if self.contact else _("Write its address.")
            self.add_error("address", words)
        return self.is_valid()

    def entry(self) -> Registered:
        """What is typed goes before the contact person."""
        name, typed = self.organization.name, self.cleaned_data["address"]
        asked = None if typed else self.contact
        person, address = (asked.name, asked.email) if asked else ("", typed)
        return Registered(0, name, name, person, address, "", self.organization)


class Chosen:
    """The organizations that are ticked, each with its form, and those that a search has found."""

    def __init__(self, request: HttpRequest, seen: CampaignQuerySet) -> None:
        """`seen` are the campaigns of which the person may know who has signed."""
        ticked = [int(key) for key in request.POST.getlist("organization") if is_key(key)][:MOST_CHOSEN]
        known = Organization.objects.standing().with_listed_count(Signature.objects.known_in(seen))
        organizations = list(known.filter(pk__in=ticked).order_by("name", "pk"))
        own = Campaign.objects.of(request.user, Role.OWNER, Role.REVIEWER)
        contacts = Contact.objects.to_invite(organizations, own)
        self.forms = [
            InviteeForm(request.POST, organization=each, contact=contacts.get(each.pk)) for each in organizations
        ]
        self.words = request.POST.get("q", "").replace("\0", "").strip()
        self.found = self._search(known.exclude(pk__in=ticked))

    @classmethod
    def nobody(cls, request: HttpRequest) -> "Chosen":
        nothing = HttpRequest()
        nothing.user = request.user
        return cls(nothing, Campaign.objects.none())

    def _search(self, known: OrganizationQuerySet) -> list[Organization]:
        return list(known.search(self.words)[:MOST_FOUND]) if self.words else []

    def is_whole(self) -> bool:
        return all([form.is_whole() for form in self.forms])

    def entries(self) -> list[Registered]:
        return [form.entry() for form in self.forms]
