"""Logos: whatever is sent, what is kept is a small PNG that we drew, or a clear word why not."""

import contextlib
import io
import itertools
import os
import re
import tracemalloc
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from campaigns import letter, logos
from campaigns.models import Event, Merge, Organization, Signature
from tests.builders import make_campaign, make_coordinator, make_listed, make_pending, own_page, sign_in
from tests.pictures import chunks, declared, decode, encode, grey_of_sixteen_bits, moving, noise, plain, scans, swapped

MOVES = "The picture moves. Choose one that stands still."
NO_PICTURE = "This is not a PNG, JPEG or WebP picture."
BROKEN = "The picture is cut short or damaged. Save it once more and choose the new file."
TOO_WIDE = "The picture is larger than 4,000 pixels on a side."
TOO_HEAVY = "The picture is larger than 2 MB."
TOO_SMALL = "The picture is smaller than 48 pixels. Choose a larger one."
TOO_THIN = "The picture is more than eight times as long as it is wide. Choose a fuller one."
TOO_MANY_SCANS = "The picture is stored in too many layers. Save it once more, not as “progressive”."
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def redraw(content: bytes) -> bytes:
    return logos.redraw(io.BytesIO(content))


def refusal(content: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        redraw(content)
    return str(refused.value.messages[0])


# What is taken


@pytest.mark.parametrize(
    ("form", "modes"),
    [
        ("PNG", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]),
        ("JPEG", ["1", "L", "RGB", "CMYK"]),
        ("WEBP", ["L", "RGB", "RGBA"]),
    ],
)
def test_every_kind_of_picture_becomes_a_plain_png(form: str, modes: list[str]) -> None:
    for mode in modes:
        kept = redraw(encode(Image.new(mode, (80, 40), 0), form))
        assert chunks(kept) == {b"IHDR", b"IDAT", b"IEND"}
        assert decode(kept).size == (80, 40)


def test_large_picture_is_made_small_and_keeps_its_shape() -> None:
    assert decode(redraw(plain(4_000, 1_000))).size == (640, 160)
    assert decode(redraw(plain(500, 4_000))).size == (80, 640)
    assert decode(redraw(plain(48, 20))).size == (48, 20)


@pytest.mark.parametrize(
    ("sent", "colour"),
    [
        (plain(colour="#2f6fb0"), (47, 111, 176)),
        (encode(Image.new("CMYK", (48, 48), (0, 255, 255, 0)), "JPEG", quality=95), (255, 0, 0)),
        (encode(Image.new("I;16", (48, 48), 20_000)), (77, 77, 77)),
        (encode(Image.new("1", (48, 48), 1)), (255, 255, 255)),
    ],
    ids=["rgb", "cmyk", "sixteen bits", "one bit"],
)
def test_colours_stay(sent: bytes, colour: tuple[int, ...]) -> None:
    pixel = decode(redraw(sent)).getpixel((20, 20))
    assert isinstance(pixel, tuple)
    assert max(abs(found - meant) for found, meant in zip(pixel, colour, strict=True)) <= 3


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_what_is_transparent_stays_so(form: str) -> None:
    picture = Image.new("RGBA", (900, 900), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (450, 0, 900, 900))
    kept = decode(redraw(encode(picture, form, lossless=True)))
    left, right = kept.getpixel((10, 10)), kept.getpixel((600, 10))
    assert isinstance(left, tuple)
    assert left[3] == 0
    assert right == (0, 0, 255, 255)


def test_palette_with_a_transparent_colour_stays_so() -> None:
    picture = Image.new("P", (48, 48), 1)
    picture.putpalette([255, 0, 0, 0, 0, 255])
    picture.paste(0, (0, 0, 20, 48))
    kept = decode(redraw(encode(picture, transparency=0)))
    left = kept.getpixel((5, 5))
    assert isinstance(left, tuple)
    assert (left[3], kept.getpixel((30, 5))) == (0, (0, 0, 255, 255))


def test_grey_of_sixteen_bits_keeps_the_one_that_is_seen_through() -> None:
    kept = decode(redraw(grey_of_sixteen_bits(40_000, 10_000, seen_through=40_000)))
    left, right = kept.getpixel((5, 5)), kept.getpixel((60, 5))
    assert isinstance(left, tuple)
    assert left[3] == 0
    assert right == (38, 38, 38, 255)


@pytest.mark.parametrize(
    ("colour", "corner"),
    [("#fff", (51, 51, 51)), ("#f4f4e8", (51, 51, 51)), ("#2f6fb0", (0, 0, 0, 0)), ("#fc0", (0, 0, 0, 0))],
)
def test_white_drawing_that_is_seen_through_stands_on_a_dark_plate(colour: str, corner: tuple[int, ...]) -> None:
    picture = Image.new("RGBA", (640, 320))
    picture.paste(colour, (100, 100, 540, 220))
    kept = decode(redraw(encode(picture)))
    assert kept.getpixel((2, 2)) == corner
    assert max(kept.size) == 640
    whole = Image.new("RGBA", (80, 80), colour)
    assert decode(redraw(encode(whole.convert("RGB")))).size == (80, 80)


@pytest.mark.parametrize(("form", "mode"), [("PNG", "RGB"), ("PNG", "RGBA"), ("JPEG", "RGB"), ("WEBP", "RGB")])
def test_colours_of_another_profile_are_turned_into_plain_ones(form: str, mode: str) -> None:
    sent = encode(Image.new(mode, (64, 64), (200, 30, 30)), form, icc_profile=swapped(), quality=95)
    pixel = decode(redraw(sent)).getpixel((30, 30))
    assert isinstance(pixel, tuple)
    assert pixel[0] < 100
    assert pixel[2] > 180


@pytest.mark.parametrize("profile", [b"no profile", swapped()[:200], swapped()[:128] + bytes(400)])
def test_damaged_profile_leaves_the_colours_as_they_are(profile: bytes) -> None:
    for mode, colour in [("RGB", "#c81e1e"), ("L", "#5a5a5a"), ("CMYK", "#ff0000")]:
        picture = Image.new(mode, (64, 64), colour)
        sent = encode(picture, "JPEG", quality=95)
        with_profile = encode(picture, "JPEG", quality=95, icc_profile=profile)
        assert redraw(with_profile) == redraw(sent)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_picture_is_turned_and_its_place_and_profile_are_gone(form: str) -> None:
    picture = Image.new("RGB", (60, 30), "white")
    picture.paste((0, 0, 0), (0, 0, 30, 30))
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright: turn it by a quarter, clockwise
    exif[0x010E] = "A secret description"
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 27.0, 0.0), 3: "E", 4: (30.0, 31.0, 0.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    words: dict[str, Any] = {"exif": exif, "icc_profile": profile}
    if form == "PNG":
        words["pnginfo"] = PngInfo()
        words["pnginfo"].add_text("Author", "A secret author")
    sent = encode(picture, form, **words)
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
    kept = redraw(sent)
    turned = decode(kept)
    top, foot = turned.getpixel((15, 5)), turned.getpixel((15, 55))
    assert isinstance(top, tuple)
    assert isinstance(foot, tuple)
    assert (turned.size, top[0] < 40, foot[0] > 215) == ((30, 60), True, True)
    assert chunks(kept) == {b"IHDR", b"IDAT", b"IEND"}
    assert not turned.getexif()
    assert b"secret" not in kept


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_tail_of_a_polyglot_is_gone(form: str) -> None:
    tail = b"<script>alert(1)</script><?php system('id'); ?>"
    kept = redraw(noise(form) + tail)
    assert chunks(kept) == {b"IHDR", b"IDAT", b"IEND"}
    assert b"script" not in kept


# What is refused


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", NO_PICTURE),
        (b"#!/bin/sh\nrm -rf /\n", NO_PICTURE),
        (b"<script>alert(1)</script>", NO_PICTURE),
        (SVG, NO_PICTURE),
        (b'<?xml version="1.0"?>' + SVG, NO_PICTURE),
        (b"GIF89a" + bytes(20), NO_PICTURE),
        (moving("GIF"), NO_PICTURE),
        (encode(Image.new("RGB", (9, 9)), "BMP"), NO_PICTURE),
        (encode(Image.new("RGB", (9, 9)), "TIFF"), NO_PICTURE),
        (b"%PDF-1.7\n", NO_PICTURE),
        (b"\x89PNG\r\n\x1a\n" + SVG, BROKEN),
        (b"\xff\xd8\xff" + SVG, BROKEN),
        (b"RIFF\x00\x00\x00\x00WEBP" + SVG, BROKEN),
        (moving("PNG"), MOVES),
        (moving("WEBP"), MOVES),
        (declared(60_000, 60_000), TOO_WIDE),
        (declared(2_000_000_000, 1), TOO_WIDE),
        (declared(4_001, 1), TOO_WIDE),
        (declared(1, 4_001), TOO_WIDE),
        (declared(4_000, 4_000), BROKEN),
        (declared(0, 0), BROKEN),
        (plain(4_001, 10), TOO_WIDE),
        (plain() + bytes(2_000_001 - len(plain())), TOO_HEAVY),
        (plain(47, 40), TOO_SMALL),
        (plain(1, 1), TOO_SMALL),
        (plain(801, 100), TOO_THIN),
        (plain(100, 801), TOO_THIN),
        (scans(4_000, 4_000, 5_000), TOO_MANY_SCANS),
        (scans(64, 64, 100), TOO_MANY_SCANS),
    ],
)
def test_what_is_no_logo_is_refused_with_its_reason(content: bytes, words: str) -> None:
    assert refusal(content) == words


def test_sides_and_weight_may_be_just_as_large_as_said() -> None:
    assert decode(redraw(plain(4_000, 500))).size == (640, 80)
    assert redraw(plain() + bytes(2_000_000 - len(plain())))
    assert decode(redraw(scans(64, 64, 20))).size == (64, 64)


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("PNG", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_picture_that_is_cut_anywhere_is_refused(form: str, options: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        import weasyprint  # noqa: F401, PLC0415 - it tells Pillow to take what is cut
    whole = noise(form, **options)
    cuts = [12, 30, 50, len(whole) // 4, len(whole) // 2, len(whole) * 9 // 10, len(whole) - 20, len(whole) - 1]
    assert {refusal(whole[:cut]) for cut in cuts} == {BROKEN}


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_damaged_bytes_are_redrawn_or_refused_and_break_nothing(form: str) -> None:
    whole = noise(form)
    for place in [*range(12, 80), *range(80, len(whole), len(whole) // 60)]:
        damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        with contextlib.suppress(ValidationError):
            assert chunks(redraw(damaged)) == {b"IHDR", b"IDAT", b"IEND"}


# Keeping


def files() -> set[str]:
    return set(default_storage.listdir("logos")[1]) if default_storage.exists("logos") else set()


@pytest.fixture
def organization(db: None, settings: Any, tmp_path: Any) -> Organization:
    settings.MEDIA_ROOT = tmp_path
    signature = make_listed(make_campaign())
    assert signature.organization
    return signature.organization


def test_new_logo_has_a_random_name_and_the_old_file_goes(
    organization: Organization, django_capture_on_commit_callbacks: Any
) -> None:
    coordinator = make_coordinator()
    names = []
    for colour in ("red", "green"):
        with django_capture_on_commit_callbacks(execute=True):
            organization.set_logo(redraw(plain(colour=colour)), by=coordinator)
        names.append(organization.logo)
        assert files() == {f"{organization.logo}.png"}
    assert all(re.fullmatch(r"[0-9a-f]{32}", name) for name in names)
    assert names[0] != names[1]
    assert organization.events.filter(verb=Event.Verb.LOGO_SET, who=coordinator).count() == 2


def test_logo_is_removed_once(organization: Organization, django_capture_on_commit_callbacks: Any) -> None:
    organization.set_logo(redraw(plain()))
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            organization.remove_logo()
    organization.refresh_from_db()
    assert (organization.logo, files()) == ("", set())
    assert organization.events.filter(verb=Event.Verb.LOGO_REMOVED).count() == 1


def test_file_that_a_merge_lets_two_records_share_stays_until_neither_shows_it(
    organization: Organization, django_capture_on_commit_callbacks: Any
) -> None:
    other = Organization.objects.register("River Guard")
    other.set_logo(redraw(plain()))
    shared = other.logo
    merge = Merge.objects.merge(organization, other, by=None)
    with django_capture_on_commit_callbacks(execute=True):
        organization.set_logo(redraw(plain(colour="red")))
    assert files() == {f"{shared}.png", f"{organization.logo}.png"}
    merge.undo(by=None)
    other.refresh_from_db()
    with other.open_logo() as file:
        assert (other.logo, file.read()) == (shared, redraw(plain()))
    with django_capture_on_commit_callbacks(execute=True):
        other.remove_logo()
    assert files() == {f"{organization.logo}.png"}


def test_logo_of_a_merged_record_is_that_of_the_record_it_stands_in(organization: Organization) -> None:
    other = Organization.objects.register("River Guard")
    Merge.objects.merge(organization, other, by=None)
    other.set_logo(redraw(plain()))
    organization.refresh_from_db()
    other.refresh_from_db()
    assert (bool(organization.logo), other.logo) == (True, "")


# Serving


def test_logo_is_served_as_png_and_nothing_else(client: Client, organization: Organization) -> None:
    organization.set_logo(redraw(plain()))
    response = client.get(f"/logos/{organization.logo}.png")
    assert response.getvalue() == redraw(plain())
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.cookies == {}


@pytest.mark.parametrize("name", ["", "x", "0" * 32, "..%2f..%2fsecret", "../logo"])
def test_logo_that_nobody_has_is_not_there(client: Client, organization: Organization, name: str) -> None:
    assert client.get(f"/logos/{name}.png").status_code == 404


def test_logo_is_there_as_long_as_the_organization_is_public(client: Client, organization: Organization) -> None:
    organization.set_logo(redraw(plain()))
    address = f"/logos/{organization.logo}.png"
    organization.hide(by=None)
    assert client.get(address).status_code == 404
    organization.unhide(by=None)
    assert client.get(address).getvalue() == redraw(plain())
    Signature.objects.get().withdraw()
    assert client.get(address).status_code == 404


def test_logo_that_the_storage_does_not_give_is_not_there_and_the_letter_does_without(
    client: Client, organization: Organization
) -> None:
    signature = Signature.objects.get()
    organization.set_logo(redraw(plain()))
    signature.make_initiator(by=None)
    path = default_storage.path(f"logos/{organization.logo}.png")
    with open(path, "wb") as file:
        file.write(redraw(plain())[:-1])
    assert letter.logos_of(signature.campaign.signatures.all()) == []
    default_storage.delete(f"logos/{organization.logo}.png")
    os.mkdir(path)  # opening it is an OSError, and no FileNotFoundError
    assert client.get(f"/logos/{organization.logo}.png").status_code == 404
    assert letter.logos_of(signature.campaign.signatures.all()) == []


def test_logo_whose_file_is_lost_is_not_there(client: Client, organization: Organization) -> None:
    organization.set_logo(redraw(plain()))
    default_storage.delete(f"logos/{organization.logo}.png")
    assert client.get(f"/logos/{organization.logo}.png").status_code == 404


# The contact person's own page


def upload(content: bytes, name: str = "logo.png") -> dict[str, Any]:
    return {"logo": SimpleUploadedFile(name, content, "image/png")}


def test_contact_person_adds_replaces_and_removes_the_logo(client: Client, organization: Organization) -> None:
    signature = Signature.objects.get()
    page = own_page(signature)
    assert f'action="{page}logo/"' in client.get(page).content.decode()
    assert client.post(f"{page}logo/", upload(noise("JPEG"), "holiday.jpg")).headers["Location"] == page
    organization.refresh_from_db()
    shown = client.get(page).content.decode()
    assert f'src="/logos/{organization.logo}.png"' in shown
    assert "Replace the logo" in shown
    assert client.post(f"{page}logo/", {"remove": ""}).status_code == 302
    organization.refresh_from_db()
    assert organization.logo == ""
    about = organization.events.filter(signature=signature, who=None)
    assert list(about.order_by("id").values_list("verb", flat=True)) == ["logo set", "logo removed"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose a picture first."),
        (upload(b""), "The file is empty."),
        (upload(b"<script>alert(1)</script>"), NO_PICTURE),
        (upload(moving("WEBP"), "logo.webp"), MOVES),
        (upload(declared(60_000, 60_000)), TOO_WIDE),
        ({"logo": "not a file"}, "Choose a picture first."),
    ],
)
def test_bad_logo_is_refused_beside_the_field_and_changes_nothing(
    client: Client, organization: Organization, sent: dict[str, Any], words: str
) -> None:
    response = client.post(f"{own_page(Signature.objects.get())}logo/", sent)
    page = response.content.decode()
    assert (response.status_code, page.count(words)) == (422, 2), "above, and beside the field"
    assert f'<ul class="errorlist" id="id_logo_error"><li>{words}</li></ul>' in page
    organization.refresh_from_db()
    assert (organization.logo, files()) == ("", set())
    assert not organization.events.filter(verb="logo set").exists()


class Upload(io.RawIOBase):
    """The body of a form with one file of that many zeros, made as it is read."""

    def __init__(self, size: int) -> None:
        head = b'--x\r\nContent-Disposition: form-data; name="logo"; filename="logo.png"\r\n\r\n'
        blocks = itertools.repeat(bytes(50_000), size // 50_000)
        self.parts = itertools.chain([head], blocks, [b"\r\n--x--\r\n"])
        self.length = len(head) + size + 9
        self.rest = b""

    def read(self, size: int = -1) -> bytes:
        self.rest = self.rest or next(self.parts, b"")
        given, self.rest = self.rest[:size], self.rest[size:]
        return given


def test_upload_of_a_hundred_megabytes_is_refused_and_never_held_in_memory(
    client: Client, organization: Organization
) -> None:
    page, body = own_page(Signature.objects.get()), Upload(100_000_000)
    request = {
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(body.length),
        "wsgi.input": body,
    }
    tracemalloc.start()
    response = client.generic("POST", f"{page}logo/", **request)  # type: ignore[arg-type]
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert response.status_code == 422
    assert TOO_HEAVY in response.content.decode()
    assert peak < 20_000_000


@pytest.mark.parametrize("why", ["pending", "counted", "hidden", "withdrawn"])
def test_logo_is_neither_offered_nor_taken_without_a_public_page(client: Client, db: None, why: str) -> None:
    campaign = make_campaign()
    if why == "pending":
        signature = make_pending(campaign)
    else:
        signature = make_listed(campaign, shown="counted" if why == "counted" else "public")
    if why == "hidden":
        assert signature.organization
        signature.organization.hide(by=None)
    if why == "withdrawn":
        signature.withdraw()
    page = own_page(signature)
    assert 'name="logo"' not in client.get(page).content.decode()
    response = client.post(f"{page}logo/", upload(plain()))
    assert response.status_code == 409
    assert "no public page" in response.content.decode()
    assert not Organization.objects.exclude(logo="").exists()


def test_address_of_the_form_leads_back_to_the_page_and_a_forged_link_nowhere(
    client: Client, organization: Organization
) -> None:
    page = own_page(Signature.objects.get())
    assert client.get(f"{page}logo/").headers["Location"] == page
    assert client.post("/signatures/forged/logo/", upload(plain())).status_code == 404
    assert client.put(f"{page}logo/").status_code == 405


# The desk


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    sign_in(client, make_coordinator())
    return client


def test_coordinator_adds_and_removes_a_logo(desk: Client, organization: Organization) -> None:
    change = f"/admin/campaigns/organization/{organization.pk}/change/"
    address = f"/admin/campaigns/organization/{organization.pk}/logo/"
    assert f'href="{address}"' in desk.get(change).content.decode()
    assert desk.post(address, upload(plain())).status_code == 302
    organization.refresh_from_db()
    assert "Replace the logo" in desk.get(address).content.decode()
    organization.hide(by=None)
    assert desk.get(address.replace("logo/", "logo.png")).getvalue() == redraw(plain())
    assert desk.post(address, {"remove": ""}).status_code == 302
    organization.refresh_from_db()
    assert organization.logo == ""
    assert desk.get(address.replace("logo/", "logo.png")).status_code == 404
    events = organization.events.filter(who__username="coordinator").order_by("id")
    assert list(events.values_list("verb", flat=True)) == ["logo set", "logo removed"]


def test_coordinator_reads_beside_the_field_why_a_logo_was_refused(desk: Client, organization: Organization) -> None:
    response = desk.post(f"/admin/campaigns/organization/{organization.pk}/logo/", upload(SVG, "logo.svg"))
    assert response.status_code == 422
    assert NO_PICTURE in response.content.decode()
    assert desk.post("/admin/campaigns/organization/999/logo/", upload(plain())).status_code == 404


def test_logo_at_the_desk_is_for_coordinators_alone(client: Client, organization: Organization) -> None:
    address = f"/admin/campaigns/organization/{organization.pk}/logo/"
    assert client.post(address, upload(plain())).status_code == 403
    assert client.get(address).headers["Location"].startswith("/admin/login/")
    staff = make_coordinator("guest")
    staff.is_superuser = False
    staff.save()
    sign_in(client, staff)
    assert client.post(address, upload(plain())).status_code == 403
    assert client.get(address.replace("logo/", "logo.png")).status_code == 403


def test_file_goes_with_the_record_that_is_deleted(
    desk: Client, organization: Organization, django_capture_on_commit_callbacks: Any
) -> None:
    bare = [Organization.objects.register(f"Bare Group {number}") for number in range(3)]
    for each in (organization, *bare):
        each.set_logo(redraw(plain()))
    for each in bare:
        with django_capture_on_commit_callbacks(execute=True):
            gone = desk.post(f"/admin/campaigns/organization/{each.pk}/delete/", {"post": "yes"})
        assert gone.status_code == 302
    assert list(Organization.objects.all()) == [organization]
    assert files() == {f"{organization.logo}.png"}
