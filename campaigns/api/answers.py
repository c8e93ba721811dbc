"""How every address of the API answers: to anybody, from any site, and in JSON also where it has nothing to say."""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import wraps
from http import HTTPStatus
from inspect import signature
from typing import Any

from django.core.exceptions import BadRequest
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt

from ..views.keeping import kept_while_same
from .paging import Paging
from .shapes import Problem

METHODS = "GET, HEAD, OPTIONS"
JSON = "application/json"
PROBLEM = "application/problem+json"
OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag"}
PREFLIGHT = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}
NOT_THERE = "There is nothing here, or it is not public."
READ_ONLY = "This is read only."


class Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        if is_dataclass(o):
            return {field.name: getattr(o, field.name) for field in fields(o)}
        return super().default(o)


def written(data: Any) -> str:
    return json.dumps(data, cls=Encoder, ensure_ascii=False)


def for_programs(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """An address that programs read: a script on any site may, and what cannot be answered it is told as a problem."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, **where: Any) -> HttpResponse:
        response = refused(request) or attempted(view, request, **where)
        for name, words in OPEN_TO_ALL.items():
            response.headers[name] = words
        return response

    return answer


def operation(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """An address of the API, of a function that gives what is there; with a `paging` in its signature, a part of it.

    What it takes and gives is in the document by its signature, and what it is by its first words.
    """
    is_paged = "paging" in signature(view).parameters

    @for_programs
    @kept_while_same
    @wraps(view)
    def answer(request: HttpRequest, **where: Any) -> HttpResponse:
        told = {"paging": Paging.of(request)} if is_paged else {}
        return HttpResponse(written(view(**where, **told)), content_type=JSON)

    return answer


def refused(request: HttpRequest) -> HttpResponse | None:
    """The answer to all that does not read."""
    if request.method in {"GET", "HEAD"}:
        return None
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Allow": METHODS, **PREFLIGHT})
    response = problem(HTTPStatus.METHOD_NOT_ALLOWED, READ_ONLY)
    response.headers["Allow"] = METHODS
    return response


def attempted(found: Callable[..., HttpResponse], request: HttpRequest, **where: Any) -> HttpResponse:
    try:
        return found(request, **where)
    except Http404:
        return problem(HTTPStatus.NOT_FOUND, NOT_THERE)
    except BadRequest as error:
        return problem(HTTPStatus.BAD_REQUEST, str(error))


def problem(status: HTTPStatus, detail: str) -> HttpResponse:
    told = Problem("about:blank", status.phrase, status, detail)
    response = HttpResponse(written(told), status=status, content_type=PROBLEM)
    add_never_cache_headers(response)
    return response
