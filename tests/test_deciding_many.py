"""Many decisions at once: all of them, or none and the reason of each that refused."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from campaigns.models import Campaign, Organization, OutgoingMail, Signature
from tests.builders import every_row, make_campaign, make_coordinator, make_listed, make_pending, send_letters

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def coordinator() -> User:
    return make_coordinator()


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


def states() -> dict[str, str]:
    return dict(Signature.objects.values_list("name", "state"))


def test_every_kind_of_decision_is_carried_out_across_campaigns(campaign: Campaign, coordinator: User) -> None:
    known = Organization.objects.register("The River Watch Society")
    river, hill = make_pending(campaign), make_pending(campaign, "Hill Watch")
    lake = make_pending(make_campaign(slug="another"), "Lake Watch")
    Signature.objects.decide_all(
        [
            (lake, "accept_and_verify", {"organization": None, "how": "Called the number."}),
            (river, "accept", {"organization": known}),
            (hill, "decline", {"reason": "Nobody there knows of it."}),
        ],
        by=coordinator,
    )
    assert states() == {"River Watch": "listed", "Hill Watch": "declined", "Lake Watch": "listed"}
    assert (river.state, river.organization, hill.reason) == ("listed", known, "Nobody there knows of it.")
    assert lake.organization
    assert lake.organization.verified_by == coordinator
    assert all(each.evidence_kept for each in Signature.objects.all())


def test_one_refusal_stops_all_and_each_that_refuses_says_why(campaign: Campaign, coordinator: User) -> None:
    listed = make_listed(campaign)
    double, late, fine = (make_pending(campaign, name) for name in ("RIVER WATCH", "Hill Watch", "Lake Watch"))
    Signature.objects.get(pk=late.pk).decline(by=make_coordinator("first"), reason="No.")
    decisions: list[tuple[Signature, str, dict[str, Any]]] = [
        (fine, "accept", {}),
        (double, "accept", {"organization": listed.organization}),
        (late, "accept", {}),
    ]
    before = every_row()
    with pytest.raises(ValidationError) as refusal:
        Signature.objects.decide_all(decisions, by=coordinator)
    assert every_row() == before
    reasons: dict[Any, list[str]] = dict(refusal.value.message_dict)
    assert set(reasons) == {double.pk, late.pk}
    assert reasons[late.pk] == ["“Hill Watch” is not accepted: first decided that before you."]
    assert "“River Watch” is on the list already" in reasons[double.pk][0]
    assert (fine.state, fine.position, late.state) == ("pending", None, "declined")


def test_same_batch_sent_twice_is_decided_once(campaign: Campaign, coordinator: User) -> None:
    signatures = [make_pending(campaign, f"Group {number}") for number in range(3)]
    decisions: list[tuple[Signature, str, dict[str, Any]]] = [(each, "accept", {}) for each in signatures]
    Signature.objects.decide_all(decisions, by=coordinator)
    before = every_row()
    Signature.objects.decide_all(decisions, by=coordinator)
    assert every_row() == before


def test_batch_is_undone_as_one(campaign: Campaign, coordinator: User) -> None:
    known = Organization.objects.register("The River Watch Society")
    other = make_campaign(slug="another")
    signatures = [make_pending(campaign), make_pending(other), make_pending(campaign, "Hill Watch")]
    send_letters()
    before = {model: rows for model, rows in every_row().items() if model != "Event"}
    Signature.objects.decide_all([(each, "accept", {"organization": known}) for each in signatures[:2]], by=coordinator)
    Signature.objects.decide_all([(signatures[2], "accept", {})], by=coordinator)
    Signature.objects.undo_all(signatures, by=coordinator)
    assert {model: rows for model, rows in every_row().items() if model != "Event"} == before
    assert send_letters() == []
    Signature.objects.undo_all(signatures, by=coordinator)


def test_batch_of_which_one_cannot_be_undone_stands(campaign: Campaign, coordinator: User) -> None:
    signatures = [make_pending(campaign, f"Group {number}") for number in range(3)]
    Signature.objects.decide_all([(each, "accept", {}) for each in signatures], by=coordinator)
    with time_machine.travel("2026-03-02T12:01:00Z"):
        assert OutgoingMail.objects.get(kind="signature_listed", reference=signatures[1].pk).claim()
    before = every_row()
    with pytest.raises(ValidationError) as refusal:
        Signature.objects.undo_all(signatures, by=coordinator)
    reasons: dict[Any, list[str]] = dict(refusal.value.message_dict)
    assert reasons == {signatures[1].pk: ["The letter about “Group 1” is on its way already."]}
    assert every_row() == before
    assert [each.state for each in signatures] == ["listed"] * 3


def test_nothing_to_decide_is_no_decision(coordinator: User) -> None:
    before = every_row()
    Signature.objects.decide_all([], by=coordinator)
    Signature.objects.undo_all([], by=coordinator)
    assert every_row() == before
