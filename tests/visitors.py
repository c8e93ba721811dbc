"""Groups that sign over the network at the same time, and send the same form again where no answer comes."""

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

from campaigns.forms.opened import FASTEST_SECONDS
from tests.mail_server import PATIENCE
from tests.test_bad_input import Fields

SIGN = "/campaigns/open-letter/sign/"
AT_ONCE = 25
PAUSE = 0.5  # seconds before the same is tried again
NO_ANSWER = (OSError, HTTPException)
LEAVES = 10  # one group in so many does not come back when no answer came
HEADINGS = ["", "groups", "acknowledged", "present", "doubled", "lost", "no answer", "503"]
TELLING = ["Traceback", "OperationalError", "InterfaceError", "psycopg2"]
STORED = """
    SELECT signature.name, count(DISTINCT signature.id), count(DISTINCT letter.id)
    FROM campaigns_signature signature
    JOIN campaigns_contact contact ON contact.signature_id = signature.id
    JOIN campaigns_event event ON event.signature_id = signature.id AND event.verb = 'submitted'
    JOIN campaigns_outgoingmail letter ON letter.reference = signature.id AND letter.kind = 'confirm_signature'
    GROUP BY signature.name
"""
HALVES = "SELECT count(*) FROM campaigns_signature UNION SELECT count(*) FROM campaigns_contact"


class Unredirected(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """Follows none: the redirect is the answer."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    text: str

    @property
    def says_to_come_back(self) -> bool:
        """Whether it tells people and programs that the database is away, and nothing of the error."""
        told = self.headers.get("Retry-After", "").isdigit() and "no-store" in self.headers["Cache-Control"]
        return self.status == 503 and told and not any(word in self.text for word in TELLING)


class Visitor:
    """A browser without scripts, with cookies of its own."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.opener = build_opener(HTTPCookieProcessor(), Unredirected())

    def ask(self, path: str, form: dict[str, str] | None = None) -> Answer:
        """Opens a page, or sends a form to it. Raises one of NO_ANSWER where no whole answer comes."""
        sent = urlencode(form).encode() if form is not None else None
        try:
            response = self.opener.open(self.site + path, sent, timeout=PATIENCE)
        except HTTPError as error:
            response = error
        with response:
            return Answer(response.status, response.headers, response.read().decode())


class Group:
    def __init__(self, site: str, number: int) -> None:
        self.name, self.leaves = f"Group {number}", number % LEAVES == 0
        self.visitor = Visitor(site)
        self.is_acknowledged = False
        self.unanswered = self.put_off = 0

    def sign(self) -> None:
        """Sends the form until it is acknowledged; who leaves, until an answer fails to come."""
        self.until = time.monotonic() + 6 * PATIENCE
        form = self.filled(self.opened())
        time.sleep(FASTEST_SECONDS)
        while not self.is_acknowledged and not (self.leaves and self.unanswered):
            if (answer := self.answer_to(form)) is None:
                continue
            if answer.status == 503:
                self.put_off += 1
                form = kept(answer, form)
            else:
                assert answer.status == 302, answer
                self.is_acknowledged = "/sign/sent/?token=" in answer.headers["Location"]

    def answer_to(self, form: dict[str, str] | None) -> Answer | None:
        """The page, or None where no answer came. Then, and where it says to come back, a moment is waited."""
        assert time.monotonic() < self.until, f"{self.name} has waited in vain"
        try:
            answer = self.visitor.ask(SIGN, form)
        except NO_ANSWER as error:
            answer, was_refused = None, isinstance(getattr(error, "reason", None), ConnectionRefusedError)
            self.unanswered += form is not None and not was_refused
        if answer is None or answer.status == 503:
            time.sleep(PAUSE)
        return answer

    def opened(self) -> dict[str, str]:
        """The fields of the form as the page has them."""
        while (answer := self.answer_to(None)) is None or answer.status != 200:
            assert answer is None or answer.says_to_come_back, answer
        return Fields(answer.text).values

    def filled(self, fields: dict[str, str]) -> dict[str, str]:
        address = f"{self.name.replace(' ', '-').lower()}@river.example.org"
        words = {"organization_name": self.name, "contact_name": "The secretary", "contact_role": "secretary"}
        return {**fields, **words, "email": address, "is_authorized": "on", "accepts_privacy": "on"}


def kept(answer: Answer, form: dict[str, str]) -> dict[str, str]:
    """The form on the page that says to come back: all that was sent, to be sent again by its button."""
    assert answer.says_to_come_back, answer
    fields = Fields(answer.text).values
    assert {**fields, "csrfmiddlewaretoken": ""} == {**form, "csrfmiddlewaretoken": ""}
    return fields


@contextmanager
def signing(groups: Sequence[Group]) -> Iterator[None]:
    """Meanwhile all of them sign, some at a time; it ends when all have."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        tasks = [threads.submit(group.sign) for group in groups]
        yield
        for task in tasks:
            task.result()


def moments(groups: Sequence[Group], count: int) -> Iterator[int]:
    """So many times, each at a random moment of its part of the signing."""
    for number in range(count):
        goal = len(groups) * (number + random.random()) / (count + 1)
        while sum(group.is_acknowledged for group in groups) < goal:
            time.sleep(random.random() / 50)
        yield number


@dataclass(frozen=True)
class Reckoning:
    """What groups were told, beside what the database holds: by name, signatures and letters."""

    groups: Sequence[Group]
    stored: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, groups: Sequence[Group], rows: Iterable[tuple[str, int, int]]) -> "Reckoning":
        return cls(groups, {name: (signatures, letters) for name, signatures, letters in rows})

    @property
    def acknowledged(self) -> set[str]:
        return {group.name for group in self.groups if group.is_acknowledged}

    @property
    def doubled(self) -> int:
        return sum(each != (1, 1) for each in self.stored.values())

    @property
    def lost(self) -> int:
        return len(self.acknowledged - self.stored.keys())

    def row(self, label: str) -> list[object]:
        unanswered, put_off = (sum(getattr(each, name) for each in self.groups) for name in ("unanswered", "put_off"))
        present = len(self.acknowledged & self.stored.keys())
        told = [len(self.groups), len(self.acknowledged), present, self.doubled, self.lost, unanswered, put_off]
        return [label, *told]


def table(*rows: Sequence[object]) -> str:
    return "\n".join(f"{row[0]!s:<34}" + "".join(f"{cell!s:>14}" for cell in row[1:]) for row in rows)
