"""Whoever signed is told what became of the text, whenever and in whatever language they signed."""

from collections import Counter

import pytest
from django.test import Client

from campaigns.models import OutgoingMail, Signature
from tests.builders import (
    ask_more,
    correct,
    make_campaign,
    make_draft,
    make_listed,
    make_pending,
    make_signature,
    make_translation,
    own_page,
    propose,
    reword,
    send_letters,
)

pytestmark = pytest.mark.django_db


def queued() -> Counter[str]:
    """How many letters of each kind were ever queued."""
    return Counter(OutgoingMail.objects.values_list("kind", flat=True))


def test_group_accepted_while_a_proposal_is_open_is_asked_too() -> None:
    campaign = make_campaign()
    late = make_pending(campaign)
    ask_more(campaign)
    propose(campaign)
    late.accept()
    assert [letter.subject for letter in send_letters()] == [
        "Your signature is public",
        "A statement you signed is to change: do you agree?",
    ]


def test_group_added_while_a_proposal_is_open_is_asked_too() -> None:
    campaign = make_campaign()
    ask_more(campaign)
    propose(campaign)
    contact = {"name": "The chair", "role": "", "email": "chair@hill.example.org"}
    signatory = {"name": "Hill Watch", "name_as_signed": "Hill Watch", "language": "en", "source": "telephone"}
    Signature.objects.add(campaign, None, signatory, contact)
    assert queued() == {"signature_listed": 1, "text_proposed": 1}


def test_group_that_waits_for_a_decision_is_told_of_corrected_wording() -> None:
    campaign = make_campaign()
    waiting = make_pending(campaign)
    reword(campaign)
    correct(campaign)
    waiting.accept()
    assert queued() == {"confirm_signature": 1, "signature_listed": 1, "text_corrected": 1}


def test_only_reachable_contacts_are_told_of_corrected_wording() -> None:
    campaign = make_campaign()
    make_listed(campaign)
    make_listed(campaign, "Hill Watch", email="chair@hill.example.org").contact.delete()
    make_listed(campaign, "Lake Watch", email="chair@lake.example.org").withdraw()
    send_letters()
    reword(campaign)
    correct(campaign)
    letters = send_letters()
    assert [letter.to for letter in letters] == [["secretary@river.example.org"]]
    assert "We have *read* your [-plan.-]{+plan twice.+}" in str(letters[0].body)
    assert campaign.in_force.digest("en") in str(letters[0].body)


def test_who_signed_a_translation_that_lags_behind_sees_the_difference_too(client: Client) -> None:
    campaign = make_draft()
    make_translation(campaign)
    campaign.publish(by=None)
    group = make_listed(campaign, language="de")
    send_letters()
    campaign.demands.filter(position=2).update(text="Do that at once.")
    propose(campaign)
    assert "[-that.-]{+that at once.+}" in str(send_letters()[0].body)
    assert "<del>that.</del>" in client.get(own_page(group)).content.decode()


def test_group_on_an_earlier_text_is_told_of_corrected_wording_too() -> None:
    campaign = make_campaign()
    make_listed(campaign)
    ask_more(campaign)
    propose(campaign).adopt(by=None)
    send_letters()
    campaign.refresh_from_db()
    reword(campaign)
    correct(campaign)
    letters = send_letters()
    assert [letter.to for letter in letters] == [["secretary@river.example.org"]]
    assert "your signature stands" not in str(letters[0].body)


def test_group_that_confirms_after_a_correction_is_told_of_it() -> None:
    campaign = make_campaign()
    late = make_signature(campaign)
    reword(campaign)
    correct(campaign)
    late.confirm()
    subjects = [letter.subject for letter in send_letters() if letter.to == ["secretary@river.example.org"]]
    assert subjects == ["The wording of a statement you signed was corrected"]
