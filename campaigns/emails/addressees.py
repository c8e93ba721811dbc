"""The letter to the addressee."""

from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.translation import gettext as _

from .. import languages
from .. import letter as paper
from ..models import DeliveryRecipient, OutgoingMail
from .words import Letter, Untrue, composed, signed_by


def to_addressee(mail: OutgoingMail) -> EmailMultiAlternatives:
    """The delivered letter as PDF, with the list of which anyone can check the fingerprint. Raises Untrue."""
    recipients = DeliveryRecipient.objects.select_related("delivery__campaign", "delivery__text_version")
    recipient = recipients.get(pk=mail.reference)
    if not recipient.address:
        raise Untrue("the address was erased")
    delivery, slug = recipient.delivery, recipient.delivery.campaign.slug
    sheet = paper.of_delivery(delivery, recipient.language, for_addressee=True, salutation=recipient.salutation)
    with translation.override(languages.spoken(recipient.language)):
        words = Letter(
            to=recipient.address,
            reply_to=delivery.campaign.reply_to,
            subject=sheet.statement.title,
            paragraphs=[
                recipient.salutation,
                _("Enclosed is the joint statement “%(title)s”, as a letter and with the list of those who signed.")
                % {"title": sheet.statement.title},
                _("It speaks in the name of %(count)s signatories.") % {"count": delivery.counted},
            ],
            facts=[(_("Fingerprint of the delivered list"), delivery.fingerprint)],
            button=(_("Check the letter and its list"), sheet.address),
            footer=signed_by(delivery.campaign),
        )
        message = composed(words)
    message.attach(f"{slug}.pdf", sheet.draw(), "application/pdf")
    message.attach(
        f"{slug}-delivered-{delivery.number}.json", delivery.manifest(for_addressee=True), "application/json"
    )
    return message
