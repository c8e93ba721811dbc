"""A long list in parts: how many, and after which place, told by a cursor that stays right whatever joins or leaves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from .. import cursors
from ..templatetags.statements import absolute
from .shapes import Page

MOST = 200
UNLESS_TOLD = 50
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
            return cursors.read(self.after, *kinds)
        except ValueError:
            raise BadRequest(BAD_CURSOR) from None

    def page(self, rows: Any, write: Callable[[Any], Any], place: Callable[[Any], Sequence[Any]]) -> Page:
        """The part of the list that these rows begin; one more row than it has says that there is a next part."""
        rows = list(rows[: self.limit + 1])
        shown = rows[: self.limit]
        told = {"after": cursors.write(place(shown[-1])), "limit": self.limit} if len(rows) > self.limit else {}
        return Page([write(row) for row in shown], absolute(f"{self.path}?{urlencode(told)}") if told else None)
