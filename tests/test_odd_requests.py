"""Requests as programs send them, to every address: none breaks anything, and what is refused leaves no row behind.

UNDERSIGNED_FULL=1 sends 50,000; without it each address gets a few.
"""

import io
import logging
import math
import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import lxml.html
import pytest
import time_machine
from django.apps import apps
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client
from django.utils import timezone
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from config.compression import compressed
from tests.builders import filled_form
from tests.every_address import every_address, make_everything
from tests.lengths import how_many
from tests.odd_requests import Form, Request, odd_requests
from tests.who_may_what import noting, undone

pytestmark = pytest.mark.django_db

PARTS = how_many(1, 4)  # may be run at once, each with examples of its own
REQUESTS = how_many(600, 50_000) // PARTS
DRAWN = (".pdf", ".png", ".xlsx")
WHO = ["nobody", "owner", "administrator"]
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
SECRET = "a" * 32  # of the form's cookie
Forms = dict[str, list[Form]]


@contextmanager
def connection_kept() -> Iterator[None]:
    """Within one transaction, as Django's own client does it: no request closes the connection."""
    signals = (request_started, request_finished)
    for each in signals:
        each.disconnect(close_old_connections)
    yield
    for each in signals:
        each.connect(close_old_connections)


def every_row() -> dict[str, list[dict[str, Any]]]:
    """All that the database holds, but for the sessions."""
    models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    return {
        each._meta.label: list(each._base_manager.order_by("pk").values()) for each in models if each is not Session
    }


def forms_of(clients: dict[str, Client], addresses: list[str]) -> Forms:
    """The forms of all pages, filled in as far as the page does it, by the address that they go to."""
    found: Forms = defaultdict(list)
    for address in addresses:
        for form in lxml.html.fromstring(page_of(clients, address)).forms:
            where = urlsplit(form.action or "").path or address
            found[where].append(read(form))
    return found


def page_of(clients: dict[str, Client], address: str) -> bytes:
    """The page as whoever is the first to be shown one sees it; without a word, where nobody is."""
    if address.endswith("/"):
        for client in clients.values():
            response = client.get(address)
            if response.status_code == 200:
                return bytes(response.getvalue())
    return b"<p>"


def read(form: Any) -> Form:
    sample = filled_form()
    fields = [(name, value or str(sample.get(name, ""))) for name, value in form.form_values()]
    return Form(fields, tuple(form.xpath(".//button/@name | .//input[@type='submit']/@name")))


@dataclass
class Attack:
    """What the site answered, and what should not be."""

    sessions: dict[str, str]
    statuses: Counter[int] = field(default_factory=Counter)
    complaints: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.application, self.raised = compressed(WSGIHandler()), ""
        self.stood, self.signed_in = every_row(), Session.objects.count()

    def send(self, who: str, request: Request) -> None:
        """Sends it as this person; whatever it does is undone."""
        writes: list[str] = []
        with undone(), connection.execute_wrapper(noting(writes)):
            status = self.status_of(self.environ(who, request))
            self.statuses[status // 100] += 1
            self.judge(status, request, writes)

    def status_of(self, environ: dict[str, Any]) -> int:
        """That of the answer, read to its end; what is raised before there is one counts as 500."""
        begun: list[str] = []
        try:
            body: Any = self.application(environ, lambda status, *_more: begun.append(status))
            for _part in body:
                pass
            getattr(body, "close", lambda: None)()
        except Exception:
            self.note()
            return 500
        return int(begun[0][:3])

    def judge(self, status: int, request: Request, writes: list[str]) -> None:
        may_write = status < 400 and request.method not in SAFE
        if status >= 500 and status not in {501, 503}:
            self.complaints.setdefault(self.raised, f"{status}: {request}")
        elif not may_write and writes and every_row() != self.stood:
            self.complaints.setdefault(f"writes to {set(writes)}", f"{status}: {request}")
        elif status >= 400 and Session.objects.count() > self.signed_in:
            self.complaints.setdefault("begins a session", f"{status}: {request}")

    def environ(self, who: str, request: Request) -> dict[str, Any]:
        cookies = {site.CSRF_COOKIE_NAME: SECRET, site.SESSION_COOKIE_NAME: self.sessions.get(who, "")}
        return {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": unquote_to_bytes(request.path.encode("latin-1")).decode("latin-1"),
            "QUERY_STRING": request.query,
            "CONTENT_TYPE": request.type,
            "CONTENT_LENGTH": str(len(request.body) if request.length is None else request.length),
            "REMOTE_ADDR": "127.0.0.1",
            "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost:8000",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items() if value),
            "HTTP_X_CSRFTOKEN": SECRET,
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            **{f"HTTP_{name}": value for name, value in request.headers.items()},
        }

    def note(self, **_signal: Any) -> None:
        """Keeps what was raised, by the line that raised it."""
        self.raised = "".join(traceback.format_exc().splitlines(keepends=True)[-7:])


def share(address: str) -> float:
    """How many of the requests it gets, beside others; what is drawn takes so long that it gets a tenth."""
    return 0.1 if address.endswith(DRAWN) else 1


@pytest.mark.parametrize("part", range(PARTS))
def test_every_address_stands_odd_requests(part: int, record_property: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "django")  # refusals are what is asked for here
    world = make_everything()
    addresses = every_address(world)
    people = {who: world.clients[who] for who in WHO}
    forms = forms_of(people, addresses)
    addresses = list(dict.fromkeys([*addresses, *forms]))
    sessions = {who: client.cookies[site.SESSION_COOKIE_NAME].value for who, client in people.items() if client.cookies}
    attack = Attack(sessions)
    got_request_exception.connect(attack.note)
    # No form is sent too soon or too late.
    with connection_kept(), time_machine.travel(timezone.now() + timedelta(seconds=5), tick=False):
        for place, address in enumerate(addresses):
            cache.clear()
            sends = given(st.sampled_from(WHO), odd_requests(address, forms.get(address, [])))(attack.send)
            many = math.ceil(REQUESTS * share(address) / sum(map(share, addresses)))
            seed(f"{part} {place}")(settings(max_examples=many, phases=[Phase.generate], database=None)(sends))()
    got_request_exception.disconnect(attack.note)
    told = ", ".join(f"{count:,} of {status}xx" for status, count in sorted(attack.statuses.items()))
    sent = f"{attack.statuses.total():,} odd requests to {len(addresses)} addresses on {connection.vendor}"
    record_property("table", f"{sent}: {told}")
    assert not attack.complaints, "\n\n".join(f"{request}\n{what}" for what, request in attack.complaints.items())
