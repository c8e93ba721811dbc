"""No log tells whose link was opened, who was written to, or who visited."""

import re
import subprocess
import sys
import threading
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from config.logs import masked
from tests.test_settings import ROOT, production

__all__ = ["production"]

SECRET = "WzEsImNhbmFyeSJd:1uKz4Q:canary-of-a-token_and-more"
LISTENING = re.compile(r"Listening at: http://127\.0\.0\.1:([0-9]+)")
OPENED = [
    f"/signatures/{SECRET}/",
    f"/signatures/{SECRET}/data.json",
    f"/uk/invitations/{SECRET}/",
    f"/invitations/stop/{SECRET}/at-once/",
    "/circulate/canary-of-a-secret/sign/",
    "/drafts/canary-of-a-secret/in/uk/",
    "/translate/canary-of-a-secret/two-columns.docx",
    "/accounts/password/reset/key/canary-of-a-key/",
    f"/campaigns/open-letter/sign/sent/?token={SECRET}",
    f"/campaigns/open-letter/sign/?in=en&late={SECRET}",
]


@pytest.mark.parametrize("address", OPENED)
def test_link_of_ones_own_is_masked_wherever_it_stands(address: str) -> None:
    for line in (f"Not Found: {address}", f"Referer: https://statements.example.org{address}", f"'{address}'"):
        assert "canary" not in masked(line)
        assert "…" in masked(line)


def test_addresses_of_people_and_visitors_are_masked() -> None:
    line = "SMTPRecipientsRefused: {'the.canary@river.example.org': (550, b'<canary@[192.0.2.1]>: no')} ip=192.0.2.7"
    assert masked(line) == "SMTPRecipientsRefused: {'…@…': (550, b'<…@…]>: no')} ip=…"


def test_other_lines_stay_as_they_are() -> None:
    line = "Not Found: /campaigns/open-letter/signatories/?q=signatures&token="
    assert masked(line) == line


def test_running_server_writes_no_link_of_ones_own(production: dict[str, str]) -> None:
    """The site has neither tables nor collected files here, so that every page breaks, with its traceback."""
    given = {**production, "SITE_URL": "http://localhost:8000"}
    command = [sys.executable, "-m", "gunicorn", "--config=config/gunicorn.py", "--bind", "127.0.0.1:0", "config.wsgi"]
    written: list[str] = []
    with subprocess.Popen(command, env=given, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        listening = next(filter(None, map(LISTENING.search, iter(server.stderr.readline, ""))), None)
        reader = threading.Thread(target=written.extend, args=[server.stderr])
        reader.start()
        try:
            assert listening
            for address in OPENED:
                with suppress(HTTPError):
                    urlopen(f"http://127.0.0.1:{listening[1]}{address}", timeout=30)
        finally:
            server.kill()
            reader.join(timeout=30)
    told = "".join(written)
    assert told.count("Traceback") >= len(OPENED)
    assert "/signatures/…/data.json" in told
    assert "canary" not in told
