"""What people share: plain links, a QR code that is read from paper, a poster of one page."""

import datetime
import io
import re
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import zxingcpp
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from campaigns import qr
from campaigns.models import SiteTheme, Statement
from campaigns.poster import Poster
from tests.builders import make_campaign, make_circulating, make_draft, make_translation, need_pango
from tests.test_letter import BIDI_MARKS, pdftotext, unpacked, words

pytestmark = pytest.mark.django_db

LETTER = "/campaigns/open-letter/"
SHARE = f"{LETTER}share/"
HERE = "http://localhost:8000"
TWO_CENTIMETRES = 236  # pixels, at 300 to the inch
FILES = ["qr.svg", "qr.png", "poster.pdf"]


def read(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return unescape(response.content.decode())


def shared_by(page: str) -> dict[str, str]:
    """The links of the row, by the names that they have."""
    row = re.search(r'<ul class="share">.*?</ul>', page, re.DOTALL)
    assert row
    return {name: address for address, name in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)', row[0])}


def decoded(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))]


# Links


def test_links_carry_title_and_address_and_nothing_else(client: Client) -> None:
    make_campaign(title="Рівність & “право”: 100 %?")
    links = shared_by(read(client, LETTER))
    assert list(links) == ["E-mail", "WhatsApp", "Telegram", "Facebook", "Bluesky", "X", "LinkedIn"]
    mail = parse_qs(urlsplit(links.pop("E-mail")).query)
    assert mail == {
        "subject": ["Рівність & “право”: 100 %?"],
        "body": [f"Рівність & “право”: 100 %?\r\n\r\n{HERE}{LETTER}"],
    }
    for address in links.values():
        assert address.startswith("https://")
        assert f"{HERE}{LETTER}" in unquote(address)
        assert not re.search("utm|via|ref", address)


def test_link_leads_to_the_language_that_is_read(client: Client) -> None:
    campaign = make_draft()
    make_translation(campaign)
    campaign.publish(by=None)
    for page, named in [(f"/uk{LETTER}in/de/", f"/uk{LETTER}in/de/"), (f"/de{SHARE}", f"/de{LETTER}")]:
        assert all(f"{HERE}{named}" in unquote(address) for address in shared_by(read(client, page)).values())


def test_share_page_names_the_address_and_leads_to_every_file(client: Client) -> None:
    make_campaign()
    page = read(client, SHARE)
    assert f">{HERE}{LETTER}<" in page
    assert [f'"{LETTER}{name}' in page for name in FILES] == [True] * 3
    assert f'data-copy="{HERE}{LETTER}" hidden' in page


@pytest.mark.parametrize("page", ["share/", "embed/", *FILES])
def test_nothing_is_shared_of_what_is_not_public(client: Client, page: str) -> None:
    make_draft(slug="draft")
    campaign = make_circulating(slug="circulating")
    nowhere = client.get(f"/campaigns/nowhere/{page}")
    answers = [client.get(f"/campaigns/{slug}/{page}") for slug in ("draft", "circulating", "Open-Letter")]
    assert [(each.status_code, each.content) for each in answers] == [(404, nowhere.content)] * 3
    assert client.get(campaign.address() + page).status_code == 404
    assert "share" not in read(client, campaign.address()).lower().replace("shared", "")


@pytest.mark.parametrize("page", ["share/", "embed/", *FILES])
def test_text_in_a_language_that_it_has_not_is_not_there(client: Client, page: str) -> None:
    make_campaign()
    for named in ("uk", "evil", "a" * 10_000):
        assert client.get(f"{LETTER}{page}?in={named}").status_code == 404


# The frame that the page makes


def snippet(page: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found
    return found[1]


def test_page_makes_a_frame_in_the_language_and_colours_that_are_chosen(client: Client) -> None:
    make_campaign(title='Rivers & "mills"')
    made = snippet(client.get(f"{SHARE}?language=ar&theme=dark").content.decode())
    assert unescape(unescape(made)).splitlines() == [
        f'<iframe src="{HERE}/ar{LETTER}embed/?theme=dark" title="Rivers & "mills"" width="100%" height="420" '
        'frameborder="0" loading="lazy"></iframe>',
        f'<script src="{HERE}/static/campaigns/embed.js" async></script>',
    ]
    assert finders.find("campaigns/embed.js")
    assert client.get(f"/ar{LETTER}embed/?theme=dark").status_code == 200


def test_frame_names_a_language_that_the_interface_does_not_speak(client: Client) -> None:
    campaign = make_draft()
    make_translation(campaign, "ka")
    campaign.publish(by=None)
    assert f'src="{HERE}{LETTER}embed/?in=ka"' in snippet(read(client, f"{SHARE}?language=ka"))
    assert f'src="{HERE}/uk{LETTER}embed/"' in snippet(read(client, f"{SHARE}?language=uk"))


@pytest.mark.parametrize("asked", ["theme=evil", "language=xx", "language=", f"language={'a' * 10_000}"])
def test_frame_that_there_is_not_is_refused_beside_the_field(client: Client, asked: str) -> None:
    make_campaign()
    page = read(client, f"{SHARE}?{asked}", status=422)
    assert "Please look again" in page
    assert "<textarea" not in page


# QR code


@pytest.mark.parametrize("slug", ["open-letter", "a" * 80])
def test_code_is_read_from_a_print_of_two_centimetres(client: Client, slug: str) -> None:
    make_campaign(slug=slug)
    response = client.get(f"/campaigns/{slug}/qr.png")
    assert response["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(response.content))
    assert picture.width >= 4 * TWO_CENTIMETRES
    print_of_it = picture.convert("L").resize((TWO_CENTIMETRES, TWO_CENTIMETRES), Image.Resampling.LANCZOS)
    assert decoded(print_of_it) == [f"{HERE}/campaigns/{slug}/"]


def test_code_is_read_where_a_corner_is_torn_off() -> None:
    picture = Image.open(io.BytesIO(qr.png(HERE + LETTER))).convert("L")
    side, torn = picture.width, picture.width // 4
    picture.paste(255, (side - torn, side - torn, side, side))
    assert decoded(picture) == [HERE + LETTER]


def test_code_has_its_quiet_zone_in_black_on_white() -> None:
    picture = Image.open(io.BytesIO(qr.png(HERE + LETTER))).convert("L")
    left, top, right, bottom = picture.point(lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    assert (left, top, picture.width - right, picture.height - bottom) == (4 * 24,) * 4
    assert b'fill="#fff"' in qr.svg(HERE + LETTER)


def test_drawn_code_is_an_image_of_the_language_read(client: Client) -> None:
    make_campaign()
    response = client.get(f"/uk{LETTER}qr.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert response.content == qr.svg(f"{HERE}/uk{LETTER}")


# Poster


def poster(title: str, language: str = "en", addressee: str = "To all", summary: str = "What we ask.") -> Poster:
    statement = Statement(language, datetime.date(2026, 3, 1), addressee, title, summary, "Text.", ())
    closes_at = datetime.datetime(2026, 4, 5, 20, tzinfo=datetime.UTC)
    return Poster(statement, f"https://statements.example.org/campaigns/{'a' * 80}/", True, closes_at, SiteTheme())


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type ?/Page\b", unpacked(pdf)))


TITLES = {
    "short": poster("Now"),
    "300-characters": poster("Rivers that nobody drains, and marshes. " * 7 + "And the twenty birds"),
    "300-wide-letters": poster("W" * 300, addressee="W" * 300, summary="W" * 500),
    "one-word": poster("Donaudampfschifffahrt" * 4),
    "arabic": poster("رسالة مفتوحة من أجل حرية التعبير", "ar"),
    "arabic-300": poster("رسالة مفتوحة من أجل حرية التعبير " * 9, "ar", summary="ما نطلبه من المجلس. " * 25),
    "no-summary": poster("An open letter", summary=""),
}


@pytest.mark.parametrize("name", TITLES)
def test_poster_is_one_page_with_its_whole_title(name: str) -> None:
    need_pango()
    pdf = TITLES[name].draw()
    assert pages(pdf) == 1
    text = pdftotext(pdf).translate(BIDI_MARKS)
    assert TITLES[name].address in "".join(text.split())
    title = TITLES[name].statement.title
    assert not words(title) - words(text) or title in "".join(text.split())


def test_poster_is_tagged_and_says_until_when_one_can_sign(client: Client) -> None:
    need_pango()
    make_campaign(closes_at=datetime.datetime(2100, 4, 5, 20, tzinfo=datetime.UTC), title="An open letter")
    response = client.get(f"{LETTER}poster.pdf")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    pdf = unpacked(response.content)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf or b'pdfuaid:part="1"' in pdf
    text = " ".join(pdftotext(response.content).split())
    assert "Sign this statement Sign by 5 April 2100" in text
    assert text.index("An open letter") < text.index("Sign this statement")


def test_poster_of_a_closed_campaign_invites_to_read(client: Client) -> None:
    need_pango()
    make_campaign().close(by=None)
    text = pdftotext(client.get(f"{LETTER}poster.pdf").content)
    assert ("Sign" in text, "Read the" in text) == (False, True)
