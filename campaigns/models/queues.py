"""What waits for a decision, campaign by campaign, and what was decided a moment ago."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from .campaigns import Campaign
from .memberships import Role
from .questions import Question
from .signatures import Signature

MOST_SHOWN = 20


@dataclass(frozen=True)
class Queue:
    """What waits in one campaign: the first signatures, in the order in which they are decided, and how many it is."""

    campaign: Campaign
    first: list[Signature]
    length: int

    @property
    def more(self) -> int:
        return self.length - len(self.first)


@dataclass(frozen=True)
class Place:
    """Where a signature stands in its campaign's queue, and the keys of those before and after it."""

    number: int
    length: int
    previous: int | None
    following: int | None


@dataclass(frozen=True)
class Undoable:
    """What a person has done last, in one act, and can still undo: decided on signatures, or asked a question."""

    signatures: list[Signature]
    question: Question | None = None

    @property
    def state(self) -> str:
        return self.signatures[0].state

    @property
    def seconds_left(self) -> int:
        if self.question:
            until = self.question.take_back_until
        else:
            until = min(each.undo_until or timezone.now() for each in self.signatures)
        return math.ceil((until - timezone.now()).total_seconds()) if until else 0


def queues_of(user: Any) -> list[Queue]:
    """The queue of each campaign in which the person decides and something waits, the longest waiting first. Each
    signature has `is_answered`, whether it has answered a question. Costs one query."""
    campaigns = Campaign.objects.of(user, Role.OWNER, Role.REVIEWER)
    answers = Question.objects.exclude(answered_at=None).filter(signature=OuterRef("pk"))
    waiting = Signature.objects.queue().filter(campaign__in=campaigns).select_related("campaign")
    waiting = waiting.annotate(is_answered=Exists(answers))
    place = Window(RowNumber(), partition_by="campaign", order_by=waiting.query.order_by)
    length = Window(Count("pk"), partition_by="campaign")
    first = waiting.annotate(place=place, length=length).filter(place__lte=MOST_SHOWN).order_by("campaign", "place")
    by_campaign = [list(group) for _campaign, group in groupby(first, key=lambda each: each.campaign_id)]
    by_campaign.sort(key=lambda group: group[0].confirmed_at)
    return [Queue(group[0].campaign, group, group[0].length) for group in by_campaign]


def place_of(signature: Signature) -> Place | None:
    """Its place in the queue; None for one that does not wait for a decision."""
    waiting = list(signature.campaign.signatures.queue().values_list("pk", flat=True))
    if signature.pk not in waiting:
        return None
    at = waiting.index(signature.pk)
    around = {at - 1: None, len(waiting): None, **dict(enumerate(waiting))}
    return Place(at + 1, len(waiting), around[at - 1], around[at + 1])


def next_of(signature: Signature, place: Place | None) -> Signature | None:
    """Which of its campaign is to be decided after it, who stood at that place: the one that followed, else the first
    of those that wait; none when nothing waits."""
    waiting = signature.campaign.signatures.queue().exclude(pk=signature.pk)
    followed = waiting.filter(pk=place.following).first() if place else None
    return followed or waiting.first()


def undoable_of(user: Any, together: Collection[int]) -> Undoable | None:
    """The person's last decision or question while it can be undone. `together` are the keys of the signatures that
    were decided in one act."""
    decided = list(Signature.objects.undoable_by(user))
    asked = Question.objects.retractable_by(user).select_related("signature").first()
    if asked and not any(each.decided_at and each.decided_at > asked.asked_at for each in decided):
        return Undoable([asked.signature], asked)
    if decided and decided[0].pk in together:
        return Undoable([each for each in decided if each.pk in together])
    return Undoable(decided[:1]) if decided else None
