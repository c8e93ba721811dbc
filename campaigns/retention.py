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

from .models import (
    Attack,
    Campaign,
    Contact,
    DeliveryRecipient,
    Event,
    ImportBatch,
    ImportRow,
    Invitation,
    Remark,
    Report,
    Signature,
)

# So long after a campaign's end what it knows of people is kept.
KEPT_AFTER_END = datetime.timedelta(days=90)
# So long after the decision is kept who signed for a group that was not accepted, or set aside with an attack.
KEPT_AFTER_DECISION = datetime.timedelta(days=30)
REPORTS_KEPT_SETTLED = datetime.timedelta(days=30)
REPORTS_KEPT = datetime.timedelta(days=365)
ROWS_KEPT = datetime.timedelta(days=30)
BATCH = 500


def end() -> datetime.date:
    """Campaigns that ended before this day keep nobody's data any more."""
    return timezone.localdate() - KEPT_AFTER_END


def ago(span: datetime.timedelta) -> datetime.datetime:
    return timezone.now() - span


def expired_persons() -> QuerySet[Signature]:
    """Of persons in their own name: with the contact data goes a name that stands nowhere."""
    contacts = Contact.objects.expired(ago(KEPT_AFTER_DECISION), end())
    return Signature.objects.going_whole().filter(pk__in=contacts.values("pk"))


def expired_reports() -> QuerySet[Report]:
    return Report.objects.expired(ago(REPORTS_KEPT_SETTLED), end(), ago(REPORTS_KEPT))


@dataclass(frozen=True)
class Rule:
    """Which rows have had their time, and how they are erased: for good, unless it says otherwise."""

    name: str  # by which the record tells of it
    words: str | Promise
    expired: Callable[[], QuerySet[Any]]
    erase: Callable[[Any], object] = lambda rows: rows.erase()
    campaign: str = "campaign"  # where a row says whose it is


RULES = [
    Rule("requests", _("requests that nobody confirmed within 7 days"), Signature.objects.expired),
    Rule(
        "set aside",
        _("requests that were set aside as an attack more than 30 days ago"),
        lambda: Signature.objects.set_aside(ago(KEPT_AFTER_DECISION)),
    ),
    Rule(
        "phrases",
        _("the words by which attacks were found more than 30 days ago"),
        lambda: Attack.objects.filter(at__lt=ago(KEPT_AFTER_DECISION)).exclude(phrase=""),
        lambda attacks: attacks.update(phrase=""),
    ),
    Rule(
        "undecided",
        _("requests that nobody decided on in campaigns that ended more than 90 days ago"),
        lambda: Signature.objects.undecided(end()),
    ),
    Rule("persons", _("the names of persons who are on no list any more"), expired_persons),
    Rule(
        "contacts",
        _("contact persons, 30 days after “not accepted”, else 90 days after a campaign’s end"),
        lambda: Contact.objects.expired(ago(KEPT_AFTER_DECISION), end()),
        campaign="signature__campaign",
    ),
    Rule(
        "invitations",
        _("invitations of campaigns that ended more than 90 days ago"),
        lambda: Invitation.objects.of_campaigns_over(end()),
    ),
    Rule(
        "remarks",
        _("remarks on the drafts of campaigns that ended more than 90 days ago"),
        lambda: Remark.objects.of_campaigns_over(end()),
    ),
    Rule(
        "reports",
        _("reports of errors, 30 days after they were settled, a year after they came"),
        expired_reports,
    ),
    Rule(
        "recipients",
        _("addresses to which letters were delivered, 90 days after a campaign’s end"),
        lambda: DeliveryRecipient.objects.filter(delivery__campaign__ends_on__lt=end()).exclude(sealed_address=b""),
        lambda recipients: recipients.update(sealed_address=b""),
        campaign="delivery__campaign",
    ),
    Rule(
        "files",
        _("files of lists that were brought more than a day ago"),
        ImportBatch.objects.with_old_files,
        lambda batches: batches.update(sealed_file=b""),
    ),
    Rule(
        "list rows",
        _("rows of lists that were brought more than 30 days ago"),
        lambda: ImportRow.objects.filter(batch__created_at__lt=ago(ROWS_KEPT)),
        lambda rows: rows.delete(),
        campaign="batch__campaign",
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
    concerned = rule.expired().filter(pk__in=keys).order_by().values(rule.campaign)
    list(Campaign.objects.filter(pk__in=concerned).order_by("pk").select_for_update().values_list("pk"))
    held = rule.expired().filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
    campaign_of = dict(held.values_list("pk", rule.campaign))
    rule.erase(held.model._default_manager.filter(pk__in=campaign_of))
    shares = Counter(campaign_of.values())
    campaigns = Campaign.objects.in_bulk([pk for pk in shares if pk])
    for pk, rows in shares.items():
        Event.objects.record(Event.Verb.ERASED, campaigns.get(pk), erased=rule.name, rows=rows)
    return len(campaign_of)
