"""The fonts in which letters, posters and pictures are set, ours and the system's, and what they have no glyph for."""

import functools
import unicodedata
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

from .glyphs import Fonts

FONTS = {
    "font:sans": files("fontpkg_noto_sans") / "files" / "NotoSans[wdth,wght].ttf",
    "font:sans-italic": files("fontpkg_noto_sans") / "files" / "NotoSans-Italic[wdth,wght].ttf",
    "font:arabic": files("fontpkg_amiri") / "files" / "Amiri-Regular.ttf",
    "font:arabic-bold": files("fontpkg_amiri") / "files" / "Amiri-Bold.ttf",
    "font:hebrew": files("fontpkg_assistant") / "files" / "Assistant[wght].ttf",
}


NONE: Mapping[str, bytes] = MappingProxyType({})
NEVER_SHOWN = frozenset("\u2029\ufffc")  # one cannot be laid out at all, the other is a box in our own fonts
NOT_ASKED_FOR = NEVER_SHOWN | frozenset("\r\n")
TAGGED: dict[str, Any] = {"pdf_variant": "pdf/ua-1"}


class Unavailable(Exception):
    """Nothing can be set on this machine; the words say what to install."""


class Typecase:
    """All fonts that are there as one thing is set by the style sheet of that name. Raises Unavailable where the system
    lacks Pango."""

    def __init__(self, name: str) -> None:
        try:
            import weasyprint  # noqa: PLC0415 - takes 1.5 seconds, and needs Pango from the system
            from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
        except OSError as error:
            raise Unavailable(_("This needs Pango on the server (Debian: libpangoft2-1.0-0).")) from error
        self.fonts = FontConfiguration()
        self.styles = [
            weasyprint.CSS(string=sheet(each), url_fetcher=fetcher(), font_config=self.fonts)
            for each in ("fonts", name)
        ]

    def pages(self, html: str, chosen: str = "", pictures: Mapping[str, bytes] = NONE, **options: Any) -> Any:
        """The document laid out, by the style sheet and what is `chosen` beside it."""
        import weasyprint  # noqa: PLC0415 - see above

        page = weasyprint.HTML(string=html, url_fetcher=fetcher(pictures))
        styles = [*self.styles, weasyprint.CSS(string=chosen)]
        document = page.render(stylesheets=styles, font_config=self.fonts, **options)
        document.fonts = Fonts()
        return document

    def pdf(self, html: str, chosen: str = "", pictures: Mapping[str, bytes] = NONE) -> bytes:
        """The document as tagged PDF (PDF/UA-1)."""
        pdf: bytes = self.pages(html, chosen, pictures, **TAGGED).write_pdf(**TAGGED)
        return pdf

    def lacking(self, text: str) -> frozenset[str]:
        """The characters in it that would be drawn as a box, since none of the fonts can show them."""
        from weasyprint.text.ffi import ffi, gobject, pango  # noqa: PLC0415 - see above

        shown = " ".join(sorted(set(text) - NOT_ASKED_FOR)).encode(errors="ignore")
        context = ffi.gc(pango.pango_font_map_create_context(self.fonts.font_map), gobject.g_object_unref)
        layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
        pango.pango_layout_set_single_paragraph_mode(layout, True)
        pango.pango_layout_set_text(layout, shown, len(shown))
        found, run = set(), pango.pango_layout_get_line_readonly(layout, 0).runs
        while run != ffi.NULL:
            glyphs = ffi.cast("PangoGlyphItem *", run.data).glyphs
            found |= {each.glyph for each in glyphs.glyphs[0 : glyphs.num_glyphs]}
            run = run.next
        unknown = pango.PANGO_GLYPH_UNKNOWN_FLAG
        missing = {chr(glyph - unknown) for glyph in found if glyph & unknown} | NEVER_SHOWN
        return frozenset(char for char in text if not missing.isdisjoint(char + unicodedata.normalize("NFKD", char)))

    def can_set(self, text: str) -> bool:
        """Whether they have most of its letters; else it is in a script that is none of theirs."""
        lacking = self.lacking(text)
        letters = [char for char in text if char.isalpha()]
        return 2 * sum(char in lacking for char in letters) <= len(letters)


@functools.cache
def sheet(name: str) -> str:
    """The style sheet of that name."""
    found = finders.find(f"campaigns/{name}.css")
    assert isinstance(found, str)
    with open(found, encoding="utf-8") as file:
        return file.read()


def fetcher(pictures: Mapping[str, bytes] = NONE) -> Any:
    """A fetcher that knows our fonts and these PNG pictures by their addresses, and refuses every other."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 - see Typecase

    class OurOwn(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url in pictures:
                return URLFetcherResponse(url, pictures[url], {"Content-Type": "image/png"})
            if url not in FONTS:
                raise ValueError("nothing is fetched for a letter")
            return URLFetcherResponse(url, FONTS[url].read_bytes(), {"Content-Type": "font/ttf"})

    return OurOwn()
