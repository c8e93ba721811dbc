"""Organization names as people write them: keys, acronyms, look-alikes. Pure functions: they know no database."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from anyascii import anyascii
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rapidfuzz.distance import OSA

from . import domains

# Signs that stand in honest names though Unicode files them with the pictures.
HONEST_SYMBOLS = frozenset("№©®™°")
# Joiners that Persian, Urdu and the Indic scripts need inside a word; Latin, Greek and Cyrillic have no use for them.
JOINERS = frozenset("\u200c\u200d")
FIRST_SCRIPT_WITH_JOINERS = "\u0590"
# Letters and marks that show nothing: fillers, selectors, the grapheme joiner.
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
MOST_MARKS_ON_A_LETTER = 3
FEWEST_LETTERS = 2
KEY_CHARACTERS = 400
INITIALS_CHARACTERS = 40

# fmt: off
# What only says "organization", after transliteration: legal forms and their abbreviations.
FORMS = frozenset(
    {
        "aisbl", "aps", "asbl", "asociacion", "asociacia", "asociatia", "asotsiatsiya", "assoc", "association",
        "associazione", "associacao", "assotsiatsiya", "bo", "ce", "cic", "civic", "dernek", "dernegi", "ev", "fz",
        "fundacio", "ggmbh", "gmbh", "go", "gs", "inc", "ltd", "llc", "llp", "mbo", "mgo", "ngo", "nko", "npo",
        "obshchestvennaya", "obo", "oo", "ong", "onlus", "organisation", "organization", "organizatsiya", "organizacja",
        "organizacion", "organisatie", "organizace", "osc", "plc", "rf", "ry", "stiftung", "stowarzyszenie", "udruga",
        "udruzenie", "vgo", "vzw", "verein", "verband", "zs", "zapsany", "spolek", "sdruzhenie", "sdruzheniya",
        "gromadska", "gromadskaya",
    }
)
LINKS = frozenset(
    {
        "the", "a", "an", "and", "und", "et", "y", "e", "i", "ta", "of", "for", "de", "la", "le", "les", "des", "du",
        "der", "die", "das", "den",
    }
)
# fmt: on
# Of these, the ones by which a name may still be told from its neighbour's.
BODIES = {
    **dict.fromkeys(["asociacion", "asociacia", "asociatia", "asotsiatsiya", "assoc", "association"], "association"),
    **dict.fromkeys(["associazione", "associacao", "assotsiatsiya", "dernek", "dernegi"], "association"),
    **dict.fromkeys(["organisation", "organization", "organizatsiya", "organizacja"], "organization"),
    **dict.fromkeys(["organizacion", "organisatie", "organizace"], "organization"),
}
SPELLINGS = {
    "centre": "center",
    "centres": "center",
    "centers": "center",
    "organisations": "organizations",
    "defence": "defense",
    "labour": "labor",
    "programme": "program",
    "theatre": "theater",
    "behaviour": "behavior",
    "civilisation": "civilization",
}
JAPANESE_FORMS = re.compile("(一般|公益)(社団|財団)法人|(認定|特定非営利活動|NPO)+法人")
VOICING_MARKS = frozenset("\u3099\u309a")
# In brackets at the end these tell a section from its movement, and are no acronym of the name before them.
PLACES = frozenset({"usa", "us", "uk", "gb", "eu", "uae", "drc", "сша", "єс", "ес"})
BRACKETED_END = re.compile(r"^(?P<name>.*\S)\s*[(\[](?P<acronym>[^()\[\]]+)[)\]]$")
DOTTED = re.compile(r"\b(\w)\.(?=\w\b)")
APOSTROPHES = str.maketrans("", "", "'`´‘’")
ASCII_WORD = re.compile(r"[a-z0-9]+")
WORD = re.compile(r"[^\W_]+")
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
    telling = [word for word in words if word not in FORMS and word not in LINKS]
    chosen = telling if len("".join(telling)) >= FEWEST_LETTERS else words
    return " ".join(SPELLINGS.get(word, word) for word in chosen)


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
    return found["name"] if found and is_acronym(found["acronym"]) else name


def is_acronym(text: str) -> bool:
    """Whether it is written as one: a single word of two to ten letters, mostly capitals."""
    letters = [char for char in text if char.isalpha()]
    if " " in text.strip() or not 2 <= len(letters) <= 10 or "".join(letters).casefold() in PLACES:
        return False
    return sum(char.isupper() for char in letters) >= 0.6 * len(letters)


def initials(name: str) -> str:
    """The first letters of its words, without those that only link, in lower-case ASCII; empty for fewer than three."""
    words = plain_words(without_trailing_acronym(name))
    letters = "".join(word[0] for word in words if word not in LINKS)[:INITIALS_CHARACTERS]
    return letters if len(letters) >= 3 else ""


def acronyms(name: str) -> set[str]:
    """The acronyms by which it may be known, in lower-case ASCII: its initials, and those that it names itself."""
    with_links = "".join(word[0] for word in plain_words(without_trailing_acronym(name)))
    written = {"".join(plain_words(word)) for word in MARKED_WORD.findall(name) if is_acronym(word)}
    return {acronym for acronym in {initials(name), with_links} | written if len(acronym) >= 3}


def contradict(one: str, other: str) -> bool:
    """Whether two names of one key call themselves different things, such as an association and an organization."""
    kinds = [{BODIES[word] for word in plain_words(name) if word in BODIES} for name in (one, other)]
    return bool(kinds[0] and kinds[1] and kinds[0] != kinds[1])


def validate(name: str) -> None:
    """Refuses what cannot stand in a public list.

    Raises ValidationError, with words for the person who typed it, for fewer than two letters or digits, pictures,
    angle brackets and characters that cannot be seen.
    """
    if any(hidden(char) for char in name) or has_idle_joiner(name) or has_heap_of_marks(name):
        raise ValidationError(_("Take out the invisible control characters, and type the name anew if need be."))
    if any(picture(char) for char in name):
        raise ValidationError(_("Write the name in letters, without emoji or other pictures."))
    if "<" in name or ">" in name:
        raise ValidationError(_("Write the name without the signs < and >."))
    if len(key(name).replace(" ", "")) < FEWEST_LETTERS:
        raise ValidationError(_("Write the name in full: at least two letters."))


def hidden(char: str) -> bool:
    """Whether the character cannot be seen: controls, direction overrides, zero-width, blank and private ones."""
    if char in JOINERS:
        return False
    return char in BLANKS or unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


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
    """Whether the character is an emoji or another pictograph."""
    return (unicodedata.category(char) == "So" and char not in HONEST_SYMBOLS) or unicodedata.category(char) == "Me"


# Letters of one look in several alphabets. A word that mixes these alphabets is not an honest one.
LOOK_ALIKE_SCRIPTS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
LATIN_TWINS = frozenset("аеорсухіјѕһԁԛԝӏАВЕКМНОРСТУХІЈЅԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρυ")
IPA_TWINS = frozenset("ɑɡɩɪʀʏʟɴʜʙɢɸʋ")


def warnings(name: str, website: str = "", known_domains: Iterable[str] = ()) -> list[str | Promise]:
    """Why the name or the website may be made to look like another's; empty for an honest one.

    `known_domains` are registrable domains of organizations that are known; a website one letter away is told.
    """
    checks = [
        (any(hidden(char) for char in name) or has_idle_joiner(name), _("The name has characters that nobody sees.")),
        (any(mixes_scripts(word) for word in WORD.findall(name)), _("A word of the name mixes alphabets.")),
        (has_disguised_word(name), _("A word of the name looks Latin and is written in another alphabet.")),
        (has_odd_letters(name), _("The name has letters of an unusual form.")),
        (any(mixes_digits(word) for word in WORD.findall(name)), _("A digit stands in the name for a letter.")),
    ]
    found: list[str | Promise] = [words for applies, words in checks if applies]
    domain = domains.of_website(website) if website else ""
    if domain and any(is_one_letter_away(domain, known) for known in known_domains):
        found.append(_("The website is one letter away from a known one."))
    host = urlsplit(website).hostname or ""
    if website and any(mixes_scripts(label) or has_disguised_word(f"x {label}") for label in unicode_labels(host)):
        found.append(_("The website’s address mixes alphabets."))
    return found


def script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0] if char.isalpha() else ""


def mixes_scripts(word: str) -> bool:
    return len({script(char) for char in word} & LOOK_ALIKE_SCRIPTS) > 1


def has_disguised_word(name: str) -> bool:
    """Whether, among Latin words, one consists of another alphabet's letters that look Latin."""
    words = WORD.findall(name)
    has_latin = any(script(char) == "LATIN" for word in words for char in word)
    return has_latin and any(len(word) > 1 and all(char in LATIN_TWINS for char in word) for word in words)


def has_odd_letters(name: str) -> bool:
    """Whether letters have a form that no keyboard gives: full width, mathematical, phonetic, small capitals."""
    return any(
        (char.isalpha() and unicodedata.decomposition(char).startswith(("<font>", "<wide>", "<circle>", "<square>")))
        or char in IPA_TWINS
        or "\u1d00" <= char <= "\u1dbf"
        for char in name
    )


def mixes_digits(word: str) -> bool:
    """Whether a digit stands beside small letters as if it were one: `0pen`, `Ri9hts`."""
    return bool(re.search(r"[a-z][0135][a-z]|^[01][a-z]{2}|[a-z]{2}[015]$", word))


def unicode_labels(host: str) -> list[str]:
    try:
        return host.encode().decode("idna").split(".")
    except UnicodeError:
        return host.split(".")


def is_one_letter_away(domain: str, known: str) -> bool:
    """Whether one letter was added, left out, changed, or swapped with its neighbour."""
    return domain != known and OSA.distance(domain, known, score_cutoff=1) == 1
