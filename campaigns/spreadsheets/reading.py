"""CSV and XLSX into rows of text, whatever the file calls itself; what is in it is untrusted."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from .. import archives
from ..archives import Fault
from ..countries import fold
from . import encodings, workbooks
from .formulas import unguard, without_controls
from .refusals import Unreadable

LARGEST_BYTES = 10_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 50
MOST_CELL_CHARACTERS = 2_000
MOST_LINES = 1_048_576  # blank ones counted: what a workbook can hold
ROWS_TO_SNIFF = 20
ROWS_ABOVE_HEADINGS = 10
BYTE_ORDER_MARK = "\ufeff"
DELIMITERS = ",;\t|"
ENCODINGS = encodings.ENCODINGS
SAID_DELIMITER = re.compile(r"sep=(.)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One row: its number as the spreadsheet shows it, its cells as text, and what is wrong, by the cell's place."""

    number: int
    cells: list[str]
    problems: dict[int, str] = field(default_factory=dict)

    def cell(self, place: int) -> str:
        return self.cells[place] if place < len(self.cells) else ""


class Sheet:
    """A spreadsheet that can be read: its headings, and its rows as often as they are asked for."""

    def __init__(self, data: bytes, encoding: str, is_sure: bool, headings_in: int, headings: list[str]) -> None:
        """`encoding` is empty for a workbook; `headings_in` is the number of the row that holds the headings."""
        self.data, self.encoding, self.is_sure = data, encoding, is_sure
        self.headings_in, self.headings = headings_in, headings

    def rows(self) -> Iterator[Row]:
        """The rows below the headings that are not blank. Raises Unreadable where the file cannot be read on."""
        count = 0
        for row in filled(self.data, self.encoding):
            if row.number <= self.headings_in:
                continue
            count += 1
            if count > MOST_ROWS:
                raise Unreadable(
                    _("The file has more than %(most)s rows. Bring it in parts."), params={"most": f"{MOST_ROWS:,}"}
                )
            yield row

    def count(self) -> int:
        """How many rows there are; reads the whole file. Raises Unreadable."""
        return sum(1 for _row in self.rows())

    def first(self, number: int) -> list[Row]:
        return list(islice(self.rows(), number))


def read(data: bytes, encoding: str, names: frozenset[str]) -> Sheet:
    """The sheet that `data` holds, by what is in it and not by what it is called.

    `encoding` is one of ENCODINGS, empty to find out. The headings are the first of the uppermost rows that has one of
    `names` (folded), else the first row. Raises Unreadable.
    """
    if len(data) > LARGEST_BYTES:
        raise Unreadable(_("The file is larger than 10 MB. Bring it in parts."))
    is_sure = True
    if archives.is_archive(data):
        encoding = ""
    else:
        refuse_other_formats(data)
        encoding, is_sure = (encoding, True) if encoding else encodings.guess(data)
    above = list(islice(filled(data, encoding), ROWS_ABOVE_HEADINGS))
    if not above:
        raise Unreadable(_("The file is empty."))
    heading = find_headings(above, names)
    return Sheet(data, encoding, is_sure, heading.number, heading.cells)


def find_headings(above: list[Row], names: frozenset[str]) -> Row:
    """Of the uppermost rows the one that holds the headings; a title over it fills one cell."""
    named = [row for row in above if any(fold(cell) in names for cell in row.cells)] or above
    first, second = (*named, named[0])[:2]
    is_title = width(first) == 1 and width(second) > 1 and above.index(second) == above.index(first) + 1
    return second if is_title else first


def width(row: Row) -> int:
    return sum(bool(cell) for cell in row.cells)


def refuse_other_formats(data: bytes) -> None:
    """Raises Unreadable, naming what it is, for what people bring in place of a CSV or XLSX."""
    head = data[:4096]
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable(_("The file is empty."))
    if archives.is_locked(data):
        raise Unreadable(workbooks.WORDS[Fault.LOCKED])
    if head.startswith(archives.OLE):
        raise Unreadable(_("This is a workbook of the old kind (.xls). Save it as .xlsx or CSV and bring it again."))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<svg")):
        raise Unreadable(_("This is a web page or XML. Save it as .xlsx or CSV and bring it again."))
    if head.startswith((b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        raise Unreadable(_("This is neither CSV nor an Excel workbook."))


def filled(data: bytes, encoding: str) -> Iterator[Row]:
    """The rows that are not blank, each clean. Raises Unreadable."""
    raw = text_rows(data, encoding) if encoding else workbook_rows(data)
    for row in raw:
        if row.problems or any(cell.strip() for cell in row.cells):
            if any(cell.strip() for cell in row.cells[MOST_COLUMNS:]):
                raise Unreadable(
                    _("Row %(number)s has more than %(most)s columns."),
                    params={"number": row.number, "most": MOST_COLUMNS},
                )
            yield clean(row)


def clean(row: Row) -> Row:
    """Its cells without what the database cannot hold and spaces at the ends, none too long."""
    cells, problems = [], dict(row.problems)
    for place, cell in enumerate(row.cells[:MOST_COLUMNS]):
        where = {"cell": workbooks.address(place, row.number)}
        if "\x00" in cell:
            problems.setdefault(place, _("Cell %(cell)s holds a NUL character. Write it anew.") % where)
        if len(cell) > MOST_CELL_CHARACTERS:
            words = _("Cell %(cell)s has more than 2,000 characters. Is a quotation mark left open?")
            problems.setdefault(place, words % where)
        cells.append(without_controls(cell[:MOST_CELL_CHARACTERS]).strip())
    while cells and not cells[-1]:
        cells.pop()
    return Row(row.number, cells, problems)


def text_rows(data: bytes, encoding: str) -> Iterator[Row]:
    """The records of a CSV, numbered as a spreadsheet would show them."""
    delimiter, said = find_delimiter(data, encoding)
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="") as text:
        try:
            if text.read(1) != BYTE_ORDER_MARK:
                text.seek(0)
            if said:
                text.readline()
            reader = csv.reader(text, delimiter=delimiter, strict=True)
            for number, cells in enumerate(reader, start=1 + said):
                if number > MOST_LINES:
                    raise Unreadable(_("The file has too many blank rows."))
                yield text_row(number, cells)
        except UnicodeError as error:
            raise Unreadable(
                _("The file cannot be read as %(encoding)s. Choose another encoding."),
                params={"encoding": dict(ENCODINGS).get(encoding, encoding)},
            ) from error
        except csv.Error as error:
            raise Unreadable(
                _("The quotes of the file do not close, or one stands amid a cell. Look at line %(line)s and above."),
                params={"line": reader.line_num},
            ) from error


def text_row(number: int, cells: list[str]) -> Row:
    """A formula is not taken: its cell is empty, and says why."""
    problems = {place: formula_at(place, number) for place, cell in enumerate(cells) if is_formula(cell)}
    return Row(number, ["" if place in problems else unguard(cell) for place, cell in enumerate(cells)], problems)


def is_formula(cell: str) -> bool:
    return cell.lstrip().startswith("=")


def find_delimiter(data: bytes, encoding: str) -> tuple[str, int]:
    """What separates the columns, and in how many lines above them the file says so itself (0 or 1)."""
    head = data[:65_536].decode(encoding, "ignore").lstrip(BYTE_ORDER_MARK)
    if said := SAID_DELIMITER.match(head.split("\n", 1)[0]):
        return said[1], 1
    return max(DELIMITERS, key=lambda delimiter: evenness(head, delimiter)), 0


def evenness(head: str, delimiter: str) -> tuple[float, int]:
    """How well the delimiter divides the first rows into as many columns each; 0 where it divides nothing."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        widths = [len(cells) for cells in islice(reader, ROWS_TO_SNIFF) if any(cells)]
    except csv.Error:
        return 0, 0
    if not widths or widths[0] < 2:
        return 0, 0
    return widths.count(widths[0]) / len(widths), widths[0]


def workbook_rows(data: bytes) -> Iterator[Row]:
    """The rows of a workbook's first sheet. Raises Unreadable."""
    workbooks.refuse_bombs(data)
    for number, cells in workbooks.rows(data, MOST_COLUMNS + 1, MOST_LINES):
        problems: dict[int, str] = {}
        for place, cell in enumerate(cells):
            if cell.data_type == "f":
                problems[place] = formula_at(place, number)
            elif cell.data_type == "e":
                words = _("Cell %(cell)s holds an error of the spreadsheet.")
                problems[place] = words % {"cell": workbooks.address(place, number)}
        texts = ["" if place in problems else workbooks.text(cell) for place, cell in enumerate(cells)]
        yield Row(number, texts, problems)


def formula_at(place: int, number: int) -> str:
    words: str = _("Cell %(cell)s holds a formula. Put in its place what it shows.")
    return words % {"cell": workbooks.address(place, number)}
