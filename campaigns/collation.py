"""Names in the order in which a reader of a language looks for them. Pure functions.

The order is that of CLDR's root collation with the languages' own letters (https://cldr.unicode.org/), as far as names
need it: first letters, then accents, then capitals. Beyond it, quotation marks in front count for nothing, nor does the
article for a reader of Arabic.
"""

import unicodedata
from functools import cache

# A letter that is one of its own comes right behind the letter that it looks like.
OWN_LETTERS = {
    "es": {"ñ": "n"},
    "pl": {"ą": "a", "ć": "c", "ę": "e", "ł": "l", "ń": "n", "ó": "o", "ś": "s", "ź": "z", "ż": "z"},
}
CYRILLIC = "абвгґдђеєжзѕиійјклљмнњопрстћуфхцчџшщъыьэюя"
UKRAINIAN = "абвгґдђеєжзѕиіїйјклљмнњопрстћуфхцчџшщъыьэюя"
SPELT_OUT = {"ß": "ss", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ø": "o", "þ": "th", "ð": "d", "ı": "i", "ħ": "h"}
SCRIPTS = ["LATIN", "GREEK", "CYRILLIC", "GEORGIAN", "ARMENIAN", "HEBREW", "ARABIC"]
OWN_SCRIPTS = {"uk": "CYRILLIC", "ar": "ARABIC"}
ARTICLE = "ال"
QUOTATION_MARKS = "“”„«»‹›\"'‘’ "
STEP = 10  # room for own letters between two letters

Weight = tuple[int, int]
Key = tuple[tuple[Weight, ...], tuple[str, ...], str]


def key(name: str, language: str) -> Key:
    """What the name is sorted by for a reader of that language; any code of a language is taken."""
    letters = unicodedata.normalize("NFC", name).lstrip(QUOTATION_MARKS)
    if language == "ar":
        letters = letters.removeprefix(ARTICLE)
    weighed = [weigh(char, language) for char in letters]
    primary = tuple(weight for weights, _accent in weighed for weight in weights)
    return primary, tuple(accent for _weights, accent in weighed), letters.swapcase()


@cache
def weigh(char: str, language: str) -> tuple[tuple[Weight, ...], str]:
    """The weights of a character, and what sets it apart from another of the same weights."""
    small = char.casefold() if char != "ß" else char
    if base := OWN_LETTERS.get(language, {}).get(small):
        place = "".join(own for own, like in OWN_LETTERS[language].items() if like == base).index(small) + 1
        return ((rank("LATIN", language), ord(base) * STEP + place),), ""
    alphabet = UKRAINIAN if language == "uk" else CYRILLIC
    if small in alphabet:
        return ((rank("CYRILLIC", language), alphabet.index(small)),), ""
    spelt = SPELT_OUT.get(small, unicodedata.normalize("NFKD", small))
    letters = [letter for letter in spelt if not unicodedata.combining(letter)]
    accent = "".join(letter for letter in spelt if unicodedata.combining(letter)) or small * (small in SPELT_OUT)
    return tuple(weight_of(letter, language) for letter in letters), accent


def weight_of(letter: str, language: str) -> Weight:
    """The weight of a bare letter: by its script, then by its place there. What is no letter comes first."""
    if not letter.isalpha():
        return (-1 if letter.isdigit() else -2), -1 if letter.isspace() else ord(letter)
    if letter in CYRILLIC:
        return rank("CYRILLIC", language), (UKRAINIAN if language == "uk" else CYRILLIC).index(letter)
    return rank(unicodedata.name(letter, "").partition(" ")[0], language), ord(letter) * STEP


def rank(script: str, language: str) -> int:
    """The reader's own script comes first, then the others."""
    if script == OWN_SCRIPTS.get(language):
        return 0
    return 1 + (SCRIPTS.index(script) if script in SCRIPTS else len(SCRIPTS))
