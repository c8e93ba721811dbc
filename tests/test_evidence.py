"""What a coordinator reads before deciding: each thing that is known, marked for, against or unknown."""

import datetime
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Campaign, Evidence, Organization, Sign, Signature, evidence
from tests.builders import make_campaign, make_coordinator, make_listed, make_member, make_pending, make_signature

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
FOR, AGAINST, UNKNOWN = Sign.FOR, Sign.AGAINST, Sign.UNKNOWN


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


def register(name: str = "River Watch", website: str = "https://river.example", verified: bool = True) -> Organization:
    organization = Organization.objects.register(name, website=website)
    if verified:
        organization.verify(by=None, how="we know them")
    return organization


def told(found: list[Evidence], code: str) -> list[tuple[Sign, str]]:
    """What is told under that code."""
    return [(each.sign, each.text) for each in found if each.code == code]


def signs(found: list[Evidence]) -> set[tuple[str, Sign]]:
    return {(each.code, each.sign) for each in found}


def against(found: list[Evidence]) -> list[str]:
    return [each.text for each in found if each.sign == AGAINST]


# One by one


def test_address_was_confirmed_and_when(campaign: Campaign) -> None:
    (found,) = told(make_pending(campaign).evidence(), "confirmed")
    assert found == (FOR, "The address was confirmed on 2 March 2026, 12:00.")


def suggested(signature: Signature) -> str:
    """The words of a refusal that the evidence suggests."""
    return evidence.reason_suggested_by(signature.evidence())


HILL = {"name": "Hill Watch"}
OF_MAIL = {"own_domain", "free_mail", "disguised_mail", "foreign_mail", "another_domain"}
MAIL: list[tuple[dict[str, Any], str, tuple[str, Sign], str]] = [
    ({}, "a@river.example", ("own_domain", FOR), "at river.example, the domain of “River Watch”."),
    ({}, "a@mail.river.example", ("own_domain", FOR), "at river.example, the domain of “River Watch”."),
    ({**HILL, "website": "https://hill.example"}, "a@hill.example", ("own_domain", FOR), "as is the website"),
    (
        {},
        "a@gmail.com",
        ("free_mail", AGAINST),
        "gmail.com, though “River Watch” has a domain of its own, river.example.",
    ),
    (HILL, "hill@gmail.com", ("free_mail", UNKNOWN), "the free-mail provider gmail.com."),
    ({}, "a@riwer.example", ("disguised_mail", AGAINST), "riwer.example, which is almost river.example"),
    (HILL, "a@rlver.example", ("disguised_mail", AGAINST), "the domain of “River Watch”."),
    (HILL, "a@rіver.example", ("disguised_mail", AGAINST), ".example, which is almost river.example, the domain of"),
    (HILL, "a@lаkes.example", ("disguised_mail", AGAINST), "which mixes alphabets."),
    ({**HILL, "website": "https://riwer.example"}, "a@riwer.example", ("disguised_mail", AGAINST), "is almost"),
    (
        {"website": "https://storm.example"},
        "a@storm.example",
        ("foreign_mail", AGAINST),
        "is verified, is river.example",
    ),
    ({}, "a@evil.example", ("foreign_mail", AGAINST), "at evil.example; that of “River Watch”"),
    (HILL, "a@storm.example", ("another_domain", UNKNOWN), "whose that is we do not know"),
]


@pytest.mark.parametrize(("fields", "email", "expected", "words"), MAIL)
def test_domain_of_the_address_is_weighed(
    campaign: Campaign, fields: dict[str, Any], email: str, expected: tuple[str, Sign], words: str
) -> None:
    register()
    found = make_pending(campaign, email=email, **fields).evidence()
    of_mail = [each for each in found if each.code in OF_MAIL]
    assert [(each.code, each.sign) for each in of_mail] == [expected]
    assert words in of_mail[0].text


def test_no_sentence_holds_an_address_and_nothing_personal_is_kept(campaign: Campaign) -> None:
    coordinator = make_coordinator()
    register()
    for number, email in enumerate(["the.canary@river.example", "the.canary@gmail.com", "the.canary@riwer.example"]):
        signature = make_pending(campaign, email=email, comment="Same words")
        found = signature.evidence()
        assert not [each.text for each in found if "@" in each.text or "canary" in each.text], number
        signature.decline(by=coordinator, reason="Nobody there knows of it.")
        signature.refresh_from_db()
        assert signature.evidence_kept == [[each.code, each.sign] for each in found]
        assert {sign for _code, sign in signature.evidence_kept} <= {"for", "against", "unknown"}


def test_role_is_told_as_it_was_claimed(campaign: Campaign) -> None:
    claimed, silent = make_pending(campaign), make_pending(campaign, "Hill Watch")
    silent.contact.role = ""
    silent.contact.save()
    assert told(claimed.evidence(), "role") == [(UNKNOWN, "The contact person says to be “secretary”.")]
    assert told(silent.evidence(), "role") == [(UNKNOWN, "The contact person does not say in which role they sign.")]


def test_what_was_taken_down_without_address_is_weighed_too(campaign: Campaign) -> None:
    signatory = {"name": "River Watch", "name_as_signed": "River Watch", "language": "en", "source": "telephone"}
    found = Signature.objects.add(campaign, None, signatory).evidence()
    assert {("confirmed", UNKNOWN), ("mail", UNKNOWN), ("role", UNKNOWN)} <= signs(found)


def test_person_is_weighed_without_the_registry() -> None:
    register("A Reader")
    person = make_pending(make_campaign(allows_persons=True), "A Reader", email="a@gmail.com", kind="person")
    assert signs(person.evidence()) == {("confirmed", FOR), ("free_mail", UNKNOWN)}
    assert suggested(person) == ""


# The registry


def test_name_alone_speaks_for_nothing(campaign: Campaign) -> None:
    """Anybody can type the name of a known organization, and another's domain does not make it theirs."""
    known = register()
    register("Evil", "https://evil.example", verified=False)
    make_pending(make_campaign(slug="another"), email="a@river.example").accept(organization=known)
    for website in ("", "https://evil.example"):
        signature = make_pending(campaign, email="office@evil.example", website=website)
        found = signature.evidence()
        assert [each.code for each in found if each.sign == FOR] == ["confirmed"]
        assert "at evil.example; that of “River Watch”, which is verified, is river.example." in str(found)
        assert "an address of your organization’s own domain" in evidence.reason_suggested_by(found)
        signature.decline(by=None, reason="No.")


def test_known_organization_is_told_with_its_reason_and_whether_it_is_verified(campaign: Campaign) -> None:
    known, unverified = register(), register("The River Watch Society", "https://watch.example", verified=False)
    found = make_pending(campaign, website="https://watch.example", email="a@river.example").evidence()
    assert told(found, "known") == [
        (FOR, "“River Watch” is known (same name) and verified."),
        (UNKNOWN, "“The River Watch Society” is known (same website), but not verified."),
    ]
    assert [each.organization for each in found if each.code == "known"] == [known, unverified]


def test_unknown_organization_and_what_looks_like_it(campaign: Campaign) -> None:
    known = register("River Watchers")
    found = make_pending(campaign, "River Watches", email="a@storm.example").evidence()
    assert told(found, "new") == [(UNKNOWN, "No organization of this name, website or mail domain is known.")]
    assert told(found, "looks_alike") == [(UNKNOWN, "The name looks like that of “River Watchers”, which is known.")]
    assert [each.organization for each in found if each.code == "looks_alike"] == [known]


def test_what_it_has_signed_is_told_as_far_as_the_reader_may_know(campaign: Campaign) -> None:
    known = register()
    for number, shown in enumerate(["public", "addressee", "counted"]):
        other = make_campaign(slug=f"letter-{number}", title=f"Letter {number}")
        make_pending(other, shown=shown, email="a@river.example").accept(organization=known)
    signature = make_pending(campaign, email="b@river.example")
    assert told(signature.evidence(), "signed") == [(FOR, "“River Watch” has signed “Letter 0”.")]
    mine = Campaign.objects.filter(slug="letter-2")
    assert told(signature.evidence(mine), "signed") == [(FOR, "“River Watch” has signed “Letter 2”, “Letter 0”.")]


def test_decision_is_kept_on_what_its_coordinator_may_know(campaign: Campaign) -> None:
    known = register()
    other = make_campaign(slug="another")
    make_pending(other, shown="counted").accept(organization=known)
    kept = []
    for reviewer in (make_member(campaign, "here", "reviewer"), make_member(other, "there", "owner")):
        signature = make_pending(campaign, email="a@river.example")
        signature.decline(by=reviewer, reason="Nobody there knows of it.")
        kept.append(["signed", "for"] in Signature.objects.get(pk=signature.pk).evidence_kept)
    assert kept == [False, True]


@pytest.mark.parametrize(
    ("name", "website", "words"),
    [
        ("Rіver Watch", "", "A word of the name mixes alphabets."),
        ("River Wotch", "", "one letter away from that of a verified organization"),
        ("Hill", "https://riwer.example", "The website’s address is almost that of a known one."),
    ],
)
def test_what_is_made_to_look_like_another_speaks_against_it(
    campaign: Campaign, name: str, website: str, words: str
) -> None:
    register()
    found = make_pending(campaign, name, website=website).evidence()
    assert [words in text for _sign, text in told(found, "disguised_name")] == [True]


# Twins


@pytest.mark.parametrize("name", ["River Watch", "NGO “RIVER-WATCH”", "Річкова варта", "RW"])
def test_double_of_one_on_the_list_is_named_whatever_its_spelling(campaign: Campaign, name: str) -> None:
    known = register()
    known.know_as("Річкова варта", language="uk")
    known.know_as("RW")
    make_pending(campaign, "River Watch", email="a@river.example").accept(organization=known)
    found = make_pending(campaign, name, email="b@storm.example").evidence()
    assert told(found, "twin_in_public") == [(AGAINST, "“River Watch” is on the list already.")]


def test_double_that_only_sounds_so_in_another_script_is_named(campaign: Campaign) -> None:
    make_listed(campaign, "Amnesty International")
    found = make_pending(campaign, "Амнесті Інтернешнл", email="b@storm.example").evidence()
    assert "it may be the same in another script" in told(found, "twin_in_public")[0][1]
    honest = make_pending(campaign, "Amnesty Interregional", email="c@hill.example").evidence()
    assert told(honest, "twin_in_public") == []


def test_two_that_wait_in_one_name_name_each_other(campaign: Campaign) -> None:
    first, second = (
        make_pending(campaign, "Голос річки"),
        make_pending(campaign, "ГО «Голос річки»", email="b@a.example"),
    )
    assert told(first.evidence(), "twin") == [(AGAINST, "“ГО «Голос річки»” waits too.")]
    assert told(second.evidence(), "twin") == [(AGAINST, "“Голос річки” waits too.")]


def test_second_request_from_one_address_is_named(campaign: Campaign) -> None:
    make_listed(campaign, "Hill Watch", email="a@storm.example", shown="counted")
    make_pending(campaign, "Lake Watch", email="A@storm.example")
    found = make_pending(campaign, "Sea Watch", email="a@Storm.example").evidence()
    assert told(found, "same_address") == [
        (AGAINST, "“Hill Watch”, from the same address, is on the list already."),
        (AGAINST, "“Lake Watch”, from the same address, waits too."),
    ]


def test_signatures_of_other_campaigns_and_ended_ones_are_no_twins(campaign: Campaign) -> None:
    make_listed(make_campaign(slug="another"))
    make_listed(campaign).withdraw()
    make_pending(campaign).decline(by=None, reason="Nobody there knows of it.")
    make_signature(campaign)
    found = make_pending(campaign).evidence()
    assert [each for each in found if each.code.startswith("twin")] == []


def test_name_corrected_while_it_waits_is_a_twin_by_the_new_one(campaign: Campaign) -> None:
    corrected = make_pending(campaign, "Hill Watch")
    corrected.list_as("River Watch", by=None)
    assert list(make_pending(campaign, "RIVER WATCH", email="b@storm.example").twins()) == [corrected]


# Others like it


def test_burst_of_requests_is_counted_whatever_their_state(campaign: Campaign, clock: time_machine.Traveller) -> None:
    fields = {"comment": "We sign.", "website": "https://storm.example/one", "email": "a@storm.example"}
    make_signature(campaign, "Unconfirmed", **fields)
    clock.shift(HOUR / 4)
    make_pending(campaign, "Declined", **{**fields, "email": "b@storm.example"}).decline(by=None, reason="No.")
    clock.shift(HOUR / 4)
    found = make_pending(campaign, **{**fields, "website": "http://www.storm.example"}).evidence()
    assert {each.code: each.text for each in found if each.code.startswith("same")} == {
        "same_text": "2 other requests within an hour of it have the same comment.",
        "same_mail": "2 other requests within an hour of it came from the same mail domain.",
        "same_website": "2 other requests within an hour of it give a website of the same domain.",
    }
    assert {each.sign for each in found if each.code.startswith("same")} == {AGAINST}


def test_one_other_request_like_it_may_be_chance(campaign: Campaign) -> None:
    make_signature(campaign, "Hill Watch", "a@storm.example", comment="We sign.")
    found = make_pending(campaign, email="b@storm.example", comment="We sign.").evidence()
    assert {("same_text", UNKNOWN), ("same_mail", UNKNOWN)} <= signs(found)
    assert "1 other request within an hour of it has the same comment." in [each.text for each in found]


def test_requests_of_another_hour_or_campaign_or_free_mail_are_not_like_it(
    campaign: Campaign, clock: time_machine.Traveller
) -> None:
    for number in range(3):
        make_signature(make_campaign(slug=f"letter-{number}"), "Hill Watch", comment="We sign.")
        make_signature(campaign, f"Hill {number}", f"{number}@gmail.com", website="https://notstorm.example")
        make_signature(campaign, f"Bay {number}", f"{number}@lake.example", comment="Other words")
    clock.shift(MINUTE + datetime.timedelta(seconds=1))
    mine = {"email": "a@gmail.com", "website": "https://storm.example", "comment": "We sign."}
    assert [each for each in make_pending(campaign, **mine).evidence() if each.code.startswith("same")] == []
    clock.shift(HOUR + MINUTE)
    late = make_pending(campaign, "Late", email="a@lake.example", comment="Other words").evidence()
    assert [each for each in late if each.code.startswith("same")] == []


@pytest.mark.parametrize(("others", "sign"), [(1, None), (2, UNKNOWN), (9, UNKNOWN), (10, AGAINST)])
def test_requests_of_one_minute_are_counted_from_three_and_a_flood_speaks_against(
    campaign: Campaign, others: int, sign: Sign | None
) -> None:
    signature = make_pending(campaign)
    for number in range(others):
        make_signature(campaign, f"Group {number}", f"a@group-{number}.example")
    found = told(signature.evidence(), "same_minute")
    words = f"{others} other requests came within a minute of it."
    assert found == ([(sign, words)] if sign else [])


def test_website_in_letters_and_in_ascii_is_of_one_domain(campaign: Campaign) -> None:
    for number, website in enumerate(["https://xn--80atr2a4e.xn--j1amh/", "https://www.річка.укр:443/about"]):
        make_signature(campaign, f"Group {number}", f"a@group-{number}.example", website=website)
    found = make_pending(campaign, website="http://річка.укр", email="a@storm.example").evidence()
    assert ("same_website", AGAINST) in signs(found)


# What one answers to it


def test_reason_is_suggested_by_the_gravest_that_speaks_against_it(campaign: Campaign) -> None:
    known = register()
    honest = make_pending(campaign, "Hill Watch", email="a@hill.example", website="https://hill.example")
    assert suggested(honest) == ""
    free = make_pending(campaign, email="river@gmail.com")
    assert suggested(free).startswith("Please sign with an address of your organization’s own domain, so that")
    disguised = make_pending(make_campaign(slug="another"), "Rіver Watch", email="a@riwer.example")
    assert suggested(disguised).startswith("We could not make sure that this comes from the organization")
    make_pending(campaign, email="a@river.example").accept(organization=known)
    assert suggested(free).startswith("This name is on the list already")


@pytest.mark.parametrize("shown", ["addressee", "counted"])
def test_suggested_reason_tells_nobody_of_a_signature_that_is_not_public(campaign: Campaign, shown: str) -> None:
    make_listed(campaign, shown=shown)
    reason = suggested(make_pending(campaign, email="a@storm.example"))
    assert reason.startswith("We could not make sure that this comes from the organization")


def test_everything_that_can_speak_against_it_has_its_reason() -> None:
    source = inspect.getsource(evidence)
    for code in ("disguised_mail", "disguised_name", "free_mail", "twin", "twin_in_public", *evidence.LIKE_IT):
        assert f'"{code}"' in source
        assert evidence.reason_suggested_by([Evidence(code, AGAINST, "")])


# What it costs


def queries(signature: Signature) -> int:
    fresh = Signature.objects.get(pk=signature.pk)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        fresh.evidence(Campaign.objects.all())
    return len(captured)


def test_evidence_costs_as_many_queries_however_much_there_is(campaign: Campaign) -> None:
    known = register("River Watch")
    signature = make_pending(campaign, email="a@storm.example", website="https://hill.example", comment="We sign.")
    make_pending(make_campaign(slug="another"), email="a@river.example").accept(organization=known)
    make_pending(campaign, "River Watch", email="b@river.example").accept(organization=known)
    register("River Watches", "https://watches.example")
    few = queries(signature)
    for number in range(12):
        register(f"River Watch {number}", f"https://river-{number}.example")
        other = make_campaign(slug=f"letter-{number}", title=f"Letter {number}")
        make_pending(other, email="a@river.example").accept(organization=known)
        make_pending(campaign, email=f"{number}@storm.example", comment="We sign.")
    assert queries(signature) == few <= 18
    assert len(signature.evidence(Campaign.objects.all())) < 40
