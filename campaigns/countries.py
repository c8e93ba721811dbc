"""Countries as people write them in a spreadsheet: a code, or a name in one of many languages. Pure functions."""

import functools
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
