"""XLSX, which is an archive of XML: looked at before it is opened, then read row by row."""

import datetime
import io
import re
import zipfile
from collections.abc import Iterator
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
DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)")
LONGEST_DECLARATION = 9
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
                raise Unreadable(_("The workbook unpacks to far more than a list of organizations. Save it as CSV."))
            for member in members:
                if has_declaration(archive, member):
                    raise Unreadable(_("The workbook holds XML declarations that no spreadsheet program writes."))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise Unreadable(_("The workbook is damaged. Save it anew and bring it again.")) from error


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


def has_declaration(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a part of XML declares a document type or entities, in any encoding: that is how XML bombs begin."""
    if not member.filename.endswith((".xml", ".rels", ".vml")):
        return False
    tail = b""
    with archive.open(member) as part:
        while chunk := part.read(CHUNK):
            chunk = tail + chunk.replace(b"\x00", b"")
            if DECLARATION.search(chunk):
                return True
            tail = chunk[-LONGEST_DECLARATION:]
    return False


def rows(data: bytes, most_columns: int, most_lines: int) -> Iterator[tuple[int, Any]]:
    """The rows of the first sheet that is shown, but blank ones: number and openpyxl's cells. Raises Unreadable."""
    damaged = Unreadable(_("The workbook is damaged. Save it anew and bring it again."))
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever the broken part made it stumble over
        raise damaged from error
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    try:
        if not sheets:
            raise Unreadable(_("The workbook has no sheet to read."))
        sheets[0].reset_dimensions()  # what a file says of its size may be wrong
        cells = sheets[0].iter_rows(max_col=most_columns, max_row=most_lines)
        number = 0
        while True:
            try:
                row = next(cells)
            except StopIteration:
                return
            except Exception as error:  # as above
                raise damaged from error
            number += 1
            if any(cell.value is not None for cell in row):
                yield number, row
    finally:
        book.close()


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
