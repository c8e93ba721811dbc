"""A change of what is asked: proposed to each signatory, who agrees or does not, before it becomes the text."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .campaigns import Campaign
from .events import Event
from .texts import TextVersion

if TYPE_CHECKING:
    from .signatures import Signature


class Proposal(models.Model):
    class Outcome(models.TextChoices):
        OPEN = "open", _("open")
        ADOPTED = "adopted", _("made the text")
        DROPPED = "dropped", _("dropped")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="proposals", verbose_name=_("campaign"))
    version = models.OneToOneField(TextVersion, models.PROTECT, related_name="proposal", verbose_name=_("text version"))
    deadline = models.DateTimeField(_("deadline"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, default=Outcome.OPEN)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"], condition=models.Q(outcome="open"), name="one_open_proposal_per_campaign"
            )
        ]

    def __str__(self) -> str:
        return str(self.version)

    @transaction.atomic
    def adopt(self, by: Any) -> None:
        """Makes it the text. Those who agreed stand under it; the others stay on the earlier version, not counted."""
        if not self._may_end(self.Outcome.ADOPTED):
            return
        self._end(self.Outcome.ADOPTED)
        self.campaign.current_version = self.version
        self.campaign.save(update_fields=["current_version"])
        agreed = self.agreements.filter(agrees=True).values("signature")
        moved = self.campaign.signatures.listed().filter(pk__in=agreed).update(text_version=self.version)
        Event.objects.record(Event.Verb.ADOPTED, self.campaign, by=by, version=self.version.number, agreed=moved)

    @transaction.atomic
    def drop(self, by: Any) -> None:
        if not self._may_end(self.Outcome.DROPPED):
            return
        self._end(self.Outcome.DROPPED)
        Event.objects.record(Event.Verb.DROPPED, self.campaign, by=by, version=self.version.number)

    @transaction.atomic
    def answer(self, signature: "Signature", agrees: bool, by: Any = None) -> None:
        """A signatory's answer, which it may change until the proposal ends; to an adopted text it can still agree."""
        self.campaign.lock()
        self.refresh_from_db()
        signature.lock()
        if not self.may_be_answered_by(signature):
            raise ValidationError(_("This proposal takes no more answers."))
        if self.agreements.filter(signature=signature, agrees=agrees).exists():
            return
        self.agreements.update_or_create(signature=signature, defaults={"agrees": agrees, "at": timezone.now()})
        if agrees and self.outcome == self.Outcome.ADOPTED:
            signature.text_version = self.text_to_join
            signature.save(update_fields=["text_version"])
        verb = Event.Verb.AGREED if agrees else Event.Verb.REFUSED
        Event.objects.record(verb, self.campaign, signature, by=by, version=self.version.number)

    @property
    def text_to_join(self) -> TextVersion:
        """The text that agreeing leads to: the proposed one or, once adopted, what it has become since."""
        return self.campaign.in_force if self.outcome == self.Outcome.ADOPTED else self.version

    def may_be_answered_by(self, signature: "Signature") -> bool:
        """Whether the signatory's word still matters: while it is open, or as long as it is the edition in force."""
        if signature.campaign_id != self.campaign_id or signature.state != "listed":
            return False
        is_in_force = self.campaign.in_force.edition == self.version.edition
        return self.outcome == self.Outcome.OPEN or (self.outcome == self.Outcome.ADOPTED and is_in_force)

    def tally(self) -> dict[str, int]:
        """How many of the signatories agreed, did not, and have not answered; and how many were asked."""
        asked = self.campaign.signatures.listed().count()
        answers = self.agreements.filter(signature__state="listed").aggregate(
            agreed=models.Count("pk", filter=models.Q(agrees=True)),
            refused=models.Count("pk", filter=models.Q(agrees=False)),
        )
        others = asked - answers["agreed"]
        return {**answers, "asked": asked, "others": others, "silent": others - answers["refused"]}

    def silent(self) -> "models.QuerySet[Signature]":
        """The listed signatures whose groups have given no answer."""
        answered = self.agreements.values("signature")
        return self.campaign.signatures.listed().exclude(pk__in=answered).order_by("position")

    def _may_end(self, outcome: str) -> bool:
        self.campaign.lock()
        self.refresh_from_db()
        if self.outcome == outcome:
            return False
        if self.outcome != self.Outcome.OPEN:
            raise ValidationError(_("The proposal has ended already."))
        return True

    def _end(self, outcome: str) -> None:
        self.outcome, self.ended_at = outcome, timezone.now()
        self.save(update_fields=["outcome", "ended_at"])


class Agreement(models.Model):
    """One signatory's answer to a proposal. Who gave none has not agreed."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="agreements", verbose_name=_("proposal"))
    signature = models.ForeignKey("Signature", models.CASCADE, related_name="agreements", verbose_name=_("signature"))
    agrees = models.BooleanField(_("agrees"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [models.UniqueConstraint(fields=["proposal", "signature"], name="one_answer_per_signature")]

    def __str__(self) -> str:
        return str(_("agrees") if self.agrees else _("does not agree"))
