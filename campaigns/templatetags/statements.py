"""What templates say of statements, of those who sign them, and of themselves."""

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, gettext, override

from campaigns import bidi
from campaigns.charts import bars
from campaigns.forms.drafts import RemarkForm
from campaigns.markdown import render
from campaigns.models import Campaign, Passage, Statement
from campaigns.models.census import Census
from campaigns.models.reports import PUBLIC_PAGES

register = template.Library()

MOST_COUNTRIES = 8


@register.filter
def markdown(text: str) -> SafeString:
    """The statement's Markdown as safe HTML."""
    return render(text)


@register.filter
def direction(text: str) -> str:
    """rtl or ltr, for paper: WeasyPrint does not know `dir="auto"`."""
    return bidi.direction(text)


@register.filter
def set_among(text: str, around: str) -> str:
    """The text isolated where its direction is another than that of the words around it."""
    own = bidi.direction(text)
    return text if own == around else format_html('<bdi dir="{}">{}</bdi>', own, text)


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


@register.simple_tag
def address(campaign: Campaign, page: str = "campaign", *args: Any) -> str:
    """The path of one of the campaign's pages, by the door that is open."""
    return campaign.address(page, *args)


@register.simple_tag(takes_context=True)
def address_here(context: dict[str, Any], campaign: Campaign, page: str = "campaign", *args: Any) -> str:
    """As `address`, in the language of the text that the address of this page names."""
    return campaign.address_in(context.get("named", ""), page, *args)


@register.simple_tag
def text_in(campaign: Campaign, language: str, page: str = "campaign") -> str:
    """The path of that page with the text in that language, which is named only where the reader's own is another."""
    return campaign.address_in("" if language == campaign.language_for(get_language() or "") else language, page)


@register.filter
def its_date(statement: Statement) -> str:
    """The statement's date, as its language writes it."""
    with override(statement.language):
        return date_format(statement.date, "DATE_FORMAT")


@register.filter
def text_here(campaign: Campaign) -> Statement:
    """The statement in the reader's language or, where it is not translated, the original."""
    return campaign.in_force.statement(campaign.language_for(get_language() or ""))


@register.filter
def absolute(path: str) -> str:
    """The whole address, for those who read it away from this site."""
    return f"{settings.SITE_URL}{path}"


@register.filter
def country_chart(census: Census) -> SafeString:
    """From how many countries, as bars with their table."""
    return bars(gettext("Signatories by country"), gettext("Country"), census.in_words(MOST_COUNTRIES))


@register.simple_tag(takes_context=True)
def report_address(context: dict[str, Any]) -> str:
    """Where an error on this page is reported. Only of a public page does the address name the path, since that of any
    other may hold a token."""
    request = context.get("request")
    page = getattr(request, "resolver_match", None)
    about = {"page": request.path} if request and page and page.view_name in PUBLIC_PAGES else {}
    return reverse("report") + (f"?{urlencode(about, safe='/')}" if about else "")


@register.inclusion_tag("campaigns/_remarks.html", takes_context=True)
def remarks_on(context: dict[str, Any], passage: Passage) -> dict[str, Any]:
    """The remarks on a passage of a draft and the form for another: the one that was sent, where it is to correct."""
    sent = context.get("form")
    form = sent if sent and sent.passage == passage else RemarkForm(passage=passage)
    return {"passage": passage, "form": form, "refusal": context.get("refusal"), "campaign": context["campaign"]}


@register.filter(is_safe=True)
def unlinked(markup: SafeString) -> SafeString:
    """A piece of a page whose links lead nowhere, for the specimen of what may never be there."""
    return mark_safe(re.sub(r'<a href="[^"]*"', "<a", markup))  # noqa: S308 - it takes away, and adds nothing
