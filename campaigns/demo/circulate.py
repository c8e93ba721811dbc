"""The demo's campaign that still circulates, with a dozen groups that were invited five days ago."""

import datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from ..addresses import Entry
from ..models import Campaign, Invitation, Reminder
from ..models.contacts import PRIVACY_NOTICE

A_DAY = datetime.timedelta(days=1)
INVITED_AGO, ANSWERS_WITHIN = 5 * A_DAY, 6 * A_DAY
AT_TEN = datetime.time(10)


def circulate(campaign: Campaign, groups: list[dict[str, Any]], coordinator: User) -> None:
    campaign.circulate(by=coordinator)
    today = timezone.localdate(timezone=campaign.zone)
    six = datetime.datetime.combine(today, datetime.time(18), tzinfo=campaign.zone)
    campaign.ask_by(six + ANSWERS_WITHIN, by=coordinator)
    entries = [
        Entry(line, group["organization"], group["organization"], "", group["email"], "")
        for line, group in enumerate(groups, start=1)
    ]
    Invitation.objects.invite(campaign, entries, by=coordinator)
    for invitation, group in zip(campaign.invitations.order_by("pk"), groups, strict=True):
        answer(invitation, group, coordinator, today)
    begin_earlier(campaign)
    Reminder.objects.plan(campaign, [(today + A_DAY, AT_TEN), (today + 4 * A_DAY, AT_TEN)], by=coordinator)


def answer(invitation: Invitation, group: dict[str, Any], coordinator: User, today: datetime.date) -> None:
    """What the group has said by its link, so many days ago; nothing, where it has not."""
    match group.get("answer"):
        case "signs":
            sign(invitation, coordinator)
        case "decides":
            invitation.decide_later(today)
            invitation.decide_by = today + group["in_days"] * A_DAY
        case "asks":
            invitation.ask_change(group["words"])
        case "declines":
            invitation.decline(group["words"])
        case None:
            return
    invitation.changed_at = timezone.now() - group["days_ago"] * A_DAY
    invitation.save(update_fields=["changed_at", "decide_by"])


def sign(invitation: Invitation, coordinator: User) -> None:
    name = invitation.name
    signatory = {"name": name, "name_as_signed": name, "language": invitation.language}
    contact = {"name": "the office", "role": "the office", "email": invitation.email}
    notice = {"notice_version": PRIVACY_NOTICE, "notice_language": "en"}
    invitation.sign(signatory, {**contact, **notice}).accept(by=coordinator)


def begin_earlier(campaign: Campaign) -> None:
    """As if it had begun when the letters went out, and nothing had been decided a moment ago."""
    begun = timezone.now() - INVITED_AGO
    day = timezone.localdate(begun, campaign.zone)
    campaign.invitations.update(invited_at=begun, written_on=day)
    campaign.signatures.update(decided_at=timezone.now() - A_DAY)
    Campaign.objects.filter(pk=campaign.pk).update(circulated_at=begun)
