"""Sends what waits in the outbox. Run it all the time beside the web server, or with --once from cron."""

import logging
import threading
from smtplib import SMTPRecipientsRefused
from typing import Any

from campaigns import emails
from campaigns.management.rounds import Rounds
from campaigns.models import OutgoingMail, RateLimit

logger = logging.getLogger("campaigns.send_mail")

BATCH = 100


def in_words(error: Exception) -> str:
    """The kind of the error and the server's code: its own words may name the recipient."""
    codes = [code for code, _words in error.recipients.values()] if isinstance(error, SMTPRecipientsRefused) else []
    return f"{type(error).__name__} {getattr(error, 'smtp_code', codes[0] if codes else '')}".strip()


class Command(Rounds):
    help = (
        "Send the letters that wait in the outbox, over EMAIL_URL.\n\n"
        "Without --once it goes on until it is stopped (SIGTERM or Ctrl+C) and looks for new letters every second.\n"
        "Several may run at once. A letter that cannot be sent is tried again later, each time after a longer wait;\n"
        "if this program is killed in the middle, its letter is free again after two minutes."
    )
    once_help = "send what is due now, then end"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.delivered: list[OutgoingMail] = []  # what the mail server has taken and the database does not know yet

    def round(self, stopped: threading.Event) -> bool:
        self.sent = self.failed = 0
        self.mark_delivered()
        while not stopped.is_set() and (batch := list(OutgoingMail.objects.due()[:BATCH])):
            for outgoing in batch:
                if not stopped.is_set() and outgoing.claim():
                    self.send(outgoing)
        return bool(self.sent or self.failed)

    def done(self) -> str:
        return f"{self.sent} sent, {self.failed} to try again, {OutgoingMail.objects.waiting().count()} waiting"

    def send(self, outgoing: OutgoingMail) -> None:
        try:
            message = emails.render(outgoing)
            if outgoing.is_first_to_unproven and not all(map(RateLimit.objects.admit_letter, message.to)):
                raise emails.Untrue("the address has had enough of these letters today")
            message.send()
        except emails.Untrue as reason:
            outgoing.drop(str(reason))
        except Exception as error:  # whatever a mail server does, the next letter still goes out
            words = in_words(error)
            logger.warning("letter %s (%s) is put off: %s", outgoing.pk, outgoing.kind, words)
            outgoing.put_off(words)
            self.failed += 1
        else:
            self.delivered.append(outgoing)
            self.mark_delivered()

    def mark_delivered(self) -> None:
        """Where the database went away meanwhile it is told in the next round, so that nothing is sent twice."""
        while self.delivered:
            self.delivered[0].mark_sent()
            del self.delivered[0]
            self.sent += 1
