"""The page from which groups are invited: nothing is sent before it was looked at, and nothing typed is lost."""

import datetime
import html
import re
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Contact, Event, Invitation, Organization, OutgoingMail, Role, Suppression
from campaigns.models.contacts import index
from tests.builders import (
    every_row,
    make_campaign,
    make_circulating,
    make_draft,
    make_listed,
    make_member,
    make_translation,
    send_letters,
    sign_in,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)


@pytest.fixture
def campaign() -> Campaign:
    return make_circulating(time_zone="Europe/Kyiv")


@pytest.fixture
def owner(campaign: Campaign) -> User:
    return make_member(campaign, "owner")


@pytest.fixture
def desk(client: Client, owner: User) -> Client:
    sign_in(client, owner)
    return client


def invite_page(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_invite", args=[campaign.pk])


def typed(lines: str = "", **fields: Any) -> dict[str, Any]:
    return {"lines": lines, "language": "en", "invitation_words": "", "reminder_words": "", **fields}


def words_of(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def look(desk: Client, campaign: Campaign, sent: dict[str, Any]) -> str:
    response = desk.post(invite_page(campaign), {**sent, "look": ""})
    assert response.status_code == 200
    return words_of(response)


def seen_in(page: str) -> str:
    (seen,) = re.findall(r'name="seen" value="(\w+)"', page)
    return str(seen)


def invite(desk: Client, campaign: Campaign, sent: dict[str, Any]) -> Any:
    """Looks, and then invites what was seen."""
    seen = seen_in(look(desk, campaign, sent))
    return desk.post(invite_page(campaign), {**sent, "invite": "", "seen": seen})


def test_looking_tells_each_lines_verdict_and_writes_nothing(desk: Client, campaign: Campaign) -> None:
    make_listed(campaign, "Hill Watch", email="hill@example.org")
    Suppression.objects.stop(index("fen@example.org"), campaign)
    Suppression.objects.stop(index("lake@example.org"))
    lines = (
        "River Watch <river@example.org>\nhill@example.org\nfen@example.org\nlake@example.org\n"
        "no address here\nRIVER@example.org\n"
    )
    before = every_row()
    page = look(desk, campaign, typed(lines, answer_by_0="2031-03-09", answer_by_1="18:00"))
    assert every_row() == before
    assert "1 would be invited, 5 left out" in page
    assert "Invite this 1" in page
    assert re.findall(r'class="number">line (\d+)</span> <bdi>(.*?)</bdi> <em>(.*?)</em>', page)[:5] == [
        ("2", "hill@example.org", "has signed already"),
        ("3", "fen@example.org", "asked for no more invitations to this statement"),
        ("4", "lake@example.org", "asked for no more invitations at all"),
        ("5", "no address here", "There is no e-mail address here."),
        ("6", "RIVER@example.org", "the same address stands further up"),
    ]


def test_time_for_answers_is_told_in_the_campaigns_zone_and_in_utc(desk: Client, campaign: Campaign) -> None:
    with time_machine.travel(MONDAY):
        sign_in(desk, User.objects.get(username="owner"))
        assert "Europe/Kyiv (UTC+02:00)" in words_of(desk.get(invite_page(campaign)))
        page = look(desk, campaign, typed("river@example.org", answer_by_0="2026-03-10", answer_by_1="01:00"))
    assert (
        "<strong>Tuesday, 10 March 2026, 01:00 (Europe/Kyiv)</strong>, which is Monday, 9 March 2026, 23:00 UTC" in page
    )


def test_inviting_sends_each_a_letter_and_leads_to_the_board(desk: Client, campaign: Campaign, owner: User) -> None:
    sent = typed(
        "River Watch <river@example.org>\nHill Watch <hill@example.org>",
        **{"answer_by_0": "2031-03-09", "answer_by_1": "18:00", "invitation_words": "Dear *friends*, sign."},
    )
    response = invite(desk, campaign, sent)
    assert response.headers["Location"] == reverse("admin:campaigns_campaign_board", args=[campaign.pk])
    campaign.refresh_from_db()
    assert campaign.answer_by == datetime.datetime(2031, 3, 9, 16, tzinfo=datetime.UTC)
    assert campaign.invitation_words == "Dear *friends*, sign."
    invited = campaign.invitations.order_by("name")
    assert [(each.name, each.email, each.invited_by) for each in invited] == [
        ("Hill Watch", "hill@example.org", owner),
        ("River Watch", "river@example.org", owner),
    ]
    letters = {letter.to[0]: str(letter.body) for letter in send_letters()}
    assert set(letters) == {"hill@example.org", "river@example.org"}
    assert all("Dear *friends*, sign." in body and "(Europe/Kyiv)" in body for body in letters.values())


def test_what_was_left_out_stays_to_be_corrected(desk: Client, campaign: Campaign) -> None:
    response = invite(desk, campaign, typed("river@example.org\nHill Watch <hill@@example.org>\nriver@example.org"))
    page = words_of(response)
    assert response.status_code == 200
    assert "1 group is invited." in page
    assert "2 are left out:" in page
    (kept,) = re.findall(r'<textarea name="lines".*?>\s*(.*?)</textarea>', response.content.decode(), re.DOTALL)
    assert html.unescape(kept).splitlines() == ["Hill Watch <hill@@example.org>", "river@example.org"]
    assert campaign.invitations.count() == 1


def test_nothing_is_invited_but_what_was_looked_at(desk: Client, campaign: Campaign) -> None:
    seen = seen_in(look(desk, campaign, typed("river@example.org")))
    changed = {**typed("river@example.org\nhill@example.org"), "invite": "", "seen": seen}
    page = words_of(desk.post(invite_page(campaign), changed))
    assert "2 would be invited" in page
    assert not campaign.invitations.exists()


def test_who_was_invited_meanwhile_is_left_out_and_named(desk: Client, campaign: Campaign) -> None:
    sent = typed("river@example.org\nhill@example.org")
    seen = seen_in(look(desk, campaign, sent))
    invite(desk, campaign, typed("hill@example.org"))
    page = words_of(desk.post(invite_page(campaign), {**sent, "invite": "", "seen": seen}))
    assert "1 group is invited." in page
    assert "invited already" in page
    again = words_of(desk.post(invite_page(campaign), {**sent, "invite": "", "seen": seen}))
    assert "0 groups are invited." in again
    assert OutgoingMail.objects.filter(kind="invitation").count() == 2


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (typed(""), "Paste an address at least"),
        (typed("x" * 200_001), "at most 200000 characters"),
        (typed("\n".join(f"{place}@example.org" for place in range(3001))), "at most 3000 groups at once"),
        (typed("a@example.org", answer_by_0="2026-03-01", answer_by_1="10:00"), "That time has already passed."),
        (typed("a@example.org", answer_by_0="2026-03-31", answer_by_1="10:00"), "Signing closes before that time"),
        (typed("a@example.org", answer_by_0="2026-03-29", answer_by_1="03:30"), "couldn’t be interpreted in time zone"),
        (typed("a@example.org", answer_by_0="9999-12-31", answer_by_1="23:59"), "more than 10 years away"),
        (typed("a@example.org", answer_by_0="0001-01-01", answer_by_1="00:00"), "more than 10 years away"),
        (typed("a@example.org", answer_by_0="tomorrow", answer_by_1="noon"), "Enter a valid date."),
        (typed("a@example.org", language="xx"), "Select a valid choice."),
        (typed("a@example.org", invitation_words="w" * 4001), "at most 4000 characters"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_kept(
    desk: Client, campaign: Campaign, sent: dict[str, Any], words: str
) -> None:
    with time_machine.travel(MONDAY):
        sign_in(desk, User.objects.get(username="owner"))
        Campaign.objects.update(circulated_at=MONDAY)
        campaign.close_at(datetime.datetime(2026, 3, 30, tzinfo=datetime.UTC), by=None)
        response = desk.post(invite_page(campaign), {**sent, "look": ""})
    assert response.status_code == 422
    page = html.unescape(response.content.decode())
    assert words in page.replace("'", "’")
    assert sent["lines"] in page
    assert sent["invitation_words"] in page
    assert not campaign.invitations.exists()


def test_closed_campaign_invites_nobody(desk: Client, campaign: Campaign) -> None:
    campaign.close(by=None)
    response = desk.post(invite_page(campaign), {**typed("river@example.org"), "look": ""})
    assert (response.status_code, "closed for signature" in response.content.decode()) == (422, True)


def test_draft_leads_back_to_its_page(client: Client) -> None:
    draft = make_draft()
    sign_in(client, make_member(draft))
    for name in ("invite", "board"):
        page = client.get(reverse(f"admin:campaigns_campaign_{name}", args=[draft.pk]), follow=True)
        assert "A draft invites nobody yet" in page.content.decode()


def test_letter_is_shown_before_it_goes_in_its_language(desk: Client, campaign: Campaign) -> None:
    make_translation(campaign)
    campaign.add_translation(by=None, note="Now in German.")
    page = look(
        desk, campaign, typed("River Watch <river@example.org>", language="de", invitation_words="**Kommt** mit.")
    )
    assert "<strong>Kommt</strong> mit." in page
    assert "Ein offener Brief" in page
    assert "invite River Watch to sign it" in look(desk, campaign, typed("River Watch <river@example.org>"))


def test_lone_name_of_a_person_is_greeted_and_kept_sealed(desk: Client, campaign: Campaign) -> None:
    sent = typed("Given Surname <olena@example.org>")
    page = look(desk, campaign, sent)
    assert "<bdi>—</bdi> · person: <bdi>Given Surname</bdi>" in page
    assert "Dear Given Surname," in page
    assert "invite your organization to sign it" in page
    invite(desk, campaign, sent)
    invitation = campaign.invitations.get()
    assert (invitation.name, invitation.person) == ("", "Given Surname")


def test_our_own_words_stand_where_none_are_set(desk: Client, campaign: Campaign) -> None:
    page = words_of(desk.get(invite_page(campaign)))
    placeholders = re.findall(r'<textarea[^>]* placeholder="(.*?)"', page)
    assert [("invite your organization" in each, "we invited" in each) for each in placeholders] == [
        (True, False),
        (False, True),
    ]


def test_organizations_are_found_in_any_script_and_chosen(desk: Client, campaign: Campaign) -> None:
    river = Organization.objects.register("Річкова варта", country="UA")
    river.verify(by=None, how="Known.")
    make_listed(make_campaign(slug="earlier"), "Hill Watch")
    hill = Organization.objects.get(name="Hill Watch")
    found = words_of(desk.post(invite_page(campaign), {**typed("kept@example.org"), "q": "richkova", "search": ""}))
    assert f'value="{river.pk}"> <span><bdi>Річкова варта</bdi>' in found
    assert "verified" in found
    assert "kept@example.org" in found
    assert "has signed 1 statement" in words_of(
        desk.post(invite_page(campaign), {**typed(), "q": "hill", "search": ""})
    )
    both = typed(organization=[river.pk, hill.pk])
    page = words_of(desk.post(invite_page(campaign), {**both, "choose": ""}))
    assert page.count("checked> <strong><bdi>") == 2
    assert "Write its address." not in page
    missing = desk.post(
        invite_page(campaign), {**both, f"organization-{river.pk}-address": "office@river.example.org", "look": ""}
    )
    assert (missing.status_code, words_of(missing).count("Write its address.")) == (422, 1)
    addresses = {
        f"organization-{river.pk}-address": "office@river.example.org",
        f"organization-{hill.pk}-address": "office@hill.example.org",
    }
    assert invite(desk, campaign, {**both, **addresses}).status_code == 302
    assert [(each.organization, each.name) for each in campaign.invitations.order_by("name")] == [
        (hill, "Hill Watch"),
        (river, "Річкова варта"),
    ]


def make_willing(campaign: Campaign, email: str) -> Organization:
    """An organization that has signed, whose contact person asked to be kept informed."""
    signature = make_listed(campaign, "Hill Watch", email=email)
    Contact.objects.filter(signature=signature).update(wants_updates=True)
    assert signature.organization
    return signature.organization


def test_contact_person_who_wants_news_is_offered_masked_and_invited(
    desk: Client, campaign: Campaign, owner: User
) -> None:
    earlier = make_campaign(slug="earlier")
    earlier.memberships.create(user=owner, role=Role.REVIEWER)
    hill = make_willing(earlier, "secretary@hill.example.org")
    sent = typed(organization=hill.pk)
    page = words_of(desk.post(invite_page(campaign), {**sent, "choose": ""}))
    assert "its contact person, s…@hill.example.org" in page
    sent[f"organization-{hill.pk}-writes_to_contact"] = "on"
    assert "secretary@hill.example.org" not in look(desk, campaign, sent)
    assert invite(desk, campaign, sent).status_code == 302
    assert campaign.invitations.get().email == "secretary@hill.example.org"


def test_contact_person_of_anothers_campaign_is_not_offered(desk: Client, campaign: Campaign) -> None:
    hill = make_willing(make_campaign(slug="theirs"), "secretary@hill.example.org")
    sent = {**typed(organization=hill.pk), f"organization-{hill.pk}-writes_to_contact": "on"}
    response = desk.post(invite_page(campaign), {**sent, "look": ""})
    assert response.status_code == 422
    assert "hill.example.org" not in words_of(response)


def test_odd_choices_are_passed_over(desk: Client, campaign: Campaign) -> None:
    sent = typed("river@example.org", organization=["x", "9" * 30, "-1", "٣"], q="\0.river.org")
    assert "1 would be invited" in look(desk, campaign, sent)
    hidden = desk.post(invite_page(campaign), {**typed("river@example.org\0"), "look": ""})
    assert (hidden.status_code, "Null characters are not allowed." in hidden.content.decode()) == (422, True)


def test_reviewer_invites_too(client: Client, campaign: Campaign) -> None:
    sign_in(client, make_member(campaign, "reviewer", Role.REVIEWER))
    assert invite(client, campaign, typed("river@example.org")).status_code == 302
    assert Event.objects.filter(verb=Event.Verb.GROUPS_INVITED, who__username="reviewer").exists()
    assert Invitation.objects.count() == 1
