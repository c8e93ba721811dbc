"""A name or a text in a script for which the server has no font: what stands on paper is told, and never a box."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import forkserver
from pathlib import Path

import pytest
from django.test import Client

from campaigns import letter, typefaces
from campaigns.letter import Signatory
from campaigns.models import Campaign, Signature
from campaigns.typefaces import Typecase
from tests.builders import make_campaign, make_coordinator, make_delivery, make_listed, need_pango, sign_in
from tests.test_card import TITLES, glyphless, make_card
from tests.test_letter import ENGLISH, of_names, pdftotext
from tests.test_sharing import poster

GEORGIAN, ARMENIAN, CHINESE = "მდინარის დარაჯი", "Գետի պահապան", "河流守望"
NO_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><cachedir>{cache}</cachedir></fontconfig>"""
RESPELT = "could not be printed here in"


@pytest.fixture(autouse=True)
def _bare_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that has Pango and no font: fontconfig reads this file each time a letter is set."""
    need_pango()
    file = tmp_path / "fonts.conf"
    file.write_text(NO_FONTS.format(cache=tmp_path), encoding="utf-8")
    monkeypatch.setenv("FONTCONFIG_FILE", str(file))


@pytest.fixture
def campaign(db: None) -> Campaign:
    """Signed in Georgian by a group that is known in English, in Armenian by one that is not, and in Latin."""
    campaign = make_campaign()
    georgian = make_listed(campaign, GEORGIAN, email="one@example.org").organization
    assert georgian
    georgian.know_as("Watch of the River Bank", language="en")
    make_listed(campaign, ARMENIAN, email="two@example.org")
    make_listed(campaign, "River Watch", email="three@example.org")
    return campaign


def lines(pdf: bytes) -> list[str]:
    return [line.replace("\xa0", " ") for line in pdftotext(pdf).splitlines()]


@pytest.mark.parametrize("text", ["River", "Zażółć", "Річка", "Ένωση", "نهر", "נהר", "№ © – …", "ẵ", "e\u0301", "ﷺ"])
def test_fonts_of_the_packages_have_the_scripts_of_most_signatories(text: str) -> None:
    assert Typecase("letter").lacking(text) == set()


@pytest.mark.parametrize(
    "text",
    [GEORGIAN, ARMENIAN, CHINESE, "แม่น้ำ", "😀", "𓀀", *"\U0001fa77\uf0b7\ufffc\u0378\x0b\x1c\x85\u2028\u2029"],
    ids=ascii,
)
def test_what_no_font_has_is_known(text: str) -> None:
    assert Typecase("letter").lacking(f"River {text}") == set(text) - {" "}


@pytest.mark.parametrize(
    "text", [" \t\r\n\xa0\u2003\u3000", "\u200c\u200d\ufe0e\ufe0f\u200e\u061c\xad\u2066\u2069"], ids=ascii
)
def test_what_shows_nothing_needs_no_font(text: str) -> None:
    assert Typecase("letter").lacking(f"River{text}Watch") == set()


def test_letter_and_poster_say_what_an_emoji_is_called_and_have_no_box() -> None:
    title = "🌍🌊 Rivers\u2029and \uf0b7 mills \U0001fa77"
    for drawing in (of_names(replace(ENGLISH, title=title), []), poster(title)):
        text = " ".join(pdftotext(drawing.draw()).split())
        assert "earth africa ocean Rivers and … mills pink heart" in text


def test_name_without_a_font_stands_in_other_letters_with_a_mark(
    campaign: Campaign, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        text = lines(letter.of_campaign(campaign, "en").draw())
    assert [each for each in text if each.endswith(" *")] == ["Watch of the River Bank *", "Geti pahapan *"]
    assert "River Watch" in text
    assert f"* 2 names {RESPELT} their own scripts." in " ".join(text)
    assert caplog.messages == []


def test_person_and_affiliation_without_a_font_stand_in_latin_letters() -> None:
    paper = replace(of_names(ENGLISH, []), persons=[Signatory("Reader", "person", GEORGIAN)])
    text = lines(paper.draw())
    assert "Reader, mdinaris daraji *" in text
    assert f"* 1 name {RESPELT} its own script." in " ".join(text)


def test_letter_of_names_that_have_fonts_has_no_mark_and_no_note() -> None:
    text = pdftotext(of_names(ENGLISH, ["River Watch", "Річка", "נהר ירוק"]).draw())
    assert ("*" in text, RESPELT in text, "נהר ירוק" in text) == (False, False, True)


def test_signs_without_a_font_leave_the_text_whole(caplog: pytest.LogCaptureFixture) -> None:
    body = f"Before 😀 <b>and</b> [{GEORGIAN}](https://example.org/{GEORGIAN[:8]}) & ★ after."
    paper = of_names(replace(ENGLISH, title="Rivers 🏞", body=body), ["River Watch"])
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        text = " ".join(pdftotext(paper.draw()).split())
    assert "Before grinning <b>and</b> mdinaris daraji & * after." in text
    assert caplog.messages == []
    assert paper.digest in text


@pytest.fixture
def _drawing_anew() -> Iterator[None]:
    """The process from which drawings are forked, too, is a bare server's, and for no longer than this test."""
    forkserver._forkserver._stop()  # type: ignore[attr-defined]
    yield
    forkserver._forkserver._stop()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("_drawing_anew")
def test_text_in_a_script_without_a_font_is_refused_with_what_to_install(client: Client, db: None) -> None:
    make_listed(make_campaign(title=GEORGIAN, body=GEORGIAN, language="ka"))
    with pytest.raises(typefaces.Unavailable):
        of_names(replace(ENGLISH, title=GEORGIAN, body=GEORGIAN), []).draw()
    response = client.get("/campaigns/open-letter/letter.pdf")
    assert response.status_code == 503
    assert "fonts-noto-core" in response.content.decode()


def test_delivered_list_has_the_name_as_signed_whatever_the_fonts(campaign: Campaign) -> None:
    delivery = make_delivery(campaign)
    before = delivery.manifest(), campaign.in_force.digests
    text = " ".join(lines(letter.of_delivery(delivery, "en", for_addressee=True).draw()))
    assert (delivery.manifest(), campaign.in_force.digests) == before
    assert GEORGIAN in delivery.manifest().decode()
    assert delivery.fingerprint in text
    assert "Watch of the River Bank *" in text
    assert "The delivered list has every name as it was signed." in text


def test_coordinator_is_told_before_delivering(client: Client, campaign: Campaign) -> None:
    make_listed(campaign, CHINESE, email="four@example.org", shown=Signature.Shown.COUNTED)
    sign_in(client, make_coordinator())
    page = client.get(f"/admin/campaigns/campaign/{campaign.pk}/deliver/").content.decode()
    assert "The server has no font for 2 names." in page
    assert [name in page for name in (GEORGIAN, ARMENIAN, CHINESE)] == [True, True, False]
    assert "fonts-noto-core, fonts-noto-cjk" in page


def test_coordinator_is_told_of_a_text_that_cannot_be_printed(client: Client, db: None) -> None:
    campaign = make_campaign(title=GEORGIAN, body=GEORGIAN, language="ka")
    sign_in(client, make_coordinator())
    page = client.get(f"/admin/campaigns/campaign/{campaign.pk}/deliver/").content.decode()
    assert "no letter goes out in them: Georgian" in page


def test_coordinator_is_told_nothing_where_all_can_be_printed(client: Client, db: None) -> None:
    campaign = make_campaign()
    make_listed(campaign)
    sign_in(client, make_coordinator())
    page = client.get(f"/admin/campaigns/campaign/{campaign.pk}/deliver/").content.decode()
    assert "has no font" not in page


@pytest.mark.parametrize("title", ["🌊 🏞", CHINESE], ids=["emoji", "Chinese"])
def test_picture_falls_back_to_a_title_in_another_language(title: str) -> None:
    arabic, polish = (make_card(*TITLES[name][::-1]) for name in ("Arabic", "Polish"))
    case = Typecase("card")
    for others in [(arabic, polish), (make_card(title), arabic)]:
        printed = make_card(title, others=others).printable(case)
        assert (printed.title, printed.language, printed.direction) == (arabic.title, "ar", "rtl")
    assert make_card("Water 🌊", others=(arabic,)).printable(case).title == "Water"


@pytest.mark.parametrize(
    ("title", "spelt"),
    [("🌊🚒", "ocean fire engine"), (CHINESE, "HeLiuShouWang"), (GEORGIAN, "mdinaris daraji")],
    ids=["emoji", "Chinese", "Georgian"],
)
def test_picture_spells_a_title_that_no_language_can_set(title: str, spelt: str) -> None:
    card = make_card(title, others=(make_card(title, "uk"),))
    assert card.printable(Typecase("card")).title == spelt
    assert glyphless(card) == set()
