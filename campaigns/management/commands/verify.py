"""Checks a delivered list against what this site delivered."""

import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns import verify
from campaigns.models import Delivery

SLUG = re.compile(r"[a-z0-9-]{1,80}")
LARGEST_NUMBER = 2**31


class Command(BaseCommand):
    help = (
        "Say whether a delivered list (the .json file) is genuine, and name the first difference where it is not. "
        "With --fingerprint it is held against that; without, against what this site has delivered."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("list", type=Path, help="the file of the delivered list")
        parser.add_argument("--fingerprint", help="the fingerprint that the letter or the mail quotes")

    def handle(self, *args: Any, fingerprint: str | None, **options: Any) -> None:
        try:
            with options["list"].open("rb") as file:
                data = file.read(verify.LARGEST_BYTES + 1)
            document = verify.check(data, fingerprint) if fingerprint else verify.read(data)
        except OSError as error:
            raise CommandError(f"{options['list']} cannot be read: {error.strerror}") from error
        except verify.Refused as reason:
            raise CommandError(str(reason)) from reason
        if not fingerprint:
            self.hold_against_ours(document)
        self.stdout.write(self.style.SUCCESS(verify.verdict(document)))

    def hold_against_ours(self, document: Any) -> None:
        """Raises CommandError unless this site delivered it."""
        delivered = document["delivered"]
        if Delivery.objects.filter(fingerprint=verify.fingerprint(delivered)).exists():
            return
        slug, number = str(delivered.get("campaign")), delivered.get("number")
        is_known = SLUG.fullmatch(slug) and isinstance(number, int) and 0 < number < LARGEST_NUMBER
        ours = Delivery.objects.filter(campaign__slug=slug, number=number).first() if is_known else None
        if ours is None:
            raise CommandError("This site has delivered nothing of that campaign and number.")
        raise CommandError(verify.difference(document, verify.read(ours.manifest())))
