"""A long list in parts: how many, and after which place, told by a cursor that stays right whatever joins or leaves."""

import base64
import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from ..templatetags.statements import absolute
from .shapes import Page

MOST = 200
UNLESS_TOLD = 50
LONGEST_CURSOR = 4_000
LARGEST_NUMBER = 2**31 - 1
BAD_CURSOR = "“after” is not a cursor of this list: take it from “next”."
BAD_LIMIT = f"“limit” is a number from 1 to {MOST}."


@dataclass(frozen=True)
class Paging:
    path: str
    limit: int
    after: str

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """As the address tells. Raises BadRequest for a limit that is none."""
        limit = request.GET.get("limit", str(UNLESS_TOLD))
        if not (limit.isascii() and limit.isdigit() and len(limit) <= 9 and 1 <= int(limit) <= MOST):
            raise BadRequest(BAD_LIMIT)
        if request.GET.get("after") == "":
            raise BadRequest(BAD_CURSOR)
        return cls(request.path, int(limit), request.GET.get("after", ""))

    def place(self, *kinds: type) -> Any:
        """The place after which to read on, of values of these kinds; None from the beginning. Raises BadRequest for
        what is no such place."""
        if not self.after:
            return None
        try:
            return tuple(value(told, kind) for told, kind in zip(read(self.after), kinds, strict=True))
        except (ValueError, OverflowError, RecursionError):
            raise BadRequest(BAD_CURSOR) from None

    def page(self, rows: Any, write: Callable[[Any], Any], place: Callable[[Any], Sequence[Any]]) -> Page:
        """The part of the list that these rows begin; one more row than it has says that there is a next part."""
        rows = list(rows[: self.limit + 1])
        shown = rows[: self.limit]
        told = {"after": cursor(place(shown[-1])), "limit": self.limit} if len(rows) > self.limit else {}
        return Page([write(row) for row in shown], absolute(f"{self.path}?{urlencode(told)}") if told else None)


def cursor(place: Sequence[Any]) -> str:
    told = [each.isoformat() if isinstance(each, datetime.date) else each for each in place]
    return base64.urlsafe_b64encode(json.dumps(told, ensure_ascii=False).encode()).decode().rstrip("=")


def read(text: str) -> list[Any]:
    """What `cursor` wrote. Raises ValueError for anything else."""
    if len(text) > LONGEST_CURSOR:
        raise ValueError
    whole = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    told = json.loads(whole)
    if not isinstance(told, list):
        raise ValueError
    return told


def value(told: Any, kind: type) -> Any:
    """One value of a place. Raises ValueError for what is none of that kind, or what no database takes."""
    if kind is int and type(told) is int and 0 <= told <= LARGEST_NUMBER:
        return told
    if not isinstance(told, str) or "\0" in told:
        raise ValueError
    told.encode()
    if kind is datetime.datetime:
        return datetime.datetime.fromisoformat(told).astimezone(datetime.UTC)
    if kind is datetime.date:
        return datetime.date.fromisoformat(told)
    if kind is not str:
        raise ValueError
    return told
