"""What a letter says, and how its words become a message."""

from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .. import differences
from ..differences import Change
from ..models import Campaign, SiteTheme


class Untrue(Exception):
    """What the letter would say is no longer so, or there is nobody left to write to."""


@dataclass
class Letter:
    """The words of a letter; the templates emails/letter.txt and .html set them."""

    subject: str
    paragraphs: list[str]
    to: str = ""
    reply_to: str = ""
    quote: str = ""
    changes: list[Change] = field(default_factory=list)
    markdown: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    button: tuple[str, str] | None = None
    closing: list[str] = field(default_factory=list)
    footer: str = ""
    stop: str = ""  # the token by which the recipient stops letters like this one


def composed(words: Letter) -> EmailMultiAlternatives:
    """The letter as text and as HTML, in the language that is active."""
    context = {
        "letter": words,
        "as_text": differences.as_text(words.changes),
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "stop": absolute("stop_invitations", words.stop) if words.stop else "",
    }
    message = EmailMultiAlternatives(
        subject=" ".join(words.subject.split()),
        body=render_to_string("emails/letter.txt", context),
        from_email=sender(),
        to=[words.to],
        reply_to=[words.reply_to] if words.reply_to else [],
        headers=unsubscribing(words.stop) if words.stop else {},
    )
    message.attach_alternative(render_to_string("emails/letter.html", context), "text/html")
    return message


def sender() -> str:
    """The address from which we write, with the site's name before it where the setting has none."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or SiteTheme.current().name, address))


def site() -> str:
    """How a letter speaks of the site: its address, with its name before it where it has one."""
    name = SiteTheme.current().name
    return f"{name} ({settings.SITE_URL})" if name else settings.SITE_URL


def unsubscribing(token: str) -> dict[str, str]:
    """The head by which a mail program offers its own button for it (RFC 2369, RFC 8058)."""
    page = absolute("stop_at_once", token)
    return {"List-Unsubscribe": f"<{page}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def signed_by(campaign: Campaign) -> str:
    """Who writes, and where an answer goes."""
    words = _("The coordinators of this statement write to you through %(site)s. Your answer goes to %(reply_to)s.")
    return words % {"site": site(), "reply_to": campaign.reply_to}


def absolute(view: str, *args: Any) -> str:
    return f"{settings.SITE_URL}{reverse(view, args=args)}"


def page_of(campaign: Campaign, language: str) -> str:
    """The address of the statement in that language, or the nearest to it, for those who may read it."""
    is_near = campaign.language_for(translation.get_language() or "") == language
    return f"{settings.SITE_URL}{campaign.address_in('' if is_near else language)}"


def shortened(title: str, characters: int = 80) -> str:
    return title if len(title) <= characters else f"{title[: characters - 1].rstrip()}…"
