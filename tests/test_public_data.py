"""Nothing in feeds, lists, the API, frames or the maps of the site that is not on the public pages already."""

import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign
from tests.builders import (
    make_campaign,
    make_circulating,
    make_draft,
    make_listed,
    make_pending,
    make_signature,
    make_translation,
    make_update,
)

pytestmark = pytest.mark.django_db

CANARY = "Xanthe"
SITE = "http://localhost:8000"
OF_THE_SITE = ["/feed/", "/api/campaigns/", "/api/openapi.json", "/robots.txt", "/sitemap.xml"]
OF_A_CAMPAIGN = [
    *(f"/campaigns/{{}}/{page}" for page in ("share/", "embed/", "feed/", "signatories/feed/")),
    *(f"/campaigns/{{}}/signatories.{page}" for page in ("csv", "json", "txt", "txt?as=commas&by=country")),
    *(f"/api/campaigns/{{}}/{part}" for part in ("", "signatories/", "updates/")),
    *(f"/oembed/?url={SITE}/campaigns/{{}}/&format={form}" for form in ("json", "xml")),
]


def read(client: Client, address: str) -> str:
    response: Any = client.get(address)
    assert response.status_code == 200, address
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def sweep(client: Client, *slugs: str) -> str:
    """All that these addresses tell of the site, and of the campaigns that are there."""
    found = [read(client, address) for address in OF_THE_SITE]
    found += [read(client, address.format(slug)) for address in OF_A_CAMPAIGN for slug in slugs]
    return "\n".join(found)


def test_sweep_finds_what_is_public(client: Client) -> None:
    campaign = make_campaign(title=f"{CANARY}’s letter")
    make_listed(campaign, f"{CANARY} Watch")
    make_update(campaign, f"{CANARY} has answered").publish(by=None)
    for address in [*OF_THE_SITE[:2], *(each.format("open-letter") for each in OF_A_CAMPAIGN)]:
        assert CANARY in read(client, address), address


def test_names_that_are_not_public_stand_nowhere(client: Client) -> None:
    campaign = make_campaign(allows_persons=True)
    make_listed(campaign, "River Watch")
    make_listed(campaign, f"{CANARY} Addressed", shown="addressee", website=f"https://{CANARY}.example.org")
    make_listed(campaign, f"{CANARY} Counted", shown="counted", comment=f"{CANARY} says")
    make_listed(campaign, f"Person {CANARY}", kind="person", shown="counted", affiliation=f"{CANARY} House")
    make_pending(campaign, f"{CANARY} Pending")
    make_signature(campaign, f"{CANARY} Unconfirmed", email=f"{CANARY}@example.org")
    make_pending(campaign, f"{CANARY} Declined").decline(by=None, reason=CANARY)
    make_listed(campaign, f"{CANARY} Withdrawn").withdraw()
    make_listed(campaign, f"{CANARY} Removed").remove(by=None, reason=CANARY)
    told = sweep(client, "open-letter")
    assert CANARY.lower() not in told.lower()
    assert "River Watch" in told


def test_contact_persons_and_comments_stand_nowhere(client: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign, "River Watch", comment=CANARY, source_note=CANARY)
    campaign.signatures.update(reason=CANARY, name_as_signed=CANARY)
    told = sweep(client, "open-letter") + read(client, "/api/organizations/river-watch/")
    for secret in (CANARY, "secretary", "coordinators@example.org"):
        assert secret not in told


def test_hidden_organization_is_named_on_lists_and_linked_to_nowhere(client: Client) -> None:
    signature = make_listed(make_campaign(), "River Watch")
    assert signature.organization
    signature.organization.hide(by=None)
    told = sweep(client, "open-letter")
    assert "River Watch" in told
    assert "organizations/river-watch" not in told
    hidden, unknown = client.get("/api/organizations/river-watch/"), client.get("/api/organizations/unknown/")
    assert (hidden.status_code, hidden.content) == (404, unknown.content)


def test_drafts_of_texts_and_updates_stand_nowhere(client: Client) -> None:
    campaign = make_campaign()
    Campaign.objects.update(title=f"{CANARY} changed", summary=CANARY, body=CANARY)
    campaign.demands.update(text=CANARY)
    make_update(campaign, f"{CANARY} has not answered yet", source=f"https://{CANARY}.example.org")
    make_translation(campaign, title=CANARY)
    assert CANARY not in sweep(client, "open-letter")


def test_campaigns_that_are_not_public_stand_nowhere_until_the_very_second(client: Client) -> None:
    make_draft(slug="draft", title=CANARY)
    make_listed(make_circulating(slug="circulating", title=CANARY), f"{CANARY} Watch")
    opens = timezone.now().replace(microsecond=0) + datetime.timedelta(hours=1)
    embargoed = make_circulating(slug="embargoed", title=CANARY)
    embargoed.embargo(opens, by=None)
    make_listed(embargoed, f"{CANARY} League")
    told = sweep(client)
    for secret in (CANARY, "circulating", "embargoed", "draft/", embargoed.circulation_secret):
        assert secret not in told
    assert client.get(f"/api/organizations/{CANARY.lower()}-league/").status_code == 404
    with time_machine.travel(opens - datetime.timedelta(seconds=1), tick=False) as clock:
        before = client.get("/api/campaigns/")
        assert CANARY not in sweep(client)
        clock.move_to(opens)
        after = client.get("/api/campaigns/", headers={"if-none-match": before["ETag"]})
        assert [each["title"] for each in after.json()["items"]] == [CANARY]
        assert CANARY in sweep(client, "embargoed")
        assert f'"public_since": "{opens:%Y-%m-%d}"' in read(client, "/api/campaigns/embargoed/signatories/")


def test_closing_is_told_to_the_second(client: Client) -> None:
    closes = timezone.now().replace(microsecond=0) + datetime.timedelta(hours=1)
    make_campaign(closes_at=closes)
    with time_machine.travel(closes - datetime.timedelta(seconds=1), tick=False) as clock:
        before = client.get("/api/campaigns/open-letter/")
        assert before.json()["is_open"]
        clock.move_to(closes)
        after = client.get("/api/campaigns/open-letter/", headers={"if-none-match": before["ETag"]})
        assert (after.status_code, after.json()["is_open"]) == (200, False)
