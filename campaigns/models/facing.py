"""A translation beside its original, passage by passage: what is missing, and what is older than the original."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import markdown
from .texts import Statement

TITLE, ADDRESSEE, SUMMARY = "title", "addressee", "summary"
PARAGRAPH, RULE, DEMAND, LEFT = "paragraph", "rule", "demand", "left"
IN_THE_BODY = {PARAGRAPH, RULE}
ALIKE = 0.5  # of the groups of three letters
LETTERS = 3


@dataclass(frozen=True)
class Written:
    """A passage as it was translated: its place, the original's words at that time, and the translator's.

    `original` is empty where nobody knows of what it was translated.
    """

    place: str
    original: str
    text: str


@dataclass(frozen=True)
class Facing:
    """A passage of the original, and what stands beside it: its translation, and the original as it `was` then."""

    key: str
    place: str
    label: str
    original: str
    was: str
    text: str

    @property
    def is_missing(self) -> bool:
        return not self.text

    @property
    def is_older(self) -> bool:
        """Whether the original has changed since, as far as is known."""
        return bool(self.text) and self.was != self.original


@dataclass(frozen=True)
class Beside:
    """The whole text with its translation; `left` are translations of what the original no longer has."""

    passages: list[Facing]
    left: list[tuple[str, Written]]

    @property
    def to_translate(self) -> list[Facing]:
        """All but rules, which have no words."""
        return [each for each in self.passages if each.place != RULE]

    @property
    def progress(self) -> "Progress":
        asked = self.to_translate
        translated = sum(not each.is_missing for each in asked)
        return Progress(len(asked), translated, sum(each.is_older for each in asked), len(self.left))


@dataclass(frozen=True)
class Progress:
    """How many passages there are, are translated, are older than the original, and have no original any more."""

    passages: int
    translated: int
    older: int
    left: int

    @property
    def is_whole(self) -> bool:
        return self.translated == self.passages

    @property
    def words(self) -> str:
        """As in “12 of 15 passages are translated, 2 are older than the original.”"""
        counts = {"passages": self.passages, "translated": self.translated, "older": self.older, "left": self.left}
        told = _("%(translated)s of %(passages)s passages are translated.") % counts
        if self.older:
            words = ngettext(
                "%(translated)s of %(passages)s passages are translated, %(older)s is older than the original.",
                "%(translated)s of %(passages)s passages are translated, %(older)s are older than the original.",
                self.older,
            )
            told = words % counts
        if self.left:
            words = ngettext(
                "%(left)s translated passage has no original any more.",
                "%(left)s translated passages have no original any more.",
                self.left,
            )
            told += " " + words % counts
        return told


def beside(original: Statement, written: Sequence[Written]) -> Beside:
    """Each passage of the original with its translation, wherever it stood: worded as now, or much like it."""
    passages = passages_of(original)
    left = [each for each in written if each.place != RULE]
    found: dict[int, Written] = {}
    for match in (worded_so, worded_much_so, of_unknown_words, worded_so_elsewhere):
        for at, (place, _label, words) in enumerate(passages):
            if at not in found and (one := match(place, words, left)):
                found[at] = one
                left.remove(one)
    alike = Counter[str]()
    facing = []
    for at, (place, label, words) in enumerate(passages):
        key = name_of(place, words, alike)
        nothing = Written(place, words, words if place == RULE else "")
        facing.append(Facing(key, place, label, words, found.get(at, nothing).original, found.get(at, nothing).text))
    return Beside(facing, [(name_of(LEFT, each.original + each.text, alike), each) for each in left])


def passages_of(text: Statement) -> list[tuple[str, str, str]]:
    """Place, label and words of all that is there to translate, in reading order."""
    heads = [(TITLE, _("Title"), text.title), (ADDRESSEE, _("Addressee"), text.addressee)]
    heads += [(SUMMARY, _("Summary"), text.summary)]
    body, number = [], 0
    for block in markdown.sources(text.body):
        has_words = bool(markdown.words(block))
        number += has_words
        label = _("Paragraph %(number)s") % {"number": number} if has_words else ""
        body.append((PARAGRAPH if has_words else RULE, label, block))
    demands = [
        (f"{DEMAND} {demand.key}", _("Demand %(number)s") % {"number": demand.number}, demand.text)
        for demand in text.demands
    ]
    return [each for each in [*heads, *body, *demands] if each[2].strip()]


Match = Callable[[str, str, list[Written]], Written | None]


def worded_so(place: str, words: str, left: list[Written]) -> Written | None:
    return next((each for each in left if (each.place, each.original) == (place, words)), None)


def worded_much_so(place: str, words: str, left: list[Written]) -> Written | None:
    """That of the same place; of paragraphs, which have no place of their own, the likest, if it is like enough."""
    known = [each for each in left if each.place == place and each.original]
    if place != PARAGRAPH:
        return next(iter(known), None)
    best = max(known, key=lambda each: likeness(each.original, words), default=None)
    return best if best and likeness(best.original, words) >= ALIKE else None


def of_unknown_words(place: str, words: str, left: list[Written]) -> Written | None:
    return next((each for each in left if each.place == place and not each.original), None)


def worded_so_elsewhere(place: str, words: str, left: list[Written]) -> Written | None:
    """What was left over, and is asked for again."""
    return next((each for each in left if each.original == words), None)


def likeness(one: str, other: str) -> float:
    """From 0 to 1, by the groups of letters that they share: it asks for no spaces between words."""
    groups = [Counter(text[at : at + LETTERS] for at in range(max(len(text) - 2, 1))) for text in (one, other)]
    return 2 * (groups[0] & groups[1]).total() / (groups[0].total() + groups[1].total())


def name_of(place: str, words: str, alike: "Counter[str]") -> str:
    """By what a form knows the passage: another once the original is worded otherwise anew; two alike have two."""
    name = f"{place.replace(' ', '-')}-{digest(words)}"
    alike[name] += 1
    return f"{name}-{alike[name]}" if alike[name] > 1 else name


def digest(value: Any) -> str:
    return hashlib.sha256(str(value).encode()).hexdigest()[:16]
