"""Atom feeds that readers of feeds take, of nothing but what is public."""

import datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
import time_machine
from django.test import Client
from lxml import etree

from campaigns.models import Campaign
from tests.builders import (
    make_campaign,
    make_circulating,
    make_listed,
    make_pending,
    make_translation,
    make_update,
    translate,
)

pytestmark = pytest.mark.django_db

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "data" / "atom.rng"))
SITE = "http://localhost:8000"
UPDATES = "/campaigns/open-letter/feed/"
SIGNATORIES = "/campaigns/open-letter/signatories/feed/"
FEEDS = ["/feed/", UPDATES, SIGNATORIES]
NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)


def read(client: Client, address: str) -> Any:
    """The feed as feedparser understands it; it is sound, and as the schema has it."""
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    SCHEMA.assertValid(etree.fromstring(response.content))
    parsed = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    assert not parsed.bozo, parsed.bozo_exception
    assert parsed.version == "atom10"
    return parsed


def titles(client: Client, address: str) -> list[str]:
    return [entry.title for entry in read(client, address).entries]


def make_lively() -> Campaign:
    """A campaign in two languages, with an update and names of every kind."""
    campaign = make_campaign(allows_persons=True, title="Fish & <chips>", summary='<b>"Why"</b>')
    make_translation(campaign)
    translate(campaign)
    make_update(campaign).publish(by=None)
    make_listed(campaign, "River Watch", country="UA")
    make_listed(campaign, "Ріка & Море", country="")
    make_listed(campaign, "A Reader", kind="person", affiliation="University of the River")
    return campaign


@pytest.mark.parametrize("prefix", ["", "/uk", "/ar", "/de"])
@pytest.mark.parametrize("address", FEEDS)
def test_feed_is_sound_in_every_language_and_names_itself(client: Client, address: str, prefix: str) -> None:
    make_lively()
    feed = read(client, prefix + address).feed
    links = {link.rel: link.href for link in feed.links}
    assert links["self"] == f"{SITE}{prefix}{address}"
    assert links["alternate"].startswith(f"{SITE}{prefix}/")
    assert client.get(links["alternate"].removeprefix(SITE)).status_code == 200
    assert feed.language == (prefix.strip("/") or "en")
    assert feed.author == "Undersigned"


@pytest.mark.parametrize("address", FEEDS)
def test_feed_without_entries_is_sound_and_stays_the_same(client: Client, address: str) -> None:
    make_campaign()
    if address == "/feed/":
        Campaign.objects.update(publish_at=None)
    first = client.get(address)
    assert read(client, address).entries == []
    assert client.get(address).content == first.content


def test_new_campaigns_stand_in_the_order_of_their_publication_each_in_the_readers_language(client: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        make_campaign(slug="first", title="The first")
        clock.shift(60)
        make_campaign(slug="second", title="The second")
        make_circulating(slug="third", title="Not yet")
    assert titles(client, "/feed/") == ["The second", "The first"]
    entry = read(client, "/feed/").entries[1]
    assert (entry.link, entry.id) == (
        f"{SITE}/campaigns/first/",
        "tag:localhost,2026-03-02:/campaigns/first//",
    )
    assert (entry.published, entry.updated) == ("2026-03-02T12:00:00+00:00",) * 2
    assert "What we ask of the assembly." in entry.summary


def test_titles_and_summaries_are_text_and_obeyed_by_nobody(client: Client) -> None:
    make_lively()
    entry = read(client, "/feed/").entries[0]
    assert entry.title_detail.type == "text/plain"
    assert entry.title == "Fish & <chips>"
    assert b"&lt;p&gt;&amp;lt;b&amp;gt;&amp;quot;Why" in client.get("/feed/").content


def test_entry_says_in_which_language_its_words_are(client: Client) -> None:
    make_lively()
    tree = etree.fromstring(client.get("/de" + UPDATES).content)
    (entry,) = tree.findall("{*}entry")
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert tree.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    assert read(client, "/de" + UPDATES).feed.title.endswith("Ein offener Brief")


def test_updates_lead_to_their_places_on_the_page(client: Client) -> None:
    campaign = make_campaign()
    make_update(campaign, "A draft of an update")
    update = make_update(campaign)
    update.publish(by=None)
    (entry,) = read(client, UPDATES).entries
    assert (entry.title, entry.link) == ("They have answered", f"{SITE}/campaigns/open-letter/#update-{update.pk}")
    assert "<strong>has</strong>" in entry.summary


def test_signatories_stand_in_the_order_in_which_they_were_listed_the_newest_first(client: Client) -> None:
    campaign = make_campaign(allows_persons=True, list_order="name")
    late, early = make_pending(campaign, "Aspen Trust"), make_pending(campaign, "Birch Trust")
    early.accept()
    late.accept()
    make_listed(campaign, "Cedar Trust")
    make_pending(campaign, "Not yet decided")
    assert titles(client, SIGNATORIES) == ["Cedar Trust", "Aspen Trust", "Birch Trust"]


def test_signatory_leads_to_its_page_unless_it_is_hidden(client: Client) -> None:
    campaign = make_campaign()
    signature = make_listed(campaign)
    assert read(client, SIGNATORIES).entries[0].link == f"{SITE}/organizations/river-watch/"
    assert signature.organization
    signature.organization.hide(by=None)
    assert read(client, SIGNATORIES).entries[0].link == f"{SITE}/campaigns/open-letter/signatories/"


def test_withdrawn_name_is_gone_also_for_who_asks_whether_anything_has_changed(client: Client) -> None:
    campaign = make_campaign()
    leaving = make_listed(campaign, "Lake Watch")
    make_listed(campaign, "River Watch")
    before = client.get(SIGNATORIES)
    same = client.get(SIGNATORIES, headers={"if-none-match": before["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    leaving.withdraw()
    asked = {"if-none-match": before["ETag"], "if-modified-since": "Fri, 31 Dec 2100 23:59:59 GMT"}
    after = client.get(SIGNATORIES, headers=asked)
    assert after.status_code == 200
    assert titles(client, SIGNATORIES) == ["River Watch"]
    assert "Last-Modified" not in before


def test_ids_stay_while_others_come_and_go(client: Client) -> None:
    campaign = make_campaign()
    first, kept = make_listed(campaign, "Lake Watch"), make_listed(campaign, "River Watch")
    before = {entry.title: entry.id for entry in read(client, SIGNATORIES).entries}
    first.withdraw()
    make_listed(campaign, "Hill Watch")
    after = {entry.title: entry.id for entry in read(client, SIGNATORIES).entries}
    assert after[kept.name] == before[kept.name]
    assert len(set(after.values()) | set(before.values())) == 3


def test_control_characters_that_xml_cannot_hold_break_no_feed(client: Client) -> None:
    campaign = make_campaign(title="A\x0bletter", summary="Why\x1fnot\ufffe")
    make_update(campaign, "An\x08swer").publish(by=None)
    for address in FEEDS:
        read(client, address)


@pytest.mark.usefixtures("theme_in_memory")
@pytest.mark.parametrize("address", FEEDS)
@pytest.mark.parametrize("count", [1, 60])
def test_feed_takes_at_most_two_queries(
    client: Client, address: str, count: int, django_assert_max_num_queries: Any
) -> None:
    campaign = make_campaign()
    for number in range(count):
        make_listed(campaign, f"Group number {number} for the river")
        make_update(campaign).publish(by=None)
    with django_assert_max_num_queries(2):
        assert len(read(client, address).entries) <= 50


@pytest.mark.parametrize("address", FEEDS)
def test_feed_is_the_same_for_everybody_and_only_read(client: Client, address: str) -> None:
    make_lively()
    response = client.get(address)
    assert (response.cookies, "Vary" in response) == ({}, False)
    assert client.head(address).headers == response.headers
    assert client.post(address).status_code == 405
