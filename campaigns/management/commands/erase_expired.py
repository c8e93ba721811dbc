"""Erases what has had its time. Run it once a day."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from campaigns import retention
from campaigns.backups import erasures
from campaigns.models import RateLimit


class Command(BaseCommand):
    help = (
        "Erase what has had its time: requests whose address nobody confirmed within 7 days, contact persons 30 days\n"
        "after a signature was not accepted and 90 days after a campaign has ended, and what else docs/security.md\n"
        "names.\n\n"
        "Who asked for no more invitations stays on record, by a keyed hash of the address. Run it once a day, from\n"
        "cron. It erases some hundreds at a time, each time for good: stopped in the middle, it goes on the next day\n"
        "where it was. What was erased is on each campaign's record, by number, and the list of the rows is kept in\n"
        "BACKUP_DIR, so that a restored backup does not bring them back."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be erased, and erase nothing")

    def handle(self, *args: Any, dry_run: bool, verbosity: int, **options: Any) -> None:
        if not dry_run:
            RateLimit.objects.forget()
        for rule in retention.RULES:
            expired = rule.expired().count()
            if dry_run:
                self.stdout.write(f"{expired} to erase: {rule.words}")
                continue
            erased = 0
            for count in retention.erase(rule):
                erased += count
                if verbosity and expired > retention.BATCH:
                    self.stderr.write(f"{erased} of {expired} erased: {rule.words}")
            if verbosity:
                self.stdout.write(f"{erased} erased: {rule.words}")
        if not dry_run:
            erasures.keep(erasures.in_database())
