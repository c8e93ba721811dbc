"""Who signed for an organization is nowhere in the database in clear, from the form to the end."""

import csv
import datetime
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns import sealing
from campaigns.admin import exports
from campaigns.models import (
    Campaign,
    Contact,
    Event,
    ImportBatch,
    Invitation,
    OutgoingMail,
    Question,
    Remark,
    Report,
    Signature,
    contacts,
)
from config.logs import Masked
from tests.builders import (
    filled_form,
    invited_page,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_draft,
    make_invitation,
    make_member,
    make_signature,
    make_update,
    own_page,
    send_letters,
    sent_page,
    sign_in,
)
from tests.test_public_data import read, sweep

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


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is written in production, and of other loggers than Django's also what only helps to find faults."""
    written, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    handler.setFormatter(Masked("%(name)s %(message)s"))
    loggers = [root, logging.getLogger("django")]
    for logger in loggers:
        logger.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    for logger in loggers:
        logger.removeHandler(handler)


def make_canary_everywhere(client: Client, coordinator: User) -> Signature:
    """A campaign's whole life, with the same person wherever somebody can be named."""
    campaign, name, address = make_draft(), PERSON["contact_name"], PERSON["email"]
    campaign.memberships.create(user=coordinator, role="owner")
    campaign.share_draft(by=coordinator)
    Remark(campaign=campaign, language="en", place="title", quote=campaign.title).leave(name, f"{name} would sign.")
    campaign.publish(by=coordinator)
    invitation = make_invitation(campaign, address, person=name)
    client.post(invited_page(invitation), {"ask_change": "", "words": f"{name} asks for more."})
    client.post("/campaigns/open-letter/sign/", filled_form(**{**PERSON, "email": "a.slip@river.example.org"}))
    client.post(sent_page(Signature.objects.get()), {"again": ""})
    client.post(sent_page(Signature.objects.get()), {"correct": "", "email": address})
    client.post(own_page(Signature.objects.get()), {"confirm": ""})
    signature = Signature.objects.get()
    send_letters()
    signature.ask(by=coordinator, words=f"Is {name} on your board?").answer(f"Yes, {name} is.")
    Contact.objects.update(wants_updates=True)
    signature.accept(by=coordinator)
    Report.objects.about("/campaigns/open-letter/").send(f"{name} saw a slip.", address)
    ImportBatch.objects.bring("list.csv", f"name,contact\nLake Watch,{name} <{address}>".encode(), by=coordinator)
    return signature


def break_and_stray(client: Client, signature: Signature, settings: Any) -> None:
    """A page that fails, one whose link is forged, and letters that a server refuses."""
    client.raise_request_exception = False
    assert client.get(own_page(signature)[:-8] + "/").status_code == 404
    keys, settings.CONTACT_KEYS = settings.CONTACT_KEYS, [b"another key of thirty-two bytes."]
    assert client.get(own_page(signature)).status_code == 500
    settings.CONTACT_KEYS = keys
    client.raise_request_exception = True
    for letter in OutgoingMail.objects.waiting():
        letter.put_off(f"550 {PERSON['email']}: no such user")


def test_canary_is_in_the_mail_to_it_alone_and_after_its_time_nowhere(
    client: Client, settings: Any, log: io.StringIO
) -> None:
    coordinator = make_coordinator()
    signature = make_canary_everywhere(client, coordinator)
    break_and_stray(client, signature, settings)
    sign_in(client, coordinator)
    for page in pages_of_the_desk():
        client.get(page, follow=True)
    exported: Any = client.post(reverse("admin:campaigns_campaign_contacts", args=[signature.campaign_id, "csv"]))
    assert b"the.canary" in b"".join(exported.streaming_content)
    OutgoingMail.objects.waiting().update(next_try_at=timezone.now())
    letters = send_letters()
    delivery = make_delivery(signature.campaign)
    make_update(signature.campaign).publish(by=coordinator)
    letters += send_letters()
    own = [letter for letter in letters if letter.to == [PERSON["email"]]]
    others = [letter for letter in letters if letter.to != [PERSON["email"]]]
    assert own
    assert others

    client.logout()
    pages = ["/", "/campaigns/open-letter/", "/organizations/river-watch/", f"/deliveries/{delivery.fingerprint}/"]
    places = {
        "pages": sweep(client, "open-letter") + "".join(read(client, page) for page in pages),
        "mail to others": "".join(letter.message().as_string() for letter in others),
        "log": log.getvalue(),
        "cache": repr(getattr(cache, "_cache", "")),
        "media": "".join(path.name + readable(path.read_bytes()) for path in files_of(settings.MEDIA_ROOT)),
        "database": "".join(value for _table, value in every_value()),
    }
    assert "signatures/…" in places["log"]
    found = {(place, word) for place, told in places.items() for word in TELLING if word in told.casefold()}
    assert found == set()

    Contact.objects.update(wants_updates=False)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=400)):
        call_command("erase_expired", verbosity=0)
    for model in (Contact, Question, Invitation, Remark, Report):
        assert not model._default_manager.exists(), model
    assert bytes(ImportBatch.objects.get().sealed_file) == b""
    assert tables_with(contacts.index(PERSON["email"])) == set()
    assert Signature.objects.get().state == "listed"


def files_of(folder: str) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


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


def make_canary(campaign: Campaign, name: str = "River Watch") -> Signature:
    """A listed signature whose contact person has a telling address."""
    signatory = {"name": name, "name_as_signed": name, "language": "en"}
    contact = {"name": PERSON["contact_name"], "role": PERSON["contact_role"], "email": PERSON["email"]}
    signature = Signature.objects.submit(campaign, signatory, {**contact, "wants_updates": True})
    signature.confirm()
    signature.accept()
    return signature


def pages_of_the_desk() -> Iterator[str]:
    """Every list, every record and its history."""
    yield reverse("admin:index")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        for pk in model._default_manager.values_list("pk", flat=True):
            yield reverse(f"{name}_change", args=[pk])
            yield reverse(f"{name}_history", args=[pk])


def show_address(desk: Client, signature: Signature) -> Any:
    return desk.post(reverse("admin:campaigns_signature_address", args=[signature.pk]))


def test_no_page_of_the_desk_shows_an_address_that_nobody_asked_for(client: Client) -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    signature = make_canary(campaign)
    waiting = make_signature(campaign, "Hill Watch", email=PERSON["email"])
    waiting.confirm()
    sign_in(client, coordinator)
    show_address(client, signature)
    for mail in OutgoingMail.objects.all():
        mail.put_off(f"550 {PERSON['email']}: no such user")
    shown = [page for page in pages_of_the_desk() if "the.canary" in client.get(page, follow=True).content.decode()]
    assert shown == []
    page = client.get(reverse("admin:campaigns_signature_change", args=[waiting.pk])).content.decode()
    assert "t…@river.example.org" in page


def test_address_is_shown_once_to_who_asks_and_that_is_recorded(client: Client) -> None:
    coordinator = make_coordinator()
    signature = make_canary(make_campaign(coordinator))
    sign_in(client, coordinator)
    page = reverse("admin:campaigns_signature_address", args=[signature.pk])
    assert client.get(page).status_code == 405
    assert not Event.objects.filter(verb="address seen").exists()
    response = show_address(client, signature)
    assert "the.canary@river.example.org" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    seen = Event.objects.get(verb="address seen")
    assert (seen.who, seen.signature, seen.campaign, seen.details) == (coordinator, signature, signature.campaign, {})


def test_address_is_shown_to_nobody_from_elsewhere(client: Client) -> None:
    signature = make_canary(make_campaign())
    other = make_campaign(slug="hills")
    assert show_address(client, signature).status_code == 403
    for user in (make_member(other, "stranger"), make_member(signature.campaign, "translator", "translator", "de")):
        sign_in(client, user)
        assert show_address(client, signature).status_code in {403, 404}
    assert not Event.objects.filter(verb="address seen").exists()


def test_where_there_is_no_address_none_is_shown(client: Client) -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    signatory = {"name": "Lake Watch", "name_as_signed": "Lake Watch", "language": "en", "source": "paper"}
    spoken = Signature.objects.add(campaign, coordinator, signatory, {"name": "A treasurer", "role": "", "email": ""})
    erased = make_canary(campaign)
    erased.contact.delete()
    sign_in(client, coordinator)
    for signature in (spoken, erased):
        assert show_address(client, signature).status_code == 404
        page = client.get(reverse("admin:campaigns_signature_change", args=[signature.pk])).content.decode()
        assert "Show the address" not in page
    assert not Event.objects.filter(verb="address seen").exists()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_owner_exports_the_contact_persons_of_what_is_listed(client: Client, ending: str) -> None:
    campaign = make_campaign()
    owner = make_member(campaign, "owner")
    make_canary(campaign, "=River Watch")
    make_signature(campaign, "Hill Watch").confirm()
    make_canary(make_campaign(slug="hills"), "Lake Watch")
    sign_in(client, owner)
    response: Any = client.post(reverse("admin:campaigns_campaign_contacts", args=[campaign.pk, ending]))
    data = b"".join(response.streaming_content)
    person = ["Canary Contact", "night treasurer", "the.canary@river.example.org", "yes"]
    if ending == "csv":
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        assert rows[1:] == [["'=River Watch", *person]]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        assert rows[1:] == [["=River Watch", *person]]
    assert rows[0] == ["Signatory", "Contact person", "Role", "E-mail", "Wants updates"]
    told = Event.objects.get(verb="contacts exported")
    assert (told.who, told.campaign, told.details) == (owner, campaign, {"format": ending, "rows": 1})
    assert "no-store" in response["Cache-Control"]


def test_contact_persons_are_exported_in_pieces(monkeypatch: Any, django_assert_num_queries: Any) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 5)
    campaign = make_campaign()
    for number in range(12):
        make_canary(campaign, f"Watch {number}")
    with django_assert_num_queries(4):
        assert len(list(exports.contact_rows(Contact.objects.all()))) == 12


@pytest.mark.parametrize("name", ["reviewer", "translator", "stranger"])
def test_who_owns_no_campaign_exports_no_contact_persons(client: Client, name: str) -> None:
    campaign, other = make_campaign(), make_campaign(slug="hills")
    make_canary(campaign)
    people = {
        "reviewer": lambda: make_member(campaign, "reviewer", "reviewer"),
        "translator": lambda: make_member(campaign, "translator", "translator", "de"),
        "stranger": lambda: make_member(other, "stranger"),
    }
    sign_in(client, people[name]())
    for ending in ("csv", "xlsx"):
        page = reverse("admin:campaigns_campaign_contacts", args=[campaign.pk, ending])
        assert client.post(page).status_code in {403, 404}
    assert not Event.objects.filter(verb="contacts exported").exists()


def test_export_of_contact_persons_asks_for_a_fresh_proof(client: Client, settings: Any) -> None:
    campaign = make_campaign()
    make_canary(campaign)
    sign_in(client, make_member(campaign, "owner"))
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=settings.FRESH_PROOF_SECONDS + 1)):
        response = client.post(reverse("admin:campaigns_campaign_contacts", args=[campaign.pk, "csv"]))
    assert response.status_code == 403
    assert "fresh proof" in response.content.decode()
    assert not Event.objects.filter(verb="contacts exported").exists()
