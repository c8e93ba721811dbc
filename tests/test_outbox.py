"""The outbox: a letter is queued once, claimed by one program at a time, tried again, and never lost."""

import datetime
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import OperationalError, connection

from campaigns.management.commands.send_mail import Command
from campaigns.models import OutgoingMail, Signature
from tests.builders import make_campaign, make_coordinator, make_listed, make_signature
from tests.mail_server import HOST, PATIENCE, MailServer, send_mail_once
from tests.processes import database_of_this_test

NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def mail(db: None, clock: time_machine.Traveller) -> OutgoingMail:
    """A letter that waits."""
    make_signature(make_campaign())
    return OutgoingMail.objects.get()


def row(mail: OutgoingMail) -> dict[str, Any]:
    columns = ["attempts", "next_try_at", "leased_until", "sent_at", "ended_at", "last_error"]
    return dict(OutgoingMail.objects.filter(pk=mail.pk).values(*columns).get())


FRESH = {
    "attempts": 0,
    "next_try_at": NOW,
    "leased_until": None,
    "sent_at": None,
    "ended_at": None,
    "last_error": "",
}


@pytest.mark.django_db
def test_letter_is_queued_once_for_each_reader_and_occasion() -> None:
    signature, coordinator = make_signature(make_campaign()), make_coordinator()
    OutgoingMail.objects.all().delete()
    for _time in range(2):
        OutgoingMail.objects.queue("confirm_signature", signature)
        OutgoingMail.objects.queue("confirm_signature", signature, occasion=2)
        OutgoingMail.objects.queue("signature_awaits", signature)
        OutgoingMail.objects.queue("signature_awaits", signature, coordinator)
    columns = ["kind", "reference", "recipient", "occasion", "dedupe_key"]
    assert list(OutgoingMail.objects.order_by("dedupe_key").values_list(*columns)) == [
        ("confirm_signature", signature.pk, None, 1, f"confirm_signature:{signature.pk}:contact:1"),
        ("confirm_signature", signature.pk, None, 2, f"confirm_signature:{signature.pk}:contact:2"),
        ("signature_awaits", signature.pk, coordinator.pk, 1, f"signature_awaits:{signature.pk}:{coordinator.pk}:1"),
        ("signature_awaits", signature.pk, None, 1, f"signature_awaits:{signature.pk}:contact:1"),
    ]


@pytest.mark.django_db
def test_letter_to_all_is_queued_once_for_each_contact_who_can_be_reached() -> None:
    campaign = make_campaign()
    reached, other = make_listed(campaign), make_listed(campaign, "Lake Watch")
    erased, spoken = make_listed(campaign, "Sea Watch"), {"language": "en", "source": "telephone"}
    erased.contact.delete()
    Signature.objects.add(campaign, None, {**spoken, "name": "Brook Watch"})
    make_signature(campaign, "Not listed")
    OutgoingMail.objects.all().delete()
    for occasion in (7, 7, 8):
        OutgoingMail.objects.queue_for_all("text_corrected", campaign.signatures.listed(), occasion)
    queued = OutgoingMail.objects.order_by("occasion", "reference")
    assert list(queued.values_list("kind", "reference", "recipient", "occasion")) == [
        ("text_corrected", reached.pk, None, 7),
        ("text_corrected", other.pk, None, 7),
        ("text_corrected", reached.pk, None, 8),
        ("text_corrected", other.pk, None, 8),
    ]


@pytest.mark.django_db
def test_letter_to_all_is_not_queued_for_a_contact_without_address() -> None:
    campaign = make_campaign()
    spoken = {"name": "River Watch", "name_as_signed": "River Watch", "language": "en", "source": "telephone"}
    Signature.objects.add(campaign, None, spoken, {"name": "The secretary", "role": "", "email": ""})
    OutgoingMail.objects.queue_for_all("text_corrected", campaign.signatures.listed(), occasion=7)
    assert not OutgoingMail.objects.exists()


def test_fresh_letter_is_due_at_once(mail: OutgoingMail) -> None:
    assert row(mail) == FRESH
    assert list(OutgoingMail.objects.due()) == [mail]


def test_letter_is_not_due_before_its_time(mail: OutgoingMail, clock: time_machine.Traveller) -> None:
    OutgoingMail.objects.update(next_try_at=NOW + MINUTE)
    clock.move_to(NOW + MINUTE - SECOND)
    assert not OutgoingMail.objects.due().exists()
    assert not mail.claim()
    clock.move_to(NOW + MINUTE)
    assert list(OutgoingMail.objects.due()) == [mail]


def test_claimed_letter_is_free_again_when_the_lease_ends(mail: OutgoingMail, clock: time_machine.Traveller) -> None:
    other = OutgoingMail.objects.get()
    assert (mail.claim(), other.claim()) == (True, False)
    assert row(mail) == {**FRESH, "attempts": 1, "leased_until": NOW + 2 * MINUTE}
    clock.move_to(NOW + 2 * MINUTE - SECOND)
    assert not OutgoingMail.objects.due().exists()
    clock.move_to(NOW + 2 * MINUTE)
    assert list(OutgoingMail.objects.due()) == [mail]
    assert (other.claim(), mail.claim()) == (True, False)
    assert row(mail) == {**FRESH, "attempts": 2, "leased_until": NOW + 4 * MINUTE}


def test_sent_and_dropped_letters_are_never_due_again(mail: OutgoingMail, clock: time_machine.Traveller) -> None:
    dropped = OutgoingMail.objects.create(kind="signature_listed", reference=mail.reference, dedupe_key="another")
    assert mail.claim()
    assert dropped.claim()
    mail.mark_sent()
    dropped.drop("the signature is withdrawn by now")
    clock.shift(datetime.timedelta(days=30))
    assert not OutgoingMail.objects.due().exists()
    assert (mail.claim(), dropped.claim()) == (False, False)
    assert row(mail) == {**FRESH, "attempts": 1, "sent_at": NOW}
    assert row(dropped) == {
        **FRESH,
        "attempts": 1,
        "ended_at": NOW,
        "last_error": "the signature is withdrawn by now",
    }


def test_failing_letter_waits_twice_as_long_each_time_and_is_given_up(
    mail: OutgoingMail, clock: time_machine.Traveller
) -> None:
    tries = [NOW]
    while OutgoingMail.objects.waiting().exists():
        assert mail.claim()
        mail.put_off("SMTPDataError 451")
        tries.append(row(mail)["next_try_at"])
        clock.move_to(tries[-1])
    waits = [(after - before) // MINUTE for before, after in pairwise(tries)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, *[360] * 15]
    assert row(mail) == {
        **FRESH,
        "attempts": 24,
        "next_try_at": tries[-1],
        "ended_at": tries[-2],
        "last_error": "SMTPDataError 451",
    }
    assert not mail.claim()


@pytest.mark.django_db
def test_row_holds_no_address_and_no_text(settings: Any) -> None:
    campaign = make_campaign(make_coordinator(), title="A title that tells")
    declined = make_signature(campaign, "Lake Watch", "chair@lake.example.org")
    declined.confirm()
    declined.decline(by=None, reason="A reason that tells.")
    signature = make_listed(campaign)
    signature.list_as("The River Watch", by=None)
    signature.remove(by=None, reason="A reason that tells.")
    with MailServer("554 secretary@river.example.org is unknown to us") as server:
        server.receive(settings)
        assert send_mail_once() == "1 sent, 1 to try again, 1 waiting\n"
    rows = OutgoingMail.objects.values()
    assert {mail["kind"] for mail in rows} == {
        "confirm_signature",
        "signature_awaits",
        "signature_declined",
        "signature_listed",
        "signature_removed",
        "signature_renamed",
    }
    written = " ".join(str(value) for mail in rows for value in mail.values()).casefold()
    telling = ["@", "example", "river", "lake", "secretary", "chair", "tells", "http", "unknown"]
    assert [word for word in telling if word in written] == []


@contextmanager
def send_mail_running(server: MailServer) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py send_mail` in a process of its own, sending to the server."""
    environment = {"DATABASE_URL": database_of_this_test(), "EMAIL_URL": f"smtp://{HOST}:{server.port}"}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "send_mail"]
    with subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL) as program:
        try:
            yield program
        finally:
            program.kill()


def test_letter_survives_the_death_of_its_sender(committed: None, settings: Any) -> None:
    make_signature(make_campaign())
    with MailServer(holds=True) as holding, send_mail_running(holding) as program:
        holding.wait_for_letter()
        os.kill(program.pid, signal.SIGKILL)
        assert program.wait(PATIENCE) == -signal.SIGKILL
    mail = OutgoingMail.objects.waiting().get()
    assert mail.leased_until is not None
    assert (mail.attempts, list(OutgoingMail.objects.due())) == (1, [])

    with MailServer() as server:
        server.receive(settings)
        assert send_mail_once() == "0 sent, 0 to try again, 1 waiting\n"
        with time_machine.travel(mail.leased_until):
            assert send_mail_once() == "1 sent, 0 to try again, 0 waiting\n"
    assert [letter["Message-ID"] for letter in server.letters] == [letter["Message-ID"] for letter in holding.letters]
    assert server.recipients == [["secretary@river.example.org"]]


def test_sender_takes_new_letters_as_they_come_and_ends_when_asked(committed: None) -> None:
    campaign = make_campaign()
    make_signature(campaign)
    with MailServer() as server, send_mail_running(server) as program:
        server.wait_for_letter()
        make_signature(campaign, "Lake Watch", "chair@lake.example.org")
        server.wait_for_letter()
        program.terminate()
        assert program.wait(PATIENCE) == 0
    assert server.recipients == [["secretary@river.example.org"], ["chair@lake.example.org"]]
    assert not OutgoingMail.objects.waiting().exists()


def test_letter_that_came_as_the_database_went_away_is_noted_later_and_not_sent_twice(
    committed: None, settings: Any
) -> None:
    make_signature(make_campaign())
    worker = Command()
    with MailServer() as server:
        server.receive(settings)

        def refuse_once_it_came(execute: Callable[..., Any], *query: Any) -> Any:
            if server.letters:
                raise OperationalError
            return execute(*query)

        with connection.execute_wrapper(refuse_once_it_came), pytest.raises(OperationalError):
            worker.round(threading.Event())
        lease = OutgoingMail.objects.waiting().get().leased_until
        assert lease
        with time_machine.travel(lease):
            assert worker.round(threading.Event())
    assert len(server.letters) == 1
    assert not OutgoingMail.objects.waiting().exists()
