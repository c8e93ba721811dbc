"""The frame of a campaign that stands on other people's pages, and how a program of theirs finds it (oEmbed)."""

from collections.abc import Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from csp.decorators import csp_replace
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import resolve
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from .. import languages
from ..api.answers import JSON, for_programs, problem, written
from ..embedding import THEMES, Frame
from ..forms.embedding import OEmbedForm
from ..models import Campaign, SiteTheme
from ..spreadsheets import without_controls
from .doors import by_either_door, text_for_reader
from .keeping import View, kept

NEWEST_NAMES = 5


def framed(view: View) -> View:
    """Where there is nothing, a page that says so and fits into the frame."""

    @wraps(view)
    def answer(request: HttpRequest, **where: Any) -> HttpResponse:
        try:
            return view(request, **where)
        except Http404:
            response = render(request, "campaigns/embed_nothing.html", status=HTTPStatus.NOT_FOUND)
            add_never_cache_headers(response)
            return response

    return answer


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": None})
@framed
@by_either_door
@kept(until=Campaign.next_change)
def embed(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Count, newest names and a button that opens the site. Anybody may frame it, a file on a disk too."""
    reading = text_for_reader(campaign, request.GET.get("in"))
    theme = request.GET.get("theme", "")
    context = {
        **reading,
        "theme": theme if theme in THEMES else "",
        "newest": campaign.signatures.newest_on_page(reading["text"].language)[:NEWEST_NAMES],
        "tally": campaign.signatures.tally(),
    }
    return render(request, "campaigns/embed.html", context)


@for_programs
@kept()
def oembed(request: HttpRequest) -> HttpResponse:
    """For a program that has the address of a campaign's page: the frame to show in place of it."""
    form = OEmbedForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    write = FORMATS.get(form.cleaned_data["format"] or "json")
    if write is None:
        return problem(HTTPStatus.NOT_IMPLEMENTED, "json, xml")
    frame = frame_at(form.cleaned_data["url"])
    return write(
        {
            "version": "1.0",
            "type": "rich",
            "title": frame.text.title,
            "provider_name": SiteTheme.current().title,
            "provider_url": settings.SITE_URL,
            "html": frame.html(**form.size),
            **form.size,
        }
    )


def frame_at(address: str) -> Frame:
    """The frame of the published campaign whose page has this address. Raises Http404."""
    try:
        asked = urlsplit(address)
    except ValueError as error:
        raise Http404 from error
    if asked.scheme not in {"http", "https"} or asked.netloc.lower() != urlsplit(settings.SITE_URL).netloc.lower():
        raise Http404
    interface, path = languages.of_path(asked.path), asked.path.removesuffix("/") + "/"
    with translation.override(interface):
        page = resolve(path)
    if page.view_name not in {"campaign", "campaign_in"}:
        raise Http404
    campaign = get_object_or_404(Campaign.objects.for_readers().published(), slug=page.kwargs["slug"].lower())
    named = page.kwargs.get("language", "")
    if named and named not in campaign.in_force.content:
        raise Http404
    return Frame(campaign, interface, named)


def as_json(answer: Mapping[str, Any]) -> HttpResponse:
    return HttpResponse(written(answer), content_type=JSON)


def as_xml(answer: Mapping[str, Any]) -> HttpResponse:
    root = Element("oembed")
    for name, value in answer.items():
        SubElement(root, name).text = without_controls(str(value))
    words = tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(words, content_type="text/xml; charset=utf-8")


FORMATS = {"json": as_json, "xml": as_xml}
