"""What a contact person does about the data that we hold of them: correct it, move it to another address, take it
along, erase it."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .confirmations import next_round
from .contacts import Contact, index
from .events import Event
from .listing import State
from .outbox import OutgoingMail

if TYPE_CHECKING:
    from .signatures import Signature


def hold(signature: "Signature") -> Contact:
    """Holds the signature and its contact person. Raises Signature.DoesNotExist and Contact.DoesNotExist for one that
    was erased meanwhile."""
    signature.campaign.lock()
    signature.lock()
    signature.contact = Contact.objects.select_for_update().get(signature=signature)
    return signature.contact


@transaction.atomic
def correct(signature: "Signature", name: str, role: str, address: str = "") -> None:
    """Puts the contact person's name and role right; what stands on the list stays. To another address goes a letter,
    and only the button behind its link makes it take the place of the one of now, which is told.

    Raises ValidationError after a few such letters, and for another address before the signature is confirmed.
    """
    contact = hold(signature)
    if (contact.name, contact.role) != (name, role):
        contact.name, contact.role = name, role
        contact.save(update_fields=["sealed_name", "sealed_role"])
        Event.objects.record(Event.Verb.CONTACT_CORRECTED, signature.campaign, signature)
    if address and index(address) != contact.email_index:
        ask_to_move(signature, address)


def ask_to_move(signature: "Signature", address: str) -> None:
    if signature.state == State.UNCONFIRMED:
        raise ValidationError(_("Confirm your signature first."))
    number = next_round(signature, "confirm_address")
    signature.contact.new_email = address
    signature.contact.save(update_fields=["sealed_new_email"])
    Event.objects.record(Event.Verb.MOVE_ASKED, signature.campaign, signature)
    for kind in ("confirm_address", "address_asked"):
        OutgoingMail.objects.queue(kind, signature, occasion=number)


@transaction.atomic
def move(signature: "Signature", proven: str) -> None:
    """The new address takes the place of the old one, whose links end. `proven` is the index of the address to which
    the link went; raises ValidationError where another was asked for since."""
    contact = hold(signature)
    if proven == contact.email_index:
        return
    if not contact.new_email or index(contact.new_email) != proven:
        raise ValidationError(_("Another address was given since this letter was sent."))
    contact.email, contact.new_email = contact.new_email, ""
    contact.save(update_fields=["sealed_email", "email_index", "domain_index", "sealed_new_email"])
    Event.objects.record(Event.Verb.MOVED, signature.campaign, signature)


@transaction.atomic
def erase(signature: "Signature") -> None:
    """Erases the contact person at their own wish, with the campaign's invitations to their address.

    What stands on the list stays; a request that waits is withdrawn; one that nobody has confirmed goes whole, and so
    does a person's own name that stands nowhere.
    """
    contact = hold(signature)
    Event.objects.record(Event.Verb.CONTACT_ERASED, signature.campaign, signature)
    if signature.told_state == State.PENDING and signature.may_be_withdrawn:
        signature.withdraw()
    signature.campaign.invitations.filter(email_index=contact.email_index).erase()
    whole = type(signature).objects.going_whole().filter(pk=signature.pk)
    if whole.exists():
        whole.erase()
    else:
        Contact.objects.filter(pk=contact.pk).erase()


def held(signature: "Signature") -> dict[str, Any]:
    """All that is held of the contact person, to take along."""
    contact = signature.contact
    letters = OutgoingMail.objects.to_contact_of(signature)
    return {
        "contact": {
            **{"name": contact.name, "role": contact.role, "email": contact.email, "new_email": contact.new_email},
            "wants_updates": contact.wants_updates,
        },
        "consent": {
            "privacy_notice": contact.notice_version,
            "language": contact.notice_language,
            "at": contact.consented_at,
        },
        "signature": signed(signature),
        "questions": [
            {
                "asked_at": question.asked_at,
                "question": question.words,
                "answered_at": question.answered_at,
                "answer": question.answer_words,
            }
            for question in signature.questions.told()
        ],
        "letters": list(letters.values("kind", "created_at", "sent_at")),
    }


def signed(signature: "Signature") -> dict[str, Any]:
    """What was signed, and in whose name."""
    version = signature.text_version
    return {
        "statement": version.statement(signature.language).title,
        "fingerprint": version.digest(signature.language),
        "language": signature.language,
        **{
            field: str(getattr(signature, field))
            for field in ("kind", "name", "name_as_signed", "affiliation", "country", "website", "comment", "shown")
        },
        "state": signature.told_state,
        "sent_at": signature.submitted_at,
        "confirmed_at": signature.confirmed_at,
        "ended_at": signature.ended_at,
    }
