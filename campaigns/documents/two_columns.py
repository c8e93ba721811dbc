"""A translation as a DOCX with two columns, the original beside the translated words; and what stands in it when it
comes back from any word processor."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_info, to_locale
from django.utils.translation import gettext as _

from ..models import Facing, Translation
from ..models.facing import Beside
from . import markup, signs, word
from .refusals import Unreadable

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# The parts of the archive; each is a template of the same name.
PARTS = [
    *("[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml", "word/settings.xml"),
    "word/_rels/document.xml.rels",
]
Paragraphs = list[list[str]]  # of lines


@dataclass(frozen=True)
class Side:
    """A language in which a part of the document is written."""

    language: str

    @property
    def tag(self) -> str:
        """As word processors write it: `pt-BR`."""
        return to_locale(self.language).replace("_", "-")

    @property
    def is_rtl(self) -> bool:
        return bool(get_language_info(self.language)["bidi"])

    @property
    def name(self) -> str:
        """In the language itself."""
        return str(get_language_info(self.language)["name_local"])

    @property
    def heading(self) -> Paragraphs:
        return paragraphs(self.name)


@dataclass(frozen=True)
class Row:
    """What came back in a row: all that stands in the first cell, with the label at its beginning, and the words in the
    second."""

    first: str
    text: str

    def is_of(self, original: str) -> bool:
        """Whether the original's words stand in the first cell, with the label before them or without."""
        _label, _break, words = self.first.partition("\n\n")
        return signs.folded(original) in {signs.folded(self.first), signs.folded(words)}

    def is_called(self, label: str) -> bool:
        return self.first.startswith(f"{label}\n\n")


@dataclass(frozen=True)
class Brought:
    """What a document says: the texts by the keys of their passages, and those of which no passage is known."""

    texts: dict[str, str]
    astray: list[str]


def write(translation: Translation) -> bytes:
    """The document that goes out, in the interface's language where it says what to do."""
    context, file = told(translation), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in PARTS:
            archive.writestr(name, render_to_string(f"documents/two_columns/{name}", context))
    return file.getvalue()


def told(translation: Translation) -> dict[str, Any]:
    """What stands in the document."""
    campaign = translation.campaign
    original, translated = Side(campaign.language), Side(translation.language)
    named = {"original": original.name, "translation": translated.name}
    what_to_do = _(
        "Write in the column “%(translation)s”, and leave the column “%(original)s” as it is: by its words your "
        "translation finds its place. Signs of Markdown, such as * and #, stay as they are. Save the document as "
        ".docx, and bring it back to the page where you got it."
    )
    title = _("“%(title)s” in %(language)s") % {"title": campaign.title, "language": translation}
    return {
        "interface": Side(get_language() or campaign.language),
        "original": original,
        "translated": translated,
        "title": paragraphs(title),
        "what_to_do": paragraphs(what_to_do % named),
        "rows": [
            {"label": paragraphs(each.label), "original": paragraphs(each.original), "text": paragraphs(each.text)}
            for each in translation.beside().to_translate
        ],
    }


def name_of(translation: Translation) -> str:
    """What the file is called."""
    return f"{translation.campaign.slug}-{translation.language}.docx"


def paragraphs(text: str) -> Paragraphs:
    """A blank line parts two, as Markdown has it."""
    return [part.split("\n") for part in markup.CONTROLS.sub("", text).split("\n\n")]


def read(data: bytes, translation: Translation) -> Brought:
    """What the document says of the translation's passages as they are now. Raises Unreadable."""
    html, _notices = word.read(data)
    rows = [row for table in markup.cleaned(html).all("table") for row in rows_of(table)]
    if not any(row.first and row.text for row in rows):
        raise Unreadable(_("There is no table with two columns in it: the original, and beside it the translation."))
    return matched(rows, translation.beside(), Side(translation.language).name)


def rows_of(table: markup.Element) -> Iterator[Row]:
    """A cell that stands alone in its row was merged with another; all that is in it may be a translator's words."""
    for row in table.all("tr"):
        match [signs.typed(cell) for cell in row.all("td", "th")]:
            case [first, *others] if others:
                yield Row(first, "\n\n".join(filter(None, others)))
            case [alone]:
                yield Row("", alone)


def matched(rows: Sequence[Row], beside: Beside, heading: str) -> Brought:
    """Each row is of the passage whose words stand in it, wherever the row stands. Raises Unreadable where none is."""
    asked = beside.to_translate
    if not any(row.is_of(each.original) for row in rows for each in asked):
        raise Unreadable(_("No row of it is of this text. Bring the document that you got on this page."))
    free, texts, others = list(asked), dict[str, str](), list[str]()
    for row in rows:
        passage = passage_of(row, free) if row.text else None
        if passage:
            free.remove(passage)
            texts[passage.key] = row.text
        elif row.text or not any(row.is_of(each.original) for each in asked):
            others.append(row.text or row.first)
    known = {"", heading, *texts.values(), *(written.text for _key, written in beside.left)}
    return Brought(texts, [text for text in dict.fromkeys(others) if text not in known])


def passage_of(row: Row, free: list[Facing]) -> Facing | None:
    """Of passages that are worded alike, the one that is called so, else the first."""
    found = [each for each in free if row.is_of(each.original)]
    return max(found, key=lambda each: row.is_called(each.label), default=None)
