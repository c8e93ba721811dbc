"""The registry, a campaign's signatures and its contact persons as spreadsheets. Every export is recorded."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ..models import Contact, Event, Organization, OrganizationName, Signature
from ..models.arrivals import SignatureQuerySet
from ..spreadsheets import FORMATS, TITLES, in_one_cell

AT_ONCE = 500
SIGNATURE_HEADINGS = [
    _("Name"),
    _("Name as signed"),
    _("Signatory"),
    _("Affiliation"),
    _("Country"),
    _("Website"),
    _("Shown"),
    _("State"),
    _("Signed"),
    _("Confirmed"),
    _("Listed"),
    _("Text version"),
    _("Language"),
    _("Came by"),
]
CONTACT_HEADINGS = [
    _("Signatory"),
    _("Contact person"),
    pgettext_lazy("in an organization", "Role"),
    _("E-mail"),
    _("Wants updates"),
]


def pieces(queryset: QuerySet) -> Iterator[list[Any]]:
    """Every row in the order of its key, a few hundred read at once; it needs no cursor of the server's."""
    in_order, last = queryset.order_by("pk"), 0
    while rows := list(in_order.filter(pk__gt=last)[:AT_ONCE]):
        yield rows
        last = rows[-1].pk


def in_pieces(queryset: QuerySet) -> Iterator[Any]:
    """As `pieces`, row by row."""
    return chain.from_iterable(pieces(queryset))


def organization_rows(organizations: QuerySet[Organization]) -> Iterator[list[str]]:
    """The columns that a list of organizations is brought with, so that an export can be brought again."""
    for organization in in_pieces(organizations.prefetch_related("names")):
        own, others = None, []
        acronym = ""
        for known in organization.names.all():
            if known.name == organization.name:
                own = known
            elif known.kind == OrganizationName.Kind.ACRONYM and not acronym:
                acronym = known.name
            else:
                others.append(known.name)
        yield [
            organization.name,
            in_one_cell(others),
            acronym,
            organization.country.code or "",
            organization.website,
            own.language if own else "",
        ]


def signature_rows(signatures: QuerySet[Signature]) -> Iterator[list[str]]:
    for signature in in_pieces(signatures.select_related("text_version")):
        yield [
            signature.name,
            signature.name_as_signed,
            signature.get_kind_display(),
            signature.affiliation,
            signature.country.code or "",
            signature.website,
            signature.get_shown_display(),
            signature.get_state_display(),
            at(signature.submitted_at),
            at(signature.confirmed_at),
            at(signature.decided_at if signature.position else None),
            str(signature.text_version.number),
            signature.language,
            signature.get_source_display(),
        ]


def contact_rows(contacts: QuerySet[Contact]) -> Iterator[list[str]]:
    for contact in in_pieces(contacts.select_related("signature")):
        wants = gettext("yes") if contact.wants_updates else gettext("no")
        yield [contact.signature.name, contact.name, contact.role, contact.email, wants]


def at(time: Any) -> str:
    return timezone.localtime(time).strftime("%Y-%m-%d %H:%M") if time else ""


def export_organizations(request: HttpRequest, queryset: QuerySet[Organization], ending: str) -> HttpResponseBase:
    Event.objects.record_export("organizations", ending, queryset.count(), by=request.user)
    return FORMATS[ending]("organizations", list(TITLES.values()), organization_rows(queryset))


def export_signatures(request: HttpRequest, queryset: SignatureQuerySet, ending: str) -> HttpResponseBase:
    queryset.record_export(ending, by=request.user)
    return FORMATS[ending]("signatures", SIGNATURE_HEADINGS, signature_rows(queryset))


@admin.action(description=_("Export the chosen as CSV"), permissions=["view"])
def organizations_as_csv(model_admin: Any, request: HttpRequest, queryset: QuerySet[Organization]) -> HttpResponseBase:
    return export_organizations(request, queryset, "csv")


@admin.action(description=_("Export the chosen as XLSX"), permissions=["view"])
def organizations_as_xlsx(model_admin: Any, request: HttpRequest, queryset: QuerySet[Organization]) -> HttpResponseBase:
    return export_organizations(request, queryset, "xlsx")


@admin.action(description=_("Export the chosen as CSV"), permissions=["view"])
def signatures_as_csv(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponseBase:
    return export_signatures(request, queryset, "csv")


@admin.action(description=_("Export the chosen as XLSX"), permissions=["view"])
def signatures_as_xlsx(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponseBase:
    return export_signatures(request, queryset, "xlsx")
