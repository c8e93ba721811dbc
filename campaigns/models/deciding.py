"""A coordinator's decision on a signature: whom it tells and when, and that it can be undone within a minute."""

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .campaigns import Campaign
from .events import Event
from .listing import ListingQuerySet, Source, State
from .memberships import Role
from .outbox import OutgoingMail

if TYPE_CHECKING:
    from .signatures import Signature

UNDO_WITHIN = datetime.timedelta(seconds=60)
# What a signature has of a decision, as it is before one.
UNDECIDED: dict[str, Any] = {
    "organization": None,
    "position": None,
    "is_initiator": False,
    "decided_by": None,
    "decided_at": None,
    "reason": "",
    "evidence_kept": [],
}
# The letters from which the contact person would learn how it was decided.
TELLING = ["signature_listed", "signature_declined", "signature_renamed", "text_proposed"]


class DecidingQuerySet(ListingQuerySet):
    def undoable_by(self, user: Any) -> Self:
        """Those that the person has decided within the last minute, the newest first."""
        decided = self.filter(decided_by=user, decided_at__gt=timezone.now() - UNDO_WITHIN, source=Source.FORM)
        return decided.filter(state__in=[State.LISTED, State.DECLINED]).order_by("-decided_at", "-id")


def evidence_to_keep(signature: "Signature", by: Any) -> list[list[str]]:
    """On what a coordinator decides: each code with its sign, and no personal data. Nothing where nobody looks."""
    if by is None:
        return []
    found = signature.evidence(Campaign.objects.of(by, Role.OWNER, Role.REVIEWER))
    return [[each.code, str(each.sign)] for each in found]


def tell_it_is_listed(signature: "Signature", by: Any, brought: dict[str, Any] | None = None) -> None:
    """Records the acceptance with what it brought about, as `places.take` gives it, and queues its letters."""
    event = Event.objects.record(Event.Verb.ACCEPTED, signature.campaign, signature, by=by, **(brought or {}))
    OutgoingMail.objects.queue("signature_listed", signature, occasion=event.pk, not_before=signature.undo_until)
    ask_to_agree(signature)


def tell_it_is_declined(signature: "Signature", by: Any) -> None:
    event = Event.objects.record(Event.Verb.DECLINED, signature.campaign, signature, by=by)
    OutgoingMail.objects.queue("signature_declined", signature, occasion=event.pk, not_before=signature.undo_until)


def ask_to_agree(signature: "Signature") -> None:
    """A group that comes while a change of text is open, or after it, is asked like the others."""
    if proposal := signature.proposal_to_answer:
        until = signature.undo_until
        OutgoingMail.objects.queue("text_proposed", signature, occasion=proposal.pk, not_before=until)


def take_letters_back(signature: "Signature") -> Event:
    """Ends the letters of the decision that is to be undone, and gives its event.

    Raises ValidationError where it cannot be undone, or no longer.
    """
    params = {"name": signature.name}
    decision = signature.events.filter(verb__in=[Event.Verb.ACCEPTED, Event.Verb.DECLINED]).order_by("pk").last()
    if decision is None or signature.undo_until is None:
        raise ValidationError(_("A decision on “%(name)s” can be undone for a minute only."), "late", params)
    deliveries = signature.campaign.deliveries.filter(at__gte=decision.at)
    if signature.state == State.LISTED and deliveries.exists():
        raise ValidationError(_("“%(name)s” stands in what was delivered since: remove it instead."), "late", params)
    letters = OutgoingMail.objects.filter(kind__in=TELLING, reference=signature.pk, created_at__gte=decision.at)
    if not letters.take_back():
        raise ValidationError(_("The letter about “%(name)s” is on its way already."), "late", params)
    return decision
