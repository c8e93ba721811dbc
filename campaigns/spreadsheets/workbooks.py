"""XLSX, looked at before it is opened, then read row by row."""

import datetime
import io
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import openpyxl
from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter

from .. import archives
from ..archives import Fault, Faulty
from .refusals import Unreadable

LIMITS = archives.Limits(members=500, unpacked=60_000_000, part=15_000_000, large_parts=("worksheets/",))
# What is counted in a part of XML. A list of 20,000 rows and 50 columns, each cell with its text, stays below.
MOST_ELEMENTS = 2_500_000
MOST_IN_ROW = 50_000  # Excel has at most 16,384 columns
MOST_OUTSIDE = 60_000  # styles, links, merged cells, names: what is kept in memory until the file is closed
MOST_REPEATS = {b"row": 100_000, b"si": 300_000}
ROOT = re.compile(rb"<(?:[^\s<>/!?:]*:)?([^\s<>/!?:]+)")
REPEATED_TAG = re.compile(rb"<(/?)(?:[^\s<>/!?:]*:)?(row|si)(?:\s[^<>]*?)?(/?)>")
REPEATED = {b"worksheet": b"row", b"sst": b"si"}  # by the part's root
WORDS = {
    Fault.DAMAGED: _("The workbook is damaged. Save it anew and bring it again."),
    Fault.LOCKED: _("The workbook is protected by a password. Save it without one and bring it again."),
    Fault.TOO_MUCH: _("The workbook unpacks to far more than a list of organizations. Save it as CSV."),
    Fault.DECLARED: _("The workbook holds XML declarations that no spreadsheet program writes."),
}


def refuse_bombs(data: bytes) -> None:
    """Raises Unreadable for an archive that is no workbook, is locked, or unpacks to more than an honest one."""
    try:
        with archives.opened(data) as archive:
            parts = set(archive.namelist())
            if "[Content_Types].xml" not in parts or not any(part.endswith("workbook.xml") for part in parts):
                raise Unreadable(not_a_workbook(parts))
            archives.refuse(archive, LIMITS)
            for member in archive.infolist():
                archives.look_through(archive, member, Scan())
    except Faulty as found:
        raise Unreadable(WORDS[found.fault]) from found


def not_a_workbook(parts: set[str]) -> Any:
    if "content.xml" in parts:
        return _("This is an OpenDocument file. Save it as .xlsx or CSV and bring it again.")
    if "xl/workbook.bin" in parts:
        return _("This is a binary workbook (.xlsb). Save it as .xlsx or CSV and bring it again.")
    return _("This is an archive, but no Excel workbook.")


class Scan(archives.Scan):
    """Counts the elements of one part of XML.

    openpyxl lets go of a row of a sheet, and of a text of the table of texts, once it has read it, and keeps all else.
    """

    def __init__(self) -> None:
        super().__init__()
        self.repeated = b""
        self.depth = self.inside = self.outside = self.total = self.repeats = 0

    def _count(self, text: bytes) -> None:
        if not self.repeated and (root := ROOT.search(text)):
            self.repeated = REPEATED.get(root[1], b"nothing")
        begin = 0
        for mark in REPEATED_TAG.finditer(text):
            if mark[2] == self.repeated:
                self._add(text[begin : mark.start()])
                begin = mark.start()
                self._turn(begins=not mark[1], ends=bool(mark[1] or mark[3]))
        self._add(text[begin:])

    def _turn(self, *, begins: bool, ends: bool) -> None:
        """A row or a text begins, or ends, or both at once where it is empty."""
        self.repeats += begins
        self.depth = max(self.depth + begins - ends, 0)
        if not self.depth:
            self.inside = 0

    def _add(self, text: bytes) -> None:
        elements = text.count(b"<") - text.count(b"</")
        self.total += elements
        if self.depth:
            if b"<!" in text or b"<?" in text:  # where an end could be feigned
                raise Faulty(Fault.DECLARED)
            self.inside += elements
        else:
            self.outside += elements
        if (
            self.inside > MOST_IN_ROW
            or self.outside > MOST_OUTSIDE
            or self.total > MOST_ELEMENTS
            or self.repeats > MOST_REPEATS.get(self.repeated, 0)
        ):
            raise Faulty(Fault.TOO_MUCH)


def rows(data: bytes, most_columns: int, most_lines: int) -> Iterator[tuple[int, Any]]:
    """The rows of the first sheet that is shown, but blank ones: number and openpyxl's cells. Raises Unreadable."""
    with closing(open_book(data)) as book:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise Unreadable(_("The workbook has no sheet to read."))
        sheets[0].reset_dimensions()  # what a file says of its size may be wrong
        cells = sheets[0].iter_rows(max_col=most_columns, max_row=most_lines)
        for number, row in enumerate(undamaged(cells), start=1):
            if any(cell.value is not None for cell in row):
                yield number, row


def open_book(data: bytes) -> Any:
    try:
        return openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever the broken part made it stumble over
        raise Unreadable(WORDS[Fault.DAMAGED]) from error


def undamaged(cells: Iterator[Any]) -> Iterator[Any]:
    """The rows as openpyxl gives them. Raises Unreadable where it stumbles."""
    while True:
        try:
            row = next(cells)
        except StopIteration:
            return
        except Exception as error:  # as above
            raise Unreadable(WORDS[Fault.DAMAGED]) from error
        yield row


def text(cell: Any) -> str:
    """What the cell shows, near enough: whole numbers without a point, days without a time."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)


def address(place: int, number: int) -> str:
    """The cell's address, such as B7; `place` counts columns from 0."""
    return f"{get_column_letter(place + 1)}{number}"
