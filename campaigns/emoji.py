"""Emoji as they are typed: each with the signs, unseen by themselves, that choose its look and join it to others."""

import re

# The signs and the blocks of pictures, also those that this Python's Unicode does not know yet.
SIGNS = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
SELECTORS = "\ufe0e\ufe0f"
ONE = f"[{SIGNS}][{SELECTORS}]?[\U0001f3fb-\U0001f3ff]?"
FLAG_OF_A_REGION = "\U0001f3f4[\U000e0030-\U000e007a]{1,7}\U000e007f"
WHOLE = re.compile(f"{FLAG_OF_A_REGION}|{ONE}(?:\u200d{ONE})*")
KEYCAP = re.compile("[#*0-9]\ufe0f?\u20e3")
NAME = re.compile(r":([a-z0-9_]+):")


def left_out(text: str) -> str:
    """What else there is in the text."""
    return KEYCAP.sub("", WHOLE.sub("", text))


def in_words(text: str) -> str:
    """The text with words for the names between colons that `anyascii` has for emoji.

    >>> in_words(":earth_africa::ocean:")
    'earth africa ocean'
    """
    return " ".join(NAME.sub(lambda name: f" {name[1].replace('_', ' ')} ", text).split())
