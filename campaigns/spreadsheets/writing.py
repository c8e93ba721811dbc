"""Rows into CSV and XLSX, with every text a text."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from .formulas import guard, is_risky, without_controls

BYTE_ORDER_MARK = "\ufeff"
LONGEST_XLSX_CELL = 32_767


class Line:
    """Where the CSV writer leaves each line as it is written."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def csv_rows(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A CSV in UTF-8 with a byte order mark (so that Excel knows it), line by line, as `rows` come."""
    line = Line()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL)
    yield BYTE_ORDER_MARK.encode()
    for cells in chain([headings], rows):
        writer.writerow([guard(without_controls(cell)) for cell in cells])
        yield line.text.encode()


def xlsx_file(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> IO[bytes]:
    """An XLSX of one sheet in a temporary file, open at its beginning; the file ends when it is closed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Undersigned")
    sheet.freeze_panes = "A2"
    sheet.append([text_cell(sheet, heading) for heading in headings])
    for cells in rows:
        sheet.append([text_cell(sheet, text) for text in cells])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book.save(file)
    file.seek(0)
    return file


def text_cell(sheet: Any, text: str) -> Any:
    """A cell that holds a text, whatever it looks like; what looks like a formula stays a text when it is edited."""
    plain = without_controls(text)[:LONGEST_XLSX_CELL]
    cell = WriteOnlyCell(sheet, plain)
    cell.data_type = "s"
    if is_risky(plain):
        cell.quotePrefix = True
    return cell
