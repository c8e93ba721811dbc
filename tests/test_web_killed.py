"""The web server is killed in the middle of what it does: what was acknowledged is there, once, with its letter.

Three times among sixty groups; with UNDERSIGNED_FULL=1, twenty times among two thousand.
"""

from collections.abc import Callable
from pathlib import Path

from django.db import connection

from tests.builders import make_campaign
from tests.lengths import how_many
from tests.processes import WebServer, database_of_this_test
from tests.visitors import HALVES, HEADINGS, STORED, Group, Reckoning, moments, signing, table

GROUPS, KILLS = how_many(60, 2000), how_many(3, 20)


def test_what_was_acknowledged_outlives_the_web_server(
    committed: None, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    make_campaign()
    with WebServer(database_of_this_test(), tmp_path / "web.log") as server:
        groups = [Group(server.address, number) for number in range(GROUPS)]
        with signing(groups):
            for _moment in moments(groups, KILLS):
                server.kill()
                server.start()
    with connection.cursor() as cursor:
        cursor.execute(STORED)
        reckoning = Reckoning.of(groups, cursor.fetchall())
        cursor.execute(HALVES)
        assert len(cursor.fetchall()) == 1, "nothing is half written"
    record_property("table", table(HEADINGS, reckoning.row(f"killed {KILLS} times, {connection.vendor}")))
    assert (reckoning.doubled, reckoning.lost) == (0, 0)
    assert sum(group.unanswered for group in groups) > 0, "no kill met a group"
