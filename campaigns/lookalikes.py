"""Names and websites' addresses that are made to look like another's. Pure functions."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Set
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rapidfuzz import process
from rapidfuzz.distance import OSA

from . import domains

# Alphabets that have letters of one look. A word that mixes them is not an honest one.
COMMON_SCRIPTS = frozenset({"LATIN", "CYRILLIC", "GREEK"})
# Those that no honest word blends with the common ones, whatever the letter.
# fmt: off
APART_SCRIPTS = frozenset(
    {
        "ARMENIAN", "BAMUM", "CANADIAN", "CARIAN", "CHEROKEE", "COPTIC", "DESERET", "ELBASAN", "ETHIOPIC", "GEORGIAN",
        "GLAGOLITIC", "GOTHIC", "LISU", "LYCIAN", "LYDIAN", "MIAO", "MYANMAR", "NKO", "OGHAM", "OLD", "ORIYA",
        "OSAGE", "OSMANYA", "PHOENICIAN", "RUNIC", "SHAVIAN", "TELUGU", "TIFINAGH", "VAI", "WARANG",
    }
)
# fmt: on
LOOK_ALIKE_SCRIPTS = COMMON_SCRIPTS | APART_SCRIPTS
# Letters of Cherokee and Lisu, each with the Latin one whose look it has.
CHEROKEE = dict(zip("ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏏᏒᏔᏚᏙᏞᏟᏢᏦᏧ", "DRTiAJEWMHYGhZbRWSVLCPKd", strict=True))
LISU = dict(zip("ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPdDTGKJCZFMNLSRVHWXYAEIOU", strict=True))
LATIN_TWINS = frozenset(CHEROKEE) | frozenset(LISU) | frozenset("аеорсухіїјѕһԁԛԝӏАВЕКМНОРСТУХІЇЈЅԚԜӀΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρυ")
# Phonetic and medieval letters, but for those that African and Azerbaijani spelling took from them.
PHONETIC = frozenset(map(chr, [*range(0x250, 0x2B0), *range(0x1D00, 0x1DC0), *range(0xA722, 0xA788)]))
PHONETIC |= frozenset(map(chr, range(0xAB30, 0xAB70))) | frozenset("Ɩǀǃ")
PHONETIC -= frozenset("ɓɔɖɗəɛɠɣɨɫɬɲɵɯʃʊʌʒʔɾ")
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
TO_LATIN = str.maketrans(
    {twin: letter for letter, twins in LOOKS.items() for twin in twins if not twin.isascii()} | CHEROKEE | LISU
)
TWINS = LATIN_TWINS | CYRILLIC_TWINS | {twin for twins in LOOKS.values() for twin in twins if not twin.isascii()}
DIGIT_FOR_LETTER = re.compile(
    r"(?![a-zа-яіїєґ]\d+[A-ZА-ЯІЇЄҐ])[^\W\d_][01]{1,2}[^\W\d_]"  # inside
    r"|[a-zа-яіїєґ][356]{1,2}[a-zа-яіїєґ]|[A-ZА-ЯІЇЄҐ]{3}[356]{1,2}[A-ZА-ЯІЇЄҐ]"
    r"|^[015](?!st|th|er|re|ra|ro)[a-zа-яіїєґ]{2}|^[A-ZА-ЯІЇЄҐ]3[a-zа-яіїєґ]{2}"  # in front
)
DIGIT_AT_THE_END = re.compile(r"(?P<start>[^\W\d_]{2,})(?P<digit>[0135])")
LETTERS_OF_DIGITS = {"0": "o", "1": "li", "3": "e", "5": "s"}
# Words of organizations' names whose last letter a digit can stand for; `Radio1` and `Canal5` are honest.
# fmt: off
WORDS_BEFORE_DIGITS = frozenset(
    {
        "alliance", "associates", "associations", "bureau", "campaigns", "centers", "centre", "children", "citizens",
        "civil", "committee", "communities", "council", "defenders", "environmental", "ethics", "europe", "federal",
        "foundations", "freedoms", "friends", "global", "groups", "home", "house", "institute", "institutes",
        "international", "journalists", "justice", "lawyers", "legal", "liberties", "lives", "media", "national",
        "networks", "organizations", "peace", "people", "peoples", "police", "political", "politics", "prisoners",
        "programme", "refugees", "rights", "rule", "sciences", "service", "services", "social", "societies",
        "solutions", "states", "strategies", "studies", "survivors", "trade", "tribunal", "victims", "voice",
        "voices", "women", "womens", "workers", "громадські", "громадянські", "медіа", "права", "право",
        "правозахисні", "свобод", "україні",
    }
)
# fmt: on

# `CiviI`, `PoIitics`, `lnstitute`; `RiverInstitute` is honest.
CAPITAL_FOR_SMALL = re.compile(r"[a-z]I(?![A-Za-z])|[a-z]I[aeiouybfghjkpqvwxz]|^l[ns][a-z]{2}|^[Ll]l[b-df-hj-np-tvxz]")
WORD = re.compile(r"[^\W_]+")
FEWEST_TO_SLIP = 8
FEWEST_TO_RESEMBLE = 5
FEWEST_IN_A_LABEL = 4


def of_name(name: str) -> list[str | Promise]:
    """Why a name's letters may be made to look like others; empty for an honest one."""
    written = WORD.findall(name)
    checks = [
        (any(mixes_scripts(word) for word in written), _("A word of the name mixes alphabets.")),
        (has_disguised_word(name), _("A word of the name looks Latin and is written in another alphabet.")),
        (has_odd_letters(name), _("The name has letters of an unusual form.")),
        (any(has_digit_for_letter(word) for word in written), _("A digit stands in the name for a letter.")),
        (any(CAPITAL_FOR_SMALL.search(word) for word in written), _("The name mistakes capital I and small l.")),
    ]
    return [words for applies, words in checks if applies]


def of_website(website: str, known_domains: Iterable[str]) -> list[str | Promise]:
    """Why an address may be made to look like another; empty for an honest one and for none."""
    host = domains.in_ascii(domains.split(website).hostname or "")
    labels = domains.in_letters(domains.split(website).hostname or "").split(".")
    checks = [
        (
            any(mixes_scripts(label) or has_disguised_word(f"x {label}") for label in labels),
            _("The website’s address mixes alphabets."),
        ),
        (
            resembles_another(host, frozenset(known_domains)),
            _("The website’s address is almost that of a known one."),
        ),
    ]
    return [words for applies, words in checks if applies]


def script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0] if char.isalpha() else ""


def scripts(name: str) -> set[str]:
    """The alphabets that its letters are of."""
    return {script(char) for char in name} - {""}


def mixes_scripts(word: str) -> bool:
    """Whether letters of several alphabets are blended. `КримSOS`, where each part shows what it is, is honest."""
    letters = [char for char in word if script(char) in LOOK_ALIKE_SCRIPTS]
    blended = {script(char) for char in letters}
    if blended & COMMON_SCRIPTS and blended & APART_SCRIPTS:
        return True
    runs = [set(run) for _script, run in groupby(letters, key=script)]
    return len(runs) > 2 or (len(runs) == 2 and any(run <= TWINS for run in runs))


def has_digit_for_letter(word: str) -> bool:
    """Whether a digit stands where the word would have a letter."""
    if DIGIT_FOR_LETTER.search(word):
        return True
    ends = DIGIT_AT_THE_END.fullmatch(word)
    meant = {ends["start"] + letter for letter in LETTERS_OF_DIGITS[ends["digit"]]} if ends else set()
    return any(each.casefold() in WORDS_BEFORE_DIGITS for each in meant)


def has_disguised_word(name: str) -> bool:
    """Whether a word among Latin ones has only letters of another alphabet that look Latin.

    Where the name has more of that alphabet than such letters, it is honestly in both.
    """
    alphabets = {char: script(char) for char in name}
    others = {char for char, alphabet in alphabets.items() if alphabet in LOOK_ALIKE_SCRIPTS - {"LATIN"}}
    is_among_latin = others <= LATIN_TWINS and "LATIN" in alphabets.values()
    return is_among_latin and any(set(word) <= others for word in WORD.findall(name))


def has_odd_letters(name: str) -> bool:
    """Whether letters have a form that no keyboard gives: mathematical, phonetic, small capitals, full width.

    Beside Chinese and Japanese signs full width is at home.
    """
    odd = STYLED[:-1] if any(script(char) in {"CJK", "HIRAGANA", "KATAKANA"} for char in name) else STYLED
    return any(unicodedata.decomposition(char).startswith(odd) or char in PHONETIC for char in name if char.isalnum())


def resembles_another(host: str, known: Collection[str]) -> bool:
    """Whether the host's domain is not known itself, and much like a known one; see `looks_like`."""
    return bool(resembled(host, known))


def resembled(host: str, known: Collection[str]) -> str:
    """The known domain that the host's is much like; empty where it is known itself, or like none."""
    if not host or not known or domains.registrable(host) in known:
        return ""
    domain = domains.of_website(host)
    return next((each for each in known if holds(host, each) or (domain and looks_like(domain, each))), "")


def holds(host: str, known: str) -> bool:
    """Whether the known domain stands whole within another: `amnesty.org.evil.com`, `donate-amnesty.org`.

    `amnesty.org.uk` beside `amnesty.org` is but another ending.
    """
    is_within = f"-{known}-".replace(".", "-") in f"-{host}-".replace(".", "-")
    return is_within and domains.label(domains.registrable(host)) != domains.label(known)


def as_seen(domain: str) -> str:
    """The domain as a hurried eye reads it: without accents, letters of one look made the same."""
    letters = domain if domain.isascii() and "xn--" not in domain else without_marks(domains.in_letters(domain))
    return letters.casefold().translate(TO_LATIN).translate(TO_LOOKS).replace("rn", "m").replace("vv", "w")


def without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFKC", "".join(char for char in decomposed if not unicodedata.combining(char)))


def looks_like(domain: str, known: str) -> bool:
    """Whether two domains are one but for a letter, or for what follows the chosen name.

    Short names are one letter apart honestly, and the same name under a country's own ending is its section's.
    """
    one, other = domains.label(domain), domains.label(known)
    if one == other:
        section = domains.section_ending(domain)
        return not section or section == domains.section_ending(known)
    seen, known_seen = as_seen(domain), as_seen(known)
    chosen, meant = (domains.label(each).replace("-", "") for each in (seen, known_seen))
    return (
        chosen in {meant, known_seen.replace("-", "").replace(".", "")}
        or flat(seen) == flat(known_seen)
        or (
            domains.ending(domain) == domains.ending(known)
            and (is_typed_for(one, other) or is_typed_for(chosen, meant))
        )
    )


def flat(domain: str) -> str:
    return domain.replace("-", "").replace(".", "")


def is_typed_for(label: str, known: str) -> bool:
    """Whether a slip makes one of the other; those of three letters are one letter apart honestly."""
    return max(len(label), len(known)) >= FEWEST_IN_A_LABEL and is_one_letter_away(label, known)


def is_one_letter_away(one: str, other: str) -> bool:
    """Whether one letter was added, left out, changed, or swapped with its neighbour."""
    return OSA.distance(one, other, score_cutoff=1) == 1


def in_latin(name: str) -> str:
    """The name with every letter that looks Latin made so."""
    return name.translate(TO_LATIN)


def resemble(keys: Set[str], known: Collection[str]) -> bool:
    """Whether a name's key is taken for a known one: the same as seen, or one letter away; short ones differ honestly.

    Several keys are several ways to read the name.
    """
    sights = [as_seen(each) for each in known if len(each) >= FEWEST_TO_RESEMBLE]
    for sight in map(as_seen, keys):
        farthest = int(len(sight) >= FEWEST_TO_SLIP)
        if process.extractOne(sight, sights, scorer=OSA.distance, score_cutoff=farthest):
            return len(sight) >= FEWEST_TO_RESEMBLE
    return False


class KnownDomains:
    """Many known domains, each as a hurried eye sees it, so that the few much like another are found quickly."""

    def __init__(self, known: Iterable[str]) -> None:
        self.known = list(known)
        self.seen = [as_seen(domain) for domain in self.known]
        self.places: dict[str, list[int]] = {}
        for place, (domain, seen) in enumerate(zip(self.known, self.seen, strict=True)):
            for look in {flat(domains.label(seen)), flat(seen), in_pieces(domain)}:
                self.places.setdefault(look, []).append(place)

    def near(self, website: str) -> list[str]:
        """Those that `resembles_another` may hold the website's host for, and itself where it is known."""
        host = domains.in_ascii(domains.split(website).hostname or "")
        domain = domains.of_website(website)
        if not domain:
            return []
        seen = as_seen(domain)
        looks = {flat(domains.label(seen)), *runs(in_pieces(host))}
        places = {place for look in looks for place in self.places.get(look, [])}
        for sought, known in [(domain, self.known), (seen, self.seen)]:
            found = process.extract(sought, known, scorer=OSA.distance, score_cutoff=1, limit=None)
            places.update(place for _known, _distance, place in found)
        return [self.known[place] for place in sorted(places)]


def in_pieces(domain: str) -> str:
    return domain.replace(".", "-")


def runs(pieces: str) -> set[str]:
    """Every run of pieces that stand side by side."""
    words = pieces.split("-")
    return {"-".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
