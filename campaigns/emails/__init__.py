"""One function per letter. A letter is written when it is sent, from what is true then."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from ..models import OutgoingMail
from ..models.outbox import ABOUT_CAMPAIGNS, ABOUT_INVITATIONS
from . import moving  # noqa: F401 - its letters are among those to signatories
from .accounts import ABOUT_ACCOUNTS, to_person_of_the_desk
from .addressees import to_addressee
from .invitations import to_invited
from .reviewers import to_reviewer
from .signatories import LETTERS, to_signatory_or_coordinator
from .words import Untrue

__all__ = ["LETTERS", "Untrue", "render"]


def render(mail: OutgoingMail) -> EmailMultiAlternatives:
    """The letter as it is sent, in the language of the one who reads it. Raises Untrue."""
    if mail.kind == "letter":
        message = to_addressee(mail)
    elif mail.kind in ABOUT_CAMPAIGNS:
        message = to_reviewer(mail)
    elif mail.kind in ABOUT_INVITATIONS:
        message = to_invited(mail)
    elif mail.kind in ABOUT_ACCOUNTS:
        message = to_person_of_the_desk(mail)
    else:
        message = to_signatory_or_coordinator(mail)
    message.extra_headers |= {
        "Message-ID": f"<{mail.pk}@{urlsplit(settings.SITE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    return message
