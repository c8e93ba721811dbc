"""What the glyphs of an Arabic font stand for, so that what is drawn can be read back from the PDF.

WeasyPrint gives all letters of a cluster to its leftmost glyph. In Arabic that is a vowel sign, or the stroke that
joins a letter to the next, so that letters came twice, or not at all, wherever the glyph was drawn again.
"""

import functools
import unicodedata
from collections.abc import Iterator
from io import BytesIO
from typing import Any

FAMILY = b"Naskh"
SINGLE, MULTIPLE = 1, 2  # kinds of substitution: a glyph for a glyph, several for one
STROKE, JOINER = "\u0640", "\u200d"


class Fonts(dict[str, Any]):
    """The fonts of a document, as WeasyPrint collects them while it draws."""

    def __setitem__(self, key: str, font: Any) -> None:
        if FAMILY in font.name:
            font.to_unicode = Readings(letters_of(font.file_content))
        super().__setitem__(key, font)


class Readings(dict[int, str]):
    """What each glyph that is drawn stands for: a sign for the signs alone, a stroke for no letter."""

    def __init__(self, letters: dict[int, str]) -> None:
        super().__init__()
        self.letters = letters

    def __setitem__(self, glyph: int, text: str) -> None:
        letter = self.letters.get(glyph, "")
        if letter and unicodedata.combining(letter):
            reading = "".join(char for char in text if unicodedata.combining(char))
        else:
            reading = letter if letter == JOINER else text or letter
        super().__setitem__(glyph, reading)


@functools.lru_cache(maxsize=4)
def letters_of(font_file: bytes) -> dict[int, str]:
    """The letter of each glyph, in all its shapes; a joiner for strokes, which follow a letter and are none."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - comes with WeasyPrint, which is imported where it is used

    font = TTFont(BytesIO(font_file))
    letters = {glyph: chr(code) for code, glyph in sorted(font.getBestCmap().items(), reverse=True)}
    shapes, seconds = shapes_of(font)
    while new := {shape: letters[glyph] for glyph, shape in shapes if glyph in letters and shape not in letters}:
        letters |= new
    strokes = {glyph: JOINER for glyph in seconds if letters.get(glyph, STROKE) == STROKE}
    return {font.getGlyphID(glyph): letter for glyph, letter in {**letters, **strokes}.items()}


def shapes_of(font: Any) -> tuple[list[tuple[str, str]], set[str]]:
    """The glyphs with the shapes that take their places, and what such shapes bring along behind them."""
    shapes: list[tuple[str, str]] = []
    seconds: set[str] = set()
    for kind, table in substitutions(font):
        if kind == SINGLE:
            shapes += table.mapping.items()
        elif kind == MULTIPLE:
            shapes += [(glyph, drawn[0]) for glyph, drawn in table.mapping.items() if drawn]
            seconds |= {glyph for drawn in table.mapping.values() for glyph in drawn[1:]}
    return shapes, seconds


def substitutions(font: Any) -> Iterator[tuple[int, Any]]:
    """The tables by which the font replaces glyphs, each with its kind."""
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            inner = getattr(table, "ExtSubTable", table)
            yield inner.LookupType, inner
