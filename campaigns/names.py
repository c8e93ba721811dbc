"""Organization names as people write them. Pure functions: they know nothing of the database."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Signs that stand in honest names though Unicode files them with the pictures.
HONEST_SYMBOLS = frozenset("№©®™°")
# Joiners that Persian, Urdu and the Indic scripts need inside a word; Latin, Greek and Cyrillic have no use for them.
JOINERS = frozenset("\u200c\u200d")
FIRST_SCRIPT_WITH_JOINERS = "\u0590"
# Letters and marks that show nothing: fillers, selectors, the grapheme joiner.
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
MOST_MARKS_ON_A_LETTER = 3
KEY_CHARACTERS = 400


def tidy(name: str) -> str:
    """The name in Unicode's composed form (NFC), with single spaces and none at the ends."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def key(name: str) -> str:
    """What two spellings of one name share: letters and digits without case, accents, width or punctuation.

    >>> key("Vostok–SOS  (East-SOS)")
    'vostok sos east sos'
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    visible = (char for char in decomposed if not unicodedata.combining(char) and char not in JOINERS)
    return " ".join("".join(char if spells(char) else " " for char in visible).split())[:KEY_CHARACTERS].rstrip()


def spells(char: str) -> bool:
    """Whether the character is a letter, a digit, or a vowel sign as the Indic scripts write it."""
    return char.isalnum() or unicodedata.category(char) in {"Mc", "Mn"}


def validate(name: str) -> None:
    """Refuses what cannot stand in a public list.

    Raises ValidationError, with words for the person who typed it, for fewer than two letters or digits, control and
    direction characters, pictures and angle brackets.
    """
    if any(hidden(char) for char in name) or has_idle_joiner(name) or has_heap_of_marks(name):
        raise ValidationError(_("Take out the invisible control characters, and type the name anew if need be."))
    if any(picture(char) for char in name):
        raise ValidationError(_("Write the name in letters, without emoji or other pictures."))
    if "<" in name or ">" in name:
        raise ValidationError(_("Write the name without the signs < and >."))
    if len(key(name).replace(" ", "")) < 2:
        raise ValidationError(_("Write the name in full: at least two letters."))


def hidden(char: str) -> bool:
    """Whether the character cannot be seen: controls, direction overrides, zero-width, blank and private ones."""
    if char in JOINERS:
        return False
    return char in BLANKS or unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


def has_idle_joiner(name: str) -> bool:
    """Whether a joiner stands where it joins nothing: at an end, or beside a letter of a script without joiners."""
    padded = f" {name} "
    return any(
        char in JOINERS and min(before, after) < FIRST_SCRIPT_WITH_JOINERS
        for before, char, after in zip(padded, padded[1:], padded[2:], strict=False)
    )


def has_heap_of_marks(name: str) -> bool:
    """Whether accents are piled upon a letter beyond what any script writes."""
    marks = 0
    for char in name:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks > MOST_MARKS_ON_A_LETTER:
            return True
    return False


def picture(char: str) -> bool:
    """Whether the character is an emoji or another pictograph."""
    return (unicodedata.category(char) == "So" and char not in HONEST_SYMBOLS) or unicodedata.category(char) == "Me"
