"""Organization names as people write them: keys, acronyms, look-alikes. Pure functions: they know no database."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from itertools import groupby

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
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
}
MOST_MARKS_ON_A_LETTER = 3
FEWEST_LETTERS = 2
FEWEST_TO_SLIP = 8
KEY_CHARACTERS = 400
INITIALS_CHARACTERS = 40

# fmt: off
# What only says "organization", after transliteration: legal forms and their abbreviations.
FORMS = frozenset(
    {
        "aisbl", "ano", "aps", "asbl", "asociacia", "asociacija", "asociacion", "asociatia", "asotsiatsia",
        "asotsiatsiya", "assoc", "associacao", "associacio", "association", "associazione",
        "assotsiatsiya", "bf", "biedriba", "bo", "ce", "cic", "civic", "dernegi", "dernek", "eingetragener", "ets",
        "ev", "forening", "foreningen", "fundacio", "fz", "gemeinnutzige", "gemeinnutziger", "ggmbh", "gmbh", "go",
        "gromadska", "gromadskaya", "gs", "hasarakakan", "inc", "jmyh", "kazmakerpowtyown", "ljmyh", "llc",
        "llp", "lmndhmh", "lmwssh", "ltd", "mbf", "mbo", "mgo", "mndhmh", "mtu", "mwssh", "ngo", "nko", "npo", "nuo",
        "nvo", "obcanske", "obo", "obshchestvennaya", "odv", "ong", "onlus", "oo", "ops", "organisatie",
        "organisation", "organizace", "organizacija", "organizacion", "organizacja", "organization", "organizatsia",
        "organizatsiya", "osc", "oz", "plc", "qht", "rf", "roo", "ry", "sazogadoebrivi", "sdruzeni", "sdruzhenie",
        "sdruzheniya", "spolek", "stichting", "stiftung", "stowarzyszenie", "teskilat", "teskilati", "udruga",
        "udruzenie", "vakfi", "vakif", "verband", "verein", "vgo", "vzw", "zapsany", "zdruzenie", "zs", "zu",
    }
)
LINKS = frozenset(
    {
        "the", "a", "an", "and", "und", "et", "y", "e", "i", "ta", "of", "for", "de", "la", "le", "les", "des", "du",
        "der", "die", "das", "den",
    }
)
# Forms of several words, of which each alone may tell one name from another.
PHRASES = frozenset(
    {
        ("gromadska", "spilka"), ("gromadske", "obiednannya"), ("blagodiinii", "fond"), ("blagodiina", "organizatsiya"),
        ("neuryadova", "organizatsiya"), ("nepributkova", "organizatsiya"),
        ("obshchestvennoe", "obedinenie"), ("obshchestvennyi", "fond"), ("blagotvoritelnyi", "fond"),
        ("nekommercheskaya", "organizatsiya"), ("nepravitelstvennaya", "organizatsiya"),
        ("avtonomnaya", "nekommercheskaya", "organizatsiya"),
        ("ictimai", "birliyi"), ("ictimai", "birlik"), ("qeyri", "hokumet", "teskilati"),
        ("qoghamdyq", "birlestigi"), ("qoghamdyq", "qory"), ("arasamtavrobo", "organizatsia"),
        ("obecne", "prospesna", "spolecnost"), ("zapsany", "ustav"), ("nevladina", "organizacija"),
        ("organizacja", "pozarzadowa"),
        ("non", "governmental", "organization"), ("non", "profit", "organization"), ("public", "organization"),
        ("public", "association"), ("charitable", "organization"), ("charity", "organization"),
        ("organisation", "non", "gouvernementale"), ("association", "loi", "1901"),
        ("asociacion", "civil"), ("organizacion", "no", "gubernamental"),
        ("organizzazione", "di", "volontariato"), ("associazione", "di", "promozione", "sociale"),
    }
)
# fmt: on
# Of these, the ones by which a name may still be told from its neighbour's.
BODIES = {
    **dict.fromkeys(
        ["asociacija", "asociacion", "asociacia", "asociatia", "asotsiatsia", "asotsiatsiya"], "association"
    ),
    **dict.fromkeys(["assoc", "associacao", "association", "associazione", "assotsiatsiya"], "association"),
    **dict.fromkeys(["dernegi", "dernek", "jmyh", "ljmyh", "stowarzyszenie", "verein"], "association"),
    **dict.fromkeys(["kazmakerpowtyown", "lmndhmh", "mndhmh", "organisatie", "organisation"], "organization"),
    **dict.fromkeys(["organizace", "organizacija", "organizacion", "organizacja", "organization"], "organization"),
    **dict.fromkeys(["organizatsia", "organizatsiya", "teskilat", "teskilati"], "organization"),
    **dict.fromkeys(["bf", "fond", "foundation", "fundacja", "lmwssh", "mwssh", "stichting"], "foundation"),
    **dict.fromkeys(["qory", "stiftung", "vakfi", "vakif"], "foundation"),
}
SPELLINGS = {
    "centre": "center",
    "centres": "center",
    "centers": "center",
    "dialogue": "dialog",
    "honour": "honor",
    "licence": "license",
    "neighbour": "neighbor",
    "neighbours": "neighbors",
    "programmes": "programs",
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
DOTTED = re.compile(r"\b(\w)\.\s?(?=\w\b)")
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


# Alphabets that have letters of one look. A word that mixes them is not an honest one.
LOOK_ALIKE_SCRIPTS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
LATIN_TWINS = frozenset("аеорсухіїјѕһԁԛԝӏАВЕКМНОРСТУХІЇЈЅԚԜӀΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρυ")
IPA_TWINS = frozenset("ɑɡɩɪʀʏʟɴʜʙɢɸʋƖǀǃ")
STYLED = ("<font>", "<circle>", "<square>", "<wide>")
CYRILLIC_TWINS = frozenset("aceopxyiABCEHIKMOPTX")
# What a hurried eye takes for a small letter, in websites' addresses.
LOOKS = {
    **{
        "a": "аɑα",
        "b": "ьв",
        "c": "сϲ",
        "d": "ԁ",
        "e": "еє3",
        "g": "ɡ",
        "h": "һհ",
        "j": "ј",
        "k": "кκ",
        "l": "ӏǀ1iіɩı",
    },
    **{"m": "м", "n": "пո", "o": "оοօ0", "p": "рρ", "q": "ԛ", "s": "ѕ5", "t": "тτ", "u": "υս", "v": "νѵ", "w": "ԝω"},
    **{"x": "хχ", "y": "уүγ"},
}
TO_LOOKS = str.maketrans({twin: letter for letter, twins in LOOKS.items() for twin in twins})
TWINS = LATIN_TWINS | CYRILLIC_TWINS | {twin for twins in LOOKS.values() for twin in twins if not twin.isascii()}
DIGIT_FOR_LETTER = re.compile(
    r"[^\W\d_][01]{1,2}[^\W\d_]|[a-zа-яіїєґ][356]{1,2}[a-zа-яіїєґ]"  # inside
    r"|^[015](?!st|th|er|re|ra|ro)[a-zа-яіїєґ]{2}|^[A-ZА-ЯІЇЄҐ]3[a-zа-яіїєґ]{2}"  # in front
    r"|[^\W\d_]{2}0$|[a-zа-яіїєґ]{2}[15]$|[a-zа-яіїєґ]{4}3$"  # at the end
)

# `CiviI`, `PoIitics`, `lnstitute`; `RiverInstitute` is honest.
CAPITAL_FOR_SMALL = re.compile(r"[a-z]I(?![A-Za-z])|[a-z]I[aeiouybfghjkpqvwxz]|^l[ns][a-z]{2}")


def warnings(name: str, website: str = "", known_domains: Iterable[str] = ()) -> list[str | Promise]:
    """Why the name or the website may be made to look like another's; empty for an honest one.

    `known_domains` are registrable domains of organizations that are known; a website much like one of them is told.
    """
    written = WORD.findall(name)
    labels = domains.in_letters(domains.split(website).hostname or "").split(".")
    checks = [
        (any(hidden(char) for char in name) or has_idle_joiner(name), _("The name has characters that nobody sees.")),
        (any(mixes_scripts(word) for word in written), _("A word of the name mixes alphabets.")),
        (has_disguised_word(name), _("A word of the name looks Latin and is written in another alphabet.")),
        (has_odd_letters(name), _("The name has letters of an unusual form.")),
        (any(DIGIT_FOR_LETTER.search(word) for word in written), _("A digit stands in the name for a letter.")),
        (any(CAPITAL_FOR_SMALL.search(word) for word in written), _("The name mistakes capital I and small l.")),
        (
            any(mixes_scripts(label) or has_disguised_word(f"x {label}") for label in labels),
            _("The website’s address mixes alphabets."),
        ),
        (
            resembles_another(domains.of_website(website), frozenset(known_domains)),
            _("The website’s address is almost that of a known one."),
        ),
    ]
    return [words for applies, words in checks if applies]


def script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0] if char.isalpha() else ""


def mixes_scripts(word: str) -> bool:
    """Whether letters of several alphabets are blended. `КримSOS`, where each part shows what it is, is honest."""
    letters = [char for char in word if script(char) in LOOK_ALIKE_SCRIPTS]
    runs = [set(run) for _script, run in groupby(letters, key=script)]
    return len(runs) > 2 or (len(runs) == 2 and any(run <= TWINS for run in runs))


def has_disguised_word(name: str) -> bool:
    """Whether a word among Latin ones has only letters of another alphabet that look Latin.

    Where the name has more of that alphabet than such letters, it is honestly in both.
    """
    scripts = {char: script(char) for char in name}
    others = {char for char, alphabet in scripts.items() if alphabet in LOOK_ALIKE_SCRIPTS - {"LATIN"}}
    is_among_latin = others <= LATIN_TWINS and "LATIN" in scripts.values()
    return is_among_latin and any(set(word) <= others for word in WORD.findall(name))


def has_odd_letters(name: str) -> bool:
    """Whether letters have a form that no keyboard gives: mathematical, phonetic, small capitals, full width.

    Beside Chinese and Japanese signs full width is at home.
    """
    odd = STYLED[:-1] if any(script(char) in {"CJK", "HIRAGANA", "KATAKANA"} for char in name) else STYLED
    return any(
        unicodedata.decomposition(char).startswith(odd) or char in IPA_TWINS or "\u1d00" <= char <= "\u1dbf"
        for char in name
        if char.isalnum()
    )


def resembles_another(domain: str, known: Collection[str]) -> bool:
    """Whether the domain is not known itself, and much like a known one; see `looks_like`."""
    if not domain or domain in known:
        return False
    look = as_seen(domain)
    return any(is_one_letter_away(domain, each) or looks_like(look, as_seen(each)) for each in known)


def as_seen(domain: str) -> str:
    """The domain as a hurried eye reads it: without accents, letters of one look made the same."""
    letters = domain if domain.isascii() and "xn--" not in domain else without_accents(domains.in_letters(domain))
    return letters.casefold().translate(TO_LOOKS).replace("rn", "m").replace("vv", "w")


def looks_like(domain: str, known: str) -> bool:
    """Whether two domains, as seen, are one but for a letter, or for what follows the chosen name."""
    one, other = domains.label(domain), domains.label(known)
    chosen = one.replace("-", "")
    return (
        domain == known
        or is_one_letter_away(domain, known)
        or chosen == other.replace("-", "")
        or chosen == known.replace("-", "").replace(".", "")
    )


def is_one_letter_away(one: str, other: str) -> bool:
    """Whether one letter was added, left out, changed, or swapped with its neighbour."""
    return OSA.distance(one, other, score_cutoff=1) == 1


def is_slip_of(key: str, known: str) -> bool:
    """Whether a key is one letter away from a known one; short ones differ honestly."""
    return min(len(key), len(known)) >= FEWEST_TO_SLIP and is_one_letter_away(key, known)
