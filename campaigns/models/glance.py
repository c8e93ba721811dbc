"""How a campaign stands, in numbers that the database counts: few queries, however many have signed."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from .census import named, with_others
from .listing import BY_THE_GROUP, Source, State
from .outbox import ERRORS, KINDS, OutgoingMail

if TYPE_CHECKING:
    from .campaigns import Campaign

MOST_COUNTRIES = 12
MOST_KINDS_OF_STUCK_LETTERS = 8


@dataclass(frozen=True)
class Reviews:
    """How many signatures coordinators have decided and how long those waited; how many wait now, and how long the
    oldest has."""

    decided: int
    waiting: int
    median: datetime.timedelta | None
    slow: datetime.timedelta | None
    longest_waiting: datetime.timedelta | None


@dataclass(frozen=True)
class Stuck:
    """Letters of one kind that have not gone out, for one reason or for none yet."""

    kind: str
    error: str
    is_given_up: bool
    count: int

    @property
    def label(self) -> str:
        return str(KINDS.get(self.kind, self.kind))

    @property
    def why(self) -> str:
        """The error, and what it means; empty while nothing went wrong."""
        name = self.error.partition(" ")[0]
        return f"{ERRORS[name]} ({self.error})" if name in ERRORS else self.error


@dataclass(frozen=True)
class Glance:
    states: list[tuple[str, int]]
    sources: list[tuple[str, int]]
    countries: list[tuple[str, int]]
    days: list[tuple[datetime.date, int]]
    reviews: Reviews
    letters: list[Stuck]
    letters_waiting: int
    letters_given_up: int

    @classmethod
    def of(cls, campaign: "Campaign") -> "Glance":
        """The campaign's signatures by state; those on its list by how they came, by country and by the day on which
        they were listed; its reviews and its letters."""
        counts = Counter[tuple[str, str]]()
        for row in campaign.signatures.order_by().values("state", "source").annotate(count=Count("pk")):
            counts[row["state"], row["source"]] = row["count"]
        letters = stuck_letters(campaign)
        return cls(
            states=by_choice(State.choices, {state: sum_of(counts, state=state) for state in State.values}),
            sources=by_choice(Source.choices, {source: counts[State.LISTED, source] for source in Source.values}),
            countries=by_country(campaign),
            days=by_day(campaign),
            reviews=reviews(campaign),
            letters=letters[:MOST_KINDS_OF_STUCK_LETTERS],
            letters_waiting=sum(each.count for each in letters if not each.is_given_up),
            letters_given_up=sum(each.count for each in letters if each.is_given_up),
        )

    @property
    def listed(self) -> int:
        return sum(count for _source, count in self.sources)


def sum_of(counts: Counter[tuple[str, str]], state: str) -> int:
    return sum(count for (each, _source), count in counts.items() if each == state)


def by_choice(choices: Iterable[tuple[Any, Any]], counts: dict[str, int]) -> list[tuple[str, int]]:
    """Those that there are, by their labels and in the order of the choices."""
    return [(str(label), counts[value]) for value, label in choices if counts[value]]


def by_country(campaign: "Campaign") -> list[tuple[str, int]]:
    """The countries of those on the list, the most first; of many the last stand together as others."""
    rows = campaign.signatures.listed().values("country").annotate(count=Count("pk")).order_by("-count", "country")
    return with_others([(named(row["country"]), row["count"]) for row in rows], MOST_COUNTRIES)


def by_day(campaign: "Campaign") -> list[tuple[datetime.date, int]]:
    """How many of those on the list came onto it on each day of the site's time zone on which any did."""
    days = campaign.signatures.listed().annotate(day=TruncDate("decided_at")).values("day")
    return [(row["day"], row["count"]) for row in days.annotate(count=Count("pk")).order_by("day")]


def reviews(campaign: "Campaign") -> Reviews:
    """The middle of the waits from confirming to a coordinator's decision, and the one that nine of ten stay below."""
    by_coordinator = Q(
        source__in=BY_THE_GROUP, confirmed_at__isnull=False, decided_at__isnull=False, decided_by__isnull=False
    )
    told = campaign.signatures.aggregate(
        decided=Count("pk", filter=by_coordinator),
        waiting=Count("pk", filter=Q(state=State.PENDING)),
        waiting_since=Min("confirmed_at", filter=Q(state=State.PENDING)),
    )
    waited = ExpressionWrapper(F("decided_at") - F("confirmed_at"), output_field=DurationField())
    waits = campaign.signatures.filter(by_coordinator).annotate(waited=waited).order_by("waited")
    decided, since = told["decided"], told["waiting_since"]

    def wait(place: int) -> datetime.timedelta | None:
        found: datetime.timedelta | None = waits.values_list("waited", flat=True)[place] if decided else None
        return found

    return Reviews(
        decided=decided,
        waiting=told["waiting"],
        median=wait((decided - 1) // 2),
        slow=wait(-(-9 * decided // 10) - 1),
        longest_waiting=timezone.now() - since if since else None,
    )


def stuck_letters(campaign: "Campaign") -> list[Stuck]:
    """Letters that wait or were given up, by kind and reason: what was given up first, then the most."""
    stuck = OutgoingMail.objects.about(campaign).stuck().values("kind", "last_error", "is_given_up")
    rows = stuck.annotate(count=Count("pk")).order_by("-is_given_up", "-count", "kind", "last_error")
    return [Stuck(row["kind"], row["last_error"], row["is_given_up"], row["count"]) for row in rows]
