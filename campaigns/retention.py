"""What is erased, and when. Each rule says which rows have had their time; `erase` takes them away, batch by batch."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Campaign, Event, Invitation, Remark, Signature

# So long after a campaign's end what it knows of people is kept.
KEPT_AFTER_END = datetime.timedelta(days=90)
BATCH = 500


@dataclass(frozen=True)
class Rule:
    name: str  # by which the record tells of it
    words: str | Promise
    expired: Callable[[], QuerySet[Any]]
    erase: Callable[[QuerySet[Any]], object]


def expired_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.of_campaigns_over(timezone.localdate() - KEPT_AFTER_END)


def expired_remarks() -> QuerySet[Remark]:
    return Remark.objects.of_campaigns_over(timezone.localdate() - KEPT_AFTER_END)


def expired_requests() -> QuerySet[Signature]:
    return Signature.objects.expired()


RULES = [
    Rule(
        "requests",
        _("requests that nobody confirmed within 7 days"),
        expired_requests,
        lambda expired: expired.delete(),
    ),
    Rule(
        "invitations",
        _("invitations of campaigns that ended more than 90 days ago"),
        expired_invitations,
        lambda expired: expired.delete(),
    ),
    Rule(
        "remarks",
        _("remarks on the drafts of campaigns that ended more than 90 days ago"),
        expired_remarks,
        lambda expired: expired.delete(),
    ),
]


def erase(rule: Rule) -> Iterator[int]:
    """Erases what the rule says, and gives how many rows went with each batch. Each is a transaction of its own, so
    that one may stop between any two."""
    while keys := list(rule.expired().order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield erase_batch(rule, keys)


@transaction.atomic
def erase_batch(rule: Rule, keys: list[int]) -> int:
    """Those of the rows that are still to go once they are held, each campaign's share on its record. The campaigns are
    held first, as by every verb, so that no two wait for each other."""
    concerned = rule.expired().filter(pk__in=keys).order_by().values("campaign")
    list(Campaign.objects.filter(pk__in=concerned).order_by("pk").select_for_update().values_list("pk"))
    held = rule.expired().filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
    campaign_of = dict(held.values_list("pk", "campaign"))
    rule.erase(held.model._default_manager.filter(pk__in=campaign_of))
    shares = Counter(campaign_of.values())
    for campaign in Campaign.objects.filter(pk__in=shares):
        Event.objects.record(Event.Verb.ERASED, campaign, erased=rule.name, rows=shares[campaign.pk])
    return len(campaign_of)
