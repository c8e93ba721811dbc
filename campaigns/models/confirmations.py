"""The letter that asks a contact person to confirm: once more, or to another address, and to none too often."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .events import Event
from .listing import State
from .outbox import OutgoingMail

if TYPE_CHECKING:
    from .signatures import Signature

MOST_LETTERS = 4


@transaction.atomic
def resend(signature: "Signature") -> None:
    """Sends the confirmation letter once more. Raises ValidationError after a few times."""
    signature.lock()
    if signature.state != State.UNCONFIRMED:
        return
    OutgoingMail.objects.queue("confirm_signature", signature, occasion=next_round(signature, "confirm_signature"))
    Event.objects.record(Event.Verb.RESENT, signature.campaign, signature)


@transaction.atomic
def correct_address(signature: "Signature", address: str) -> None:
    """Sends the confirmation letter to another address; links sent to the old one end."""
    signature.lock()
    if signature.state != State.UNCONFIRMED:
        return
    OutgoingMail.objects.queue("confirm_signature", signature, occasion=next_round(signature, "confirm_signature"))
    signature.contact.email = address
    signature.contact.save(update_fields=["sealed_email", "email_index", "domain_index"])
    Event.objects.record(Event.Verb.READDRESSED, signature.campaign, signature)


def next_round(signature: "Signature", kind: str) -> int:
    """The number of the next letter of that kind about it. Raises ValidationError after a few."""
    sent = OutgoingMail.objects.filter(kind=kind, reference=signature.pk).count()
    if sent >= MOST_LETTERS:
        raise ValidationError(
            _("We have sent the letter several times. Please write to us instead, at the address below.")
        )
    return sent + 1
