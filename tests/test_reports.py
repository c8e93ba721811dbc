"""A reader reports an error: the quiet link on every page, the form, and what the desk sees of it."""

import datetime
import html
import re
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from campaigns import tokens
from campaigns.models import Campaign, Event, OutgoingMail, Report
from campaigns.models.reports import MOST_AN_HOUR, MOST_OPEN
from tests.builders import (
    every_row,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_draft,
    make_listed,
    make_member,
    make_signature,
    own_page,
    send_letters,
    sent_page,
    sign_in,
)

pytestmark = pytest.mark.django_db

LETTER = "/campaigns/open-letter/"
REPORT = "/report/"
OF_LETTER = f"{REPORT}?page=/campaigns/open-letter/"


def read(response: Any) -> str:
    return html.unescape(response.content.decode())


def opened_before(page: str, seconds: int = 30) -> str:
    """The form's own token, had it been opened then."""
    with time_machine.travel(timezone.now() - datetime.timedelta(seconds=seconds)):
        return tokens.opened(page)


def filled(page: str = LETTER, **fields: str) -> dict[str, str]:
    sent = {"words": "Hill Watch never signed this.", "email": "", "leave_empty": "", "opened": opened_before(page)}
    return {**sent, **fields}


def make_report(page: str = LETTER, words: str = "Hill Watch never signed this.", email: str = "") -> Report:
    report = Report.objects.about(page)
    report.send(words, email)
    return report


def links_on(page: str) -> list[str]:
    return re.findall(r'<a href="(/report/[^"]*)"', page)


# The link


def test_every_public_page_leads_to_a_report_about_itself(client: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign)
    delivery = make_delivery(campaign)
    for path in (
        "/",
        LETTER,
        f"{LETTER}in/en/",
        f"{LETTER}versions/",
        f"{LETTER}versions/1/",
        f"{LETTER}signatories/",
        f"{LETTER}sign/",
        f"{LETTER}sign/sent/",
        "/organizations/river-watch/",
        f"/deliveries/{delivery.fingerprint}/",
        f"/deliveries/{delivery.fingerprint}/check/",
        "/privacy/",
        "/privacy/1/",
    ):
        (link,) = links_on(client.get(path).content.decode())
        assert link == f"{REPORT}?page={path}"
        form = client.get(link)
        assert form.status_code == 200
        assert f'<a href="{path}">{path}</a>' in form.content.decode()


def test_link_is_the_same_whatever_is_asked_for_beside_the_path(client: Client) -> None:
    make_campaign()
    plain, asked = (client.get(f"{LETTER}signatories/{query}") for query in ("", "?utm=1&after=0"))
    assert plain.content == asked.content


def test_page_behind_a_link_of_a_letter_never_gives_its_token_away(client: Client) -> None:
    signature = make_signature(make_campaign())
    late = f"{LETTER}sign/?late=secret"
    for address in (own_page(signature), sent_page(signature), "/signatures/cut:token/", late, "/nowhere/secret/"):
        page = client.get(address).content.decode()
        (link,) = links_on(page)
        assert link in {REPORT, f"{OF_LETTER}sign/sent/"}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/signatures/a:b:c/",
        "/admin/",
        "/accounts/login/",
        "/report/",
        "/logos/abc.png",
        f"{LETTER}letter.pdf",
        "https://elsewhere.example/campaigns/open-letter/",
        "//elsewhere.example/",
        "/campaigns/the-draft/",
        "/campaigns/nowhere/",
        f"/deliveries/{'0' * 64}/",
        f"{LETTER}in/{'e' * 300}/",
        f"{LETTER}?late=secret",
        "javascript:alert(1)",
    ],
)
def test_path_that_is_no_public_page_is_dropped(client: Client, path: str) -> None:
    make_campaign()
    make_draft(slug="the-draft")
    response = client.get(REPORT, {"page": path})
    assert response.status_code == 200
    assert "About" not in read(response)
    assert client.post(f"{REPORT}?page={quote(path)}", filled("")).status_code == 302
    stored = Report.objects.get()
    assert (stored.page, stored.campaign) == ("", None)


# The form


def test_report_reaches_the_desk_and_thanks_lead_back(client: Client) -> None:
    campaign = make_campaign()
    response = client.post(OF_LETTER, filled(email="reader@example.org"))
    assert response.status_code == 302
    thanks = client.get(response["Location"])
    assert f'<a href="{LETTER}">Back to the page</a>' in read(thanks)
    report = Report.objects.get()
    assert (report.page, report.campaign, report.settled_at) == (LETTER, campaign, None)
    assert (report.words, report.email) == ("Hill Watch never signed this.", "reader@example.org")


def test_report_on_a_delivery_is_its_campaigns_and_on_an_organization_nobodys(client: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign)
    delivery = make_delivery(campaign)
    assert make_report(f"/deliveries/{delivery.fingerprint}/").campaign == campaign
    assert make_report("/organizations/river-watch/").campaign is None


def test_words_and_address_are_nowhere_in_clear() -> None:
    make_campaign()
    make_report(words="A canary sings", email="canary@example.org")
    stored = Report.objects.values_list("sealed_words", "sealed_email").get()
    assert all(b"canary" not in bytes(each) for each in stored)
    assert "canary" not in str(list(Event.objects.values("verb", "details")))


@pytest.mark.parametrize(
    "fields",
    [
        {"words": ""},
        {"words": " \n"},
        {"words": "x" * 2001},
        {"email": "none"},
        {"leave_empty": "http://spam.example"},
        {"opened": ""},
        {"opened": "forged"},
    ],
)
def test_form_to_correct_keeps_what_was_typed_and_stores_nothing(client: Client, fields: dict[str, str]) -> None:
    make_campaign()
    before = every_row()
    response = client.post(OF_LETTER, filled(**fields))
    assert response.status_code == 422
    if "words" not in fields:
        assert "Hill Watch never signed this." in read(response)
    assert every_row() == before


@pytest.mark.parametrize(("page", "seconds"), [("/", 30), (LETTER, 0), (LETTER, 25 * 3600)])
def test_form_of_another_page_too_quick_or_too_old_is_sent_again(client: Client, page: str, seconds: int) -> None:
    make_campaign()
    response = client.post(OF_LETTER, filled(opened=opened_before(page, seconds)))
    assert response.status_code == 422
    assert not Report.objects.exists()


def test_form_is_kept_by_no_cache_and_sets_no_cookie_but_its_own(client: Client) -> None:
    make_campaign()
    response = client.get(OF_LETTER)
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert set(response.cookies) == {"csrftoken"}
    assert not client.get("/report/sent/").cookies.keys() - {"csrftoken"}


def test_looking_changes_nothing(client: Client) -> None:
    make_campaign()
    before = every_row()
    assert {client.get(address).status_code for address in (REPORT, OF_LETTER, "/report/sent/")} == {200}
    assert client.post("/report/sent/").status_code == 405
    assert every_row() == before


# A flood


def test_sixth_report_of_a_page_within_an_hour_is_refused_in_words(client: Client) -> None:
    make_campaign()
    for _time in range(MOST_AN_HOUR):
        make_report()
    response = client.post(OF_LETTER, filled())
    assert response.status_code == 429
    page = read(response)
    assert "mailto:coordinators@example.org" in page
    assert "Hill Watch never signed this." in page
    assert Report.objects.count() == MOST_AN_HOUR
    signatories = f"{LETTER}signatories/"
    assert client.post(f"{REPORT}?page={signatories}", filled(signatories)).status_code == 302
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=1, minutes=1)):
        make_report()


def test_settled_reports_make_room() -> None:
    make_campaign()
    for _time in range(2 * MOST_AN_HOUR):
        make_report().settle(by=None, note="Mended.")
    assert Report.objects.count() == 2 * MOST_AN_HOUR


def test_campaign_takes_two_hundred_open_reports(client: Client) -> None:
    campaign = make_campaign()
    Report.objects.bulk_create(Report(page=f"{LETTER}versions/{n}/", campaign=campaign) for n in range(MOST_OPEN))
    with pytest.raises(ValidationError, match="nobody has read them all yet"):
        make_report()
    assert client.post(REPORT, filled("")).status_code == 302


def test_flood_without_a_campaign_is_told_to_come_again(client: Client) -> None:
    for _time in range(MOST_AN_HOUR):
        make_report("/")
    response = client.post(f"{REPORT}?page=/", filled("/"))
    assert response.status_code == 429
    assert "please send it again in an hour" in read(response)


# The letter


@time_machine.travel("2026-03-02T12:05:00Z", tick=False)
def test_reviewers_get_one_letter_an_hour_however_many_reports_come(client: Client) -> None:
    campaign = make_campaign()
    make_member(campaign, "owner")
    make_member(campaign, "reviewer", role="reviewer")
    make_member(campaign, "translator", role="translator", language="de")
    for path in (LETTER, f"{LETTER}versions/", f"{LETTER}signatories/"):
        make_report(path)
    letters = send_letters()
    assert sorted(letter.to[0] for letter in letters) == ["owner@desk.example.org", "reviewer@desk.example.org"]
    assert "An error was reported: An open letter" in str(letters[0].subject)
    assert "3 reports of errors" in str(letters[0].body)
    assert f"/admin/campaigns/report/?campaign__id__exact={campaign.pk}" in str(letters[0].body)
    make_report()
    assert send_letters() == []
    with time_machine.travel("2026-03-02T13:05:00Z", tick=False):
        make_report()
        assert len(send_letters()) == 2


def test_letter_falls_away_once_all_is_settled() -> None:
    make_member(make_campaign(), "owner")
    make_report().settle(by=None, note="Mended.")
    assert send_letters() == []
    assert OutgoingMail.objects.get().last_error == "every report is settled by now"


# The desk


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


def desk_of(client: Client, campaign: Campaign, role: str) -> Client:
    language = "de" if role == "translator" else ""
    sign_in(client, make_member(campaign, role, role=role, language=language))
    return client


@pytest.mark.parametrize("role", ["owner", "reviewer"])
def test_report_is_read_and_settled_once(client: Client, campaign: Campaign, role: str) -> None:
    report = make_report(email="reader@example.org")
    desk = desk_of(client, campaign, role)
    listed = read(desk.get("/admin/campaigns/report/"))
    assert "Hill Watch never signed this." in listed
    assert f'<a href="{LETTER}">{LETTER}</a>' in listed
    address = f"/admin/campaigns/report/{report.pk}/change/"
    assert "Hill Watch never signed this." in read(desk.get(address))
    assert desk.post(address, {"settle": "", "note": ""}).status_code == 422
    assert desk.post(address, {"settle": "", "note": "Removed."}).status_code == 302
    report.refresh_from_db()
    assert (report.settled_by.username, report.note) == (role, "Removed.") if report.settled_by else False
    report.settle(by=make_coordinator("late"), note="Too late.")
    report.refresh_from_db()
    assert report.note == "Removed."
    told = Event.objects.filter(verb__in=["reported", "settled"]).order_by("id")
    assert list(told.values_list("verb", "who__username", "campaign", "details")) == [
        ("reported", None, campaign.pk, {"report": report.pk, "page": LETTER}),
        ("settled", role, campaign.pk, {"report": report.pk, "page": LETTER}),
    ]


def test_one_who_settles_too_late_is_told_who_did(client: Client, campaign: Campaign) -> None:
    report = make_report()
    report.settle(by=make_member(campaign, "first", role="reviewer"), note="Removed.")
    desk = desk_of(client, campaign, "owner")
    page = desk.post(f"/admin/campaigns/report/{report.pk}/change/", {"settle": "", "note": "Mine."})
    assert "It is settled by first." in read(page)
    assert page.status_code == 409
    assert ">Mine.</textarea>" in read(page)
    assert Report.objects.get().note == "Removed."


def test_address_is_masked_until_asked_for_and_the_asking_is_recorded(client: Client, campaign: Campaign) -> None:
    report = make_report(email="reader@example.org")
    desk = desk_of(client, campaign, "reviewer")
    address = f"/admin/campaigns/report/{report.pk}/change/"
    assert "reader@example.org" not in read(desk.get(address)) + read(desk.get("/admin/campaigns/report/"))
    assert "r…@example.org" in read(desk.get(address))
    assert not Event.objects.filter(verb="reporter seen").exists()
    shown = desk.post(address, {"show": ""})
    assert "reader@example.org" in read(shown)
    assert "no-store" in shown["Cache-Control"]
    assert Event.objects.get(verb="reporter seen").who.username == "reviewer"  # type: ignore[union-attr]
    assert "reader@example.org" not in read(desk.get(address))


def test_unsettled_come_first_the_newest_before_the_older(client: Client, campaign: Campaign) -> None:
    make_report(words="Settled at once.").settle(by=None, note="Mended.")
    for words in ("The older.", "The newest."):
        make_report(words=words)
    page = read(desk_of(client, campaign, "owner").get("/admin/campaigns/report/"))
    places = [page.index(words) for words in ("The newest.", "The older.", "Settled at once.")]
    assert places == sorted(places)


def test_others_reports_are_not_seen_and_those_of_no_campaign_by_administrators_alone(
    client: Client, campaign: Campaign
) -> None:
    theirs = make_report(LETTER, "Of the letter.")
    nobodys = make_report("", "Of no page.")
    elsewhere = make_campaign(slug="another-letter")
    desk = desk_of(client, elsewhere, "owner")
    page = read(desk.get("/admin/campaigns/report/"))
    assert ("Of the letter." in page, "Of no page." in page) == (False, False)
    for report in (theirs, nobodys):
        assert desk.get(f"/admin/campaigns/report/{report.pk}/change/").status_code == 404
        assert desk.post(f"/admin/campaigns/report/{report.pk}/change/", {"show": ""}).status_code == 404
    administrator = Client()
    sign_in(administrator, make_coordinator())
    assert "Of no page." in read(administrator.get("/admin/campaigns/report/"))


def test_translator_sees_no_reports(client: Client, campaign: Campaign) -> None:
    report = make_report()
    desk = desk_of(client, campaign, "translator")
    assert desk.get("/admin/campaigns/report/").status_code == 403
    assert desk.get(f"/admin/campaigns/report/{report.pk}/change/").status_code in {403, 404}


def test_words_of_a_stranger_are_escaped_at_the_desk(client: Client, campaign: Campaign) -> None:
    report = make_report(words="<script>x</script>")
    desk = desk_of(client, campaign, "owner")
    for address in ("/admin/campaigns/report/", f"/admin/campaigns/report/{report.pk}/change/"):
        page = desk.get(address).content.decode()
        assert "&lt;script&gt;x" in page
        assert "<script>x" not in page
