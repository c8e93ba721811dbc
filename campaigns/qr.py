"""An address as a QR code, with error correction and a quiet zone for print. Pure functions: they know no database."""

import io

import segno
from django.utils.safestring import SafeString

QUIET_ZONE = 4  # modules, as the standard has it
PIXELS_A_MODULE = 24
DOTS_PER_INCH = 300


def code(address: str) -> segno.QRCode:
    """A quarter of it can be lost."""
    return segno.make(address, error="q", micro=False)


def inline(address: str) -> SafeString:
    """For a page that has its own quiet zone and says how large the code is."""
    return SafeString(code(address).svg_inline(scale=1, border=0, omitsize=True, svgclass="qr", lineclass=None))


def svg(address: str) -> bytes:
    return written(address, "svg", scale=8, svgclass=None, lineclass=None)


def png(address: str) -> bytes:
    """Some ten centimetres wide in print."""
    return written(address, "png", scale=PIXELS_A_MODULE, dpi=DOTS_PER_INCH)


def written(address: str, kind: str, **options: object) -> bytes:
    """On white, so that it is read on a dark page too."""
    out = io.BytesIO()
    code(address).save(out, kind=kind, border=QUIET_ZONE, light="white", **options)
    return out.getvalue()
