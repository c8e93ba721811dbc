"""How a signature arrives: by the form, or taken down by a coordinator."""

import uuid
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import names
from . import places
from .campaigns import Campaign
from .contacts import Contact
from .deciding import DecidingQuerySet, ask_to_agree
from .events import Event
from .listing import Source
from .organizations import Organization
from .outbox import OutgoingMail
from .passes import LatePass

if TYPE_CHECKING:
    from .signatures import Signature


def refuse_kind(campaign: Campaign, signatory: dict[str, Any]) -> None:
    """Raises ValidationError for a person where only organizations sign."""
    if signatory.get("kind") == "person" and not campaign.allows_persons:
        raise ValidationError(_("Under this statement only organizations sign."))


class SignatureQuerySet(DecidingQuerySet):
    @transaction.atomic
    def submit(
        self,
        campaign: Campaign,
        signatory: dict[str, Any],
        contact: dict[str, Any],
        late_pass: LatePass | None = None,
    ) -> "Signature":
        """A signature as the form sends it, with the letter that asks to confirm. Raises ValidationError as `receive`.

        Who sent the form in time may confirm after the close. With a `late_pass` a group may send it after the close.
        """
        signature = self.receive(campaign, signatory, contact, late_pass)
        OutgoingMail.objects.queue("confirm_signature", signature)
        return signature

    @transaction.atomic
    def receive(
        self,
        campaign: Campaign,
        signatory: dict[str, Any],
        contact: dict[str, Any],
        late_pass: LatePass | None = None,
    ) -> "Signature":
        """A signature that a group has sent, not yet confirmed. Raises ValidationError when the campaign takes none.

        The same `sending` once more, as when no answer had come, is the same signature.
        """
        if not (campaign.is_open or late_pass):
            raise ValidationError(_("This statement is no longer open for signature."), code="closed")
        refuse_kind(campaign, signatory)
        key = names.key(signatory["name"])
        signature, is_new = self.get_or_create(
            sending=signatory.get("sending", uuid.uuid4()),
            defaults={"campaign": campaign, "text_version": campaign.in_force, "key": key, **signatory},
        )
        if not is_new:
            return signature
        if late_pass:
            late_pass.use(signature)
        Contact.objects.create(signature=signature, consented_at=timezone.now(), **contact)
        how: dict[str, Any] = {"late": True} if late_pass else {}
        if signature.source != Source.FORM:
            how["source"] = signature.source
        Event.objects.record(Event.Verb.SUBMITTED, campaign, signature, **how)
        return signature

    @transaction.atomic
    def add(
        self,
        campaign: Campaign,
        by: Any,
        signatory: dict[str, Any],
        contact: dict[str, Any] | None = None,
        organization: Organization | None = None,
    ) -> "Signature":
        """A signature that reached a coordinator by another way, listed at once.

        Who is an organization is listed as `organization`, or without one as a new organization of its own name.
        Where `contact` has an address, its owner is told. Raises ValidationError as `accept` does.
        """
        campaign.lock()
        campaign.refuse_draft()
        refuse_kind(campaign, signatory)
        key = names.key(signatory["name"])
        signature = self.model(campaign=campaign, text_version=campaign.in_force, key=key, **signatory)
        places.take(signature, by, organization)
        if contact:
            Contact.objects.create(signature=signature, **contact)
        Event.objects.record(Event.Verb.ADDED, campaign, signature, by=by, source=signature.source)
        campaign.invitations.settle(signature)
        if contact and contact["email"]:
            OutgoingMail.objects.queue("signature_listed", signature)
            ask_to_agree(signature)
        return signature
