"""A statement as it was written elsewhere: read as untrusted, brought as Markdown, its demands picked out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import markdown
from . import markup, pasting, word
from .demands import MARKER, TYPED_NUMBER, Block, blocks, probable, without
from .refusals import Unreadable
from .word import LARGEST_BYTES, too_large

LONGEST_TITLE = 200
IS_NO_LINE = re.compile(rf"[>|]|---|{MARKER.pattern}|{TYPED_NUMBER.pattern}")  # a quotation, a table, a list
ENDS_OF_SENTENCES = (".", ",", ":", ";", "!", "?", "…", "؟", "،", "؛")

__all__ = [
    "LARGEST_BYTES",
    "Block",
    "Document",
    "Unreadable",
    "blocks",
    "from_markup",
    "from_text",
    "from_word",
    "probable",
    "too_large",
    "without",
]


@dataclass(frozen=True)
class Document:
    """What was brought: the title, empty where none stands out, the rest as Markdown, and what did not come along."""

    title: str
    body: str
    notices: tuple[str, ...] = ()


def from_word(data: bytes) -> Document:
    """What a DOCX says. Raises Unreadable."""
    html, notices = word.read(data)
    return document(markup.cleaned(html), notices)


def from_markup(html: str) -> Document:
    """What was copied from a page or a word processor. Raises Unreadable."""
    return document(markup.cleaned(html))


def from_text(text: str) -> Document:
    """What was copied without its form. Raises Unreadable."""
    return document(pasting.laid_out(text))


def document(root: markup.Element, notices: Iterable[str] = ()) -> Document:
    found = markup.blocks(root)
    if not found:
        raise Unreadable(_("There is no text in it."))
    title = title_in(found[0])
    body = "\n\n".join(found[1:] if title else found)
    return Document(title, body, (*notices, *left_out(root)))


def title_in(first: str) -> str:
    """The words of the first block where it is a heading, or a short line that is no sentence."""
    said = markdown.words(first)
    is_heading = first.startswith("#")
    is_line = "\n" not in first and not IS_NO_LINE.match(first) and not said.endswith(ENDS_OF_SENTENCES)
    return said if len(said) <= LONGEST_TITLE and (is_heading or is_line) else ""


def left_out(root: markup.Element) -> list[str]:
    pictures, tables = len([*root.all("img")]), len([*root.all("table")])
    said = []
    if pictures:
        words = ngettext("%(count)s picture is left out.", "%(count)s pictures are left out.", pictures)
        said.append(words % {"count": pictures})
    if tables:
        said.append(_("A table comes without merged cells, widths and colours: look whether it still reads well."))
    return said
