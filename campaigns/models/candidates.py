"""Which known organizations somebody may be: names and domains identify, likeness only suggests."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz, process

from .. import domains, names

if TYPE_CHECKING:
    from .organizations import Organization

LIKE_FROM = 75.0
MOST_ALIKE = 5


class Reason(models.TextChoices):
    KEY = "key", _("same name")
    WEBSITE = "website", _("same website")
    EMAIL = "email", _("e-mail from its website’s domain")
    KNOWN_NAME = "known name", _("known by this name")
    ACRONYM = "acronym", _("acronym")
    LIKENESS = "likeness", _("looks alike")


@dataclass(frozen=True)
class Sought:
    """Somebody as they name themselves."""

    name: str
    website: str = ""
    email: str = ""
    country: str = ""


@dataclass(frozen=True)
class Candidate:
    """A known organization that may be meant. `score` is at most 100.

    `certain` is true only where the two may be linked without a person.
    """

    organization: "Organization"
    reason: Reason
    score: float
    certain: bool

    @property
    def identifies(self) -> bool:
        """Whether more than a likeness of names speaks for it."""
        return self.reason != Reason.LIKENESS


class Lookup:
    """Organizations by what identifies them: keys of their names, initials, the domain of their website."""

    def __init__(self, organizations: Iterable["Organization"]) -> None:
        self.by_pk: dict[int, Organization] = {}
        self.by_key: dict[str, list[Organization]] = defaultdict(list)
        self.by_initials: dict[str, list[Organization]] = defaultdict(list)
        self.by_domain: dict[str, list[Organization]] = defaultdict(list)
        for organization in organizations:
            self.by_pk[organization.pk] = organization
            self.by_domain[organization.domain].append(organization)
            for known in organization.names.all():
                self.by_key[known.key].append(organization)
                self.by_initials[known.initials].append(organization)
        self.by_initials.pop("", None)
        self.by_domain.pop("", None)

    def candidates(self, sought: Sought, alike: Iterable[tuple[int, float]] = ()) -> list[Candidate]:
        """Each that `sought` may be, once, strongest reason first; `alike` are those that only look like it."""
        found: dict[int, Candidate] = {}
        for reason, score, organizations in self._matches(sought, alike):
            alone = len({organization.pk for organization in organizations}) == 1
            for organization in organizations:
                certain = alone and organization.is_surely(sought, reason)
                found.setdefault(organization.pk, Candidate(organization, reason, score, certain))
        return list(found.values())

    def _matches(
        self, sought: Sought, alike: Iterable[tuple[int, float]]
    ) -> Iterator[tuple[Reason, float, list["Organization"]]]:
        key = names.key(sought.name)
        of_this_key = self.by_key.get(key, [])
        yield Reason.KEY, 100, [each for each in of_this_key if names.key(each.name) == key]
        yield Reason.WEBSITE, 100, self.by_domain.get(domains.of_website(sought.website), [])
        yield Reason.EMAIL, 95, self.by_domain.get(domains.of_email(sought.email), [])
        yield Reason.KNOWN_NAME, 95, of_this_key
        yield Reason.ACRONYM, 85, self.by_initials.get(key, [])
        for acronym in sorted(names.acronyms(sought.name)):
            yield Reason.ACRONYM, 85, self.by_key.get(acronym, [])
        for pk, score in alike:
            if pk in self.by_pk:
                yield Reason.LIKENESS, score, [self.by_pk[pk]]


def in_order(key: str) -> str:
    """The key's words in alphabetical order, so that names are alike whatever the order of their words."""
    return " ".join(sorted(key.split()))


def most_alike(key: str, owners: Sequence[int], keys: Sequence[str]) -> list[tuple[int, float]]:
    """Of `keys`, each `in_order`, the owners of those that look most like this one, the likest first."""
    best = process.extract(in_order(key), keys, scorer=fuzz.ratio, score_cutoff=LIKE_FROM, limit=MOST_ALIKE)
    return [(owners[place], round(score, 1)) for _choice, score, place in best]
