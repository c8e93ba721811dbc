"""Making a backup."""

import json
from pathlib import Path

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from . import engines, erasures, media
from .archive import ABOUT, FORMAT, Refused, Told, written


def back_up(folder: Path, told: Told) -> Path:
    """The path of a new backup in the folder. Raises Refused, and OSError where the disk is full.

    Uploads are taken before the database and again after it, so that none lacks of which the database tells.
    """
    migrations = sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())
    if not migrations:
        raise Refused("There is nothing to back up: the database is empty.")
    now, engine = timezone.now(), engines.of_this_site()
    about = {"format": FORMAT, "made_at": now.isoformat(), "database": connection.vendor, "migrations": migrations}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"undersigned-{now:%Y%m%dT%H%M%SZ}.zip"
    with written(path, told) as archive:
        archive.add(ABOUT, [json.dumps(about, indent=1).encode()])
        media.add(archive)
        archive.add(engine.MEMBER, engine.dump(archive.scratch, told))
        media.add(archive)
        erased = erasures.in_database()
        archive.add(erasures.NAME, [erasures.written(erased)])
    erasures.keep(erased)
    return path
