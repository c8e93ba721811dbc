"""What a page says of itself to those who show a link to it."""

from django import template

from campaigns import card, letter
from campaigns.markdown import words
from campaigns.models import Campaign, Statement, Tally

register = template.Library()

LONGEST_DESCRIPTION = 200
# Languages as networks call them, which want a territory, too.
LOCALES = {
    "en": "en_US", "uk": "uk_UA", "fr": "fr_FR", "de": "de_DE", "es": "es_ES", "pl": "pl_PL", "ar": "ar_AR",
}  # fmt: skip


@register.filter
def in_short(text: Statement) -> str:
    """Its summary or, where there is none, its first words."""
    return text.summary or card.cut(words(text.body), LONGEST_DESCRIPTION)


@register.filter
def with_territory(code: str) -> str:
    """The language as networks call it, `uk_UA`; empty where it is not said which territory they would take."""
    return LOCALES.get(code, "")


@register.simple_tag
def address_for_all(campaign: Campaign, text: Statement) -> str:
    """The path under which everybody reads that text, whatever the interface's language is here."""
    return letter.address_of(campaign, text.language)


@register.simple_tag
def card_address(campaign: Campaign, text: Statement, tally: Tally) -> str:
    return card.address_of(campaign, card.of_campaign(campaign, text, tally))
