"""Who signed for an organization is nowhere in the database in clear, from the form to the end."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from campaigns import sealing
from campaigns.models import Contact, Signature, contacts
from tests.builders import (
    filled_form,
    make_campaign,
    make_coordinator,
    make_signature,
    own_page,
    send_letters,
    sent_page,
    sign_in,
)

pytestmark = pytest.mark.django_db

PERSON = {
    "contact_name": "Canary Contact",
    "contact_role": "night treasurer",
    "email": "the.canary@river.example.org",
}
CORRECTED = "The.Canary@private.example.net"
TELLING = ["canary", "the.canary", "treasurer", "@river", "private.example"]


def every_value() -> Iterator[tuple[str, str]]:
    """Every value of every table of the database, each with the name of its table."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from ((table, readable(value)) for value in row)


def readable(value: Any) -> str:
    """Bytes as the text that they would be, were they not encrypted."""
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def tables_with(word: str) -> set[str]:
    return {table for table, value in every_value() if word.casefold() in value.casefold()}


def test_contact_is_nowhere_in_clear_after_the_whole_journey(client: Client, mailoutbox: list[Any]) -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    assert client.post(f"/campaigns/{campaign.slug}/sign/", filled_form(**PERSON)).status_code == 302
    signature = Signature.objects.get()
    assert client.post(sent_page(signature), {"again": ""}).status_code == 302
    assert client.post(sent_page(signature), {"correct": "", "email": CORRECTED}).status_code == 302
    signature = Signature.objects.get()
    assert client.post(own_page(signature), {"confirm": ""}).status_code == 302
    sign_in(client, coordinator)
    assert client.get(f"/admin/campaigns/signature/{signature.pk}/change/").status_code == 200
    signature.accept(by=coordinator)
    signature.list_as("The River Watch", by=coordinator)
    send_letters()
    assert client.post(own_page(signature), {"withdraw": ""}).status_code == 302

    assert [mail.to for mail in mailoutbox if "the.canary" in mail.to[0].casefold()] != []
    assert "campaigns_organization" in tables_with("River Watch")
    assert {word: tables_with(word) for word in TELLING} == {word: set() for word in TELLING}
    contact = Contact.objects.get()
    assert (contact.name, contact.role, contact.email) == ("Canary Contact", "night treasurer", CORRECTED)


def test_added_and_declined_contacts_are_nowhere_in_clear() -> None:
    campaign, coordinator = make_campaign(), make_coordinator()
    contact = {"name": PERSON["contact_name"], "role": PERSON["contact_role"], "email": PERSON["email"]}
    signatory = {"name": "Lake Watch", "name_as_signed": "Lake Watch", "language": "en", "source": "telephone"}
    Signature.objects.add(campaign, coordinator, signatory, contact)
    declined = Signature.objects.submit(campaign, {**signatory, "name": "Sea Watch"}, contact)
    declined.confirm()
    declined.decline(by=coordinator, reason="Nobody there knows of it.")
    assert {word: tables_with(word) for word in TELLING} == {word: set() for word in TELLING}


def test_same_contact_is_sealed_differently_each_time_and_still_found_by_address() -> None:
    campaign = make_campaign()
    first, second = (make_signature(campaign, name).contact for name in ("River Watch", "Lake Watch"))
    sealed = [getattr(contact, f"sealed_{part}") for contact in (first, second) for part in ("name", "role", "email")]
    assert len({bytes(value) for value in sealed}) == 6
    index = contacts.index(" Secretary@River.example.org ")
    assert list(Contact.objects.filter(email_index=index).order_by("pk")) == [first, second]
    assert first.masked_email == "s…@river.example.org"


def test_contact_moved_to_another_row_or_column_is_unreadable() -> None:
    campaign = make_campaign()
    first, second = (make_signature(campaign, name).contact for name in ("River Watch", "Lake Watch"))
    Contact.objects.filter(pk=second.pk).update(sealed_name=first.sealed_name, sealed_role=second.sealed_name)
    moved = Contact.objects.get(pk=second.pk)
    for part in ("name", "role"):
        with pytest.raises(sealing.Unreadable):
            getattr(moved, part)
    assert moved.email == "secretary@river.example.org"
