"""Signs that turn the direction of writing. Nobody sees them; one that is not ended turns what stands after it, too."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .names import hidden

# Each embedding, override and isolate, with the sign that ends it.
ENDS = {**dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"), **dict.fromkeys("\u2066\u2067\u2068", "\u2069")}
PARAGRAPHS = re.compile("[\r\n\u2029]+")
WORDS_SHOWN = 60


def refuse_unpaired(text: str) -> None:
    """Raises ValidationError, with the beginning of the paragraph, where such a sign has no end in its own paragraph,
    or no beginning."""
    for paragraph in PARAGRAPHS.split(text):
        if not is_paired(paragraph):
            seen = "".join(char for char in paragraph if not hidden(char))[:WORDS_SHOWN]
            words = _(
                "Hidden signs turn the direction of writing here, and do not turn it back. Type it anew: “%(words)s”"
            )
            raise ValidationError(words, params={"words": seen}, code="direction")


def is_paired(paragraph: str) -> bool:
    awaited: list[str] = []
    for char in paragraph:
        if char in ENDS:
            awaited.append(ENDS[char])
        elif char in ENDS.values() and (not awaited or awaited.pop() != char):
            return False
    return not awaited
