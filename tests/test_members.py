"""The people of a campaign: owners give roles and take them back, and letters go to who decides."""

import time
from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Event, Membership, Role, people
from tests.builders import make_campaign, make_coordinator, make_member, make_pending, send_letters, sign_in

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def owner(campaign: Campaign) -> User:
    return make_member(campaign, "owner")


@pytest.fixture
def desk(client: Client, owner: User) -> Client:
    sign_in(client, owner)
    return client


@pytest.fixture
def newcomer() -> User:
    return User.objects.create_user("newcomer", "newcomer@desk.example.org", is_staff=True)


def page_of(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_members", args=[campaign.pk])


def roles(campaign: Campaign) -> list[tuple[str, str, str]]:
    return list(campaign.memberships.order_by("id").values_list("user__username", "role", "language"))


@pytest.mark.parametrize("called", ["newcomer", "NEWCOMER", " newcomer@desk.example.org "])
def test_owner_appoints_by_name_or_address(
    desk: Client, campaign: Campaign, owner: User, newcomer: User, called: str
) -> None:
    assert desk.post(page_of(campaign), {"user": called, "role": "reviewer"}).status_code == 302
    assert roles(campaign) == [("owner", "owner", ""), ("newcomer", "reviewer", "")]
    event = campaign.events.get(verb=Event.Verb.APPOINTED)
    assert (event.who, event.details) == (owner, {"person": newcomer.pk, "role": "reviewer", "language": ""})


def test_same_role_given_twice_is_one(desk: Client, campaign: Campaign, newcomer: User) -> None:
    for _twice in range(2):
        desk.post(page_of(campaign), {"user": "newcomer", "role": "reviewer"})
    assert len(roles(campaign)) == 2
    assert campaign.events.filter(verb=Event.Verb.APPOINTED).count() == 1


@pytest.mark.parametrize("called", ["somebody", "new", "", "gone"])
def test_only_who_has_an_open_account_is_appointed(
    desk: Client, campaign: Campaign, newcomer: User, called: str
) -> None:
    User.objects.create_user("gone", is_staff=True, is_active=False)
    response = desk.post(page_of(campaign), {"user": called, "role": "reviewer"})
    assert response.status_code == 422
    assert "user" in response.context["form"].errors
    assert roles(campaign) == [("owner", "owner", "")]


def test_page_lists_nobody_but_the_people_of_the_campaign(desk: Client, campaign: Campaign, newcomer: User) -> None:
    page = desk.get(page_of(campaign)).content.decode()
    assert "owner" in page
    assert "newcomer" not in page


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"role": "translator"}, "A translator needs a language, and only a translator."),
        ({"role": "reviewer", "language": "de"}, "A translator needs a language, and only a translator."),
        ({"role": "translator", "language": "en"}, "This is the original’s own language."),
    ],
)
def test_translator_is_for_one_language_other_than_the_originals(
    desk: Client, campaign: Campaign, newcomer: User, sent: dict[str, str], words: str
) -> None:
    response = desk.post(page_of(campaign), {"user": "newcomer", **sent})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert roles(campaign) == [("owner", "owner", "")]


def test_translation_is_begun_with_its_translator(desk: Client, campaign: Campaign, newcomer: User) -> None:
    desk.post(page_of(campaign), {"user": "newcomer", "role": "translator", "language": "de"})
    translation = campaign.translations.get()
    assert (translation.language, translation.ready) == ("de", False)
    sign_in(translator := Client(), newcomer)
    address = reverse("admin:campaigns_translation_change", args=[translation.pk])
    page = translator.get(address).content.decode()
    assert all(words in page for words in ("An open letter", "What we ask of the assembly.", "Do this.", "Do that."))
    (key,) = [each.key for each in translation.beside().passages if each.original == "Do this."]
    sent = {"stand": translation.stand, f"text-{key}": "Tut dies."}
    assert translator.post(address, sent).status_code == 302
    assert [(each.demand.text, each.text) for each in translation.demands.all()] == [("Do this.", "Tut dies.")]


def test_role_is_taken_back_at_once(desk: Client, campaign: Campaign, owner: User) -> None:
    reviewer = make_member(campaign, "reviewer", Role.REVIEWER)
    sign_in(other := Client(), reviewer)
    signatures = reverse("admin:campaigns_signature_changelist")
    assert other.get(signatures).status_code == 200
    assert desk.post(page_of(campaign), {"end": campaign.memberships.get(user=reviewer).pk}).status_code == 302
    assert other.get(signatures).status_code == 403
    event = campaign.events.get(verb=Event.Verb.DISMISSED)
    assert (event.who, event.details["person"]) == (owner, reviewer.pk)


def test_membership_of_another_campaign_is_not_ended_from_here(desk: Client, campaign: Campaign) -> None:
    theirs = make_campaign(slug="second")
    make_member(theirs, "stranger")
    assert desk.post(page_of(campaign), {"end": theirs.memberships.get().pk}).status_code == 404
    assert desk.post(page_of(campaign), {"end": "tampered"}).status_code == 404
    assert theirs.memberships.exists()


def test_last_owner_stays(desk: Client, campaign: Campaign, owner: User) -> None:
    closed = make_member(campaign, "closed")
    people.close(closed, by=owner)
    page = desk.post(page_of(campaign), {"end": campaign.memberships.get(user=owner).pk}, follow=True).content.decode()
    assert "A campaign keeps an owner: name another first." in page
    assert ("owner", "owner", "") in roles(campaign)
    make_member(campaign, "second")
    assert desk.post(page_of(campaign), {"end": campaign.memberships.get(user=owner).pk}).status_code == 302
    assert desk.get(page_of(campaign)).status_code == 403


def test_ended_twice_is_ended_once(campaign: Campaign, owner: User) -> None:
    make_member(campaign, "reviewer", Role.REVIEWER)
    membership = campaign.memberships.get(role=Role.REVIEWER)
    for again in (membership, Membership.objects.get(pk=membership.pk)):
        again.end(by=owner)
    assert campaign.events.filter(verb=Event.Verb.DISMISSED).count() == 1


@pytest.fixture
def later() -> Iterator[None]:
    """The last proof of who this is has grown old, and the session has not."""
    with time_machine.travel(time.time() + HOUR / 4, tick=True):
        yield


def test_people_are_changed_by_a_fresh_proof_only(
    desk: Client, campaign: Campaign, newcomer: User, later: None
) -> None:
    assert desk.get(page_of(campaign)).url.startswith("/accounts/reauthenticate/")  # type: ignore[attr-defined]
    response = desk.post(page_of(campaign), {"user": "newcomer", "role": "owner"})
    assert response.status_code == 403
    assert "newcomer" in response.content.decode()
    assert roles(campaign) == [("owner", "owner", "")]


@pytest.mark.parametrize(("role", "language"), [(Role.REVIEWER, ""), (Role.TRANSLATOR, "de")])
def test_who_does_not_own_the_campaign_gives_no_role(
    client: Client, campaign: Campaign, newcomer: User, role: str, language: str
) -> None:
    sign_in(client, make_member(campaign, role=role, language=language))
    before = roles(campaign)
    assert client.get(page_of(campaign)).status_code == 403
    assert client.post(page_of(campaign), {"user": "newcomer", "role": "owner"}).status_code == 403
    assert roles(campaign) == before


def test_letters_go_to_owners_and_reviewers_with_an_open_account(campaign: Campaign, owner: User) -> None:
    make_member(campaign, "reviewer", Role.REVIEWER)
    make_member(campaign, "translator", Role.TRANSLATOR, "de")
    closed = make_member(campaign, "closed", Role.REVIEWER)
    people.close(closed, by=owner)
    make_member(make_campaign(slug="second"), "stranger")
    make_coordinator("administrator")
    make_pending(campaign)
    told = [letter.to[0] for letter in send_letters() if letter.to[0].endswith("@desk.example.org")]
    assert sorted(told) == ["owner@desk.example.org", "reviewer@desk.example.org"]


def test_account_that_is_closed_and_reopened_keeps_its_roles(campaign: Campaign, owner: User) -> None:
    reviewer = make_member(campaign, "reviewer", Role.REVIEWER)
    people.close(reviewer, by=owner)
    assert list(campaign.reviewers()) == [owner]
    people.reopen(reviewer, by=owner)
    assert set(campaign.reviewers()) == {owner, reviewer}


def test_persons_page_shows_the_roles(client: Client, campaign: Campaign) -> None:
    member = make_member(campaign, role=Role.TRANSLATOR, language="de")
    sign_in(client, make_coordinator())
    page = client.get(reverse("admin:campaigns_person_change", args=[member.pk])).content.decode()
    assert "An open letter" in page
    assert "translator, German" in page
    assert "user_permissions" not in page


def test_verb_refuses_a_translator_without_a_language(campaign: Campaign, newcomer: User) -> None:
    with pytest.raises(ValidationError):
        Membership.objects.appoint(campaign, newcomer, by=None, role=Role.TRANSLATOR)
