"""An address asks for no more invitations, by one campaign or by any, and takes that back. Invitations are erased."""

import datetime
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from campaigns.models import Event, Invitation, LeftOut, Reminder, Signature, Suppression
from tests.builders import (
    every_row,
    invited_page,
    make_campaign,
    make_entry,
    make_invitation,
    make_pending,
    make_signature,
    send_letters,
    stop_page,
)

pytestmark = pytest.mark.django_db

A_DAY = datetime.timedelta(days=1)
ADDRESS = "chair@lake.example.org"


def verdict(campaign: Any) -> LeftOut | None:
    (found,) = Invitation.objects.judge(campaign, [make_entry(ADDRESS)])
    return found.left_out


def test_one_campaign_is_stopped_and_the_others_are_not(client: Client) -> None:
    campaign, other = make_campaign(), make_campaign(slug="another")
    page = stop_page(make_invitation(campaign, ADDRESS))
    assert client.post(page, {"stop": ""}).status_code == 302
    assert (verdict(campaign), verdict(other)) == (LeftOut.STOPPED, None)
    assert "does not invite you any more" in client.get(page).content.decode()
    client.post(page, {"resume": ""})
    assert (verdict(campaign), verdict(other)) == (LeftOut.INVITED, None)


def test_all_campaigns_are_stopped_and_that_is_taken_back(client: Client) -> None:
    campaign, other = make_campaign(), make_campaign(slug="another")
    page = stop_page(make_invitation(campaign, ADDRESS))
    client.post(page, {"stop_all": ""})
    assert (verdict(campaign), verdict(other)) == (LeftOut.STOPPED_ALL, LeftOut.STOPPED_ALL)
    client.post(page, {"resume_all": ""})
    assert (verdict(campaign), verdict(other)) == (LeftOut.INVITED, None)


def test_asking_twice_is_recorded_once_and_without_the_address(client: Client) -> None:
    page = stop_page(make_invitation(make_campaign(), ADDRESS))
    for _time in range(2):
        client.post(page, {"stop": "", "stop_all": ""})
    assert Suppression.objects.count() == Event.objects.filter(verb="invitations stopped").count() == 2
    before = every_row()
    client.post(page, {"stop": ""})
    assert every_row() == before
    assert ADDRESS not in str(before)


def test_mail_program_stops_invitations_by_a_single_post() -> None:
    campaign = make_campaign()
    make_invitation(campaign, ADDRESS)
    (letter,) = send_letters()
    page = letter.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert page.removesuffix("at-once/") in str(letter.body)
    program = Client(enforce_csrf_checks=True)
    assert program.post(page, {"List-Unsubscribe": "One-Click"}).status_code == 204
    assert verdict(campaign) == LeftOut.STOPPED


def test_stopped_address_gets_no_letter_that_waits_and_is_not_reminded() -> None:
    campaign = make_campaign()
    invitation = make_invitation(campaign, ADDRESS)
    Suppression.objects.stop(invitation.email_index, campaign)
    assert send_letters() == []
    with time_machine.travel(timezone.now() + A_DAY):
        assert Reminder.objects.remind_now(campaign, by=None).count == 0


def test_stopped_address_can_still_answer_its_invitation(client: Client) -> None:
    invitation = make_invitation(make_campaign(), ADDRESS)
    Suppression.objects.stop(invitation.email_index)
    assert client.post(invited_page(invitation), {"decline": "", "words": ""}).status_code == 302


# Erasing


def over(**fields: Any) -> Any:
    return make_campaign(ends_on=timezone.localdate() - 91 * A_DAY, **fields)


def test_invitations_are_erased_ninety_days_after_the_end_and_the_wish_is_kept(client: Client) -> None:
    campaign, running = over(), make_campaign(slug="another")
    page = stop_page(make_invitation(campaign, ADDRESS))
    make_invitation(running, ADDRESS)
    client.post(page, {"stop": ""})
    call_command("erase_expired", verbosity=0)
    assert Invitation.objects.get().campaign == running
    assert verdict(campaign) == LeftOut.STOPPED
    assert client.get(page).status_code == 200
    assert campaign.events.get(verb="erased").sentence == "erased what is kept no longer: invitations, 1 row"


def test_request_that_nobody_confirmed_is_erased_after_seven_days() -> None:
    campaign = make_campaign()
    make_signature(campaign, "Erased")
    with time_machine.travel(timezone.now() + 3 * A_DAY):
        make_signature(campaign, "Kept")
        make_pending(campaign, "Confirmed")
    with time_machine.travel(timezone.now() + 8 * A_DAY):
        call_command("erase_expired", verbosity=0)
    assert sorted(Signature.objects.values_list("name", flat=True)) == ["Confirmed", "Kept"]


def test_invited_group_that_confirmed_nothing_is_silent_again() -> None:
    invitation = make_invitation(make_campaign(), ADDRESS)
    signatory = {"name": "Lake Watch", "name_as_signed": "Lake Watch", "language": "en"}
    invitation.sign(signatory, {"name": "", "role": "", "email": "other@lake.example.org"})
    with time_machine.travel(timezone.now() + 8 * A_DAY):
        call_command("erase_expired", verbosity=0)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.signature) == ("silent", None)


def test_dry_run_says_what_would_be_erased_and_erases_nothing(capsys: Any) -> None:
    make_invitation(over(), ADDRESS)
    before = every_row()
    call_command("erase_expired", dry_run=True)
    assert every_row() == before
    assert "1 to erase: invitations of campaigns that ended more than 90 days ago" in capsys.readouterr().out


def test_erasing_goes_batch_by_batch_and_says_how_far_it_is(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = over()
    entries = [make_entry(f"{number}@lake.example.org") for number in range(5)]
    Invitation.objects.invite(campaign, entries, by=None)
    monkeypatch.setattr("campaigns.retention.BATCH", 2)
    call_command("erase_expired", verbosity=2)
    told = capsys.readouterr()
    assert [line.partition(":")[0] for line in told.err.splitlines()] == [
        "2 of 5 erased",
        "4 of 5 erased",
        "5 of 5 erased",
    ]
    assert "5 erased: invitations" in told.out
