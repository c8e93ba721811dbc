"""A campaign's public list, to take along: as a table, as data, and as text to copy."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_countries import countries

from .. import press
from ..api.answers import JSON, written
from ..api.shapes import Signatory
from ..models import Campaign, Signature
from ..spreadsheets import FORMATS
from .doors import by_either_door, kept_while_same, text_for_reader

HEADINGS = [
    _("Name"),
    _("Other names"),
    _("Signatory"),
    _("Affiliation"),
    _("Country"),
    _("Website"),
    _("Listed"),
    _("Text version"),
    _("On an earlier text"),
]


@require_safe
@kept_while_same
@by_either_door
def signatories(request: HttpRequest, campaign: Campaign, ending: str) -> Any:
    """The list as a table, with the names in `?in=` or the reader's language beside those that were listed."""
    language = text_for_reader(campaign, request.GET.get("in"))["text"].language
    listed = campaign.signatures.on_page(language).in_pieces()
    return FORMATS[ending](f"{campaign.slug}-signatories", HEADINGS, rows(listed, campaign))


def rows(signatures: Iterator[Any], campaign: Campaign) -> Iterator[list[str]]:
    """Rows that may be written after the answer has begun: their words are the reader's all the same."""
    named, kinds = dict(countries), {kind: str(kind.label) for kind in Signature.Kind}
    is_earlier, zone = {True: "", False: gettext("yes")}, campaign.zone
    return (
        [
            signature.name,
            signature.name_here or "",
            kinds[signature.kind],
            signature.affiliation,
            named.get(signature.country.code, ""),
            signature.website,
            f"{timezone.localtime(signature.public_since, zone):%Y-%m-%d}",
            str(signature.version_number),
            is_earlier[signature.stands],
        ]
        for signature in signatures
    )


@require_safe
@kept_while_same
@by_either_door
def signatories_json(request: HttpRequest, campaign: Campaign) -> Any:
    """The whole list, each as the API has it."""
    listed = campaign.signatures.on_page(campaign.language).in_pieces()
    return StreamingHttpResponse(in_brackets(written(Signatory.of(each)) for each in listed), content_type=JSON)


def in_brackets(items: Iterator[str]) -> Iterator[str]:
    yield "["
    before = "\n"
    for item in items:
        yield before + item
        before = ",\n"
    yield "\n]\n"


@require_safe
@kept_while_same
@by_either_door
def signatories_txt(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Who stands under the text, to be copied: `?as=` lines or commas, `?by=` order, name or country."""
    language = text_for_reader(campaign, request.GET.get("in"))["text"].language
    standing: list[Any] = list(campaign.signatures.standing().on_page(language).in_pieces())
    by, form = request.GET.get("by", ""), request.GET.get("as", "")
    withheld, reader = campaign.signatures.tally().withheld, get_language() or ""
    words = press.text(standing, withheld, by, form, reader)
    if campaign.names_withheld:
        words += f"\n{campaign.word_on_names}\n"
    return HttpResponse(words, content_type="text/plain; charset=utf-8")
