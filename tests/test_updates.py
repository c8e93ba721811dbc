"""What happens after delivery: news, the addressee's reply, and the outcome of each demand, beside the frozen text."""

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Contact, Event, Signature, Update
from campaigns.models.updates import LARGEST_DOCUMENT_BYTES
from tests.builders import (
    every_row,
    make_campaign,
    make_coordinator,
    make_listed,
    make_translation,
    make_update,
    send_letters,
    sign_in,
    translate,
)

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
PDF = b"%PDF-1.7\nthe reply\n%%EOF\n"
OUTCOME = {"kind": Update.Kind.OUTCOME, "outcome": Update.Outcome.PARTLY}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def desk(client: Client) -> Client:
    """The client of a coordinator who has signed in."""
    sign_in(client, make_coordinator())
    return client


def read(client: Client, address: str = "/campaigns/open-letter/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def make_outcome(campaign: Campaign, number: int = 1, **fields: Any) -> Update:
    return make_update(campaign, demand_key=campaign.text.demands[number - 1].key, **{**OUTCOME, **fields})


def outcomes(page: str) -> list[tuple[str, str]]:
    """The number of each demand that has an outcome on the page, with the outcome's words."""
    demands = re.findall(r'<li id="demand-(\d+)">(.*?)</li>', page)
    found = [
        (number, re.search(r'class="outcome[^>]*><a href="#update-\d+">(.*?)</a> · (.*?)<', demand))
        for number, demand in demands
    ]
    return [(number, " · ".join(match.groups())) for number, match in found if match]


def test_update_without_a_text_is_not_published(campaign: Campaign) -> None:
    update = Update.objects.create(campaign=campaign)
    before = every_row()
    with pytest.raises(ValidationError, match="has no text yet"):
        update.publish(by=None)
    assert every_row() == before


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kind": "outcome"}, "of which demand"),
        ({"kind": "outcome", "outcome": "met"}, "of which demand"),
        ({"kind": "outcome", "demand_key": "12345678"}, "of which demand"),
        ({"kind": "news", "outcome": "met"}, "Only an outcome points at a demand"),
        ({"kind": "reply", "demand_key": "12345678"}, "Only an outcome points at a demand"),
    ],
)
def test_outcome_and_demand_belong_together(campaign: Campaign, fields: dict[str, str], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Update(campaign=campaign, **fields).full_clean()


def test_outcome_points_at_a_demand_of_its_own_campaign(campaign: Campaign) -> None:
    other = make_campaign(slug="other")
    with pytest.raises(ValidationError):
        Update(campaign=campaign, demand_key=other.text.demands[0].key, **OUTCOME).full_clean()
    Update(campaign=campaign, demand_key=campaign.text.demands[0].key, **OUTCOME).full_clean()


def test_publishing_mails_those_alone_who_asked_for_news(campaign: Campaign) -> None:
    for name, wants in (("River Watch", True), ("Hill Watch", False), ("Lake Watch", True), ("Sea Watch", True)):
        signature = make_listed(campaign, name, email=f"{name.split()[0].lower()}@example.org")
        signature.contact.wants_updates = wants
        signature.contact.save()
    Signature.objects.get(name="Sea Watch").withdraw()
    send_letters()
    update = make_update(campaign)
    coordinator = make_coordinator()
    for _time in range(2):
        update.publish(by=coordinator)
    letters = send_letters()
    assert sorted(letter.to[0] for letter in letters) == ["lake@example.org", "river@example.org"]
    assert {letter.subject for letter in letters} == {"News of a statement you signed: They have answered"}
    assert "The assembly **has** answered." in str(letters[0].body)
    assert f"http://localhost:8000/campaigns/open-letter/#update-{update.pk}" in str(letters[0].body)
    assert update.published_at == NOON
    record = Event.objects.filter(verb="updated").values_list("who__username", "details")
    assert list(record) == [("coordinator", {"kind": "news", "update": update.pk})]
    assert send_letters() == []


def test_who_no_longer_wants_news_gets_none(campaign: Campaign) -> None:
    signature = make_listed(campaign)
    signature.contact.wants_updates = True
    signature.contact.save()
    send_letters()
    make_update(campaign).publish(by=None)
    signature.contact.wants_updates = False
    signature.contact.save()
    assert send_letters() == []


def test_page_shows_published_updates_the_newest_first(client: Client, campaign: Campaign) -> None:
    make_update(campaign, "Not yet public")
    for day, title in ((1, "We have asked"), (3, "They have answered"), (2, "They have met")):
        make_update(campaign, title, date=datetime.date(2026, 3, day), source="https://news.example.org/").publish(
            by=None
        )
    page = read(client)
    assert re.findall(r"<h3 id=.*?>(.*?)</h3>", page.split("What has happened")[-1]) == [
        "They have answered",
        "They have met",
        "We have asked",
    ]
    assert "Not yet public" not in page
    assert "<p>The assembly <strong>has</strong> answered.</p>" in page
    assert page.count('<a href="https://news.example.org/" rel="nofollow noopener">Source</a>') == 3


def test_update_is_read_in_the_language_of_the_page_or_the_nearest(client: Client, campaign: Campaign) -> None:
    make_translation(campaign)
    translate(campaign)
    both = make_update(campaign, "In English")
    both.texts.create(language="de", title="Auf Deutsch", text="Sie haben geantwortet.")
    both.publish(by=None)
    alone = make_update(campaign, "Only in English")
    alone.publish(by=None)
    titles = [
        re.findall(
            r'<article id="update-\d+" .*? lang="(\w+)".*?<h3 id=.*?>(.*?)</h3>',
            read(client, f"/campaigns/open-letter/{page}"),
        )
        for page in ("", "in/de/")
    ]
    assert titles == [
        [("en", "Only in English"), ("en", "In English")],
        [("en", "Only in English"), ("de", "Auf Deutsch")],
    ]


def test_each_demand_shows_its_newest_outcome_and_the_text_stays(client: Client, campaign: Campaign) -> None:
    file = "/campaigns/open-letter/versions/1/en.json"
    before = campaign.digest, client.get(file).content
    assert outcomes(read(client)) == []
    make_outcome(campaign, 2, outcome="refused", date=datetime.date(2026, 3, 1)).publish(by=None)
    make_outcome(campaign, 2, outcome="met", date=datetime.date(2026, 3, 2)).publish(by=None)
    make_outcome(campaign, 2, outcome="open", date=datetime.date(2026, 2, 1)).publish(by=None)
    make_outcome(campaign, 1, date=datetime.date(2026, 3, 2)).publish(by=None)
    make_outcome(campaign, 1, outcome="refused", date=datetime.date(2026, 3, 5))
    make_update(campaign, date=datetime.date(2026, 3, 6)).publish(by=None)
    assert outcomes(read(client)) == [("1", "partly met · 2 March 2026"), ("2", "met · 2 March 2026")]
    campaign.refresh_from_db()
    assert (campaign.digest, client.get(file).content) == before
    assert (campaign.has_draft_changes, campaign.text_versions.count()) == (False, 1)


def test_reply_is_served_as_pdf_once_it_is_published(client: Client, campaign: Campaign) -> None:
    reply = make_update(campaign, kind="reply", document=SimpleUploadedFile("Their answer.pdf", PDF))
    assert client.get(f"/replies/{reply.pk}.pdf").status_code == 404
    reply.publish(by=None)
    response = client.get(f"/replies/{reply.pk}.pdf")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.getvalue() == PDF
    assert f'<a href="/replies/{reply.pk}.pdf">The reply as PDF</a>' in read(client)
    news = make_update(campaign)
    news.publish(by=None)
    assert client.get(f"/replies/{news.pk}.pdf").status_code == 404


def form(campaign: Campaign, **fields: Any) -> dict[str, Any]:
    """What the desk's form sends for an update with one text."""
    return {
        "campaign": campaign.pk,
        "kind": "reply",
        "demand_key": "",
        "outcome": "",
        "date": "2026-03-02",
        "source": "",
        "texts-TOTAL_FORMS": 1,
        "texts-INITIAL_FORMS": 0,
        "texts-0-language": "en",
        "texts-0-title": "They have answered",
        "texts-0-text": "In a letter.",
        **fields,
    }


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("reply.pdf", b"MZ\x90\x00", "The file is not a PDF."),
        ("reply.html", PDF, "File extension “html” is not allowed."),
        ("reply.pdf", b"<html>%PDF-1.7", "The file is not a PDF."),
        ("reply.pdf", PDF + b"0" * LARGEST_DOCUMENT_BYTES, "The file is larger than 10 MB."),
        ("reply.pdf", b"", "The submitted file is empty."),
    ],
)
def test_reply_that_is_no_pdf_is_refused(
    desk: Client, campaign: Campaign, name: str, content: bytes, says: str
) -> None:
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    response = desk.post(reverse("admin:campaigns_update_add"), form(campaign, document=file))
    assert response.status_code == 200
    assert says in response.content.decode()
    assert not Update.objects.exists()


def test_coordinator_writes_a_reply_and_publishes_it(desk: Client, campaign: Campaign) -> None:
    file = SimpleUploadedFile("reply.pdf", PDF, content_type="application/pdf")
    assert desk.post(reverse("admin:campaigns_update_add"), form(campaign, document=file)).status_code == 302
    update = Update.objects.get()
    assert "They have answered" not in read(desk)
    for _time in range(2):
        assert desk.post(reverse("admin:campaigns_update_publish", args=[update.pk])).status_code == 302
    assert "They have answered" in read(desk)
    assert Event.objects.filter(verb="updated").count() == 1


def test_published_update_can_be_neither_edited_nor_deleted(desk: Client, campaign: Campaign) -> None:
    update = make_update(campaign)
    update.publish(by=None)
    text = update.texts.get()
    before = every_row()
    edit = reverse("admin:campaigns_update_change", args=[update.pk])
    fields = {"texts-INITIAL_FORMS": 1, "texts-0-id": text.pk, "texts-0-update": update.pk, "texts-0-title": "Never"}
    assert desk.post(edit, form(campaign, **fields)).status_code == 403
    delete = reverse("admin:campaigns_update_delete", args=[update.pk])
    assert desk.post(delete, {"post": "yes"}).status_code == 403
    several = {"action": "delete_selected", "_selected_action": [update.pk], "post": "yes"}
    desk.post(reverse("admin:campaigns_update_changelist"), several)
    assert every_row() == before
    page = desk.get(edit)
    assert page.status_code == 200
    assert 'name="texts-0-title"' not in page.content.decode()


def test_contact_person_ends_the_news_on_its_own_page(client: Client) -> None:
    campaign = make_campaign()
    group = make_listed(campaign)
    Contact.objects.filter(pk=group.pk).update(wants_updates=True)
    make_update(campaign).publish(by=None)
    news = [letter for letter in send_letters() if letter.subject.startswith("News of")]
    page = re.findall(r"/signatures/\S+/", str(news[0].body))[-1]
    assert client.post(page, {"stop_news": ""}).status_code == 302
    make_update(campaign, title="Once more").publish(by=None)
    assert send_letters() == []
