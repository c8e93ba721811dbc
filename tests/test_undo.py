"""A decision undone within its minute leaves no trace but on the record, and nobody has heard of it."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from campaigns.models import Attack, Event, Marks, Merge, Organization, OrganizationName, OutgoingMail, Signature
from campaigns.models.deciding import TELLING
from campaigns.models.outbox import UNDO_WITHIN
from tests.builders import (
    ask_more,
    every_row,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_listed,
    make_pending,
    make_signature,
    own_page,
    propose,
    send_letters,
)
from tests.records import events, mails

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)

Decide = Callable[[Signature, User], None]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def coordinator() -> User:
    return make_coordinator()


def accept(signature: Signature, by: User) -> None:
    signature.accept(by=by)


def accept_as_known(signature: Signature, by: User) -> None:
    signature.accept(by=by, organization=Organization.objects.get(name="The River Watch Society"))


def accept_and_verify(signature: Signature, by: User) -> None:
    signature.accept_and_verify(by, None, how="Called the number on its website.")


def accept_known_and_verify(signature: Signature, by: User) -> None:
    known = Organization.objects.get(name="The River Watch Society")
    signature.accept_and_verify(by, known, how="Called the number on its website.")


def accept_and_make_initiator(signature: Signature, by: User) -> None:
    signature.accept(by=by)
    signature.make_initiator(by=by)


def decline(signature: Signature, by: User) -> None:
    signature.decline(by=by, reason="Nobody there knows of it.")


DECISIONS: list[Decide] = [
    accept,
    accept_as_known,
    accept_and_verify,
    accept_known_and_verify,
    accept_and_make_initiator,
    decline,
]


def rows_but_the_record() -> dict[str, list[dict[str, Any]]]:
    return {model: rows for model, rows in every_row().items() if model != "Event"}


# What it takes back


@pytest.mark.parametrize("decide", DECISIONS)
def test_undone_decision_leaves_everything_as_before(
    decide: Decide, coordinator: User, clock: time_machine.Traveller
) -> None:
    Organization.objects.register("The River Watch Society")
    campaign = make_campaign(coordinator)
    make_listed(campaign, "Hill Watch")
    signature = make_pending(campaign)
    ask_more(campaign)
    propose(campaign)
    before = rows_but_the_record()
    decide(signature, coordinator)
    assert rows_but_the_record() != before
    clock.shift(UNDO_WITHIN - SECOND)
    signature.undo(by=coordinator)
    assert rows_but_the_record() == before


def test_undoing_is_on_the_record_without_a_name(coordinator: User) -> None:
    signature = make_pending(make_campaign())
    accept_and_verify(signature, coordinator)
    organization, accepted = signature.organization, signature.events.latest("pk")
    verified = Event.objects.get(verb="verified")
    assert organization
    signature.undo(by=coordinator)
    assert events(signature)[2:] == [
        ("accepted", "coordinator", NOW, {"registered": organization.pk, "verified": verified.pk}),
        ("undone", "coordinator", NOW, {"decision": accepted.pk}),
    ]


def test_undone_twice_is_undone_once(coordinator: User) -> None:
    signature = make_pending(make_campaign())
    signature.accept(by=coordinator)
    signature.undo(by=coordinator)
    before = every_row()
    signature.undo(by=coordinator)
    assert every_row() == before


def build_by_another_signature(registered: Organization) -> None:
    make_pending(make_campaign(slug="another"), "RIVER-WATCH").accept(organization=registered)


def build_by_a_name(registered: Organization) -> None:
    registered.know_as("Річкова варта")


def build_by_a_word(registered: Organization) -> None:
    registered.verify(by=make_coordinator("second"), how="Known from earlier campaigns.")


def build_by_a_merge(registered: Organization) -> None:
    Merge.objects.merge(registered, Organization.objects.register("Watch of the River"), by=None)


@pytest.mark.parametrize("build", [build_by_another_signature, build_by_a_name, build_by_a_word, build_by_a_merge])
def test_new_record_on_which_others_have_built_stays(build: Callable[[Organization], None], coordinator: User) -> None:
    signature = make_pending(make_campaign())
    signature.accept(by=coordinator)
    registered = signature.organization
    assert registered
    build(registered)
    called, is_verified = set(registered.names.values_list("name", flat=True)), registered.verified_at
    signature.undo(by=coordinator)
    registered.refresh_from_db()
    assert set(registered.names.values_list("name", flat=True)) == called >= {"River Watch"}
    assert (registered.verified_at, signature.organization) == (is_verified, None)


def test_new_record_merged_into_another_stays_there(coordinator: User) -> None:
    signature, kept = make_pending(make_campaign()), Organization.objects.register("The River Watch Society")
    signature.accept(by=coordinator)
    assert signature.organization
    Merge.objects.merge(kept, signature.organization, by=None)
    signature.refresh_from_db()
    signature.undo(by=coordinator)
    assert not kept.signatures.exists()
    assert Organization.objects.count() == 2
    Merge.objects.get().undo(by=None)
    assert Organization.objects.standing().count() == 2


def test_name_by_which_the_organization_stands_elsewhere_stays(coordinator: User) -> None:
    known = Organization.objects.register("The River Watch Society")
    signature = make_pending(make_campaign())
    signature.accept(by=coordinator, organization=known)
    make_pending(make_campaign(slug="another"), "RIVER WATCH").accept(organization=known)
    signature.undo(by=coordinator)
    assert [name.name for name in known.names.order_by("pk")] == ["The River Watch Society", "River Watch"]


def test_name_that_a_coordinator_has_made_public_since_stays(coordinator: User) -> None:
    known = Organization.objects.register("The River Watch Society")
    signature = make_pending(make_campaign())
    signature.accept(by=coordinator, organization=known)
    OrganizationName.objects.filter(name="River Watch").update(is_public=True)
    signature.undo(by=coordinator)
    assert known.names.count() == 2


def test_later_verification_outlives_the_undoing(coordinator: User) -> None:
    known = Organization.objects.register("The River Watch Society")
    signature = make_pending(make_campaign())
    accept_known_and_verify(signature, coordinator)
    known.verify(by=make_coordinator("second"), how="Known from earlier campaigns.")
    signature.undo(by=coordinator)
    known.refresh_from_db()
    assert known.verified_how == "Known from earlier campaigns."


def test_record_that_an_undoing_struck_out_meanwhile_is_refused_in_words(coordinator: User) -> None:
    signature = make_pending(make_campaign())
    signature.accept(by=coordinator)
    seen = signature.organization
    signature.undo(by=coordinator)
    other = make_pending(make_campaign(slug="another"))
    with pytest.raises(ValidationError, match="“River Watch” is not in the registry any more"):
        other.accept(by=coordinator, organization=seen)


# Verifying with it


def test_verified_organization_stays_verified_as_it_was(coordinator: User) -> None:
    known = Organization.objects.register("The River Watch Society")
    known.verify(by=make_coordinator("second"), how="Known from earlier campaigns.")
    signature = make_pending(make_campaign())
    for _time in range(2):
        accept_known_and_verify(signature, coordinator)
    known.refresh_from_db()
    assert (signature.organization, known.verified_how) == (known, "Known from earlier campaigns.")
    signature.undo(by=coordinator)
    known.refresh_from_db()
    assert known.verified_how == "Known from earlier campaigns."


def test_without_a_how_or_for_a_person_nothing_is_accepted(coordinator: User) -> None:
    campaign = make_campaign(allows_persons=True)
    group, person = make_pending(campaign), make_pending(campaign, "A person", kind="person")
    before = every_row()
    with pytest.raises(ValidationError, match="Say how you made sure"):
        group.accept_and_verify(coordinator, None, how=" ")
    with pytest.raises(ValidationError, match="A person cannot be verified"):
        person.accept_and_verify(coordinator, None, how="Called the number.")
    assert every_row() == before


# Its letters


def test_letters_of_a_decision_wait_until_it_cannot_be_undone(coordinator: User, clock: time_machine.Traveller) -> None:
    campaign = make_campaign()
    signature = make_pending(campaign)
    declined = make_pending(campaign, "Hill Watch")
    ask_more(campaign)
    propose(campaign)
    OutgoingMail.objects.all().delete()
    accept(signature, coordinator)
    decline(declined, coordinator)
    until = signature.undo_until
    assert until == NOW + UNDO_WITHIN
    clock.move_to(until - SECOND)
    assert (OutgoingMail.objects.due().count(), signature.undo_until) == (0, until)
    clock.move_to(until)
    due = OutgoingMail.objects.due().values_list("kind", flat=True)
    assert sorted(due) == ["signature_declined", "signature_listed", "text_proposed"]
    assert signature.undo_until is None


def test_who_is_listed_without_review_hears_of_it_at_once() -> None:
    make_pending(make_campaign(reviews=False))
    assert "signature_listed" in OutgoingMail.objects.due().values_list("kind", flat=True)


@pytest.mark.parametrize("first", [accept, decline])
@pytest.mark.parametrize("second", [accept, decline])
def test_decided_undone_and_decided_again_is_told_once(first: Decide, second: Decide, coordinator: User) -> None:
    campaign = make_campaign()
    signature = make_pending(campaign)
    ask_more(campaign)
    propose(campaign)
    send_letters()
    first(signature, coordinator)
    signature.undo(by=coordinator)
    assert send_letters() == []
    second(signature, coordinator)
    asked = "A statement you signed is to change: do you agree?"
    told = ["Your signature is public", asked] if second is accept else ["Your signature could not be accepted"]
    assert [letter.subject for letter in send_letters()] == told
    assert send_letters() == []


# What it refuses


def withdraw(signature: Signature) -> None:
    signature.withdraw()


def remove(signature: Signature) -> None:
    signature.remove(by=make_coordinator("second"), reason="It was listed in error.")


def deliver(signature: Signature) -> None:
    make_delivery(signature.campaign)


def claim_its_letter(signature: Signature) -> None:
    with time_machine.travel(NOW + UNDO_WITHIN):
        assert OutgoingMail.objects.get(kind="signature_listed").claim()


def send_its_letter(signature: Signature) -> None:
    send_letters()


@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [
        (withdraw, "“River Watch” is withdrawn by now"),
        (remove, "“River Watch” is removed: second decided that before you"),
        (deliver, "stands in what was delivered since"),
        (claim_its_letter, "The letter about “River Watch” is on its way already"),
        (send_its_letter, "The letter about “River Watch” is on its way already"),
    ],
)
def test_what_has_happened_since_stands_against_undoing(
    meanwhile: Callable[[Signature], None], words: str, coordinator: User
) -> None:
    signature = make_pending(make_campaign())
    signature.accept(by=coordinator)
    meanwhile(signature)
    before = every_row()
    with pytest.raises(ValidationError, match=words):
        signature.undo(by=coordinator)
    assert every_row() == before


@pytest.mark.parametrize("decide", [accept, decline])
def test_after_the_minute_a_decision_stands(decide: Decide, coordinator: User, clock: time_machine.Traveller) -> None:
    signature = make_pending(make_campaign())
    decide(signature, coordinator)
    clock.shift(UNDO_WITHIN)
    with pytest.raises(ValidationError, match="can be undone for a minute only"):
        signature.undo(by=coordinator)


def added() -> Signature:
    signatory = {"name": "River Watch", "name_as_signed": "River Watch", "language": "en", "source": "telephone"}
    return Signature.objects.add(make_campaign(), make_coordinator("second"), signatory)


def listed_without_review() -> Signature:
    return make_pending(make_campaign(reviews=False))


def unconfirmed() -> Signature:
    return make_signature(make_campaign())


def set_aside() -> Signature:
    signature = make_pending(make_campaign(), comment="Buy now")
    Attack.objects.clear(signature.campaign, Marks(phrase="Buy now"), by=None)
    signature.refresh_from_db()
    assert signature.state == "discarded"
    return signature


@pytest.mark.parametrize("make", [added, listed_without_review, unconfirmed, set_aside])
def test_what_no_coordinator_has_decided_cannot_be_undone(make: Callable[[], Signature], coordinator: User) -> None:
    signature = make()
    before = every_row()
    assert signature.undo_until is None
    with pytest.raises(ValidationError, match="can be undone for a minute only"):
        signature.undo(by=coordinator)
    assert every_row() == before


# Whose it is


def test_undoable_are_the_persons_own_decisions_of_the_last_minute(
    coordinator: User, clock: time_machine.Traveller
) -> None:
    campaign = make_campaign()
    early, first, second, others = (make_pending(campaign, f"{name} Watch") for name in ("Hill", "Lake", "Sea", "Bay"))
    accept(early, coordinator)
    clock.shift(UNDO_WITHIN)
    accept(first, coordinator)
    clock.shift(SECOND)
    decline(second, coordinator)
    accept(others, make_coordinator("second"))
    Signature.objects.add(campaign, coordinator, {"name": "Brook Watch", "language": "en", "source": "paper"})
    assert list(campaign.signatures.undoable_by(coordinator)) == [second, first]
    second.undo(by=coordinator)
    assert list(campaign.signatures.undoable_by(coordinator)) == [first]


@pytest.mark.parametrize("second", [accept, decline])
@pytest.mark.parametrize(("first", "state"), [(accept, "listed"), (decline, "not accepted")])
def test_who_decides_after_another_is_told_what_that_one_did(
    first: Decide, state: str, second: Decide, coordinator: User
) -> None:
    signature = make_pending(make_campaign())
    first(signature, make_coordinator("first"))
    before = every_row()
    with pytest.raises(ValidationError, match=f"“River Watch” is {state}: first decided that before you."):
        second(signature, coordinator)
    assert every_row() == before


def test_group_that_comes_too_late_reads_no_coordinators_name(coordinator: User) -> None:
    signature = make_pending(make_campaign())
    signature.decline(by=coordinator, reason="Nobody there knows of it.")
    with pytest.raises(ValidationError) as refusal:
        signature.withdraw()
    assert "coordinator" not in refusal.value.messages[0]


def test_undone_and_declined_signature_is_told_of_the_last_word_only(coordinator: User) -> None:
    signature = make_pending(make_campaign(coordinator))
    accept(signature, coordinator)
    signature.undo(by=coordinator)
    decline(signature, coordinator)
    assert Counter(kind for kind, _reader in mails(signature)) == {
        "confirm_signature": 1,
        "signature_awaits": 1,
        "signature_declined": 1,
    }
    assert signature.decided_at == timezone.now()


def test_decision_of_another_is_not_undone_by_a_page_that_is_old(coordinator: User) -> None:
    signature, second = make_pending(make_campaign()), make_coordinator("second")
    signature.accept(by=coordinator)
    Signature.objects.get().undo(by=coordinator)
    Signature.objects.get().decline(by=second, reason="Nobody there knows of it.")
    with pytest.raises(ValidationError, match="second decided that before you"):
        Signature.objects.get().undo(by=coordinator)
    assert Signature.objects.get().state == "declined"


def test_nobody_is_told_of_a_decision_that_can_still_be_undone(
    coordinator: User, client: Client, clock: time_machine.Traveller
) -> None:
    campaign = make_campaign()
    signature = make_pending(campaign)
    signature.accept(by=coordinator)
    signature.list_as("River Watch Society", by=coordinator)
    ask_more(campaign)
    propose(campaign)
    now = timezone.now()
    assert not OutgoingMail.objects.filter(kind__in=TELLING, next_try_at__lte=now).exists()
    assert "Thank you: confirmed" in client.get(own_page(signature)).content.decode()
    clock.shift(61)
    assert "Your signature is public" in client.get(own_page(signature)).content.decode()
