"""Brings a list of organizations from a file."""

from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from campaigns.management.progress import Progress
from campaigns.models import Campaign, ImportBatch
from campaigns.spreadsheets import (
    ENCODINGS,
    LARGEST_BYTES,
    NAME_HEADINGS,
    REASONS,
    Columns,
    Sheet,
    csv_rows,
    missing,
    read,
)


class Command(BaseCommand):
    help = (
        "Bring a list of organizations, CSV or Excel (.xlsx), into the registry.\n\n"
        "The first row holds headings, in any of several languages: Name, and where there are, Other names (separated\n"
        "by | or ;), Acronym, Country, Website, Language. All other columns are left out. What the registry knows for\n"
        "certain is not entered twice; a row that may be a known organization is left out, since nobody can be asked\n"
        "here (bring the list at the desk to choose), and so is one that cannot be taken. All is done in one\n"
        "transaction: if this program is stopped, nothing is there. The same file a second time adds nothing."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        encodings = ", ".join(codec for codec, _name in ENCODINGS)
        parser.add_argument("file", type=Path, help="the list")
        parser.add_argument("--campaign", metavar="SLUG", help="list each as a signatory of this campaign, too")
        parser.add_argument("--note", default="", help="where their yes can be found; needed with --campaign")
        parser.add_argument("--encoding", default="", help=f"of a CSV, where the guess is wrong: {encodings}")
        parser.add_argument("--dry-run", action="store_true", help="say what would be taken, and take nothing")
        parser.add_argument("--refused", type=Path, metavar="FILE", help="write the rows left out there, with reasons")

    def handle(self, *args: Any, file: Path, encoding: str, **options: Any) -> None:
        self.tell_progress = Progress(self.stderr)
        try:
            with file.open("rb") as opened:
                data = opened.read(LARGEST_BYTES + 1)
            with transaction.atomic():
                self.bring(file, data, encoding, **options)
                transaction.set_rollback(options["dry_run"])
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be opened: {error.strerror}") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    def bring(self, file: Path, data: bytes, encoding: str, **options: Any) -> None:
        if encoding and encoding not in dict(ENCODINGS):
            raise CommandError(f"{encoding} is none of the encodings that --help names.")
        campaign = Campaign.objects.filter(slug=options["campaign"]).first() if options["campaign"] else None
        if options["campaign"] and campaign is None:
            raise CommandError(f"There is no campaign {options['campaign']}.")
        sheet = read(data, encoding, NAME_HEADINGS)
        columns = Columns.by_heading(sheet.headings)
        if doubts := missing(sheet.headings):
            raise CommandError(" ".join(doubts))
        self.say_how_it_is_read(sheet, columns)
        batch = ImportBatch.objects.bring(file.name, data, by=None, campaign=campaign, note=options["note"])
        batch.look(
            self.with_progress("looked at", columns.lines(sheet.rows())),
            encoding=sheet.encoding,
            headings=columns.headings(sheet.headings),
            left_out=columns.left_out(sheet.headings),
        )
        for _done in self.with_progress("taken", batch.take(by=None)):
            pass
        if options["refused"]:
            self.write_refused(batch, options["refused"])
        self.tell(batch, "It would be: " if options["dry_run"] else "")

    def say_how_it_is_read(self, sheet: Sheet, columns: Columns) -> None:
        if not sheet.is_sure:
            self.stderr.write(f"Read as {sheet.encoding}, which is a guess; --encoding says otherwise.")
        if left_out := columns.left_out(sheet.headings):
            self.stderr.write(f"Columns left out: {', '.join(left_out)}")

    def with_progress(self, words: str, steps: Iterable[Any]) -> Iterator[Any]:
        """The steps, and how many are done, on stderr, once it takes long."""
        for done, step in enumerate(steps, start=1):
            yield step
            self.tell_progress(f"{done} rows {words}")

    def write_refused(self, batch: ImportBatch, path: Path) -> None:
        with path.open("wb") as file:
            rows = ([*cells, *[""] * (len(batch.headings) - len(cells)), why] for cells, why in batch.refused())
            file.writelines(csv_rows([*batch.headings, str(REASONS)], rows))

    def tell(self, batch: ImportBatch, opening: str) -> None:
        counts = batch.counts
        listed = f", {counts['listed']} listed" if batch.campaign else ""
        self.stdout.write(
            f"{opening}{counts['new']} new, {counts['known']} known, "
            f"{counts['names']} names added{listed}, {counts['left_out']} left out"
        )
