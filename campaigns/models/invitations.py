"""An invitation: one group that a campaign has written to, and what it has said so far."""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .campaigns import Campaign
from .contacts import index, masked, sealed
from .events import Event
from .invitees import InvitationQuerySet, State
from .listing import ENDED, Source
from .organizations import Organization
from .outbox import OutgoingMail
from .questions import refuse_words
from .signatures import Signature
from .texts import languages

HOUR_SECONDS = 3600


class Invitation(models.Model):
    State = State

    # A group may change its mind, until it has signed: from then on its word is on the signature's own page.
    TRANSITIONS = {
        State.SILENT: {State.DECIDING, State.ASKS, State.SIGNED, State.DECLINED},
        State.DECIDING: {State.DECIDING, State.ASKS, State.SIGNED, State.DECLINED},
        State.ASKS: {State.DECIDING, State.ASKS, State.SIGNED, State.DECLINED},
        State.DECLINED: {State.DECIDING, State.ASKS, State.SIGNED, State.DECLINED},
        State.SIGNED: set(),
    }

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="invitations", verbose_name=_("campaign"))
    organization = models.ForeignKey(
        Organization, models.SET_NULL, null=True, related_name="invitations", verbose_name=_("organization")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=12, choices=languages)
    sealed_person = models.BinaryField(default=b"")
    sealed_email = models.BinaryField(default=b"")
    email_index = models.CharField(max_length=64, db_index=True)

    state = models.CharField(_("state"), max_length=8, choices=State, default=State.SILENT)
    invited_at = models.DateTimeField(_("invited"), default=timezone.now)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("invited by")
    )
    changed_at = models.DateTimeField(_("last heard of"), null=True)
    decide_by = models.DateField(_("decides by"), null=True)
    sealed_words = models.BinaryField(default=b"")
    sealed_answer = models.BinaryField(default=b"")
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    signature = models.ForeignKey(
        Signature, models.SET_NULL, null=True, related_name="invitations", verbose_name=_("signature")
    )
    written_on = models.DateField(_("last written to"))
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    ended_at = models.DateTimeField(_("taken back"), null=True)

    person = sealed("sealed_person")
    email = sealed("sealed_email")
    _words = sealed("sealed_words")
    _answer = sealed("sealed_answer")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["campaign", "state", "name"], name="invitations_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "email_index"], condition=Q(ended_at=None), name="one_invitation_of_an_address"
            ),
            models.CheckConstraint(
                condition=~Q(state="deciding") | Q(decide_by__isnull=False), name="deciding_until_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.masked_email

    @property
    def masked_email(self) -> str:
        return masked(self.email)

    @property
    def words(self) -> str:
        """What the group wrote last: why not, or what it would change."""
        return str(self._words) if self.sealed_words else ""

    @property
    def answer_words(self) -> str:
        """What a coordinator answered; empty before that."""
        return str(self._answer) if self.answered_at else ""

    @property
    def has_signed(self) -> bool:
        return self.state == State.SIGNED

    @property
    def has_lapsed(self) -> bool:
        """Whether it has signed, and its signature stands no more."""
        return self.has_signed and self.signature is not None and self.signature.state in ENDED

    @property
    def standing(self) -> str:
        """How it stands, in a word: of a signature that stands no more, what became of that."""
        lapsed = self.signature if self.has_lapsed else None
        return str(lapsed.get_state_display() if lapsed else self.get_state_display())

    @property
    def takes_answers(self) -> bool:
        """Whether the group can still say something by it."""
        return not self.has_signed and self.ended_at is None and self.campaign.is_open

    @property
    def is_overdue(self) -> bool:
        """Whether the day by which the group wanted to have decided is over."""
        today = timezone.localdate(timezone=self.campaign.zone)
        return self.state == State.DECIDING and self.decide_by is not None and self.decide_by < today

    @transaction.atomic
    def decide_later(self, by_day: datetime.date) -> None:
        """The group decides by that day. Raises ValidationError for a day that is over, or after the close."""
        self._hear(State.DECIDING)
        if (self.state, self.decide_by) == (State.DECIDING, by_day):
            return
        self.refuse_day(by_day)
        self.become(State.DECIDING, decide_by=by_day)
        self._record(Event.Verb.DECIDES_LATER, day=by_day.isoformat())

    def refuse_day(self, day: datetime.date) -> None:
        """Raises ValidationError for a day on which it is too late to decide."""
        if day < timezone.localdate(timezone=self.campaign.zone):
            raise ValidationError(_("That day is over already."))
        closes_at = self.campaign.closes_at
        if closes_at and day > timezone.localdate(closes_at, self.campaign.zone):
            raise ValidationError(_("Signing will have closed by then: choose an earlier day."))

    @transaction.atomic
    def ask_change(self, words: str) -> None:
        """The group would sign another text; who decides in the campaign hears of it."""
        refuse_words(words)
        self._hear(State.ASKS)
        if (self.state, self.words) == (State.ASKS, words):
            return
        self._write(words)
        self.become(State.ASKS)
        self._record(Event.Verb.CHANGE_ASKED)
        hour = int(timezone.now().timestamp() // HOUR_SECONDS)
        for reviewer in self.campaign.reviewers():
            OutgoingMail.objects.queue("change_asked", self.campaign, reviewer, occasion=hour)

    @transaction.atomic
    def decline(self, words: str = "") -> None:
        """The group does not sign this time, and may say why."""
        if words:
            refuse_words(words)
        self._hear(State.DECLINED)
        if (self.state, self.words) == (State.DECLINED, words):
            return
        self._write(words)
        self.become(State.DECLINED)
        self._record(Event.Verb.INVITATION_DECLINED)

    @transaction.atomic
    def sign(self, signatory: dict[str, Any], contact: dict[str, Any]) -> Signature:
        """The group signs. With the address to which its link was sent it is confirmed at once, since the link proves
        that address; with another it has signed once that one is confirmed as usual, and its link is good until then.

        Raises ValidationError where the text is not the one that this object was read with.
        """
        text_read = self.campaign.current_version_id
        self._hear(State.SIGNED)
        if self.campaign.current_version_id != text_read:
            raise ValidationError(_("The text has changed meanwhile. Read it again before you sign."), code="text")
        signature = Signature.objects.receive(self.campaign, {**signatory, "source": Source.INVITATION}, contact)
        if index(contact["email"]) == self.email_index:
            self.become(State.SIGNED, signature=signature)
            signature.confirm()
            OutgoingMail.objects.queue("signed_by_invitation", signature)
        else:
            self.signature = signature
            self.save(update_fields=["signature"])
            OutgoingMail.objects.queue("confirm_signature", signature)
        return signature

    @transaction.atomic
    def answer(self, words: str, by: Any) -> None:
        """A coordinator's answer to a group that asks for a change; the group gets it by mail."""
        refuse_words(words)
        self.lock()
        if self.answer_words == words:
            return
        if self.state != State.ASKS or self.ended_at:
            raise ValidationError(_("Only a group that asks for a change waits for an answer."))
        self._answer, self.answered_at, self.answered_by = words, timezone.now(), by
        self.save(update_fields=["sealed_answer", "answered_at", "answered_by"])
        event = self._record(Event.Verb.CHANGE_ANSWERED, by=by)
        OutgoingMail.objects.queue("invitation_answered", self, occasion=event.pk)

    @transaction.atomic
    def take_back(self, by: Any) -> None:
        """Ends the invitation, and its link. The address can be invited anew."""
        self.lock()
        if self.ended_at:
            return
        if self.has_signed:
            raise ValidationError(_("This group has signed already, so its invitation cannot be taken back."))
        self.ended_at = timezone.now()
        self.save(update_fields=["ended_at"])
        self._record(Event.Verb.INVITATION_ENDED, by=by)

    def show_email(self, by: Any) -> str:
        """The address in clear, for a coordinator whose look at it is recorded."""
        self._record(Event.Verb.ADDRESS_SEEN, by=by)
        return str(self.email)

    def lock(self) -> None:
        """Holds the campaign first, as every verb of it does, so that no two wait for each other."""
        self.campaign.lock()
        self.refresh_from_db(from_queryset=Invitation.objects.select_for_update())

    def become(self, state: str, **changes: Any) -> None:
        changed = {"state": state, "changed_at": timezone.now(), **changes}
        for field, value in changed.items():
            setattr(self, field, value)
        self.save(update_fields=list(changed))

    def _hear(self, state: str) -> None:
        """Holds campaign and row for a word of the group. Raises ValidationError where it is not taken any more."""
        self.lock()
        if self.ended_at:
            raise ValidationError(_("This invitation was taken back."), code="ended")
        if state not in self.TRANSITIONS[State(self.state)]:
            raise ValidationError(_("Your organization has signed already."), code="signed")
        if not self.campaign.is_open:
            raise ValidationError(_("This statement is no longer open for signature."), code="closed")

    def _write(self, words: str) -> None:
        """Keeps the group's words; an answer to earlier ones goes with those."""
        self._words, self.sealed_answer, self.answered_at, self.answered_by = words, b"", None, None
        self.save(update_fields=["sealed_words", "sealed_answer", "answered_at", "answered_by"])

    def _record(self, verb: str, by: Any = None, **details: Any) -> Event:
        about = self.organization
        return Event.objects.record(verb, self.campaign, organization=about, by=by, invitation=self.pk, **details)
