"""The signs that turn the direction of a text. Pure functions: they know no database."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import emoji
from .names import hidden

ISOLATES, END_OF_ISOLATE = frozenset("\u2066\u2067\u2068"), "\u2069"
# They turn nothing but what stands beside them, and Arabic and Hebrew typists need them; a soft hyphen only divides.
MARKS = frozenset("\u200e\u200f\u061c\u00ad")
ALLOWED = ISOLATES | MARKS | {END_OF_ISOLATE, "\t"}


def validate(text: str) -> None:
    """Refuses a text with characters that nobody sees, which could show one thing and say another.

    Raises ValidationError, with words for the person who typed it. An isolate is allowed where it ends in its line.
    Of all line ends the plain ones are allowed, LF and CRLF.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    if any(hidden(char) and char not in ALLOWED for line in lines for char in emoji.left_out(line)):
        raise ValidationError(_("Take out the invisible control characters, and type the words anew if need be."))
    if not all(map(is_balanced, lines)):
        words = _("A sign that turns the direction of writing has no end, or an end no beginning. Type the words anew.")
        raise ValidationError(words)


def is_balanced(line: str) -> bool:
    """Whether each isolate has its end in the line, and each end its isolate."""
    depth = 0
    for char in line:
        depth += (char in ISOLATES) - (char == END_OF_ISOLATE)
        if depth < 0:
            return False
    return depth == 0


def direction(text: str) -> str:
    """rtl or ltr, by the first letter that has a direction."""
    turns = (unicodedata.bidirectional(char) for char in text)
    return "rtl" if next((turn for turn in turns if turn in {"L", "R", "AL"}), "L") != "L" else "ltr"
