"""The two letters about another address: one goes there, one to the address of now."""

from django.utils.translation import gettext as _

from .. import tokens
from ..models import OutgoingMail, Signature
from ..models.contacts import masked
from .signatories import letter, own_page, signing_facts, to_contact
from .words import Letter, Untrue, absolute, signed_by


def address_asked_for(signature: Signature) -> str:
    """Raises Untrue where the contact person is gone, or the address has moved."""
    contact = getattr(signature, "contact", None)
    if contact is None or not contact.new_email:
        raise Untrue("no other address is asked for any more")
    return str(contact.new_email)


@letter
def confirm_address(signature: Signature, mail: OutgoingMail) -> Letter:
    """To the new address, which is not proven yet."""
    new_email = address_asked_for(signature)
    return Letter(
        to=new_email,
        reply_to=signature.campaign.reply_to,
        footer=signed_by(signature.campaign),
        subject=_("Please confirm your address"),
        paragraphs=[_("Our letters about this signature shall go to this address from now on:")],
        facts=signing_facts(signature),
        button=(_("Look and confirm"), absolute("own_address", tokens.make_move(signature))),
        closing=[_("If it was not you, do nothing: without the button no letter comes here any more.")],
    )


@letter
def address_asked(signature: Signature, mail: OutgoingMail) -> Letter:
    """To the address of now, so that nobody moves it unseen."""
    new_email = address_asked_for(signature)
    return to_contact(
        signature,
        subject=_("Another address for our letters"),
        paragraphs=[
            _("On your own page somebody, we hope you, asked that our letters about this signature go elsewhere:")
        ],
        facts=[(_("New address"), masked(new_email)), *signing_facts(signature)],
        button=(_("See your signature"), own_page(signature)),
        closing=[
            _("It takes the place of this address once it is confirmed. If it was not you, answer this letter at once.")
        ],
    )
