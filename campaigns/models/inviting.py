"""What a campaign says to the groups that it invites, and until when they are to answer."""

import datetime
import zoneinfo
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .events import Event

if TYPE_CHECKING:
    from .invitees import InvitationQuerySet
    from .reminders import ReminderQuerySet

LONGEST_LETTER = 4000


class Inviting(models.Model):
    """Of a campaign, all that concerns its invitations. They and the reminders are rows of their own."""

    answer_by = models.DateTimeField(
        _("answers by"), null=True, editable=False, help_text=_("Until then invited groups are asked to answer.")
    )
    invitation_words = models.TextField(
        _("words of the invitation"),
        blank=True,
        max_length=LONGEST_LETTER,
        help_text=_("Markdown. Empty: our own words, in the language of the letter."),
    )
    reminder_words = models.TextField(
        _("words of the reminder"),
        blank=True,
        max_length=LONGEST_LETTER,
        help_text=_("Markdown. Empty: our own words, in the language of the letter."),
    )

    if TYPE_CHECKING:
        closes_at: datetime.datetime | None
        time_zone: models.CharField[str, str]
        invitations: InvitationQuerySet
        reminders: ReminderQuerySet

        @property
        def zone(self) -> zoneinfo.ZoneInfo: ...
        @property
        def is_open(self) -> bool: ...
        def lock(self) -> None: ...
        def record(self, verb: str, by: Any, **details: Any) -> None: ...
        def record_edit(self, fields: Sequence[str], by: Any) -> None: ...
        def refuse_draft(self) -> None: ...

    class Meta:
        abstract = True

    @property
    def deadline(self) -> datetime.datetime | None:
        """Until when invited groups are to answer: the time that was set, at the latest when signing closes."""
        return min(filter(None, [self.answer_by, self.closes_at]), default=None)

    @property
    def is_past_deadline(self) -> bool:
        return self.deadline is not None and self.deadline <= timezone.now()

    @property
    def deadline_in_words(self) -> str:
        """With its day of the week and its time zone, so that nobody mistakes it; empty where there is none."""
        if self.deadline is None:
            return ""
        local = timezone.localtime(self.deadline, self.zone)
        return gettext("%(weekday)s, %(day)s, %(time)s (%(zone)s)") % {
            "weekday": date_format(local, "l"),
            "day": date_format(local, "DATE_FORMAT"),
            "time": date_format(local, "H:i"),
            "zone": self.time_zone,
        }

    def refuse_inviting(self) -> None:
        """Raises ValidationError where nobody can be invited, or reminded, any more or yet."""
        self.refuse_draft()
        if not self.is_open:
            raise ValidationError(_("The campaign is closed for signature: reopen it first."), code="closed")
        if self.is_past_deadline:
            raise ValidationError(_("The time for answers has passed: set a later one first."), code="late")

    @transaction.atomic
    def ask_by(self, moment: datetime.datetime | None, by: Any) -> None:
        """Asks invited groups to answer by that moment, or sets none. Reminders that lay after it fall away."""
        self.lock()
        if self.answer_by == moment:
            return
        if moment and moment <= timezone.now():
            raise ValidationError(_("That time has already passed."))
        if moment and self.closes_at and moment > self.closes_at:
            raise ValidationError(_("Signing closes before that time: choose an earlier one, or move the close."))
        self.answer_by = moment
        self.save(update_fields=["answer_by"])
        self.record(Event.Verb.ANSWERS_TIMED, by, answers_until=moment.isoformat() if moment else "")
        for reminder in self.reminders.planned():
            if not reminder.is_in_time:
                reminder.delete()

    @transaction.atomic
    def word_letters(self, invitation: str, reminder: str, by: Any) -> None:
        """Sets the words of the letters that are sent from now on; empty are our own."""
        self.lock()
        wanted = {"invitation_words": invitation.strip(), "reminder_words": reminder.strip()}
        changed = [field for field, words in wanted.items() if getattr(self, field) != words]
        if any(len(words) > LONGEST_LETTER for words in wanted.values()):
            raise ValidationError(_("Write at most %(count)s characters."), params={"count": LONGEST_LETTER})
        if not changed:
            return
        for field in changed:
            setattr(self, field, wanted[field])
        self.save(update_fields=changed)
        self.record_edit(changed, by)
