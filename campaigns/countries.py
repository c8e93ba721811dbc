"""Countries as people write them in a spreadsheet: a code, or a name in one of many languages. Pure functions."""

import functools
import re
import unicodedata
from collections import defaultdict

from django.utils import translation
from django_countries import countries
from django_countries.data import COUNTRIES

LANGUAGES = ["en", "uk", "ru", "fr", "de", "es", "pl", "ar", "it", "pt_PT", "nl", "cs", "ro", "hy", "ka_GE", "tr_TR"]

# What people write beside the names that the list of countries knows.
CUSTOMARY = {
    "America": "US",
    "Stany Zjednoczone": "US",
    "Vereinigte Staaten": "US",
    "Estados Unidos": "US",
    "États-Unis": "US",
    "US": "US",
    "U.S.": "US",
    "United States": "US",
    "США": "US",
    "UK": "GB",
    "Great Britain": "GB",
    "Britain": "GB",
    "England": "GB",
    "Scotland": "GB",
    "Wales": "GB",
    "Northern Ireland": "GB",
    "Великобритания": "GB",
    "Великобританія": "GB",
    "Велика Британія": "GB",
    "Wielka Brytania": "GB",
    "Großbritannien": "GB",
    "Grande-Bretagne": "GB",
    "Россия": "RU",
    "Росія": "RU",
    "РФ": "RU",
    "Russian Federation": "RU",
    "Belorussia": "BY",
    "Белоруссия": "BY",
    "Weißrussland": "BY",
    "Молдавия": "MD",
    "Республика Молдова": "MD",
    "Republic of Moldova": "MD",
    "Киргизия": "KG",
    "Kyrgyz Republic": "KG",
    "Czech Republic": "CZ",
    "Чехия": "CZ",
    "Чехія": "CZ",
    "Tschechien": "CZ",
    "Holland": "NL",
    "The Netherlands": "NL",
    "Голландия": "NL",
    "Turkey": "TR",
    "Türkiye": "TR",
    "Macedonia": "MK",
    "Ivory Coast": "CI",
    "Burma": "MM",
    "Swaziland": "SZ",
    "South Korea": "KR",
    "Южная Корея": "KR",
    "Taiwan": "TW",
    "Palestine": "PS",
}

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 4
LETTERS_OF_A_CODE = 3
# A country's name of so many letters is known by its beginning; of a long one the last letter may go.
FEWEST_LETTERS, LONG, MOST_ENDING = 4, 6, 4


def code(text: str) -> str:
    """The ISO 3166 alpha-2 code of the country that is meant; empty where nothing is. Raises KeyError for no country.

    >>> code("Україна")
    'UA'
    """
    folded = fold(text)
    return codes()[folded] if folded else ""


def fold(text: str) -> str:
    """The letters and digits alone, without case and accents."""
    return "".join(char for char in unicodedata.normalize("NFKD", text).casefold() if char.isalnum())


def named(text: str) -> set[str]:
    """The codes of all countries that a name speaks of, in their languages and many of their cases and adjectives.

    Two or three letters are a code only in capitals, as in `(BiH)`, `(NL)`. Of countries much alike it gives both.
    """
    words = WORD.findall(text)
    runs = {tuple(words[start : start + size]) for size in range(1, MOST_WORDS + 1) for start in range(len(words))}
    whole = {codes().get(fold("".join(run)), "") for run in runs if not is_ordinary("".join(run))}
    return (whole | {code for word in words for code in of_stem(fold(word))}) - {""}


def is_ordinary(word: str) -> bool:
    """Whether it is a short word such as `in` or `Is`, that is no country's code."""
    return len(word) <= LETTERS_OF_A_CODE and not word[-1].isupper()


def of_stem(word: str) -> set[str]:
    """The countries whose names begin as the word does, but for its ending: `Ukrainian`, `України`."""
    return {code for cut in range(MOST_ENDING + 1) for code in stems().get(word[: len(word) - cut], ())}


@functools.cache
def stems() -> dict[str, set[str]]:
    """The beginnings of the countries' names of one word, folded, with the codes of those that begin so."""
    found: dict[str, set[str]] = defaultdict(set)
    for spelling, alpha2 in codes().items():
        if len(spelling) >= FEWEST_LETTERS:
            found[spelling if len(spelling) < LONG else spelling[:-1]].add(alpha2)
    return found


@functools.cache
def codes() -> dict[str, str]:
    """Each spelling, folded, with the code of its country; none that means two of them."""
    spellings: dict[str, set[str]] = defaultdict(set)
    for language in LANGUAGES:
        with translation.override(language):
            for country in countries:
                spellings[fold(str(country.name))].add(country.code)
    plain = {spelling: min(meant) for spelling, meant in spellings.items() if len(meant) == 1}
    plain |= {fold(name): alpha2 for name, alpha2 in CUSTOMARY.items()}
    plain |= {fold(countries.alpha3(alpha2)): alpha2 for alpha2 in COUNTRIES}
    return plain | {fold(alpha2): alpha2 for alpha2 in COUNTRIES}
