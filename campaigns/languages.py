"""The interface's languages, and how a path names one. A statement's own language is a thing apart."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


def choices() -> list[tuple[str, str]]:
    """Code and name, each in its own language."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


def spoken(*wanted: str) -> str:
    """The first of the wanted languages in which the interface speaks, or one near to it; else English."""
    for code in wanted:
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def of_path(path: str) -> str:
    """The language that the path names by its first part; English has none."""
    first = path[1:].partition("/")[0]
    return first if first in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def unprefixed(path: str) -> str:
    """The path as it is in English. It begins with one slash: two would lead to another site."""
    named = of_path(path)
    return path if named == settings.LANGUAGE_CODE else "/" + path.removeprefix(f"/{named}").lstrip("/")


def in_language(path: str, code: str) -> str:
    """The path of the same page in that language."""
    return unprefixed(path) if code == settings.LANGUAGE_CODE else f"/{code}{unprefixed(path)}"


def by_path(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Speaks the language that the path names, the same to everybody: no cookie and no header is asked."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = of_path(request.path_info)
        with translation.override(language):
            response = get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", language)
        return response

    return middleware
