"""The page behind an invited group's link: it shows on GET, acts on POST, signs once, and only for its own campaign."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import tokens
from campaigns.models import Attack, Campaign, Invitation, Marks, Organization, OutgoingMail, Registered, Signature
from tests.builders import (
    correct,
    every_row,
    filled_form,
    invited_page,
    make_campaign,
    make_coordinator,
    make_draft,
    make_invitation,
    make_signature,
    make_translation,
    reword,
    send_letters,
    stop_page,
    translate,
)

pytestmark = pytest.mark.django_db

A_DAY = datetime.timedelta(days=1)
PRIVATE = "max-age=0, no-cache, no-store, must-revalidate, private"
ADDRESS = "chair@lake.example.org"


def invited(**fields: Any) -> Invitation:
    return make_invitation(make_campaign(make_coordinator(), **fields))


def signing(**fields: Any) -> dict[str, Any]:
    """What an invited group sends that leaves its address as it stands."""
    return {"sign": "", **filled_form(organization_name="Lake Watch", email=ADDRESS, **fields)}


def read(response: Any) -> str:
    return str(response.content.decode())


def value_of(page: str, field: str) -> str:
    """What stands in a field of the page."""
    (tag,) = [part.partition(">")[0] for part in page.split("<input ") if f'name="{field}"' in part.partition(">")[0]]
    return tag.partition('value="')[2].partition('"')[0]


# Looking


def test_page_shows_the_statement_and_the_form_filled_in(client: Client) -> None:
    campaign = make_campaign(time_zone="Europe/Kyiv")
    campaign.ask_by(timezone.now() + A_DAY, by=None)
    record = Organization.objects.register("Lake Watch", country="UA", website="https://lake.example.org")
    entry = Registered(1, "", "", "Given Surname", ADDRESS, "", organization_record=record)
    Invitation.objects.invite(campaign, [entry], by=None)
    response = client.get(invited_page(campaign.invitations.get()))
    page = read(response)
    assert (response.status_code, response["Cache-Control"]) == (200, PRIVATE)
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    for words in ("An open letter", "To the assembly", "Do this.", campaign.deadline_in_words):
        assert words in page
    fields = ["organization_name", "website", "contact_name", "email"]
    filled = ["Lake Watch", "https://lake.example.org", "Given Surname", ADDRESS]
    assert [value_of(page, field) for field in fields] == filled
    assert '<option value="UA" selected>' in page


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_the_link_proves_and_changes_nothing(client: Client, method: str) -> None:
    invitation = invited()
    before = every_row()
    getattr(client, method)(invited_page(invitation))
    getattr(client, method)(stop_page(invitation))
    assert every_row() == before


def test_page_shows_the_text_in_the_invitations_language(client: Client) -> None:
    invitation = invited()
    make_translation(invitation.campaign)
    translate(invitation.campaign)
    Invitation.objects.update(language="de")
    assert "Ein offener Brief" in read(client.get(invited_page(invitation)))
    assert "An open letter" in read(client.get(f"{invited_page(invitation)}?in=en"))
    assert client.get(f"{invited_page(invitation)}?in=ka").status_code == 404


def test_group_that_has_written_before_finds_none_of_its_words_there(client: Client) -> None:
    invitation = invited()
    invitation.ask_change("Name the river, please.")
    page = read(client.get(invited_page(invitation)))
    assert "You asked for a change" in page
    assert "Name the river" not in page


# Links


def test_link_of_another_purpose_or_none_leads_nowhere(client: Client) -> None:
    invitation, signature = invited(), make_signature(make_campaign(slug="another"))
    good = tokens.make_invitation(invitation)
    false = [good[:-1], good[1:], "::", "a:b:c", "é", tokens.make_stop(invitation), tokens.opened("")]
    false.append(tokens.make(signature, tokens.OWN_PAGE))
    for token in false:
        assert client.get(f"/invitations/{token}/").status_code == 404
    for token in [good, tokens.make(signature, tokens.OWN_PAGE), "::"]:
        assert client.get(f"/invitations/stop/{token}/").status_code == 404
    assert client.get(f"/signatures/{good}/").status_code == 404


ENDS: dict[str, Callable[[Invitation], Any]] = {
    "erased": lambda invitation: invitation.delete(),
    "taken back": lambda invitation: invitation.take_back(by=None),
    "readdressed": lambda invitation: Invitation.objects.update(email_index="0" * 64),
}


@pytest.mark.parametrize("end", ENDS)
def test_link_that_has_ended_says_so(client: Client, end: str) -> None:
    invitation = invited()
    address = invited_page(invitation)
    ENDS[end](invitation)
    for response in (client.get(address), client.post(address, signing())):
        assert (response.status_code, "This link has ended" in read(response)) == (410, True)
    assert not Signature.objects.exists()


# Signing


def test_signing_with_the_invited_address_confirms_at_once_and_sends_a_receipt(client: Client) -> None:
    invitation = invited()
    send_letters()
    address = invited_page(invitation)
    response = client.post(address, signing())
    assert (response.status_code, response["Location"]) == (302, address)
    signature = Signature.objects.get()
    assert (signature.state, signature.source, signature.name) == ("pending", "invitation", "Lake Watch")
    page = read(client.get(address))
    assert "You have signed" in page
    assert 'name="sign"' not in page
    (receipt,) = [letter for letter in send_letters() if letter.to == [ADDRESS]]
    (link,) = re.findall(r"http://localhost:8000(/signatures/\S+)", str(receipt.body))
    assert "Thank you: confirmed" in read(client.get(link))
    assert "/signatures/" not in page


def test_signing_with_another_address_asks_that_one_to_confirm(client: Client) -> None:
    invitation = invited()
    send_letters()
    response = client.post(invited_page(invitation), signing() | {"email": "director@elsewhere.example.org"})
    assert response["Location"].startswith("/campaigns/open-letter/sign/sent/?token=")
    assert Signature.objects.get().state == "unconfirmed"
    assert [letter.to for letter in send_letters()] == [["director@elsewhere.example.org"]]
    assert "One thing is left to do" in read(client.get(invited_page(invitation)))


def test_stranger_whose_signature_was_set_aside_does_not_shut_the_group_out(client: Client) -> None:
    invitation = invited()
    address = invited_page(invitation)
    client.post(address, signing() | {"organization_name": "Bogus", "email": "x@elsewhere.example.org"})
    Attack.objects.clear(invitation.campaign, Marks(phrase="Bogus"), by=make_coordinator("second"))
    assert "Will you sign this statement?" in read(client.get(address))
    assert client.post(address, signing()).status_code == 302
    assert Invitation.objects.get().state == "signed"


def test_link_signs_once(client: Client) -> None:
    address = invited_page(invited())
    client.post(address, signing())
    before = every_row()
    response = client.post(address, signing(contact_role="director"))
    assert (response.status_code, every_row() == before) == (409, True)
    assert "This link signs once, and it has signed already." in read(response)
    assert value_of(read(response), "contact_role") == "director"


def test_link_signs_its_own_campaign_alone(client: Client) -> None:
    other, invitation = make_campaign(slug="another", title="Another letter"), invited()
    client.post(invited_page(invitation), signing() | {"campaign": other.pk, "slug": other.slug})
    assert Signature.objects.get().campaign == invitation.campaign
    assert not other.signatures.exists()


def test_form_that_is_not_in_order_comes_back_with_what_was_typed(client: Client) -> None:
    invitation = invited()
    before = every_row()
    response = client.post(invited_page(invitation), signing(contact_role="") | {"contact_name": "Ivan"})
    page = read(response)
    assert (response.status_code, every_row() == before) == (422, True)
    assert "Write your role in the organization." in page
    assert value_of(page, "contact_name") == "Ivan"


def test_text_that_changed_meanwhile_is_read_again_before_signing(client: Client) -> None:
    invitation = invited()
    form = signing()
    reword(invitation.campaign)
    correct(invitation.campaign)
    response = client.post(invited_page(invitation), form)
    assert (response.status_code, "The text has changed since you opened this form" in read(response)) == (422, True)
    assert not Signature.objects.exists()


def circulating() -> Campaign:
    campaign = make_draft()
    campaign.circulate(by=None)
    return campaign


def test_group_signs_while_the_statement_circulates(client: Client) -> None:
    invitation = make_invitation(circulating())
    assert "An open letter" in read(client.get(invited_page(invitation)))
    assert client.post(invited_page(invitation), signing()).status_code == 302
    assert Signature.objects.get().state == "pending"


def test_statement_that_goes_public_meanwhile_is_signed_all_the_same(client: Client) -> None:
    invitation = make_invitation(circulating())
    address, form = invited_page(invitation), signing()
    invitation.campaign.publish(by=None)
    assert client.post(address, form).status_code == 302
    assert Signature.objects.get().state == "pending"


def test_after_the_deadline_the_page_says_so_and_still_signs(client: Client) -> None:
    invitation = invited()
    Campaign.objects.update(answer_by=timezone.now() - A_DAY)
    assert "The time for answers has passed" in read(client.get(invited_page(invitation)))
    assert client.post(invited_page(invitation), signing()).status_code == 302


def test_closed_campaign_says_so_and_keeps_what_was_typed(client: Client) -> None:
    invitation = invited()
    invitation.campaign.close(by=None)
    page = read(client.get(invited_page(invitation)))
    assert "Signing has closed" in page
    assert "<form" not in page
    before = every_row()
    response = client.post(invited_page(invitation), signing(contact_role="director"))
    assert (response.status_code, value_of(read(response), "contact_role")) == (409, "director")
    typed = {"ask_change": "", "words": "Name the river."}
    response = client.post(invited_page(invitation), typed)
    assert (response.status_code, "Name the river.</textarea>" in read(response)) == (409, True)
    assert every_row() == before


def test_person_signs_in_their_own_name_where_the_campaign_allows_it(client: Client) -> None:
    invitation = invited(allows_persons=True)
    client.post(invited_page(invitation), signing() | {"kind": "person", "contact_name": "Given Surname"})
    assert (Signature.objects.get().kind, Signature.objects.get().name) == ("person", "Given Surname")


def test_signature_that_was_set_aside_as_an_attack_shows_a_plain_page(client: Client) -> None:
    invitation = invited()
    client.post(invited_page(invitation), signing())
    Attack.objects.clear(invitation.campaign, Marks(phrase="Lake"), by=make_coordinator("second"))
    page = read(client.get(invited_page(invitation)))
    assert ("This request was set aside" in page, "Lake Watch" in page) == (True, False)


# The other answers


def test_group_tells_by_when_it_decides(client: Client) -> None:
    invitation = invited()
    day = timezone.localdate(timezone=invitation.campaign.zone) + A_DAY
    response = client.post(invited_page(invitation), {"decide": "", "by_day": day.isoformat()})
    assert response.status_code == 302
    invitation.refresh_from_db()
    assert (invitation.state, invitation.decide_by) == ("deciding", day)
    assert "You are still deciding" in read(client.get(invited_page(invitation)))


@pytest.mark.parametrize(
    ("day", "words"),
    [("", "Choose a day."), ("yesterday", "Write the day as"), ("2020-01-01", "That day is over already.")],
)
def test_day_that_is_none_is_refused_beside_its_field(client: Client, day: str, words: str) -> None:
    invitation = invited()
    response = client.post(invited_page(invitation), {"decide": "", "by_day": day})
    assert (response.status_code, words in read(response)) == (422, True)
    assert value_of(read(response), "by_day") == day


def test_group_asks_for_a_change_and_reviewers_hear_of_it_once_an_hour(client: Client) -> None:
    invitation = invited()
    other = make_invitation(invitation.campaign, "chair@river.example.org")
    OutgoingMail.objects.all().delete()
    for each in (invitation, other):
        assert client.post(invited_page(each), {"ask_change": "", "words": "Name the river."}).status_code == 302
    (letter,) = send_letters()
    assert (letter.to, letter.subject) == (["coordinator@desk.example.org"], "A change is asked for: An open letter")
    assert "2 invited groups ask for a change" in str(letter.body)
    assert client.post(invited_page(invitation), {"ask_change": "", "words": " "}).status_code == 422


def test_group_says_not_this_time_with_or_without_words(client: Client) -> None:
    invitation = invited()
    assert client.post(invited_page(invitation), {"decline": "", "words": ""}).status_code == 302
    assert "You said: not this time" in read(client.get(invited_page(invitation)))
    client.post(invited_page(invitation), {"decline": "", "words": "We have no board."})
    invitation.refresh_from_db()
    assert (invitation.state, invitation.words) == ("declined", "We have no board.")
    assert client.post(invited_page(invitation), signing()).status_code == 302


def test_words_that_are_too_long_are_refused_and_kept(client: Client) -> None:
    invitation = invited()
    response = client.post(invited_page(invitation), {"decline": "", "words": "a" * 2001})
    assert (response.status_code, "a" * 2001 in read(response)) == (422, True)


def test_button_that_is_none_of_the_pages_does_nothing(client: Client) -> None:
    invitation = invited()
    before = every_row()
    response = client.post(invited_page(invitation), {"confirm": ""})
    assert (response.status_code, "Press the button of one of the answers below." in read(response)) == (422, True)
    assert every_row() == before
