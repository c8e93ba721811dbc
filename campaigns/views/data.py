"""A campaign's public list, to take along: as a table, as data, and as text to copy."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_countries import countries

from .. import press
from ..api.answers import JSON, for_programs, written
from ..api.shapes import Signatory
from ..models import Campaign, Signature
from ..models.listing import Line
from ..spreadsheets import FORMATS
from .doors import by_either_door, text_for_reader
from .keeping import kept_while_made_of_same, kept_while_same

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
@by_either_door
def signatories(request: HttpRequest, campaign: Campaign, ending: str) -> Any:
    """The list as a table, with the names in `?in=` or the reader's language beside those that were listed."""
    language = text_for_reader(campaign, request.GET.get("in"))["text"].language
    lines = list(campaign.signatures.on_page(language).lines())
    headings, words = list(map(str, HEADINGS)), Words.here()

    def write() -> HttpResponseBase:
        return FORMATS[ending](f"{campaign.slug}-signatories", headings, rows(lines, words, campaign.zone))

    return kept_while_made_of_same(request, [headings, words, campaign.time_zone, *lines], write)


@dataclass(frozen=True)
class Words:
    """What a table says in the reader's language: by the codes of countries, by kinds, and whether it stands."""

    countries: dict[str, str]
    kinds: dict[str, str]
    stands: dict[bool, str]

    @classmethod
    def here(cls) -> Self:
        kinds = {str(kind): str(kind.label) for kind in Signature.Kind}
        return cls(dict(countries), kinds, {True: "", False: gettext("yes")})


def rows(lines: Iterable[Line], words: Words, zone: datetime.tzinfo) -> Iterator[list[str]]:
    """Rows that may be written after the answer has begun: their words are the reader's all the same."""
    return (
        [
            line.name,
            line.name_here or "",
            words.kinds[line.kind],
            line.affiliation,
            words.countries.get(line.country, ""),
            line.website,
            f"{timezone.localtime(line.since, zone):%Y-%m-%d}",
            str(line.version_number),
            words.stands[line.stands],
        ]
        for line in lines
    )


@for_programs
@by_either_door
def signatories_json(request: HttpRequest, campaign: Campaign) -> Any:
    """The whole list, each as the API has it."""
    lines = list(campaign.signatures.on_page(campaign.language).lines())

    def write() -> HttpResponseBase:
        items = (written(Signatory.of(line, campaign.zone)) for line in lines)
        return StreamingHttpResponse(in_brackets(items), content_type=JSON)

    made_of = [list(Signatory.__annotations__), settings.SITE_URL, campaign.time_zone, *lines]
    return kept_while_made_of_same(request, made_of, write)


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
    standing = list(campaign.signatures.standing().on_page(language).lines())
    by, form = request.GET.get("by", ""), request.GET.get("as", "")
    withheld, reader = campaign.signatures.tally().withheld, get_language() or ""
    words = press.text(standing, withheld, by, form, reader)
    if campaign.names_withheld:
        words += f"\n{campaign.word_on_names}\n"
    return HttpResponse(words, content_type="text/plain; charset=utf-8")
