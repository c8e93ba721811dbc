"""The two doors to a campaign's pages, the public address and, before publication, the private link; and the language
in which its text is read there."""

from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language

from ..models import Campaign
from .keeping import View, unkept


def by_either_door(view: View) -> View:
    """The view is given the campaign that the reader may see, and its times are told in the campaign's time zone.

    A page behind the private link is kept and indexed by nobody. Once the campaign is public it leads to the same page
    there, but a form that was opened before is still taken.
    """

    @wraps(view)
    def found(request: HttpRequest, slug: str = "", secret: str = "", **options: Any) -> HttpResponse:
        readable = Campaign.objects.for_readers()
        if not secret:
            campaign = readable.published().filter(slug=slug).first()
            if campaign is None:
                return in_small_letters(request, readable.published())
            with timezone.override(campaign.zone):
                return view(request, campaign, **options)
        campaign = get_object_or_404(readable, circulation_secret=secret)
        if campaign.is_published and request.method != "POST":
            return unkept(redirect(same_page_in_public(request, campaign)))
        with timezone.override(campaign.zone):
            return unkept(view(request, campaign, **options))

    return found


def same_page_in_public(request: HttpRequest, campaign: Campaign) -> str:
    page = request.resolver_match
    assert page
    options = [value for name, value in page.kwargs.items() if name != "secret"]
    return with_query(request, campaign.address(str(page.url_name), *options))


def with_query(request: HttpRequest, address: str) -> str:
    query = request.META.get("QUERY_STRING", "")
    return address + (f"?{query}" if query else "")


def in_small_letters(request: HttpRequest, public: QuerySet[Any]) -> HttpResponse:
    """Leads to the same page of what is public there, but for the capitals. Raises Http404 where nothing is."""
    page = request.resolver_match
    assert page
    small = page.kwargs["slug"].lower()
    if small == page.kwargs["slug"] or not public.filter(slug=small).exists():
        raise Http404
    address = reverse(page.view_name, kwargs={**page.kwargs, "slug": small})
    response = redirect(with_query(request, address), permanent=True)
    add_never_cache_headers(response)
    return response


def text_for_reader(campaign: Campaign, named: str | None) -> dict[str, Any]:
    """For a page: the text in the language that the address names or, where it names none, in that of the interface;
    else the original, and that it stands in for a translation. Raises Http404 for a language without a text."""
    reader = get_language() or ""
    language = campaign.language_for(reader) if named is None else named
    if language not in campaign.in_force.content:
        raise Http404
    return {
        "campaign": campaign,
        "text": campaign.in_force.statement(language),
        "named": named or "",
        "lacks_translation": named is None and not campaign.in_force.language_near(reader),
    }
