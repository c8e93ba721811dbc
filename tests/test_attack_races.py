"""Clearing an attack while groups confirm and coordinators decide, each with a connection of their own."""

from collections import Counter
from functools import partial

import pytest
from django.contrib.auth.models import User

from campaigns.models import Attack, Campaign, Event, Marks, Signature
from tests.builders import make_campaign, make_coordinator, make_pending, make_signature
from tests.test_races import accept, all_at_once, confirm, decline, states

pytestmark = pytest.mark.usefixtures("committed")

MARKS = Marks(domain="spam.example")
HANDS = 12


def clear(campaign: int, by: User | None = None) -> str:
    Attack.objects.clear(Campaign.objects.get(pk=campaign), MARKS, by)
    return "cleared"


def undo(pk: int) -> None:
    Attack.objects.get(pk=pk).undo(by=None)


def told(verb: str) -> Counter[int]:
    """How often the record says that of each signature."""
    return Counter(Event.objects.filter(verb=verb).values_list("signature", flat=True))


def holds_together() -> None:
    """What is set aside is what the attack counted, and the record says it of each once."""
    aside = Signature.objects.filter(state="discarded")
    attack = Attack.objects.filter(undone_at=None).first()
    assert aside.count() == (attack.count if attack else 0)
    assert told("discarded") == Counter(aside.values_list("pk", flat=True))


def test_groups_that_confirm_in_that_moment_are_set_aside_with_the_others() -> None:
    campaign = make_campaign(make_coordinator())
    pks = [make_signature(campaign, f"Group {n}", email=f"{n}@spam.example").pk for n in range(HANDS)]
    outcomes = all_at_once([partial(clear, campaign.pk), *(partial(confirm, pk) for pk in pks)])
    assert Counter(outcomes) == {"cleared": 1, None: HANDS}
    assert states() == {"discarded": HANDS}
    holds_together()


def test_each_is_either_accepted_or_set_aside() -> None:
    coordinator = make_coordinator()
    campaign = make_campaign()
    pks = [make_pending(campaign, f"Group {n}", email=f"{n}@spam.example").pk for n in range(HANDS)]
    outcomes = all_at_once([*(partial(accept, pk, coordinator) for pk in pks), partial(clear, campaign.pk)])
    for pk, outcome in zip(pks, outcomes, strict=False):
        state = Signature.objects.get(pk=pk).state
        assert (state, outcome) in {("listed", None), ("discarded", "transition")}
    assert not set(told("accepted")) & set(told("discarded"))
    holds_together()


def test_each_is_either_declined_or_set_aside_and_no_attack_is_half_cleared() -> None:
    coordinator = make_coordinator()
    campaign = make_campaign()
    pks = [make_pending(campaign, f"Group {n}", email=f"{n}@spam.example").pk for n in range(HANDS)]
    outcomes = all_at_once([partial(clear, campaign.pk), *(partial(decline, pk, coordinator) for pk in pks)])
    assert outcomes[0] in {"cleared", "changed", None}  # None: all were declined before
    assert set(outcomes[1:]) <= {None, "transition"}
    cleared = outcomes[0] == "cleared"
    assert states().keys() <= ({"declined", "discarded"} if cleared else {"declined"})
    assert not set(told("declined")) & set(told("discarded"))
    holds_together()


def test_attack_that_two_clear_at_once_is_cleared_once() -> None:
    campaign = make_campaign()
    for n in range(HANDS):
        make_signature(campaign, f"Group {n}", email=f"{n}@spam.example")
    outcomes = all_at_once([partial(clear, campaign.pk)] * 4)
    assert Counter(outcomes) == {"cleared": 1, None: 3}
    assert Attack.objects.get().count == HANDS
    holds_together()


def test_attack_that_four_undo_at_once_is_undone_once() -> None:
    campaign = make_campaign()
    for n in range(HANDS):
        make_signature(campaign, f"Group {n}", email=f"{n}@spam.example")
    clear(campaign.pk)
    pk = Attack.objects.get().pk
    assert all_at_once([partial(undo, pk)] * 4) == [None] * 4
    assert states() == {"unconfirmed": HANDS}
    assert set(told("restored").values()) == {1}
    assert Event.objects.filter(verb="attack undone").count() == 1
