"""Filters for the text of a statement."""

from django import template
from django.utils.safestring import SafeString

from campaigns.markdown import render
from campaigns.models import Update, UpdateText

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """The statement's Markdown as safe HTML."""
    return render(text)


@register.filter
def in_language(update: Update, language: str) -> UpdateText | None:
    """The update's words in the language of the statement beside it, as far as there are any."""
    return update.in_language(language)
