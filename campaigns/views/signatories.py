"""The public list: whole, searched, by country, two hundred names on a page."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django_countries import countries
from django_countries.fields import Country

from .. import collation, cursors
from ..models import Campaign, Signature
from ..models.listing import MOST_SORTED, Place, place_as_read
from .doors import by_either_door, text_for_reader
from .keeping import kept

NAMES_ON_A_PAGE = 200
LONGEST_SEARCH = 200
NOWHERE = "none"  # in addresses, those who say no country
ORDERS = ("name", "country")


class LastRead(NamedTuple):
    """The last name of a page, as far as any order of the list needs it: the next page begins there, whatever becomes
    of the name."""

    tier: int
    sort_name: str
    position: int
    name_here: str
    country: str

    @classmethod
    def of(cls, signature: Any) -> Self:
        name = (signature.name_here or signature.name) if signature.sort_name else ""
        return cls(*Place.of(signature), name, signature.country_in_public.code or "")

    @classmethod
    def told(cls, cursor: str) -> Self | None:
        """As the address has it; None for what is no such place."""
        try:
            return cls(*cursors.read(cursor, int, str, int, str, str))
        except ValueError:
            return None

    @property
    def name(self) -> str:
        return self.name_here

    @property
    def country_in_public(self) -> Country:
        return Country(self.country)


@dataclass(frozen=True)
class Sought:
    """What a reader looks for, as the address says it: words, a country, an order other than the list's own, and the
    last name on the page before. What makes no sense there counts for nothing."""

    words: str
    country: str
    by: str
    last: LastRead | None

    @classmethod
    def of(cls, asked: QueryDict) -> Self:
        words = " ".join(asked.get("q", "").split())[:LONGEST_SEARCH].strip()
        country, by = asked.get("country", ""), asked.get("by", "")
        return cls(
            words=words,
            country=country if country == NOWHERE or country in countries else "",
            by=by if by in ORDERS else "",
            last=LastRead.told(asked.get("after", "")),
        )

    @property
    def code(self) -> str:
        return "" if self.country == NOWHERE else self.country

    @property
    def narrows(self) -> bool:
        """Whether it leaves any names out."""
        return bool(self.words or self.country)

    def place(self, signature: Any) -> tuple[Any, ...]:
        """Where it stands for the reader."""
        reader = get_language() or ""
        first = country_key(signature.country_in_public.code or "", reader) if self.by == "country" else ()
        return first, place_as_read(reader, signature)

    @property
    def address(self) -> str:
        """The query of this search, from the beginning."""
        told = {name: value for name, value in [("q", self.words), ("country", self.country), ("by", self.by)] if value}
        return f"?{urlencode(told)}" if told else ""

    def address_after(self, last: Any) -> str:
        """The query of the same search, from there on."""
        begin = f"{self.address}&" if self.address else "?"
        return f"{begin}after={cursors.write(LastRead.of(last))}"


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
        "here": request.path + sought.address,
        "found": found,
        "index": [(code or NOWHERE, name, count) for code, name, count in census.index(reader)],
        "countries_instead": is_too_long_by_country,
        "following": sought.address_after(page[-1]) if following else "",
        "is_whole": not (sought.narrows or sought.last or following or is_too_long_by_country),
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
    if found > MOST_SORTED:
        return list(public.after(sought.last)[: NAMES_ON_A_PAGE + 1])
    names = sorted((sought.place(each), each.pk, each) for each in public)
    before = sought.last and sought.place(sought.last)
    return [each for place, _pk, each in names if before is None or place > before][: NAMES_ON_A_PAGE + 1]


def country_key(code: str, reader: str) -> Any:
    """Those of no country come last."""
    return not code, collation.key(str(countries.name(code)), reader)


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
