"""A real mail server on loopback, which keeps what it is given."""

import asyncio
import signal
import socket
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import StringIO
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from django.core.management import call_command

HOST = "127.0.0.1"
PATIENCE = 30


class MailServer:
    """Answers the first letters as told and the rest with 250. One that holds takes a letter and never answers."""

    def __init__(self, *answers: str, holds: bool = False) -> None:
        self.answers, self.holds = list(answers), holds
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.arrivals = threading.Semaphore(0)
        self.port = free_port()
        self.controller = Controller(self, hostname=HOST, port=self.port)

    def __enter__(self) -> Self:
        self.controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(envelope.rcpt_tos)
        self.arrivals.release()
        if self.holds:
            await asyncio.Event().wait()
        return self.answers.pop(0) if self.answers else "250 kept"

    def receive(self, settings: Any) -> None:
        """Makes Django send its letters here."""
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, self.port

    def wait_for_letter(self) -> None:
        assert self.arrivals.acquire(timeout=PATIENCE), "no letter came"


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def text_of(letter: EmailMessage, subtype: str) -> str:
    """The letter's plain text, or its HTML."""
    part = letter.get_body((subtype,))
    assert part is not None
    content: str = part.get_content()
    return content


def send_mail_once() -> str:
    """Runs `manage.py send_mail --once` here, and gives what it printed."""
    printed = StringIO()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        call_command("send_mail", "--once", stdout=printed)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    return printed.getvalue()
