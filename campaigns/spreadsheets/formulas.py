"""What a spreadsheet would run when it opens a file, and how it is kept a text."""

import re
import unicodedata
from collections.abc import Iterator

SIGNS = frozenset("=+-@\u2212")
LINE_SIGNS = frozenset("\t\r\n")
QUOTES = frozenset("'\"`´‘’“”«»")
APOSTROPHE = "'"
# Where a program that was told another separator than the comma may begin a new cell.
SEPARATORS = re.compile(r"[,;|\t\r\n]")


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
    """The text as it can stand in a CSV: with an apostrophe before what would run, at its beginning and wherever a
    program may divide it."""
    return "".join(APOSTROPHE * is_risky(text[begin:]) + text[begin:end] for begin, end in divided(text))


def unguard(text: str) -> str:
    """The text again of which `guard` made this."""
    return "".join(text[begin + is_guarded(text[begin:]) : end] for begin, end in divided(text))


def divided(text: str) -> Iterator[tuple[int, int]]:
    """Where its parts begin and end, each with the separator that follows it."""
    ends = [found.end() for found in SEPARATORS.finditer(text)]
    return zip([0, *ends], [*ends, len(text)], strict=True)


def is_guarded(text: str) -> bool:
    return text.startswith(APOSTROPHE) and is_risky(text[1:])


def without_controls(text: str) -> str:
    """Without what neither XML nor a line of CSV can hold: controls but tab and line ends, and half characters."""
    if text.isprintable():
        return text
    return "".join(char for char in text if char in LINE_SIGNS or is_plain(char))


def is_plain(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cs"} and char not in "\ufffe\uffff"
