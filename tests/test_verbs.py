"""Each verb of a signature: what it changes, whom it tells, and that it does so once."""

import datetime
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from campaigns.models import Contact, Organization, Signature, confirmations
from campaigns.models.confirmations import MOST_LETTERS
from tests.builders import (
    every_row,
    make_campaign,
    make_coordinator,
    make_listed,
    make_member,
    make_pending,
    make_signature,
)
from tests.records import events, mails, stand

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)

VERBS: dict[str, Callable[[Signature, User | None], None]] = {
    "confirm": lambda signature, by: signature.confirm(),
    "accept": lambda signature, by: signature.accept(by=by),
    "decline": lambda signature, by: signature.decline(by=by, reason="Nobody there knows of it."),
    "withdraw": lambda signature, by: signature.withdraw(),
    "remove": lambda signature, by: signature.remove(by=by, reason="It was listed in error."),
}
WAYS_TO = {
    "unconfirmed": [],
    "pending": ["confirm"],
    "listed": ["confirm", "accept"],
    "declined": ["confirm", "decline"],
    "withdrawn": ["confirm", "accept", "withdraw"],
    "removed": ["confirm", "accept", "remove"],
}
ALLOWED = {
    ("unconfirmed", "confirm"): "pending",
    ("pending", "accept"): "listed",
    ("pending", "decline"): "declined",
    ("pending", "withdraw"): "withdrawn",
    ("listed", "withdraw"): "withdrawn",
    ("listed", "remove"): "removed",
}
AGAIN = [
    *((state, "confirm") for state in ("pending", "listed", "declined", "withdrawn", "removed")),
    ("listed", "accept"),
    ("declined", "decline"),
    ("withdrawn", "withdraw"),
    ("removed", "remove"),
]
FORBIDDEN = [(state, verb) for state in WAYS_TO for verb in VERBS if (state, verb) not in {*ALLOWED, *AGAIN}]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def make_in_state(state: str, by: User | None = None) -> Signature:
    signature = make_signature(make_campaign())
    for verb in WAYS_TO[state]:
        VERBS[verb](signature, by)
    assert signature.state == state
    return signature


@pytest.mark.parametrize(("state", "verb"), ALLOWED)
def test_allowed_verb_leads_to_its_state(state: str, verb: str) -> None:
    signature = make_in_state(state)
    VERBS[verb](signature, None)
    assert Signature.objects.get().state == signature.state == ALLOWED[state, verb]


@pytest.mark.parametrize(("state", "verb"), AGAIN)
def test_verb_called_again_changes_nothing(state: str, verb: str, clock: time_machine.Traveller) -> None:
    signature, before = make_in_state(state), every_row()
    clock.shift(HOUR)
    VERBS[verb](signature, make_coordinator("second"))
    assert every_row() == before


@pytest.mark.parametrize(("state", "verb"), FORBIDDEN)
def test_forbidden_verb_is_refused_and_changes_nothing(state: str, verb: str) -> None:
    signature = make_in_state(state)
    before = every_row()
    with pytest.raises(ValidationError) as refusal:
        VERBS[verb](signature, None)
    assert refusal.value.error_list[0].code == "transition"
    assert every_row() == before
    assert signature.state == state


def test_copy_read_before_a_decision_cannot_overturn_it() -> None:
    signature = make_in_state("pending")
    stale = Signature.objects.get()
    signature.decline(by=None, reason="Nobody there knows of it.")
    before = every_row()
    with pytest.raises(ValidationError, match="is not accepted by now, so this is no longer possible"):
        stale.accept()
    assert every_row() == before


def test_submitting_keeps_the_text_signed_and_asks_the_contact_to_confirm() -> None:
    campaign = make_campaign()
    signature = make_signature(campaign)
    assert stand(signature) == {"state": "unconfirmed"}
    assert (signature.text_version, signature.submitted_at) == (campaign.current_version, NOW)
    assert (signature.contact.name, signature.contact.consented_at) == ("The secretary", NOW)
    assert events(signature) == [("submitted", None, NOW, {})]
    assert mails(signature) == [("confirm_signature", "contact")]


def test_confirming_makes_it_wait_and_tells_each_active_coordinator(clock: time_machine.Traveller) -> None:
    campaign = make_campaign(make_coordinator("first"))
    for person in (make_coordinator("second"), make_coordinator("left", is_active=False)):
        campaign.memberships.create(user=person, role="owner")
    make_member(campaign, "translator", role="translator", language="uk")
    make_coordinator("of another campaign")
    signature = make_signature(campaign)
    clock.shift(HOUR)
    signature.confirm()
    assert stand(signature) == {"state": "pending", "confirmed_at": NOW + HOUR}
    assert events(signature) == [("submitted", None, NOW, {}), ("confirmed", None, NOW + HOUR, {})]
    assert mails(signature) == [
        ("confirm_signature", "contact"),
        ("signature_awaits", "first"),
        ("signature_awaits", "second"),
    ]


def test_address_that_was_corrected_since_the_link_was_read_is_not_confirmed() -> None:
    make_signature(make_campaign())
    read = Signature.objects.select_related("contact").get()
    confirmations.correct_address(Signature.objects.get(), "other@river.example.org")
    before = every_row()
    with pytest.raises(ValidationError, match="The address was corrected meanwhile"):
        read.confirm()
    assert every_row() == before
    Signature.objects.get().confirm()
    assert Signature.objects.get().state == "pending"


def test_accepting_lists_a_new_organization_and_tells_the_contact(clock: time_machine.Traveller) -> None:
    coordinator = make_coordinator()
    signature = make_pending(make_campaign(), country="UA", website="https://river.example.org")
    clock.shift(HOUR)
    signature.accept(by=coordinator)
    decision = {"decided_at": NOW + HOUR, "decided_by__username": "coordinator", "position": 1}
    assert stand(signature) == {"state": "listed", "confirmed_at": NOW, **decision}
    organization = Organization.objects.values("name", "slug", "country", "website", "names__key").get()
    assert tuple(organization.values()) == (
        "River Watch",
        "river-watch",
        "UA",
        "https://river.example.org",
        "river watch",
    )
    registered = Organization.objects.get()
    assert signature.organization == registered
    assert events(signature)[2:] == [("accepted", "coordinator", NOW + HOUR, {"registered": registered.pk})]
    assert mails(signature) == [("confirm_signature", "contact"), ("signature_listed", "contact")]


def test_accepting_as_a_known_organization_makes_no_other() -> None:
    known = Organization.objects.register("The River Watch Society")
    signature = make_pending(make_campaign())
    signature.accept(organization=known)
    assert (signature.organization, signature.name) == (known, "River Watch")
    assert list(Organization.objects.all()) == [known]
    assert names_of(known) == ["River Watch", "The River Watch Society"]


def names_of(organization: Organization) -> list[str]:
    """The names by which it is known, in alphabetical order."""
    return sorted(organization.names.values_list("name", flat=True))


def test_signatures_are_listed_in_the_order_of_their_acceptance() -> None:
    campaign = make_campaign()
    late, early = make_pending(campaign, "Late"), make_pending(campaign, "Early")
    early.accept()
    late.accept()
    assert [(row.name, row.position) for row in campaign.signatures.in_public()] == [("Early", 1), ("Late", 2)]


@pytest.mark.parametrize("name", ["River Watch", "RIVER-WATCH", "  river watch"])
def test_double_of_a_listed_organization_is_refused(name: str) -> None:
    campaign = make_campaign()
    listed = make_listed(campaign)
    double = make_pending(campaign, name)
    before = every_row()
    for organization in (None, listed.organization):
        with pytest.raises(ValidationError) as refusal:
            double.accept(organization=organization)
        assert refusal.value.error_list[0].code == "double"
    assert every_row() == before
    double.refresh_from_db()
    assert double.state == "pending"


def test_withdrawn_organization_can_be_listed_again() -> None:
    campaign = make_campaign()
    first, second = make_listed(campaign), make_pending(campaign)
    first.withdraw()
    second.accept(organization=first.organization)
    assert list(campaign.signatures.listed()) == [second]


def test_declining_keeps_the_reason_and_tells_the_contact() -> None:
    signature = make_pending(make_campaign())
    signature.decline(by=make_coordinator(), reason="Nobody there knows of it.")
    assert stand(signature) == {
        "state": "declined",
        "confirmed_at": NOW,
        "decided_at": NOW,
        "decided_by__username": "coordinator",
        "reason": "Nobody there knows of it.",
    }
    assert events(signature)[2:] == [("declined", "coordinator", NOW, {})]
    assert mails(signature) == [("confirm_signature", "contact"), ("signature_declined", "contact")]


@pytest.mark.parametrize("state", ["pending", "listed"])
def test_withdrawing_is_the_groups_own_and_writes_to_nobody(state: str, clock: time_machine.Traveller) -> None:
    signature = make_in_state(state)
    before, told = stand(signature), mails(signature)
    clock.shift(HOUR)
    signature.withdraw()
    assert stand(signature) == {**before, "state": "withdrawn", "ended_at": NOW + HOUR}
    assert events(signature)[-1] == ("withdrawn", None, NOW + HOUR, {})
    assert mails(signature) == told


def test_removing_keeps_the_reason_and_tells_the_contact(clock: time_machine.Traveller) -> None:
    signature = make_in_state("listed", make_coordinator())
    before, told = stand(signature), mails(signature)
    clock.shift(HOUR)
    signature.remove(by=make_coordinator("second"), reason="It was listed in error.")
    ending = {"ended_at": NOW + HOUR, "decided_by__username": "second", "reason": "It was listed in error."}
    assert stand(signature) == {**before, "state": "removed", **ending}
    assert events(signature)[-1] == ("removed", "second", NOW + HOUR, {"corrected": False})
    assert mails(signature) == sorted([*told, ("signature_removed", "contact")])


def test_listed_name_is_corrected_on_record_and_the_group_told_each_time() -> None:
    coordinator = make_coordinator()
    signature = make_listed(make_campaign(), "River Wach")
    for name in ("River Watch", "River Watch", "The River Watch"):
        signature.list_as(name, by=coordinator)
    signature.refresh_from_db()
    assert (signature.name, signature.name_as_signed) == ("The River Watch", "River Wach")
    assert events(signature)[3:] == [
        ("renamed", "coordinator", NOW, {}),
        ("renamed", "coordinator", NOW, {}),
    ]
    assert mails(signature)[2:] == [("signature_renamed", "contact"), ("signature_renamed", "contact")]


def test_organization_is_known_by_the_name_under_which_it_is_listed() -> None:
    signature = make_listed(make_campaign(), "River Wach")
    organization = Organization.objects.get()
    signature.list_as("River Watch", by=None)
    assert names_of(organization) == ["River Wach", "River Watch"]
    assert [each.organization for each in Organization.objects.candidates("RIVER-WATCH")] == [organization]
    again = make_pending(make_campaign(slug="another-letter"), "Riverwatch")
    again.list_as("The River Watchers", by=None)
    assert names_of(organization) == ["River Wach", "River Watch"]
    again.accept(organization=organization)
    assert names_of(organization) == ["River Wach", "River Watch", "The River Watchers"]


def test_name_corrected_before_the_decision_is_the_one_listed_and_needs_no_letter() -> None:
    signature = make_pending(make_campaign(), "River Wach")
    signature.list_as("River Watch", by=make_coordinator())
    signature.accept()
    assert (signature.name, Organization.objects.get().name) == ("River Watch", "River Watch")
    assert mails(signature) == [("confirm_signature", "contact"), ("signature_listed", "contact")]


@pytest.mark.parametrize("state", ["unconfirmed", "declined", "withdrawn", "removed"])
def test_name_that_is_not_on_the_list_cannot_be_corrected(state: str) -> None:
    signature = make_in_state(state)
    before = every_row()
    with pytest.raises(ValidationError, match="can be corrected"):
        signature.list_as("Another name", by=None)
    assert every_row() == before


def test_confirmation_letter_is_sent_again_a_few_times_only() -> None:
    signature = make_signature(make_campaign())
    for _time in range(MOST_LETTERS - 1):
        confirmations.resend(signature)
    assert events(signature)[1:] == [("resent", None, NOW, {})] * (MOST_LETTERS - 1)
    assert mails(signature) == [("confirm_signature", "contact")] * MOST_LETTERS
    before = every_row()
    with pytest.raises(ValidationError, match="several times"):
        confirmations.resend(signature)
    with pytest.raises(ValidationError, match="several times"):
        confirmations.correct_address(signature, "other@river.example.org")
    assert every_row() == before


def test_corrected_address_replaces_the_first_and_gets_a_letter() -> None:
    signature = make_signature(make_campaign(), email="secretray@river.example.org")
    confirmations.correct_address(signature, "secretary@river.example.org")
    assert Contact.objects.get().email == "secretary@river.example.org"
    assert events(signature)[1:] == [("readdressed", None, NOW, {})]
    assert mails(signature) == [("confirm_signature", "contact")] * 2


@pytest.mark.parametrize("state", ["pending", "listed", "declined", "withdrawn", "removed"])
def test_confirmed_signature_needs_no_letter_and_keeps_its_address(state: str) -> None:
    signature = make_in_state(state)
    before = every_row()
    confirmations.resend(signature)
    confirmations.correct_address(signature, "other@river.example.org")
    assert every_row() == before
