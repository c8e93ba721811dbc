"""Contact persons' addresses: shown to who asks, or exported by an owner; both on the record."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from ..models import Contact
from ..spreadsheets import FORMATS
from .exports import CONTACT_HEADINGS, contact_rows
from .pages import page

if TYPE_CHECKING:
    from .campaigns import CampaignAdmin


def address(desk: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The address of a signature's contact person, in clear on this page alone. Raises Http404 where there is none."""
    signature = get_object_or_404(desk.get_queryset(request), pk=pk)
    if not request.user.has_perm("campaigns.change_signature", signature):
        raise PermissionDenied
    contact = get_object_or_404(Contact.objects.exclude(email_index=""), signature=signature)
    shown = {"signature": signature, "contact": contact, "address": contact.show_email(by=request.user)}
    return page(desk, request, "signature/address", _("Address of the contact person"), **shown)


def export_contacts(desk: "CampaignAdmin", request: HttpRequest, pk: int, ending: str) -> Any:
    """Who signed for each listed signatory, as a spreadsheet, for an owner of the campaign."""
    campaign = desk.row(request, pk)
    if ending not in FORMATS:
        raise Http404
    contacts = Contact.objects.hand_out(campaign, ending, by=request.user)
    return FORMATS[ending](f"{campaign.slug}-contacts", CONTACT_HEADINGS, contact_rows(contacts))
