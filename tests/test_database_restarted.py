"""PostgreSQL stops and comes back while groups sign: nothing acknowledged is lost, and pages are right again at once.

Twice among forty groups; with UNDERSIGNED_FULL=1, five times among five hundred.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
from django.db import connection

from tests.lengths import how_many
from tests.mail_server import PATIENCE
from tests.processes import Postgresql, WebServer, as_in_production, manage, python
from tests.visitors import HALVES, HEADINGS, STORED, Group, Reckoning, Visitor, moments, signing, table

GROUPS, RESTARTS = how_many(40, 500), how_many(2, 5)
MODES = ["immediate", "fast"]  # as if the power had failed; and every connection ended
PAGES = ["/campaigns/open-letter/", "/", "/uk/campaigns/open-letter/signatories/"]
MAKE_CAMPAIGN = "import django; django.setup(); from tests.builders import make_campaign; make_campaign()"


class Reader:
    """Reads public pages all the time, and counts what comes."""

    def __init__(self, site: str) -> None:
        self.visitor = Visitor(site)
        self.statuses: Counter[int] = Counter()
        self.stopped = threading.Event()

    def read(self) -> None:
        while not self.stopped.is_set():
            for page in PAGES:
                answer = self.visitor.ask(page)
                assert answer.status == 200 or answer.says_to_come_back, answer
                self.statuses[answer.status] += 1


@contextmanager
def reading(reader: Reader) -> Iterator[None]:
    """Meanwhile somebody reads; a page that was wrong is told at the end."""
    with ThreadPoolExecutor(1) as threads:
        task = threads.submit(reader.read)
        try:
            yield
        finally:
            reader.stopped.set()
        task.result()


def restart(database: Postgresql, mode: str, site: str) -> float:
    """The seconds from the return of the database until a page is right again."""
    visitor = Visitor(site)
    database.stop(mode)
    assert visitor.ask(PAGES[0]).says_to_come_back
    database.start_again()
    begin = time.monotonic()
    while visitor.ask(PAGES[0]).status != 200:
        assert time.monotonic() < begin + PATIENCE, "no page came back"
    return time.monotonic() - begin


def reckoned(database: str, groups: list[Group]) -> Reckoning:
    with closing(psycopg2.connect(database)) as connected, connected.cursor() as cursor:
        cursor.execute(HALVES)
        assert len(cursor.fetchall()) == 1, "nothing is half written"
        cursor.execute(STORED)
        return Reckoning.of(groups, cursor.fetchall())


if connection.vendor == "postgresql":

    def test_what_was_acknowledged_outlives_restarts_of_postgresql(
        tmp_path: Path, record_property: Callable[[str, object], None]
    ) -> None:
        with Postgresql() as database, WebServer(database.address, tmp_path / "log") as server:
            manage(database.address, "migrate", "--verbosity=0")
            assert python("-c", MAKE_CAMPAIGN, env=as_in_production(database.address)).wait(PATIENCE) == 0
            groups, reader = [Group(server.address, number) for number in range(GROUPS)], Reader(server.address)
            server.wait_until_it_answers()
            with reading(reader), signing(groups):
                modes = [MODES[number % 2] for number in range(RESTARTS)]
                waits = [restart(database, modes[number], server.address) for number in moments(groups, RESTARTS)]
            reckoning = reckoned(database.address, groups)
        told = ", ".join(f"{mode} {wait:.2f} s" for mode, wait in zip(modes, waits, strict=True))
        pages = f"right again after: {told}; pages read: {reader.statuses[200]}, 503: {reader.statuses[503]}"
        rows = table(HEADINGS, reckoning.row(f"PostgreSQL restarted {RESTARTS} times"))
        record_property("table", f"{rows}\n{pages}")
        assert (reckoning.doubled, reckoning.lost) == (0, 0)
        assert reader.statuses[503] > 0, "no stop met a reader"
