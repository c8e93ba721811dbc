"""Delivering freezes the text and the list, sends them out, and tells every signatory the fingerprint."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from campaigns import verify
from campaigns.models import Campaign, Delivery, Event, Signature
from tests.builders import (
    ask_more,
    by_hand,
    every_row,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_draft,
    make_listed,
    need_pango,
    propose,
    send_letters,
    sign_in,
)

pytestmark = pytest.mark.django_db

NOON = "2026-03-02T12:00:00+00:00"
Shown = Signature.Shown


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def campaign() -> Campaign:
    """A campaign with a signature of each way to be shown, and a person's."""
    campaign = make_campaign(allows_persons=True)
    make_listed(campaign, "Річкова варта", email="one@example.org", country="UA")
    make_listed(campaign, "Quiet Group", email="two@example.org", shown=Shown.ADDRESSEE)
    make_listed(campaign, "Silent Group", email="three@example.org", shown=Shown.COUNTED)
    person = {"kind": Signature.Kind.PERSON, "affiliation": "Example University"}
    make_listed(campaign, "A Reader", email="four@example.org", **person)
    return campaign


def words(name: str, **fields: Any) -> dict[str, Any]:
    """What the delivered list says of a signatory."""
    given = {"name": name, "signed_as": name, "kind": "organization", "affiliation": "", "country": ""}
    return {**given, "date": "2026-03-02", "version": 1, "came_by": "form", **fields}


RIVER = words("Річкова варта", country="UA")
QUIET = words("Quiet Group")
READER = words("A Reader", kind="person", affiliation="Example University")


def words_in(manifest: bytes) -> list[Any]:
    return [entry and entry["words"] for entry in json.loads(manifest)["names"]]


def test_delivery_freezes_the_text_the_list_and_the_time(client: Client, campaign: Campaign) -> None:
    delivery = make_delivery(campaign)
    public = client.get(f"/deliveries/{delivery.fingerprint}/list.json").content
    document = json.loads(public)
    hashes = [verify.entry_hash(entry.salt, entry.words) for entry in delivery.entries.all()]
    assert document["delivered"] == {
        "at": NOON,
        "campaign": "open-letter",
        "counted": 4,
        "hashes": hashes,
        "number": 1,
        "texts": campaign.in_force.digests,
        "version": 1,
    }
    assert words_in(public) == [RIVER, None, READER]
    assert words_in(delivery.manifest(for_addressee=True)) == [RIVER, QUIET, READER]
    assert len({entry.salt for entry in delivery.entries.all()}) == 3
    assert {len(entry.salt) for entry in delivery.entries.all()} == {32}

    canonical = json.dumps(document["delivered"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert delivery.fingerprint == hashlib.sha256(canonical).hexdigest()
    first = document["names"][0]
    in_words = json.dumps(RIVER, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashes[0] == hashlib.sha256(f"{first['salt']}\n{in_words}".encode()).hexdigest()


def test_delivered_list_stays_as_it_was_whatever_happens_later(campaign: Campaign) -> None:
    delivery = make_delivery(campaign)
    before = delivery.manifest(), delivery.manifest(for_addressee=True)
    river = campaign.signatures.get(name="Річкова варта")
    river.list_as("River Watch", by=None)
    river.withdraw()
    make_listed(campaign, "Late Group", email="late@example.org")
    ask_more(campaign)
    propose(campaign).adopt(by=None)
    delivery = Delivery.objects.get()
    assert (delivery.manifest(), delivery.manifest(for_addressee=True)) == before
    assert delivery.text_version.number == 1


def test_only_those_who_stand_under_the_text_are_delivered(campaign: Campaign) -> None:
    ask_more(campaign)
    proposal = propose(campaign)
    proposal.answer(campaign.signatures.get(name="Річкова варта"), agrees=True)
    proposal.adopt(by=None)
    delivery = make_delivery(campaign)
    assert words_in(delivery.manifest(for_addressee=True)) == [{**RIVER, "version": 2}]
    assert (delivery.counted, delivery.text_version.number) == (1, 2)


def test_every_signatory_is_mailed_the_fingerprint(campaign: Campaign) -> None:
    make_listed(campaign, "Group without a contact", email="gone@example.org").contact.delete()
    make_listed(campaign, "Group that left", email="left@example.org").withdraw()
    send_letters()
    delivery = make_delivery(campaign)
    letters = send_letters()
    addresses = ["four@example.org", "one@example.org", "three@example.org", "two@example.org"]
    assert sorted(letter.to[0] for letter in letters) == addresses
    assert {letter.subject for letter in letters} == {"The statement you signed was delivered"}
    for letter in letters:
        assert f"    {delivery.fingerprint}\n" in str(letter.body)
        assert f"http://localhost:8000/deliveries/{delivery.fingerprint}/" in str(letter.body)


def test_deliveries_are_numbered_and_recorded(campaign: Campaign) -> None:
    coordinator = make_coordinator()
    first = Delivery.objects.deliver(campaign, by=coordinator, recipients=[by_hand()], number=1)
    with pytest.raises(ValidationError, match="was delivered meanwhile"):
        Delivery.objects.deliver(campaign, by=coordinator, recipients=[by_hand()], number=1)
    second = Delivery.objects.deliver(campaign, by=coordinator, recipients=[by_hand()], number=2)
    assert [first.number, second.number] == [1, 2]
    assert first.fingerprint != second.fingerprint
    record = Event.objects.filter(verb="delivered").order_by("id").values_list("who__username", "details")
    assert list(record) == [("coordinator", {"number": number, "signatories": 3, "recipients": 1}) for number in (1, 2)]


def unpublished() -> Campaign:
    return make_draft()


def signed_by_none() -> Campaign:
    return make_campaign()


def signed_in_silence() -> Campaign:
    campaign = make_campaign()
    make_listed(campaign, "Quiet Group", shown=Shown.ADDRESSEE)
    make_listed(campaign, "Silent Group", email="three@example.org", shown=Shown.COUNTED)
    return campaign


def signed_before_the_change() -> Campaign:
    campaign = make_campaign()
    make_listed(campaign)
    ask_more(campaign)
    propose(campaign).adopt(by=None)
    return campaign


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (unpublished, "not published yet"),
        (signed_by_none, "No signature is public yet"),
        (signed_in_silence, "No signature is public yet"),
        (signed_before_the_change, "No signature is public yet"),
    ],
)
def test_delivery_of_nothing_is_refused_and_nothing_is_written(make: Any, says: str) -> None:
    campaign = make()
    before = every_row()
    with pytest.raises(ValidationError, match=says):
        make_delivery(campaign, by_mail())
    assert every_row() == before


def test_delivery_to_nobody_is_refused_and_nothing_is_written(campaign: Campaign) -> None:
    nobody: list[dict[str, Any]] = []
    before = every_row()
    with pytest.raises(ValidationError, match="Say to whom"):
        Delivery.objects.deliver(campaign, by=None, recipients=nobody)
    assert every_row() == before


def by_mail(**fields: Any) -> dict[str, Any]:
    given = {"name": "The secretariat", "salutation": "Dear delegates,", "channel": "mail", "language": "en"}
    return {**given, "address": "office@assembly.example.org", **fields}


def attachments(letter: EmailMessage) -> dict[str, tuple[str, bytes]]:
    """The type and the bytes of what is enclosed, by its file name."""
    enclosed: list[Any] = list(letter.attachments)
    return {
        name: (mimetype, content if isinstance(content, bytes) else content.encode())
        for name, content, mimetype in enclosed
    }


def test_recipient_by_mail_gets_the_letter_and_the_list_enclosed(campaign: Campaign) -> None:
    need_pango()
    send_letters()
    delivery = make_delivery(campaign, by_mail(), by_hand())
    letters = [letter for letter in send_letters() if letter.to == ["office@assembly.example.org"]]
    assert [letter.subject for letter in letters] == ["An open letter"]
    assert str(letters[0].body).startswith("Dear delegates,\n")
    assert "in the name of 4 signatories" in " ".join(str(letters[0].body).split())
    assert delivery.fingerprint in str(letters[0].body)
    enclosed = attachments(letters[0])
    assert {name: mimetype for name, (mimetype, _content) in enclosed.items()} == {
        "open-letter.pdf": "application/pdf",
        "open-letter-delivered-1.json": "application/json",
    }
    assert enclosed["open-letter.pdf"][1].startswith(b"%PDF-")
    assert enclosed["open-letter-delivered-1.json"][1] == delivery.manifest(for_addressee=True)


def test_address_of_a_recipient_is_sealed(campaign: Campaign) -> None:
    recipient = make_delivery(campaign, by_mail()).recipients.get()
    assert recipient.address == "office@assembly.example.org"
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_address FROM campaigns_deliveryrecipient")
        assert b"assembly" not in bytes(cursor.fetchone()[0])


def filled_recipients(*filled: dict[str, Any]) -> dict[str, Any]:
    """What the browser sends from the three empty forms, of which some were filled in."""
    fields: dict[str, Any] = {"number": 1, "form-TOTAL_FORMS": 3, "form-INITIAL_FORMS": 0}
    for place in range(3):
        empty = {"name": "", "salutation": "", "channel": "mail", "address": "", "language": "en"}
        words = {**empty, **(filled[place] if place < len(filled) else {})}
        fields |= {f"form-{place}-{name}": value for name, value in words.items()}
    return fields


@pytest.mark.parametrize("filled", [[by_mail()], [by_mail(), by_mail(name="The president")]], ids=len)
def test_form_of_a_recipient_that_is_left_empty_is_none(
    client: Client, campaign: Campaign, filled: list[dict[str, Any]]
) -> None:
    sign_in(client, make_coordinator())
    response = client.post(f"/admin/campaigns/campaign/{campaign.pk}/deliver/", filled_recipients(*filled))
    assert response.status_code == 302
    assert list(Delivery.objects.get().recipients.values_list("name", flat=True)) == [words["name"] for words in filled]


TABLES = ["campaigns_textversion", "campaigns_delivery", "campaigns_event"]
STATEMENTS = [
    "UPDATE {table} SET id = id",
    "DELETE FROM {table}",
    "DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})",
    *(["TRUNCATE {table} CASCADE"] if connection.vendor == "postgresql" else []),
    *(["INSERT OR REPLACE INTO {table} SELECT * FROM {table}"] if connection.vendor == "sqlite" else []),
]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sql", STATEMENTS)
def test_raw_sql_cannot_change_what_was_delivered(campaign: Campaign, sql: str, table: str) -> None:
    make_delivery(campaign)
    connection.check_constraints()
    before = every_row()
    refused = pytest.raises(DatabaseError, match=f"rows of {table} are only ever added")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table=table))
    assert every_row() == before


def test_models_cannot_change_what_was_delivered(campaign: Campaign) -> None:
    delivery = make_delivery(campaign)
    before = every_row()
    changes: list[Callable[[], Any]] = [
        lambda: Delivery.objects.update(at=timezone.now()),
        lambda: Delivery.objects.all()._raw_delete("default"),
        delivery.save,
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="are only ever added"), transaction.atomic():
            change()
    assert every_row() == before
