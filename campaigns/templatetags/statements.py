"""Filters for the text of a statement."""

from django import template
from django.utils.safestring import SafeString

from campaigns.markdown import render

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """The statement's Markdown as safe HTML."""
    return render(text)
