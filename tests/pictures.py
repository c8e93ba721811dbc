"""Pictures as people send them, good and bad, each made by the byte or by Pillow."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encode(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, form, **options)
    return written.getvalue()


def decode(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def plain(width: int = 60, height: int = 40, colour: str = "#2f6fb0") -> bytes:
    return encode(Image.new("RGB", (width, height), colour))


def noise(form: str = "PNG", **options: Any) -> bytes:
    """A picture that hardly compresses, so that a cut falls among its pixels."""
    return encode(Image.effect_noise((300, 200), 80).convert("RGB"), form, **options)


def moving(form: str) -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    return encode(frames[0], form, save_all=True, append_images=frames[1:], duration=100)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def declared(width: int, height: int) -> bytes:
    """A tiny PNG that claims this size, and a few pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100_000), 9)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def chunks(png: bytes) -> set[bytes]:
    """The kinds of chunks in a PNG. Asserts that nothing follows the last."""
    place, kinds = len(SIGNATURE), set()
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kinds.add(png[place + 4 : place + 8])
        place += 12 + length
    assert (png[:8], place) == (SIGNATURE, len(png))
    return kinds
