"""Merging while others sign, withdraw and merge, each with a connection of their own."""

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns.models import Campaign, Merge, Organization, Signature
from tests.builders import make_campaign, make_pending
from tests.test_races import PATIENCE, accept, all_at_once

pytestmark = pytest.mark.usefixtures("committed")


def merge(kept: int, merged: int) -> str:
    """Gives "merged", or why it was refused."""
    pair = Organization.objects.in_bulk([kept, merged])
    try:
        Merge.objects.merge(pair[kept], pair[merged], by=None)
    except ValidationError as refusal:
        return refusal.messages[0]
    return "merged"


def undo(pk: int) -> None:
    Merge.objects.get(pk=pk).undo(by=None)


def withdraw(pk: int) -> str:
    """Gives "withdrawn", or why it was refused."""
    try:
        Signature.objects.get(pk=pk).withdraw()
    except ValidationError as refusal:
        return refusal.messages[0]
    return "withdrawn"


def make_pair(number: int) -> tuple[Organization, Organization]:
    names = (f"River Watch {number}", f"Watch of River {number}")
    return Organization.objects.register(names[0]), Organization.objects.register(names[1])


def list_for(campaign: Campaign, organization: Organization) -> Signature:
    signature = make_pending(campaign, organization.name)
    signature.accept(organization=organization)
    return signature


def state_of(signature: Signature) -> str:
    return Signature.objects.get(pk=signature.pk).state


# Two merges at once


def merge_naively(kept: int, merged: int, all_have_looked: threading.Barrier) -> None:
    """Looks and writes, without holding the rows between."""
    pair = Organization.objects.in_bulk([kept, merged])
    is_free = not pair[kept].merged_into and not pair[merged].merged_into
    all_have_looked.wait()
    if is_free:
        Organization.objects.filter(pk=merged).update(merged_into=kept)


def test_without_locks_two_records_are_merged_into_each_other() -> None:
    one, other = make_pair(1)
    barrier = threading.Barrier(2, timeout=PATIENCE)
    all_at_once([partial(merge_naively, one.pk, other.pk, barrier), partial(merge_naively, other.pk, one.pk, barrier)])
    assert not Organization.objects.standing().exists()


def test_of_two_merges_into_each_other_one_is_done() -> None:
    pairs = [make_pair(number) for number in range(8)]
    acts = [act for a, b in pairs for act in (partial(merge, a.pk, b.pk), partial(merge, b.pk, a.pk))]
    outcomes = all_at_once(acts)
    assert [outcomes[place : place + 2].count("merged") for place in range(0, 16, 2)] == [1] * 8
    assert Organization.objects.standing().count() == Merge.objects.count() == 8


def test_one_merge_pressed_by_ten_at_once_is_done_once() -> None:
    campaign, (kept, merged) = make_campaign(), make_pair(1)
    list_for(campaign, merged)
    outcomes = Counter(all_at_once([partial(merge, kept.pk, merged.pk)] * 10))
    assert outcomes == {"merged": 1, "“Watch of River 1” is merged into another record already.": 9}
    assert Merge.objects.count() == 1
    all_at_once([partial(undo, Merge.objects.get().pk)] * 10)
    assert merged.signatures.count() == 1


# Accepting meanwhile


def accept_naively(pk: int, merged: int, step: threading.Barrier) -> None:
    """Looks at the record, is overtaken by a merge, and lists the record it has seen."""
    organization = Organization.objects.get(pk=merged)
    step.wait()
    step.wait()
    Signature.objects.filter(pk=pk).update(
        organization=organization, state="listed", position=9, decided_at="2026-01-01T00:00Z"
    )


def merge_between(kept: int, merged: int, step: threading.Barrier) -> None:
    step.wait()
    merge(kept, merged)
    step.wait()


def test_without_holding_the_record_a_merged_one_comes_onto_the_list() -> None:
    campaign, (kept, merged) = make_campaign(), make_pair(1)
    pending = make_pending(campaign, merged.name)
    step = threading.Barrier(2, timeout=PATIENCE)
    all_at_once(
        [partial(accept_naively, pending.pk, merged.pk, step), partial(merge_between, kept.pk, merged.pk, step)]
    )
    assert list(campaign.signatures.listed().values_list("organization", flat=True)) == [merged.pk]


def test_accepted_while_it_is_merged_the_kept_record_is_listed() -> None:
    campaigns = [make_campaign(slug=f"letter-{number}") for number in range(8)]
    pairs = [make_pair(number) for number in range(8)]
    pendings = [make_pending(campaign, pair[1].name) for campaign, pair in zip(campaigns, pairs, strict=True)]
    acts: list[Callable[[], object]] = []
    for (kept, merged), pending in zip(pairs, pendings, strict=True):
        acts += [partial(merge, kept.pk, merged.pk), partial(accept, pending.pk, None, merged)]
    outcomes = all_at_once(acts)
    assert outcomes[1::2] == [None] * 8
    for (kept, merged), pending, outcome in zip(pairs, pendings, outcomes[::2], strict=True):
        pending.refresh_from_db()
        is_merged = outcome == "merged"
        assert is_merged or "just signed another statement" in str(outcome)
        assert (pending.state, pending.organization) == ("listed", kept if is_merged else merged)


def test_merge_waits_for_an_acceptance_that_has_begun() -> None:
    """And then sees that there is more to merge than was shown."""
    campaign, (kept, merged) = make_campaign(), make_pair(1)
    pending = make_pending(campaign, merged.name)
    outcomes: list[str] = []
    other = threading.Thread(
        target=lambda: outcomes.extend(map(str, all_at_once([partial(merge, kept.pk, merged.pk)])))
    )
    with transaction.atomic():
        pending.accept(organization=merged)
        other.start()
    other.join(PATIENCE)
    pending.refresh_from_db()
    assert outcomes in (["merged"], ["One of them has just signed another statement. Look at both once more."])
    assert pending.organization == (kept if outcomes == ["merged"] else merged)


def test_accepting_for_a_chain_while_it_is_undone_lists_one_that_stands() -> None:
    for number in range(4):
        campaign, (kept, merged) = make_campaign(slug=f"letter-{number}"), make_pair(number)
        merge(kept.pk, merged.pk)
        pending = make_pending(campaign, merged.name)
        done = Merge.objects.get(kept=kept)
        assert all_at_once([partial(undo, done.pk), partial(accept, pending.pk, None, merged)]) == [None, None]
        pending.refresh_from_db()
        assert pending.organization in {kept, merged}
        assert pending.organization
        assert pending.organization.merged_into is None


# Withdrawing meanwhile


def test_wave_of_withdrawals_during_merges_loses_no_word_of_a_group() -> None:
    campaigns = [make_campaign(slug=f"letter-{number}") for number in range(2)]
    pairs = [make_pair(number) for number in range(6)]
    signatures = [list_for(campaign, each) for campaign in campaigns for pair in pairs for each in pair]
    acts = [partial(merge, kept.pk, merged.pk) for kept, merged in pairs]
    acts += [partial(withdraw, signature.pk) for signature in signatures]
    outcomes = all_at_once(acts)
    assert outcomes[:6] == ["merged"] * 6
    for signature, outcome in zip(signatures, outcomes[6:], strict=True):
        assert (outcome == "withdrawn") == (state_of(signature) == "withdrawn")
        assert outcome == "withdrawn" or state_of(signature) == "removed"
    for done in Merge.objects.standing():
        done.undo(by=None)
    assert Counter(map(state_of, signatures)) == {
        "withdrawn": outcomes.count("withdrawn"),
        **({"listed": 24 - outcomes.count("withdrawn")} if outcomes.count("withdrawn") < 24 else {}),
    }


def test_withdrawals_during_undoing_end_withdrawn() -> None:
    campaign = make_campaign()
    pairs = [make_pair(number) for number in range(6)]
    stays = [list_for(campaign, kept) for kept, _merged in pairs]
    leaves = [list_for(campaign, merged) for _kept, merged in pairs]
    for kept, merged in pairs:
        merge(kept.pk, merged.pk)
    undos = [partial(undo, pk) for pk in Merge.objects.values_list("pk", flat=True)]
    outcomes = all_at_once([*undos, *(partial(withdraw, signature.pk) for signature in stays)])
    assert outcomes == [*[None] * 6, *["withdrawn"] * 6]
    assert Counter(map(state_of, stays)) == {"withdrawn": 6}
    assert Counter(map(state_of, leaves)) == {"listed": 6}
