"""The public list: whole, searched, by country, two hundred names on a page."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django_countries import countries

from .. import collation
from ..models import Campaign, Signature
from ..models.listing import MOST_SORTED, as_read
from .doors import by_either_door, text_for_reader
from .keeping import kept

NAMES_ON_A_PAGE = 200
LONGEST_SEARCH = 200
NOWHERE = "none"  # in addresses, those who say no country
ORDERS = ("name", "country")


@dataclass(frozen=True)
class Sought:
    """What a reader looks for, as the address says it: words, a country, an order other than the list's own, and the
    position of the last name on the page before. What makes no sense there counts for nothing."""

    words: str
    country: str
    by: str
    after: int

    @classmethod
    def of(cls, asked: QueryDict) -> Self:
        words = " ".join(asked.get("q", "").replace("\0", " ").split())[:LONGEST_SEARCH].strip()
        country, by, after = asked.get("country", ""), asked.get("by", ""), asked.get("after", "")
        return cls(
            words=words,
            country=country if country == NOWHERE or country in countries else "",
            by=by if by in ORDERS else "",
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0,
        )

    @property
    def code(self) -> str:
        return "" if self.country == NOWHERE else self.country

    @property
    def narrows(self) -> bool:
        """Whether it leaves any names out."""
        return bool(self.words or self.country)

    def address(self, **changed: Any) -> str:
        """The query of the same search, but for what is changed."""
        told = {"q": self.words, "country": self.country, "by": self.by, "after": self.after, **changed}
        return "?" + urlencode({name: value for name, value in told.items() if value})


@require_safe
@by_either_door
@kept(until=Campaign.next_change)
def signatories(request: HttpRequest, campaign: Campaign, language: str | None = None) -> HttpResponse:
    reading = text_for_reader(campaign, language)
    reader, sought = get_language() or "", Sought.of(request.GET)
    census = campaign.signatures.census(sought.words)
    found = census.found[sought.code] if sought.country else census.found.total()
    is_too_long_by_country = sought.by == "country" and not sought.country and found > MOST_SORTED
    names = [] if is_too_long_by_country else names_of(campaign, reading["text"].language, sought, found)
    page, following = names[:NAMES_ON_A_PAGE], names[NAMES_ON_A_PAGE:]
    context = {
        **reading,
        **(by_country(page) if sought.by == "country" else apart(page)),
        "signatures": page,
        "sought": sought,
        "found": found,
        "index": [(code or NOWHERE, name, count) for code, name, count in census.index(reader)],
        "countries_instead": is_too_long_by_country,
        "following": sought.address(after=page[-1].position) if following else "",
        "is_whole": not (sought.narrows or sought.after or following or is_too_long_by_country),
        "tally": census.tally,
    }
    return render(request, "campaigns/signatories.html", context)


def names_of(campaign: Campaign, language: str, sought: Sought, found: int) -> list[Any]:
    """The names of one page and the next one. So many as can be sorted for the reader are; of more the database's
    order stands."""
    public = campaign.signatures.on_page(language).called(sought.words)
    if sought.country:
        public = public.from_country(sought.code)
    if sought.by == "name":
        public = public.by_name()
    if found <= MOST_SORTED:
        return after_place(sorted_for_reader(list(public), sought.by), sought.after)[: NAMES_ON_A_PAGE + 1]
    place = public.filter(position=sought.after).first() if sought.after else None
    return list(public.after(place)[: NAMES_ON_A_PAGE + 1]) if place or not sought.after else []


def sorted_for_reader(names: list[Any], by: str) -> list[Any]:
    reader = get_language() or ""
    names = as_read(reader, names)
    if by != "country":
        return names
    return sorted(names, key=lambda each: (not each.country_in_public, country_key(each, reader)))


def country_key(signature: Signature, reader: str) -> Any:
    return collation.key(str(signature.country_in_public.name), reader)


def after_place(names: list[Any], position: int) -> list[Any]:
    """The names that follow the one of that position; from the beginning after 0."""
    places = {0: 0, **{each.position: place for place, each in enumerate(names, start=1)}}
    return names[places.get(position, len(names)) :]


def apart(signatures: Iterable[Any]) -> dict[str, Any]:
    """The lists of a page: organizations, persons, those who joined after a delivery by the number of their
    supplementary list, and those who signed an earlier text only."""
    lists: dict[str, Any] = {"organizations": [], "persons": [], "supplements": defaultdict(list), "earlier": []}
    for signature in signatures:
        if not signature.stands:
            lists["earlier"].append(signature)
        elif signature.supplement:
            lists["supplements"][signature.supplement].append(signature)
        else:
            lists["organizations" if signature.kind == Signature.Kind.ORGANIZATION else "persons"].append(signature)
    return {**lists, "supplements": sorted(lists["supplements"].items())}


def by_country(signatures: list[Any]) -> dict[str, Any]:
    """The lists of a page that is sorted so: one for each country, and those who signed an earlier text only."""
    standing = [each for each in signatures if each.stands]
    lists = [(country, list(names)) for country, names in groupby(standing, lambda each: each.country_in_public)]
    return {"by_country": lists, "earlier": [each for each in signatures if not each.stands]}
