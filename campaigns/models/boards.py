"""The board: how a campaign's invitations stand, how the answers grew, and what waits for a coordinator. It costs as
many queries for two thousand invitations as for none."""

import datetime
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from .invitees import COUNTS, InvitationTally
from .reminders import Reminder

if TYPE_CHECKING:
    from .campaigns import Campaign
    from .signatures import Signature


@dataclass(frozen=True)
class Board:
    """Of a campaign, today in its time zone."""

    today: datetime.date
    tally: InvitationTally
    unanswered: int
    overdue: int
    to_remind: int
    stopped: int  # are silent, and asked for no more letters
    uninvited: int  # how many have signed who were not invited
    invited_since: datetime.date | None
    days: list[tuple[datetime.date, int]]
    reminders: list[Reminder]
    first_waiting: "Signature | None"

    @classmethod
    def of(cls, campaign: "Campaign") -> "Board":
        today = timezone.localdate(timezone=campaign.zone)
        invitations = campaign.invitations.all()
        wanted = {
            "unanswered": invitations.unanswered(),
            "overdue": invitations.overdue(today),
            "to_remind": invitations.to_remind(campaign, today),
            "stopped": invitations.silent().stopped(campaign),
        }
        counts = {name: Count("pk", filter=Q(pk__in=rows.values("pk"))) for name, rows in wanted.items()}
        told = invitations.standing().aggregate(since=Min("invited_at"), **counts, **COUNTS)
        since = told.pop("since")
        return cls(
            today=today,
            tally=InvitationTally(**{name: told.pop(name) for name in COUNTS}),
            uninvited=campaign.signatures.not_ended().filter(invitations=None).count(),
            invited_since=timezone.localdate(since, campaign.zone) if since else None,
            days=signed_by_day(campaign),
            reminders=list(campaign.reminders.all()),
            first_waiting=campaign.signatures.queue().first(),
            **told,
        )

    @property
    def lengths(self) -> dict[str, int]:
        """How many there are in each list that the board shows."""
        tally = {field.name: getattr(self.tally, field.name) for field in fields(self.tally)}
        return {**tally, "invited": self.tally.invited, "unanswered": self.unanswered, "overdue": self.overdue}

    @property
    def planned(self) -> list[Reminder]:
        """The reminders that are still to come, in their order."""
        return [reminder for reminder in self.reminders if reminder.is_to_come]

    @property
    def sent(self) -> list[Reminder]:
        return [reminder for reminder in self.reminders if reminder.sent_at]

    @property
    def sent_today(self) -> Reminder | None:
        return next((reminder for reminder in self.sent if reminder.day == self.today), None)


def signed_by_day(campaign: "Campaign") -> list[tuple[datetime.date, int]]:
    """How many invited groups have signed on each day of the campaign's time zone on which any did."""
    days = campaign.invitations.signed().annotate(day=TruncDate("changed_at", tzinfo=campaign.zone)).values("day")
    return [(row["day"], row["count"]) for row in days.annotate(count=Count("pk")).order_by("day")]
