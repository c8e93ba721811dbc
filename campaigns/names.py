"""Organization names as people write them. Pure functions: they know nothing of the database."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Signs that stand in honest names though Unicode files them with the pictures.
HONEST_SYMBOLS = frozenset("№©®™°")
# Joiners that Persian, Urdu and the Indic scripts need inside a word.
JOINERS = frozenset("\u200c\u200d")


def tidy(name: str) -> str:
    """The name in Unicode's composed form (NFC), with single spaces and none at the ends."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def key(name: str) -> str:
    """What two spellings of one name share: letters and digits without case, accents, width or punctuation.

    >>> key("Vostok–SOS  (East-SOS)")
    'vostok sos east sos'
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    kept = (char if char.isalnum() else " " for char in decomposed if not unicodedata.combining(char))
    return " ".join("".join(kept).split())


def validate(name: str) -> None:
    """Refuses what cannot stand in a public list.

    Raises ValidationError, with words for the person who typed it, for fewer than two letters or digits, control and
    direction characters, pictures and angle brackets.
    """
    if any(hidden(char) for char in name):
        raise ValidationError(_("Take out the invisible control characters, and type the name anew if need be."))
    if any(picture(char) for char in name):
        raise ValidationError(_("Write the name in letters, without emoji or other pictures."))
    if "<" in name or ">" in name:
        raise ValidationError(_("Write the name without the signs < and >."))
    if sum(char.isalnum() for char in name) < 2:
        raise ValidationError(_("Write the name in full: at least two letters."))


def hidden(char: str) -> bool:
    """Whether the character cannot be seen: controls, direction overrides, zero-width and private ones."""
    return char not in JOINERS and unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


def picture(char: str) -> bool:
    """Whether the character is an emoji or another pictograph."""
    return (unicodedata.category(char) == "So" and char not in HONEST_SYMBOLS) or char == "\ufe0f"
