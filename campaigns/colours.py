"""Colours: how well one is read on another, and which shade of it would be. Pure functions.

A colour is written `#rrggbb`. Contrast is that of WCAG 2.2, from 1 for none to 21 for black on white.
"""

import colorsys
import math
import re
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ENOUGH = 4.5  # for text, WCAG 2.2 success criterion 1.4.3
COMFORTABLE = 7
SHADES = 255
WHITE, BLACK = "#ffffff", "#000000"
WRITTEN = re.compile(r"#[0-9a-f]{6}")


def tidy(colour: str) -> str:
    """`#ffcc00` of `#FC0` and `FFCC00`; what is no colour, as it was typed."""
    digits = colour.strip().removeprefix("#").lower()
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}" if is_written(f"#{digits}") else colour


def is_written(colour: str) -> bool:
    return WRITTEN.fullmatch(colour) is not None


def validate(colour: str) -> None:
    """Raises ValidationError for what is not `#rrggbb`."""
    if not is_written(colour):
        words = _("Write the colour as # with six digits, from 0 to 9 and from a to f, such as #1d4e89.")
        raise ValidationError(words)


def parts(colour: str) -> tuple[float, float, float]:
    """Red, green and blue, each from 0 to 1."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """In tenths, rounded down, so that what is told as 4.5 is 4.5."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return math.floor(10 * (lighter + 0.05) / (darker + 0.05)) / 10


def best_on(background: str) -> str:
    """Black or white, whichever is read better: one of them always has a contrast of 4.58."""
    return max(WHITE, BLACK, key=lambda colour: contrast(colour, background))


def darkened(colour: str, beside: str, enough: float = ENOUGH) -> str:
    """The colour, or the nearest darker shade of it that has enough contrast beside the other; black at the end."""
    return shaded(colour, beside, enough, end=0)


def lightened(colour: str, beside: str, enough: float = ENOUGH) -> str:
    """The colour, or the nearest lighter shade of it that has enough contrast beside the other; white at the end."""
    return shaded(colour, beside, enough, end=1)


def shaded(colour: str, beside: str, enough: float, end: int) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*parts(colour))
    shade, step = colour, 0
    while contrast(shade, beside) < enough and step < SHADES:
        step += 1
        part = lightness + (end - lightness) * step / SHADES
        shade = "#" + "".join(f"{round(255 * each):02x}" for each in colorsys.hls_to_rgb(hue, part, saturation))
    return shade


@dataclass(frozen=True)
class Scheme:
    """The colours of a page. Links and buttons have the accent; the band is what the site's name stands on."""

    paper: str
    tint: str
    ink: str
    accent: str
    on_accent: str
    band: str
    on_band: str

    @property
    def contrast_of_links(self) -> float:
        """On what they are read worst."""
        return min(contrast(self.accent, self.paper), contrast(self.accent, self.tint))

    @property
    def contrast_of_buttons(self) -> float:
        return contrast(self.on_accent, self.accent)

    @property
    def contrast_of_band(self) -> float:
        return contrast(self.on_band, self.band)


# As page.css has them, where a site has chosen nothing.
LIGHT = Scheme("#fbfaf6", "#eef2f7", "#1f2328", "#1d4e89", WHITE, "#fbfaf6", "#5b6068")
DARK = Scheme("#15171b", "#1e232b", "#e4e2dc", "#9cc4f2", "#10233a", "#15171b", "#a3a6ad")


def light(accent: str, band: str) -> Scheme:
    """The light page in these colours; an empty one is as page.css has it."""
    scheme = replace(LIGHT, accent=accent) if accent else LIGHT
    return replace(scheme, band=band, on_band=best_on(band)) if band else scheme


def dark(accent: str, band: str) -> Scheme:
    """The dark page in shades of these colours: a lighter accent, a darker band."""
    scheme = DARK
    if accent:
        scheme = replace(scheme, accent=lightened(accent, DARK.tint, COMFORTABLE), on_accent=DARK.paper)
    return replace(scheme, band=darkened(band, DARK.ink), on_band=DARK.ink) if band else scheme
