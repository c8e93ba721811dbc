"""How a row of a list would be taken: as new, as known, doubtful, or refused. Nothing is written here."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import countries, domains, lookalikes, names
from .candidates import Candidate, Reason, Sought
from .organizations import Organization

if TYPE_CHECKING:
    from .campaigns import Campaign

LONGEST_NAME = 200
LONGEST_WEBSITE = 300
LINE_END = re.compile(r"[\r\n]")
MOST_CANDIDATES = 6
NAMED = {Reason.KEY, Reason.KNOWN_NAME}
SAME = {*NAMED, Reason.WEBSITE}
# What spreadsheets call true and false.
# fmt: off
TRUTHS = frozenset(
    {
        "true", "false", "wahr", "falsch", "vrai", "faux", "verdadero", "falso", "prawda", "fałsz", "істина",
        "хибність", "истина", "ложь", "صحيح", "خطأ",
    }
)
# fmt: on
is_website = URLValidator(schemes=["http", "https"])
LANGUAGES = {
    countries.fold(spelling): code
    for code, info in LANG_INFO.items()
    for spelling in (code, info.get("name", ""), info.get("name_local", ""))
    if spelling
}


class Verdict(models.TextChoices):
    NEW = "new", _("new")
    KNOWN = "known", _("known")
    DOUBTFUL = "doubtful", _("doubtful")
    REFUSED = "refused", _("refused")


@dataclass(frozen=True)
class Entry:
    """An organization as a row names it; `problems` say what cannot be taken."""

    name: str
    other_names: list[str]
    country: str
    website: str
    language: str
    problems: list[str]

    @classmethod
    def read(cls, words: dict[str, Any], problems: Iterable[str] = ()) -> "Entry":
        """From the words of a row: `other_names` is a list, all else a text as it was typed."""
        others = [words.get("acronym", ""), *words.get("other_names", [])]
        told = Problems([*problems])
        return cls(
            name=told.take(name_of, words.get("name", "")),
            other_names=[name for name in (told.take(name_of, other) for other in others if other) if name],
            country=told.take(country_of, words.get("country", "")),
            website=told.take(website_of, words.get("website", "")),
            language=told.take(language_of, words.get("language", "")),
            problems=told.words,
        )

    @property
    def names(self) -> list[str]:
        return [self.name, *self.other_names]

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.name.casefold(), self.country, self.website.rstrip("/")

    def sought(self) -> Sought:
        return Sought(self.name, self.website, country=self.country)

    def is_entry_of(self, organization: Organization) -> bool:
        """Whether the registry holds it just so: the same name, country and website.

        Of a record that nobody has verified a bare name says too little.
        """
        return (
            bool(organization.verified_at or self.country or self.website)
            and names.tidy(organization.name).casefold() == self.name.casefold()
            and (organization.country.code or "") == self.country
            and organization.website.rstrip("/") == self.website.rstrip("/")
        )


class Problems:
    """Collects what is wrong, so that a row tells all of it at once."""

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def take(self, reader: Any, text: str) -> str:
        """What `reader` makes of the text; empty, with the reason kept, where it refuses."""
        try:
            return str(reader(text))
        except ValidationError as error:
            self.words.extend(message for message in error.messages if message not in self.words)
            return ""


def name_of(text: str) -> str:
    name = names.tidy(text)
    if LINE_END.search(text.strip()):
        raise ValidationError(_("A name runs over several lines. Write it on one, and see that the quotes close."))
    if not name:
        raise ValidationError(
            _("The row has no name. If its cell is merged with others, split them: only the first holds the text.")
        )
    if len(name) > LONGEST_NAME:
        raise ValidationError(_("A name has more than 200 characters."))
    names.validate(name)
    return name


def country_of(text: str) -> str:
    try:
        return countries.code(text)
    except KeyError:
        raise ValidationError(_("No country is called “%(name)s”."), params={"name": text[:60]}) from None


def website_of(text: str) -> str:
    """An http or https address; `example.org` is taken as `https://example.org`."""
    if not text.strip():
        return ""
    address = text.strip() if "://" in text else f"https://{text.strip()}"
    wrong = ValidationError(_("“%(text)s” is no address of a website."), params={"text": text[:60]})
    try:
        is_website(address)
        host = urlsplit(address).netloc
    except (ValidationError, ValueError):
        raise wrong from None
    if "@" in host or len(address) > LONGEST_WEBSITE or any(names.hidden(char) for char in address):
        raise wrong
    return address


def language_of(text: str) -> str:
    """The language's code, by its code or its name in English or itself."""
    if not text.strip():
        return ""
    try:
        return LANGUAGES[countries.fold(text)]
    except KeyError:
        raise ValidationError(_("No language is called “%(name)s”."), params={"name": text[:60]}) from None


@dataclass
class Judgement:
    """The verdict on a row, with its reasons; `candidates` are the organizations to choose from, strongest first, but
    before them the one that it is known as."""

    verdict: Verdict
    reasons: list[str] = field(default_factory=list)
    organization: Organization | None = None
    candidates: list[Candidate] = field(default_factory=list)


def is_no_word(name: str) -> bool:
    """Whether it is what a spreadsheet writes for a number, a date, a time, true or false."""
    return name.casefold() in TRUTHS or not any(char.isalpha() for char in name)


class Judge:
    """Judges the rows of one file, in the order in which they come."""

    def __init__(self, campaign: "Campaign | None") -> None:
        self.rows: dict[int, int] = {}  # by the trace of a name's key or of a domain: the first row that has it
        self.identities: dict[int, int] = {}
        sites = Organization.objects.standing().exclude(domain="")
        self.known_domains = lookalikes.KnownDomains(sites.values_list("domain", flat=True).distinct())
        listed = campaign.signatures.listed().exclude(organization=None) if campaign else None
        self.listed = set(listed.values_list("organization_id", flat=True)) if listed is not None else set()

    def judge(self, entries: Sequence[tuple[int, Entry]]) -> Iterator[Judgement]:
        """The judgement on each numbered entry. Costs as many queries for hundreds as for one."""
        sound = [entry for _number, entry in entries if not entry.problems]
        by_name = iter(Organization.objects.candidates_for([entry.sought() for entry in sound]))
        others = [Sought(name) for entry in sound for name in entry.other_names]
        by_other_name = iter(Organization.objects.identified_by(others))
        for number, entry in entries:
            if entry.problems:
                yield Judgement(Verdict.REFUSED, entry.problems)
                continue
            candidates = merged([next(by_name), *(next(by_other_name) for _name in entry.other_names)])
            judgement = self._judge(entry, candidates)
            if judgement.verdict != Verdict.REFUSED:
                self._remember(number, entry)
            yield judgement

    def _judge(self, entry: Entry, candidates: list[Candidate]) -> Judgement:
        if same := self.identities.get(trace(*entry.identity)):
            return Judgement(Verdict.REFUSED, [gettext("The same as row %(number)s.") % {"number": same}])
        just_so = [each for each in candidates if entry.is_entry_of(each.organization)]
        if len(just_so) == 1:
            return self._known(just_so[0], gettext("registered just so"), candidates)
        doubts = self._doubts(entry)
        certain = [each for each in candidates if each.certain]
        rivals = [each for each in candidates if not each.certain and each.reason in SAME]
        if len(certain) == 1 and not doubts and not rivals:
            return self._known(certain[0], str(certain[0].reason.label), candidates)
        doubts += self._in_the_file(entry)
        if doubts or candidates:
            return Judgement(Verdict.DOUBTFUL, doubts, candidates=candidates[:MOST_CANDIDATES])
        return Judgement(Verdict.NEW)

    def _known(self, candidate: Candidate, reason: str, candidates: list[Candidate]) -> Judgement:
        if candidate.organization.pk in self.listed:
            return Judgement(Verdict.REFUSED, [on_the_list(candidate.organization)])
        others = [each for each in candidates if each != candidate]
        return Judgement(Verdict.KNOWN, [reason], candidate.organization, [candidate, *others[: MOST_CANDIDATES - 1]])

    def _doubts(self, entry: Entry) -> list[str]:
        """What in its names and website looks made to deceive."""
        found = names.warnings(entry.name, entry.website, self.known_domains.near(entry.website))
        found += [each for name in entry.other_names for each in names.warnings(name)]
        found += [_("A name is a number, a date or the like.") for name in entry.names if is_no_word(name)]
        return list(dict.fromkeys(map(str, found)))

    def _in_the_file(self, entry: Entry) -> list[str]:
        """Which rows above have one of its names, or its website."""
        domain = domains.of_website(entry.website)
        traces = {trace(names.key(name)) for name in entry.names}
        named = {self.rows[each] for each in traces if each in self.rows}
        words = [gettext("Row %(number)s has the same name.") % {"number": number} for number in sorted(named)]
        if (number := self.rows.get(trace("website", domain))) and number not in named:
            words.append(gettext("Row %(number)s has the same website.") % {"number": number})
        return words

    def _remember(self, number: int, entry: Entry) -> None:
        self.identities[trace(*entry.identity)] = number
        for name in entry.names:
            self.rows.setdefault(trace(names.key(name)), number)
        if domain := domains.of_website(entry.website):
            self.rows.setdefault(trace("website", domain), number)


def trace(*words: str) -> int:
    """Eight bytes by which the words are known again: thousands of rows are remembered in little memory."""
    return int.from_bytes(hashlib.blake2b("\0".join(words).encode(), digest_size=8).digest())


def on_the_list(organization: Organization) -> str:
    return gettext("“%(name)s” is on the list already.") % {"name": organization}


def merged(lists: Sequence[list[Candidate]]) -> list[Candidate]:
    """Each organization once. What is certain by another name of the row is not: that name may be a friend's."""
    found: dict[int, Candidate] = {}
    first, *others = lists
    for candidate in first:
        found[candidate.organization.pk] = candidate
    for candidate in (each for candidates in others for each in candidates):
        suggested = Candidate(candidate.organization, candidate.reason, candidate.score, certain=False)
        found.setdefault(candidate.organization.pk, suggested)
    return sorted(found.values(), key=lambda each: (not each.certain, -each.score))
