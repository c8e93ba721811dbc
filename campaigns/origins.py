"""Whether a page of this site has sent a form, as the browser tells. It stands beside the form's own token."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import get_callable

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
OTHER_SITES = {"cross-site", "same-site"}


class FromHere:
    """Refuses what another site's page has sent. To a view that is `csrf_exempt` no page writes, but a program."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_arguments: Any) -> HttpResponse | None:
        is_exempt = request.method in SAFE_METHODS or getattr(view, "csrf_exempt", False)
        if is_exempt or not is_from_elsewhere(request):
            return None
        refusal: HttpResponse = get_callable(settings.CSRF_FAILURE_VIEW)(request)
        return refusal


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Old browsers tell neither, and are believed; a page that hides its origin (`null`) is not ours."""
    ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return (
        request.headers.get("Sec-Fetch-Site") in OTHER_SITES
        or request.headers.get("Origin", settings.SITE_URL) not in ours
    )
