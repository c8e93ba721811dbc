"""What is known of people goes in its time, and what hangs on it."""

import datetime
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from campaigns.models import (
    Attack,
    Campaign,
    Contact,
    DeliveryRecipient,
    Erasure,
    Event,
    ImportBatch,
    Marks,
    Question,
    Report,
    Signature,
)
from tests.builders import (
    by_hand,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_listed,
    make_pending,
    make_signature,
)

pytestmark = pytest.mark.django_db

A_DAY = datetime.timedelta(days=1)


def erase_after(days: int, **options: Any) -> None:
    with time_machine.travel(timezone.now() + days * A_DAY):
        call_command("erase_expired", verbosity=0, **options)


def ending_in(days: int, **fields: Any) -> Campaign:
    return make_campaign(ends_on=timezone.localdate() + days * A_DAY, **fields)


def names() -> list[str]:
    """Of which signatures there is a contact person."""
    return sorted(Contact.objects.values_list("signature__name", flat=True))


def test_contact_person_of_a_signature_that_was_not_accepted_goes_after_thirty_days() -> None:
    campaign = ending_in(1000)
    declined, _listed = make_pending(campaign, "Declined"), make_listed(campaign, "Listed")
    declined.decline(by=None, reason="Nobody there knows of it.")
    Contact.objects.update(wants_updates=True)
    erase_after(29)
    assert names() == ["Declined", "Listed"]
    erase_after(31)
    assert names() == ["Listed"]
    assert Signature.objects.get(name="Declined").state == "declined"


def test_all_other_contact_persons_go_ninety_days_after_the_end_unless_they_want_news() -> None:
    campaign = ending_in(10)
    make_listed(campaign, "Listed")
    for name in ("Informed", "Left"):
        make_listed(campaign, name)
        Contact.objects.filter(signature__name=name).update(wants_updates=True)
    Signature.objects.get(name="Left").withdraw()
    make_pending(campaign, "Waiting")
    make_listed(ending_in(1000, slug="running"), "Running")
    erase_after(99)
    assert len(names()) == 5
    erase_after(101)
    assert names() == ["Informed", "Running"]
    assert sorted(Signature.objects.values_list("name", flat=True)) == ["Informed", "Left", "Listed", "Running"]
    told = {line.sentence.partition(": ")[2] for line in campaign.events.filter(verb="erased").lines()}
    assert told == {"requests that nobody decided on, 1 row", "contact persons, 2 rows"}


def test_what_hangs_on_a_contact_person_goes_with_it() -> None:
    campaign = ending_in(10)
    signature = make_pending(campaign, comment="We know it.", source_note="the chair said so")
    signature.ask(by=make_coordinator(), words="Who decided?").answer("Our board.")
    signature.accept()
    erase_after(101)
    signature.refresh_from_db()
    assert (signature.state, signature.comment, signature.source_note) == ("listed", "", "")
    assert not Question.objects.exists()
    assert set(Erasure.objects.values_list("model", "row")) == {("contact", signature.pk)}


def test_person_in_their_own_name_stays_by_it_on_the_list_and_nowhere_else() -> None:
    campaign = ending_in(10, allows_persons=True)
    person = {"kind": "person", "affiliation": "Example University"}
    for name in ("Listed", "Delivered", "Withdrawn"):
        make_listed(campaign, name, **person)
        if name == "Delivered":
            make_delivery(campaign)
    for name in ("Delivered", "Withdrawn"):
        Signature.objects.get(name=name).withdraw()
    make_pending(campaign, "Declined", **person).decline(by=None, reason="Nobody of that name.")
    erase_after(101)
    assert names() == []
    assert sorted(Signature.objects.values_list("name", flat=True)) == ["Delivered", "Listed"]


def test_what_was_set_aside_as_an_attack_goes_after_thirty_days_with_the_words_that_found_it() -> None:
    campaign = ending_in(1000)
    make_signature(campaign, "Canary Watch")
    Attack.objects.clear(campaign, Marks(phrase="Canary"), by=None)
    erase_after(29)
    assert (Signature.objects.count(), Attack.objects.get().phrase) == (1, "Canary")
    erase_after(31)
    assert (Signature.objects.count(), Attack.objects.get().phrase) == (0, "")


def test_reports_of_errors_go_once_they_are_settled_and_at_last_all_the_same() -> None:
    ending_in(1000)
    settled, waiting = (Report.objects.about(page) for page in ("/campaigns/open-letter/", "/"))
    for report in (settled, waiting):
        report.send("A word is missing.", "reader@example.org")
    settled.settle(by=make_coordinator(), note="Mended.")
    erase_after(31)
    assert list(Report.objects.all()) == [waiting]
    erase_after(366)
    assert not Report.objects.exists()
    assert Event.objects.filter(verb="erased", campaign=None).count() == 1


def test_addresses_of_addressees_and_files_of_lists_go_too() -> None:
    campaign = ending_in(10)
    make_listed(campaign)
    make_delivery(campaign, by_hand(channel="mail", address="president@example.org"))
    ImportBatch.objects.bring("list.csv", b"name\nLake Watch", by=make_coordinator())
    erase_after(2)
    assert bytes(ImportBatch.objects.get().sealed_file) == b""
    assert DeliveryRecipient.objects.get().address == "president@example.org"
    erase_after(101)
    assert DeliveryRecipient.objects.get().address == ""
