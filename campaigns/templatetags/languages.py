"""The page in the interface's other languages."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.utils.translation import get_language, override

from campaigns import languages
from campaigns.models import Campaign

register = template.Library()

# What pages read in their addresses beside the path, and still mean in another language.
TOLD_IN_QUERIES = ("by", "country", "in", "late", "next", "page", "q", "token")


@dataclass(frozen=True)
class Other:
    """The page that is shown, in a language of the interface."""

    code: str
    name: str
    address: str
    is_shown: bool


@register.simple_tag(takes_context=True)
def in_every_language(context: dict[str, Any], path: str = "") -> list[Other]:
    """The page that is shown, or the one of that path, in each language of the interface."""
    request = context.get("request")
    if request is None:
        return []
    told = {name: request.GET[name] for name in TOLD_IN_QUERIES if name in request.GET}
    here = path or request.path + (f"?{urlencode(told)}" if told else "")
    shown = get_language()
    return [Other(code, name, languages.in_language(here, code), code == shown) for code, name in languages.choices()]


@register.simple_tag(takes_context=True)
def alternates(context: dict[str, Any], page: str = "campaign") -> list[tuple[str, str]]:
    """For search engines, where a campaign's page stands in each language of its text: under the interface of that
    language, where it is spoken; and, as `x-default`, where no language is named."""
    return campaign_alternates(context["campaign"], page)


def campaign_alternates(campaign: Campaign, page: str = "campaign") -> list[tuple[str, str]]:
    found = []
    for code in campaign.in_force.content:
        interface = languages.spoken(code)
        with override(interface):
            named = "" if campaign.language_for(interface) == code else code
            found.append((code, settings.SITE_URL + campaign.address_in(named, page)))
    with override(settings.LANGUAGE_CODE):
        found.append(("x-default", settings.SITE_URL + campaign.address(page)))
    return found
