"""What is refused before anything reads it: signs that no address has, and more than a form holds."""

import re
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from campaigns import languages
from campaigns.api.urls import PREFIX

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Where files and whole texts are taken; behind all but the last an account or a link has been asked for.
WHERE_FILES_ARE_TAKEN = re.compile(r"/(admin|accounts|translate|signatures/[^/]+/logo|deliveries/[^/]+/check)/")


def readable(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Raises BadRequest for control characters in path or query, where nobody types them, and RequestDataTooBig. In
    what a form sends a field refuses them, beside itself; the API says so in its own words."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_api(request) and any(CONTROLS.search(each) for each in [request.path_info, *query(request)]):
            raise BadRequest("control characters")
        if size(request) > settings.PUBLIC_FORM_BYTES and not takes_files(request):
            raise RequestDataTooBig("a form has no more than PUBLIC_FORM_BYTES")
        return get_response(request)

    return middleware


def query(request: HttpRequest) -> Iterator[str]:
    for name, values in request.GET.lists():
        yield from (name, *map(str, values))


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(f"/{PREFIX}")


def size(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or ""
    return int(told) if told.isdigit() else 0


def takes_files(request: HttpRequest) -> bool:
    return WHERE_FILES_ARE_TAKEN.match(languages.unprefixed(request.path_info)) is not None
