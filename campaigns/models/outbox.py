"""Letters that wait to be sent: a kind and a reference, never an address or a text."""

import datetime
import re
import uuid
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .campaigns import Campaign

# What letters tell, in words, by their kinds: those that refer to a signature, to a campaign, and to an invitation.
ABOUT_SIGNATURES = {
    "confirm_signature": _("to confirm an address"),
    "confirm_address": _("to confirm another address"),
    "address_asked": _("that another address was asked for"),
    "signed_by_invitation": _("that an invited group has signed"),
    "signature_awaits": _("that a signature awaits a decision"),
    "signature_listed": _("that a signature is listed"),
    "signature_declined": _("that a signature was not accepted"),
    "signature_removed": _("that a signature was removed"),
    "signature_renamed": _("that a listed name was corrected"),
    "signature_asked": _("with a coordinator’s question"),
    "question_answered": _("that a question was answered"),
    "statement_published": _("that the statement is public"),
    "text_corrected": _("that the wording was corrected"),
    "text_proposed": _("that a change of the text is proposed"),
    "delivered": _("that the statement was delivered"),
    "update": _("with news"),
}
ABOUT_CAMPAIGNS = {
    "report_awaits": _("that a reader has reported an error"),
    "campaign_published": _("that a campaign has published itself"),
    "change_asked": _("that an invited group asks for a change"),
}
ABOUT_INVITATIONS = {
    "invitation": _("with an invitation"),
    "invitation_reminder": _("to remind of an invitation"),
    "invitation_answered": _("with the answer to an invited group"),
}
KINDS = {**ABOUT_SIGNATURES, **ABOUT_CAMPAIGNS, **ABOUT_INVITATIONS, "letter": _("the letter to the addressee")}
TO_UNPROVEN = {"confirm_signature", "confirm_address"}
# What an error says to a coordinator, by its beginning.
ERRORS = {
    "SMTPRecipientsRefused": _("the mail server refused the recipient"),
    "SMTPSenderRefused": _("the mail server refused our address"),
    "SMTPDataError": _("the mail server refused the letter"),
    "SMTPAuthenticationError": _("the mail server refused our password"),
    "SMTPServerDisconnected": _("the mail server hung up"),
    "SMTPConnectError": _("the mail server could not be reached"),
    "ConnectionRefusedError": _("the mail server could not be reached"),
    "TimeoutError": _("the mail server did not answer in time"),
    "gaierror": _("the mail server could not be found"),
}

# For so long a decision or a question can be undone; its letters wait for that.
UNDO_WITHIN = datetime.timedelta(seconds=60)
LEASE = datetime.timedelta(minutes=2)
FIRST_DELAY = datetime.timedelta(minutes=1)
LONGEST_DELAY = datetime.timedelta(hours=6)
MOST_ATTEMPTS = 24
ADDRESS = re.compile(r"\S*@\S*")


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def queue(
        self,
        kind: str,
        reference: models.Model,
        recipient: Any = None,
        occasion: int = 1,
        not_before: datetime.datetime | None = None,
    ) -> None:
        """Queues the letter `kind` about `reference`, to its contact person or to the coordinator `recipient`.

        The same letter on the same occasion is queued once only, however often this is called. It is due at once, or
        from `not_before` on.
        """
        recipient_id = recipient.pk if recipient else None
        self.bulk_create(
            [
                OutgoingMail(
                    kind=kind,
                    reference=reference.pk,
                    recipient=recipient_id,
                    occasion=occasion,
                    dedupe_key=f"{kind}:{reference.pk}:{recipient_id or 'contact'}:{occasion}",
                    next_try_at=not_before or timezone.now(),
                )
            ],
            ignore_conflicts=True,
        )

    def queue_for_all(self, kind: str, signatures: models.QuerySet[Any], occasion: int) -> None:
        """Queues the letter `kind` to the contact person of each signature, as far as there is one with an address.

        A signature on which a decision can still be undone is written to after that minute.
        """
        reachable = signatures.filter(contact__email_index__gt="").order_by("pk").values_list("pk", "decided_at")
        now = timezone.now()
        letters = (
            OutgoingMail(
                kind=kind,
                reference=pk,
                occasion=occasion,
                dedupe_key=f"{kind}:{pk}:contact:{occasion}",
                next_try_at=max(now, decided_at + UNDO_WITHIN) if decided_at else now,
            )
            for pk, decided_at in reachable.iterator(chunk_size=1000)
        )
        while batch := list(islice(letters, 1000)):
            self.bulk_create(batch, ignore_conflicts=True)

    def queue_each(self, kind: str, references: Iterable[int], occasion: int = 1) -> None:
        """Queues the letter `kind` about each row of these keys, to the one whom it concerns; else as `queue`."""
        letters = (
            OutgoingMail(kind=kind, reference=pk, occasion=occasion, dedupe_key=f"{kind}:{pk}:contact:{occasion}")
            for pk in references
        )
        while batch := list(islice(letters, 1000)):
            self.bulk_create(batch, ignore_conflicts=True)

    def take_up_again(self, kinds: Sequence[str], references: Sequence[int], since: datetime.datetime) -> None:
        """Queues anew those letters that were dropped since then because what they would say was not so."""
        about = self.filter(kind__in=kinds, reference__in=references)
        dropped = about.filter(sent_at=None, ended_at__gte=since, attempts__lt=MOST_ATTEMPTS)
        dropped.update(ended_at=None, next_try_at=timezone.now(), last_error="")

    @transaction.atomic
    def take_back(self) -> bool:
        """Ends these letters as if they had never been queued. False, and all stay, once one was claimed or sent."""
        letters = list(self.select_for_update())
        if any(each.attempts for each in letters):
            return False
        self.filter(pk__in=[each.pk for each in letters]).delete()
        return True

    def waiting(self) -> "OutgoingMailQuerySet":
        return self.filter(sent_at=None, ended_at=None)

    def stuck(self) -> "OutgoingMailQuerySet":
        """Those that wait, and those that were given up."""
        return self.filter(Q(sent_at=None, ended_at=None) | Q(is_given_up=True))

    def about(self, campaign: "Campaign") -> "OutgoingMailQuerySet":
        """Those about the campaign, its signatures and its invitations, and its letters to the addressee."""
        recipients = apps.get_model("campaigns", "DeliveryRecipient").objects.filter(delivery__campaign=campaign)
        return self.filter(
            Q(kind__in=list(ABOUT_SIGNATURES), reference__in=campaign.signatures.values("pk"))
            | Q(kind__in=list(ABOUT_CAMPAIGNS), reference=campaign.pk)
            | Q(kind__in=list(ABOUT_INVITATIONS), reference__in=campaign.invitations.values("pk"))
            | Q(kind="letter", reference__in=recipients.values("pk"))
        )

    def to_contact_of(self, signature: models.Model) -> "OutgoingMailQuerySet":
        """Those to its contact person, the oldest first."""
        to_contact = self.filter(kind__in=list(ABOUT_SIGNATURES), reference=signature.pk, recipient=None)
        return to_contact.order_by("created_at")

    def due(self) -> "OutgoingMailQuerySet":
        now = timezone.now()
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        return self.waiting().filter(free, next_try_at__lte=now).order_by("next_try_at", "created_at")


class OutgoingMail(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("letter"), max_length=40)
    reference = models.BigIntegerField(_("about"))
    recipient = models.BigIntegerField(_("coordinator"), null=True)
    occasion = models.BigIntegerField(_("occasion"), default=1)
    dedupe_key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(_("queued"), default=timezone.now)
    next_try_at = models.DateTimeField(_("not before"), default=timezone.now)
    leased_until = models.DateTimeField(_("being sent until"), null=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    ended_at = models.DateTimeField(_("ended unsent"), null=True)
    is_given_up = models.BooleanField(_("given up"), default=False)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing letter")
        verbose_name_plural = _("outgoing letters")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(sent_at=None, ended_at=None), name="outgoing_mail_waiting"
            ),
            models.Index(fields=["kind"], condition=Q(is_given_up=True), name="outgoing_mail_given_up"),
        ]

    def __str__(self) -> str:
        return self.dedupe_key

    @property
    def is_first_to_unproven(self) -> bool:
        """Whether it has not been tried yet, as it was read, and goes to an address that nobody has proven."""
        return self.kind in TO_UNPROVEN and not self.attempts

    def claim(self) -> bool:
        """Takes the letter for this process alone, for the time of the lease. False: another was quicker."""
        taken = OutgoingMail.objects.due().order_by().filter(pk=self.pk)
        return bool(taken.update(leased_until=timezone.now() + LEASE, attempts=F("attempts") + 1))

    def mark_sent(self) -> None:
        OutgoingMail.objects.filter(pk=self.pk).update(sent_at=timezone.now(), leased_until=None, last_error="")

    def drop(self, reason: str) -> None:
        """Ends the letter unsent: what it would say is no longer so."""
        OutgoingMail.objects.filter(pk=self.pk).update(ended_at=timezone.now(), leased_until=None, last_error=reason)

    def put_off(self, error: str) -> None:
        """Tries again later, each time twice as long, and gives up after some days. No address in `error` is kept."""
        self.refresh_from_db(fields=["attempts"])
        delay = min(FIRST_DELAY * 2 ** (self.attempts - 1), LONGEST_DELAY)
        gives_up = self.attempts >= MOST_ATTEMPTS
        OutgoingMail.objects.filter(pk=self.pk).update(
            next_try_at=timezone.now() + delay,
            ended_at=timezone.now() if gives_up else None,
            is_given_up=gives_up,
            leased_until=None,
            last_error=ADDRESS.sub("…", error)[:300],
        )
