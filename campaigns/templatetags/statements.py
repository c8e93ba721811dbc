"""Filters for statements and for those who sign them."""

from urllib.parse import urlsplit

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

from campaigns.markdown import render

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """The statement's Markdown as safe HTML."""
    return render(text)


@register.filter
def language_named(code: str) -> str:
    """The language's name in the reader's own; the code itself, which was typed by hand, where nobody knows it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.filter
def host(website: str) -> str:
    """Where a website's address leads, short enough for a list: `example.org` of `https://www.example.org/about/`."""
    return (urlsplit(website).hostname or website).removeprefix("www.")
