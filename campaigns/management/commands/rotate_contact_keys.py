"""Brings all that is sealed under the newest key."""

from argparse import RawDescriptionHelpFormatter
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns import rotation, sealing
from campaigns.accounts.second_factors import SecondFactors
from campaigns.management.progress import Progress

GOES = "can be taken out of CONTACT_KEYS. Keep it apart as long as you keep backups from before."
STAYS = "has to stay in CONTACT_KEYS: run rotate_contact_keys for what is left."


class Command(BaseCommand):
    help = (
        "Seal anew, with the first of CONTACT_KEYS, all that is sealed with an older one: contact persons,\n"
        "invitations, recipients, questions, remarks, reports, lists that were brought, second factors.\n\n"
        "A new key goes to the end of CONTACT_KEYS first, in every process of every host, then to its beginning;\n"
        "then run this. It may be stopped at any time and run again; the site goes on meanwhile. At the end it says\n"
        "how much is left under which key, and which keys can be taken out."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="count what is under which key, and change nothing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        self.sealed: list[rotation.Sealed] = [*rotation.tables(), SecondFactors()]
        if not check:
            try:
                self.reseal()
            except KeyboardInterrupt as stopped:
                raise CommandError(
                    "Stopped. What was sealed anew is so for good; run it again for the rest."
                ) from stopped
        self.tell(sum((each.count() for each in self.sealed), Counter()))

    def reseal(self) -> None:
        progress, done = Progress(self.stderr), 0
        for batch in (rotation.BATCH, 1):
            for each in self.sealed:
                for texts in each.reseal(batch):
                    done += texts
                    progress(f"{done} texts sealed anew")
        self.stdout.write(f"{done} texts sealed anew.")

    def tell(self, counts: Counter[bytes]) -> None:
        """How many texts there are under each key, and which keys can go."""
        heads = [sealing.head(key) for key in settings.CONTACT_KEYS]
        for number, head in enumerate(heads, start=1):
            self.stdout.write(f"{counts[head]} under key {number} of CONTACT_KEYS ({name_of(head)})")
        for head in sorted(set(counts) - set(heads)):
            self.stdout.write(f"{counts[head]} cannot be read: their key ({name_of(head)}) is not in CONTACT_KEYS")
        for number, head in enumerate(heads[1:], start=2):
            self.stdout.write(f"Key {number} {STAYS if counts[head] else GOES}")


def name_of(head: bytes) -> str:
    """The key's name: the first bytes of its SHA-256."""
    return head.removeprefix(sealing.FORMAT).hex()
