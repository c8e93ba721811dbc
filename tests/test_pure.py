"""What the pure parts promise for every input: names, Markdown, sealing, the statement's fingerprint, the driver."""

import datetime
import json
import re
import unicodedata
from html.parser import HTMLParser
from importlib import import_module
from typing import Any, Literal, get_args

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import assume, example, given
from hypothesis import strategies as st

from campaigns import countries, markdown, names, sealing
from campaigns.models import NumberedDemand, Statement
from campaigns.sealing import Unreadable

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
LETTERS = st.characters(categories=["Lu", "Ll", "Lt", "Nd"])
WORDS = st.lists(st.text("abcxyzäéïñøčłßабвєїґщ0123", min_size=1), min_size=1)
HIDDEN = [
    "\x00",
    "\t",
    "\n",
    "\x7f",
    "\x85",
    "\u00ad",
    "\u200b",
    "\u200e",
    "\u202e",
    "\u2066",
    "\u2028",
    "\ufeff",
    "\ue000",
    "\u034f",
    "\u115f",
    "\u1160",
    "\u3164",
    "\uffa0",
    "\ufe0f",
]
PICTURES = ["😀", "❤️", "★", "✔", "🇺", "☭"]


# Names


@given(st.text())
def test_tidy_name_is_composed_with_single_spaces(name: str) -> None:
    tidy = names.tidy(name)
    assert tidy == " ".join(tidy.split())
    assert unicodedata.is_normalized("NFC", tidy)
    assert names.tidy(tidy) == tidy


@given(st.text())
@example("हिंदी संस्था")
def test_key_holds_letters_and_digits_and_is_its_own_key(name: str) -> None:
    key = names.key(name)
    assert all(char == " " or char.isalnum() or unicodedata.category(char) in {"Mn", "Mc"} for char in key)
    assert key == " ".join(key.split())
    assert names.key(key) == names.key(names.tidy(name)) == key


@given(st.text(), st.sampled_from(get_args(Form)))
def test_key_is_the_same_in_every_unicode_form(name: str, form: Form) -> None:
    assert names.key(unicodedata.normalize(form, name)) == names.key(name)


@given(WORDS, st.sampled_from([" ", "-", " – ", ", ", "…", " / "]))
def test_key_does_not_know_case_accents_or_punctuation(words: list[str], between: str) -> None:
    key = names.key(" ".join(words))
    assert names.key(f"«{between.join(words).upper()}»") == key
    bare = "".join(char for char in unicodedata.normalize("NFD", " ".join(words)) if not unicodedata.combining(char))
    assert names.key(bare) == key


def test_key_tells_indic_vowels_apart_and_does_not_know_joiners() -> None:
    assert names.key("किताब") != names.key("कताब") != names.key("कुताब")
    assert names.key("می\u200cخواهم") == names.key("میخواهم")


ONE_NAME = [
    ("Civil Liberties", "The Association for Civil Liberties", "Civil Liberties, Inc.", "NGO “Civil Liberties” (CL)"),
    ("Center for Defense of Labor", "Centre for Defence of Labour", "CENTRE FOR DEFENCE OF LABOUR"),
    ("Open Dialog Program", "Open Dialogue Programme"),
    ("Center for Civil Liberties", "Centre for Civil Liberties (CCL)", "Center for Civil Liberties [C.C.L.]"),
    ("Альтернатива", "ГО «Альтернатива»", 'Громадська організація "Альтернатива"', "громадська спілка «Альтернатива»"),
    ("Альтернатива", "БФ «Альтернатива»", "Благодійний фонд «Альтернатива»", "Громадське об’єднання «Альтернатива»"),
    ("Справедливість", "БО «Справедливість»", "Благодійна організація «Справедливість»", "НУО Справедливість"),
    ("Перспектива", "Общественная организация «Перспектива»", "АНО «Перспектива»", "Общественный фонд Перспектива"),
    ("Перспектива", "Автономная некоммерческая организация «Перспектива»", "Общественное объединение «Перспектива»"),
    ("Droits d’ici", "Association « Droits d'ici »", "Droits d’ici (association loi 1901)", "ONG Droits d’ici asbl"),
    ("Fluss und Ufer", "Fluss und Ufer e.V.", "Fluss und Ufer e. V.", "Fluß & Ufer gGmbH", "Verein Fluss und Ufer"),
    ("Tierra Libre", "Asociación Civil Tierra Libre", "ONG Tierra Libre", "Organización no gubernamental Tierra Libre"),
    ("Wolna Rzeka", "Stowarzyszenie „Wolna Rzeka”", "Organizacja pozarządowa Wolna Rzeka"),
    (
        "Fiume Libero",
        "Associazione Fiume Libero ONLUS",
        "Associazione di promozione sociale “Fiume Libero”",
        "Fiume Libero APS",
    ),
    (
        "Volná řeka",
        "Volná řeka, z.s.",
        "Volná řeka, z. s.",
        "Volná řeka Z.S.",
        "Volná řeka o.p.s.",
        "Volná řeka, z. ú.",
    ),
    ("Nehir Hakları", "Nehir Hakları Derneği", "Nehir Hakları Vakfı", "NEHİR HAKLARI"),
    ("Hüquq və Azadlıq", "“Hüquq və Azadlıq” İctimai Birliyi", "Hüquq və Azadlıq QHT"),
    ("მდინარე", "ასოციაცია „მდინარე“", "არასამთავრობო ორგანიზაცია „მდინარე“", "საზოგადოებრივი ორგანიზაცია მდინარე"),
    ("Գետ Պահակ", "«Գետ Պահակ» հասարակական կազմակերպություն"),
    ("حقوق النهر", "جمعية حقوق النهر", "منظمة حقوق النهر", "مؤسسة حقوق النهر", "المنظمة «حقوق النهر»"),
    (
        "川の会",
        "NPO法人 川の会",
        "特定非営利活動法人川の会",
        "一般社団法人 川の会",
        "認定NPO法人 川の会",
        "公益財団法人 川の会",
    ),
]


@pytest.mark.parametrize("spellings", ONE_NAME, ids=lambda spellings: str(spellings[0]))
def test_spellings_of_one_name_have_one_key(spellings: tuple[str, ...]) -> None:
    assert {spelling: names.key(spelling) for spelling in spellings} == dict.fromkeys(
        spellings, names.key(spellings[0])
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Center for Civil Liberties", "Center for Civil Rights"),
        ("Norwegian Helsinki Committee", "Netherlands Helsinki Committee"),
        ("Українська Гельсінська спілка", "Українська Гельсінська група"),
        ("Amnesty International (USA)", "Amnesty International"),
        ("Open Society Foundations", "Open Society Georgia Foundation"),
        ("Hong Kong Watch", "HK Watch"),
        ("Association", "Organization"),
        ("Фонд «Відродження»", "Благодійна організація «Відродження»"),
    ],
)
def test_false_friends_have_keys_of_their_own(one: str, other: str) -> None:
    assert names.key(one) != names.key(other)


@pytest.mark.parametrize(
    ("name", "acronym"),
    [
        ("Center for Civil Liberties", "ccl"),
        ("Ukrainian Helsinki Human Rights Union (UHHRU)", "uhhru"),
        ("Українська Гельсінська спілка з прав людини (УГСПЛ)", "ugspl"),
        ("Anticorruption Action Center (AntAC)", "antac"),
    ],
)
def test_acronyms_of_a_name(name: str, acronym: str) -> None:
    assert acronym in names.acronyms(name)


@given(st.text())
def test_words_in_order_are_the_keys_words(name: str) -> None:
    words = names.in_order(names.key(name))
    assert sorted(words.split()) == sorted(names.key(name).split())
    assert names.in_order(words) == words


@given(st.text(), st.text())
@example("x", "http://[")
def test_any_name_and_website_may_be_asked_for_warnings(name: str, website: str) -> None:
    assert isinstance(names.warnings(name, website, ["ccl.org.ua"]), list)


@given(st.text(LETTERS, min_size=400), st.text())
def test_key_of_a_long_name_is_cut(name: str, more: str) -> None:
    assert names.key(name + more) == names.key(name) == names.key(name)[:400]


@given(st.text())
def test_any_text_is_a_name_or_refused(name: str) -> None:
    try:
        names.validate(name)
    except ValidationError:
        return
    assert len(names.key(name).replace(" ", "")) >= 2


@given(st.text(LETTERS, min_size=2))
@example("Memorial №5 (Lviv) “Friends & Neighbours”")
@example("مؤسسة می\u200cخواهم")
@example("人权")
@example("हिंदी संस्था")
@example("ක්\u200dෂ")
@example("Cơ sở a\u0323\u0302\u0301")
def test_name_in_letters_is_accepted(name: str) -> None:
    assume(len(names.key(name).replace(" ", "")) >= 2)  # some letters, such as a soft sign, have no sound
    names.validate(name)


@given(st.text(LETTERS, min_size=2), st.sampled_from([*HIDDEN, *PICTURES, "<", ">"]), st.text(LETTERS))
def test_name_with_what_cannot_stand_in_a_list_is_refused(before: str, unfit: str, after: str) -> None:
    with pytest.raises(ValidationError):
        names.validate(before + unfit + after)


@pytest.mark.parametrize(
    "name",
    [
        *("River\u200dWatch", "\u200cRiver Watch", "River Watch\u200d", "Ри\u200cка", "می\u200c", "می\u200c خواهم"),
        *("River\u0301\u0301\u0301\u0301 Watch", "River \u0e01\u0e49\u0e49\u0e49\u0e49 Watch"),
    ],
    ids=ascii,
)
def test_name_with_idle_joiners_or_heaps_of_marks_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="invisible control characters"):
        names.validate(name)


@pytest.mark.parametrize(
    "sign",
    ["❤\ufe0f", "⚖\ufe0f", "\U0001fa77", "1\ufe0f\u20e3", "🏴\U000e0067\U000e0062\U000e007f", "©\ufe0f", "👩\u200d🚒"],
    ids=ascii,
)
def test_name_with_an_emoji_is_refused_for_that(sign: str) -> None:
    with pytest.raises(ValidationError, match="without emoji"):
        names.validate(f"River Watch {sign}")


@given(st.text(), st.text())
def test_agreeing_is_mutual_and_with_oneself(one: str, other: str) -> None:
    assert names.agree(one, one)
    assert names.agree(one, other) == names.agree(other, one)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("River Watch Togo", {"TG"}),
        ("Bosnia and Herzegovina Watch", {"BA"}),
        ("Ukrainian River Watch", {"UA"}),
        ("Річкова варта України", {"UA"}),
        ("River Watch (NL)", {"NL"}),
        ("Doctors in need: is it no end", set()),
        ("Civil Liberties for Children", set()),
        ("", set()),
    ],
)
def test_countries_that_a_name_speaks_of(name: str, codes: set[str]) -> None:
    assert countries.named(name) == codes


@given(st.text(st.characters(categories=["P", "Zs"])), LETTERS.filter(lambda letter: len(names.key(letter)) == 1))
def test_name_of_fewer_than_two_letters_is_refused(signs: str, letter: str) -> None:
    with pytest.raises(ValidationError, match="at least two letters"):
        names.validate(f"{signs}{letter}{signs}")


# Markdown


HOSTILE = st.sampled_from(
    [
        *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe>", "<style>"),
        *("[a](javascript:alert(1))", "[a](JaVa\tScRiPt:alert(1))", "[a](&#106;avascript:alert(1))", "![a](data:,a)"),
        *("<javascript:alert(1)>", "[a](data:text/html,a)", "[a](vbscript:a)", '[a](https://a.org "x\\" onclick=\\"")'),
        *(
            "[a]: javascript:alert(1)\n\n[a]",
            "[a](https://example.org)",
            "[a](",
            ")",
            "<",
            ">",
            '"',
            "'",
            "&",
            "`",
            "\\",
        ),
        *("# One\n", "###### Six\n", "Title\n===\n", "> ", "- ", "1. ", "|a|\n|-|\n|b|\n", "\n", "\n\n", "**", "~~"),
    ]
)
TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "li"),
    *("strong", "em", "s", "a", "code", "table", "thead", "tbody", "tr", "th", "td"),
}


class Reader(HTMLParser):
    """Takes the HTML apart as a browser would."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.schemes: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _value in attrs}
        for name, value in attrs:
            seen_by_browser = re.sub(r"[\x00-\x20]", "", value or "").casefold()
            if name == "href" and (scheme := re.match(r"([a-z][a-z0-9+.-]*):", seen_by_browser)):
                self.schemes.add(scheme[1])


@given(st.lists(HOSTILE | st.text(max_size=8)).map("".join))
def test_rendered_markdown_holds_nothing_that_acts(text: str) -> None:
    html = markdown.render(text)
    reader = Reader(html)
    assert reader.tags <= TAGS
    assert reader.attributes <= {("a", "href"), ("a", "title"), ("a", "rel"), ("ol", "start")}
    assert reader.schemes <= {"http", "https", "mailto"}


@given(st.lists(HOSTILE | st.sampled_from(["\n\n", "# ", "- ", "> ", "1. ", "---\n", "    "]) | st.text(max_size=8)))
def test_blocks_make_up_the_whole(parts: list[str]) -> None:
    text = "".join(parts)
    assert "".join(markdown.blocks(text)) == markdown.render(text)


def test_blocks_are_those_that_stand_in_no_other() -> None:
    text = "# One\n\nTwo *and*\nthree.\n\n- four\n- five\n\n> six\n\n---\n\n[seven][1]\n\n[1]: https://example.org"
    assert [markdown.plain(block) for block in markdown.blocks(text)] == [
        *["One", "Two and\nthree.", "four\nfive", "six", "", "seven"]
    ]


def test_plain_words_have_no_markup_and_keep_their_signs() -> None:
    assert markdown.plain(markdown.render("a < b & `c`, \\<b\\>d")) == "a < b & c, <b>d"


@pytest.mark.parametrize("level", range(1, 7))
def test_headings_begin_at_the_second_level(level: int) -> None:
    assert markdown.render(f"{'#' * level} What we ask") == "<h2>What we ask</h2>\n"


@pytest.mark.parametrize(
    ("levels", "tags"),
    [
        ([1, 2, 3, 4, 5, 6], ["h2", "h3", "h4", "h5", "h6", "h6"]),
        ([2, 3, 2], ["h2", "h3", "h2"]),
        ([3, 5], ["h2", "h4"]),
        ([5, 4], ["h3", "h2"]),
    ],
)
def test_headings_keep_their_distance(levels: list[int], tags: list[str]) -> None:
    text = "\n\n".join(f"{'#' * level} What we ask" for level in levels)
    assert re.findall(r"<(h\d)>What we ask</\1>", markdown.render(text)) == tags


# Sealing


KEYS = st.binary(min_size=32, max_size=32)


@given(st.text(), st.text(), st.lists(KEYS, min_size=1, max_size=3, unique=True), KEYS)
def test_sealed_text_comes_back_with_any_key_at_hand(text: str, place: str, keys: list[bytes], newer: bytes) -> None:
    sealed = sealing.seal(text, place, keys)
    assert sealing.unseal(sealed, place, keys) == text
    assert sealing.unseal(sealed, place, [newer, *keys]) == text
    assert sealed != sealing.seal(text, place, keys)
    assert len(text.encode()) < 4 or text.encode() not in sealed


@given(st.text(), KEYS, KEYS)
def test_text_sealed_for_another_place_or_with_another_key_is_refused(text: str, key: bytes, other: bytes) -> None:
    assume(key != other)
    sealed = sealing.seal(text, "contact 7 email", [key])
    for place, keys in [("contact 8 email", [key]), ("contact 7 name", [key]), ("contact 7 email", [other])]:
        with pytest.raises(Unreadable):
            sealing.unseal(sealed, place, keys)


@given(st.text(), KEYS, st.data(), st.integers(1, 255))
def test_sealed_text_with_a_changed_byte_is_refused(text: str, key: bytes, data: st.DataObject, change: int) -> None:
    sealed = bytearray(sealing.seal(text, "contact 7 email", [key]))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= change
    with pytest.raises(Unreadable):
        sealing.unseal(bytes(sealed), "contact 7 email", [key])


@given(st.text(max_size=20), KEYS)
def test_sealed_text_that_was_cut_is_refused(text: str, key: bytes) -> None:
    sealed = sealing.seal(text, "contact 7 email", [key])
    for place in range(len(sealed)):
        for cut in (sealed[:place], sealed[place + 1 :]):
            with pytest.raises(Unreadable):
                sealing.unseal(cut, "contact 7 email", [key])


@given(st.text(), KEYS, KEYS)
def test_blind_index_is_known_only_to_who_has_the_key(text: str, key: bytes, other: bytes) -> None:
    assume(key != other)
    index = sealing.blind_index(text, key)
    assert re.fullmatch(r"[0-9a-f]{64}", index)
    assert index == sealing.blind_index(text, key)
    assert index != sealing.blind_index(text, other)


# The statement's fingerprint


PROSE = st.text(st.sampled_from("aé\u0301ї \n\r«ḍ\u0323Åꟼ") | st.characters(exclude_categories=["Cs"]), max_size=30)
STATEMENTS = st.builds(
    Statement,
    language=st.sampled_from(["en", "uk", "ar"]),
    date=st.dates(),
    addressee=PROSE,
    title=PROSE,
    summary=PROSE,
    body=PROSE,
    demands=st.lists(st.builds(NumberedDemand, key=st.text("0123456789abcdef"), number=st.integers(1), text=PROSE)).map(
        tuple
    ),
)


def retyped(statement: Statement, form: Form, line_end: str) -> Statement:
    """The same text as another keyboard and another system would have written it."""

    def retype(text: str) -> str:
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        return unicodedata.normalize(form, lines).replace("\n", line_end)

    return Statement(
        language=statement.language,
        date=statement.date,
        addressee=retype(statement.addressee),
        title=retype(statement.title),
        summary=retype(statement.summary),
        body=retype(statement.body),
        demands=tuple(NumberedDemand(each.key, each.number, retype(each.text)) for each in statement.demands),
    )


@given(STATEMENTS, st.sampled_from(["NFC", "NFD"]), st.sampled_from(["\n", "\r\n", "\r"]))
def test_fingerprint_is_the_same_however_the_text_was_typed(statement: Statement, form: Form, line_end: str) -> None:
    other = retyped(statement, form, line_end)
    assert (other.canonical(), other.digest()) == (statement.canonical(), statement.digest())


@given(STATEMENTS)
def test_statement_comes_back_from_its_content_with_its_fingerprint(statement: Statement) -> None:
    frozen = Statement.from_content(json.loads(json.dumps(statement.to_content())))
    assert frozen == retyped(statement, "NFC", "\n")
    assert (frozen.to_content(), frozen.digest()) == (statement.to_content(), statement.digest())


@given(STATEMENTS, STATEMENTS)
def test_different_texts_have_different_fingerprints(one: Statement, other: Statement) -> None:
    assert (one.digest() == other.digest()) == (one.to_content() == other.to_content())


def test_fingerprint_of_a_known_statement_never_changes() -> None:
    statement = Statement(
        language="en",
        date=datetime.date(2018, 11, 19),
        addressee="To the delegates",
        title="Réform",
        summary="",
        body="One.\r\nTwo.",
        demands=(NumberedDemand(key="0a1b2c3d", number=1, text="Do this."),),
    )
    assert statement.canonical().decode() == (
        '{"addressee":"To the delegates","body":"One.\\nTwo.","date":"2018-11-19",'
        '"demands":[{"key":"0a1b2c3d","number":1,"text":"Do this."}],"language":"en","summary":"","title":"Réform"}'
    )
    assert statement.digest() == "37010f762c2a0576867db194c45dd90caae548942135dea76786788c1f875521"


# The driver


def test_postgresql_is_reached_through_psycopg2() -> None:
    backend = import_module("django.db.backends.postgresql.psycopg_any")
    assert backend.is_psycopg3 is False
    assert backend.sql.__name__ == "psycopg2.sql"
    if connection.vendor == "postgresql":
        database: Any = connection
        assert database.Database.__name__ == "psycopg2"
