"""A contact person sees, corrects, takes along and erases what is held of them, by the link of their own page."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from campaigns import tokens
from campaigns.models import Contact, Erasure, Event, Invitation, OutgoingMail, Question, Signature, own_data
from campaigns.models.confirmations import MOST_LETTERS
from tests.builders import (
    every_row,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_invitation,
    make_listed,
    make_pending,
    make_signature,
    own_page,
    send_letters,
    sign_in,
)

pytestmark = pytest.mark.django_db

OLD, NEW = "secretary@river.example.org", "new@river.example.org"
TYPED = {"contact_name": "The chair", "contact_role": "chair", "email": OLD}


def data_page(signature: Signature) -> str:
    return f"{own_page(signature)}data/"


def press_erase(client: Client, signature: Signature) -> Any:
    return client.post(data_page(signature), {"erase": "", "is_sure": "on"})


def ask(signature: Signature) -> Question:
    return signature.ask(by=make_coordinator("asking"), words="Who decided?")


def fresh(signature: Signature) -> Signature:
    return Signature.objects.get(pk=signature.pk)


# Seeing and taking along


def test_own_page_shows_consent_and_says_where_there_was_none(client: Client) -> None:
    campaign = make_campaign()
    signature = make_listed(campaign, comment="We know it.")
    Contact.objects.update(notice_language="uk")
    page = client.get(own_page(signature)).content.decode()
    for words in ("privacy notice, version 1", "Ukrainian", "The secretary", OLD, "We know it."):
        assert words in page
    signatory = {"name": "Lake Watch", "name_as_signed": "Lake Watch", "language": "en", "source": "telephone"}
    contact = {"name": "Somebody", "role": "", "email": "lake@example.org"}
    spoken = Signature.objects.add(campaign, make_coordinator(), signatory, contact)
    assert "no notice: a coordinator took your yes down" in client.get(own_page(spoken)).content.decode()


def test_all_that_is_held_can_be_taken_along(client: Client) -> None:
    signature = make_pending(make_campaign(), comment="We know it.")
    ask(signature).answer("Our board.")
    answer = client.get(f"{own_page(signature)}data.json")
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert answer["Content-Disposition"] == 'attachment; filename="open-letter-my-data.json"'
    told = json.loads(answer.content)
    assert told["contact"] == {
        **{"name": "The secretary", "role": "secretary", "email": OLD, "new_email": "", "wants_updates": False}
    }
    assert (told["consent"]["privacy_notice"], told["signature"]["comment"]) == (1, "We know it.")
    assert [each["answer"] for each in told["questions"]] == ["Our board."]
    assert "confirm_signature" in [each["kind"] for each in told["letters"]]
    assert client.post(f"{own_page(signature)}data.json").status_code == 405


# Correcting


def test_name_and_role_are_corrected_and_the_list_stays(client: Client) -> None:
    signature = make_listed(make_campaign())
    assert client.post(data_page(signature), TYPED).status_code == 302
    contact = fresh(signature).contact
    assert (contact.name, contact.role, contact.email) == ("The chair", "chair", OLD)
    assert fresh(signature).name == "River Watch"
    assert client.post(data_page(signature), TYPED).status_code == 302
    assert Event.objects.filter(verb="contact corrected").count() == 1
    assert client.get(data_page(signature)).status_code == 302


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"contact_name": ""}, "This field is required."),
        ({"contact_role": ""}, "Write your role in the organization."),
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"contact_name": "a\u202eb"}, "invisible"),
    ],
)
def test_bad_correction_is_told_beside_the_field_and_keeps_what_was_typed(
    client: Client, typed: dict[str, str], words: str
) -> None:
    signature = make_listed(make_campaign())
    before = every_row()
    answer = client.post(data_page(signature), {**TYPED, "contact_name": "Typed Name", **typed})
    assert answer.status_code == 422
    assert every_row() == before
    assert words in answer.content.decode() or words == "invisible"
    assert 'value="Typed Name"' in answer.content.decode() or "contact_name" in typed


def test_another_address_takes_over_once_its_own_button_is_pressed(client: Client) -> None:
    signature = make_listed(make_campaign())
    send_letters()
    old_page = own_page(signature)
    assert client.post(data_page(signature), {**TYPED, "email": NEW}).status_code == 302
    letters = {letter.to[0]: str(letter.body) for letter in send_letters()}
    assert set(letters) == {OLD, NEW}
    assert NEW not in letters[OLD]
    assert "n…@river.example.org" in letters[OLD]
    assert OLD not in letters[NEW]
    assert NEW in client.get(old_page).content.decode()
    found = re.search(r"http://localhost:8000(/signatures/\S+/address/)", letters[NEW])
    assert found
    link = found[1]
    assert client.get(link).status_code == 200
    assert fresh(signature).contact.email == OLD
    assert "Your signature is public" in client.post(link, follow=True).content.decode()
    contact = fresh(signature).contact
    assert (contact.email, contact.new_email, bytes(contact.sealed_new_email)) == (NEW, "", b"")
    assert client.get(old_page).status_code == 410
    assert "Your signature is public" in client.get(link, follow=True).content.decode()
    assert client.get("/signatures/a:b:c/address/").status_code == 404


def test_link_to_an_address_that_was_replaced_has_ended(client: Client) -> None:
    signature = make_listed(make_campaign())
    own_data.correct(signature, "The chair", "chair", NEW)
    link = f"/signatures/{tokens.make_move(fresh(signature))}/address/"
    own_data.correct(signature, "The chair", "chair", "third@river.example.org")
    assert client.post(link).status_code == 410
    assert fresh(signature).contact.email == OLD


def test_letters_to_other_addresses_are_few(client: Client) -> None:
    signature = make_listed(make_campaign())
    for number in range(MOST_LETTERS):
        own_data.correct(signature, "The chair", "chair", f"{number}@river.example.org")
    answer = client.post(data_page(signature), {**TYPED, "contact_name": "Another", "email": NEW})
    assert answer.status_code == 422
    assert "We have sent the letter several times." in answer.content.decode()
    assert fresh(signature).contact.name == "The chair"


def test_unconfirmed_address_is_moved_by_no_letter(client: Client) -> None:
    signature = make_signature(make_campaign())
    assert client.post(data_page(signature), {**TYPED, "email": NEW}).status_code == 302
    assert fresh(signature).contact.new_email == ""
    assert not OutgoingMail.objects.filter(kind="confirm_address").exists()


# Erasing


def test_nothing_is_erased_without_the_tick(client: Client) -> None:
    signature = make_listed(make_campaign())
    before = every_row()
    answer = client.post(data_page(signature), {"erase": ""})
    assert answer.status_code == 422
    assert "Tick this first" in answer.content.decode()
    assert every_row() == before


def test_erasing_keeps_the_public_signature_and_says_so(client: Client) -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    signature = make_pending(campaign, comment="We know it.", source_note="by the chair")
    ask(signature).answer("Our board.")
    signature.accept(by=coordinator)
    make_invitation(campaign, "chair@lake.example.org")
    Signature.objects.update(decided_by=None)
    signature, page = fresh(signature), own_page(signature)
    assert "remains on the list" in client.get(page).content.decode()
    erased = press_erase(client, signature)
    assert erased.status_code == 200
    assert {"private", "no-store"} <= set(erased["Cache-Control"].split(", "))
    assert "“<bdi>River Watch</bdi>” remains on the list." in erased.content.decode()
    assert [client.get(page).status_code, press_erase_again(client, page)] == [410, 410]
    assert "River Watch" in client.get("/campaigns/open-letter/").content.decode()
    assert (Contact.objects.count(), Question.objects.count(), fresh(signature).comment) == (0, 0, "")
    assert list(Erasure.objects.values_list("model", "row")) == [("contact", signature.pk)]
    assert Invitation.objects.count() == 1
    told = Event.objects.get(verb="contact erased")
    assert (told.who, told.signature, told.details) == (None, signature, {})


def test_erasure_is_written_where_a_restore_finds_it(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_DIR = tmp_path
    signature = make_listed(make_campaign())
    press_erase(client, signature)
    told = [json.loads(line) for line in (tmp_path / "erasures.jsonl").read_text().splitlines()]
    assert ("contact", signature.pk) in [(each["model"], each["row"]) for each in told]


def press_erase_again(client: Client, page: str) -> int:
    return client.post(f"{page}data/", {"erase": "", "is_sure": "on"}).status_code


def test_nothing_breaks_where_the_contact_person_was_erased(client: Client) -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    signature = make_listed(campaign)
    own_data.erase(signature)
    make_delivery(campaign)
    signature = fresh(signature)
    signature.list_as("The River Watch", by=coordinator)
    signature.remove(by=coordinator, reason="It was not them.")
    assert [letter.to for letter in send_letters()] == []
    assert mail.outbox == []
    sign_in(client, coordinator)
    page = client.get(reverse("admin:campaigns_signature_change", args=[signature.pk])).content.decode()
    assert "at the person’s own wish" in page
    assert "Show the address" not in page
    for name, ending in itertools.product(("export", "contacts"), ("csv", "xlsx")):
        answer: Any = client.post(reverse(f"admin:campaigns_campaign_{name}", args=[campaign.pk, ending]))
        assert (answer.status_code, b"".join(answer.streaming_content)[:1]) != (200, b"")


def test_request_that_waits_is_withdrawn_and_one_that_nobody_confirmed_goes_whole(client: Client) -> None:
    campaign = make_campaign()
    invitation = make_invitation(campaign, OLD)
    pending, unconfirmed = make_pending(campaign, email=OLD), make_signature(campaign, "Lake Watch", email=NEW)
    assert "The request is withdrawn" in press_erase(client, pending).content.decode()
    assert fresh(pending).state == "withdrawn"
    assert not Invitation.objects.filter(pk=invitation.pk).exists()
    assert "The request is gone" in press_erase(client, unconfirmed).content.decode()
    assert not Signature.objects.filter(pk=unconfirmed.pk).exists()
    told = Event.objects.filter(verb="contact erased").lines()
    assert {line.who for line in told} == {"the group"}


def test_name_of_a_person_who_is_on_no_list_goes_too(client: Client) -> None:
    campaign = make_campaign(allows_persons=True)
    listed, waiting = [
        make(campaign, name, kind="person") for make, name in ((make_listed, "A Reader"), (make_pending, "A Writer"))
    ]
    for signature in (listed, waiting):
        assert press_erase(client, signature).status_code == 200
    assert list(Signature.objects.values_list("name", flat=True)) == ["A Reader"]


def test_what_was_erased_is_erased_again_after_a_restore_and_its_number_given_to_nobody() -> None:
    campaign = make_campaign()
    signature, gone = make_listed(campaign, comment="We know it."), make_signature(campaign, "Lake Watch")
    kept = {name: getattr(signature.contact, name) for name in ("sealed_name", "sealed_role", "sealed_email")}
    own_data.erase(signature)
    own_data.erase(gone)
    Erasure.objects.record("signature", [gone.pk, gone.pk + 100])
    Contact.objects.create(signature=signature, **kept)
    Signature.objects.filter(pk=signature.pk).update(comment="We know it.")
    assert Erasure.objects.replay() == 1
    assert (Contact.objects.count(), fresh(signature).comment) == (0, "")
    assert Erasure.objects.replay() == 0
    assert make_signature(campaign, "Hill Watch").pk > gone.pk + 100
