"""How much longer a list of 5,000 rows takes than one of 500, and in how much memory.

`uv run python -m tests.bench.importing`, on SQLite in a scratch folder; with DATABASE_URL, on that database, which
must be an empty one.
"""

import os
import random
import sys
import tempfile
import time
import tracemalloc
from typing import Any

import django

SCRATCH = tempfile.TemporaryDirectory(prefix="undersigned-bench-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{SCRATCH.name}/bench.sqlite3")
os.environ["DEBUG"] = "on"
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from campaigns.models import Event, ImportBatch, Organization, OrganizationName  # noqa: E402
from campaigns.spreadsheets import NAME_HEADINGS, Columns, read  # noqa: E402

REGISTRY = 5_000
AT_MOST = 12
SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnprstvwxz" for vowel in "aeiou"]


def word(dice: random.Random) -> str:
    return "".join(dice.choices(SYLLABLES, k=3)).capitalize()


def names(count: int, seed: int) -> list[str]:
    dice = random.Random(seed)
    return [" ".join(word(dice) for _word in range(4)) for _name in range(count)]


def spreadsheet(count: int) -> bytes:
    rows = [f"{name},UA,https://{number}-list-of-{count}.org/" for number, name in enumerate(names(count, seed=count))]
    return "\n".join(["Name,Country,Website", *rows]).encode()


def register(count: int) -> None:
    organizations = [
        Organization(
            name=name, slug=f"known-{number}", website=f"https://known-{number}.org", domain=f"known-{number}.org"
        )
        for number, name in enumerate(names(count, seed=1))
    ]
    Organization.objects.bulk_create(organizations, batch_size=1_000)
    known = [OrganizationName(organization=organization, name=organization.name) for organization in organizations]
    for each in known:
        each.clean()
    OrganizationName.objects.bulk_create(known, batch_size=1_000)


def bring(count: int) -> ImportBatch:
    batch = ImportBatch.objects.bring(f"{count}.csv", spreadsheet(count), by=None)
    sheet = read(batch.file, "", NAME_HEADINGS)
    columns = Columns.by_heading(sheet.headings)
    batch.look(
        columns.lines(sheet.rows()),
        encoding=sheet.encoding,
        headings=columns.headings(sheet.headings),
        left_out=columns.left_out(sheet.headings),
    )
    return batch


def measure(count: int) -> tuple[float, float]:
    """The seconds that looking and taking last; all that was written is undone."""
    with transaction.atomic():
        begin = time.perf_counter()
        batch = bring(count)
        looked = time.perf_counter()
        for _done in batch.take(by=None):
            pass
        taken = time.perf_counter()
        transaction.set_rollback(True)
    return looked - begin, taken - looked


def take_last() -> None:
    for _done in ImportBatch.objects.defer("sealed_file").latest("pk").take(by=None):
        pass


def peaks(count: int) -> tuple[float, float]:
    """The highest memory of looking and of taking, in megabytes above what was there before."""
    found = []
    with transaction.atomic():
        for act in (lambda: bring(count), take_last):
            tracemalloc.start()
            act()
            found.append(tracemalloc.get_traced_memory()[1] / 1e6)
            tracemalloc.stop()
        transaction.set_rollback(True)
    return found[0], found[1]


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    settings.DEBUG = False  # Django would keep every query
    register(REGISTRY)
    measure(1)  # reads the names of countries
    out: Any = sys.stdout.write
    few, many = measure(500), measure(5_000)
    few_mb, many_mb = peaks(500), peaks(5_000)
    out(f"{'registry of 5,000':<20}{'500 rows':>12}{'5,000 rows':>12}{'ratio':>8}\n")
    for place, step in enumerate(["look, s", "take, s"]):
        out(f"{step:<20}{few[place]:>12.2f}{many[place]:>12.2f}{many[place] / few[place]:>8.1f}\n")
    for place, step in enumerate(["look, MB at most", "take, MB at most"]):
        out(f"{step:<20}{few_mb[place]:>12.1f}{many_mb[place]:>12.1f}{many_mb[place] / few_mb[place]:>8.1f}\n")
    ratio = sum(many) / sum(few)
    out(f"5,000 take {ratio:.1f} times as long as 500 (at most {AT_MOST}); {Event.objects.count()} events kept\n")
    sys.exit(ratio > AT_MOST)
