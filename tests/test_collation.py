"""Lists by name stand as a reader of each language expects."""

import json
import random
import re
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from campaigns.collation import key
from tests.builders import make_campaign, make_listed

SORTED = json.loads((Path(__file__).parent / "data" / "sorted_names.json").read_text(encoding="utf-8"))
LANGUAGES = [language for language in SORTED if language != "source"]


def in_order(names: list[str], language: str) -> list[str]:
    return sorted(names, key=lambda name: key(name, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_real_names_in_five_scripts_stand_as_cldr_has_them(language: str) -> None:
    shuffled = list(SORTED[language])
    random.Random(7).shuffle(shuffled)
    assert len(shuffled) >= 50
    assert in_order(shuffled, language) == SORTED[language]


@pytest.mark.parametrize(
    ("language", "letters"),
    [
        ("uk", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
        ("es", "mnñoz"),
        ("pl", "aąbcćdeęflłmnńoóprsśtuzźż"),
        ("ar", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"),
        ("en", "abcdz"),
    ],
)
def test_alphabet_is_the_languages_own(language: str, letters: str) -> None:
    assert in_order([*letters[::-1]], language) == [*letters]


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["River Trust", "“River Watch”", "Rivers"]),
        ("uk", ["«Берег»", "Вода", "Amnesty International"]),
        ("ar", ["البحر", "بيت", "التحالف"]),
        ("de", ["Strasse", "Straße", "Strassen"]),
        ("fr", ["Cote", "Coté", "Côte", "Côté"]),
        ("en", ["a b", "A b", "ab"]),
    ],
)
def test_what_a_reader_expects_beyond_letters(language: str, names: list[str]) -> None:
    assert in_order(names[::-1], language) == names


@pytest.mark.django_db
@pytest.mark.parametrize("most", [400, 3])
def test_public_list_by_name_is_sorted_for_its_reader_while_it_is_short(
    client: Client, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("campaigns.views.signatories.MOST_SORTED", most)
    monkeypatch.setattr("campaigns.views.signatories.NAMES_ON_A_PAGE", 2)
    campaign = make_campaign(list_order="name")
    for name in ("Zürcher Bund", "Центр дій", "Umbrella", "Apfelbund"):
        make_listed(campaign, name)
    first = names_on(client, "/campaigns/open-letter/signatories/")
    assert first == ["Apfelbund", "Umbrella" if most == 400 else "Центр дій"]
    following = client.get("/campaigns/open-letter/signatories/").context["following"]
    rest = names_on(client, f"/campaigns/open-letter/signatories/{following}")
    assert rest == (["Zürcher Bund", "Центр дій"] if most == 400 else ["Umbrella", "Zürcher Bund"])


def names_on(client: Client, address: str) -> list[str]:
    return re.findall(r"<li><bdi[^>]*><a[^>]*>([^<]+)", client.get(address).content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_ghe_with_an_upturn_stands_behind_ghe_for_everybody(language: str) -> None:
    names = ["Ґендерна рада", "Дія", "Громада"]
    assert in_order(names, language) == ["Громада", "Ґендерна рада", "Дія"]


@given(st.lists(st.text(max_size=8)), st.sampled_from([*LANGUAGES, "ka"]))
def test_any_text_has_its_place(names: list[str], language: str) -> None:
    assert sorted(in_order(names, language)) == sorted(names)
