"""A program that goes its rounds beside the web server until it is stopped."""

import logging
import signal
import threading
from abc import abstractmethod
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

logger = logging.getLogger("campaigns.rounds")

PAUSE_SECONDS = 1.0


class Rounds(BaseCommand):
    """It does what is due every second; with --once one time only, and an error of the database ends it."""

    once_help = ""

    @abstractmethod
    def round(self, stopped: threading.Event) -> bool:
        """Does what is due, unless it is stopped. Whether anything was."""

    @abstractmethod
    def done(self) -> str:
        """What the last round did, in a line."""

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help=self.once_help)

    def handle(self, *args: Any, once: bool, verbosity: int, **options: Any) -> None:
        stopped = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *received: stopped.set())
        while not stopped.is_set():
            self._round_unless_away(stopped, once, verbosity)
            if once:
                return
            close_old_connections()
            stopped.wait(PAUSE_SECONDS)

    def _round_unless_away(self, stopped: threading.Event, once: bool, verbosity: int) -> None:
        try:
            was_due = self.round(stopped)
            if verbosity and (once or was_due):
                self.stdout.write(self.done())
        except (DatabaseError, InterfaceError) as error:
            if once:
                raise
            logger.warning("the database is away (%s); trying again", type(error).__name__)
            connection.close()
