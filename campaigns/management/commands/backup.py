"""Makes a backup of the whole site."""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat

from campaigns.backups.archive import Refused
from campaigns.backups.making import back_up
from campaigns.management.progress import Progress

NO_KEYS = (
    "It holds no keys. Keep SECRET_KEY, CONTACT_KEYS and CONTACT_INDEX_KEY in another place: without them contact\n"
    "persons cannot be read from any backup."
)


class Command(BaseCommand):
    help = (
        "Write the database and the uploads into one ZIP file, such as undersigned-20261127T040000Z.zip, while the\n"
        "site goes on. The file is there under its name only when it is whole, is for its owner alone to read, and\n"
        f"has a checksum of everything in it. {NO_KEYS}\n\n"
        "PostgreSQL is read by pg_dump, of the server's version or newer; SQLite needs nothing. Run it from cron, and\n"
        "bring the file and erasures.jsonl beside it to another machine. “manage.py restore” puts a backup back."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            type=Path,
            nargs="?",
            default=settings.BACKUP_DIR,
            help=f"where to write it (default: BACKUP_DIR, {settings.BACKUP_DIR})",
        )

    def handle(self, *args: Any, folder: Path, verbosity: int, **options: Any) -> None:
        progress = Progress(self.stderr)
        try:
            path = back_up(folder, lambda done: progress(f"{filesizeformat(done)} written"))
        except (Refused, OSError, DatabaseError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        if verbosity:
            self.stdout.write(f"{path}, {filesizeformat(path.stat().st_size)}\n{NO_KEYS}")
