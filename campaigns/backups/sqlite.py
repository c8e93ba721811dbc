"""SQLite by its online backup, in both directions: a copy of one moment, and one transaction that puts it back."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from django.db import connection

from .archive import PIECE, Refused, Told, open_private

MEMBER = "database.sqlite3"
PAGES_AT_ONCE = 1000
PAGE_BYTES = 4096


def dump(scratch: Path, told: Told) -> Iterator[bytes]:
    """The database as it was at one moment, piece by piece. It is copied into the scratch folder first."""
    path = scratch / MEMBER
    with open_private(path) as file:
        with closing(opened(database())) as source, closing(opened(path)) as copy:
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # from here on it reads of this moment
            copy.execute("PRAGMA journal_mode = OFF")
            source.backup(
                copy, pages=PAGES_AT_ONCE, progress=lambda _status, left, total: told((total - left) * PAGE_BYTES)
            )
        while piece := file.read(PIECE):
            yield piece
    path.unlink()


def load(pieces: Iterable[bytes]) -> None:
    """Puts the copy in the place of all that the database holds, in one transaction: other processes may have it open.
    Raises Refused, and then all is as it was."""
    path = database().with_name(f"{database().name}.restoring")
    path.unlink(missing_ok=True)
    try:
        with open_private(path) as file:
            file.writelines(pieces)
        with closing(opened(path)) as copy, closing(opened(database())) as target:
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Refused("The database in the backup is damaged.")
            copy.backup(target)
    except sqlite3.Error as error:
        raise Refused(f"The database is as it was, since it could not take the backup: {error}") from error
    finally:
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()


def opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=20, isolation_level=None)


def database() -> Path:
    return Path(connection.settings_dict["NAME"])
