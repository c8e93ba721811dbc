"""Which known organizations somebody may be: names and domains identify, likeness only suggests."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
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


# Where these mean more than one record, none is linked without a person.
IDENTIFYING = frozenset({Reason.KEY, Reason.WEBSITE, Reason.KNOWN_NAME})


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
        self.by_key: dict[str, list[Organization]] = defaultdict(list)
        self.by_words: dict[str, list[Organization]] = defaultdict(list)
        self.by_initials: dict[str, list[Organization]] = defaultdict(list)
        self.by_domain: dict[str, list[Organization]] = defaultdict(list)
        for organization in organizations:
            self.by_domain[organization.domain].append(organization)
            for known in organization.names.all():
                self.by_key[known.key].append(organization)
                self.by_words[known.words].append(organization)
                self.by_initials[known.initials].append(organization)
        for index in (self.by_key, self.by_words, self.by_initials, self.by_domain):
            index.pop("", None)

    def candidates(self, sought: Sought, alike: Mapping[str, float]) -> list[Candidate]:
        """Each that `sought` may be, once, strongest reason first; `alike` are the words of names that look like it."""
        matches = list(self._matches(sought, alike))
        meant = {each.pk for reason, _score, found in matches if reason in IDENTIFYING for each in found}
        candidates: dict[int, Candidate] = {}
        for reason, score, found in matches:
            for organization in found:
                certain = meant == {organization.pk} and organization.is_surely(sought, reason)
                candidates.setdefault(organization.pk, Candidate(organization, reason, score, certain))
        return list(candidates.values())

    def _matches(
        self, sought: Sought, alike: Mapping[str, float]
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
        for words, score in alike.items():
            yield Reason.LIKENESS, score, self.by_words.get(words, [])


def most_alike(name: str, every_name: Collection[str]) -> dict[str, float]:
    """Of the known names' words in order, those that look most like this name's, the likest first, each scored."""
    words = names.in_order(names.key(name))
    best = process.extract(words, every_name, scorer=fuzz.ratio, score_cutoff=LIKE_FROM, limit=MOST_ALIKE)
    return {each: round(score, 1) for each, score, _place in best}
