"""Puts a backup back."""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat

from campaigns import rotation
from campaigns.accounts.second_factors import SecondFactors
from campaigns.backups.archive import Refused
from campaigns.backups.restoring import refuse_replacing, restore
from campaigns.management.progress import Progress


class Command(BaseCommand):
    help = (
        "Put a backup that “manage.py backup” made back into the database of DATABASE_URL and the folder of uploads.\n"
        "Stop the site first, and set the keys that were in use when the backup was made.\n\n"
        "Every byte is held against its checksum before anything is changed, and the database takes all or nothing.\n"
        "Then the migrations that lack are applied, what was erased since the backup was made is erased again (by the\n"
        "lists in the backup, beside it, in BACKUP_DIR and in the database that is replaced), and erase_expired runs.\n"
        "If it is stopped in the middle, run it again."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument("--replace", action="store_true", help="give up what is in the database and the uploads")

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        progress = Progress(self.stderr)
        try:
            if not replace:
                refuse_replacing()
            again = restore(file, lambda done: progress(f"{filesizeformat(done)} done"))
        except (Refused, OSError, DatabaseError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file} is restored. {again} rows that were erased later were erased again.")
        if lost := rotation.unreadable([*rotation.tables(), SecondFactors()]):
            raise CommandError(
                f"{lost} sealed texts cannot be read: their key is not in CONTACT_KEYS. Set it, then start."
            )
