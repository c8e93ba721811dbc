"""Pictures that others send, drawn anew: nothing of the file that came is kept but what one sees."""

import io
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile, ImageOps

LARGEST_BYTES = 2_000_000
LONGEST_SIDE = 4_000
KEPT_SIDE = 640
END_OF_PNG = b"IEND\xaeB`\x82"
BROKEN = _("The picture is cut short or damaged. Save it once more and choose the new file.")


def redraw(file: IO[bytes]) -> bytes:
    """The picture as PNG without metadata, at most 640 pixels a side.

    Takes PNG, JPEG or WebP of at most 2 MB and 4,000 pixels a side. Raises ValidationError, in words for who chose it.
    """
    content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise ValidationError(_("The picture is larger than 2 MB."))
    kind = kind_of(content)
    if not kind:
        raise ValidationError(_("This is not a PNG, JPEG or WebP picture."))
    if kind == "PNG" and END_OF_PNG not in content:  # Pillow would take it once all pixels are there
        raise ValidationError(BROKEN)
    try:
        image = Image.open(io.BytesIO(content), formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large() from error
    except Exception as error:  # a decoder raises whatever a damaged file leads it to
        raise ValidationError(BROKEN) from error
    if max(image.size) > LONGEST_SIDE:
        raise too_large()
    if image.format in {"PNG", "WEBP"} and getattr(image, "is_animated", False):
        raise ValidationError(_("The picture moves. Choose one that stands still."))
    try:
        return drawn(image)
    except Exception as error:
        raise ValidationError(BROKEN) from error


def kind_of(content: bytes) -> str:
    """What the file is by its first bytes, whatever it is called; empty for all that we do not take."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    return "WEBP" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


def too_large() -> ValidationError:
    return ValidationError(_("The picture is larger than 4,000 pixels on a side."))


def drawn(image: Image.Image) -> bytes:
    """Decodes the whole picture, makes it small before it is turned and copied, and writes its pixels alone."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint sets it when it is first imported, for the whole process
    image.load()
    if image.mode.startswith("I"):  # sixteen bits of grey, which Pillow would cut instead of scaling
        image = image.point(lambda value: value * (1 / 257))
    sees_through = image.has_transparency_data
    if image.mode not in {"RGB", "RGBA", "L", "CMYK"}:
        image = image.convert("RGBA" if sees_through else "RGB")
    image.thumbnail((KEPT_SIDE, KEPT_SIDE))
    image = ImageOps.exif_transpose(image).convert("RGBA" if sees_through else "RGB")
    image.info.clear()
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()
