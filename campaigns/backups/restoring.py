"""Putting a backup back."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from . import engines, erasures, media
from .archive import FORMAT, Archive, Refused, Told, checked


def refuse_replacing() -> None:
    """Raises Refused where something would be lost."""
    full = [("the database", connection.introspection.table_names()), ("the folder of uploads", list(media.uploads()))]
    if found := " and ".join(name for name, content in full if content):
        raise Refused(f"There is something in {found} already. With --replace the backup takes its place.")


def restore(path: Path, told: Told) -> int:
    """Puts the backup in the place of the database and the uploads, then erases again what was erased since it was
    made; gives how many rows. Raises Refused, OSError and DatabaseError: until the database has taken the backup, all
    is then as it was; after that, restoring once more leads to the same end."""
    with checked(path, told) as archive:
        refuse_foreign(archive)
        erased = list_of_erasures(archive, path)
        put_back(archive, told)
    call_command("migrate", verbosity=0)
    again = erasures.replay(erased)
    call_command("erase_expired", verbosity=0)
    return again


def refuse_foreign(archive: Archive) -> None:
    """Raises Refused for a backup that this program, as it is set up, cannot use."""
    if archive.about["format"] != FORMAT:
        raise Refused("The backup was made by another version of this program, which this one cannot read.")
    if archive.about["database"] != connection.vendor:
        raise Refused(f"The backup is of {archive.about['database']}, the database here is {connection.vendor}.")
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    if newer := set(archive.about["migrations"]) - known:
        raise Refused(f"The backup is of a newer version of this program; unknown here: {', '.join(sorted(newer))}.")


def list_of_erasures(archive: Archive, path: Path) -> erasures.Erased:
    """What was erased, by all who may know: the backup, the files beside it and in BACKUP_DIR, the database that is to
    be replaced. What that alone knows is kept in a file first, in case that the restore is stopped in the middle."""
    replaced = erasures.in_database()
    if replaced:
        settings.BACKUP_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        erasures.keep(replaced)
    in_archive = erasures.read(archive.file.read(erasures.NAME), erasures.NAME)
    files = {path.parent / erasures.NAME, settings.BACKUP_DIR / erasures.NAME}
    return erasures.united([in_archive, *map(erasures.in_file, files), replaced])


def put_back(archive: Archive, told: Told) -> None:
    engine = engines.of_this_site()
    try:
        media.stage(archive, told)
        engine.load(archive.pieces(engine.MEMBER, told))
        media.put_in_place(archive)
    finally:
        media.discard_stage()
