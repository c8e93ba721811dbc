"""Pasted lines are read in every form in which mail programs, spreadsheets and people write names and addresses."""

import base64
from email.utils import formataddr

import pytest
from django.core.validators import validate_email
from hypothesis import given
from hypothesis import strategies as st

from campaigns import addresses, names
from campaigns.addresses import Entry

# An organization, a person, an address, a problem.
Read = tuple[str, str, str, str]


def found(text: str) -> list[Read]:
    return [(entry.organization, entry.person, entry.address, entry.problem) for entry in addresses.read(text)]


def at(address: str, organization: str = "", person: str = "") -> Read:
    return (organization, person, address, "")


def lone(address: str, name: str) -> Read:
    return at(address, name) if names.is_group(name) else at(address, "", name)


def wrong(problem: str, organization: str = "", person: str = "") -> Read:
    return (organization, person, "", problem)


def encoded(name: str, by: str = "b") -> str:
    word = base64.b64encode(name.encode()).decode() if by == "b" else name.encode().hex("=", 1)
    return f"=?utf-8?{by}?{word if by == 'b' else '=' + word}?="


A, B, C = "a@river.example", "b@lake.example", "c@sea.example"
RIVER = at(A, "River Watch")
LISTED = [at(A, "River Watch"), at(B, "Lake Watch")]

FORMS: dict[str, list[Read]] = {
    # one address
    "a@river.example": [at(A)],
    "  a@river.example \t": [at(A)],
    "<a@river.example>": [at(A)],
    "mailto:a@river.example": [at(A)],
    "MAILTO:a@river.example?subject=Our%20statement": [at(A)],
    "<mailto:a@river.example>": [at(A)],
    "[a@river.example](mailto:a@river.example)": [at(A)],
    "a@river.example<mailto:a@river.example>": [at(A)],
    "a@river.example <a@river.example>": [at(A)],
    '"a@river.example" <a@river.example>': [at(A)],
    "'a@river.example' <a@river.example>": [at(A)],
    "'a@river.example'": [at(A)],
    "“a@river.example”": [at(A)],
    "*a@river.example*": [at(A)],
    "a@river.example.": [at(A)],
    "a@river.example;": [at(A)],
    "a@river.example,": [at(A)],
    "(a@river.example)!": [at(A)],
    "E-mail: a@river.example": [at(A)],
    "Ел. пошта: a@river.example": [at(A)],
    # a name and an address
    "River Watch <a@river.example>": [RIVER],
    "River Watch<a@river.example>": [RIVER],
    "River Watch < a@river.example >": [RIVER],
    '"River Watch" <a@river.example>': [RIVER],
    "'River Watch' <a@river.example>": [RIVER],
    "\"'River Watch'\" <a@river.example>": [RIVER],
    "“River Watch” <a@river.example>": [RIVER],
    "«River Watch» <a@river.example>": [RIVER],
    "River Watch <mailto:a@river.example>": [RIVER],
    "River Watch <a@river.example<mailto:a@river.example>>": [RIVER],
    "River Watch <a@river.example> <mailto:a@river.example>": [RIVER],
    "River Watch [a@river.example]": [RIVER],
    "River Watch [mailto:a@river.example]": [RIVER],
    "River Watch (a@river.example)": [RIVER],
    "[River Watch](mailto:a@river.example)": [RIVER],
    "a@river.example (River Watch)": [RIVER],
    "<a@river.example> (River Watch)": [RIVER],
    "a@river.example River Watch": [RIVER],
    "a@river.example - River Watch": [RIVER],
    "a@river.example, River Watch": [RIVER],
    "River Watch a@river.example": [RIVER],
    "River Watch - a@river.example": [RIVER],
    "River Watch — a@river.example": [RIVER],
    "River Watch–a@river.example": [RIVER],
    "River Watch: a@river.example": [RIVER],
    "River Watch, a@river.example": [RIVER],
    "River Watch,a@river.example": [RIVER],
    "River Watch; a@river.example": [RIVER],
    "River Watch | a@river.example": [RIVER],
    "River Watch, e-mail: a@river.example": [RIVER],
    "River Watch: a@river.example, +380 44 000 00 00": [RIVER],
    "- River Watch <a@river.example>": [RIVER],
    "• River Watch <a@river.example>": [RIVER],
    "* River Watch <a@river.example>": [RIVER],
    "1. River Watch <a@river.example>": [RIVER],
    "12) River Watch <a@river.example>": [RIVER],
    "> River Watch <a@river.example>": [RIVER],
    "•\tRiver Watch <a@river.example>": [RIVER],
    "1.\tRiver Watch <a@river.example>": [RIVER],
    "River Watch - a@river.example - The secretary": [at(A, "River Watch", "The secretary")],
    "River Watch <a@river.example> (The secretary)": [at(A, "River Watch", "The secretary")],
    # names that hold what divides
    '"Watch, River" <a@river.example>': [at(A, "Watch, River")],
    "'Watch, River' <a@river.example>": [at(A, "Watch, River")],
    "Centre for Rights, Kyiv <a@river.example>": [at(A, "Centre for Rights, Kyiv")],
    "Centre for Rights, Kyiv, a@river.example": [at(A, "Centre for Rights, Kyiv")],
    '"Rivers; Lakes <and> \\"Seas\\" @ home" <a@river.example>': [at(A, 'Rivers; Lakes <and> "Seas" @ home')],
    "ГО “Річка” <a@river.example>": [at(A, "ГО “Річка”")],
    'ГО "Річка" <a@river.example>': [at(A, 'ГО "Річка"')],
    "River Watch (RW) <a@river.example>": [at(A, "River Watch (RW)")],
    "River Watch e.V. <a@river.example>": [at(A, "River Watch e.V.")],
    "O’River-Watch <a@river.example>": [at(A, "O’River-Watch")],
    "The Daily Mail a@river.example": [at(A, "The Daily Mail")],
    # a lone name that is not surely a group's
    "Given Surname <a@river.example>": [at(A, "", "Given Surname")],
    "Surname, Given <a@river.example>": [at(A, "", "Surname, Given")],
    "Власне Прізвище <a@river.example>": [at(A, "", "Власне Прізвище")],
    "a@river.example (María de la Cruz)": [at(A, "", "María de la Cruz")],
    "Jean DUPONT <a@river.example>": [at(A, "", "Jean DUPONT")],
    "Name\tE-mail\nGiven Surname\ta@river.example": [at(A, "", "Given Surname")],
    "Organization\tE-mail\nGiven Surname\ta@river.example": [at(A, "Given Surname")],
    "Memorial <a@river.example>": [at(A, "Memorial")],
    "WWF Kyiv <a@river.example>": [at(A, "WWF Kyiv")],
    "Group 12 <a@river.example>": [at(A, "Group 12")],
    "Stiftung Menschenrechte <a@river.example>": [at(A, "Stiftung Menschenrechte")],
    "Центр прав людини <a@river.example>": [at(A, "Центр прав людини")],
    # several on a line
    "a@river.example, b@lake.example": [at(A), at(B)],
    "a@river.example; b@lake.example;": [at(A), at(B)],
    "a@river.example b@lake.example": [at(A), at(B)],
    "a@river.example / b@lake.example": [at(A), at(B)],
    "a@river.example,b@lake.example,c@sea.example": [at(A), at(B), at(C)],
    "<a@river.example><b@lake.example>": [at(A), at(B)],
    "River Watch <a@river.example>; Lake Watch <b@lake.example>": LISTED,
    "River Watch <a@river.example>, Lake Watch <b@lake.example>,": LISTED,
    "River Watch <a@river.example> Lake Watch <b@lake.example>": LISTED,
    '"River Watch" <a@river.example>,"Lake Watch" <b@lake.example>': LISTED,
    "a@river.example (River Watch), b@lake.example (Lake Watch)": LISTED,
    "a@river.example River Watch, b@lake.example Lake Watch": LISTED,
    "River Watch a@river.example, Lake Watch b@lake.example": LISTED,
    "River, Kyiv <a@river.example>, Lake, Kyiv <b@lake.example>": [at(A, "", "River, Kyiv"), at(B, "", "Lake, Kyiv")],
    '"River; Kyiv" <a@river.example>; Lake <b@lake.example>': [at(A, "River; Kyiv"), at(B, "Lake")],
    "To: River Watch <a@river.example>, Lake Watch <b@lake.example>": LISTED,
    "Cc: River Watch <a@river.example>; Lake Watch <b@lake.example>": LISTED,
    "An: River Watch <a@river.example>": [RIVER],
    "Кому: River Watch <a@river.example>": [RIVER],
    "> To: River Watch <a@river.example>": [RIVER],
    "River Watch: a@river.example; b@lake.example": [at(A, "River Watch"), at(B)],
    # rows
    "River Watch\tThe secretary\ta@river.example": [at(A, "River Watch", "The secretary")],
    "a@river.example\tRiver Watch\tThe secretary": [at(A, "River Watch", "The secretary")],
    "River Watch\ta@river.example\tThe secretary": [at(A, "River Watch", "The secretary")],
    "1\tRiver Watch\t\ta@river.example\t+380 44 000 00 00": [RIVER],
    "River Watch\thttps://river.example/\ta@river.example": [RIVER],
    "River Watch;The secretary;a@river.example": [at(A, "River Watch", "The secretary")],
    '"Watch; River";"The ""first"" secretary";a@river.example': [at(A, "Watch; River", 'The "first" secretary')],
    "River Watch,The secretary,a@river.example": [at(A, "River Watch", "The secretary")],
    '"Watch, River", "The secretary", "a@river.example"': [at(A, "Watch, River", "The secretary")],
    "| River Watch | The secretary | a@river.example |": [at(A, "River Watch", "The secretary")],
    "River Watch\tThe secretary <a@river.example>": [at(A, "River Watch", "The secretary")],
    "River Watch\ta@river.example, b@lake.example": [at(A, "River Watch"), at(B, "River Watch")],
    "a@river.example\tb@lake.example": [at(A), at(B)],
    "E-mail\na@river.example": [at(A)],
    "Name\tE-mail\nRiver Watch\ta@river.example": [RIVER],
    "Contact person\tE-mail\tOrganisation\nThe secretary\ta@river.example\tRiver Watch": [
        at(A, "River Watch", "The secretary")
    ],
    "Контактна особа;Організація;Ел. пошта\nThe secretary;River Watch;a@river.example": [
        at(A, "River Watch", "The secretary")
    ],
    "First name,Last name,Company,E-mail address\nThe,secretary,River Watch,a@river.example": [
        at(A, "River Watch", "The secretary")
    ],
    "Organization\tContact\tCountry\tEmail\n\tThe secretary\tUkraine\ta@river.example": [at(A, "", "The secretary")],
    # what is written otherwise
    "A@River.EXAMPLE": [at("A@river.example")],
    "a＠river．example": [at(A)],
    "River Watch ＜a@river.example＞": [RIVER],
    "\ufeffRiver\u00a0Watch <a@river.example>": [RIVER],
    "River\u200b Watch <a@\u200briver.example\u2060>": [RIVER],
    "‘River Watch’ <a@river.example>": [RIVER],
    "o’river@river.example": [at("o'river@river.example")],
    "пошта@річка.укр": [wrong("malformed")],
    "info@РІЧКА.укр": [at("info@річка.укр")],
    "Річка <info@xn--80atr2a4e.xn--j1amh>": [at("info@xn--80atr2a4e.xn--j1amh", "Річка")],
    "\u200fمركز الحقوق\u200f <a@river.example>\u200f": [at(A, "مركز الحقوق")],
    "\u202bمركز الحقوق، كييف\u202c \u202aa@river.example\u202c": [at(A, "مركز الحقوق، كييف")],
    "مركز\u200cها <a@river.example>": [at(A, "مركز\u200cها")],
    f"{encoded('ГО Річка')} <a@river.example>": [at(A, "ГО Річка")],
    f"{encoded('ГО Річка', 'q')} <a@river.example>": [at(A, "ГО Річка")],
    f"{encoded('ГО ')} {encoded('Річка')} <a@river.example>": [at(A, "ГО Річка")],
    "=?no-such?b?AAAA?= <a@river.example>": [at(A)],
    # folded
    "To: River\r\n Watch <a@river.example>,\r\n Lake\r\n\tWatch <b@lake.example>": LISTED,
    '"River\r\n Watch" <a@river.example>': [RIVER],
    "River Watch\r\n <a@river.example>": [RIVER],
    # empty
    "": [],
    " \r\n\t\n\u200b\n\u00a0\n": [],
    # what cannot be read
    "River Watch": [wrong("no_address")],
    "River Watch\tThe secretary\t": [wrong("no_address")],
    "River Watch <>": [wrong("no_address")],
    "a@b": [wrong("malformed")],
    "River Watch <a@@river.example>": [wrong("malformed", "River Watch")],
    "River Watch <a@river@example.org>": [wrong("malformed", "River Watch")],
    "River Watch <a b@river.example>": [wrong("malformed", "River Watch")],
    "River Watch <a@river..example>": [wrong("malformed", "River Watch")],
    "a.@river.example": [wrong("malformed")],
    "River Watch: a@": [wrong("malformed", "River Watch")],
    "@river.example": [wrong("malformed")],
    "info(at)river.example": [wrong("malformed")],
    "River Watch info [at] river.example": [wrong("malformed")],
    "River Watch\tThe secretary\ta@b": [wrong("malformed", "River Watch", "The secretary")],
    "a\x07b@river.example": [wrong("hidden")],
    "a@ri\u202ever.example": [wrong("hidden")],
    "a@ri\u200cver.example": [wrong("hidden")],
    "a@river.example <b@lake.example>": [wrong("several")],
    '"a@river.example" <b@lake.example>': [wrong("several")],
    "River Watch <a@river.example<mailto:b@lake.example>>": [wrong("several", "River Watch")],
    f"{'a' * 245}@river.example": [wrong("malformed")],
    "a@river.example; Lake Watch; c@sea.example": [at(A), wrong("no_address"), at(C)],
    "River Watch <a@river.example>; Lake Watch": [RIVER, wrong("no_address")],
    "River Watch <a@river.example>, Lake Watch": [RIVER, wrong("no_address")],
    f"{'River ' * 50}<a@river.example>": [(("River " * 50)[:200], "", A, "long_name")],
}


@pytest.mark.parametrize(("text", "expected"), FORMS.items())
def test_pasted_form_is_read(text: str, expected: list[Read]) -> None:
    assert found(text) == expected


def test_entry_says_its_line_and_what_stood_there() -> None:
    text = "River  Watch <a@river.example>; <b@lake\r\n\r\nSea\u00a0Watch, at home\r\n- Lake\r\n <b@lake.example>, c@"
    assert addresses.read(text) == [
        Entry(1, "River Watch <a@river.example>", "River Watch", "", A, ""),
        Entry(1, "<b@lake", "", "", "", "malformed"),
        Entry(3, "Sea Watch, at home", "", "", "", "no_address"),
        Entry(4, "Lake <b@lake.example>", "Lake", "", B, ""),
        Entry(4, "c@", "", "", "", "malformed"),
    ]


LETTERS = st.text("abcxyzABCäéłбвіїЖשلمر", min_size=2, max_size=9)
SIGNS = st.sampled_from(
    [" ", ", ", "; ", " & ", " (", ") ", " “", "” ", ". ", "’", "-", " @ ", ' "', '" ', " <", "> ", "\\"]
)
PLAIN_SIGNS = st.sampled_from([" ", ", ", " & ", ". ", "’", "-", " «x» "])
LOCALS = st.from_regex(r"[a-z0-9]([a-z0-9._+'&=-]?[A-Za-z0-9]){0,12}", fullmatch=True)
DOMAINS = st.from_regex(r"[a-z0-9]([a-z0-9-]?[a-z0-9]){0,12}\.(org|example|co\.example|укр)", fullmatch=True)
ADDRESSES = st.builds("{}@{}".format, LOCALS, DOMAINS).filter(
    lambda address: addresses.address_in(address)[0] == address
)


def joined(signs: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Names of several words with these signs between them."""
    pairs = st.lists(st.tuples(signs, LETTERS), max_size=5)
    whole = st.builds(lambda first, rest: names.tidy(first + "".join(map("".join, rest))), LETTERS, pairs)
    return whole.filter(lambda name: name.casefold() != "cc")


@given(st.lists(st.tuples(joined(SIGNS), ADDRESSES), min_size=1, max_size=4), st.sampled_from([", ", "; ", ",", "\n"]))
def test_what_a_mail_program_writes_is_read_back(pairs: list[tuple[str, str]], between: str) -> None:
    text = between.join(map(formataddr_of, pairs))
    assert found(text) == [lone(address, name) for name, address in pairs]


def formataddr_of(pair: tuple[str, str]) -> str:
    """As the standard library writes it, but for what it does not write: letters before the @ and the domain as is."""
    name, address = pair
    return formataddr((name, "a@b.example")).replace("a@b.example", address)


FORMS_OF_ONE = [
    "{name} <{address}>",
    "{name}<{address}>",
    '"{name}" <{address}>',
    "“{name}” <{address}>",
    "{name} <mailto:{address}>",
    "{name} <{address}<mailto:{address}>>",
    "[{name}](mailto:{address})",
    "{name} [{address}]",
    "{name} ({address})",
    "{name} {address}",
    "{name}, {address}",
    "{name}: {address}",
    "{name} - {address}",
    "{name} — {address}.",
    "{name}\t{address}",
    "{address}\t{name}",
    "{name};{address}",
    "| {name} | {address} |",
    "{address} ({name})",
    "{address} - {name}",
    "• {name} <{address}>",
    "7. {name} <{address}>",
    "> To: {name} <{address}>",
    "\ufeff\u200e{name}\u00a0<\u200b{address}>\u200f",
]


@pytest.mark.parametrize("form", FORMS_OF_ONE)
@given(name=joined(PLAIN_SIGNS), address=ADDRESSES)
def test_form_of_one_is_read_back(form: str, name: str, address: str) -> None:
    assert found(form.format(name=name, address=address)) == [lone(address, name)]


PIECES = st.sampled_from(
    [
        *"<>()[]\"'`,;:|@.-=?\\\t\n \r\u200b\u202e\u2028\x00“”«»",
        "a@b.org",
        "To: ",
        "Name",
        "=?utf-8?q?=40?=",
        "\n ",
        "E-mail",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_any_text_is_read_and_no_line_is_lost(text: str) -> None:
    entries = addresses.read(text)
    for entry in entries:
        assert bool(entry.address) == (entry.problem in {"", "long_name"})
        assert entry.problem in {"", *addresses.PROBLEMS}
        assert max(len(entry.organization), len(entry.person)) <= 200
        if entry.address:
            validate_email(entry.address)
            assert len(entry.address) <= 254
            assert not any(map(names.hidden, entry.address))
        assert not any(map(names.hidden, entry.organization + entry.person + entry.words))
    assert [entry.line for entry in entries] == sorted(entry.line for entry in entries)
    with_sign = [line for line in text.splitlines() if "@" in line]
    assert len(entries) >= len(with_sign) > 0 or not with_sign
