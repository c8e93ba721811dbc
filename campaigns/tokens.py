"""Signed links, one purpose each. A token names a signature or an invitation, and the address for which it was made."""

import secrets
import time

from django.core import signing
from django.utils.crypto import constant_time_compare

from .models import Campaign, Invitation, LatePass, Signature, contacts

OWN_PAGE = "campaigns.signature"
SENT_PAGE = "campaigns.signature.sent"
NEW_ADDRESS = "campaigns.signature.address"
LATE = "campaigns.late"
INVITATION = "campaigns.invitation"
STOP = "campaigns.invitation.stop"
FORM = "campaigns.form"
INDEX_CHARACTERS = 16


class Ended(Exception):
    """The link was good once. What it names has been erased, or its address corrected, or its time has passed."""


def make(signature: Signature, purpose: str) -> str:
    return signing.dumps([signature.pk, signature.contact.email_index[:INDEX_CHARACTERS]], salt=purpose)


def read(token: str, purpose: str) -> Signature:
    """The signature that a token of this purpose names.

    Raises django.core.signing.BadSignature when the token is forged, cut or of another purpose, and Ended.
    """
    pk, index = signing.loads(token, salt=purpose)
    signature = Signature.objects.select_related("contact", "campaign", "text_version").filter(pk=pk).first()
    contact = getattr(signature, "contact", None)
    if signature is None or contact is None or signature.is_expired:
        raise Ended
    if purpose == OWN_PAGE and not constant_time_compare(contact.email_index[:INDEX_CHARACTERS], index):
        raise Ended
    return signature


def make_move(signature: Signature) -> str:
    """For the link that proves the new address to which letters shall go."""
    return signing.dumps([signature.pk, contacts.index(signature.contact.new_email)], salt=NEW_ADDRESS)


def read_move(token: str) -> tuple[Signature, str]:
    """The signature, and the index of the address to which the link went. Raises BadSignature and Ended as `read`
    does, and Ended where letters shall go to another address by now."""
    pk, index = signing.loads(token, salt=NEW_ADDRESS)
    signature = Signature.objects.select_related("contact", "campaign", "text_version").filter(pk=pk).first()
    contact = getattr(signature, "contact", None)
    if signature is None or contact is None or index not in {contact.email_index, contacts.index(contact.new_email)}:
        raise Ended
    return signature, str(index)


def make_late(late_pass: LatePass) -> str:
    return signing.dumps(late_pass.pk, salt=LATE)


def read_late(token: str) -> LatePass | None:
    """The pass that a late group's link names, as long as it is good. Raises BadSignature for a link we never made."""
    return LatePass.objects.usable().filter(pk=signing.loads(token, salt=LATE)).first()


def make_invitation(invitation: Invitation) -> str:
    return signing.dumps([invitation.pk, invitation.email_index[:INDEX_CHARACTERS]], salt=INVITATION)


def read_invitation(token: str) -> Invitation:
    """The invitation that a group's link names, as long as it stands. Raises BadSignature and Ended as `read` does."""
    pk, index = signing.loads(token, salt=INVITATION)
    known = Invitation.objects.standing().select_related("campaign__current_version", "organization", "signature")
    invitation = known.filter(pk=pk).first()
    if invitation is None or not constant_time_compare(invitation.email_index[:INDEX_CHARACTERS], index):
        raise Ended
    return invitation


def make_stop(invitation: Invitation) -> str:
    """For the link by which an address asks for no more invitations. It outlives the invitation."""
    return signing.dumps([invitation.campaign_id, invitation.email_index], salt=STOP)


def read_stop(token: str) -> tuple[Campaign, str]:
    """The campaign that had invited, and the index of the address. Raises BadSignature and Ended as `read` does."""
    pk, index = signing.loads(token, salt=STOP)
    campaign = Campaign.objects.select_related("current_version").filter(pk=pk).first()
    if campaign is None:
        raise Ended
    return campaign, str(index)


def opened(stand: str) -> str:
    """A token for a form, that tells later when it was opened and which text stood beside it. No two are the same."""
    return signing.dumps([stand, time.time(), secrets.token_urlsafe(12)], salt=FORM)


def text_beside(token: str) -> tuple[str, float]:
    """The text in a form's token, and how many seconds ago the form was opened. Raises BadSignature."""
    stand, at, _once = signing.loads(token, salt=FORM)
    return str(stand), time.time() - at
