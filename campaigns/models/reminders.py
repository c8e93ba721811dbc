"""Reminders to the invited groups that are silent: planned by day and time, at most one a day."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .campaigns import Campaign
from .events import Event
from .invitations import Invitation
from .outbox import OutgoingMail

A_DAY = datetime.timedelta(days=1)
GRACE = datetime.timedelta(minutes=15)  # so long after midnight the day before is not over for its letters


class ReminderQuerySet(models.QuerySet["Reminder"]):
    @transaction.atomic
    def plan(self, campaign: Campaign, moments: Sequence[tuple[datetime.date, datetime.time]], by: Any) -> None:
        """Sets the days and times at which the silent are reminded, in place of those that were set before. One
        that has fallen due meanwhile goes all the same.

        Raises ValidationError for two on one day, and for a moment that has passed or lies after the deadline.
        """
        campaign.lock()
        campaign.refuse_inviting()
        wanted, known = dict(moments), list(campaign.reminders.all())
        if len(wanted) < len(moments):
            raise ValidationError(_("At most one reminder a day: choose one time for each day."))
        dropped = [reminder.pk for reminder in known if reminder.is_to_come and reminder.day not in wanted]
        new = sorted(set(wanted.items()) - {(reminder.day, reminder.at) for reminder in known})
        if not (dropped or new):
            return
        campaign.reminders.filter(pk__in=dropped).delete()
        for day, at in new:
            Reminder(campaign=campaign, day=day, at=at, by=by).set()
        Event.objects.record(Event.Verb.REMINDERS_SET, campaign, by=by, reminders=len(wanted))

    @transaction.atomic
    def remind_now(self, campaign: Campaign, by: Any) -> "Reminder":
        """Reminds the silent at once, which is today's reminder. Raises ValidationError where today had one."""
        campaign.lock()
        campaign.refuse_inviting()
        now = timezone.localtime(timezone=campaign.zone)
        today, at = now.date(), now.time().replace(microsecond=0)
        if campaign.reminders.filter(day=today).exclude(sent_at=None).exists():
            raise ValidationError(_("The silent were reminded today already: at most once a day."), code="today")
        reminder, _is_new = self.update_or_create(campaign=campaign, day=today, defaults={"at": at, "by": by})
        reminder.send(by)
        return reminder

    def planned(self) -> "ReminderQuerySet":
        """Those that were not sent, in their order."""
        return self.filter(sent_at=None)

    def due(self) -> list["Reminder"]:
        """Those that are to be sent now."""
        today = timezone.now().astimezone(datetime.UTC).date()
        near = self.planned().filter(day__range=(today - A_DAY, today + A_DAY)).select_related("campaign")
        return [reminder for reminder in near if reminder.is_due]


class Reminder(models.Model):
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="reminders", verbose_name=_("campaign"))
    day = models.DateField(_("day"))
    at = models.TimeField(_("time"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("set by")
    )
    sent_at = models.DateTimeField(_("sent"), null=True)
    count = models.PositiveIntegerField(_("letters"), default=0)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["day"]
        indexes = [
            models.Index(fields=["day"], condition=models.Q(sent_at=None), name="reminders_planned"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "day"], name="one_reminder_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.at:%H:%M}"

    @property
    def due_at(self) -> datetime.datetime:
        """The moment, in UTC. A time that the clocks leap over comes as much later, one that they show twice comes at
        the first (PEP 495)."""
        local = datetime.datetime.combine(self.day, self.at, tzinfo=self.campaign.zone)
        return local.astimezone(datetime.UTC)

    @property
    def is_in_time(self) -> bool:
        """Whether its moment comes before the deadline."""
        deadline = self.campaign.deadline
        return deadline is None or self.due_at < deadline

    @property
    def local_day(self) -> datetime.date:
        """The day on which its moment comes, which is the next where the clocks leap over midnight."""
        return timezone.localdate(self.due_at, self.campaign.zone)

    @property
    def is_its_day(self) -> bool:
        """Whether its day is not over, but for some minutes."""
        return timezone.localdate(timezone.now() - GRACE, self.campaign.zone) <= self.local_day

    @property
    def is_due(self) -> bool:
        """Whether it is to be sent now: its time has come, its day is not over, and answers are still waited for."""
        is_waited_for = self.campaign.is_open and not self.campaign.is_past_deadline
        return self.is_its_day and is_waited_for and self.due_at <= timezone.now()

    @property
    def is_to_come(self) -> bool:
        """Whether it is still to be sent, by its time."""
        return self.sent_at is None and self.due_at > timezone.now()

    def set(self) -> None:
        """Puts it in its day's place. Raises ValidationError where it cannot be."""
        self.refuse()
        Reminder.objects.update_or_create(campaign=self.campaign, day=self.day, defaults={"at": self.at, "by": self.by})

    def refuse(self) -> None:
        """Raises ValidationError where it cannot be set. What stands so already is not looked at again."""
        if self.campaign.reminders.filter(day=self.day, at=self.at).exists():
            return
        when = {"when": str(self)}
        if self.due_at <= timezone.now():
            raise ValidationError(_("%(when)s has passed already."), params=when)
        if not self.is_in_time:
            raise ValidationError(_("%(when)s lies after the time for answers."), params=when)
        if self.campaign.reminders.filter(day=self.day).exclude(sent_at=None).exists():
            raise ValidationError(_("On the day of %(when)s a reminder was sent already."), params=when)

    @transaction.atomic
    def send(self, by: Any = None) -> bool:
        """Queues a letter to each group that is silent, and says whether it did: once only, on its own day, before the
        deadline, and while the campaign takes signatures."""
        self.campaign.lock()
        still = Reminder.objects.planned().filter(pk=self.pk).first()
        campaign = self.campaign
        if still is None or not still.is_due:
            return False
        silent = list(
            Invitation.objects.to_remind(campaign, self.local_day).order_by("pk").values_list("pk", flat=True)
        )
        Invitation.objects.filter(pk__in=silent).update(written_on=self.local_day, reminders=F("reminders") + 1)
        OutgoingMail.objects.queue_each("invitation_reminder", silent, occasion=self.pk)
        self.sent_at, self.count = timezone.now(), len(silent)
        self.save(update_fields=["sent_at", "count"])
        Event.objects.record(Event.Verb.REMINDED, campaign, by=by, invitations=len(silent))
        return True
