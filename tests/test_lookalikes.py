"""Names and websites that are made to look like another's are warned of; honest ones are not."""

import random
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from campaigns import domains, names
from campaigns.models import Organization, Signature
from tests.builders import make_campaign, make_coordinator, make_pending, sign_in
from tests.registry import DATA, Case, cases

HOW_MANY = 200
AT_LEAST, AT_MOST = 0.95, 0.02
OF_THE_CASE = cases()[:25]
DOMAINS = {domains.of_website(case.website) for case in OF_THE_CASE if case.website}

CYRILLIC = dict(zip("aceopxyijsABCEHIKMOPTX", "асеорхуіјѕАВСЕНІКМОРТХ", strict=True))
GREEK = dict(zip("ovABEHIKMNOPTXYZ", "ονΑΒΕΗΙΚΜΝΟΡΤΧΥΖ", strict=True))
DIGITS = {"o": "0", "l": "1", "i": "1", "s": "5", "e": "3", "O": "0"}
INVISIBLE = "\u200b\u200d\u2060\ufeff\u200e\u200f\u202e\u2066\u00ad\u034f\ufe0f\u180b\u3164"
ACCENTS = "\u0301\u0323\u0307"

Chance = random.Random
Lookalike = tuple[str, str]  # name and website


def swap(text: str, table: dict[str, str], chance: Chance) -> str:
    """The text with one to three of its letters taken from the table."""
    places = [place for place, char in enumerate(text) if char in table]
    for place in chance.sample(places, min(len(places), chance.randint(1, 3))):
        text = text[:place] + table[text[place]] + text[place + 1 :]
    return text


def other_letters(name: str, chance: Chance) -> str:
    return swap(name, chance.choice([CYRILLIC, GREEK]), chance)


def latin_in_cyrillic(name: str, chance: Chance) -> str:
    """Of the native name, where there is one."""
    native = next((known for known in named(name).known if known[-1] in "аиіїоуюя"), "")
    return swap(native, {there: here for here, there in CYRILLIC.items()}, chance)


def whole_word(name: str, chance: Chance) -> str:
    """One word all of whose letters another alphabet has."""
    words = name.split()
    places = [place for place, word in enumerate(words) if all(char in CYRILLIC for char in word)]
    if not places:
        return ""
    place = chance.choice(places)
    words[place] = "".join(CYRILLIC[char] for char in words[place])
    return " ".join(words)


def unseen(name: str, chance: Chance) -> str:
    place = chance.randint(1, len(name) - 1)
    return name[:place] + chance.choice(INVISIBLE) + name[place:]


def full_width(name: str, chance: Chance) -> str:
    words = name.split()
    place = chance.randrange(len(words))
    words[place] = "".join(
        chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in words[place]
    )
    return " ".join(words)


def mathematical(name: str, chance: Chance) -> str:
    first = chance.choice([0x1D400, 0x1D434, 0x1D5A0, 0x1D670])
    upper = {chr(ord("A") + number): chr(first + number) for number in range(26)}
    lower = {chr(ord("a") + number): chr(first + 26 + number) for number in range(26)}
    return swap(name, {char: sign for char, sign in {**upper, **lower}.items() if sign.isalpha()}, chance)


def digit(name: str, chance: Chance) -> str:
    return swap(name, DIGITS, chance)


def capital(name: str, chance: Chance) -> str:
    """Small l and capital I, which many fonts draw alike."""
    return name.replace("l ", "I ").replace("In", "ln").replace("lo", "Io").replace("li", "Ii")


def added(label: str, chance: Chance) -> str:
    place = chance.randint(0, len(label))
    return label[:place] + chance.choice("abcdefghiklmnoprstuz") + label[place:]


def left_out(label: str, chance: Chance) -> str:
    place = chance.randrange(len(label))
    return label[:place] + label[place + 1 :]


def changed(label: str, chance: Chance) -> str:
    place = chance.randrange(len(label))
    return label[:place] + chance.choice([char for char in "acehimnors" if char != label[place]]) + label[place + 1 :]


def swapped(label: str, chance: Chance) -> str:
    places = [place for place in range(len(label) - 1) if label[place] != label[place + 1]]
    place = chance.choice(places)
    return label[:place] + label[place + 1] + label[place] + label[place + 2 :]


def homoglyph(label: str, chance: Chance) -> str:
    """In another alphabet's letters or under an accent, as `xn--...`."""
    other = swap(label, CYRILLIC, chance)
    if other == label:
        other = unicodedata.normalize("NFC", label[0] + chance.choice(ACCENTS) + label[1:])
    return other.encode("idna").decode() if chance.random() < 0.5 else other


def digit_in_domain(label: str, chance: Chance) -> str:
    return swap(label, {key: value for key, value in DIGITS.items() if key.islower()}, chance)


def pairs_for_one(label: str, chance: Chance) -> str:
    return label.replace("m", "rn").replace("w", "vv")


def another_ending(domain: str, chance: Chance) -> str:
    label, _dot, ending = domain.partition(".")
    new = chance.choice([each for each in ("com", "org", "net", "info", "com.ua", "in.ua", "eu") if each != ending])
    return f"{label}.{new}"


def ending_in_the_name(domain: str, chance: Chance) -> str:
    return f"{domain.replace('.', '-')}.{chance.choice(['com', 'org', 'net', 'info'])}"


OF_NAMES = [
    other_letters,
    other_letters,
    latin_in_cyrillic,
    whole_word,
    unseen,
    unseen,
    full_width,
    mathematical,
    digit,
    capital,
]
OF_LABELS = [added, left_out, changed, swapped, homoglyph, homoglyph, digit_in_domain, pairs_for_one]
OF_DOMAINS = [another_ending, ending_in_the_name]


def named(name: str) -> Case:
    return next(case for case in OF_THE_CASE if case.name == name)


def lookalikes() -> Iterator[tuple[str, str, Lookalike]]:
    """Endlessly: how it was made, of what, and the look-alike. The same at every run."""
    chance = Chance(2018)
    with_website = [case for case in OF_THE_CASE if case.website]
    while True:
        of_name = chance.choice(OF_NAMES)
        case = chance.choice(OF_THE_CASE)
        yield of_name.__name__, case.name, (of_name(case.name, chance), case.website)
        case = chance.choice(with_website)
        domain = domains.of_website(case.website)
        label, _dot, ending = domain.partition(".")
        if chance.random() < 0.75:
            of_label = chance.choice(OF_LABELS)
            yield of_label.__name__, domain, (case.name, f"https://{of_label(label, chance)}.{ending}/")
        else:
            of_domain = chance.choice(OF_DOMAINS)
            yield of_domain.__name__, domain, (case.name, f"https://www.{of_domain(domain, chance)}/")


def two_hundred() -> list[tuple[str, Lookalike]]:
    """Different ones, and each different from what it was made of."""
    made: dict[Lookalike, str] = {}
    for how, original, (name, website) in lookalikes():
        is_other = domains.of_website(website) != original if "." in original else name not in {original, "", *DOMAINS}
        if is_other:
            made.setdefault((name, website), how)
        if len(made) == HOW_MANY:
            break
    return [(how, lookalike) for lookalike, how in made.items()]


def test_lookalikes_of_the_case_are_warned_of(record_property: Callable[[str, object], None]) -> None:
    made, warned = Counter[str](), Counter[str]()
    missed = []
    for how, (name, website) in two_hundred():
        made[how] += 1
        if names.warnings(name, website, DOMAINS):
            warned[how] += 1
        else:
            missed.append((how, name, website))
    rows = [*((how, made[how], warned[how]) for how in sorted(made)), ("all", made.total(), warned.total())]
    lines = [f"{how:<20}{of:>6}{found:>8}" for how, of, found in [("look-alike", "made", "warned"), *rows]]
    record_property("table", "\n".join(lines))
    assert made.total() == HOW_MANY
    assert warned.total() >= AT_LEAST * HOW_MANY, missed


def test_honest_names_are_not_warned_of() -> None:
    honest = (DATA / "honest_names.txt").read_text().splitlines()
    warned = [name for name in honest if names.warnings(name)]
    assert len(honest) == 175
    assert len(warned) <= AT_MOST * len(honest), warned


def test_what_real_groups_type_is_not_warned_of() -> None:
    typed = {each for case in cases() for each in (case.name, *case.known, *(one.name for one in case.variants))}
    warned = [name for name in typed if names.warnings(name)]
    assert len(warned) <= AT_MOST * len(typed), warned


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("River\u200bWatch", "nobody sees"),
        ("River\u00adWatch", "nobody sees"),
        ("Rіver Watch", "mixes alphabets"),
        ("Річкова вaрта", "mixes alphabets"),
        ("Vostok-ЅОЅ", "another alphabet"),
        ("С Media", "another alphabet"),
        ("Center СОВА", "another alphabet"),
        ("Ｒｉｖｅｒ Watch", "unusual form"),
        ("𝐑iver Watch", "unusual form"),
        ("Rɪver Watch", "unusual form"),
        ("River Wa7ch 0pen", "digit"),
        ("Civil 1iberties", "digit"),
        ("CiviI Liberties", "capital I"),
        ("Center for PoIitical Studies", "capital I"),
        ("River lnstitute", "capital I"),
        ("Civil Llberties", "capital I"),
        ("Ꭺmnesty", "mixes alphabets"),
        ("River Ꮃatch", "mixes alphabets"),
        ("ꓮmnesty", "mixes alphabets"),
        ("Hoսnds", "mixes alphabets"),
        ("Ⲣeace", "mixes alphabets"),
        ("Wဝrld", "mixes alphabets"),
        ("Ꭱ Media", "another alphabet"),
        ("ꓮꓡꓡ Media", "another alphabet"),
        ("Hoꭎnds", "unusual form"),
        ("AMNE5TY", "digit"),
        ("Human Right5", "digit"),
        ("Civi1 Society", "digit"),
    ],
)
def test_warning_says_what_is_odd(name: str, words: str) -> None:
    assert any(words in str(warning) for warning in names.warnings(name))


@pytest.mark.parametrize(
    "name",
    [
        *(
            "ГО «КримSOS»",
            "Vostok SOS / Восток SOS",
            "Восток СОС (Vostok SOS)",
            "R2P",
            "R3D",
            "Article 19",
            "ARTICLE19",
        ),
        *(
            "1st Contact",
            "COP30 Coalition",
            "Peace4Ukraine",
            "İnsan Hakları Derneği",
            "ΑΒΓ",
            "СОВА",
            "ＮＰＯ法人 川の会",
        ),
        *("Memorial №5", "Cơ sở", "حقوق الإنسان", "می\u200cخواهم", "हिंदी संस्था", "C14", "G20 Watch", "112 Україна"),
        *(
            "Radio1",
            "Canal5",
            "Fem5",
            "Studio3",
            "Europe1",
            "Generation0",
            "TV5MONDE",
            "Studio1Kyiv",
            "Lloyd",
            "Llengua i drets",
        ),
        *("Azərbaycan", "Cherokee Nation ᏣᎳᎩᎯ ᎠᏰᎵ", "Oʻzbekiston", "Ɛwe Society", "SOS Հայաստան", "SOS-საქართველო"),
        *("RiverInstitute", "Strategy XXI", "OpenIT", "l’Observatoire", "MacInnes", "LGBTI+ Kyiv", "AntiImmigration"),
    ],
)
def test_honest_oddity_is_not_warned_of(name: str) -> None:
    assert names.warnings(name) == []


@pytest.mark.parametrize(
    "website",
    [
        *(
            "https://cc1.org.ua",
            "https://ccll.org.ua",
            "https://ccl.com.ua",
            "https://ccl-org-ua.com",
            "https://c-cl.org",
        ),
        *("https://ссl.org.ua", "https://xn--l-6tba.org.ua", "https://cćl.org.ua", "https://www.cci.org.ua/en/"),
    ],
)
def test_website_almost_a_known_one_is_warned_of(website: str) -> None:
    assert names.warnings("River Watch", website, ["ccl.org.ua"])


@pytest.mark.parametrize(
    "website",
    [
        *("https://amnesty.org.evil.com/", "https://donate-amnesty.org", "https://amnesty-org.com", "amnesty.com"),
        *("https://amnesty.org.wordpress.com", "https://arnnesty.org", "https://amnesty.co", "https://amnesty.com.ua"),
        *("https://hrvv.org", "https://amnèsty.org", "https://ɑmnesty.org"),
    ],
)
def test_website_made_of_a_known_one_is_warned_of(website: str) -> None:
    assert names.warnings("River Watch", website, ["amnesty.org", "hrw.org"])


@pytest.mark.parametrize(
    "website",
    [
        *(
            "https://hrc.org",
            "https://hrf.org",
            "https://amnesty.de",
            "https://amnesty.org.au",
            "https://amnesty.or.jp",
        ),
        *("https://www.es.amnesty.org/", "https://amnesty-river.de"),
    ],
)
def test_neighbours_and_sections_are_not_warned_of(website: str) -> None:
    assert names.warnings("River Watch", website, ["amnesty.org", "hrw.org"]) == []


@pytest.mark.parametrize("website", ["https://ссl.org", "https://аре.com", "https://xn--l-6tba.org.ua", "//gооgle.com"])
def test_blended_address_is_warned_of_without_the_registry(website: str) -> None:
    assert [str(warning) for warning in names.warnings("River Watch", website)] == [
        "The website’s address mixes alphabets."
    ]


@pytest.mark.parametrize(
    "website",
    ["", "https://ccl.org.ua/", "https://www.ccl.org.ua", "https://river.org", "https://річка.укр", "https://[", "x"],
)
def test_honest_website_is_not_warned_of(website: str) -> None:
    assert names.warnings("River Watch", website, ["ccl.org.ua", "khpg.org"]) == []


def test_blended_word_is_told_once() -> None:
    assert [str(each) for each in names.warnings("Humаn Rights")] == ["A word of the name mixes alphabets."]


# With the registry


@pytest.mark.django_db
def test_website_almost_a_registered_one_is_warned_of() -> None:
    Organization.objects.register("Center for Civil Liberties", website="https://ccl.org.ua")
    merged = Organization.objects.register("Old Center", website="https://oldcenter.org.ua")
    Organization.objects.filter(pk=merged.pk).update(merged_into=Organization.objects.first())
    almost = "The website’s address is almost that of a known one."
    assert [str(each) for each in Organization.objects.warnings("Liberties", "https://ccll.org.ua")] == [almost]
    assert Organization.objects.warnings("Liberties", "https://ccl.org.ua/en/") == []
    assert Organization.objects.warnings("Liberties", "https://oldcentre.org.ua") == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "is_warned"),
    [
        ("Ukrainian Helsinki Human Rigths Union", True),
        ("Ukrainian Helsinki Human Right Union", True),
        ("Ukrainian Helsinki Human Rights Union (UHHRU)", False),
        ("Ukrainian Helsinki Group", False),
        ("UHRU", False),
    ],
)
def test_name_one_letter_away_from_a_verified_one_is_warned_of(name: str, is_warned: bool) -> None:
    union = Organization.objects.register("Ukrainian Helsinki Human Rights Union")
    union.know_as("UHHRU")
    assert Organization.objects.warnings(name) == []
    union.verify(by=None, how="we know them")
    words = ["The name is one letter away from that of a verified organization."] if is_warned else []
    assert [str(each) for each in Organization.objects.warnings(name)] == words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "is_warned"),
    [
        ("Arnnesty International", True),
        ("Amnesty lnternational", True),
        ("Ꭺmnesty International", True),
        ("Amne5ty Internationa1", True),
        ("AMNESTY INTERNATIONAL", False),
        ("Amnesty International (AI)", False),
        ("Amnesty Interregional", False),
    ],
)
def test_name_that_is_taken_for_a_verified_one_is_warned_of(name: str, is_warned: bool) -> None:
    Organization.objects.register("Amnesty International").verify(by=None, how="we know them")
    words = {str(each) for each in Organization.objects.warnings(name)} - {str(each) for each in names.warnings(name)}
    assert bool(words) == is_warned


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Rіver Watch", "Ｒｉｖｅｒ Watch", "River\u200b Watch"])
def test_lookalike_is_never_linked_by_itself(name: str) -> None:
    Organization.objects.register("River Watch", website="https://river.example").verify(by=None, how="we know them")
    for website in ("", "https://river.example"):
        (candidate,) = Organization.objects.candidates(name, website)
        assert (candidate.reason, candidate.certain) == ("key", False)


def review_page(client: Client, signature: Signature) -> str:
    return client.get(f"/admin/campaigns/signature/{signature.pk}/change/").content.decode()


@pytest.mark.django_db
def test_warnings_stand_on_the_review(client: Client) -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    sign_in(client, coordinator)
    odd, honest = (
        make_pending(campaign, "Rіver Watch"),
        make_pending(campaign, "Hill Society", email="a@hill.example.org"),
    )
    assert "A word of the name mixes alphabets." in review_page(client, odd)
    assert "Look twice" not in review_page(client, honest)
