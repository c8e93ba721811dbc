"""Small charts from numbers: SVG elements for a page, with the numbers as a table beneath. Pure functions."""

import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

# In units of the drawing, which is shown about as large as these many pixels.
WIDTH = 320
ROW, BAR, BASELINE, LABEL, NUMBER, LONGEST_LABEL = 18, 12, 13, 120, 38, 19
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
        marks.append(Mark(number_format(value, force_grouping=True), number(LABEL + length + 5), str(top + BASELINE)))
    return drawing(title, heading, drawn, marks, height=max(1, len(rows)) * ROW)


def columns(title: Any, days: Sequence[tuple[datetime.date, int]], last: datetime.date) -> SafeString:
    """A column for each day from the first of `days` to `last`, those without any too; over a longer time one for each
    week, month or year."""
    heading, steps = in_steps(days, last)
    return upright(title, heading, steps, [label for label, _value in steps])


def growth(
    title: Any, days: Sequence[tuple[datetime.date, int]], today: datetime.date, end: datetime.date | None
) -> SafeString:
    """As `columns`, each as high as all that came until then, up to today; room is left up to `end`, which is marked.
    There is one of `days` at least."""
    step, counts = divided(days, max(today, end or today))
    sums = zip(counts, accumulate(counts.values()), strict=True)
    reached = [(date_format(begin, step.words), total) for begin, total in sums if begin <= today]
    labels = [date_format(begin, step.words) for begin in counts]
    ends_at = list(counts).index(step.begin(end)) if end and step.begin(end) in counts else None
    return upright(title, step.name, reached, labels, ends_at)


def shares(title: Any, parts: Sequence[tuple[str, Any, int]]) -> SafeString:
    """One bar, divided as the whole is; each part has a name for the style sheet, what it says, and how many."""
    whole, left, drawn = sum(value for _name, _label, value in parts), 0.0, []
    for name, label, value in parts:
        width = WIDTH * value / (whole or 1)
        drawn.append({"name": name, "label": label, "value": value, "x": number(left), "width": number(width)})
        left += width
    return render_to_string("admin/campaigns/campaign/_shares.html", {"title": title, "parts": drawn, "width": WIDTH})


def upright(
    title: Any, heading: Any, steps: Sequence[tuple[str, int]], labels: Sequence[str], ends_at: int | None = None
) -> SafeString:
    """Columns for the steps, on an axis for all the labels; a line behind the one at `ends_at`."""
    top = nice(max((value for _label, value in steps), default=1))
    slot = min(WIDEST_SLOT, (WIDTH - LEFT) / max(1, len(labels)))
    floor = HEIGHT - BELOW
    scale = (floor - ABOVE) / top
    drawn = []
    for place, (label, value) in enumerate(steps):
        x, y = LEFT + slot * (place + GAP / 2), floor - value * scale
        drawn.append(Bar(label, value, number(x), number(y), number(slot * (1 - GAP)), number(value * scale)))
    heights = [top, top // 2, 0] if top % 2 == 0 else [top, 0]
    rules = [Mark(str(height), str(LEFT - 5), number(floor - height * scale), "end") for height in heights]
    marks = time_axis(labels, LEFT + slot * len(labels))
    end = None if ends_at is None else number(LEFT + slot * (ends_at + 1))
    return drawing(title, heading, drawn, marks, height=HEIGHT, rules=rules, left=LEFT, end=end, floor=floor)


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
    step, counts = divided(days, last)
    return step.name, [(date_format(begin, step.words), value) for begin, value in counts.items()]


def divided(days: Sequence[tuple[datetime.date, int]], last: datetime.date) -> tuple["Step", dict[datetime.date, int]]:
    """The step that `in_steps` takes, and the number in each by the day on which it begins."""
    first, last = days[0][0], max(last, days[-1][0])
    step = next((step for step in STEPS if len(step.begins(first, last)) <= MOST_COLUMNS), STEPS[-1])
    counts = dict.fromkeys(step.begins(first, last), 0)
    for day, value in days:
        counts[step.begin(day)] += value
    return step, counts


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
