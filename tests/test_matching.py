"""Organizations found again whatever they are called, and none linked by itself that is another."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from campaigns import domains
from campaigns.models import Candidate, Organization
from campaigns.models.candidates import Sought
from tests.registry import Case, cases, false_friends, register_all

pytestmark = pytest.mark.django_db

AT_LEAST = 0.95


def register(name: str, *known: str, verified: bool = True, **fields: Any) -> Organization:
    organization = Organization.objects.register(name, **fields)
    for other in known:
        organization.know_as(other)
    if verified:
        organization.verify(by=None, how="we know them")
    return organization


def found(name: str, **fields: str) -> list[tuple[str, str, bool]]:
    """The candidates in short: name, reason, whether certain."""
    candidates = Organization.objects.candidates(name, **fields)
    return [(each.organization.name, each.reason.value, each.certain) for each in candidates]


# Real organizations


@pytest.fixture
def real() -> dict[str, Organization]:
    """The 334 organizations of the data, by name."""
    return register_all()


def place_of(organization: Organization, candidates: list[Candidate]) -> int | None:
    """At which place among the candidates it is, the first being 1."""
    return next((place for place, each in enumerate(candidates, start=1) if each.organization == organization), None)


def links(candidates: list[Candidate]) -> set[Organization]:
    return {each.organization for each in candidates if each.certain}


def test_right_organization_is_among_the_first_three(
    real: dict[str, Organization], record_property: Callable[[str, object], None]
) -> None:
    asked = [(real[case.name], variant) for case in cases() for variant in case.variants]
    answers = Organization.objects.candidates_for([variant for _organization, variant in asked])
    table: dict[str, Counter[str]] = {}
    for (organization, _variant), candidates in zip(asked, answers, strict=True):
        place = place_of(organization, candidates)
        row = table.setdefault(candidates[place - 1].reason if place else "not found", Counter())
        row.update(all=1, first=place == 1, three=bool(place and place <= 3), linked=organization in links(candidates))
    total = sum(table.values(), Counter())
    lines = [f"{'reason':<12}{'variants':>9}{'first':>7}{'in three':>10}{'linked':>8}"]
    for reason, row in [*table.items(), ("all", total)]:
        lines.append(f"{reason:<12}{row['all']:>9}{row['first']:>7}{row['three']:>10}{row['linked']:>8}")
    record_property("table", "\n".join(lines))
    assert total["all"] == len(asked) >= 2 * 175
    assert total["three"] >= AT_LEAST * total["all"]


def test_nobody_is_linked_with_another(real: dict[str, Organization]) -> None:
    asked = [(real[case.name], spelling) for case in cases() for spelling in case.spellings]
    answers = Organization.objects.candidates_for([spelling for _organization, spelling in asked])
    for (organization, spelling), candidates in zip(asked, answers, strict=True):
        assert links(candidates) <= {organization}, spelling


def test_who_is_not_in_the_registry_is_linked_with_nobody(real: dict[str, Organization]) -> None:
    for case in cases():
        others = Organization.objects.exclude(pk=real[case.name].pk)
        for spelling, candidates in zip(case.spellings, others.candidates_for(case.spellings), strict=True):
            assert links(candidates) == set(), spelling


def test_false_friends_are_never_linked(real: dict[str, Organization]) -> None:
    by_name: dict[str, Case] = {case.name: case for case in cases()}
    assert len(false_friends()) >= 2 * 30
    for one, other in false_friends():
        alone = Organization.objects.filter(pk=real[other].pk)
        for candidates in alone.candidates_for(by_name[one].spellings):
            assert links(candidates) == set(), (one, other)


# Each reason


def test_same_key() -> None:
    register("Center for Civil Liberties")
    assert found("NGO “Centre for Civil Liberties” (CCL)") == [("Center for Civil Liberties", "key", True)]


def test_same_website() -> None:
    register("Center for Civil Liberties", website="https://ccl.org.ua")
    for name, certain in (("Center for Civil Liberties Kyiv", False), ("Liberties Kyiv", False)):
        assert found(name, website="http://www.ccl.org.ua/en/") == [("Center for Civil Liberties", "website", certain)]


def test_email_at_the_website() -> None:
    register("Center for Civil Liberties", website="https://ccl.org.ua")
    assert found("Kyiv office", email="office@mail.ccl.org.ua") == [("Center for Civil Liberties", "email", False)]


def test_known_name() -> None:
    register("Center for Civil Liberties", "Центр громадянських свобод")
    assert found("ГО «Центр Громадянських Свобод»") == [("Center for Civil Liberties", "known name", False)]


def test_acronym_of_the_known() -> None:
    register("Center for Global Studies")
    assert found("CGS") == [("Center for Global Studies", "acronym", False)]


def test_acronym_that_is_known() -> None:
    register("Liberties of Kyiv", "CCL")
    assert found("Center for Civil Liberties") == [("Liberties of Kyiv", "acronym", False)]


def test_likeness() -> None:
    register("Crimean Human Rights Group")
    assert found("Crimea Human Rights Groups") == [("Crimean Human Rights Group", "likeness", False)]


def test_different_names_are_no_candidates() -> None:
    register("Crimean Human Rights Group")
    assert found("River Watch") == []


def test_strongest_reason_comes_first_and_each_record_once() -> None:
    register("Hill Society", "River Watch")
    register("River Watchers")
    register("River Watch", "Watch of the River", website="https://river.example")
    register("Wholly Other", website="https://other.example")
    answers = Organization.objects.candidates("River Watch", "https://other.example", "a@river.example")
    assert [(each.organization.name, each.reason.value) for each in answers] == [
        ("River Watch", "key"),
        ("Wholly Other", "website"),
        ("Hill Society", "known name"),
        ("River Watchers", "likeness"),
    ]
    assert not any(each.certain for each in answers)
    scores = [each.score for each in answers]
    assert scores == sorted(scores, reverse=True)
    assert max(scores) <= 100


# What links by itself


def test_unverified_is_only_suggested() -> None:
    register("River Watch", website="https://river.example", verified=False)
    assert found("River Watch", website="https://river.example") == [("River Watch", "key", False)]


@pytest.mark.parametrize(("country", "certain"), [("UA", True), ("", True), ("GE", False)])
def test_country_must_not_contradict(country: str, certain: bool) -> None:
    register("River Watch", country="UA", website="https://river.example")
    assert found("River Watch", country=country) == [("River Watch", "key", certain)]
    assert found("River Watch Ukraine", website="https://river.example", country=country) == [
        ("River Watch", "website", certain)
    ]


def test_website_must_not_contradict_the_name() -> None:
    register("River Watch", website="https://river.example")
    assert found("River Watch", website="https://river-watch.example") == [("River Watch", "key", False)]
    assert found("River Watch", website="https://facebook.com/river") == [("River Watch", "key", True)]


def test_two_of_one_name_or_website_are_both_only_suggested() -> None:
    register("River Watch", website="https://river.example")
    register("Watch, River", "River Watch", website="https://www.river.example")
    assert [certain for _name, _reason, certain in found("River Watch")] == [False, False]
    assert [certain for *_rest, certain in found("Other", website="https://river.example")] == [False, False]


def test_name_of_one_and_website_of_another_link_neither() -> None:
    register("River Watch")
    register("Hill Watch", website="https://hill.example")
    assert [certain for *_rest, certain in found("River Watch", website="https://hill.example")] == [False, False]


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("https://greenpeace.org", "https://www.greenpeace.org/usa"),
        ("https://greenpeace.org/usa", "https://www.greenpeace.org"),
        ("https://www.amnesty.org", "https://www.es.amnesty.org/"),
    ],
)
def test_sections_on_one_domain_are_only_suggested(known: str, typed: str) -> None:
    register("Movement", website=known)
    assert found("The section of the south", website=typed) == [("Movement", "website", False)]


def test_name_of_one_word_needs_its_country() -> None:
    register("Memorial", country="UA")
    assert found("NGO Memorial") == [("Memorial", "key", False)]
    assert found("NGO Memorial", country="UA") == [("Memorial", "key", True)]


def test_association_and_organization_of_one_name_are_only_suggested() -> None:
    register("الجمعية المغربية لحقوق الإنسان")
    assert found("المنظمة المغربية لحقوق الإنسان") == [("الجمعية المغربية لحقوق الإنسان", "key", False)]
    register("Orlyk Derneği")
    assert found("Orlyk Vakfı")[0] == ("Orlyk Derneği", "key", False)


DIFFERENT = [
    ("Youth Initiative for Human Rights (BiH)", "Youth Initiative for Human Rights (SRB)"),
    ("Youth Initiative for Human Rights", "Youth Initiative for Human Rights (SRB)"),
    ("ГО “Право на захист”", "БФ “Право на захист”"),
    ("ГО «Річкова варта»", "ГС «Річкова варта»"),
    ("РОО «Речная стража»", "НКО «Речная стража»"),
    ("Flusswacht Verband", "Flusswacht Verein"),
    ("Hepatitis A Patients Association", "Hepatitis E Patients Association"),
    ("Doctors for Russia", "Doctors of Russia"),
    ("Hội Bà Mẹ", "Hội Ba Mẹ"),
    ("心声基金会", "新生基金会"),
    ("River Watch Section (NL)", "River Watch Section (DE)"),
    ("Civic Solidarity Platform", "Solidarity Platform"),
    ("LA Community Action", "Community Action"),
    ("Women+ Kyiv", "Women Kyiv"),
    ("Mor Çatı Ev", "Mor Çatı"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT + [(other, one) for one, other in DIFFERENT])
def test_names_that_say_another_thing_are_never_linked(one: str, other: str) -> None:
    register(one, country="UA", website="https://river.example")
    for website in ("", "https://river.example"):
        assert not any(certain for *_rest, certain in found(other, website=website, country="UA"))


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("Center for Civil Liberties", "CENTER FOR CIVIL LIBERTIES"),
        ("Center for Civil Liberties", "„Center for civil-liberties“."),
        ("Center for Civil Liberties", "Centre for Civil Liberties"),
        ("Center for Civil Liberties", "NGO Center for Civil Liberties"),
        ("Center for Civil Liberties", "ГО “Center for Civil Liberties”"),
        ("Center for Civil Liberties", "Center for Civil Liberties (CCL)"),
        ("Center for Civil Liberties (CCL)", "Center for Civil Liberties"),
        ("Центр громадянських свобод", "ГРОМАДСЬКА ОРГАНІЗАЦІЯ «ЦЕНТР ГРОМАДЯНСЬКИХ СВОБОД» (ЦГС)"),
        ("Women’s Watch & Justice", "Womens Watch and Justice"),
        ("Kadın Derneği", "KADIN DERNEĞİ"),
        ("River Watch e.V.", "River Watch"),
        ("River Watch", "RIVER WATCH (NGO)"),
        ("Center for Civil Liberties (CCL)", "center for civil liberties (ccl)"),
        ("River Watch (ngo)", "River Watch (NGO)"),
    ],
)
def test_one_name_written_otherwise_is_linked(known: str, typed: str) -> None:
    register(known, country="UA")
    assert found(typed, country="UA") == [(known, "key", True)]


def test_acronym_in_brackets_may_be_one_that_is_known() -> None:
    river = register("River Watch")
    assert found("River Watch (RIWA)") == [("River Watch", "key", False)]
    river.know_as("RIWA")
    assert found("River Watch (RIWA)") == [("River Watch", "key", True)]


@pytest.mark.parametrize(
    ("known", "country", "website", "typed", "also"),
    [
        ("Institute of Philology", "UA", "https://knu.ua/", "Faculty of Law", "https://www.knu.ua/en/"),
        ("River University", "UA", "https://river.ua/", "River University Faculty of Law", "https://river.ua/"),
        ("River Watch", "", "https://river.org", "River Watch Togo", "https://river.org"),
        ("River Watch", "GB", "https://river.org", "River Watch Togo", "https://river.org"),
        ("River Watch", "GB", "https://river.org", "River Watch Ukrainian Section", "https://river.org"),
        ("River Watch Togo", "TG", "https://river.org", "River Watch", "https://river.org"),
        ("Hill Watch", "UA", "https://portal.org/org.php?id=12", "Hill", "https://portal.org/org.php?id=13"),
        ("Hill Watch", "UA", "https://portal.org/#/hill", "Hill", "https://portal.org/#/lake"),
        ("Hill Watch", "UA", "https://portal.org/?id=12", "Hill", "https://portal.org/"),
        ("Hill Watch", "UA", "https://kyivcity.gov.ua", "Hill Sports", "https://kyivcity.gov.ua"),
        ("KMDA Youth", "UA", "https://kyivcity.gov.ua", "KMDA Sports", "https://kyivcity.gov.ua"),
        ("River Watch", "UA", "https://river.org", "NGO", "https://river.org"),
    ],
)
def test_website_of_a_house_links_none_of_its_other_dwellers(
    known: str, country: str, website: str, typed: str, also: str
) -> None:
    register(known, country=country, website=website)
    assert found(typed, website=also) == [(known, "website", False)]


def test_other_letters_are_another_website() -> None:
    register("River Watch", "Річкова варта", website="https://straße.de")
    assert found("Hill Society", website="https://strasse.de") == []
    assert found("Річкова варта", website="https://xn--strae-oqa.de") == [("River Watch", "website", True)]


@pytest.mark.parametrize("name", ["CCL", "CCL Ukraine", "Center for Civil Liberties in Ukraine"])
def test_acronym_and_home_country_at_its_own_website_are_linked(name: str) -> None:
    register("Center for Civil Liberties", country="UA", website="https://ccl.org.ua")
    (candidate,) = Organization.objects.candidates(name, "https://www.ccl.org.ua/en", country="UA")
    assert candidate.certain


def test_merged_record_is_never_offered() -> None:
    kept = register("River Watch", website="https://river.example")
    gone = register("Watch of Rivers", "Річкова варта", website="https://rivers.example")
    Organization.objects.filter(pk=gone.pk).update(merged_into=kept)
    for name in ("Watch of Rivers", "Річкова варта", "WOR", "Watch of Riverss"):
        candidates = Organization.objects.candidates(name, "https://rivers.example", "a@rivers.example")
        assert gone not in [each.organization for each in candidates]


# Websites and mail domains


SHARED = [
    *("https://www.facebook.com/river", "https://uk-ua.facebook.com/river", "https://sites.google.com/view/river"),
    *("https://river.wordpress.com", "https://t.me/river", "https://x.com/river", "https://linktr.ee/river"),
    *(
        "https://blog.naver.com/river",
        "https://www.reddit.com/r/river",
        "https://issuu.com/river",
        "https://about.me/r",
    ),
    *("https://taplink.cc/river", "https://river.e-monsite.com", "https://www.helloasso.com/associations/river"),
    *(
        "https://t.co/river",
        "https://www.idealist.org/en/river",
        "https://www.google.com.ua/maps",
        "https://yandex.kz/r",
    ),
    *("https://river.weebly.com", "https://river.ucoz.ua", "https://river.business.site", "https://bsky.app/profile/a"),
]


@pytest.mark.parametrize("website", SHARED)
def test_shared_host_says_nothing(website: str) -> None:
    register("River Watch", website=website)
    assert found("Hill Society", website=website) == []


FREE = [
    *("a@gmail.com", "a@ukr.net", "a@mail.ru", "a@GMX.de", "a@proton.me", "a@hotmail.co.uk", "a@yahoo.es", "a@pm.me"),
    *("a@yahoo.it", "a@outlook.de", "a@qq.com", "a@163.com", "a@sfr.fr", "a@tuta.com", "a@tutamail.com", "a@bk.ru"),
    *("a@email.ua", "a@live.nl", "a@yandex.kz"),
]


@pytest.mark.parametrize("address", FREE)
def test_free_mail_says_nothing(address: str) -> None:
    register("River Watch", website=f"https://{address.partition('@')[2]}")
    assert found("Hill Society", email=address) == []


def test_website_in_another_script_is_one_with_its_ascii_form() -> None:
    register("River Watch", "Річкова варта", website="https://www.річка.укр")
    assert found("Річкова варта", website="https://xn--80atr2a4e.xn--j1amh/") == [("River Watch", "website", True)]
    assert found("Hill Society", email="варта@річка.укр") == [("River Watch", "email", False)]


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.ccl.org.ua/en/", "ccl.org.ua"),
        ("ccl.org.ua", "ccl.org.ua"),
        ("HTTPS://A:B@CCL.ORG.UA.:8080", "ccl.org.ua"),
        ("https://org.ua", ""),
        ("http://127.0.0.1/", ""),
        ("http://[::1]/", ""),
        ("http://[", ""),
        ("http://\x00.com", ""),
        ("http://a b.com", ""),
        ("localhost", ""),
        ("", ""),
    ],
    ids=ascii,
)
def test_registrable_domain(website: str, domain: str) -> None:
    assert domains.of_website(website) == domain


@pytest.mark.parametrize(
    ("website", "section"),
    [
        ("https://www.ccl.org.ua/en/", ""),
        ("https://www.es.amnesty.org", "es"),
        ("greenpeace.org/usa/", "usa"),
        ("https://ngo.org.ua/index.html", ""),
        ("http://[", ""),
    ],
)
def test_section_on_a_shared_domain(website: str, section: str) -> None:
    assert domains.section(website) == section


# Odd input


@pytest.mark.parametrize(
    "odd",
    [
        *(
            "",
            " ",
            "...",
            "—«»—",
            "ﷺ" * 100,
            "\u200f\u200f",
            "\x00",
            "a\x00b",
            "\ud800",
            "😀" * 50,
            "'; DROP TABLE",
            "%",
        ),
        *("z\u0301" * 200, "𝕏" * 200, "א" * 400, "ᚠ" * 100, "㍿" * 200, "1" * 5000),
    ],
    ids=lambda odd: ascii(odd)[:30],
)
@pytest.mark.parametrize("form", ["{}", "http://{}", "a@{}.com"])
def test_odd_input_finds_nothing_and_breaks_nothing(odd: str, form: str) -> None:
    register("River Watch", "RW", website="https://river.example")
    assert Organization.objects.candidates(odd, form.format(odd), form.format(odd), "UA") == []
    Organization.objects.warnings(odd, form.format(odd))


@given(st.text(), st.text(), st.text())
def test_any_address_has_a_domain_or_none(website: str, host: str, address: str) -> None:
    for domain in (domains.of_website(website), domains.of_website(f"http://{host}/"), domains.of_email(address)):
        assert domain == "" or domains.of_website(domain) in {domain, ""}


# Cost


def test_candidates_cost_as_many_queries_for_many_as_for_one() -> None:
    for number in range(5):
        register(f"Watch of river {number}")
    with CaptureQueriesContext(connection) as one:
        Organization.objects.candidates("Watch of river 1")
    with CaptureQueriesContext(connection) as many:
        Organization.objects.candidates_for([Sought(f"Watch of river {number}") for number in range(5)])
    assert len(one) == len(many) <= 4


@pytest.mark.parametrize(
    ("known", "also", "country", "sought"),
    [
        ("International Memorial", "Memorial", "RU", "Human Rights Center Memorial"),
        ("Amnesty International", "AI", "GB", "Amnesty International Scotland"),
        ("Transparency International", "TI", "DE", "TI Kosova"),
        ("Church of the River", "COR", "US", "Victims of the Church of the River"),
        ("River University", "RU", "US", "River University Press"),
        ("Law Monitor", "LM", "", "Laws Monitor"),
    ],
)
def test_more_words_at_the_same_website_only_suggest(known: str, also: str, country: str, sought: str) -> None:
    register(known, also, country=country, website="https://river.example.net")
    assert [certain for _name, _reason, certain in found(sought, website="https://river.example.net")] == [False]
