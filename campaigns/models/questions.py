"""What a coordinator asks a contact person before deciding, and what comes back; both are kept sealed."""

import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .campaigns import Campaign
from .contacts import sealed
from .events import Event
from .listing import State
from .memberships import Role
from .outbox import UNDO_WITHIN, OutgoingMail, OutgoingMailQuerySet

if TYPE_CHECKING:
    from .signatures import Signature

LONGEST_WORDS = 2000


def refuse_words(words: str) -> None:
    """Raises ValidationError for a question or an answer that says nothing, or too much."""
    if not words.strip():
        raise ValidationError(_("Write something first."))
    if len(words) > LONGEST_WORDS:
        raise ValidationError(_("Write at most %(count)s characters."), params={"count": LONGEST_WORDS})


class QuestionQuerySet(models.QuerySet["Question"]):
    @transaction.atomic
    def ask(self, signature: "Signature", by: Any, words: str) -> "Question":
        """Asks the contact person, who gets a letter. Raises ValidationError while another question is open."""
        refuse_words(words)
        contact = getattr(signature, "contact", None)
        if contact is None or not contact.email:
            raise ValidationError(_("There is no address to which a question could go."))
        if waiting := signature.questions.open().first():
            if (waiting.asked_by, waiting.words) == (by, words):
                return waiting
            raise ValidationError(_("A question is open already: wait for its answer, or decide without."))
        question = self.create(signature=signature, asked_by=by)
        question.words = words
        question.save(update_fields=["sealed_words"])
        question.write()
        Event.objects.record(Event.Verb.ASKED, signature.campaign, signature, by=by, question=question.pk)
        return question

    def open(self) -> "QuestionQuerySet":
        """Those that wait for an answer. Deciding and withdrawing end a question; undoing that opens it again."""
        return self.filter(answered_at=None, taken_back_at=None, signature__state=State.PENDING)

    def retractable_by(self, user: Any) -> "QuestionQuerySet":
        """Those that the person has asked within the last minute, the newest first."""
        return self.open().filter(asked_by=user, asked_at__gt=timezone.now() - UNDO_WITHIN)

    def told(self) -> "QuestionQuerySet":
        """Those that the contact person may read, the newest first: none that can still be taken back."""
        until = timezone.now() - UNDO_WITHIN
        return self.filter(taken_back_at=None).filter(Q(asked_at__lte=until) | Q(answered_at__isnull=False))


class Question(models.Model):
    signature = models.ForeignKey("Signature", models.CASCADE, related_name="questions", verbose_name=_("signature"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    sealed_words = models.BinaryField(default=b"")
    answered_at = models.DateTimeField(_("answered"), null=True)
    sealed_answer = models.BinaryField(default=b"")
    taken_back_at = models.DateTimeField(_("taken back"), null=True)

    words = sealed("sealed_words")
    _answer = sealed("sealed_answer")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return str(_("question %(number)s") % {"number": self.pk})

    @property
    def answer_words(self) -> str:
        """The answer; empty before there is one."""
        return str(self._answer) if self.is_answered else ""

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    @property
    def is_open(self) -> bool:
        """Whether it takes an answer now."""
        return not self.is_answered and self.taken_back_at is None and self.signature.state == State.PENDING

    @property
    def take_back_until(self) -> datetime.datetime | None:
        """Until when it can be taken back; None where it is no longer."""
        until = self.asked_at + UNDO_WITHIN
        return until if self.is_open and until > timezone.now() else None

    def write(self) -> None:
        """Queues its letter, for when it cannot be taken back any more; anew where it was dropped meanwhile."""
        self.letters().filter(ended_at__isnull=False).delete()
        not_before = self.asked_at + UNDO_WITHIN
        OutgoingMail.objects.queue("signature_asked", self.signature, occasion=self.pk, not_before=not_before)

    def letters(self) -> OutgoingMailQuerySet:
        return OutgoingMail.objects.filter(kind="signature_asked", reference=self.signature_id, occasion=self.pk)

    @transaction.atomic
    def answer(self, words: str) -> None:
        """The contact person's answer, once. Raises ValidationError when none is taken any more."""
        refuse_words(words)
        self.lock()
        if self.is_answered and self.answer_words == words:
            return
        if not self.is_open:
            raise ValidationError(_("This question takes no answer any more."))
        self._answer, self.answered_at = words, timezone.now()
        self.save(update_fields=["sealed_answer", "answered_at"])
        Event.objects.record(Event.Verb.ANSWERED, self.signature.campaign, self.signature, question=self.pk)
        for reader in self.readers():
            OutgoingMail.objects.queue("question_answered", self.signature, reader, occasion=self.pk)

    def readers(self) -> list[Any]:
        """Who is told of the answer: who asked, as long as that one decides here, else all who do."""
        decides_in = Campaign.objects.of(self.asked_by, Role.OWNER, Role.REVIEWER)
        campaign = self.signature.campaign
        if self.asked_by.is_active and decides_in.filter(pk=campaign.pk).exists():
            return [self.asked_by]
        return list(campaign.reviewers())

    @transaction.atomic
    def take_back(self, by: Any) -> None:
        """As if it had never been asked. Raises ValidationError after a minute, or once its letter is on its way."""
        self.lock()
        if self.taken_back_at:
            return
        if self.take_back_until is None:
            raise ValidationError(_("A question can be taken back for a minute only."))
        if not self.letters().take_back():
            raise ValidationError(_("The letter with the question is on its way already."))
        self.taken_back_at = timezone.now()
        self.save(update_fields=["taken_back_at"])
        Event.objects.record(Event.Verb.UNASKED, self.signature.campaign, self.signature, by=by, question=self.pk)

    def lock(self) -> None:
        """Holds its signature, and reads it anew."""
        self.signature.lock()
        self.refresh_from_db(fields=["answered_at", "sealed_answer", "taken_back_at"])
