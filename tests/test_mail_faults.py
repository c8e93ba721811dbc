"""The mail server refuses, puts off, hangs and hangs up, and workers are killed: every letter comes, and none twice but
where nobody could know that it had come.

Two workers send at once. Ten faulty tries and two kills among a dozen letters; with UNDERSIGNED_FULL=1, thirty and ten
among sixty.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from subprocess import DEVNULL, Popen
from typing import Any

from django.utils import timezone

from campaigns.models import OutgoingMail
from tests.builders import make_campaign, make_signature
from tests.lengths import how_many
from tests.mail_server import HOST, PATIENCE, MailServer
from tests.processes import as_in_production, database_of_this_test, kill, python
from tests.visitors import table

LETTERS, FAULTS, KILLS = how_many(12, 60), how_many(10, 30), how_many(2, 10)
WORKERS = 2
REFUSES, PUTS_OFF, HANGS, HANGS_UP = "550 unknown", "451 later", "hangs", "hangs up after the letter"
HEADINGS = ["", "queued", "delivered", "tries", "kills", "doubled", "after hang-up", "after a kill"]


class FaultyServer(MailServer):
    """Its first tries go wrong, each in its way; `taken` has the Message-IDs to which it said yes."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__()
        self.faults = faults
        self.tries = 0
        self.taken: Counter[str] = Counter()
        self.hung_up: Counter[str] = Counter()

    async def handle_RCPT(self, _server: Any, session: Any, envelope: Any, address: str, _options: Any) -> str:
        session.fault = self.faults[self.tries] if self.tries < len(self.faults) else ""
        self.tries += 1
        self.arrivals.release()
        if session.fault == REFUSES:
            return REFUSES
        envelope.rcpt_tos.append(address)
        return "250 go on"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if session.fault == PUTS_OFF:
            return PUTS_OFF
        if session.fault == HANGS:
            await asyncio.Event().wait()
        await super().handle_DATA(server, session, envelope)
        name = str(self.letters[-1]["Message-ID"])
        if session.fault == HANGS_UP:
            self.hung_up[name] += 1
            server.transport.abort()
        else:
            self.taken[name] += 1
        return "250 kept"


def worker(server: MailServer) -> Popen[bytes]:
    environment = as_in_production(database_of_this_test(), EMAIL_URL=f"smtp://{HOST}:{server.port}")
    return python("manage.py", "send_mail", env=environment, stdout=DEVNULL, stderr=DEVNULL)


def let_time_pass() -> None:
    """The waits of letters that were put off are over."""
    OutgoingMail.objects.waiting().filter(leased_until=None).update(next_try_at=timezone.now())


def let_leases_end() -> None:
    """As two minutes after the death of all workers."""
    OutgoingMail.objects.waiting().update(leased_until=None)
    let_time_pass()


def send_until_killed(server: FaultyServer) -> None:
    """Two workers at once, each killed at a moment of its own."""
    workers = [worker(server) for _number in range(WORKERS)]
    for each in workers:
        for _try in range(random.randint(1, 3)):
            server.arrivals.acquire(timeout=PATIENCE)
        time.sleep(random.random() / 20)
        kill(each)
    let_leases_end()


def send_to_the_end(server: FaultyServer) -> None:
    """Two workers at once, until nothing waits."""
    workers = [worker(server) for _number in range(WORKERS)]
    until = time.monotonic() + 6 * PATIENCE
    while OutgoingMail.objects.waiting().exists() and time.monotonic() < until:
        let_time_pass()
        time.sleep(0.2)
    for each in workers:
        kill(each)


def test_every_letter_comes_and_none_twice_but_where_nobody_could_know(
    committed: None, record_property: Callable[[str, object], None]
) -> None:
    campaign = make_campaign()
    for number in range(LETTERS):
        make_signature(campaign, f"Group {number}", f"{number}@river.example.org")
    faults = random.sample([REFUSES, PUTS_OFF, HANGS, HANGS_UP, REFUSES] * (FAULTS // 5), FAULTS)
    with FaultyServer(faults) as server:
        for _round in range(KILLS // WORKERS):
            send_until_killed(server)
        send_to_the_end(server)
    assert not OutgoingMail.objects.filter(sent_at=None).exists()
    came = {(str(letter["Message-ID"]), *to) for letter, to in zip(server.letters, server.recipients, strict=True)}
    assert len(came) == len(server.taken) == LETTERS, "each has its own Message-ID, however often it was sent"
    after_hang_up, after_a_kill = server.hung_up.total(), server.taken.total() - LETTERS
    doubled = len(server.letters) - LETTERS
    row = ["mail", LETTERS, len(server.taken), server.tries, KILLS, doubled, after_hang_up, after_a_kill]
    record_property("table", table(HEADINGS, row))
    assert doubled == after_hang_up + after_a_kill
    assert after_a_kill <= KILLS, "a worker that was killed between the server's yes and its own note"
    assert server.tries > len(faults)
