"""Coordinators, groups and mail programs at once, each with a connection of their own: one decision, one letter."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from campaigns.models import Campaign, Event, Organization, OutgoingMail, Question, Signature
from tests.builders import make_campaign, make_coordinator, make_pending
from tests.test_races import PATIENCE, accept, all_at_once, claim, letters, states

pytestmark = pytest.mark.usefixtures("committed")


def in_words(act: Callable[[], object]) -> str:
    """Gives "done", or why it was refused."""
    try:
        act()
    except ValidationError as refusal:
        return refusal.messages[0]
    return "done"


def decline(pk: int, by: User) -> None:
    Signature.objects.get(pk=pk).decline(by=by, reason="Nobody there knows of it.")


def undo(pk: int, by: User) -> None:
    Signature.objects.get(pk=pk).undo(by=by)


def withdraw(pk: int) -> None:
    Signature.objects.get(pk=pk).withdraw()


def make_queue(campaign: Campaign, count: int) -> list[int]:
    pks = [make_pending(campaign, f"Group {number}", email=f"a@group-{number}.example").pk for number in range(count)]
    OutgoingMail.objects.all().delete()
    return pks


def make_accepted(campaign: Campaign, count: int, by: User) -> list[int]:
    pks = make_queue(campaign, count)
    for pk in pks:
        accept(pk, by)
    return pks


# Two who decide the same


def decide_naively(pk: int, by: User, both_have_looked: threading.Barrier) -> None:
    """Looks and writes, without holding the row between."""
    signature = Signature.objects.select_related("campaign").get(pk=pk)
    both_have_looked.wait()
    if signature.state == "pending":
        Signature.objects.filter(pk=pk).update(state="declined", decided_by=by, decided_at=timezone.now())
        event = Event.objects.record("declined", signature.campaign, signature, by=by)
        OutgoingMail.objects.queue("signature_declined", signature, occasion=event.pk)


def test_without_holding_the_row_one_request_is_decided_and_told_twice() -> None:
    first, second = make_coordinator("first"), make_coordinator("second")
    (pk,) = make_queue(make_campaign(), 1)
    barrier = threading.Barrier(2, timeout=PATIENCE)
    all_at_once([partial(decide_naively, pk, first, barrier), partial(decide_naively, pk, second, barrier)])
    assert Event.objects.filter(verb="declined").count() == 2
    assert letters() == {"signature_declined": 2}


@pytest.mark.parametrize(
    ("decide", "verb", "state"), [(accept, "accepted", "listed"), (decline, "declined", "declined")]
)
def test_two_who_decide_the_same_on_fifty_requests_make_fifty_decisions(
    decide: Callable[[int, User], None], verb: str, state: str
) -> None:
    hands = {name: make_coordinator(name) for name in ("first", "second")}
    pks = make_queue(make_campaign(), 50)
    outcomes: list[object] = []
    for wave in (pks[:25], pks[25:]):
        acts = [partial(in_words, partial(decide, pk, by)) for pk in wave for by in hands.values()]
        outcomes += all_at_once(acts)
    decided = dict(Event.objects.filter(verb=verb).values_list("signature", "who__username"))
    assert (Event.objects.filter(verb=verb).count(), set(decided)) == (50, set(pks))
    assert states() == {state: 50}
    assert letters() == {f"signature_{state}": 50}
    told = [dict(zip(hands, outcomes[place : place + 2], strict=True)) for place in range(0, 100, 2)]
    for pk, words in zip(pks, told, strict=True):
        signature = Signature.objects.get(pk=pk)
        winner = decided[pk]
        (other,) = set(hands) - {winner}
        refusal = f"“{signature}” is {signature.get_state_display()}: {winner} decided that before you."
        assert words == {winner: "done", other: refusal}


# Undo and the mail program


def letters_that_are_due(pks: list[int]) -> dict[int, uuid.UUID]:
    """The letters of the decisions, which a mail program whose clock is ahead takes for due."""
    OutgoingMail.objects.update(next_try_at=timezone.now())
    return dict(OutgoingMail.objects.filter(reference__in=pks).values_list("reference", "pk"))


def undo_naively(pk: int, step: threading.Barrier) -> str:
    """Looks whether the letter is still there, is overtaken by the mail program, and undoes."""
    is_there = OutgoingMail.objects.filter(reference=pk, attempts=0).exists()
    step.wait()
    step.wait()
    if is_there:
        Signature.objects.filter(pk=pk).update(state="pending", position=None)
    return "undone" if is_there else "refused"


def claim_between(pk: uuid.UUID, step: threading.Barrier) -> bool:
    step.wait()
    taken = claim(pk)
    step.wait()
    return taken


def test_without_holding_the_letter_it_goes_out_on_what_was_undone() -> None:
    by = make_coordinator()
    (pk,) = make_accepted(make_campaign(), 1, by)
    mail = letters_that_are_due([pk])[pk]
    step = threading.Barrier(2, timeout=PATIENCE)
    assert all_at_once([partial(undo_naively, pk, step), partial(claim_between, mail, step)]) == ["undone", True]


def test_of_undoing_and_claiming_the_letter_exactly_one_is_done() -> None:
    by = make_coordinator()
    pks = make_accepted(make_campaign(), 20, by)
    due = letters_that_are_due(pks)
    acts: list[Callable[[], object]] = []
    for pk in pks:
        acts += [partial(in_words, partial(undo, pk, by)), partial(claim_if_there, due[pk])]
    outcomes = all_at_once(acts)
    for pk, undone, claimed in zip(pks, outcomes[::2], outcomes[1::2], strict=True):
        signature = Signature.objects.get(pk=pk)
        assert (undone == "done") != claimed
        if claimed:
            assert undone == f"The letter about “{signature}” is on its way already."
        assert signature.state == ("listed" if claimed else "pending")
        assert OutgoingMail.objects.filter(reference=pk).count() == int(bool(claimed))


def claim_if_there(pk: uuid.UUID) -> bool:
    mail = OutgoingMail.objects.filter(pk=pk).first()
    return mail is not None and mail.claim()


# Undo and the group


def undo_over_a_withdrawal(pk: int, step: threading.Barrier) -> None:
    """Looks, is overtaken by the group, and writes what it has seen."""
    is_listed = Signature.objects.get(pk=pk).state == "listed"
    step.wait()
    step.wait()
    if is_listed:
        Signature.objects.filter(pk=pk).update(state="pending", position=None)


def withdraw_between(pk: int, step: threading.Barrier) -> None:
    step.wait()
    withdraw(pk)
    step.wait()


def test_without_holding_the_row_a_withdrawal_is_lost() -> None:
    (pk,) = make_accepted(make_campaign(), 1, make_coordinator())
    step = threading.Barrier(2, timeout=PATIENCE)
    all_at_once([partial(undo_over_a_withdrawal, pk, step), partial(withdraw_between, pk, step)])
    assert states() == {"pending": 1}


def test_withdrawal_during_undoing_is_never_lost() -> None:
    by = make_coordinator()
    pks = make_accepted(make_campaign(), 20, by)
    acts: list[Callable[[], object]] = []
    for pk in pks:
        acts += [partial(in_words, partial(undo, pk, by)), partial(in_words, partial(withdraw, pk))]
    outcomes = all_at_once(acts)
    assert outcomes[1::2] == ["done"] * 20
    assert states() == {"withdrawn": 20}
    for pk, undone in zip(pks, outcomes[::2], strict=True):
        signature = Signature.objects.get(pk=pk)
        assert undone in {"done", f"“{signature}” is withdrawn by now, so this is no longer possible."}
        assert (signature.organization is None) == (undone == "done")


def test_decision_undone_by_ten_at_once_is_undone_once() -> None:
    by = make_coordinator()
    (pk,) = make_accepted(make_campaign(), 1, by)
    assert all_at_once([partial(undo, pk, by)] * 10) == [None] * 10
    assert (states(), Event.objects.filter(verb="undone").count()) == ({"pending": 1}, 1)
    assert not Organization.objects.exists()


def test_record_that_is_struck_out_while_another_campaign_chooses_it_is_there_or_refused() -> None:
    by = make_coordinator()
    pks = make_accepted(make_campaign(), 8, by)
    others = [make_pending(make_campaign(slug=f"letter-{pk}"), f"Section {pk}").pk for pk in pks]
    acts: list[Callable[[], object]] = []
    for pk, other in zip(pks, others, strict=True):
        registered = Signature.objects.get(pk=pk).organization
        acts += [partial(undo, pk, by), partial(in_words, partial(accept, other, by, registered))]
    outcomes = all_at_once(acts)
    assert outcomes[::2] == [None] * 8
    for other, words in zip(others, outcomes[1::2], strict=True):
        signature = Signature.objects.get(pk=other)
        assert (signature.organization is not None) == (words == "done")
        assert words == "done" or "is not in the registry any more" in str(words)


# Batches


def hold_in_turn(first: int, second: int, both_hold_one: threading.Barrier) -> str:
    """Holds two campaigns in the order in which they come."""
    try:
        with transaction.atomic():
            Campaign.objects.get(pk=first).lock()
            both_hold_one.wait()
            Campaign.objects.get(pk=second).lock()
    except OperationalError:
        return "deadlock"
    return "held"


if connection.vendor == "postgresql":  # SQLite has one writer at a time

    def test_without_an_order_two_batches_wait_for_each_other() -> None:
        one, other = make_campaign().pk, make_campaign(slug="another").pk
        barrier = threading.Barrier(2, timeout=PATIENCE)
        outcomes = all_at_once([partial(hold_in_turn, one, other, barrier), partial(hold_in_turn, other, one, barrier)])
        assert Counter(outcomes) == {"held": 1, "deadlock": 1}


def accept_all(pairs: list[tuple[int, int]], by: User) -> None:
    """Accepts each signature as that organization, both by their keys."""
    decisions: list[tuple[Signature, str, dict[str, Any]]] = [
        (Signature.objects.get(pk=pk), "accept", {"organization": Organization.objects.get(pk=organization)})
        for pk, organization in pairs
    ]
    Signature.objects.decide_all(decisions, by=by)


def test_batches_across_campaigns_in_opposite_orders_are_all_decided() -> None:
    by = make_coordinator()
    one, other = make_campaign(), make_campaign(slug="another")
    known = [Organization.objects.register(f"Group {number}").pk for number in range(20)]
    pairs = [[(make_pending(campaign, f"Section {pk}").pk, pk) for campaign in (one, other)] for pk in known]
    batches = [[*pairs[place], *reversed(pairs[place + 1])] for place in range(0, 20, 2)]
    acts = [partial(accept_all, batch[:: 1 if place % 2 else -1], by) for place, batch in enumerate(batches)]
    assert all_at_once(acts) == [None] * 10
    assert states() == {"listed": 40}


def test_batches_of_different_campaigns_with_the_same_organizations_are_all_decided() -> None:
    by = make_coordinator()
    campaigns = [make_campaign(slug=f"letter-{number}") for number in range(6)]
    known = [Organization.objects.register(f"Group {number}").pk for number in range(6)]
    acts = []
    for number, campaign in enumerate(campaigns):
        pairs = [(make_pending(campaign, f"Section {pk}").pk, pk) for pk in known]
        acts.append(partial(accept_all, pairs[:: 1 if number % 2 else -1], by))
    assert all_at_once(acts) == [None] * 6
    assert states() == {"listed": 36}


def accept_as_new(pks: list[int], by: User) -> None:
    Signature.objects.decide_all([(Signature.objects.get(pk=pk), "accept", {}) for pk in pks], by=by)


def test_batches_that_register_the_same_names_in_opposite_orders_are_all_decided() -> None:
    by, acts = make_coordinator(), []
    for number in range(6):
        campaign = make_campaign(slug=f"letter-{number}")
        pks = [make_pending(campaign, f"Group {place}").pk for place in range(12)]
        acts.append(partial(accept_as_new, pks[:: 1 if number % 2 else -1], by))
    assert all_at_once(acts) == [None] * 6
    assert states() == {"listed": 72}


# Answers


def answer(pk: int, words: str) -> None:
    Question.objects.select_related("signature").get(pk=pk).answer(words)


def test_of_two_different_answers_at_once_one_is_kept() -> None:
    by = make_coordinator()
    asked = make_pending(make_campaign()).ask(by=by, words="Who of you decided?")
    outcomes = all_at_once([partial(in_words, partial(answer, asked.pk, f"Answer {each}")) for each in range(10)])
    assert Counter(outcomes) == {"done": 1, "This question takes no answer any more.": 9}
    asked.refresh_from_db()
    assert asked.answer_words == f"Answer {outcomes.index('done')}"
    assert Event.objects.filter(verb="answered").count() == 1


def test_answer_during_a_decision_is_kept_or_refused() -> None:
    by = make_coordinator()
    campaign = make_campaign()
    asked = [make_pending(campaign, f"Group {each}").ask(by=by, words="Who of you decided?") for each in range(10)]
    acts: list[Callable[[], object]] = []
    for question in asked:
        acts += [partial(decline, question.signature_id, by), partial(in_words, partial(answer, question.pk, "We."))]
    outcomes = all_at_once(acts)
    assert outcomes[::2] == [None] * 10
    for question, words in zip(asked, outcomes[1::2], strict=True):
        question.refresh_from_db()
        assert question.is_answered == (words == "done")
