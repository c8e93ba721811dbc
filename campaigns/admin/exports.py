"""The registry and a campaign's signatures as spreadsheets, without anything about contact persons."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Organization, OrganizationName, Signature
from ..spreadsheets import TITLES, csv_rows, in_one_cell, xlsx_file

AT_ONCE = 500
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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


def in_pieces(queryset: QuerySet) -> Iterator[Any]:
    """Every row in the order of its key, a few hundred read at once; it needs no cursor of the server's."""
    pieces, last = queryset.order_by("pk"), 0
    while rows := list(pieces.filter(pk__gt=last)[:AT_ONCE]):
        yield from rows
        last = rows[-1].pk


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


def at(time: Any) -> str:
    return timezone.localtime(time).strftime("%Y-%m-%d %H:%M") if time else ""


def as_csv(name: str, headings: Sequence[Any], rows: Iterator[list[str]]) -> HttpResponseBase:
    response = StreamingHttpResponse(csv_rows(list(map(str, headings)), rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def as_xlsx(name: str, headings: Sequence[Any], rows: Iterator[list[str]]) -> HttpResponseBase:
    file = xlsx_file(list(map(str, headings)), rows)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


# How a table is sent, by the ending of its file.
FORMATS: dict[str, Callable[[str, Sequence[Any], Iterator[list[str]]], HttpResponseBase]] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
}


@admin.action(description=_("Export the chosen as CSV"), permissions=["view"])
def organizations_as_csv(model_admin: Any, request: HttpRequest, queryset: QuerySet[Organization]) -> HttpResponseBase:
    return as_csv("organizations", list(TITLES.values()), organization_rows(queryset))


@admin.action(description=_("Export the chosen as XLSX"), permissions=["view"])
def organizations_as_xlsx(model_admin: Any, request: HttpRequest, queryset: QuerySet[Organization]) -> HttpResponseBase:
    return as_xlsx("organizations", list(TITLES.values()), organization_rows(queryset))


@admin.action(description=_("Export the chosen as CSV"), permissions=["view"])
def signatures_as_csv(model_admin: Any, request: HttpRequest, queryset: QuerySet[Signature]) -> HttpResponseBase:
    return as_csv("signatures", SIGNATURE_HEADINGS, signature_rows(queryset))


@admin.action(description=_("Export the chosen as XLSX"), permissions=["view"])
def signatures_as_xlsx(model_admin: Any, request: HttpRequest, queryset: QuerySet[Signature]) -> HttpResponseBase:
    return as_xlsx("signatures", SIGNATURE_HEADINGS, signature_rows(queryset))
