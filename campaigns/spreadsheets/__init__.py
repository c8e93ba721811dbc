"""Spreadsheets, CSV and XLSX: read as untrusted, in bounded memory; written so that nothing in them runs."""

from .columns import FIELDS, NAME_HEADINGS, REASONS, TITLES, Columns, in_one_cell, missing, require_name
from .formulas import guard, is_risky, unguard, without_controls
from .reading import ENCODINGS, LARGEST_BYTES, MOST_CELL_CHARACTERS, MOST_COLUMNS, MOST_ROWS, Row, Sheet
from .reading import read as read
from .refusals import Unreadable
from .sending import FORMATS, as_csv
from .writing import csv_rows, xlsx_file

__all__ = [
    "ENCODINGS",
    "FIELDS",
    "FORMATS",
    "LARGEST_BYTES",
    "MOST_CELL_CHARACTERS",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "NAME_HEADINGS",
    "REASONS",
    "TITLES",
    "Columns",
    "Row",
    "Sheet",
    "Unreadable",
    "as_csv",
    "csv_rows",
    "guard",
    "in_one_cell",
    "is_risky",
    "missing",
    "read",
    "require_name",
    "unguard",
    "without_controls",
    "xlsx_file",
]
