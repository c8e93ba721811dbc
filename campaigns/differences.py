"""What changed between two statements, word by word and demand by demand."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import NumberedDemand, Statement, TextVersion

LINES = re.compile(r"[^\n]*\n|[^\n]+")
SENTENCES = re.compile(r"[^.!?…]+[.!?…]*\s*|[.!?…]+\s*")
WORDS = re.compile(r"\S+\s*|\s+")
UNITS = (LINES, SENTENCES, WORDS)
MOST_PAIRS = 100_000
CONTEXT_CHARACTERS = 120
FIELDS = {
    "title": _("Title"),
    "addressee": _("Addressee"),
    "summary": _("Summary"),
    "body": _("Text"),
}


@dataclass(frozen=True)
class Run:
    """A run of words that stayed, was added, or was removed."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """One part of the statement that changed, with its words before and after in one line of runs."""

    language: str
    part: str | Promise
    runs: tuple[Run, ...]


@functools.lru_cache(maxsize=256)
def compare(before: Statement, after: Statement) -> tuple[Change, ...]:
    """The changed parts in reading order: date, title, addressee, summary, text, then each demand by its key."""
    return tuple(
        Change(after.language, part, tuple(condensed(list(runs(old, new)))))
        for part, old, new in pairs(before, after)
        if old != new
    )


def between(before: TextVersion | None, after: TextVersion, *languages: str) -> list[Change]:
    """What changed from version to version in these languages, each named once.

    A reader of a translation, which may lag behind, is given the original's language too.
    """
    if before is None:
        return []
    both = [code for code in dict.fromkeys(languages) if code in before.content and code in after.content]
    return [change for code in both for change in compare(before.statement(code), after.statement(code))]


def history(before: TextVersion | None, after: TextVersion) -> tuple[list[Change], list[str]]:
    """What changed from version to version in every language, and the languages that joined."""
    added = [code for code in after.content if before and code not in before.content]
    return between(before, after, *after.content), added


def as_text(changes: Iterable[Change]) -> str:
    """The changes for a plain-text letter: [-removed-] and {+added+}."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    lines = []
    for change in changes:
        lines += [f"{change.part}:", "".join(marks[run.kind].format(run.text) for run in change.runs), ""]
    return "\n".join(lines).strip()


def pairs(before: Statement, after: Statement) -> Iterator[tuple[str | Promise, str, str]]:
    """Each part with its text before and after, empty where it was not there."""
    yield _("Date"), before.date.isoformat(), after.date.isoformat()
    for field, part in FIELDS.items():
        yield part, getattr(before, field), getattr(after, field)
    old = {demand.key: demand for demand in before.demands}
    new = {demand.key: demand for demand in after.demands}
    for key in [*new, *(key for key in old if key not in new)]:
        number = new[key].number if key in new else old[key].number
        yield later_heading(number), numbered(old.get(key)), numbered(new.get(key))


def heading(number: int) -> str:
    return gettext("Demand %(number)s") % {"number": number}


later_heading: Callable[[int], Any] = lazy(heading, str)  # what is compared is kept, and read in every language


def numbered(demand: NumberedDemand | None) -> str:
    return f"{demand.number}. {demand.text}" if demand else ""


def runs(before: str, after: str, units: tuple[re.Pattern[str], ...] = UNITS) -> Iterator[Run]:
    """The texts in runs, those removed before those added: matched by line, where lines differ by sentence, then by
    word. Stretches too long to be matched by word are shown whole, so that no text takes long."""
    unit, *finer = units
    old, new = unit.findall(before), unit.findall(after)
    if len(old) * len(new) > MOST_PAIRS:
        yield from whole(before, after)
        return
    for tag, removed, added in matched(old, new):
        if tag == "equal":
            yield Run("same", removed)
        elif finer and removed and added:
            yield from runs(removed, added, tuple(finer))
        else:
            yield from whole(removed, added)


def whole(removed: str, added: str) -> Iterator[Run]:
    yield from (Run(kind, text) for kind, text in (("removed", removed), ("added", added)) if text)


def condensed(changed: list[Run]) -> Iterator[Run]:
    """The runs with some words about each change; what lies further off gives way to an ellipsis."""
    last = len(changed) - 1
    for place, run in enumerate(changed):
        if run.kind != "same" or len(run.text) <= 2 * CONTEXT_CHARACTERS:
            yield run
            continue
        head = run.text[:CONTEXT_CHARACTERS].rpartition(" ")[0] if place > 0 else ""
        tail = run.text[-CONTEXT_CHARACTERS:].partition(" ")[2] if place < last else ""
        yield Run("same", f"{head} … {tail}")


def matched(old: list[str], new: list[str]) -> Iterator[tuple[str, str, str]]:
    """Stretches of two lists of texts: whether they are equal, and each side joined."""
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield tag, "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
