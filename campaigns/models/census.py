"""The public list searched by its readers, and counted: how many stand on it, how many were found, from where."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.utils.translation import gettext as _
from django_countries import countries

from .. import collation, names
from .known_names import OrganizationName
from .listing import BY_NAME, STANDS, Kind, ListingQuerySet, Tally

MOST_NAMES_SOUGHT = 5
# Where a signatory is from, as everybody may read it: see `Signature.country_in_public`.
COUNTRY = Case(
    When(~Q(country=""), then=F("country")),
    When(organization__is_hidden=False, then=F("organization__country")),
    default=Value(""),
    output_field=CharField(),
)


@dataclass(frozen=True)
class Census:
    """The tally; and by the code of their country, empty where none is said, those who stand in public by name, and
    those on the public list that were found."""

    tally: Tally
    countries: Counter[str]
    found: Counter[str]

    @property
    def countries_said(self) -> int:
        return sum(1 for code in self.countries if code)

    @property
    def tells_by_country(self) -> bool:
        """Whether the countries differ in anything worth a chart."""
        return self.countries_said > 1 and max(self.countries.values()) > 1

    def in_words(self, most: int) -> list[tuple[str, int]]:
        """The countries by name, the most signatories first; of more than `most` the last stand together as others."""
        ordered = sorted(self.countries.items(), key=lambda each: (-each[1], each[0]))
        return with_others([(named(code), count) for code, count in ordered], most)

    def index(self, reader: str) -> list[tuple[str, str, int]]:
        """Code, name and number of each country in which something was found, as a reader of that language looks for
        it; at the end those who say none."""
        rows = [(code, named(code), count) for code, count in self.found.items()]
        return sorted(rows, key=lambda row: (not row[0], collation.key(row[1], reader)))


def named(code: str) -> str:
    return str(countries.name(code) or _("not said"))


def with_others(rows: list[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    """The rows; of more than `most` the last stand together as others."""
    if len(rows) <= most:
        return rows
    first, others = rows[: most - 1], rows[most - 1 :]
    return [*first, (_("%(count)s others") % {"count": len(others)}, sum(count for _name, count in others))]


class CensusQuerySet(ListingQuerySet):
    def called(self, words: str) -> Self:
        """Those found by all these words."""
        return self.filter(spelled(words))

    def from_country(self, code: str) -> Self:
        """Those from the country of that code; without one, those who say none."""
        return self.annotate(land=COUNTRY).filter(land=code)

    def by_name(self) -> Self:
        """As `in_list_order`, but everybody by name alone."""
        by_name = self.annotate(tier=Value(2), sort_name=F("key"))
        return by_name.order_by("sort_name", "position", "id")

    def census(self, words: str = "") -> Census:
        """How the list stands, and how many of those on it in public are found by all these words, in one query."""
        counted = self.listed().annotate(stands=STANDS, named=BY_NAME, land=COUNTRY).order_by()
        rows = counted.values("stands", "kind", "named", "land").annotate(
            count=Count("pk"), found=Count("pk", filter=spelled(words))
        )
        return counted_by(list(rows))


def spelled(words: str) -> Q:
    """Whose name has each of these words or, in public, another name of the organization: in any script, whatever the
    case and the accents, or as it is written. The fifth and all that follow are looked for in one name together, so
    that many words take no more of the database than five."""
    every = Q()
    for together in " ".join(dict.fromkeys(words.split())).split(maxsplit=MOST_NAMES_SOUGHT - 1):
        alike = Q(*map(with_word, together.split()))
        known = OrganizationName.objects.in_public().filter(alike, organization__is_hidden=False)
        every &= alike | Q(organization__in=known.order_by().values("organization"))
    return every


def with_word(word: str) -> Q:
    key = Q(*[("key__contains", part) for part in names.key(word).split()])
    return Q(name__icontains=word) | key if key else Q(name__icontains=word)


def counted_by(rows: Iterable[dict[str, Any]]) -> Census:
    standing, countries_of, found = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        is_public = row["named"]
        standing[row["kind"] if row["stands"] else "earlier"] += row["count"]
        standing["withheld"] += row["count"] * (row["stands"] and not is_public)
        countries_of[row["land"]] += row["count"] * (row["stands"] and is_public)
        found[row["land"]] += row["found"] * is_public
    tally = Tally(
        organizations=standing[Kind.ORGANIZATION],
        persons=standing[Kind.PERSON],
        withheld=standing["withheld"],
        earlier=standing["earlier"],
    )
    return Census(tally, +countries_of, +found)
