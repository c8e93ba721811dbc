"""Before publication: a private link, an embargo that ends by itself, and nothing public that speaks of either."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, OutgoingMail, Proposal, Report, Signature, TextVersion
from tests.builders import (
    correct,
    every_row,
    filled_form,
    make_campaign,
    make_coordinator,
    make_draft,
    make_listed,
    make_member,
    make_pending,
    make_signature,
    opened,
    own_page,
    propose,
    reword,
    send_letters,
    sign_in,
)

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
SECOND = datetime.timedelta(seconds=1)
TITLE = "A letter that is not public yet"
PUBLIC = "/campaigns/open-letter/"


def make_circulating(**fields: Any) -> Campaign:
    campaign = make_draft(**{"title": TITLE, **fields})
    campaign.circulate(by=None)
    return campaign


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


def names(page: str) -> list[str]:
    return re.findall(r"<li><bdi[^>]*>(?:<a[^>]*>)?([^<]+)", page)


def test_circulating_freezes_the_text_and_opens_the_private_page(client: Client) -> None:
    campaign = make_circulating()
    assert (campaign.stage, campaign.is_open, campaign.in_force.number) == ("circulating", True, 1)
    page = read(client, campaign.address())
    assert TITLE in page
    assert "not public yet" in page
    assert campaign.address("sign") in page
    for name in ("sign", "signatories", "versions"):
        assert read(client, campaign.address(name))


def test_circulating_twice_does_nothing_the_second_time() -> None:
    campaign = make_circulating()
    before = every_row()
    campaign.circulate(by=None)
    assert every_row() == before


def test_private_page_is_kept_and_indexed_by_nobody(client: Client) -> None:
    campaign = make_circulating()
    for name in ("campaign", "sign", "sent", "signatories", "versions"):
        response = client.get(campaign.address(name))
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
        assert not response.cookies or name in {"sign", "sent"}


def test_every_link_on_the_private_page_leads_somewhere(client: Client) -> None:
    campaign = make_circulating()
    make_listed(campaign)
    make_listed(campaign, "Hill Watch").make_initiator(by=None)
    seen = {campaign.address()}
    for address in list(seen):
        for link in re.findall(r'(?:href|src)="(/[^"#]*)"', client.get(address).content.decode()):
            if not link.startswith("/static/"):
                assert client.get(link).status_code in {200, 503}, link
            seen.add(link)
    assert campaign.address("signatories") in seen


def test_after_renewing_the_old_link_leads_nowhere(client: Client) -> None:
    campaign = make_circulating()
    old = [campaign.address(name) for name in ("campaign", "sign", "sent", "signatories", "versions", "letter")]
    campaign.renew_link(by=None)
    nowhere = client.get("/circulate/nowhere/")
    for address in old:
        response = client.get(address)
        assert (response.status_code, response.content) == (404, nowhere.content)
        assert "no-store" in response["Cache-Control"]
    assert TITLE in read(client, campaign.address())


def without_time(sql: str) -> str:
    return re.sub(r"\d\d:\d\d:\d\d(\.\d+)?", "…", sql)


def public_addresses(campaign: Campaign) -> list[str]:
    pages = ["", "in/en/", "sign/", "sign/sent/", "signatories/", "versions/", "versions/1/", "versions/1/en.json"]
    files = [
        "letter.pdf",
        "card.png",
        "poster.pdf",
        "qr.svg",
        "qr.png",
        "share/",
        "embed/",
        "feed/",
        "signatories/feed/",
    ]
    lists = [f"signatories.{ending}" for ending in ("csv", "xlsx", "json", "txt")]
    api = [f"/api/campaigns/{campaign.slug}/{part}" for part in ("", "signatories/", "updates/")]
    return [*(f"/campaigns/{campaign.slug}/{page}" for page in [*pages, *files, *lists]), *api]


def test_nothing_public_speaks_of_a_circulating_campaign(client: Client) -> None:
    campaign = make_circulating()
    signature = make_listed(campaign)
    assert signature.organization
    for address in public_addresses(campaign):
        hidden, unknown = client.get(address), client.get(address.replace("open-letter", "no-such"))
        assert (hidden.status_code, hidden.content) == (404, unknown.content)
        assert {**hidden.headers, "Expires": ""} == {**unknown.headers, "Expires": ""}
    for everywhere in ("/", "/feed/", "/api/campaigns/", "/sitemap.xml"):
        assert TITLE not in read(client, everywhere)
        assert campaign.slug not in read(client, everywhere)
    assert client.get(f"/organizations/{signature.organization.slug}/").status_code == 404
    assert Report.objects.about(PUBLIC).campaign is None
    assert (Report.objects.about(campaign.address()).page, Report.objects.about(campaign.address()).campaign) == (
        "",
        None,
    )


@pytest.mark.usefixtures("theme_in_memory")
def test_guessing_an_address_costs_the_same_whether_it_circulates_or_is_nowhere(client: Client) -> None:
    campaign = make_circulating()
    for address in public_addresses(campaign):
        with CaptureQueriesContext(connection) as hidden:
            client.get(address)
        with CaptureQueriesContext(connection) as unknown:
            client.get(address.replace("open-letter", "no-such-one"))
        assert [without_time(query["sql"]).replace("no-such-one", "open-letter") for query in unknown] == [
            without_time(query["sql"]) for query in hidden
        ]


def test_embargo_ends_to_the_second_with_no_job_running(client: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        campaign = make_circulating()
        campaign.embargo(NOW + HOUR, by=None)
        clock.move_to(NOW + HOUR - SECOND)
        assert client.get(PUBLIC).status_code == 404
        assert TITLE not in read(client, "/")
        assert "It will be public on" in read(client, campaign.address())
        private = campaign.address()
        clock.move_to(NOW + HOUR)
        assert TITLE in read(client, PUBLIC)
        assert TITLE in read(client, "/")
        for page in ("", "sign/", "versions/1/"):
            response = client.get(f"{private}{page}?in=en")
            assert (response.status_code, response["Location"]) == (302, f"{PUBLIC}{page}?in=en")
            assert "no-store" in response["Cache-Control"]


def test_embargo_of_a_draft_shows_nobody_anything_before(client: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        campaign = make_draft(title=TITLE)
        campaign.embargo(NOW + HOUR, by=None)
        assert (campaign.stage, campaign.is_open, campaign.is_frozen) == ("draft", False, True)
        assert client.get(PUBLIC).status_code == 404
        with pytest.raises(ValidationError, match="no longer open"):
            make_signature(campaign)
        clock.move_to(NOW + HOUR)
        assert TITLE in read(client, PUBLIC)


def test_lifted_embargo_gives_the_draft_back_to_its_editors(client: Client) -> None:
    campaign = make_draft(title=TITLE)
    campaign.embargo(timezone.now() + HOUR, by=None)
    campaign.lift_embargo(by=None)
    campaign.lift_embargo(by=None)
    assert (campaign.is_frozen, campaign.publish_at) == (False, None)
    reword(campaign, "Edited after all.")
    campaign.publish(by=None)
    assert "Edited after all." in read(client, PUBLIC)
    assert client.get(f"{PUBLIC}versions/1/").status_code == 404
    assert client.get(f"{PUBLIC}versions/2/").status_code == 200


def test_lifted_embargo_and_the_same_text_is_the_first_version_still(client: Client) -> None:
    campaign = make_draft(title=TITLE)
    campaign.embargo(timezone.now() + HOUR, by=None)
    assert campaign.address() == PUBLIC
    campaign.lift_embargo(by=None)
    assert campaign.address() == PUBLIC
    campaign.publish(by=None)
    assert campaign.in_force.number == 1
    assert campaign.text_versions.count() == 1
    assert client.get(f"{PUBLIC}versions/1/").status_code == 200


def test_text_that_comes_back_is_frozen_anew_behind_the_one_between(client: Client) -> None:
    campaign = make_draft(body="The first words.")
    for words in ("Other words.", "The first words."):
        campaign.embargo(timezone.now() + HOUR, by=None)
        campaign.lift_embargo(by=None)
        reword(campaign, words)
    campaign.publish(by=None)
    assert "The first words." in read(client, PUBLIC)
    assert "Other words." not in read(client, f"{PUBLIC}versions/")
    assert client.get(f"{PUBLIC}versions/2/").status_code == 404


def test_embargo_beyond_the_close_is_refused_for_a_draft_and_told_while_it_circulates() -> None:
    desk = Client()
    sign_in(desk, make_coordinator())
    close, until = timezone.now() + HOUR, timezone.localtime() + 24 * HOUR
    sent = {"how": "embargo", "until_0": f"{until:%Y-%m-%d}", "until_1": f"{until:%H:%M:%S}"}
    draft, circulating = make_draft(slug="draft", closes_at=close), make_draft(slug="circulating", closes_at=close)
    circulating.circulate(by=None)
    refused, told = [
        desk.post(
            reverse("admin:campaigns_campaign_publish", args=[each.pk]),
            {**sent, "seen-en": each.draft_text.digest()},
            follow=True,
        )
        for each in (draft, circulating)
    ]
    assert refused.status_code == 422
    assert "Signing closes before that time: choose an earlier one" in refused.content.decode()
    assert "the statement will be public, and closed." in told.content.decode()


@pytest.mark.parametrize("moment", [-SECOND, datetime.timedelta(0)])
def test_embargo_in_the_past_is_refused(moment: datetime.timedelta) -> None:
    with time_machine.travel(NOW, tick=False):
        campaign = make_draft()
        before = every_row()
        with pytest.raises(ValidationError, match="already passed"):
            campaign.embargo(NOW + moment, by=None)
        assert every_row() == before


def test_end_of_an_embargo_is_recorded_and_told_once() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        coordinator = make_coordinator()
        campaign = make_draft(title=TITLE)
        make_member(campaign, "owner")
        campaign.circulate(by=coordinator)
        make_listed(campaign)
        campaign.embargo(NOW + HOUR, by=coordinator)
        call_command("run_schedule", once=True, verbosity=0)
        assert not campaign.events.filter(verb="published").exists()
        clock.move_to(NOW + 2 * HOUR)
        for _time in range(2):
            call_command("run_schedule", once=True, verbosity=0)
        event = campaign.events.get(verb="published")
        assert (event.who, event.details) == (None, {"version": 1})
        told = OutgoingMail.objects.filter(kind__in=["statement_published", "campaign_published"])
        assert sorted(told.values_list("kind", flat=True)) == ["campaign_published", "statement_published"]
        subjects = {letter.subject: letter.to for letter in send_letters()}
        assert subjects[f"It is public: {TITLE}"] == ["owner@desk.example.org"]
        assert subjects[f"The statement you signed is public: {TITLE}"] == ["secretary@river.example.org"]


def test_form_opened_before_publication_is_taken_after_it(client: Client) -> None:
    campaign = make_circulating()
    form, token = campaign.address("sign"), opened(seconds_ago=30)
    campaign.publish(by=None)
    response = client.post(form, filled_form(opened=token))
    assert response.status_code == 302
    assert response["Location"].startswith(f"{PUBLIC}sign/sent/?token=")
    assert campaign.signatures.get().state == "unconfirmed"


def test_signing_by_the_private_link_goes_as_everywhere(client: Client) -> None:
    campaign = make_circulating()
    response = client.post(campaign.address("sign"), filled_form())
    assert response["Location"].startswith(campaign.address("sent"))
    assert client.get(response["Location"]).status_code == 200
    signature = campaign.signatures.get()
    (letter,) = send_letters()
    assert letter.to == ["secretary@river.example.org"]
    client.post(own_page(signature), {"confirm": ""})
    signature.refresh_from_db()
    signature.accept()
    assert (signature.state, signature.is_first) == ("listed", True)
    assert campaign.address() in read(client, own_page(signature))
    assert names(read(client, campaign.address())) == ["River Watch"]


def test_closed_circulation_takes_nothing_and_keeps_what_was_typed(client: Client) -> None:
    campaign = make_circulating()
    campaign.close(by=None)
    response = client.post(campaign.address("sign"), filled_form(organization_name="Late Watch"))
    assert response.status_code == 409
    assert "Late Watch" in response.content.decode()
    assert not Signature.objects.exists()


def test_closed_circulation_can_be_published_as_it_is(client: Client) -> None:
    campaign = make_circulating()
    make_listed(campaign)
    campaign.close(by=None)
    campaign.publish(by=None)
    assert names(read(client, PUBLIC)) == ["River Watch"]


def test_published_is_what_was_frozen_and_never_a_later_draft(client: Client) -> None:
    campaign = make_circulating()
    reword(campaign, "A draft that nobody signed.")
    with pytest.raises(ValidationError, match="changed since you looked"):
        campaign.publish(by=None, seen=campaign.draft_digests())
    campaign.publish(by=None, seen=campaign.in_force.digests)
    assert "A draft that nobody signed." not in read(client, PUBLIC)


def test_versions_from_before_publication_are_read_behind_the_private_link_and_never_in_public(client: Client) -> None:
    campaign = make_circulating()
    signature = make_listed(campaign)
    reword(campaign)
    correct(campaign)
    dropped = propose_more(campaign)
    dropped.drop(by=None)
    campaign.demands.last().delete()  # type: ignore[union-attr]
    assert read(client, campaign.address("version", 1))
    campaign.publish(by=None)
    history = read(client, f"{PUBLIC}versions/")
    assert re.findall(r"Version (\d+)</a>", history) == ["2"]
    assert [client.get(f"{PUBLIC}versions/{number}/").status_code for number in (1, 2, 3)] == [404, 200, 404]
    assert client.get(f"{PUBLIC}versions/1/en.json").status_code == 404
    assert signature.text_version.number == 1
    assert "An open letter" not in history
    assert client.get(own_page(signature)).status_code == 200


def propose_more(campaign: Campaign) -> Proposal:
    campaign.demands.create(position=9, text="Do more.")
    return propose(campaign)


def test_wording_is_corrected_while_it_circulates_and_signatories_are_told(client: Client) -> None:
    campaign = make_circulating()
    make_listed(campaign)
    send_letters()
    reword(campaign, "We have read your plan with care.")
    correct(campaign)
    (letter,) = send_letters()
    assert "with" in letter.body
    assert "We have read your plan with care." in read(client, campaign.address())
    assert campaign.text_versions.get(number=2).kind == TextVersion.Kind.WORDING


def test_first_signatories_stand_first_then_the_others_by_time_or_by_name(client: Client) -> None:
    campaign = make_circulating()
    for name in ("Walnut Trust", "Cedar Trust"):
        make_listed(campaign, name)
    campaign.publish(by=None)
    for name in ("Rowan Trust", "Aspen Trust", "Maple Trust"):
        make_listed(campaign, name)
    assert names(read(client, PUBLIC)) == ["Walnut Trust", "Cedar Trust", "Rowan Trust", "Aspen Trust", "Maple Trust"]
    Campaign.objects.update(list_order="name")
    by_name = ["Walnut Trust", "Cedar Trust", "Aspen Trust", "Maple Trust", "Rowan Trust"]
    assert names(read(client, PUBLIC)) == by_name
    campaign.signatures.get(name="Rowan Trust").make_initiator(by=None)
    first = ["Rowan Trust", "Walnut Trust", "Cedar Trust", "Aspen Trust", "Maple Trust"]
    assert names(read(client, PUBLIC)) == first
    assert [each.name for each in campaign.signatures.standing().named()] == first


@pytest.mark.parametrize("order", ["time", "name"])
def test_pages_of_the_list_follow_each_other_in_its_order(
    client: Client, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    monkeypatch.setattr("campaigns.views.signatories.NAMES_ON_A_PAGE", 2)
    campaign = make_circulating(list_order=order)
    make_listed(campaign, "Walnut Trust")
    campaign.publish(by=None)
    for name in ("Rowan Trust", "Aspen Trust", "Maple Trust", "Birch Trust", "Elm Trust"):
        make_listed(campaign, name)
    campaign.signatures.get(name="Elm Trust").make_initiator(by=None)
    address, found = f"{PUBLIC}signatories/", []
    while address:
        page = read(client, address)
        found += names(page)
        following = re.search(r'href="(\?after=[\w-]+)"', page)
        address = f"{PUBLIC}signatories/{following[1]}" if following else ""
    assert found == [each.name for each in campaign.signatures.in_public()]
    assert len(found) == 6


def test_times_are_told_in_the_campaigns_time_zone(client: Client) -> None:
    closes = datetime.datetime(2030, 7, 1, 21, 30, tzinfo=datetime.UTC)
    make_campaign(time_zone="Europe/Kyiv", closes_at=closes)
    assert "2 July 2030, 00:30 EEST" in read(client, PUBLIC)


def test_desk_begins_a_campaign_in_each_way() -> None:
    coordinator = make_coordinator()
    desk = Client()
    sign_in(desk, coordinator)
    for how, stage in [("circulate", "circulating"), ("publish", "published"), ("embargo", "draft")]:
        campaign = make_draft(slug=how, time_zone="Europe/Kyiv")
        address = reverse("admin:campaigns_campaign_publish", args=[campaign.pk])
        assert TITLE not in desk.get(address).content.decode()
        sent = {"how": how, "seen-en": campaign.draft_text.digest(), "until_0": "2031-03-30", "until_1": "10:00"}
        assert desk.post(address, sent).status_code == 302
        campaign.refresh_from_db()
        assert campaign.stage == stage
    assert campaign.publish_at == datetime.datetime(2031, 3, 30, 7, tzinfo=datetime.UTC)
    page = desk.get(reverse("admin:campaigns_campaign_change", args=[campaign.pk])).content.decode()
    assert "30 March 2031 at 10:00 (Europe/Kyiv)" in " ".join(page.split())


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "how"),
        ({"how": "embargo"}, "until"),
        ({"how": "embargo", "until_0": "2001-01-01", "until_1": "10:00"}, "until"),
        ({"how": "embargo", "until_0": "9999-12-31", "until_1": "23:59"}, "until"),
        ({"how": "embargo", "until_0": "soon", "until_1": "10:00"}, "until"),
        ({"how": "circulate", "seen-en": "another"}, "__all__"),
    ],
)
def test_desk_says_beside_the_field_why_it_does_not_begin(sent: dict[str, str], field: str) -> None:
    desk, campaign = Client(), make_draft()
    sign_in(desk, make_coordinator())
    before = every_row()
    address = reverse("admin:campaigns_campaign_publish", args=[campaign.pk])
    response = desk.post(address, {"seen-en": campaign.draft_text.digest(), **sent})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    assert every_row() == before


def test_desk_shows_the_private_link_and_renews_it() -> None:
    campaign = make_circulating()
    desk = Client()
    sign_in(desk, make_coordinator())
    change = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    old = campaign.circulation_secret
    assert f"http://localhost:8000/circulate/{old}/" in desk.get(change).content.decode()
    desk.post(reverse("admin:campaigns_campaign_act", args=[campaign.pk, "renew_link"]))
    campaign.refresh_from_db()
    page = desk.get(change).content.decode()
    assert old not in page
    assert f"http://localhost:8000/circulate/{campaign.circulation_secret}/" in page


def test_waiting_signature_of_before_publication_is_a_first_signatory_when_it_is_accepted() -> None:
    campaign = make_circulating()
    early = make_pending(campaign)
    campaign.publish(by=None)
    late = make_listed(campaign, "Hill Watch")
    early.accept()
    assert [each.name for each in campaign.signatures.in_public()] == ["River Watch", "Hill Watch"]
    assert (early.position, late.position) == (2, 1)
