"""Who asks for what takes long to draw holds up nobody else: the pages answer, and so do other drawings afterwards."""

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from campaigns import drawings
from campaigns.drawings import Busy, Drawing
from campaigns.typefaces import Unavailable
from campaigns.views.drawings import answer

BUSY = "This cannot be drawn at the moment."


@dataclass(frozen=True)
class Told(Drawing):
    """Tells which process drew it, in which language."""

    style: ClassVar[str] = "letter"
    content_type: ClassVar[str] = "text/plain"
    name: str = ""

    def contents(self) -> Iterable[str]:
        return [type(self).__name__, self.name]

    def draw(self) -> bytes:
        return f"{self.name} {translation.get_language()} {os.getpid()}".encode()


@dataclass(frozen=True)
class Endless(Told):
    def draw(self) -> bytes:
        while True:
            signal.pause()


@dataclass(frozen=True)
class Broken(Told):
    def draw(self) -> bytes:
        raise ZeroDivisionError(self.name)


@dataclass(frozen=True)
class Fontless(Told):
    def draw(self) -> bytes:
        raise Unavailable("no font")


@pytest.fixture
def another() -> Iterator[None]:
    """Is being drawn meanwhile."""
    with drawings.alone():
        yield


def asked(drawing: Drawing) -> HttpResponse:
    request = HttpRequest()
    request.method = "GET"
    return answer(request, drawing, "drawing.txt")


def test_drawing_is_made_by_another_process_in_the_readers_language() -> None:
    with translation.override("uk"):
        name, language, process = Told("Річка").kept().decode().split()
    assert (name, language) == ("Річка", "uk")
    assert int(process) != os.getpid()


def test_same_drawing_is_made_once() -> None:
    assert len({Told("once").kept() for _each in range(3)}) == 1


def test_what_takes_too_long_is_ended_and_not_tried_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings, "MOST_SECONDS", 1)
    refused = asked(Endless())
    assert (refused.status_code, refused["Retry-After"]) == (503, "600")
    assert BUSY in refused.content.decode()
    monkeypatch.setattr(drawings, "MOST_SECONDS", 10_000)
    assert asked(Endless()).status_code == 503
    assert asked(Told("after it")).status_code == 200


@pytest.mark.usefixtures("another")
def test_whoever_finds_another_under_way_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings, "MOMENT_SECONDS", 0)
    refused = asked(Told())
    assert (refused.status_code, refused["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert "Retry-After" in refused
    assert BUSY in refused.content.decode()


def test_follower_finds_what_was_drawn_while_it_waited() -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(Told("both").kept())) for _each in range(2)]
    with drawings.one_at_a_time:
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1


@pytest.mark.usefixtures("another")
def test_only_two_wait() -> None:
    with drawings.places, drawings.places, pytest.raises(Busy):
        Told().kept()


def test_what_goes_wrong_in_that_process_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError, match="by this"):
        Broken("by this").kept()
    refused = asked(Fontless())
    assert (refused.status_code, refused.content, "Retry-After" in refused) == (503, b"no font", False)
