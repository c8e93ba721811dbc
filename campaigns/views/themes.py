"""How the site looks, as files, and its legal notice."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ..models import SiteTheme
from .keeping import KEPT_SECONDS, kept, kept_by

A_YEAR = 365 * 24 * 3600


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The colours, kept for a year under an address that names them. What is kept so long is read from the database,
    not from what this process remembers."""
    site = SiteTheme.objects.the_one()
    response = render(request, "campaigns/theme.css", {"site": site}, content_type="text/css; charset=utf-8")
    is_named = site.digest and request.META.get("QUERY_STRING") == site.digest
    return kept_by(request, response, max_age=A_YEAR if is_named else KEPT_SECONDS)


@require_safe
@cache_control(public=True, max_age=A_YEAR, immutable=True)
def logo(request: HttpRequest, name: str) -> HttpResponse:
    site = SiteTheme.objects.the_one()
    if not site.logo or name != site.logo_name:
        raise Http404
    return HttpResponse(bytes(site.logo), content_type="image/png")


@require_safe
@kept()
def legal(request: HttpRequest) -> HttpResponse:
    notice = SiteTheme.current().legal_notice
    if notice is None:
        raise Http404
    return render(request, "campaigns/legal.html", {"notice": notice})
