"""XLSX, which is an archive of XML: looked at before it is opened, then read row by row."""

import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from .refusals import Unreadable

MOST_MEMBERS = 500
LARGEST_UNPACKED = 60_000_000
LARGEST_PART = 15_000_000  # bytes unpacked of a part that is no sheet
HIGHEST_RATIO = 200
SMALL = 1_000_000  # bytes unpacked below which no ratio is suspicious
CHUNK = 1 << 16
# What is counted in a part of XML. A list of 20,000 rows and 50 columns, each cell with its text, stays below.
MOST_ELEMENTS = 2_500_000
MOST_IN_ROW = 50_000  # Excel has at most 16,384 columns
MOST_OUTSIDE = 60_000  # styles, links, merged cells, names: what is kept in memory until the file is closed
MOST_REPEATS = {b"row": 100_000, b"si": 300_000}
LONGEST_GAP = 262_144  # bytes from the beginning of a tag to the next tag
DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)")
ROOT = re.compile(rb"<(?:[^\s<>/!?:]*:)?([^\s<>/!?:]+)")
REPEATED_TAG = re.compile(rb"<(/?)(?:[^\s<>/!?:]*:)?(row|si)(?:\s[^<>]*?)?(/?)>")
REPEATED = {b"worksheet": b"row", b"sst": b"si"}  # by the part's root
BLANKS = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
IS_ENCRYPTED = 0x1


def is_archive(data: bytes) -> bool:
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def refuse_bombs(data: bytes) -> None:
    """Raises Unreadable for an archive that is no workbook, is locked, or unpacks to more than an honest one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            parts = {member.filename for member in members}
            if "[Content_Types].xml" not in parts or not any(part.endswith("workbook.xml") for part in parts):
                raise Unreadable(not_a_workbook(parts))
            if any(member.flag_bits & IS_ENCRYPTED for member in members):
                raise Unreadable(_("The workbook is protected by a password. Save it without one and bring it again."))
            if is_bomb(members):
                raise too_much()
            for member in members:
                refuse_part(archive, member)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise damaged() from error


def not_a_workbook(parts: set[str]) -> str:
    if "content.xml" in parts:
        return _("This is an OpenDocument file. Save it as .xlsx or CSV and bring it again.")
    if "xl/workbook.bin" in parts:
        return _("This is a binary workbook (.xlsb). Save it as .xlsx or CSV and bring it again.")
    return _("This is an archive, but no Excel workbook.")


def is_bomb(members: list[zipfile.ZipInfo]) -> bool:
    """By what its directory declares; unpacking stops at the declared size."""
    return (
        len(members) > MOST_MEMBERS
        or sum(member.file_size for member in members) > LARGEST_UNPACKED
        or any(member.file_size > LARGEST_PART and "worksheets/" not in member.filename for member in members)
        or any(
            member.file_size > SMALL and member.file_size > HIGHEST_RATIO * max(member.compress_size, 1)
            for member in members
        )
    )


def refuse_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Raises Unreadable for a part of XML, whatever it is called, that declares a document type or entities, or has
    more in it than an honest one. It is read in pieces and never as a whole."""
    scan = Scan()
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            if not scan.has_begun and not begins_xml(chunk):
                return  # no parser takes it for XML, unless all before was blank
            scan.take(chunk.replace(b"\x00", b""))
    scan.finish()


def begins_xml(chunk: bytes) -> bool:
    """Whether XML may begin so, in any encoding: after a mark and blanks."""
    return chunk.lstrip(BLANKS)[:1] in {b"<", b""}


class Scan:
    """Counts the elements of one part of XML, piece by piece.

    openpyxl lets go of a row of a sheet, and of a text of the table of texts, once it has read it, and keeps all else.
    """

    def __init__(self) -> None:
        self.tail, self.repeated = b"", b""
        self.has_begun = False
        self.depth = self.inside = self.outside = self.total = self.repeats = 0

    def take(self, chunk: bytes) -> None:
        """The next bytes. Raises Unreadable."""
        self.has_begun = self.has_begun or bool(chunk.strip(BLANKS))
        text = self.tail + chunk
        end = max(text.rfind(b"<"), 0)
        self.tail = text[end:]
        if len(self.tail) > LONGEST_GAP:
            raise too_much()
        self._count(text[:end])

    def finish(self) -> None:
        self._count(self.tail)

    def _count(self, text: bytes) -> None:
        """Counts whole tags with what follows each."""
        if DECLARATION.search(text):
            raise declared()
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
                raise declared()
            self.inside += elements
        else:
            self.outside += elements
        if (
            self.inside > MOST_IN_ROW
            or self.outside > MOST_OUTSIDE
            or self.total > MOST_ELEMENTS
            or self.repeats > MOST_REPEATS.get(self.repeated, 0)
        ):
            raise too_much()


def declared() -> Unreadable:
    return Unreadable(_("The workbook holds XML declarations that no spreadsheet program writes."))


def too_much() -> Unreadable:
    return Unreadable(_("The workbook unpacks to far more than a list of organizations. Save it as CSV."))


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
        raise damaged() from error


def undamaged(cells: Iterator[Any]) -> Iterator[Any]:
    """The rows as openpyxl gives them. Raises Unreadable where it stumbles."""
    while True:
        try:
            row = next(cells)
        except StopIteration:
            return
        except Exception as error:  # as above
            raise damaged() from error
        yield row


def damaged() -> Unreadable:
    return Unreadable(_("The workbook is damaged. Save it anew and bring it again."))


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
