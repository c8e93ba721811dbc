"""A new key: all that is sealed comes under it, under traffic and however often the program is killed."""

import base64
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import decrypt
from django.apps import apps
from django.conf import settings as settings_of_django
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import BinaryField, Model

from campaigns import rotation, sealing
from campaigns.models import Contact, DayKey, ImportBatch, Report, SiteTheme
from tests.builders import (
    database_url,
    make_campaign,
    make_commented_draft,
    make_coordinator,
    make_delivery,
    make_invitation,
    make_listed,
    make_many_listed,
    make_pending,
    make_second_factor,
    make_signature,
)
from tests.conftest import fresh_key
from tests.lengths import how_many

ROWS = how_many(2_000, 10_000)
THREADS = 3
COLUMNS = ["sealed_name", "sealed_role", "sealed_email"]
ROOT = Path(__file__).parent.parent


@pytest.fixture
def keys(settings: Any) -> list[str]:
    """The newest key and the one before, in base64; everything is sealed with the latter as yet."""
    new, old = fresh_key(), fresh_key()
    settings.CONTACT_KEYS = [base64.b64decode(old)]
    return [new, old]


def bring_new_key(settings: Any, keys: list[str]) -> None:
    settings.CONTACT_KEYS = [base64.b64decode(key) for key in keys]


def rotate(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("rotate_contact_keys", *arguments, stdout=out)
    return out.getvalue().splitlines()


def make_a_row_of_each() -> None:
    """A row of each model that has sealed columns."""
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    make_pending(campaign).ask(by=coordinator, words="Who are you?")
    make_invitation(campaign)
    make_listed(campaign, "Lake Watch")
    make_delivery(campaign)
    make_commented_draft()
    Report.objects.about(f"/campaigns/{campaign.slug}/").send("A slip of the pen.")
    ImportBatch.objects.bring("list.csv", b"Name\nRiver Watch\n", by=coordinator)


def sealed_columns() -> list[tuple[type[Model], str, str]]:
    """Every field of bytes that is not known to be public, with the attribute by which it is read in clear."""
    fields = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField) and (model, field.name) not in {(SiteTheme, "logo"), (DayKey, "key")}
    ]
    attribute = {name: name.removeprefix("sealed_") for _model, name in fields}
    return [
        (model, name, f"_{attribute[name]}" if hasattr(model, f"_{attribute[name]}") else attribute[name])
        for model, name in fields
    ]


@pytest.mark.django_db
def test_every_kind_of_sealed_text_comes_under_the_new_key(keys: list[str], settings: Any) -> None:
    make_a_row_of_each()
    columns = sealed_columns()
    for model, column, attribute in columns:
        row = model._base_manager.latest("pk")
        setattr(row, attribute, f"The text of {column}")
        row.save(update_fields=[column])
    bring_new_key(settings, keys)
    assert not [line for line in rotate("--check") if line.startswith("0 under key 2")]
    rotate()
    settings.CONTACT_KEYS = settings.CONTACT_KEYS[:1]
    for model, column, attribute in columns:
        assert getattr(model._base_manager.latest("pk"), attribute) == f"The text of {column}"
        for row in model._base_manager.exclude(**{column: b""}):
            assert getattr(row, attribute)


@pytest.mark.django_db
def test_second_factors_come_under_the_new_key(keys: list[str], settings: Any) -> None:
    user = make_coordinator()
    app, codes = make_second_factor(user), RecoveryCodes.activate(user)
    secret, unused = decrypt(app.data["secret"]), codes.get_unused_codes()
    bring_new_key(settings, keys)
    assert rotate()[0] == "2 texts sealed anew."
    settings.CONTACT_KEYS = settings.CONTACT_KEYS[:1]
    app, codes = Authenticator.objects.order_by("pk")
    assert decrypt(app.data["secret"]) == secret
    assert RecoveryCodes(codes).get_unused_codes() == unused


@pytest.mark.django_db
def test_says_what_is_left_and_which_key_can_go(keys: list[str], settings: Any) -> None:
    make_signature(make_campaign())
    lost = make_signature(make_campaign(slug="other")).contact
    lost.sealed_name = sealing.seal("nobody", "another place", [b"a key that nobody has any more ..."[:32]])
    lost.save()
    bring_new_key(settings, keys)
    new, old = (sealing.key_name(key).hex() for key in settings.CONTACT_KEYS)
    unknown = lost.sealed_name[1:5].hex()
    nobody = f"1 cannot be read: their key ({unknown}) is not in CONTACT_KEYS"
    assert rotate("--check") == [
        f"0 under key 1 of CONTACT_KEYS ({new})",
        f"5 under key 2 of CONTACT_KEYS ({old})",
        nobody,
        "Key 2 has to stay in CONTACT_KEYS: run rotate_contact_keys for what is left.",
    ]
    assert rotate() == [
        "5 texts sealed anew.",
        f"5 under key 1 of CONTACT_KEYS ({new})",
        f"0 under key 2 of CONTACT_KEYS ({old})",
        nobody,
        "Key 2 can be taken out of CONTACT_KEYS. Keep it apart as long as you keep backups from before.",
    ]


def test_without_holding_the_row_an_edit_meanwhile_is_lost(committed: None, keys: list[str], settings: Any) -> None:
    (pk,) = make_contacts(1)
    bring_new_key(settings, keys)
    row = Contact.objects.get(pk=pk)
    edit(pk, "Another person")
    assert rotation.reseal_column(row, "sealed_name")
    row.save(update_fields=["sealed_name"])
    assert Contact.objects.get(pk=pk).name == f"Person {pk}"


@pytest.mark.postgresql
def test_row_that_is_held_is_left_for_the_end_and_waited_for(committed: None, keys: list[str], settings: Any) -> None:
    held, *_others = make_contacts(10)
    bring_new_key(settings, keys)
    thread = threading.Thread(target=rotate_and_close)
    with transaction.atomic():
        edit(held, "Another person")
        thread.start()
        while not is_somebody_waiting():
            time.sleep(0.05)
        assert rotated() == 9
    thread.join()
    settings.CONTACT_KEYS = settings.CONTACT_KEYS[:1]
    assert Contact.objects.get(pk=held).name == "Another person"
    assert Contact.objects.get(pk=held).role == "secretary"


def edit(pk: int, name: str) -> None:
    """As verbs do: the row is held, then written."""
    with transaction.atomic():
        contact = Contact.objects.select_for_update().get(pk=pk)
        contact.name = name
        contact.save(update_fields=["sealed_name"])


def rotate_and_close() -> None:
    rotate()
    connection.close()


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_killed_twice_under_traffic_none_is_unreadable_and_none_left(
    committed: None, keys: list[str], settings: Any
) -> None:
    known = make_contacts(ROWS)
    bring_new_key(settings, keys)
    with traffic(known) as counts:
        with programs(keys) as program:
            for share in (1 / 4, 1 / 2):
                number = begin(program)
                while rotated() < share * ROWS:
                    time.sleep(0.05)
                os.kill(number, signal.SIGKILL)
                assert ended(program) == -signal.SIGKILL
                assert rotated() < ROWS
            begin(program)
            assert ended(program) == 0
        assert "0 under key 2 of CONTACT_KEYS" in rotate("--check")[1]
    assert counts["read"] > THREADS
    assert counts["edited"] > THREADS
    assert rotated() == ROWS
    settings.CONTACT_KEYS = settings.CONTACT_KEYS[:1]
    assert {each.pk: (each.name, each.role, each.email) for each in Contact.objects.all()} == known


def make_contacts(number: int) -> dict[int, tuple[str, ...]]:
    """So many contact persons, each with name, role and address."""
    campaign, contacts = make_campaign(), []
    make_many_listed(campaign, number)
    for pk in campaign.signatures.values_list("pk", flat=True):
        contact = Contact(signature_id=pk)
        contact.name, contact.role, contact.email = f"Person {pk}", "secretary", f"person-{pk}@example.org"
        contacts.append(contact)
    Contact.objects.bulk_create(contacts, batch_size=500)
    return {contact.pk: (contact.name, contact.role, contact.email) for contact in contacts}


def rotated() -> int:
    """How many contact persons are wholly under the newest key."""
    (newest, *_older) = settings_of_django.CONTACT_KEYS
    heads = {f"head_{column}": rotation.head_of(column) for column in COLUMNS}
    under = {head: sealing.head(newest) for head in heads}
    return Contact.objects.alias(**heads).filter(**under).count()


# For each line it gets, a process of its own goes through the command; its number is told, then how it ended.
PROGRAM = """
import io, os, sys, django
django.setup()
from django.core.management import call_command
for _line in sys.stdin:
    if not (child := os.fork()):
        call_command("rotate_contact_keys", stdout=io.StringIO())
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@contextmanager
def programs(keys: list[str]) -> Iterator[subprocess.Popen[str]]:
    """What begins the command in processes of their own, on the tests' database."""
    environment = {"CONTACT_KEYS": ",".join(keys), "DATABASE_URL": database_url()}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        yield program


def begin(program: subprocess.Popen[str]) -> int:
    """The number of the process that goes through the command from now on."""
    assert program.stdin
    program.stdin.write("\n")
    program.stdin.flush()
    return ended(program)


def ended(program: subprocess.Popen[str]) -> int:
    """How the last process ended, once it has."""
    assert program.stdout
    return int(program.stdout.readline())


@contextmanager
def traffic(known: dict[int, tuple[str, ...]]) -> Iterator[Counter[str]]:
    """Meanwhile contact persons are read and edited, each by one thread alone, which notes what is to be there."""
    stopped, counts = threading.Event(), Counter[str]()
    failures: list[str] = []
    shares = [sorted(known)[place::THREADS] for place in range(THREADS)]
    threads = [threading.Thread(target=visit, args=(share, known, stopped, counts, failures)) for share in shares]
    for thread in threads:
        thread.start()
    try:
        yield counts
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    assert failures == []


def visit(
    share: list[int],
    known: dict[int, tuple[str, ...]],
    stopped: threading.Event,
    counts: Counter[str],
    failures: list[str],
) -> None:
    chance = random.Random(share[0])
    try:
        while not stopped.wait(0.05):
            pk = chance.choice(share)
            contact = Contact.objects.get(pk=pk)
            if (contact.name, contact.role, contact.email) != known[pk]:
                failures.append(f"{pk} reads otherwise")
            counts["read"] += 1
            name, (_name, *others) = f"Another {chance.random()}", known[pk]
            edit(pk, name)
            known[pk] = (name, *others)
            counts["edited"] += 1
    except Exception as error:
        failures.append(repr(error))
    finally:
        connection.close()
