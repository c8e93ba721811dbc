"""The list of erasures outside the database, where a restore finds it: one JSON object a line, of no personal data."""

import datetime
import json
import tempfile
from collections.abc import Iterable
from functools import reduce
from operator import or_
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q

from ..models import Erasure
from .archive import Refused

NAME = "erasures.jsonl"
AT_ONCE = 100

# When each row was erased last, by its model and its key.
Erased = dict[tuple[str, int], datetime.datetime]


def in_database() -> Erased:
    """What the database knows; nothing where it has no such table, or cannot be read."""
    try:
        with transaction.atomic():
            return {(each.model, each.row): each.erased_at for each in Erasure.objects.iterator()}
    except DatabaseError:
        return {}


def in_file(path: Path) -> Erased:
    """What the file knows; nothing where there is none. Raises Refused for one that is damaged."""
    return read(path.read_bytes(), str(path)) if path.exists() else {}


def read(data: bytes, name: str) -> Erased:
    try:
        rows = [json.loads(line) for line in data.decode().splitlines()]
        times = {(str(row["model"]), int(row["row"])): row["erased_at"] for row in rows}
        return {place: datetime.datetime.fromisoformat(time) for place, time in times.items()}
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(f"{name} is damaged, so what was erased would come back. Mend it or move it away.") from error


def written(erased: Erased) -> bytes:
    rows = ({"model": model, "row": row, "erased_at": time.isoformat()} for (model, row), time in erased.items())
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def united(lists: Iterable[Erased]) -> Erased:
    """All of them, each row with its last time."""
    together: Erased = {}
    for erased in lists:
        together |= {place: time for place, time in erased.items() if place not in together or together[place] < time}
    return together


def keep(erased: Erased) -> None:
    """Adds these to the file in BACKUP_DIR, where there is that folder. Nothing in the file is ever lost."""
    path = settings.BACKUP_DIR / NAME
    if not path.parent.is_dir():
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(written(united([in_file(path), erased])))
    Path(file.name).rename(path)


def replay(erased: Erased) -> int:
    """Records and erases again what the restored database does not know, or knows only from before; how many rows.

    What it knows was gone when the backup was made: if there is a row of that key, it is one that came later.
    """
    known = in_database()
    missed = [
        Erasure(model=model, row=row, erased_at=time)
        for (model, row), time in sorted(erased.items())
        if (model, row) not in known or known[model, row] < time
    ]
    Erasure.objects.bulk_create(
        missed, AT_ONCE, update_conflicts=True, unique_fields=["model", "row"], update_fields=["erased_at"]
    )
    again = 0
    for begin in range(0, len(missed), AT_ONCE):
        rows = (Q(model=each.model, row=each.row) for each in missed[begin : begin + AT_ONCE])
        again += Erasure.objects.filter(reduce(or_, rows)).replay()
    return again
