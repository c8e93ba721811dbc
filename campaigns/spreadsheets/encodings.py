"""In which encoding a text is written, as far as its bytes tell."""

import codecs
import re
import unicodedata

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .refusals import Unreadable

# The codecs that can be chosen, each with its name on screen.
ENCODINGS = [
    ("utf-8-sig", gettext_lazy("UTF-8")),
    ("utf-16", gettext_lazy("UTF-16")),
    ("utf-16-le", gettext_lazy("UTF-16, little-endian")),
    ("utf-16-be", gettext_lazy("UTF-16, big-endian")),
    ("cp1251", gettext_lazy("Windows-1251 (Cyrillic)")),
    ("cp1252", gettext_lazy("Windows-1252 (Western European)")),
    ("cp1250", gettext_lazy("Windows-1250 (Central European)")),
    ("cp1253", gettext_lazy("Windows-1253 (Greek)")),
    ("cp1254", gettext_lazy("Windows-1254 (Turkish)")),
    ("cp1255", gettext_lazy("Windows-1255 (Hebrew)")),
    ("cp1256", gettext_lazy("Windows-1256 (Arabic)")),
    ("koi8-u", gettext_lazy("KOI8 (Cyrillic)")),
    ("cp866", gettext_lazy("DOS 866 (Cyrillic)")),
    ("iso-8859-2", gettext_lazy("ISO 8859-2 (Central European)")),
    ("mac-roman", gettext_lazy("Mac Roman")),
]
HEAD_BYTES = 65_536
EDGE_OF_COMMON_LETTERS = 0x2100
MOST_CONTROLS = 0.01
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")
# A word of Cyrillic is a run of bytes above 127; in Western European such bytes stand among plain letters.
RUN = re.compile(rb"[\xa5\xa8\xaa\xaf\xb2-\xb4\xb8\xba\xbf\xc0-\xff]{3,}")
HIGH = re.compile(rb"[\x80-\xff]")


def guess(data: bytes) -> tuple[str, bool]:
    """The most likely of ENCODINGS, and whether the bytes leave no doubt. Raises Unreadable for what is no text."""
    for mark, encoding in [
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ]:
        if data.startswith(mark):
            return encoding, True
    head = data[:HEAD_BYTES]
    wide = next((encoding for encoding in ("utf-16-le", "utf-16-be") if is_wide(head, encoding)), "")
    if wide:
        return wide, True
    if len(CONTROLS.findall(head)) > max(3, MOST_CONTROLS * len(head)):
        raise Unreadable(_("This is neither CSV nor an Excel workbook."))
    if is_utf8(data):
        return "utf-8-sig", True
    high = len(HIGH.findall(data[: HEAD_BYTES * 4]))
    in_runs = sum(len(run) for run in RUN.findall(data[: HEAD_BYTES * 4]))
    return ("cp1251" if in_runs > high / 2 else "cp1252"), False


def is_wide(head: bytes, encoding: str) -> bool:
    """Whether it reads as UTF-16 without a mark: NULs among its bytes, and common letters once it is read so."""
    if b"\x00" not in head:
        return False
    text = head.decode(encoding, "ignore")
    common = sum(is_common(char) for char in text)
    return common >= 0.9 * len(text)


def is_common(char: str) -> bool:
    return ord(char) < EDGE_OF_COMMON_LETTERS and (char in "\t\r\n" or unicodedata.category(char) != "Cc")


def is_utf8(data: bytes) -> bool:
    chunks = (data[begin : begin + HEAD_BYTES] for begin in range(0, len(data), HEAD_BYTES))
    try:
        return all(True for _text in codecs.iterdecode(chunks, "utf-8"))
    except UnicodeDecodeError:
        return False
