"""The share picture: each title whole and legible on it, in any script; drawn again only when it is another."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from PIL import Image

from campaigns import card as cards
from campaigns.card import Card
from campaigns.models import Campaign
from campaigns.typefaces import Typecase
from tests.builders import (
    make_campaign,
    make_circulating,
    make_draft,
    make_listed,
    make_translation,
    need_pango,
    translate,
)
from tests.pictures import decode

CARD = "/campaigns/open-letter/card.png"
LETTER = "/campaigns/open-letter/"
MARGIN, BAND = 90, 28
LARGEST_BYTES = 100_000

SENTENCE = (
    "We ask the assembly to hear those who live by the river before it decides, and to say why it has decided so. "
)
TITLES = {
    "long": ("en", (SENTENCE * 3)[:300]),
    "short": ("en", "Let the marsh be"),
    "one word": ("de", "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzentwurfsverfahren"),
    "capitals": ("en", "W" * 300),
    "Ukrainian": ("uk", "Відкритий лист: припиніть зловживання механізмами проти журналістів"),
    "Arabic": ("ar", "رسالة مفتوحة من أجل حرية التعبير"),
    "mixed": ("ar", "نطالب INTERPOL باحترام المادة 3 من دستورها (Article 3) في عام 2026"),
    "Polish": ("pl", "Żądamy jawności: list otwarty w sprawie źródeł Śląska"),
    "German": ("de", "Für den Schutz der Menschenrechtsverteidigerinnen in ganz Europa"),
    "emoji": ("en", "🌊 Save the river 🐟 now! 👩🏽‍🚒"),
    "markup": ("en", "“Not <b>one</b> more” & ‘never again’ {{ title }}"),
    "digits": ("en", "10 demands for 2030: 1.5 °C, 0 coal, 100 % fair"),
}


@pytest.fixture(autouse=True)
def _pango() -> None:
    need_pango()


def make_card(title: str, language: str = "en", **fields: Any) -> Card:
    direction = "rtl" if language == "ar" else "ltr"
    given = {
        "addressee": "To the assembly",
        "organizations": 25,
        "persons": 3,
        "until": None,
        "site": "Undersigned",
        "accent": "#1d4e89",
    }
    return Card(language=language, direction=direction, title=title, **{**given, **fields})


def glyphless(card: Card) -> set[str]:
    """What would be drawn as an empty box."""
    case = Typecase("card")
    document = card.printable(case).fitted(case)
    document.write_pdf()
    return {chr(code) for font in document.fonts.values() for code in font.missing}


def margins(picture: Image.Image, right_to_left: bool) -> set[Any]:
    """The colours of what surrounds the words, the band left out."""
    width, height = picture.size
    left, right = (0, width - BAND) if right_to_left else (BAND, width)
    edges = [(left, 0, right, 60), (left, height - 30, right, height)]
    edges += [(left, 0, MARGIN, height), (width - MARGIN, 0, right, height)]
    return {colour for edge in edges for _count, colour in picture.convert("RGB").crop(edge).getcolors() or []}


@pytest.mark.parametrize(("language", "title"), TITLES.values(), ids=TITLES)
def test_each_title_stands_whole_within_the_margins(language: str, title: str) -> None:
    png = make_card(title, language).draw()
    picture = decode(png)
    assert (picture.format, picture.size, len(png) <= LARGEST_BYTES) == ("PNG", (1200, 630), True)
    assert margins(picture, right_to_left=language == "ar") == {(251, 250, 246)}


@pytest.mark.parametrize(("language", "title"), TITLES.values(), ids=TITLES)
def test_each_letter_has_its_glyph_and_what_has_none_is_left_out(language: str, title: str) -> None:
    assert not any(char.isalnum() for char in Typecase("card").lacking(title))
    assert glyphless(make_card(title, language)) == set()


def test_words_that_no_font_has_are_left_out() -> None:
    tangut = "".join(map(chr, range(0x17000, 0x17020)))
    assert cards.legible(f"{tangut}!", frozenset(tangut)) == ""
    assert cards.legible(f"{tangut}!", frozenset("!")) == tangut
    assert cards.legible("🌊!", frozenset("🌊")) == ""
    family, heart = "👩\u200d👩\u200d👧", "❤\ufe0f"
    assert cards.legible(f"Our {family} {heart} home", frozenset("👩👧❤")) == "Our home"
    assert cards.legible(f"Our {family} home", frozenset("👧")) == "Our home"
    assert cards.legible(f"Our {family} home", frozenset("🌊")) == f"Our {family} home"
    assert "<h1>Undersigned</h1>" in make_card("", addressee="").html


@pytest.mark.django_db
def test_other_titles_are_the_original_then_english_then_any() -> None:
    campaign = make_campaign(language="uk", title="Лист")
    for language in ("ar", "de", "en", "pl"):
        make_translation(campaign, language)
    translate(campaign)
    card = cards.of_campaign(campaign, campaign.in_force.statement("pl"), campaign.signatures.tally())
    assert [each.language for each in (card, *card.others)] == ["pl", "uk", "en", "ar", "de"]
    assert replace(card, others=card.others[1:]).etag != card.etag


def test_short_title_is_set_larger_than_a_long_one_and_no_word_is_broken() -> None:
    short, long, word = (cards.sizes(TITLES[name][1])[-1] for name in ("short", "long", "German"))
    assert short > word > 35
    assert short > long


def test_what_is_cut_ends_before_a_word_or_a_letter_with_its_marks() -> None:
    assert cards.cut("Save the river", 14) == "Save the river"
    assert cards.cut("Save the river now", 14) == "Save the…"
    assert cards.cut("W" * 20, 5) == "WWWW…"
    assert cards.cut("กิกิกิกิ", 4) == "กิ…"


def test_right_to_left_is_laid_out_from_the_right() -> None:
    left, right = (
        decode(make_card(title, language).draw()).convert("RGB")
        for language, title in (TITLES["short"], TITLES["Arabic"])
    )
    assert [each.getpixel((5, 300)) == (29, 78, 137) for each in (left, right)] == [True, False]
    assert [each.getpixel((1195, 300)) == (29, 78, 137) for each in (left, right)] == [False, True]


# Its address


@pytest.mark.django_db
def test_picture_is_drawn_once_and_then_kept(client: Client) -> None:
    make_listed(make_campaign())
    first = client.get(CARD)
    assert (first.status_code, first["Content-Type"]) == (200, "image/png")
    assert "public" in first["Cache-Control"]
    key = f"card:{first['ETag'].strip(chr(34))}"
    assert cache.get(key) == first.content
    cache.set(key, b"what was drawn before")
    assert client.get(CARD).content == b"what was drawn before"
    again = client.get(CARD, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


@pytest.mark.django_db
def test_what_changes_nothing_on_it_gives_the_same_picture(client: Client) -> None:
    campaign = make_campaign()
    before = client.get(CARD)["ETag"]
    Campaign.objects.update(title="A draft of another title", addressee="To nobody")
    make_listed(campaign, "Only counted", shown="counted").withdraw()
    assert client.get(CARD)["ETag"] == before


@pytest.mark.django_db
def test_new_signature_and_the_close_give_another_picture_at_another_address(client: Client) -> None:
    campaign = make_campaign()
    seen = [(client.get(CARD)["ETag"], picture_on(client, LETTER))]
    make_listed(campaign)
    seen.append((client.get(CARD)["ETag"], picture_on(client, LETTER)))
    campaign.close_at(campaign.publish_at.replace(year=2100) if campaign.publish_at else None, by=None)
    seen.append((client.get(CARD)["ETag"], picture_on(client, LETTER)))
    assert [len(set(each)) for each in zip(*seen, strict=True)] == [3, 3]


@pytest.mark.django_db
def test_picture_speaks_the_language_of_its_text(client: Client) -> None:
    campaign = make_campaign()
    make_translation(campaign)
    translate(campaign)
    english, german = client.get(CARD), client.get(f"{CARD}?in=de")
    assert english["ETag"] == client.get(f"/ar{CARD}?in=en")["ETag"] == client.get(f"/uk{CARD}")["ETag"]
    assert german["ETag"] == client.get(f"/de{CARD}")["ETag"] != english["ETag"]
    for unknown in ("fr", "xx", "", "e" * 10_000):
        assert client.get(f"{CARD}?in={unknown}").status_code == 404


@pytest.mark.django_db
def test_campaign_that_is_not_public_has_no_picture(client: Client) -> None:
    campaign = make_circulating()
    nowhere = client.get("/campaigns/no-such/card.png")
    hidden = client.get(CARD)
    assert (hidden.status_code, hidden.content) == (404, nowhere.content)
    assert client.get(f"{campaign.address()}card.png").status_code == 404
    assert "og:" not in client.get(campaign.address()).content.decode()


@pytest.mark.usefixtures("theme_in_memory")
@pytest.mark.django_db
def test_picture_takes_two_queries(client: Client, django_assert_num_queries: Any) -> None:
    make_listed(make_campaign())
    with django_assert_num_queries(2):
        client.get(CARD)


# Open Graph


def told(client: Client, address: str) -> dict[str, str]:
    page = client.get(address).content.decode()
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+|description)" content="([^"]*)">', page)
    return {name: unescape(content) for name, content in found}


def picture_on(client: Client, address: str) -> str:
    return told(client, address)["og:image"]


@pytest.mark.django_db
def test_letter_tells_networks_what_it_is(client: Client) -> None:
    campaign = make_campaign(title="“Not <b>one</b>” & more")
    make_translation(campaign)
    translate(campaign)
    found = told(client, f"/uk{LETTER}")
    picture = found.pop("og:image")
    assert re.fullmatch(rf"http://localhost:8000{CARD}\?in=en&v=[0-9a-f]{{16}}", picture)
    assert client.get(picture.removeprefix("http://localhost:8000"))["Content-Type"] == "image/png"
    assert found == {
        "description": "What we ask of the assembly.",
        "og:type": "article",
        "og:site_name": "Undersigned",
        "og:url": f"http://localhost:8000{LETTER}",
        "og:title": "“Not <b>one</b>” & more",
        "og:description": "What we ask of the assembly.",
        "og:locale": "en_US",
        "og:locale:alternate": "de_DE",
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "“Not <b>one</b>” & more · To the assembly",
        "twitter:card": "summary_large_image",
    }
    german = told(client, f"{LETTER}in/de/")
    assert (german["og:url"], german["og:locale"]) == (f"http://localhost:8000/de{LETTER}", "de_DE")


@pytest.mark.django_db
def test_language_that_networks_may_not_know_by_a_territory_is_not_told_to_them(client: Client) -> None:
    make_translation(campaign := make_draft(language="zh-hans"), "ar")
    campaign.publish(by=None)
    found = told(client, f"{LETTER}in/zh-hans/")
    assert ("og:locale" in found, found["og:locale:alternate"]) == (False, "ar_AR")


@pytest.mark.django_db
def test_letter_without_a_summary_is_described_by_its_first_words(client: Client) -> None:
    make_campaign(summary="", body="# To *all*\n\n" + "We have read your [plan](https://plan.example.org). " * 2000)
    description = told(client, LETTER)["og:description"]
    assert description.startswith("To all We have read your plan. We have")
    assert description.endswith("…")
    assert len(description) <= 200


@pytest.mark.django_db
def test_home_tells_networks_what_it_is(client: Client) -> None:
    assert told(client, "/uk/")["og:url"] == "http://localhost:8000/uk/"
    assert "og:image" not in told(client, "/")
