"""Filters for statements and for those who sign them."""

import re
from urllib.parse import urlsplit

from django import template
from django.utils.safestring import SafeString, mark_safe
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


@register.filter(is_safe=True)
def unlinked(markup: SafeString) -> SafeString:
    """A piece of a page whose links lead nowhere, for the specimen of what may never be there."""
    return mark_safe(re.sub(r'<a href="[^"]*"', "<a", markup))  # noqa: S308 - it takes away, and adds nothing
