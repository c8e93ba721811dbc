"""The application as production serves it: the files of its pages named by their content, and all of it compressed."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.test import override_settings

from config.compression import compressed
from tests.processes import database_of_this_test

BY_CONTENT = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
NOT_PUBLIC = ["admin", "mfa", "account", "*.txt"]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Handler(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which it answers meanwhile; the files are collected in the folder."""
    default = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
    collected = {"STATIC_ROOT": folder, "STORAGES": {**default, **BY_CONTENT}}
    with override_settings(DEBUG=False, WHITENOISE_USE_FINDERS=False, WHITENOISE_AUTOREFRESH=False, **collected):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NOT_PUBLIC)
        server = make_server("localhost", 0, compressed(WSGIHandler()), Server, Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        address = f"http://localhost:{server.server_port}"
        try:
            with override_settings(SITE_URL=address, SECURE_SSL_REDIRECT=False):
                yield address
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@contextmanager
def by_gunicorn() -> Iterator[str]:
    """The address at which gunicorn answers meanwhile, started as in production, with this test's database."""
    with socket.create_server(("localhost", 0)) as door:
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            "config/gunicorn.py",
            "--bind",
            f"fd://{door.fileno()}",
        ]
        environment = os.environ | {"DEBUG": "on", "DATABASE_URL": database_of_this_test()}
        with subprocess.Popen(
            [*command, "--log-level", "error", "config.wsgi"],
            cwd=settings.BASE_DIR, env=environment, pass_fds=[door.fileno()],
        ) as server:  # fmt: skip
            try:
                yield f"http://localhost:{door.getsockname()[1]}"
            finally:
                server.terminate()
