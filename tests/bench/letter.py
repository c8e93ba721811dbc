"""How much longer a letter with 1,000 signatories takes than one with 100: `uv run python -m tests.bench.letter`."""

import datetime
import os
import statistics
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "on")
django.setup()

from campaigns.letter import Letter, Signatory  # noqa: E402 - Django is set up first
from campaigns.models import NumberedDemand, Statement  # noqa: E402

AT_MOST = 12
ROUNDS = 5


def seconds(signatories: int) -> float:
    """The median time that a letter with so many signatories takes."""
    body = "\n\n".join(["We have *read* your plan, and what it would mean for the people we work for."] * 12)
    demands = tuple(NumberedDemand(str(number), number, f"Do this, number {number}.") for number in range(1, 4))
    statement = Statement("en", datetime.date(2026, 3, 1), "To the assembly", "An open letter", "", body, demands)
    names = [f"Organization of the river and of the hill {number}" for number in range(signatories)]
    paper = Letter(
        statement=statement,
        digest=statement.digest(),
        organizations=[Signatory(name, "organization", "") for name in names],
        persons=[],
        withheld=0,
        at=datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC),
        address="https://statements.example.org/campaigns/open-letter/",
    )
    times = []
    for _round in range(ROUNDS):
        begin = time.perf_counter()
        size = len(paper.draw())
        times.append(time.perf_counter() - begin)
    sys.stdout.write(f"{signatories} signatories: {statistics.median(times):.2f} s, {size:,} bytes\n")
    return statistics.median(times)


if __name__ == "__main__":
    seconds(1)  # imports WeasyPrint
    ratio = 1 / seconds(100) * seconds(1_000)
    sys.stdout.write(f"1,000 take {ratio:.1f} times as long as 100 (at most {AT_MOST})\n")
    sys.exit(ratio > AT_MOST)
