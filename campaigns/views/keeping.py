"""How long an answer may be kept, and by whom: by any cache for a moment, by any that asks each time, or by nobody."""

import datetime
import hashlib
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, get_conditional_response, patch_cache_control, set_response_etag
from django.utils.http import quote_etag

View = Callable[..., HttpResponse]
Answer = TypeVar("Answer", bound=HttpResponseBase)

KEPT_SECONDS = 30
TO_KEEP = {200, 304}


def never(*_shown: Any, after: datetime.datetime) -> None:
    """Of what does not change by itself."""


def kept(until: Callable[..., datetime.datetime | None] = never) -> Callable[[View], View]:
    """A cache that many share may keep it for KEPT_SECONDS, but not beyond the moment at which it changes by itself.
    Then it asks whether it is still so; a browser asks each time, so that who has done something sees it done.

    `until` is given what the view is given, and from when on to look.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
            begun = timezone.now()
            response = view(request, *args, **options)
            return kept_by(request, response, max_age=0, s_maxage=seconds_to_keep(until(*args, after=begun)))

        return answer

    return decorate


def seconds_to_keep(change: datetime.datetime | None) -> int:
    """KEPT_SECONDS, or as many whole seconds as are left until then."""
    if change is None:
        return KEPT_SECONDS
    return max(0, min(KEPT_SECONDS, int((change - timezone.now()).total_seconds())))


def kept_while_same(view: View) -> View:
    """Any cache may keep it, and asks each time whether it is still so. It is told by what is in it: by a date it would
    not be, since a name that is taken off the list leaves no date behind."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        response = view(request, *args, **options)
        del response["Last-Modified"]
        return kept_by(request, response, no_cache=True)

    return answer


def kept_while_made_of_same(
    request: HttpRequest, parts: Iterable[Any], write: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """As `kept_while_same`, of what takes long to write: told by the parts of which it is made."""
    made_of = hashlib.sha256()
    for part in parts:
        made_of.update(repr(part).encode())
    response = unless_known(request, made_of.hexdigest(), write)
    patch_cache_control(response, public=True, no_cache=True)
    return response


def kept_by(request: HttpRequest, response: HttpResponse, **rules: Any) -> HttpResponse:
    """The answer, which any cache may keep by these rules. An error, or a way to another page, is kept by nobody."""
    if response.status_code not in TO_KEEP:
        add_never_cache_headers(response)
        return response
    patch_cache_control(response, public=True, **rules)
    return unless_same(request, response)


def unless_same(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer, or that the reader has the same already."""
    if not response.has_header("ETag"):
        set_response_etag(response)
    same = get_conditional_response(request, etag=response.headers.get("ETag"), response=response)
    assert same is not None
    return same


def unless_known(request: HttpRequest, digest: str, make: Callable[[], Answer]) -> HttpResponse | Answer:
    """What `make` gives, which has that digest; for a reader who has it already it is not made at all."""
    etag = quote_etag(digest)
    response = get_conditional_response(request, etag) or make()
    response.headers["ETag"] = etag
    return response


def kept_by_nobody(view: View) -> View:
    """No cache keeps the page, and no search engine."""

    @wraps(view)
    def answer(*args: Any, **options: Any) -> HttpResponse:
        return unkept(view(*args, **options))

    return answer


def unkept(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    del response["ETag"]
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
