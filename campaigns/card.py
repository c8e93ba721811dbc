"""A campaign and a language of its text, drawn as the picture that stands beside a shared link."""

import bisect
import datetime
import functools
import io
import textwrap
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pypdfium2
from django.template.loader import render_to_string
from django.utils import translation
from PIL import Image

from . import emoji, languages
from .drawings import Drawing
from .letter import ENGLISH, respelt
from .models import Campaign, SiteTheme, Statement, Tally
from .typefaces import Typecase

COLOURS = 96
PIXELS_A_POINT = 96 / 72

# All in pixels, as card.css has them.
SIZES = (35, 38, 42, 46, 51, 56, 62, 68, 75, 82, 90, 100, 112, 124)
LINE, ROOM = 1008, 374  # of the title: how wide, and how high together with the addressee
NARROWER = 48
LETTER = 0.62  # of the size: the width of a bold letter, on an average
THIN_LETTER = 0.3  # of the size squared: what a narrow one takes of the room

LONGEST_WORD = 40  # characters; a longer one is broken wherever its line ends
LONGEST_ADDRESSEE = 130


@dataclass(frozen=True)
class Card(Drawing):
    """All that stands on the picture; `until` only where it can be signed and that has an end. `others` are the same in
    the campaign's other languages, the one to fall back to first."""

    style: ClassVar[str] = "card"
    content_type: ClassVar[str] = "image/png"

    language: str
    direction: str
    title: str
    addressee: str
    organizations: int
    persons: int
    until: datetime.datetime | None
    site: str
    accent: str
    others: "tuple[Card, ...]" = ()

    @functools.cached_property
    def html(self) -> str:
        """In the words of the interface's language that is nearest to the text's."""
        with translation.override(languages.spoken(self.language)):
            return render_to_string("campaigns/card.html", {"card": self})

    def contents(self) -> Iterable[str]:
        return self.html, self.accent, *(each.title + each.addressee for each in self.others)

    def draw(self) -> bytes:
        """The picture, 1200 x 630. Raises Unavailable where the system lacks Pango."""
        case = Typecase(self.style)
        return picture(self.printable(case).fitted(case).write_pdf())

    def printable(self, case: Typecase) -> "Card":
        """The same without the characters that no font here has, such as emoji. Where nothing is left of the title, it
        is the first of the others that has one; else the title is spelt in Latin letters."""
        legible = (each.legible(case) for each in (self, *self.others))
        return next((each for each in legible if each.title), None) or self.respelt(case).legible(case)

    def legible(self, case: Typecase) -> "Card":
        lacking = case.lacking(self.title + self.addressee + self.site)
        title, addressee, site = (legible(words, lacking) for words in (self.title, self.addressee, self.site))
        return replace(self, title=title, addressee=addressee, site=site) if lacking else self

    def respelt(self, case: Typecase) -> "Card":
        lacking = case.lacking(self.title + self.addressee)
        return replace(self, title=respelt(self.title, lacking), addressee=respelt(self.addressee, lacking))

    def fitted(self, case: Typecase) -> Any:
        """The page, its title in the largest size that has room, or cut; and as narrow as it can be in so many lines,
        lest a word is left alone in the last."""

        @functools.cache
        def laid_out(size: int, width: int = LINE) -> Any:
            return case.pages(self.html, f":root {{ --accent: {self.accent}; --size: {size}px; --width: {width}px }}")

        tried = sizes(self.title)
        too_large = bisect.bisect_left(tried, True, key=lambda size: not fits(laid_out(size)))
        size = tried[max(too_large - 1, 0)]
        if not fits(laid_out(size)):
            return self.shorter().fitted(case)
        ends = end_of_title(laid_out(size))
        widths = [*range(widest_word(self.title, size), LINE, NARROWER), LINE]
        enough = bisect.bisect_left(widths, True, key=lambda width: end_of_title(laid_out(size, width)) == ends)
        return laid_out(size, widths[enough])

    def shorter(self) -> "Card":
        return replace(self, title=cut(self.title, len(self.title) * 5 // 6))


def of_campaign(campaign: Campaign, text: Statement, tally: Tally) -> Card:
    """The picture of the campaign at this minute, with its text in one of its languages."""
    rest = [each for each in campaign.in_force.statements() if each.language != text.language]
    rest.sort(key=lambda each: (each.language != campaign.language, each.language != ENGLISH))
    return replace(of_text(campaign, text, tally), others=tuple(of_text(campaign, each, tally) for each in rest))


def of_text(campaign: Campaign, text: Statement, tally: Tally) -> Card:
    site = SiteTheme.current()
    return Card(
        language=text.language,
        direction=text.direction,
        title=text.title,
        addressee=cut(text.addressee, LONGEST_ADDRESSEE),
        organizations=tally.organizations,
        persons=tally.persons,
        until=campaign.closes_at if campaign.is_open else None,
        site=site.title,
        accent=site.light.accent,
    )


def address_of(campaign: Campaign, card: Card) -> str:
    """The path of the picture: another one when it is another picture, since networks keep what they have."""
    with translation.override(languages.spoken(card.language)):
        return f"{campaign.address_in(card.language, 'card')}&v={card.etag}"


def sizes(title: str) -> list[int]:
    """The sizes worth trying: each word has room on a line, and all of them might have room on the page."""
    wide = [size for size in SIZES if widest_word(title, size) <= LINE]
    return [size for size in wide if len(title) * THIN_LETTER * size**2 <= LINE * ROOM]


def widest_word(title: str, size: int) -> int:
    longest = max((len(word) for word in title.split() if len(word) <= LONGEST_WORD), default=1)
    return int(longest * LETTER * size)


def fits(document: Any) -> bool:
    return len(document.pages) == 1


def end_of_title(document: Any) -> Any:
    """Where the title ends; nowhere, if it leaves the page."""
    return document.pages[0].anchors.get("end-of-title")


def cut(text: str, length: int) -> str:
    """At most so many characters, and an ellipsis where some are left out: cut before a word or, if that one is very
    long, before a letter with all its marks."""
    if len(text) <= length:
        return text
    by_words = textwrap.shorten(text, length, placeholder="…", break_on_hyphens=False)
    if len(by_words) > length / 2:
        return by_words
    end = length - 1
    while end > 1 and unicodedata.category(text[end]).startswith("M"):
        end -= 1
    return f"{text[:end]}…"


def legible(text: str, lacking: frozenset[str]) -> str:
    """The text without those characters, and without what joins an emoji of them to others; nothing, if they are most
    of its letters, or all that it says."""
    letters = [char for char in text if char.isalpha()]
    shown = emoji.WHOLE.sub(lambda found: found[0] if lacking.isdisjoint(found[0]) else "", text)
    left = " ".join("".join(char for char in shown if char not in lacking).split())
    if 2 * sum(letter in lacking for letter in letters) > len(letters) or not any(map(str.isalnum, left)):
        return ""
    return left


def picture(pdf: bytes) -> bytes:
    """The first page as PNG, with a palette."""
    with pypdfium2.PdfDocument(pdf) as document:
        image = document[0].render(scale=PIXELS_A_POINT).to_pil()
    written = io.BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()
