"""An attack on the queue: counted, set aside without a letter to anybody, and brought back if it was a mistake."""

import datetime
import html
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Attack, Campaign, Catch, Contact, Event, Marks, Organization, OutgoingMail, Signature
from tests.builders import (
    every_row,
    make_campaign,
    make_coordinator,
    make_listed,
    make_member,
    make_pending,
    make_signature,
    own_page,
    send_letters,
    sent_page,
    sign_in,
)
from tests.records import events

pytestmark = pytest.mark.django_db

SPAM = Marks(domain="spam.example")


def make_flood(campaign: Campaign, count: int = 3, domain: str = "spam.example") -> list[Signature]:
    return [make_signature(campaign, f"Flood {number}", email=f"{number}@{domain}") for number in range(count)]


def make_wave(campaign: Campaign, count: int) -> None:
    """As many requests as in a great attack, half of them confirmed, written straight into the tables."""
    now, version = timezone.now(), campaign.current_version
    rows = Signature.objects.bulk_create(
        Signature(
            campaign=campaign,
            text_version=version,
            name=f"Wave {number}",
            name_as_signed=f"Wave {number}",
            language="en",
            website=f"https://w{number}.spam.example/",
            state="pending" if number % 2 else "unconfirmed",
            confirmed_at=now if number % 2 else None,
        )
        for number in range(count)
    )
    contacts = [Contact(signature=row) for row in rows]
    for number, contact in enumerate(contacts):
        contact.name, contact.role, contact.email = "A program", "", f"{number}@mail.example"
    Contact.objects.bulk_create(contacts, 1000)


def states() -> dict[str, str]:
    return dict(Signature.objects.order_by("pk").values_list("name", "state"))


def caught(campaign: Campaign, **marks: Any) -> list[str]:
    found = Marks(**marks).find(campaign)
    return list(Signature.objects.filter(pk__in=found).order_by("pk").values_list("name", flat=True))


# What has the marks


def test_domain_is_that_of_the_mail_address_or_of_the_website_at_any_depth() -> None:
    campaign = make_campaign()
    for name, email, website in (
        ("By mail", "a@spam.example", ""),
        ("By mail below", "a@mail.spam.example", ""),
        ("By website", "a@example.org", "https://www.SPAM.example:8000/x?y#z"),
        ("By website below", "a@example.org", "http://a.b.spam.example"),
        ("Not by its end", "a@notspam.example", "https://notspam.example"),
        ("Not by its path", "a@example.org", "https://example.org/spam.example/"),
    ):
        make_signature(campaign, name, email=email, website=website)
    assert caught(campaign, domain="spam.example") == ["By mail", "By mail below", "By website", "By website below"]


def test_domain_may_be_a_free_mail_providers_or_a_shared_hosts() -> None:
    campaign = make_campaign()
    make_signature(campaign, "By mail", email="somebody@gmail.com")
    make_signature(campaign, "By website", website="https://facebook.com/flood")
    assert caught(campaign, domain="gmail.com") == ["By mail"]
    assert caught(campaign, domain="facebook.com") == ["By website"]


def test_phrase_stands_in_name_affiliation_comment_or_website_whatever_its_capitals() -> None:
    campaign = make_campaign(allows_persons=True)
    make_signature(campaign, "Win a PRIZE now")
    make_signature(campaign, "River Watch", comment="Your prize waits.")
    make_signature(campaign, "Lake Watch", website="https://example.org/prize")
    make_signature(campaign, "A Reader", kind="person", affiliation="Prize Society")
    make_signature(campaign, "Hill Watch")
    assert len(caught(campaign, phrase="prize")) == 4
    assert caught(campaign, phrase="100%") == caught(campaign, phrase="_") == []


def test_each_mark_that_is_given_must_be_there() -> None:
    campaign, noon = make_campaign(), timezone.now() + datetime.timedelta(days=1)
    for hour in range(4):
        with time_machine.travel(noon + datetime.timedelta(hours=hour), tick=False):
            make_signature(campaign, f"Spam {hour}", email="a@spam.example")
            make_signature(campaign, f"Honest {hour}")
    between = {"since": noon + datetime.timedelta(hours=1), "until": noon + datetime.timedelta(hours=2)}
    assert caught(campaign, **between) == ["Spam 1", "Honest 1", "Spam 2", "Honest 2"]
    assert caught(campaign, domain="spam.example", **between) == ["Spam 1", "Spam 2"]
    assert caught(campaign, domain="spam.example", phrase="2", **between) == ["Spam 2"]


def test_only_what_nobody_has_reviewed_in_this_campaign_is_caught() -> None:
    campaign, other = make_campaign(), make_campaign(slug="another-letter")
    make_signature(campaign, "Unconfirmed")
    make_pending(campaign, "Waiting")
    make_listed(campaign, "Listed")
    make_pending(campaign, "Declined").decline(by=None, reason="Nobody there knows of it.")
    make_pending(campaign, "Withdrawn").withdraw()
    make_signature(other, "Elsewhere")
    assert caught(campaign, domain="example.org") == ["Unconfirmed", "Waiting"]


def test_what_looks_honest_is_named() -> None:
    campaign = make_campaign()
    Organization.objects.register("River Watch")
    Organization.objects.register("Hill Watch", website="https://hill.example")
    make_flood(campaign)
    make_signature(campaign, "The River Watch", email="a@spam.example")
    make_signature(campaign, "Somebody of the hill", email="chair@hill.example")
    make_signature(campaign, "Another of the hill", email="a@spam.example", website="https://www.hill.example/about")
    found = Catch(campaign, Marks(until=timezone.now()))
    assert {each.name: times for each, times in found.known.items()} == {"River Watch": 1, "Hill Watch": 2}


# Setting aside, and bringing back


def test_attack_is_set_aside_once_and_each_request_tells_it() -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    first, *_others = make_flood(campaign)
    make_pending(campaign, "Waiting Flood", email="w@spam.example")
    make_signature(campaign, "Hill Watch")
    attack = Attack.objects.clear(campaign, SPAM, coordinator)
    assert Counter(states().values()) == {"discarded": 4, "unconfirmed": 1}
    assert (attack.count, attack.domain, attack.by) == (4, "spam.example", coordinator)
    with pytest.raises(ValidationError, match="has these marks"):
        Attack.objects.clear(campaign, SPAM, coordinator)
    assert Attack.objects.count() == 1
    about = Event.objects.get(verb="attack cleared")
    assert (about.who, about.signature_id, about.details) == (coordinator, None, {"attack": attack.pk, "count": 4})
    assert events(first)[-1][:2] == ("discarded", "coordinator")
    assert Event.objects.filter(verb="discarded").count() == 4


def test_undoing_brings_each_back_to_the_state_that_it_had() -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    make_flood(campaign)
    make_pending(campaign, "Waiting Flood", email="w@spam.example")
    before = states()
    attack = Attack.objects.clear(campaign, Marks(domain="spam.example", phrase="flood"), coordinator)
    for _time in range(2):
        attack.undo(by=coordinator)
    attack.refresh_from_db()
    assert states() == before
    assert (attack.undone_by, attack.phrase, attack.domain) == (coordinator, "", "spam.example")
    told = Counter(Event.objects.filter(who=coordinator).values_list("verb", flat=True))
    expected = {"published": 1, "attack cleared": 1, "discarded": 4, "attack undone": 1, "restored": 4}
    assert told == expected
    again = Attack.objects.clear(campaign, SPAM, coordinator)
    assert again.count == 4


def test_attack_whose_requests_are_erased_cannot_be_undone() -> None:
    campaign = make_campaign()
    make_flood(campaign)
    attack = Attack.objects.clear(campaign, SPAM, by=None)
    Signature.objects.all().delete()
    with pytest.raises(ValidationError, match="erased meanwhile"):
        attack.undo(by=None)


def test_nobody_is_written_to_and_waiting_letters_fall_away() -> None:
    campaign = make_campaign(make_coordinator())
    make_flood(campaign)
    make_pending(campaign, "Waiting Flood", email="w@spam.example")
    queued = OutgoingMail.objects.count()
    Attack.objects.clear(campaign, SPAM, by=None)
    assert OutgoingMail.objects.count() == queued
    assert send_letters() == []
    assert not OutgoingMail.objects.waiting().exists()


def test_letters_that_fell_away_go_out_once_the_attack_is_undone() -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    make_signature(campaign, "River Watch", email="secretary@spam.example")
    make_pending(campaign, "Hill Watch", email="chair@spam.example").ask(coordinator, "Who decided that?")
    attack = Attack.objects.clear(campaign, SPAM, by=None)
    send_letters()
    attack.undo(by=None)
    told = sorted((letter.to[0], str(letter.subject)) for letter in send_letters())
    assert told == [
        ("chair@spam.example", "A question about your signature"),
        ("coordinator@desk.example.org", "A signature awaits you: An open letter"),
        ("secretary@spam.example", "Please confirm your address"),
    ]
    assert send_letters() == []


def test_database_holds_that_what_is_set_aside_is_of_an_attack() -> None:
    make_signature(make_campaign())
    with pytest.raises(IntegrityError):
        Signature.objects.update(state="discarded")


@pytest.mark.parametrize("verb", ["accept", "decline", "withdraw", "remove"])
def test_no_verb_moves_what_is_set_aside(verb: str) -> None:
    campaign = make_campaign()
    signature = make_pending(campaign, email="a@spam.example")
    Attack.objects.clear(campaign, SPAM, by=None)
    acts: dict[str, Callable[[], None]] = {
        "accept": partial(signature.accept, by=None),
        "decline": partial(signature.decline, by=None, reason="No."),
        "withdraw": signature.withdraw,
        "remove": partial(signature.remove, by=None, reason="No."),
    }
    with pytest.raises(ValidationError, match="is set aside as an attack by now"):
        acts[verb]()


# The contact person


def test_link_in_a_letter_that_was_sent_leads_to_a_plain_page_and_confirms_nothing(client: Client) -> None:
    campaign = make_campaign(make_coordinator())
    signature = make_signature(campaign, email="a@spam.example")
    addresses = [own_page(signature), sent_page(signature)]
    attack = Attack.objects.clear(campaign, SPAM, by=None)
    before = every_row()
    for address in addresses:
        page = html.unescape((response := client.get(address)).content.decode())
        assert (response.status_code, "This request was set aside" in page) == (200, True)
        assert "mailto:coordinators@example.org" in page
        assert "River Watch" not in page
        assert "no-store" in response["Cache-Control"]
        for press in ("confirm", "withdraw", "again", "correct"):
            assert client.post(address, {press: "", "email": "b@example.org"}).status_code == 409
    assert client.post(f"{addresses[0]}logo/", {"remove": ""}).status_code == 409
    signature.confirm()
    assert every_row() == before
    attack.undo(by=None)
    client.post(addresses[0], {"confirm": ""})
    assert Signature.objects.get().state == "pending"


# The desk


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def desk(client: Client, campaign: Campaign) -> Client:
    sign_in(client, make_member(campaign, "reviewer", role="reviewer"))
    return client


def page_of(campaign: Campaign) -> str:
    return f"/admin/campaigns/campaign/{campaign.pk}/attack/"


def press(desk: Client, campaign: Campaign, **fields: str) -> Any:
    return desk.post(page_of(campaign), {"domain": "spam.example", **fields})


def read(response: Any) -> str:
    return html.unescape(response.content.decode())


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    return found[1] if found else ""


def test_page_counts_then_asks_then_does_and_can_be_undone(desk: Client, campaign: Campaign) -> None:
    make_flood(campaign)
    make_pending(campaign, "Waiting Flood", email="w@spam.example")
    make_listed(campaign, "River Watch")
    make_signature(campaign, "River Watch", email="r@spam.example")
    make_signature(campaign, "Hill Watch")
    before = every_row()
    page = read(press(desk, campaign, look=""))
    assert every_row() == before
    assert "5 requests of 6 that nobody has reviewed (83 %)" in page
    assert "Of them 1 waits for you" in page
    assert "1 looks honest:" in page
    assert "Set 5 requests aside" in page
    assert "Flood 0" in page
    assert "Hill Watch" not in page
    assert "w@spam.example" not in page
    response = press(desk, campaign, clear="", seen=seen_on(page))
    assert response.status_code == 302
    after = read(desk.get(response["Location"]))
    assert "5 requests are set aside." in after
    assert "cleared" in after
    attack = Attack.objects.get()
    undone = desk.post(f"{page_of(campaign)}{attack.pk}/undo/", follow=True)
    assert "The requests are back where they were." in read(undone)
    assert not Signature.objects.filter(state="discarded").exists()
    assert "Undo</button>" not in read(undone)


@pytest.mark.parametrize("change", ["one more", "one decided", "another instead"])
def test_page_asks_again_when_something_came_or_went_since(desk: Client, campaign: Campaign, change: str) -> None:
    make_flood(campaign)
    late = make_pending(campaign, "Late Flood", email="late@spam.example")
    seen = seen_on(read(press(desk, campaign, look="")))
    if change != "one more":
        late.decline(by=None, reason="No.")
    if change != "one decided":
        make_flood(campaign, 1)
    before = every_row()
    response = press(desk, campaign, clear="", seen=seen)
    assert response.status_code == 409
    page = read(response)
    assert "Look again." in page
    count = {"one more": 5, "one decided": 3, "another instead": 4}[change]
    assert f"Set {count} requests aside" in page
    assert every_row() == before
    assert press(desk, campaign, clear="", seen=seen_on(page)).status_code == 302


def test_press_without_a_look_sets_nothing_aside(desk: Client, campaign: Campaign) -> None:
    make_flood(campaign)
    for seen in ({}, {"seen": ""}, {"seen": "0"}):
        assert press(desk, campaign, clear="", **seen).status_code == 409
    assert set(states().values()) == {"unconfirmed"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"domain": ""}, "Give one mark at least."),
        ({"domain": "", "phrase": "  "}, "Give one mark at least."),
        ({"domain": "example"}, "Write a domain such as example.org."),
        ({"domain": "???"}, "Write a domain such as example.org."),
        ({"since_0": "yesterday"}, "Enter a valid date."),
        (
            {"since_0": "2026-03-02", "since_1": "12:00", "until_0": "2026-03-01", "until_1": "12:00"},
            "This is before the time from which they were sent.",
        ),
    ],
)
def test_marks_that_say_nothing_are_to_correct(
    desk: Client, campaign: Campaign, fields: dict[str, str], words: str
) -> None:
    make_flood(campaign)
    response = press(desk, campaign, clear="", **fields)
    assert response.status_code == 422
    assert words in read(response)
    assert not Attack.objects.exists()


@pytest.mark.parametrize("typed", ["SPAM.example", "www.spam.example", "a@spam.example", "https://spam.example/x"])
def test_domain_may_be_typed_as_address_or_website(desk: Client, campaign: Campaign, typed: str) -> None:
    make_flood(campaign)
    assert "Set 3 requests aside" in read(press(desk, campaign, look="", domain=typed))


def test_page_that_finds_nothing_says_so_and_offers_no_button(desk: Client, campaign: Campaign) -> None:
    page = read(press(desk, campaign, look=""))
    assert "No request that nobody has reviewed has these marks." in page
    assert 'name="clear"' not in page


def test_only_those_who_decide_in_the_campaign_clear_and_undo(client: Client, campaign: Campaign) -> None:
    make_flood(campaign)
    attack = Attack.objects.clear(campaign, SPAM, by=None)
    elsewhere = make_campaign(slug="another-letter")
    for role, expected in (("owner", 200), ("reviewer", 200), ("translator", 403), ("stranger", 404)):
        if role == "stranger":
            person = make_member(elsewhere, "stranger", role="reviewer")
        else:
            person = make_member(campaign, role, role=role, language="de" if role == "translator" else "")
        sign_in(client, person)
        assert client.get(page_of(campaign)).status_code == expected
        if expected != 200:
            assert press(client, campaign, clear="").status_code == expected
            assert client.post(f"{page_of(campaign)}{attack.pk}/undo/").status_code == expected
    assert client.post(f"{page_of(elsewhere)}{attack.pk}/undo/").status_code == 404
    assert Attack.objects.get().undone_at is None
    assert client.get(f"{page_of(campaign)}{attack.pk}/undo/").status_code == 405


def test_campaigns_page_leads_there_for_reviewers_too(desk: Client, campaign: Campaign) -> None:
    assert page_of(campaign) in read(desk.get(f"/admin/campaigns/campaign/{campaign.pk}/change/"))


def test_request_that_is_set_aside_opens_at_the_desk_and_leads_to_the_undoing(
    client: Client, campaign: Campaign
) -> None:
    signature = make_signature(campaign, email="a@spam.example")
    Attack.objects.clear(campaign, SPAM, by=None)
    sign_in(client, make_coordinator())
    page = read(client.get(f"/admin/campaigns/signature/{signature.pk}/change/"))
    assert "set aside as an attack" in page
    assert page_of(campaign) in page


# Thousands


def queries(captured: Iterable[dict[str, str]]) -> int:
    return sum(not each["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for each in captured)


def test_five_thousand_cost_a_few_queries_each_way() -> None:
    campaign = make_campaign()
    make_wave(campaign, 5000)
    with CaptureQueriesContext(connection) as captured:
        attack = Attack.objects.clear(campaign, SPAM, by=None)
    assert (attack.count, queries(captured.captured_queries) <= 60) == (5000, True)
    with CaptureQueriesContext(connection) as captured:
        attack.undo(by=None)
    assert queries(captured.captured_queries) <= 60
    states = Counter(Signature.objects.values_list("state", flat=True))
    assert states == {"pending": 2500, "unconfirmed": 2500}
    assert Event.objects.filter(verb="restored").count() == 5000
