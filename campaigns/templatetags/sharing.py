"""Where a page can be sent to: plain addresses, without a script of anybody's."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Statement

register = template.Library()

# Those that have one address for everybody: of Mastodon each server has its own, Signal has none.
NETWORKS = {
    "WhatsApp": "https://wa.me/?text={words}%20{address}",
    "Telegram": "https://t.me/share/url?url={address}&text={words}",
    "Facebook": "https://www.facebook.com/sharer/sharer.php?u={address}",
    "Bluesky": "https://bsky.app/intent/compose?text={words}%20{address}",
    "X": "https://x.com/intent/post?text={words}&url={address}",
    "LinkedIn": "https://www.linkedin.com/sharing/share-offsite/?url={address}",
}
BY_MAIL = "mailto:?subject={words}&body={words}%0D%0A%0D%0A{address}"


@dataclass(frozen=True)
class ShareLink:
    name: str
    address: str


@register.simple_tag(takes_context=True)
def address_to_share(context: dict[str, Any], campaign: Campaign) -> str:
    """The whole address of the campaign's page, in the language in which it is read here."""
    return f"{settings.SITE_URL}{campaign.address_in(context.get('named', ''))}"


@register.simple_tag
def share_links(text: Statement, address: str) -> list[ShareLink]:
    """To an e-mail and to each network, with the title and the address filled in."""
    filled = {"words": quote(text.title, safe=""), "address": quote(address, safe="")}
    links = {_("E-mail"): BY_MAIL, **NETWORKS}
    return [ShareLink(name, link.format(**filled)) for name, link in links.items()]


@register.simple_tag
def oembed_address(address: str) -> str:
    """Where a program asks for the frame of the page that has this address."""
    return f"{settings.SITE_URL}/oembed/?url={quote(address, safe='')}"
