"""Sends what waits in the outbox. Run it all the time beside the web server, or with --once from cron."""

import logging
import signal
import threading
from argparse import RawDescriptionHelpFormatter
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection

from campaigns import emails
from campaigns.models import OutgoingMail

logger = logging.getLogger("campaigns.send_mail")

POLL_SECONDS = 1.0
BATCH = 100


def in_words(error: Exception) -> str:
    """The kind of the error and the server's code: its own words may name the recipient."""
    codes = [code for code, _words in error.recipients.values()] if isinstance(error, SMTPRecipientsRefused) else []
    return f"{type(error).__name__} {getattr(error, 'smtp_code', codes[0] if codes else '')}".strip()


class Command(BaseCommand):
    help = (
        "Send the letters that wait in the outbox, over EMAIL_URL.\n\n"
        "Without --once it goes on until it is stopped (SIGTERM or Ctrl+C) and looks for new letters every second.\n"
        "Several may run at once. A letter that cannot be sent is tried again later, each time after a longer wait;\n"
        "if this program is killed in the middle, its letter is free again after two minutes."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, then end")

    def handle(self, *args: Any, once: bool, verbosity: int, **options: Any) -> None:
        stopped = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *received: stopped.set())
        while not stopped.is_set():
            try:
                sent, failed = self.send_due(stopped)
            except DatabaseError as error:
                if once:
                    raise
                logger.warning("the database is away (%s); trying again", type(error).__name__)
                sent = failed = 0
                connection.close()
                stopped.wait(POLL_SECONDS)
                continue
            if verbosity and (once or sent or failed):
                self.stdout.write(
                    f"{sent} sent, {failed} to try again, {OutgoingMail.objects.waiting().count()} waiting"
                )
            if once:
                return
            close_old_connections()
            stopped.wait(POLL_SECONDS)

    def send_due(self, stopped: threading.Event) -> tuple[int, int]:
        """Sends the letters that are due now. Returns how many went out and how many failed."""
        sent = failed = 0
        while batch := list(OutgoingMail.objects.due()[:BATCH]):
            for outgoing in batch:
                if stopped.is_set():
                    return sent, failed
                if not outgoing.claim():
                    continue
                try:
                    emails.render(outgoing).send()
                except emails.Untrue as reason:
                    outgoing.drop(str(reason))
                except Exception as error:  # whatever a mail server does, the next letter still goes out
                    words = in_words(error)
                    logger.warning("letter %s (%s) is put off: %s", outgoing.pk, outgoing.kind, words)
                    outgoing.put_off(words)
                    failed += 1
                else:
                    outgoing.mark_sent()
                    sent += 1
        return sent, failed
