"""A revision or a publication that cannot be is refused in plain words, and nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.models import Campaign
from tests.builders import (
    ask_more,
    correct,
    every_row,
    make_campaign,
    make_draft,
    make_listed,
    make_translation,
    propose,
    reword,
    translate,
)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Refusal:
    act: Callable[..., Any]
    says: str
    given: Callable[[Campaign], Any] = ask_more


def leave_a_language_out(campaign: Campaign) -> None:
    """Marks as not ready a translation that is public."""
    make_translation(campaign)
    translate(campaign)
    campaign.translations.update(ready=False)
    reword(campaign)


def propose_late(campaign: Campaign) -> None:
    campaign.propose(by=None, note="Too late.", deadline=timezone.now())


def lose_translated_demand(campaign: Campaign) -> None:
    make_translation(campaign).demands.all()[1].delete()


def empty_text(campaign: Campaign) -> None:
    reword(campaign, " \n ")


def take_out_demands(campaign: Campaign) -> None:
    campaign.demands.all().delete()


def type_the_same_otherwise(campaign: Campaign) -> None:
    """The same text as a browser on Windows sends it, and in decomposed letters."""
    reword(campaign, "We have read.\r\n\r\nYour plan, re\u0301sume\u0301.")


def open_proposal(campaign: Campaign) -> None:
    ask_more(campaign)
    propose(campaign)
    ask_more(campaign, "And more.")


REFUSALS = [
    Refusal(propose, "has no demand yet", take_out_demands),
    *[Refusal(act, "has no text yet", empty_text) for act in (propose, correct)],
    *[Refusal(act, "lacks demand 2", lose_translated_demand) for act in (translate, correct)],
    *[Refusal(act, "does not differ", type_the_same_otherwise) for act in (translate, correct, propose)],
    *[Refusal(act, "A proposal is open", open_proposal) for act in (translate, correct, propose)],
    Refusal(propose_late, "deadline has already passed"),
    Refusal(correct, "that changes what we ask"),
    Refusal(correct, "that changes what we ask", take_out_demands),
    Refusal(translate, "has changed: that corrects wording"),
    *[Refusal(act, "cannot be left out: de", leave_a_language_out) for act in (translate, correct, propose)],
    Refusal(propose, "Only a translation differs", make_translation),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: f"{refusal.act.__name__}-{refusal.given.__name__}")
def test_revision_that_cannot_be_is_refused_and_nothing_is_written(refusal: Refusal) -> None:
    campaign = make_campaign(body="We have read.\n\nYour plan, r\u00e9sum\u00e9.")
    make_listed(campaign)
    refusal.given(campaign)
    before = every_row()
    with pytest.raises(ValidationError, match=refusal.says):
        refusal.act(campaign)
    assert every_row() == before


@pytest.mark.parametrize(
    ("lack", "says"),
    [
        (take_out_demands, "has no demand yet"),
        (empty_text, "has no text yet"),
        (lose_translated_demand, "The translation .German. lacks demand 2"),
    ],
)
def test_incomplete_draft_is_not_published(lack: Callable[[Campaign], None], says: str) -> None:
    campaign = make_draft()
    lack(campaign)
    before = every_row()
    with pytest.raises(ValidationError, match=says):
        campaign.publish(by=None)
    assert every_row() == before
