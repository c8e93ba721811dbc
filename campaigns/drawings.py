"""What is drawn for who asks, on paper or as a picture: once, then kept until something on it changes."""

import contextlib
import functools
import hashlib
import multiprocessing
import os
import pickle  # nosec B403
import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from typing import ClassVar

import django
from django.core.cache import cache
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .typefaces import Unavailable, sheet

KEPT_SECONDS = 7 * 24 * 3600
MOST_SECONDS = 30  # that one may take which is drawn for the public
MOMENT_SECONDS = 2  # for which one waits until another is drawn
GIVEN_UP_SECONDS = 600  # for which what took too long is not tried again
TOO_LONG = b""  # is kept in its place
KINDER = 10  # to the pages, which are written meanwhile

one_at_a_time = threading.Lock()  # one takes a whole core
places = threading.Semaphore(3)  # one is drawn, two wait: a thread is left for the pages
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["__main__", "config.easel"])


class Busy(Unavailable):
    """It cannot be drawn now; perhaps in so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(_("This cannot be drawn at the moment. Please try again later."))
        self.seconds = seconds


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
        """Its file as it was drawn before, or now. Raises Unavailable, and Busy where others are drawn meanwhile or it
        takes too long."""
        key = f"{self.style}:{self.etag}"
        found = cache.get(key)
        if found is None:
            with alone():
                found = cache.get(key)
                if found is None:
                    found = self.drawn_apart()
                    cache.set(key, found, GIVEN_UP_SECONDS if found == TOO_LONG else KEPT_SECONDS)
        assert isinstance(found, bytes)
        if found == TOO_LONG:
            raise Busy(GIVEN_UP_SECONDS)
        return found

    def drawn_apart(self) -> bytes:
        """Its file, drawn by a process of its own, so that the pages do not wait; TOO_LONG if that ended before. Raises
        Unavailable."""
        receiver, sender = processes.Pipe(duplex=False)
        here = translation.get_language(), timezone.get_current_timezone()
        process = processes.Process(target=draw, args=(pickle.dumps((self, *here)), sender, MOST_SECONDS), daemon=True)
        with receiver, sender:
            process.start()
            sender.close()
            drawn = received(receiver)
        process.join()
        process.close()
        if isinstance(drawn, Exception):
            raise drawn
        return drawn


def received(receiver: Connection) -> bytes | Exception:
    try:
        drawn: bytes | Exception = receiver.recv()
    except EOFError:
        return TOO_LONG
    return drawn


def draw(told: bytes, sender: Connection, seconds: int) -> None:
    """What the process does that draws: its own alarm ends it, whatever it is about."""
    signal.alarm(seconds)
    os.nice(KINDER)
    django.setup()
    drawing, language, zone = pickle.loads(told)  # noqa: S301 - from ourselves  # nosec B301
    with translation.override(language), timezone.override(zone):
        sender.send(file_or_error(drawing))


def file_or_error(drawing: Drawing) -> bytes | Exception:
    try:
        return drawing.draw()
    except Exception as error:
        return error


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """While no other is drawn for this process. Raises Busy where too many wait, or the other takes longer."""
    with contextlib.ExitStack() as held:
        for lock, seconds in ((places, 0), (one_at_a_time, MOMENT_SECONDS)):
            if not lock.acquire(timeout=seconds):
                raise Busy(MOMENT_SECONDS)
            held.callback(lock.release)
        yield
