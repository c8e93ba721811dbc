"""Small charts from numbers: SVG elements for a page, with the numbers as a table beneath. Pure functions."""

import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

# In units of the drawing, which is shown about as large as these many pixels.
WIDTH = 320
ROW, BAR, BASELINE, LABEL, NUMBER, LONGEST_LABEL = 18, 12, 13, 120, 34, 19
HEIGHT, LEFT, BELOW, ABOVE = 150, 30, 18, 8
MOST_COLUMNS = 60
GAP, WIDEST_SLOT, ROOM_FOR_TWO_LABELS = 0.2, 30, 150


@dataclass(frozen=True)
class Bar:
    """One bar: what it says, and where it lies."""

    label: str
    value: int
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Mark:
    """Words in the drawing: their place, and which end of them stands there."""

    text: str
    x: str
    y: str
    anchor: str = "start"


def bars(title: Any, heading: Any, rows: Sequence[tuple[str, int]]) -> SafeString:
    """A bar for each row, its label before and its number after it; `heading` says what the labels are."""
    most = max((value for _label, value in rows), default=0) or 1
    drawn, marks = [], []
    for place, (label, value) in enumerate(rows):
        length, top = (WIDTH - LABEL - NUMBER) * value / most, place * ROW
        drawn.append(Bar(label, value, str(LABEL), str(top + (ROW - BAR) // 2), number(length), str(BAR)))
        marks.append(Mark(shortened(label), "0", str(top + BASELINE)))
        marks.append(Mark(str(value), number(LABEL + length + 5), str(top + BASELINE)))
    return drawing(title, heading, drawn, marks, height=max(1, len(rows)) * ROW)


def columns(title: Any, days: Sequence[tuple[datetime.date, int]], last: datetime.date) -> SafeString:
    """A column for each day from the first of `days` to `last`, those without any too; over a longer time one for each
    week, month or year."""
    heading, steps = in_steps(days, last)
    top = nice(max((value for _label, value in steps), default=1))
    slot = min(WIDEST_SLOT, (WIDTH - LEFT) / max(1, len(steps)))
    floor = HEIGHT - BELOW
    scale = (floor - ABOVE) / top
    drawn = []
    for place, (label, value) in enumerate(steps):
        x, y = LEFT + slot * (place + GAP / 2), floor - value * scale
        drawn.append(Bar(label, value, number(x), number(y), number(slot * (1 - GAP)), number(value * scale)))
    heights = [top, top // 2, 0] if top % 2 == 0 else [top, 0]
    rules = [Mark(str(height), str(LEFT - 5), number(floor - height * scale), "end") for height in heights]
    marks = time_axis([label for label, _value in steps], LEFT + slot * len(steps))
    return drawing(title, heading, drawn, marks, height=HEIGHT, rules=rules, left=LEFT)


def time_axis(labels: Sequence[str], right: float) -> list[Mark]:
    """The first label and the last below their columns; where they would meet, in one."""
    if len(labels) > 1 and right - LEFT > ROOM_FOR_TWO_LABELS:
        last = Mark(labels[-1], number(right), str(HEIGHT - 4), "end")
        return [Mark(labels[0], str(LEFT), str(HEIGHT - 4)), last]
    return [Mark(" – ".join(dict.fromkeys([*labels[:1], *labels[-1:]])), str(LEFT), str(HEIGHT - 4))]


def drawing(title: Any, heading: Any, drawn: list[Bar], marks: list[Mark], **context: Any) -> SafeString:
    given = {"title": title, "heading": heading, "bars": drawn, "marks": marks, "width": WIDTH, **context}
    return render_to_string("admin/campaigns/campaign/_chart.html", given)


def in_steps(days: Sequence[tuple[datetime.date, int]], last: datetime.date) -> tuple[Any, list[tuple[str, int]]]:
    """The numbers by day, or by the shortest of week, month and year of which there are not too many, with its name;
    none is left out between the first and `last`."""
    if not days:
        return STEPS[0].name, []
    first, last = days[0][0], max(last, days[-1][0])
    divided = (step for step in STEPS if len(step.begins(first, last)) <= MOST_COLUMNS)
    step = next(divided, STEPS[-1])
    counts = dict.fromkeys(step.begins(first, last), 0)
    for day, value in days:
        counts[step.begin(day)] += value
    return step.name, [(date_format(begin, step.words), value) for begin, value in counts.items()]


@dataclass(frozen=True)
class Step:
    """A way to divide time: what it is called, where a day's step begins, a day of the next, and how it is written."""

    name: Any
    begin: Callable[[datetime.date], datetime.date]
    most_days: int
    words: str

    def begins(self, first: datetime.date, last: datetime.date) -> list[datetime.date]:
        """Where each step begins, from that of `first` to that of `last`."""
        found = [self.begin(first)]
        while (following := self.begin(found[-1] + datetime.timedelta(days=self.most_days))) <= last:
            found.append(following)
        return found


STEPS = [
    Step(_("Day"), lambda day: day, 1, "j M Y"),
    Step(_("Week from"), lambda day: day - datetime.timedelta(days=day.weekday()), 7, "j M Y"),
    Step(_("Month"), lambda day: day.replace(day=1), 31, "M Y"),
    Step(_("Year"), lambda day: day.replace(month=1, day=1), 366, "Y"),
]


def nice(most: int) -> int:
    """A round number that is not below: 1, 2 or 5 with noughts."""
    if most <= 1:
        return 1
    unit = int(10 ** math.floor(math.log10(most)))
    return next(unit * step for step in (1, 2, 5, 10) if unit * step >= most)


def shortened(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"


def number(value: float) -> str:
    """A length as SVG writes it, whatever the language."""
    return f"{value:.1f}".removesuffix(".0")
