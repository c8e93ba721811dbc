"""What caches may keep, and how long: asked of every address there is."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLResolver, reverse
from django.utils import timezone

from campaigns import tokens, urls
from campaigns.models import Campaign, Organization, Signature, SiteTheme, ThemeText, own_data
from campaigns.views.keeping import KEPT_SECONDS
from tests.builders import (
    make_campaign,
    make_circulating,
    make_commented_draft,
    make_delivery,
    make_invitation,
    make_listed,
    make_pending,
    make_translation,
    make_update,
)
from tests.pictures import plain

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
LETTER = "/campaigns/open-letter/"
GROUP = "/organizations/river-watch/"
SECRET = {
    "sign", "sent", "check", "report", "report_sent", "own_page", "own_logo", "own_data", "own_data_json",
    "own_address", "invitation", "stop_invitations", "stop_at_once", "draft", "draft_in", "translate",
    "translate_document",
}  # fmt: skip
NAMED_BY_CONTENT = {"theme_css", "theme_logo"}
LEADS_ON = {"api", "own_logo", "own_data", "stop_at_once"}
HALF_A_MINUTE = datetime.timedelta(seconds=30)


def named(patterns: Sequence[Any], space: str = "", above: Sequence[str] = ()) -> Iterator[tuple[str, list[str]]]:
    """The name of each address, and what its parts are called."""
    for each in patterns:
        parts = [*above, *each.pattern.converters]
        if isinstance(each, URLResolver):
            yield from named(each.url_patterns, f"{each.namespace}:" if each.namespace else space, parts)
        elif each.name:
            yield space + each.name, parts


EVERY = dict(named([*urls.urlpatterns, *urls.files]))


@pytest.fixture
def campaign() -> Iterator[Campaign]:
    """What every address is of, as `part` finds it, while no time passes."""
    campaign = make_campaign()
    organization = make_listed(campaign, website="https://river.example.org").organization
    assert organization
    organization.set_logo(plain())
    make_update(campaign, kind="reply", document=SimpleUploadedFile("r.pdf", b"%PDF-1.7\n%%EOF\n")).publish(by=None)
    make_delivery(campaign)
    make_commented_draft()
    make_translation(make_circulating(slug="circulating", title="Not public yet")).share(by=None)
    SiteTheme(accent="#7a1f3d", logo=plain(height=36)).change(
        ["accent", "logo"], [ThemeText(language="en", legal_notice="We are.")], by=None
    )
    with time_machine.travel(timezone.now(), tick=False):
        yield campaign


def part(campaign: Campaign, address: str, name: str) -> Any:
    """What stands in the address for the part of that name."""
    kinds: dict[str, dict[str, Any]] = {
        "slug": {"organization": "river-watch", "api_organization": "river-watch"},
        "secret": {
            "draft": Campaign.objects.get(slug="commented").draft_secret,
            "translate": Campaign.objects.get(slug="circulating").translations.get().link_secret,
            "circulate": Campaign.objects.get(slug="circulating").circulation_secret,
        },
        "name": {"theme": SiteTheme.current().logo_name, "logo": Organization.objects.get(slug="river-watch").logo},
    }
    plainly = {
        "slug": campaign.slug, "language": "en", "number": 1, "version": 1, "section": "pages",
        "fingerprint": campaign.deliveries.get().fingerprint, "pk": campaign.updates.get().pk,
    }  # fmt: skip
    found = [value for begin, value in kinds.get(name, {}).items() if address.startswith(begin)]
    if name == "token":
        return token(campaign, address)
    return found[0] if found else plainly[name]


def token(campaign: Campaign, address: str) -> str:
    if address.startswith("own"):
        pending = make_pending(campaign, "Lake Watch")
        own_data.correct(pending, "The secretary", "secretary", "other@lake.example.org")
        return tokens.make_move(pending) if address == "own_address" else tokens.make(pending, tokens.OWN_PAGE)
    invitation = make_invitation(campaign)
    return tokens.make_stop(invitation) if address.startswith("stop") else tokens.make_invitation(invitation)


def path_of(campaign: Campaign, address: str) -> str:
    query = {
        "theme_css": f"?{SiteTheme.current().digest}",
        "oembed": f"?url=http://localhost:8000{LETTER}",
    }
    return reverse(address, kwargs={name: part(campaign, address, name) for name in EVERY[address]}) + query.get(
        address, ""
    )


def told(response: Any) -> dict[str, str]:
    """What the answer says of how long it may be kept."""
    words = [word.partition("=") for word in response.headers.get("Cache-Control", "").split(", ")]
    return {name: value for name, _is, value in words}


@pytest.mark.parametrize("address", EVERY)
def test_every_address_says_who_may_keep_it(client: Client, campaign: Campaign, address: str) -> None:
    path = path_of(campaign, address)
    response = client.get(path)
    if response.status_code == 503:
        pytest.skip("no Pango on this machine")
    assert response.status_code == (302 if address in LEADS_ON else 200)
    keeping = told(response)
    if address in SECRET | LEADS_ON or address.startswith("circulate:"):
        assert {"private", "no-store"} <= set(keeping)
        assert "ETag" not in response
        return
    assert "public" in keeping
    assert {"private", "no-store"} & set(keeping) == set()
    assert (dict(response.cookies), response.headers.get("Vary")) == ({}, None)
    assert b"csrfmiddlewaretoken" not in response.getvalue()
    if address in NAMED_BY_CONTENT:
        return
    assert "no-cache" in keeping or 0 < int(keeping["s-maxage"]) <= KEPT_SECONDS
    if "ETag" in response or not response.streaming:
        again = client.get(path, headers={"If-None-Match": f"W/{response['ETag']}"})
        assert (again.status_code, again.content) == (304, b"")
        assert (again["ETag"], again["Cache-Control"]) == (response["ETag"], response["Cache-Control"])


# What changes by itself


def kept_for(client: Client, path: str) -> int:
    return int(told(client.get(path))["s-maxage"])


OF_A_CAMPAIGN = [
    LETTER,
    f"{LETTER}signatories/",
    f"{LETTER}embed/",
    f"{LETTER}share/",
    "/",
    "/organizations/river-watch/",
]


@pytest.mark.parametrize("path", OF_A_CAMPAIGN)
def test_nobody_keeps_a_page_beyond_the_close(client: Client, path: str) -> None:
    campaign, now = make_campaign(), timezone.now()
    make_listed(campaign)
    closes_at = now + datetime.timedelta(hours=1)
    campaign.close_at(closes_at, by=None)
    found = []
    for seconds_left in (60, 30, 12.5, 1, 0.5, 0, -5):
        with time_machine.travel(closes_at - datetime.timedelta(seconds=seconds_left), tick=False):
            found.append(kept_for(client, path))
    assert found == [30, 30, 12, 1, 0, 30, 30]


@pytest.mark.parametrize("path", ["/", GROUP])
def test_nobody_keeps_a_page_beyond_an_embargo(client: Client, path: str) -> None:
    make_listed(make_campaign())
    coming, until = make_circulating(slug="coming", title="Coming soon"), timezone.now() + datetime.timedelta(hours=1)
    Signature.objects.add(coming, None, {"name": "River Watch", "name_as_signed": "River Watch", "language": "en"})
    coming.embargo(until, by=None)
    with time_machine.travel(until - datetime.timedelta(seconds=7), tick=False):
        response = client.get("/campaigns/coming/")
        assert (response.status_code, "no-store" in told(response)) == (404, True)
        assert kept_for(client, path) == 7
    with time_machine.travel(until, tick=False):
        assert "Coming soon" in client.get("/").content.decode()
        assert kept_for(client, "/campaigns/coming/") == kept_for(client, path) == 30


def test_page_that_closes_while_it_is_written_is_not_kept(client: Client) -> None:
    """The moment is counted from when the page was begun."""
    campaign = make_campaign()
    now = timezone.now()
    campaign.close_at(now + HALF_A_MINUTE, by=None)
    assert campaign.next_change(after=now) == now + HALF_A_MINUTE
    assert campaign.next_change(after=now + HALF_A_MINUTE) is None


@pytest.mark.parametrize("path", ["/nothing/", "/campaigns/nothing/", "/organizations/nobody/", f"{LETTER}in/xx/"])
def test_what_is_not_there_is_kept_by_nobody(client: Client, path: str) -> None:
    make_campaign()
    response = client.get(path)
    assert (response.status_code, "no-store" in told(response)) == (404, True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{LETTER}share/?theme=loud", 422),
        ("/oembed/", 400),
        (f"/oembed/?format=x&url=http://localhost:8000{LETTER}", 501),
    ],
)
def test_what_was_asked_amiss_is_kept_by_nobody(client: Client, path: str, status: int) -> None:
    make_campaign()
    response = client.get(path)
    assert (response.status_code, "no-store" in told(response)) == (status, True)


def test_withdrawn_name_has_another_tag(client: Client) -> None:
    signature = make_listed(make_campaign())
    before = client.get(LETTER)["ETag"]
    signature.withdraw()
    after = client.get(LETTER, headers={"If-None-Match": before})
    assert (after.status_code, b"River Watch" in after.content) == (200, False)
