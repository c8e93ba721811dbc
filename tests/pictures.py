"""Pictures as people send them, good and bad, each made by the byte or by Pillow."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms

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


def grey_of_sixteen_bits(left: int, right: int, seen_through: int) -> bytes:
    """A PNG of 64 by 64 in two greys, of which one is declared to be seen through."""
    header = struct.pack(">IIBBBBB", 64, 64, 16, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + struct.pack(">64H", *[left] * 32, *[right] * 32)) * 64)
    parts = [(b"IHDR", header), (b"tRNS", struct.pack(">H", seen_through)), (b"IDAT", pixels), (b"IEND", b"")]
    return SIGNATURE + b"".join(chunk(kind, content) for kind, content in parts)


def segment(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(content) + 2) + content


def scans(width: int, height: int, number: int) -> bytes:
    """A progressive JPEG that passes over its empty pixels so many times, each in a few bytes, after the first."""
    blocks = -(-width // 8) * -(-height // 8)
    head = segment(0xDB, b"\0" + b"\1" * 64) + segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
    codes = segment(0xC4, b"\0\1" + bytes(16)) + segment(0xC4, b"\x10\1" + bytes(15) + b"\0")
    first = segment(0xDA, b"\1\1\0\0\0\1") + bytes(-(-blocks // 8))
    again = segment(0xDA, b"\1\1\0\1\x3f\x10") + bytes(16)
    return b"\xff\xd8" + head + codes + first + again * number + b"\xff\xd9"


def swapped() -> bytes:
    """An ICC profile whose red is blue and whose blue is red."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"????", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"????", b"bXYZ", 1)


def chunks(png: bytes) -> set[bytes]:
    """The kinds of chunks in a PNG. Asserts that nothing follows the last."""
    place, kinds = len(SIGNATURE), set()
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kinds.add(png[place + 4 : place + 8])
        place += 12 + length
    assert (png[:8], place) == (SIGNATURE, len(png))
    return kinds
