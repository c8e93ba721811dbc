"""A place in a long list as a part of an address: what it is known by, and not how many stand before it."""

import base64
import datetime
import json
from collections.abc import Sequence
from typing import Any

LONGEST = 3_300  # characters: a key of 400 and a name of 200, each letter of them four bytes
LARGEST_NUMBER = 2**31 - 1


def write(place: Sequence[Any]) -> str:
    told = [each.isoformat() if isinstance(each, datetime.date) else each for each in place]
    words = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def read(text: str, *kinds: type) -> tuple[Any, ...]:
    """The values that `write` wrote, each of its kind. Raises ValueError for anything else."""
    if len(text) > LONGEST:
        raise ValueError
    try:
        told = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        if not isinstance(told, list):
            raise ValueError
        return tuple(value(each, kind) for each, kind in zip(told, kinds, strict=True))
    except (OverflowError, RecursionError) as error:
        raise ValueError from error


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
