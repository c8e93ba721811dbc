"""Signed links, one purpose each. A token names a signature and the address for which it was made."""

import time

from django.core import signing
from django.utils.crypto import constant_time_compare

from .models import LatePass, Signature

OWN_PAGE = "campaigns.signature"
SENT_PAGE = "campaigns.signature.sent"
LATE = "campaigns.late"
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


def make_late(late_pass: LatePass) -> str:
    return signing.dumps(late_pass.pk, salt=LATE)


def read_late(token: str) -> LatePass | None:
    """The pass that a late group's link names, as long as it is good. Raises BadSignature for a link we never made."""
    return LatePass.objects.usable().filter(pk=signing.loads(token, salt=LATE)).first()


def opened(stand: str) -> str:
    """A token for a form, that tells later when it was opened and which text stood beside it."""
    return signing.dumps([stand, time.time()], salt=FORM)


def text_beside(token: str) -> tuple[str, float]:
    """The text in a form's token, and how many seconds ago the form was opened. Raises BadSignature."""
    stand, at = signing.loads(token, salt=FORM)
    return str(stand), time.time() - at
