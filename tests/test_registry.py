"""The registry at the desk: found by any name, verified by somebody, merged after a look, put back."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from campaigns.models import Event, Merge, Organization, Role, Signature
from tests.builders import (
    ask_more,
    make_campaign,
    make_coordinator,
    make_listed,
    make_member,
    make_pending,
    propose,
    sign_in,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/campaigns/organization/"


@pytest.fixture
def coordinator() -> User:
    return make_coordinator()


@pytest.fixture
def desk(coordinator: User, client: Client) -> Client:
    sign_in(client, coordinator)
    return client


@pytest.fixture
def river() -> Organization:
    river = Organization.objects.register("Спілка річок", country="UA", website="https://river.example.org")
    river.know_as("River Union", language="en")
    return river


def page_of(organization: Organization) -> str:
    return f"{LIST}{organization.pk}/change/"


def merge_page(one: Organization, other: Organization, kept: Organization) -> str:
    return f"{LIST}{one.pk}/merge/?with={other.pk}&keep={kept.pk}"


@pytest.mark.parametrize(
    "words", ["річок", "СПІЛКА", "spilka richok", "River", "union river", "river.example.org", "Spilka"]
)
def test_is_found_by_any_name_in_any_script_and_by_its_website(desk: Client, river: Organization, words: str) -> None:
    Organization.objects.register("Hill Watch")
    found = desk.get(LIST, {"q": words}).context["cl"].result_list
    assert list(found) == [river]


def test_is_found_by_its_acronym(desk: Client) -> None:
    union = Organization.objects.register("Union of the Rivers and Lakes")
    assert list(desk.get(LIST, {"q": "URL"}).context["cl"].result_list) == [union]


@pytest.mark.parametrize("words", ["'; DROP", "…", "%", "_", "ﷺ" * 50, "<b>"])
def test_odd_search_is_answered(desk: Client, river: Organization, words: str) -> None:
    assert desk.get(LIST, {"q": words}).status_code in {200, 302}


def test_verifying_keeps_who_when_and_how(desk: Client, river: Organization, coordinator: User) -> None:
    refused = desk.post(f"{LIST}{river.pk}/verify/", {"how": "  "})
    assert refused.status_code == 422
    desk.post(f"{LIST}{river.pk}/verify/", {"how": "Its statutes."})
    river.refresh_from_db()
    assert (river.verified_by, river.verified_how) == (coordinator, "Its statutes.")
    assert "Its statutes." in desk.get(page_of(river)).content.decode()
    desk.post(f"{LIST}{river.pk}/do/doubt/")
    river.refresh_from_db()
    assert river.verified_at is None
    told = river.events.order_by("id").values_list("verb", "who")
    assert list(told) == [(Event.Verb.VERIFIED, coordinator.pk), (Event.Verb.DOUBTED, coordinator.pk)]


def test_page_says_where_it_signed(desk: Client) -> None:
    signature = make_listed(make_campaign(), "River Watch")
    assert signature.organization
    told = desk.get(page_of(signature.organization)).content.decode()
    assert f"/admin/campaigns/signature/{signature.pk}/change/" in told


def test_other_records_it_may_be_are_offered_with_the_reason(desk: Client, river: Organization) -> None:
    other = Organization.objects.register("RIVER-UNION", website="https://elsewhere.example.net")
    offered = desk.get(f"{LIST}{river.pk}/merge/").context["candidates"]
    assert [(each.organization, each.reason) for each in offered] == [(other, "key")]
    found = desk.get(f"{LIST}{river.pk}/merge/", {"q": "elsewhere"}).context["found"]
    assert list(found) == [other]


def test_merging_shows_first_then_does_and_can_be_undone(desk: Client, river: Organization) -> None:
    signature = make_listed(make_campaign(), "Rivers United")
    other = signature.organization
    assert other
    looked = desk.get(merge_page(river, other, river))
    assert "“Rivers United” becomes one more name" in looked.content.decode()
    assert not Merge.objects.exists()
    desk.post(merge_page(river, other, river), {"seen": looked.context["plan"].fingerprint})
    signature.refresh_from_db()
    assert signature.organization == river
    assert list(desk.get(LIST).context["cl"].result_list) == [river]
    assert desk.get(page_of(other)).context["has_change_permission"] is False
    desk.post(reverse("admin:campaigns_merge_undo", args=[Merge.objects.get().pk]))
    signature.refresh_from_db()
    assert signature.organization == other


def test_merging_something_else_than_was_seen_is_refused(desk: Client, river: Organization) -> None:
    other = Organization.objects.register("Rivers United")
    seen = desk.get(merge_page(river, other, river)).context["plan"].fingerprint
    other.know_as("The United Rivers")
    refused = desk.post(merge_page(river, other, river), {"seen": seen})
    assert refused.status_code == 409
    assert "Something has changed" in refused.content.decode()
    assert not Merge.objects.exists()


@pytest.mark.parametrize("query", ["with=x", "with=", "with=999999999999999999999", "with=1&keep=²"])
def test_odd_merge_links_are_answered(desk: Client, river: Organization, query: str) -> None:
    assert desk.get(f"{LIST}{river.pk}/merge/?{query}").status_code in {200, 404}


def test_merged_record_takes_no_verb(desk: Client, river: Organization) -> None:
    other = Organization.objects.register("Rivers United")
    Merge.objects.merge(river, other, by=None)
    for address in ("verify/", "do/hide/", "merge/"):
        assert desk.post(f"{LIST}{other.pk}/{address}", {"how": "so"}).status_code == 403


def test_who_decides_nowhere_neither_sees_nor_changes_the_registry(client: Client, river: Organization) -> None:
    sign_in(client, make_member(make_campaign(), role=Role.TRANSLATOR, language="de"))
    other = Organization.objects.register("Rivers United")
    merge = Merge.objects.merge(river, other, by=None)
    assert client.get(page_of(river)).status_code == 403
    for address in (f"{LIST}{river.pk}/verify/", f"{LIST}{river.pk}/do/hide/", f"{LIST}merges/{merge.pk}/undo/"):
        assert client.post(address, {"how": "so"}).status_code == 403
    river.refresh_from_db()
    assert (river.verified_at, river.is_hidden) == (None, False)
    assert Merge.objects.standing().exists()


def test_review_names_the_reason_for_each_known_one(desk: Client, river: Organization) -> None:
    signature = make_listed(make_campaign(), "Hill Watch")
    waiting: Any = Signature.objects.submit(
        signature.campaign,
        {"name": "River Union", "name_as_signed": "River Union", "language": "en"},
        {"name": "The secretary", "role": "secretary", "email": "office@river.example.org", "notice_version": 1},
    )
    waiting.confirm()
    shown = desk.get(reverse("admin:campaigns_signature_change", args=[waiting.pk])).content.decode()
    assert "e-mail from its website’s domain" in shown


@pytest.mark.parametrize(
    "name",
    [
        "ГО «Центр громадянських свобод»",
        "Благодійний фонд «Право на захист»",
        "Asociación Pro Derechos Humanos",
        "İnsan Hakları Derneği",
        "Human Rights Centre",
    ],
)
def test_is_found_by_its_own_name(name: str) -> None:
    organization = Organization.objects.register(name, website="http://www.example.net/en/")
    Organization.objects.register("Hill Watch", website="https://hill.example.org")
    for sought in (name, name.upper(), "https://example.net", "example.net"):
        assert list(Organization.objects.search(sought)) == [organization], sought


def test_search_of_a_thousand_words_is_answered(desk: Client) -> None:
    assert desk.get(LIST, {"q": "river " * 1000}).status_code == 200


def test_name_that_is_too_long_once_composed_is_refused_beside_its_field(desk: Client, river: Organization) -> None:
    sent = {"name": "\u0958" * 120, "names-TOTAL_FORMS": "0", "names-INITIAL_FORMS": "0"}
    assert "at most 200 characters" in desk.post(page_of(river), sent).content.decode()


def test_verified_record_that_becomes_another_is_to_be_verified_anew(
    desk: Client, river: Organization, coordinator: User
) -> None:
    river.verify(by=coordinator, how="Its statutes.")
    sent = {"name": river.name, "country": "UA", "names-TOTAL_FORMS": "0", "names-INITIAL_FORMS": "0"}
    desk.post(page_of(river), {**sent, "website": "https://elsewhere.example.net"})
    river.refresh_from_db()
    assert river.verified_at is None
    changed = river.events.get(verb=Event.Verb.CHANGED)
    assert (changed.who, changed.details) == (coordinator, {"fields": ["website"]})


def test_website_of_an_unverified_record_is_not_filled_into_a_verified_one(river: Organization) -> None:
    verified = Organization.objects.register("Rivers United")
    verified.verify(by=None, how="Its statutes.")
    Merge.objects.merge(verified, river, by=None)
    verified.refresh_from_db()
    assert (verified.website, verified.domain) == ("", "")


def test_doubles_that_are_shown_differently_are_not_merged(desk: Client) -> None:
    campaign = make_campaign()
    public = make_listed(campaign, "River Watch").organization
    counted = make_listed(campaign, "Watch of the River", shown=Signature.Shown.COUNTED).organization
    assert public
    assert counted
    looked = desk.get(merge_page(public, counted, public))
    assert "Ask the group which it means" in looked.content.decode()
    refused = desk.post(merge_page(public, counted, public), {"seen": looked.context["plan"].fingerprint})
    assert refused.status_code == 409
    assert campaign.signatures.listed().count() == 2


def test_signature_that_agreed_stays_and_undoing_keeps_the_word_of_both() -> None:
    campaign = make_campaign()
    first, second = make_listed(campaign, "River Watch"), make_listed(campaign, "Watch of the River")
    assert first.organization
    assert second.organization
    ask_more(campaign)
    proposal = propose(campaign)
    proposal.answer(second, agrees=True)
    merge = Merge.objects.merge(first.organization, second.organization, by=None)
    proposal.adopt(by=None)
    assert campaign.signatures.tally().organizations == 1
    merge.undo(by=None)
    assert campaign.signatures.tally().organizations == 1
    assert list(campaign.signatures.standing()) == [second]


def test_leaving_signature_that_agreed_stands_under_the_new_text_once_it_is_back() -> None:
    campaign = make_campaign()
    first, second = make_listed(campaign, "River Watch"), make_listed(campaign, "Watch of the River")
    assert first.organization
    assert second.organization
    ask_more(campaign)
    proposal = propose(campaign)
    for signature in (first, second):
        proposal.answer(signature, agrees=True)
    merge = Merge.objects.merge(first.organization, second.organization, by=None)
    proposal.adopt(by=None)
    merge.undo(by=None)
    assert campaign.signatures.tally().organizations == 2


def test_record_that_took_the_other_name_keeps_it_when_the_merge_is_undone(river: Organization) -> None:
    other = Organization.objects.register("Rivers United")
    merge = Merge.objects.merge(river, other, by=None)
    river.refresh_from_db()
    river.name = "Rivers United"
    river.save()
    merge.undo(by=None)
    assert set(Organization.objects.search("Rivers United")) == {river, other}


def test_merge_page_costs_no_query_for_each_signature(desk: Client, django_assert_max_num_queries: Any) -> None:
    one, other = Organization.objects.register("River Watch"), Organization.objects.register("Hill Watch")
    for number in range(6):
        campaign = make_campaign(slug=f"letter-{number}")
        make_pending(campaign, "River Watch").accept(organization=one)
        make_pending(campaign, "Hill Watch").accept(organization=other)
    with django_assert_max_num_queries(30):
        assert desk.get(merge_page(one, other, one)).status_code == 200


def test_registry_tells_of_other_campaigns_only_what_is_public(client: Client) -> None:
    public, withheld = make_campaign(slug="dams", title="No dams"), make_campaign(slug="mines", title="No mines")
    organization = make_listed(public).organization
    assert organization
    make_pending(withheld, shown=Signature.Shown.ADDRESSEE).accept(organization=organization)
    sign_in(client, make_member(make_campaign(slug="own"), role=Role.REVIEWER))
    shown = client.get(page_of(organization)).content.decode()
    assert '<a href="/campaigns/dams/">No dams</a>' in shown
    assert "No mines" not in shown
    assert '<td class="field-listed">1</td>' in client.get(LIST).content.decode()
    assert client.get(LIST, {"signatures__campaign": withheld.pk}).status_code == 400
    assert client.get(LIST, {"signatures": public.signatures.get().pk}).status_code == 400


def test_merge_that_moves_foreign_signatures_is_an_administrators(client: Client, river: Organization) -> None:
    campaign, own = make_campaign(), make_campaign(slug="own")
    foreign, mine = make_listed(campaign, "Rivers United").organization, make_listed(own, "Hill Watch").organization
    assert foreign
    assert mine
    reviewer = make_member(own, role=Role.REVIEWER)
    sign_in(client, reviewer)
    assert "Ask an administrator of the site" in client.get(merge_page(river, foreign, river)).content.decode()
    with pytest.raises(PermissionDenied, match="Ask an administrator of the site"):
        Merge.objects.merge(river, foreign, by=reviewer)
    Merge.objects.merge(river, mine, by=reviewer)
    merge = Merge.objects.merge(river, foreign, by=make_coordinator("administrator"))
    refusal = client.post(f"{LIST}merges/{merge.pk}/undo/")
    assert refusal.status_code == 403
    assert "Ask an administrator of the site" in refusal.content.decode()
    assert Merge.objects.standing().count() == 2


def test_name_given_during_a_merge_goes_back_with_its_signature() -> None:
    kept = Organization.objects.register("River Watch")
    signature = make_listed(make_campaign(), "Hill Watch")
    merged = signature.organization
    assert merged
    merge = Merge.objects.merge(kept, merged, by=None)
    signature.refresh_from_db()
    signature.list_as("Mountain Society", by=None)
    merge.undo(by=None)
    assert list(Organization.objects.search("Mountain Society")) == [merged]


@pytest.mark.parametrize("chosen", ["abc", "\x00", "1.5", "²", "9" * 30])
def test_odd_choice_in_a_list_is_answered(desk: Client, river: Organization, chosen: str) -> None:
    sent = {"action": "organizations_as_csv", "_selected_action": chosen}
    assert desk.post(LIST, sent).status_code == 400
