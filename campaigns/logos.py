"""Pictures that others send, drawn anew: nothing of the file that came is kept but what one sees."""

import io
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageFile, ImageOps, ImageStat

LARGEST_BYTES = 2_000_000
LONGEST_SIDE = 4_000
SHORTEST_SIDE = 48
THINNEST = 8
KEPT_SIDE = 640
MOST_SCANS = 100
START_OF_SCAN = b"\xff\xda"
NEARLY_WHITE = 215  # of 255
FAINT = 32  # of 255: less is not seen
DARK = "#333"
END_OF_PNG = b"IEND\xaeB`\x82"
BROKEN = _("The picture is cut short or damaged. Save it once more and choose the new file.")


def redraw(file: IO[bytes]) -> bytes:
    """The picture as PNG without metadata, at most 640 pixels a side.

    Takes PNG, JPEG or WebP of at most 2 MB, 48 to 4,000 pixels on its longer side, and no thinner than 1 to 8. Raises
    ValidationError, in words for who chose it.
    """
    content = file.read(LARGEST_BYTES + 1)
    kind = kind_of(content)
    refuse_file(content, kind)
    try:
        image = Image.open(io.BytesIO(content), formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large() from error
    except Exception as error:  # a decoder raises whatever a damaged file leads it to
        raise ValidationError(BROKEN) from error
    refuse_picture(image)
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


def refuse_file(content: bytes, kind: str) -> None:
    """Raises ValidationError for what shall not even be opened."""
    if len(content) > LARGEST_BYTES:
        raise ValidationError(_("The picture is larger than 2 MB."))
    if not kind:
        raise ValidationError(_("This is not a PNG, JPEG or WebP picture."))
    if kind == "PNG" and END_OF_PNG not in content:  # Pillow would take it once all pixels are there
        raise ValidationError(BROKEN)
    if kind == "JPEG" and content.count(START_OF_SCAN) > MOST_SCANS:  # each is a pass over every pixel
        raise ValidationError(_("The picture is stored in too many layers. Save it once more, not as “progressive”."))


def refuse_picture(image: Image.Image) -> None:
    """Raises ValidationError for what cannot be a logo. Reads nothing but its size and whether it moves."""
    longer, shorter = max(image.size), min(image.size)
    if longer > LONGEST_SIDE:
        raise too_large()
    if image.format in {"PNG", "WEBP"} and getattr(image, "is_animated", False):
        raise ValidationError(_("The picture moves. Choose one that stands still."))
    if longer < SHORTEST_SIDE:
        raise ValidationError(_("The picture is smaller than 48 pixels. Choose a larger one."))
    if longer > THINNEST * shorter:
        raise ValidationError(_("The picture is more than eight times as long as it is wide. Choose a fuller one."))


def too_large() -> ValidationError:
    return ValidationError(_("The picture is larger than 4,000 pixels on a side."))


def drawn(image: Image.Image) -> bytes:
    """Decodes the whole picture, makes it small before it is turned and copied, and writes its pixels alone."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint sets it when it is first imported, for the whole process
    image.load()
    if image.mode.startswith("I"):
        image = eight_bits(image)
    sees_through = image.has_transparency_data
    if sees_through or image.mode not in {"RGB", "L", "CMYK"}:
        image = image.convert("RGBA" if sees_through else "RGB")
    image.thumbnail((KEPT_SIDE, KEPT_SIDE))
    image = in_plain_colours(ImageOps.exif_transpose(image)).convert("RGBA" if sees_through else "RGB")
    if sees_through and is_nearly_white(image):
        image = on_dark(image)
    image.info.clear()
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen bits of grey, which Pillow would cut instead of scaling, in eight; the grey that is seen through too."""
    grey = image.point(lambda value: value * (1 / 257)).convert("L")
    if "transparency" in image.info:
        grey.info["transparency"] = image.info["transparency"] // 257
    return grey


def in_plain_colours(image: Image.Image) -> Image.Image:
    """The same colours in sRGB, which is what is meant where no profile says so; as it is, by a profile that is
    damaged or another kind of picture's."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        theirs, plain = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, theirs, plain, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError):
        return image


def is_nearly_white(image: Image.Image) -> bool:
    """Whether what one sees of it would be lost on white."""
    seen = image.getchannel("A").point(lambda alpha: 255 * (alpha > FAINT))
    return ImageStat.Stat(image.convert("L"), seen).mean[0] > NEARLY_WHITE


def on_dark(image: Image.Image) -> Image.Image:
    """The picture on a dark plate, with a margin."""
    margin = max(image.size) // 16
    plate = Image.new("RGB", (image.width + 2 * margin, image.height + 2 * margin), DARK)
    plate.paste(image, (margin, margin), image)
    plate.thumbnail((KEPT_SIDE, KEPT_SIDE))
    return plate
