"""A campaign as a poster: one sheet for a wall, with the QR code of its page. HTML, then PDF."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape

from . import languages, qr
from .drawings import Drawing
from .letter import address_of, respelt
from .models import Campaign, SiteTheme, Statement
from .typefaces import TAGGED, Typecase

# Of the letters and of the title, in points; the first with which all stands on one page are taken.
SIZES = [
    *[(20, 84), (18, 68), (16, 56), (16, 49), (16, 43), (16, 38)],
    *[(15, 33), (14, 29), (13, 26), (12, 23), (10, 20), (8, 17), (6, 14)],
]


@dataclass(frozen=True)
class Poster(Drawing):
    """All that stands on the sheet; `closes_at` only where signing has an end."""

    style: ClassVar[str] = "poster"
    content_type: ClassVar[str] = "application/pdf"

    statement: Statement
    address: str
    is_open: bool
    closes_at: datetime.datetime | None
    site: SiteTheme

    def contents(self) -> Iterable[str]:
        return self.html(), self.site.light.accent

    def draw(self) -> bytes:
        """The sheet as tagged PDF (PDF/UA-1). Raises Unavailable where the system lacks Pango."""
        html, case = self.html(), Typecase(self.style)
        pdf: bytes = self.on_one_page(respelt(html, case.lacking(html), escape), case).write_pdf(**TAGGED)
        return pdf

    def html(self) -> str:
        with translation.override(languages.spoken(self.statement.language)):
            return render_to_string("campaigns/poster.html", {"poster": self, "qr": qr.inline(self.address)})

    def on_one_page(self, html: str, case: Typecase) -> Any:
        """The page, laid out in the largest letters with which it is one."""
        accent = self.site.light.accent
        for letters, title in SIZES:
            chosen = f":root {{ --accent: {accent}; font-size: {letters}pt; --title: {title}pt }}"
            document = case.pages(html, chosen, **TAGGED)
            if len(document.pages) == 1:
                break
        return document


def of_campaign(campaign: Campaign, language: str) -> Poster:
    """The poster as it would be printed at this minute."""
    return Poster(
        statement=campaign.in_force.statement(language),
        address=settings.SITE_URL + address_of(campaign, language),
        is_open=campaign.is_open,
        closes_at=campaign.closes_at,
        site=SiteTheme.current(),
    )
