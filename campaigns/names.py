"""Organization names as people write them: keys, acronyms, look-alikes. Pure functions: they know no database."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from anyascii import anyascii
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import countries, emoji, lookalikes
from .legal_forms import (
    FORMS,
    GROUP_STEMS,
    GROUP_WORDS,
    LINKS,
    LONGEST_FORM,
    PARTICLES,
    PHRASES,
    SPELLINGS,
    WRITTEN_FORMS,
)

# Signs that stand in honest names though Unicode files them with the pictures.
HONEST_SYMBOLS = frozenset("№©®™°")
# Joiners that Persian, Urdu and the Indic scripts need inside a word; Latin, Greek and Cyrillic have no use for them.
JOINERS = frozenset("\u200c\u200d")
FIRST_SCRIPT_WITH_JOINERS = "\u0590"
# Letters and marks that show nothing: fillers, selectors, the grapheme joiner.
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
}
MOST_MARKS_ON_A_LETTER = 3
FEWEST_LETTERS = 2
KEY_CHARACTERS = 400
SHORTEST_TELLING = 6
INITIALS_CHARACTERS = 40
FEWEST_INITIALS = 3
MOST_WORDS_OF_A_PERSON = 5
LONGEST_ACRONYM_BESIDE_WORDS = 4  # a longer one may be a surname in capitals
IN_NO_PERSONS_NAME = re.compile(r"[\d\"“”„«»()\[\]&+/;:|@!?]")

JAPANESE_FORMS = re.compile("(一般|公益)(社団|財団)法人|(認定|特定非営利活動|NPO)+法人")
VOICING_MARKS = frozenset("\u3099\u309a")
# In brackets at the end these tell a section from its movement, and are no acronym of the name before them.
PLACES = frozenset({"usa", "us", "uk", "gb", "eu", "uae", "drc", "сша", "єс", "ес"})
BRACKETED_END = re.compile(r"^(?P<name>.*\S)\s*[(\[](?P<acronym>[^()\[\]]+)[)\]]$")
# `Ev` is a Turkish word, and the German form is written with points.
REGISTERED_ASSOCIATION = re.compile(r"\be\.\s?v\.", re.IGNORECASE)
DOTTED = re.compile(r"\b(\w)\.\s?(?=\w\b)")
APOSTROPHES = str.maketrans("", "", "'`´‘’")
ASCII_WORD = re.compile(r"[a-z0-9]+")
MARKED_WORD = re.compile(r"[^\s()\[\]«»\"“”,]+")


def tidy(name: str) -> str:
    """The name in Unicode's composed form (NFC), with single spaces and none at the ends."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def key(name: str) -> str:
    """What the spellings of one name share, in ASCII: no case, accents, punctuation, legal form or trailing acronym.

    At most 400 characters. A script that cannot be transliterated keeps its letters. The key of a key is itself.

    >>> key('NGO "Centre for Civil Liberties" (CCL)')
    'center civil liberties'
    """
    words = " ".join(plain_words(without_trailing_acronym(name)))[:KEY_CHARACTERS].split()
    while (telling := without_forms(words)) != words and len("".join(telling)) >= FEWEST_LETTERS:
        words = telling
    return " ".join(SPELLINGS.get(word, word) for word in words)


def without_forms(words: list[str]) -> list[str]:
    """The words without legal forms and words that only link, taken out once."""
    kept: list[str] = []
    place = 0
    while place < len(words):
        phrase = next((size for size in (4, 3, 2) if tuple(words[place : place + size]) in PHRASES), 0)
        if not phrase and words[place] not in FORMS and words[place] not in LINKS:
            kept.append(words[place])
        place += phrase or 1
    return kept


def in_order(key: str) -> str:
    """The key's words by the alphabet: what two names share that say the same in another order."""
    return " ".join(sorted(key.split()))


def plain_words(name: str) -> list[str]:
    """The name's words in lower-case ASCII, transliterated where it is written in another script."""
    text = DOTTED.sub(r"\1", JAPANESE_FORMS.sub(" ", without_accents(name))).translate(APOSTROPHES)
    letters = "".join(char if spells(char) else " " for char in text)
    return ASCII_WORD.findall(anyascii(letters).casefold().translate(APOSTROPHES)) or letters.casefold().split()


def spells(char: str) -> bool:
    """Whether the character is a letter, a digit, or a vowel sign as the Indic scripts write it."""
    return char.isalnum() or unicodedata.category(char) in {"Mc", "Mn"}


def without_accents(name: str) -> str:
    """The tidy name in compatible forms, without accents and joiners; the marks that make a kana another stay."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", tidy(name)))
    bare = (char for char in decomposed if char in VOICING_MARKS or not unicodedata.combining(char))
    return unicodedata.normalize("NFKC", "".join(char for char in bare if char not in JOINERS))


def without_trailing_acronym(name: str) -> str:
    """The name without an acronym in brackets at its end; other words in brackets stay, since they may tell apart."""
    found = BRACKETED_END.match(unicodedata.normalize("NFKC", tidy(name)))
    if not found:
        return name
    spelt = "".join(plain_words(found["acronym"]))
    is_its_own = is_acronym(found["acronym"]) or (spelt and spelt == initials_of(plain_words(found["name"])))
    return found["name"] if is_its_own else name


def is_acronym(text: str) -> bool:
    """Whether it is written as one: a single word of two to ten letters, mostly capitals."""
    letters = [char for char in text if char.isalpha()]
    if " " in text.strip() or not 2 <= len(letters) <= 10 or "".join(letters).casefold() in PLACES:
        return False
    return sum(char.isupper() for char in letters) >= 0.6 * len(letters)


def is_short_acronym(word: str) -> bool:
    return word.isalpha() and word.isupper() and 2 <= len(word) <= LONGEST_ACRONYM_BESIDE_WORDS


def initials(name: str) -> str:
    """The first letters of its words, without those that only link, in lower-case ASCII; empty for fewer than three."""
    return initials_of(plain_words(without_trailing_acronym(name)))


def initials_of(words: Iterable[str]) -> str:
    """The first letters of the words, without those that only link; empty for fewer than three."""
    letters = "".join(word[0] for word in words if word not in LINKS)[:INITIALS_CHARACTERS]
    return letters if len(letters) >= FEWEST_INITIALS else ""


def acronyms(name: str) -> set[str]:
    """The acronyms by which it may be known, in lower-case ASCII: its initials, and those that it names itself."""
    with_links = "".join(word[0] for word in plain_words(without_trailing_acronym(name)))
    written = {"".join(plain_words(word)) for word in MARKED_WORD.findall(name) if is_acronym(word)}
    return {acronym for acronym in {initials(name), with_links} | written if len(acronym) >= 3}


@dataclass(frozen=True)
class Parts:
    """A name as it is written: its words in their own script, its legal form, and what stands in brackets behind it.

    The words keep their accents and those that only link; `form` and `bracketed` are empty where there is none.
    """

    words: tuple[str, ...]
    form: frozenset[tuple[str, ...]]
    bracketed: str

    @classmethod
    def of(cls, name: str) -> "Parts":
        found = BRACKETED_END.match(unicodedata.normalize("NFKC", tidy(name)))
        words, aside = written_words(found["name"] if found else name), written_words(found["acronym"] if found else "")
        form = WRITTEN_FORMS & {aside}
        while ends := [end for end in written_forms(words) if len(end) < len(words)]:
            form |= {ends[0]}
            words = words[len(ends[0]) :] if words[: len(ends[0])] == ends[0] else words[: -len(ends[0])]
        bracketed = "" if aside in WRITTEN_FORMS else "".join(aside)
        return cls(tuple(SPELLINGS.get(word, word) for word in words), form, bracketed)

    @property
    def initials(self) -> set[str]:
        """Its initials, with the words that only link and without them, as they are written and in ASCII."""
        telling = [word for word in self.words if word not in LINKS]
        return {
            "".join(word[0] for word in words)
            for written in (self.words, telling)
            for words in (written, [*map("".join, map(plain_words, written))])
            if all(words)
        }


def written_words(name: str) -> tuple[str, ...]:
    """The name's words in lower case and their own script, without punctuation; signs such as + belong to the word."""
    spelt_out = REGISTERED_ASSOCIATION.sub(" eingetragener verein ", unicodedata.normalize("NFKC", tidy(name)))
    text = DOTTED.sub(r"\1", spelt_out).translate(APOSTROPHES).replace("&", " and ")
    folded = unicodedata.normalize("NFKC", text.casefold()).replace("i\u0307", "i").replace("ı", "i")
    letters = (char if spells(char) or unicodedata.category(char) in {"Sm", "So", "Sc"} else " " for char in folded)
    return tuple("".join(letters).split())


def written_forms(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The legal forms that stand in front or behind, the longest first."""
    ends = [end for size in range(LONGEST_FORM, 0, -1) for end in (words[:size], words[-size:])]
    return [end for end in ends if end in WRITTEN_FORMS]


def is_group(name: str) -> bool:
    """Whether it can only be a group's: a single word, or something in it that no person's name has.

    >>> [is_group(name) for name in ("River Watch", "WWF Kyiv", "Memorial", "Given Surname", "Surname, Given")]
    [True, True, True, False, False]
    """
    words = name.split()
    plain = {part for word in plain_words(name) for part in (word, word.removeprefix("al"))}
    return (
        not 2 <= len(words) <= MOST_WORDS_OF_A_PERSON
        or IN_NO_PERSONS_NAME.search(name) is not None
        or bool(Parts.of(name).form)
        or bool(plain & GROUP_WORDS)
        or any(word.startswith(GROUP_STEMS) for word in plain)
        or any(map(is_short_acronym, words))
        or (words[0][0].isupper() and any(word[0].islower() and word not in PARTICLES for word in words[1:]))
    )


def agree(name: str, known: str, acronyms: Iterable[str] = ()) -> bool:
    """Whether two names are one and the same but for case, punctuation and customary spellings.

    One may lack the other's legal form, but two forms must be one; so too an acronym in brackets, which on one side
    alone must be the name's initials or among the known `acronyms`.

    >>> agree("NGO “Centre for Civil Liberties”", "Center for Civil Liberties (CCL)")
    True
    >>> agree("Doctors for Peace", "Doctors of Peace")
    False
    """
    one, other = Parts.of(name), Parts.of(known)
    if one.words != other.words or (one.form and other.form and one.form != other.form):
        return False
    if one.bracketed == other.bracketed:
        return True
    allowed = one.initials | {"".join(written_words(acronym)) for acronym in acronyms}
    alone = one.bracketed or other.bracketed
    return not (one.bracketed and other.bracketed) and len(alone) >= FEWEST_INITIALS and alone in allowed


def shares_house(name: str, known: Iterable[str], home: str) -> bool:
    """Whether a name at the website of the organization known by these names is its own, and not its branch's.

    It agrees with one of them, or is their acronym, with the name of the `home` country at most (ISO 3166 alpha-2).
    """
    names = list(known)
    return any(agree(name, each) or is_at_home(name, each, home) for each in names) or is_acronym_of(name, names, home)


def is_at_home(name: str, known: str, home: str) -> bool:
    """Whether it is the known name and the name of the home country behind it."""
    words, start = [*written_words(name)], [*written_words(known)]
    more = " ".join(words[len(start) :])
    return words[: len(start)] == start and countries.named(more) == {home}


def is_acronym_of(name: str, known: Iterable[str], home: str) -> bool:
    """Whether it is an acronym of one of the known names, alone or with the name of the home country."""
    shortened = {short for each in known for short in short_names(each)}
    words = [*written_words(name)]
    others = [word for word in words if word not in shortened]
    return len(others) < len(words) and (not others or countries.named(" ".join(others)) == {home})


def short_names(name: str) -> set[str]:
    """The acronyms by which a known name is called: itself if it is one, that in brackets behind it, its initials."""
    parts = Parts.of(name)
    written = {"".join(written_words(name))} if is_acronym(name) else set()
    return {short for short in {parts.bracketed} | parts.initials | written if len(short) >= FEWEST_INITIALS}


def validate(name: str) -> None:
    """Refuses what cannot stand in a public list.

    Raises ValidationError, with words for the person who typed it, for fewer than two letters or digits, pictures,
    angle brackets and characters that cannot be seen.
    """
    if has_hidden(name) or has_idle_joiner(name) or has_heap_of_marks(name):
        raise ValidationError(_("Take out the invisible control characters, and type the name anew if need be."))
    if any(picture(char) for char in name):
        raise ValidationError(_("Write the name in letters, without emoji or other pictures."))
    if "<" in name or ">" in name:
        raise ValidationError(_("Write the name without the signs < and >."))
    if len(key(name).replace(" ", "")) < FEWEST_LETTERS:
        raise ValidationError(_("Write the name in full: at least two letters."))


def has_hidden(text: str) -> bool:
    """Whether there is a character that cannot be seen, beside those that belong to an emoji."""
    return any(hidden(char) for char in emoji.left_out(text))


def hidden(char: str) -> bool:
    """Whether the character cannot be seen: controls, direction overrides, zero-width, blank and private ones."""
    if char in JOINERS:
        return False
    return char in BLANKS or unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


def tells(text: str, name: str) -> bool:
    """Whether the name stands in the text, however it is divided; a short name in ASCII only as a word of its own."""
    told, called = letters(text), letters(name)
    if len(called) < SHORTEST_TELLING and called.isascii():
        return re.search(rf"(?<!\w){re.escape(called)}(?!\w)", text.casefold()) is not None
    return called in told


def letters(text: str) -> str:
    """The letters and digits of a text in small ones, without all that divides them."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def has_idle_joiner(name: str) -> bool:
    """Whether a joiner stands where it joins nothing: at an end, or beside a letter of a script without joiners."""
    padded = f" {name} "
    return any(
        char in JOINERS and min(before, after) < FIRST_SCRIPT_WITH_JOINERS
        for before, char, after in zip(padded, padded[1:], padded[2:], strict=False)
    )


def has_heap_of_marks(name: str) -> bool:
    """Whether accents are piled upon a letter beyond what any script writes."""
    marks = 0
    for char in name:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks > MOST_MARKS_ON_A_LETTER:
            return True
    return False


def picture(char: str) -> bool:
    """Whether the character is an emoji, belongs to one, or is another pictograph."""
    if char in emoji.SELECTORS:
        return True
    return unicodedata.category(char) in {"So", "Me", "Cn"} and char not in HONEST_SYMBOLS


def warnings(name: str, website: str = "", known_domains: Iterable[str] = ()) -> list[str | Promise]:
    """Why the name or the website may be made to look like another's; empty for an honest one.

    `known_domains` are registrable domains of organizations that are known; a website much like one of them is told.
    """
    unseen = has_hidden(name) or has_idle_joiner(name)
    found: list[str | Promise] = [_("The name has characters that nobody sees.")] if unseen else []
    return found + lookalikes.of_name(name) + lookalikes.of_website(website, known_domains)


def resembles(name: str, known_keys: Iterable[str]) -> bool:
    """Whether its key is none of these, and yet a hurried eye takes it for one; see `lookalikes.resemble`."""
    others = set(known_keys)
    own = key(name)
    return own not in others and lookalikes.resemble({own, key(lookalikes.in_latin(name))}, others)
