"""What a spreadsheet would run when it opens a file, and how it is kept a text."""

import re
import unicodedata

SIGNS = frozenset("=+-@\u2212")
LINE_SIGNS = frozenset("\t\r\n")
QUOTES = frozenset("'\"`´‘’“”«»")
APOSTROPHE = "'"
# Where a program that was told another separator than the comma may begin a new cell.
SEPARATORS = re.compile(r"([,;|\t\r\n])")


def is_risky(text: str) -> bool:
    """Whether a program may take the text for a formula: it begins with a sign of one (full-width ones too), a tab or a
    line end, perhaps after spaces, quotation marks and characters that nobody sees."""
    for char in text:
        if char in LINE_SIGNS or not SIGNS.isdisjoint(unicodedata.normalize("NFKC", char)):
            return True
        if not (char in QUOTES or char.isspace() or unicodedata.category(char).startswith("C")):
            return False
    return False


def guard(text: str) -> str:
    """The text as it can stand in a CSV: with an apostrophe before what would run, at its beginning and wherever
    another program may divide it."""
    first, *rest = SEPARATORS.split(text)
    guarded = [first, *(APOSTROPHE + part if is_cell(part) and is_risky(part) else part for part in rest)]
    return APOSTROPHE * is_risky(text) + "".join(guarded)


def unguard(text: str) -> str:
    """The text again of which `guard` made this."""
    first, *rest = SEPARATORS.split(text)
    return without_apostrophe(first + "".join(map(without_apostrophe, rest)))


def without_apostrophe(text: str) -> str:
    return text[1:] if text.startswith(APOSTROPHE) and is_risky(text[1:]) else text


def is_cell(part: str) -> bool:
    """Whether a part of a divided text is more than what divides it."""
    return not SEPARATORS.fullmatch(part)


def without_controls(text: str) -> str:
    """Without what neither XML nor a line of CSV can hold: controls but tab and line ends, and half characters."""
    return "".join(char for char in text if char in LINE_SIGNS or is_plain(char))


def is_plain(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cs"} and char not in "\ufffe\uffff"
