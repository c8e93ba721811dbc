"""The letter on paper: every word of the text and every name can be read back from it, in any script."""

import contextlib
import datetime
import os
import re
import shutil
import subprocess
import tomllib
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from campaigns import letter, typefaces
from campaigns.bidi import direction
from campaigns.demo.load import translate
from campaigns.letter import Letter, Signatory
from campaigns.models import Campaign, NumberedDemand, Signature, Statement, Tally
from tests.builders import (
    make_campaign,
    make_case_of_2018,
    make_delivery,
    make_listed,
    make_many_listed,
    need_pango,
)

CASE_IN_ARABIC = Path(__file__).parent / "data" / "interpol-2018.ar.toml"
NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
BIDI_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), " ")
MARKDOWN = re.compile(r"^(#+|-|\d+\.) |[*_`]", re.MULTILINE)
PAGE_NUMBER = re.compile(r"^\W*\d+\W*/\W*\d+\W*$", re.MULTILINE)
LARGEST_BYTES = 1_000_000

ARABIC = Statement(
    language="ar",
    date=datetime.date(2026, 3, 1),
    addressee="إلى أعضاء المجلس الأعلى",
    title="رسالة مفتوحة من أجل حرية التعبير",
    summary="ما نطلبه من المجلس.",
    body=(
        "نحن المنظمات الموقعة أدناه نطالب المجلس باحترام حقوق الإنسان. لا يجوز سجن أي شخص بسبب رأيه.\n\n"
        "## ما نراه\n\n"
        "لقد قرأنا الخطة كاملة، ونرى أنها لا تحمي الصحفيين والمدافعين عن حقوق الإنسان، ولا الأحزاب الصغيرة.\n\n"
        "- حرية التعبير؛\n- حرية التجمع السلمي؛\n- زيارة السجون في كل قرية."
    ),
    demands=(
        NumberedDemand(key="a", number=1, text="أطلقوا سراح جميع سجناء الرأي الآن."),
        NumberedDemand(key="b", number=2, text="انشروا الخطة قبل بدء العمل."),
    ),
)
ENGLISH = Statement("en", NOON.date(), "To all", "Title", "", "Text.", (NumberedDemand("a", 1, "Act."),))
ARABIC_NAMES = ["جمعية حماية النهر", "مركز الأمل لحقوق الإنسان", "Lake Watch", "Спілка річок"]


def pdftotext(pdf: bytes, *options: str) -> str:
    """The text of the PDF as poppler reads it."""
    program = shutil.which("pdftotext")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("pdftotext is missing")
        pytest.skip("no pdftotext on this machine (Debian: apt install poppler-utils)")
    return subprocess.run([program, *options, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def unpacked(pdf: bytes) -> bytes:
    """The PDF with its streams decompressed, as far as they are compressed."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(stream))
    return b"\n".join(parts)


def words(text: str) -> Counter[str]:
    """How often each word occurs: letters and digits alone, composed."""
    plain = unicodedata.normalize("NFKC", text).translate(BIDI_MARKS)
    return Counter(re.findall(r"[^\W_]+", plain))


def words_of(statement: Statement) -> Counter[str]:
    parts = [statement.addressee, statement.title, statement.body, *(demand.text for demand in statement.demands)]
    return words(MARKDOWN.sub("", "\n".join(parts)))


def letters(text: str) -> str:
    """The text's letters and digits alone. Where a vowel sign stands above a letter, poppler parts the word, and may
    take the sign for the next one's: so spaces and signs count for nothing, nor do strokes that join letters."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(char for char in plain if char.isalnum())


def passages(statement: Statement) -> list[str]:
    """All that a reader reads, in that order."""
    blocks = MARKDOWN.sub("", statement.body).split("\n\n")
    return [statement.addressee, statement.title, *blocks, *(demand.text for demand in statement.demands)]


def out_of_order(statement: Statement, text: str) -> list[str]:
    """The passages that are not in the text whole, each behind the one before it."""
    read, place, missing = letters(PAGE_NUMBER.sub("", text)), 0, []
    for passage in passages(statement):
        found = read.find(letters(passage), place)
        if found < 0:
            missing.append(passage)
        place = max(place, found + len(letters(passage)))
    return missing


def of_names(statement: Statement, names: list[str]) -> Letter:
    return Letter(
        statement=statement,
        digest=statement.digest(),
        organizations=[Signatory(name, "organization", "") for name in names],
        persons=[],
        withheld=0,
        at=NOON,
        address="https://statements.example.org/campaigns/open-letter/",
    )


@pytest.fixture(autouse=True)
def _pango() -> None:
    need_pango()


@pytest.fixture
def case(db: None) -> Campaign:
    return make_case_of_2018()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_word_and_name_of_the_case_of_2018_is_in_the_letter(case: Campaign, language: str) -> None:
    names = [signature.name for signature in case.signatures.all()]
    paper = letter.of_delivery(make_delivery(case), language)
    text = pdftotext(paper.draw())
    assert len(names) == 25
    assert words_of(paper.statement) + words("\n".join(names)) - words(text) == Counter()
    lines, unbroken = " ".join(text.split()), "".join(text.split())
    assert [name for name in names if name not in lines] == []
    assert [each in unbroken for each in (paper.digest, paper.fingerprint, paper.address)] == [True] * 3
    assert paper.digest == case.in_force.digest(language)


@pytest.mark.parametrize("language", ["en", "uk", "ar"])
def test_text_of_the_case_of_2018_is_read_in_its_order(case: Campaign, language: str) -> None:
    translate(case, tomllib.loads(CASE_IN_ARABIC.read_text(encoding="utf-8")))
    case.add_translation(by=None, note="—")
    paper = letter.of_campaign(case, language)
    text = pdftotext(paper.draw())
    assert out_of_order(paper.statement, text) == []
    swapped = replace(paper.statement, demands=paper.statement.demands[::-1])
    assert out_of_order(swapped, text) != []


def places(pdf: bytes) -> dict[str, float]:
    """Where each word begins on its line, counted from the left. Poppler spells Arabic words from the left as well."""
    found = re.findall(r'<word xMin="([\d.]+)"[^>]*>([^<]*)</word>', pdftotext(pdf, "-bbox"))
    return {word[::-1] if direction(word) == "rtl" else word: float(left) for left, word in found}


@pytest.mark.parametrize("statement", [ENGLISH, ARABIC], ids=["en", "ar"])
def test_name_keeps_its_own_direction_in_any_list(statement: Statement) -> None:
    place = places(of_names(statement, ["منظمة Crane Moor الدولية", "Heron Fen مصر"]).draw())
    assert place["منظمة"] > place["Moor"] > place["Crane"] > place["الدولية"]
    assert place["Heron"] < place["Fen"] < place["مصر"]


def test_every_word_and_name_of_an_arabic_text_is_in_the_letter() -> None:
    text = pdftotext(of_names(ARABIC, ARABIC_NAMES).draw())
    assert words_of(ARABIC) + words("\n".join(ARABIC_NAMES)) - words(text) == Counter()


def test_letter_is_set_in_the_fonts_that_the_packages_bring() -> None:
    pdf = unpacked(of_names(ARABIC, ARABIC_NAMES).draw())
    fonts = {font.decode() for font in re.findall(rb"/BaseFont ?/[A-Z]{6}\+([A-Za-z]+)", pdf)}
    assert fonts == {"Letter", "Naskh"}


def test_names_in_other_scripts_are_in_an_english_letter() -> None:
    names = ["Спілка річок", "Zażółć gęślą jaźń", "Ένωση Ποταμών", "Officium affine", "O’Neill & Sons", "AT&T"]
    text = " ".join(pdftotext(of_names(ENGLISH, names).draw()).split())
    assert [name for name in names if name not in text] == []


def test_letter_is_tagged_and_speaks_its_language(case: Campaign) -> None:
    pdf = unpacked(letter.of_campaign(case, "uk").draw())
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf or b'pdfuaid:part="1"' in pdf
    assert b"/StructTreeRoot" in pdf
    assert re.search(rb"/Lang ?\(uk\)", pdf)
    assert re.search(rb"/MarkInfo ?<<\s*/Marked true", pdf)


@pytest.mark.django_db
def test_list_by_name_stands_in_the_order_of_the_letters_language() -> None:
    campaign = make_campaign(language="uk", list_order="name")
    for number, name in enumerate(["Чайка", "Ґендерна рада", "Єдність", "Берегиня", "Громада"]):
        make_listed(campaign, name, email=f"{number}@example.org")
    printed = [line.name for line in letter.of_campaign(campaign, "uk").organizations]
    assert printed == ["Берегиня", "Громада", "Ґендерна рада", "Єдність", "Чайка"]


def test_thousand_signatories_take_at_most_a_megabyte() -> None:
    names = [f"{name} {number}" for number in range(250) for name in ("River Watch", "Спілка річок", "نهر", "Żółw")]
    pdf = of_names(ARABIC, names).draw()
    assert len(names) == 1_000
    assert len(pdf) <= LARGEST_BYTES
    assert words("\n".join(names)) - words(pdftotext(pdf)) == Counter()


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://localhost:1/",
        "https://example.org/x.png",
        "data:text/css,p{}",
        "font:other",
        "logo:1",
        "",
    ],
)
def test_nothing_but_the_fonts_and_given_pictures_is_fetched(address: str) -> None:
    with pytest.raises(ValueError, match="nothing is fetched for a letter"):
        typefaces.fetcher({"logo:0": b""}).fetch(address)


def test_picture_or_style_in_the_text_is_neither_fetched_nor_set() -> None:
    body = (
        "Before ![one](file:///etc/passwd) ![two](data:image/png;base64,AA) after.\n\n"
        "![three](http://localhost:1/x.png) "
        '<img src="file:///etc/passwd"> <style>@import "file:///etc/passwd";</style>\n\n'
        "[link](file:///etc/passwd) and [other](https://example.org/)."
    )
    statement = Statement("en", NOON.date(), "To all", "Title", "", body, (NumberedDemand("a", 1, "Act."),))
    paper = of_names(statement, ["River Watch"]).draw()
    pdf = unpacked(paper)
    assert re.findall(rb"/URI ?\(([^)]*)\)", pdf) == [b"https://example.org/"]
    assert b"/Image" not in pdf
    assert "root:" not in pdftotext(paper)


@pytest.mark.django_db
def test_letter_before_delivery_says_as_of_when_it_holds(client: Client, clock: time_machine.Traveller) -> None:
    campaign = make_campaign()
    make_listed(campaign)
    make_listed(campaign, "Quiet Group", email="quiet@example.org", shown=Signature.Shown.ADDRESSEE)
    response = client.get("/campaigns/open-letter/letter.pdf")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == 'inline; filename="open-letter-en.pdf"'
    text = " ".join(pdftotext(response.content).split())
    assert "Not a delivered letter: the list as of 2 March 2026, 12:00 UTC" in text
    assert "River Watch" in text
    assert "and 1 whose name is withheld" in text
    assert "Quiet Group" not in text
    assert campaign.digest in text
    assert client.get("/campaigns/open-letter/letter.pdf?in=uk").status_code == 404


@pytest.mark.django_db
def test_delivered_letter_names_the_quiet_to_the_addressee_alone(client: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign)
    make_listed(campaign, "Quiet Group", email="quiet@example.org", shown=Signature.Shown.ADDRESSEE)
    make_listed(campaign, "Silent Group", email="silent@example.org", shown=Signature.Shown.COUNTED)
    delivery = make_delivery(campaign)
    public = pdftotext(client.get(f"/deliveries/{delivery.fingerprint}/letter.pdf").content)
    addressees = pdftotext(letter.of_delivery(delivery, "en", for_addressee=True, salutation="Dear delegates,").draw())
    found = [
        "River Watch",
        "Quiet Group",
        "Silent Group",
        "Dear delegates",
        "Not a delivered letter",
        delivery.fingerprint,
    ]
    assert [each in public for each in found] == [True, False, False, False, False, True]
    assert [each in addressees for each in found] == [True, True, False, True, False, True]
    assert "and 2 whose names are withheld" in " ".join(public.split())
    assert "and 1 whose name is withheld" in " ".join(addressees.split())


# How it is kept


def test_endless_word_has_places_to_break_and_its_address_none() -> None:
    word, marked = "a" * 450, "กิ" * 450
    page = f'<p><a href="https://example.org/{word}">{word}</a> &amp; {marked}</p>'
    broken = letter.breakable(page)
    assert broken.replace("\u200b", "") == page
    assert [len(part) for part in broken.split(">")[2].partition("<")[0].split("\u200b")] == [200, 200, 50]
    assert "\u200b\u0e34" not in broken
    assert broken.count("\u200b") == 2 + 4
    short = page.replace(word, "a" * 199).replace(marked, "")
    assert letter.breakable(short) == short


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["letter.pdf", "poster.pdf"])
def test_what_is_on_paper_is_drawn_once_and_then_kept(client: Client, page: str) -> None:
    make_listed(make_campaign())
    first = client.get(f"/campaigns/open-letter/{page}")
    assert first["Cache-Control"] == "public, max-age=0, s-maxage=30"
    key = f"{page.removesuffix('.pdf')}:{first['ETag'].strip(chr(34))}"
    assert cache.get(key) == first.content
    cache.set(key, b"what was drawn before")
    assert client.get(f"/campaigns/open-letter/{page}").content == b"what was drawn before"
    again = client.get(f"/campaigns/open-letter/{page}", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


@pytest.mark.django_db
def test_delivered_letter_is_kept_until_a_name_is_taken_out(client: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign)
    delivery = make_delivery(campaign)
    before = letter.of_delivery(delivery, "en")
    cache.set(f"letter:{before.etag}", b"what was drawn before")
    assert client.get(f"/deliveries/{delivery.fingerprint}/letter.pdf").content == b"what was drawn before"
    delivery.take_out(1, by=None)
    assert letter.of_delivery(delivery, "en").etag != before.etag


@pytest.mark.parametrize(
    "change",
    [
        {"statement": replace(ENGLISH, title="Another")},
        {"organizations": [Signatory("River Watch", "organization", "", ("Riverwatch",))]},
        {"persons": [Signatory("A reader", "person", "")]},
        {"withheld": 1},
        {"at": NOON + datetime.timedelta(days=1)},
        {"address": "https://statements.example.org/"},
        {"fingerprint": "0" * 64},
        {"salutation": "Dear delegates,"},
        {"logos": [letter.Logo("River Watch", b"")]},
        {"tally": Tally(organizations=5000, persons=0, withheld=0, earlier=0)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_each_thing_that_changes_on_the_letter_has_it_drawn_anew(change: dict[str, Any]) -> None:
    paper = of_names(ENGLISH, ["River Watch"])
    assert replace(paper, **change).etag != paper.etag
    assert replace(paper, at=NOON + datetime.timedelta(hours=1)).etag == paper.etag


@pytest.mark.django_db
def test_letter_of_a_long_list_has_the_first_names_and_a_delivered_one_has_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter, "MOST_IN_COLUMNS", 4)
    monkeypatch.setattr(letter, "MOST_BEFORE_DELIVERY", 5)
    monkeypatch.setattr(letter, "FIRST_NAMES", 3)
    campaign = make_campaign()
    make_many_listed(campaign, 6, "Group {}")
    text = " ".join(pdftotext(letter.of_campaign(campaign, "en").draw()).split())
    assert sorted(re.findall(r"Group \d", text)) == ["Group 1", "Group 2", "Group 3"]
    assert "Signed by 6 organizations Group 1" in text
    whole = "http://localhost:8000/campaigns/open-letter/signatories/"
    assert f"and 3 more The whole list is at {whole}" in text
    delivered = " ".join(pdftotext(letter.of_delivery(make_delivery(campaign), "en").draw()).split())
    assert " · ".join(f"Group {number}" for number in range(1, 7)) in delivered
