"""What a site tells to programs that walk through it: its maps, where not to go, and whom to tell of a hole."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import time_machine
from django.conf import settings as site
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from campaigns.models import Organization, SiteTheme
from campaigns.sitemaps import Organizations
from tests.builders import make_campaign, make_circulating, make_listed, make_translation, translate

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


# Maps


def places(client: Client, address: str = "/sitemap.xml") -> dict[str, dict[str, str]]:
    """The addresses of a map, each with its alternates by language."""
    tree = ElementTree.fromstring(read(client, address))
    return {
        str(url.findtext("{*}loc")): {link.get("hreflang", ""): link.get("href", "") for link in url.findall("{*}link")}
        for url in tree.findall("{*}url")
    }


def test_sitemap_has_every_public_page_in_its_languages(client: Client) -> None:
    campaign = make_campaign()
    for language in ("ka", "uk"):
        make_translation(campaign, language)
    translate(campaign)
    make_listed(campaign)
    make_campaign(slug="ukrainian", language="uk")
    found = places(client)
    assert {place.removeprefix(SITE) for place in found if "/campaigns/" in place} == {
        *("/campaigns/open-letter/", "/uk/campaigns/open-letter/", "/campaigns/open-letter/in/ka/"),
        *("/uk/campaigns/ukrainian/", "/campaigns/ukrainian/"),
    }
    assert found[f"{SITE}/campaigns/open-letter/in/ka/"] == {
        "en": f"{SITE}/campaigns/open-letter/",
        "ka": f"{SITE}/campaigns/open-letter/in/ka/",
        "uk": f"{SITE}/uk/campaigns/open-letter/",
        "x-default": f"{SITE}/campaigns/open-letter/",
    }
    assert set(found[f"{SITE}/ar/organizations/river-watch/"]) == {*dict(site.LANGUAGES), "x-default"}
    for place, alternates in found.items():
        assert place in alternates.values()
        assert all(found[other] == alternates for other in alternates.values())
        assert client.get(place.removeprefix(SITE)).status_code == 200


def test_sitemap_says_the_same_as_the_pages_themselves(client: Client) -> None:
    campaign = make_campaign()
    make_translation(campaign)
    translate(campaign)
    for place, alternates in places(client).items():
        if "/campaigns/" in place:
            page = read(client, place.removeprefix(SITE))
            assert dict(re.findall(r'<link rel="alternate" hreflang="(.*?)" href="(.*?)">', page)) == alternates


def test_large_sitemap_is_an_index_of_its_parts(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = make_campaign()
    for number in range(5):
        make_listed(campaign, f"Group number {number} for the river")
    whole = places(client)
    monkeypatch.setattr(Organizations, "limit", 2)
    index = ElementTree.fromstring(read(client, "/sitemap.xml"))
    parts = [str(place.text) for place in index.iter() if place.tag.endswith("loc")]
    assert len(parts) == 5
    found: dict[str, dict[str, str]] = {}
    for part in parts:
        found |= places(client, part.removeprefix(SITE))
    assert found == whole
    for odd in ("/sitemap-nothing.xml", "/sitemap-pages.xml?p=2", "/sitemap-pages.xml?p=x"):
        assert client.get(odd).status_code == 404


@pytest.mark.parametrize("address", ["/sitemap.xml", "/robots.txt", "/.well-known/security.txt"])
def test_file_of_the_site_is_the_same_for_everybody_in_four_queries(
    client: Client, address: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        make_listed(make_campaign(slug=f"letter-{number}"), f"Group number {number} for the river")
    with django_assert_max_num_queries(4):
        response = client.get(address)
    assert (response.status_code, response.cookies, "Vary" in response) == (200, {}, False)
    assert client.head(address).headers == response.headers
    assert client.get(address, headers={"if-none-match": response["ETag"]}).status_code == 304
    assert client.post(address).status_code == 405


def test_organization_whose_only_statement_is_not_public_is_on_no_map(client: Client) -> None:
    make_listed(make_circulating(), "River Watch")
    assert Organization.objects.get()
    assert not [place for place in places(client) if "organizations" in place]


# Robots and those who find holes


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, before + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield before + str(each.pattern)


def disallowed(client: Client) -> list[str]:
    return re.findall(r"^Disallow: (.*)$", read(client, "/robots.txt"), re.MULTILINE)


def test_robots_are_kept_from_every_form_and_private_link_and_told_of_none(client: Client) -> None:
    campaign = make_circulating()
    campaign.share_draft(by=None)
    campaign.refresh_from_db()
    told = read(client, "/robots.txt")
    assert campaign.circulation_secret not in told
    assert campaign.draft_secret not in told
    assert told.endswith(f"\nSitemap: {SITE}/sitemap.xml\n")
    rules = disallowed(client)
    private = [route for route in routes(get_resolver().url_patterns) if "<slug:secret>" in route or "token>" in route]
    assert len(private) > 10
    for route in private:
        for prefix in ("/", "/uk/", "/ar/"):
            assert any(f"{prefix}{route}".startswith(rule) for rule in rules), route


def test_robots_may_read_all_that_the_sitemap_names(client: Client) -> None:
    make_listed(make_campaign(slug="report"), "Drafts")
    patterns = [re.compile(re.escape(rule).replace(r"\*", ".*")) for rule in disallowed(client)]
    for place in places(client):
        assert not any(pattern.match(urlsplit(place).path) for pattern in patterns), place


def test_security_contact_is_told_and_never_out_of_date(client: Client, settings: Any) -> None:
    settings.SECURITY_CONTACT = "https://statements.example/holes"
    with time_machine.travel("2026-03-02T12:34:56Z", tick=False):
        assert read(client, "/.well-known/security.txt") == (
            "Contact: https://statements.example/holes\n"
            "Expires: 2026-08-29T00:00:00Z\n"
            "Preferred-Languages: en, uk, fr, de, es, pl, ar\n"
            f"Canonical: {SITE}/.well-known/security.txt\n"
        )


def test_security_contact_that_the_site_names_stands_before_that_of_the_settings(client: Client) -> None:
    assert read(client, "/.well-known/security.txt").startswith("Contact: mailto:undersigned@localhost\n")
    SiteTheme(security_contact="https://river.example.org/holes").change(["security_contact"], [], by=None)
    assert read(client, "/.well-known/security.txt").startswith("Contact: https://river.example.org/holes\n")
