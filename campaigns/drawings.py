"""What is drawn for who asks, on paper or as a picture: once, then kept until something on it changes."""

import functools
import hashlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from django.core.cache import cache

from .typefaces import sheet

KEPT_SECONDS = 7 * 24 * 3600
one_at_a_time = threading.Lock()  # one takes a whole core, and PDFium takes one thread


class Drawing(ABC):
    """What stands on it, and how it is drawn."""

    style: ClassVar[str]
    content_type: ClassVar[str]

    @abstractmethod
    def contents(self) -> Iterable[str]:
        """All that is on it, as far as it is known before any font is opened."""

    @abstractmethod
    def draw(self) -> bytes:
        """Its file. Raises Unavailable where this server cannot set it."""

    @functools.cached_property
    def etag(self) -> str:
        """Another one whenever the drawing is another."""
        told = "\0".join([*self.contents(), sheet("fonts"), sheet(self.style)])
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def kept(self) -> bytes:
        """Its file as it was drawn before, or now, when no other is drawn in this process. Raises Unavailable."""
        key = f"{self.style}:{self.etag}"
        found = cache.get(key)
        if found is None:
            with one_at_a_time:
                found = cache.get_or_set(key, self.draw, KEPT_SECONDS)
        assert isinstance(found, bytes)
        return found
