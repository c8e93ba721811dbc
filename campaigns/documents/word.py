"""DOCX into HTML: looked at by its bytes before mammoth opens it, and given to it without anything but its text."""

import io
import re
import zipfile
from xml.etree.ElementTree import ParseError

import mammoth
from django.utils.translation import gettext_lazy as _
from mammoth import html

from .. import archives
from ..archives import Fault, Faulty
from . import numbers
from .refusals import Unreadable

LARGEST_BYTES = 10_000_000
LIMITS = archives.Limits(
    members=2_000, unpacked=60_000_000, part=12_000_000, large_parts=("media/", "embeddings/", "fonts/")
)
MOST_ELEMENTS = 40_000  # in a part of XML: some hundred pages, which mammoth holds in memory as a whole
IS_DOCUMENT = re.compile(r"word/document\d*\.xml")
IS_HEADER = re.compile(r"word/(header|footer)\d*\.xml")
# What mammoth would pass over with the words in it, and what it knows that does the same.
KNOWN_AS = {
    b"fldSimple": b"smartTag",
    b"dir": b"smartTag",
    b"bdo": b"smartTag",
    b"cr": b"br",
    b"ptab": b"tab",
}
PASSED_OVER = re.compile(rb"(?<=[</]w:)(" + b"|".join(KNOWN_AS) + rb")(?=[\s/>])")
WAY_BACK = re.compile(r' <a href="#(?:foot|end)note-ref-[^"]*">↑</a>')
STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => h2:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Quotations'] => blockquote > p:fresh
"""
WORDS = {
    Fault.DAMAGED: _("The document is damaged. Save it anew and bring it again."),
    Fault.LOCKED: _("The document is protected by a password. Save it without one and bring it again."),
    Fault.TOO_MUCH: _("The document unpacks to far more than a statement. Copy its text and paste it instead."),
    Fault.DECLARED: _("The document holds XML declarations that no word processor writes. Copy its text and paste it."),
}
# What the document holds that does not come, or does not come as it was: told by the tags of its parts.
SIGNS = [
    (rb":(ins|del|moveFrom|moveTo)[ >]", _("Tracked changes are taken as accepted: read whether that is the text.")),
    (rb":commentReference[ />]", _("Comments are left out.")),
    (rb":txbxContent[ >]", _("A text box stands after the paragraph to which it was tied: look for its place.")),
    (rb":(oMath|oMathPara)[ >]", _("A formula is left out: write it as text.")),
    (rb":sym[ ]", _("Symbols of a special font may be missing.")),
    (rb":object[ >]", _("An embedded object is left out.")),
]
HEADERS = _("Headers and footers of the pages are left out.")


class Scan(archives.Scan):
    """Counts the elements of one part of XML."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def _count(self, text: bytes) -> None:
        self.total += text.count(b"<") - text.count(b"</")
        if self.total > MOST_ELEMENTS:
            raise Faulty(Fault.TOO_MUCH)


def read(data: bytes) -> tuple[str, list[str]]:
    """The document as mammoth's HTML, pictures empty, and words on what was left out. Raises Unreadable."""
    refuse_other_formats(data)
    try:
        parts = text_parts(data)
    except Faulty as found:
        raise Unreadable(WORDS[found.fault]) from found
    try:
        result = mammoth.convert_to_html(
            packed(parts),
            style_map=STYLES,
            include_embedded_style_map=False,
            external_file_access=False,
            convert_image=lambda _image: [html.element("img", {})],
        )
    except Exception as error:  # mammoth raises whatever the broken part made it stumble over
        raise Unreadable(WORDS[Fault.DAMAGED]) from error
    return WAY_BACK.sub("", result.value), notices(parts)


def too_large() -> Unreadable:
    return Unreadable(_("The file is larger than 10 MB. Take its pictures out, or copy its text and paste it."))


def refuse_other_formats(data: bytes) -> None:
    """Raises Unreadable, naming what it is, for what people bring in place of a DOCX."""
    if not data.strip(archives.BLANKS):
        raise Unreadable(_("The file is empty."))
    if len(data) > LARGEST_BYTES:
        raise too_large()
    if archives.is_locked(data):
        raise Unreadable(WORDS[Fault.LOCKED])
    if data.startswith(archives.OLE):
        raise Unreadable(_("This is a document of the old kind (.doc). Save it as .docx and bring it again."))
    if data.startswith(b"%PDF"):
        raise Unreadable(_("This is a PDF. Bring the .docx that it was made of, or copy its text and paste it."))
    if data.startswith(b"{\\rtf"):
        raise Unreadable(_("This is an RTF file. Save it as .docx and bring it again."))
    if not archives.is_archive(data):
        raise Unreadable(_("This is no Word document (.docx). Save it as one, or copy its text and paste it."))


def text_parts(data: bytes) -> dict[str, bytes]:
    """The parts of XML, by name; pictures and what else is in the archive are not read. Raises Faulty, Unreadable."""
    parts = {}
    with archives.opened(data) as archive:
        refuse_other_archives(set(archive.namelist()))
        archives.refuse(archive, LIMITS)
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                archives.look_through(archive, member, Scan())
                parts[member.filename] = PASSED_OVER.sub(lambda tag: KNOWN_AS[tag[1]], archive.read(member))
    if b"macroEnabled" in parts["[Content_Types].xml"]:
        raise macros()
    return numbered(parts)


def numbered(parts: dict[str, bytes]) -> dict[str, bytes]:
    """With the numbers of its lists, where it has some. Raises Faulty."""
    try:
        lists = parts.get("word/numbering.xml")
        return {
            name: numbers.marked(part, lists) if lists and IS_DOCUMENT.fullmatch(name) else part
            for name, part in parts.items()
        }
    except (ParseError, ValueError, RecursionError) as error:
        raise Faulty(Fault.DAMAGED) from error


def refuse_other_archives(names: set[str]) -> None:
    """Raises Unreadable, naming what it is, for an archive that is no DOCX."""
    if "content.xml" in names:
        raise Unreadable(_("This is an OpenDocument file. Save it as .docx and bring it again."))
    if any(name.startswith(("xl/", "ppt/")) for name in names):
        raise Unreadable(_("This is a workbook or a presentation, no Word document (.docx)."))
    if "[Content_Types].xml" not in names or not any(map(IS_DOCUMENT.fullmatch, names)):
        raise Unreadable(_("This is an archive, but no Word document (.docx)."))
    if any(name.endswith("vbaProject.bin") for name in names):
        raise macros()


def macros() -> Unreadable:
    return Unreadable(_("The document holds macros. Save it as .docx, which holds none, and bring it again."))


def packed(parts: dict[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file


def notices(parts: dict[str, bytes]) -> list[str]:
    text = b"".join(part for name, part in parts.items() if IS_DOCUMENT.fullmatch(name))
    said = [str(words) for sign, words in SIGNS if re.search(sign, text)]
    has_headers = any(IS_HEADER.fullmatch(name) and b"</w:t>" in part for name, part in parts.items())
    return [*said, str(HEADERS)] if has_headers else said
