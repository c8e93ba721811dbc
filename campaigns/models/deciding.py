"""A coordinator's decision on a signature: whom it tells and when, and that it can be undone within a minute."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import places
from .campaigns import Campaign
from .census import CensusQuerySet
from .events import Event
from .listing import BY_THE_GROUP, State
from .memberships import Role
from .organizations import Organization
from .outbox import UNDO_WITHIN, OutgoingMail
from .questions import Question

if TYPE_CHECKING:
    from .signatures import Signature

# What a signature has of a decision, as it is before one.
UNDECIDED: dict[str, Any] = {
    "organization": None,
    "position": None,
    "is_initiator": False,
    "is_first": False,
    "decided_by": None,
    "decided_at": None,
    "reason": "",
    "evidence_kept": [],
}
# The letters from which the contact person would learn how it was decided.
TELLING = ["signature_listed", "signature_declined", "signature_renamed", "text_proposed"]


class DecidingQuerySet(CensusQuerySet):
    def queue(self) -> Self:
        """Those that wait for a coordinator, the oldest first; last those that were asked and have not answered."""
        open_questions = Question.objects.open().filter(signature=OuterRef("pk"))
        waiting = self.filter(state=State.PENDING).annotate(is_asked=Exists(open_questions))
        return waiting.order_by("is_asked", "confirmed_at", "id")

    def undoable_by(self, user: Any) -> Self:
        """Those that the person has decided within the last minute, the newest first."""
        decided = self.filter(decided_by=user, decided_at__gt=timezone.now() - UNDO_WITHIN, source__in=BY_THE_GROUP)
        return decided.filter(state__in=[State.LISTED, State.DECLINED]).order_by("-decided_at", "-id")

    def decide_all(self, decisions: Sequence[tuple["Signature", str, dict[str, Any]]], by: Any) -> None:
        """Carries out every decision, or none, by the names, so that no two batches wait for each other's new records:
        a signature, "accept", "accept_and_verify" or "decline", and what that
        takes by name.

        Raises ValidationError with the reasons of those that refuse, by the key of their signature (`message_dict`).
        """
        kept = {signature: evidence_to_keep(signature, by) for signature, _verb, _options in decisions}
        acts = [
            (signature, partial(VERBS[verb], signature, by, kept[signature], **options))
            for signature, verb, options in sorted(decisions, key=lambda each: each[0].name.casefold())
        ]
        meant = [options.get("organization") for _signature, _verb, options in decisions]
        all_or_none(acts, [each.standing for each in meant if each])

    def undo_all(self, signatures: Sequence["Signature"], by: Any) -> None:
        """Undoes the decision on each, the last first, or none. Raises ValidationError as `decide_all` does."""
        latest_first = sorted(
            signatures, key=lambda each: (each.decided_at or each.submitted_at, each.pk), reverse=True
        )
        registered = [each.organization for each in latest_first if each.organization]
        all_or_none([(each, partial(undo, each, by)) for each in latest_first], registered)


def evidence_to_keep(signature: "Signature", by: Any) -> list[list[str]]:
    """On what a coordinator decides: each code with its sign, and no personal data. Nothing where nobody looks."""
    if by is None:
        return []
    found = signature.evidence(Campaign.objects.of(by, Role.OWNER, Role.REVIEWER))
    return [[each.code, str(each.sign)] for each in found]


@transaction.atomic
def accept(signature: "Signature", by: Any, kept: list[list[str]], organization: Organization | None = None) -> None:
    """As `Signature.accept`, on the evidence that is `kept` with the decision."""
    signature.campaign.lock()
    if signature.may_become(State.LISTED, by):
        signature.evidence_kept = kept
        tell_it_is_listed(signature, by, places.take(signature, by, organization))


@transaction.atomic
def accept_and_verify(
    signature: "Signature", by: Any, kept: list[list[str]], organization: Organization | None, how: str
) -> None:
    """As `Signature.accept_and_verify`, on the evidence that is `kept` with the decision."""
    signature.campaign.lock()
    if not signature.may_become(State.LISTED, by):
        return
    signature.evidence_kept = kept
    brought = places.take(signature, by, organization)
    if signature.organization is None:
        raise ValidationError(_("A person cannot be verified: accept the signature."))
    if signature.organization.verified_at is None:
        signature.organization.verify(by, how)
        brought["verified"] = signature.organization.events.filter(verb=Event.Verb.VERIFIED).latest("pk").pk
    tell_it_is_listed(signature, by, brought)


@transaction.atomic
def decline(signature: "Signature", by: Any, kept: list[list[str]], reason: str) -> None:
    """As `Signature.decline`, on the evidence that is `kept` with the decision."""
    if signature.may_become(State.DECLINED, by):
        decision = {"decided_by": by, "decided_at": timezone.now(), "reason": reason, "evidence_kept": kept}
        signature.become(State.DECLINED, **decision)
        tell_it_is_declined(signature, by)


@transaction.atomic
def undo(signature: "Signature", by: Any) -> None:
    """As `Signature.undo`. A question that the decision had ended is open again, and who was taken for signed by the
    organization's name is silent again."""
    signature.campaign.lock()
    if not signature.may_become(State.PENDING, by):
        return
    decision, organization = take_letters_back(signature), signature.organization
    if signature.is_decided_by_another(by):
        raise signature.refusal(by)
    if signature.state == State.LISTED:
        signature.invitations.filter(changed_at__gte=signature.decided_at).come_back()
    signature.become(State.PENDING, **UNDECIDED)
    if organization:
        places.give_back(organization, decision.details, by)
    Event.objects.record(Event.Verb.UNDONE, signature.campaign, signature, by=by, decision=decision.pk)
    for question in signature.questions.open():
        question.write()


VERBS: dict[str, Callable[..., None]] = {
    "accept": accept,
    "accept_and_verify": accept_and_verify,
    "decline": decline,
}


def all_or_none(acts: Sequence[tuple["Signature", Callable[[], None]]], organizations: list[Organization]) -> None:
    """Carries out what is done to each signature, unless one refuses.

    What several such batches may hold is held in the order of the keys, so that no two wait for each other.
    """
    signatures = [signature for signature, _act in acts]
    if not signatures:
        return
    refusals: dict[Any, list[str]] = {}
    try:
        with transaction.atomic():
            hold(Campaign.objects.select_for_update(), {each.campaign_id for each in signatures})
            hold(type(signatures[0]).objects.select_for_update(), {each.pk for each in signatures})
            hold(Organization.objects.select_for_update(no_key=True), {each.pk for each in organizations})
            for signature, act in acts:
                try:
                    act()
                except ValidationError as refusal:
                    refusals[signature.pk] = refusal.messages
            if refusals:
                raise ValidationError(refusals)
    except ValidationError:
        for signature in signatures:
            signature.refresh_from_db()
        raise


def hold(rows: QuerySet[Any], pks: Collection[int]) -> None:
    """Locks these rows, which the queryset selects for update, until the transaction ends."""
    list(rows.filter(pk__in=pks).order_by("pk").values_list("pk"))


def tell_it_is_listed(signature: "Signature", by: Any, brought: dict[str, Any] | None = None) -> None:
    """Records the acceptance with what it brought about, as `places.take` gives it, and queues its letters."""
    event = Event.objects.record(Event.Verb.ACCEPTED, signature.campaign, signature, by=by, **(brought or {}))
    signature.campaign.invitations.settle(signature)
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
