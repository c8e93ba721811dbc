"""What the page tells machines of itself, read by a library that others wrote. Nothing is fetched for it."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from pyld import jsonld

from tests.builders import make_campaign, make_circulating, make_listed

pytestmark = pytest.mark.django_db

LETTER = "/campaigns/open-letter/"
SCHEMA = "http://schema.org/"


def told(page: str) -> dict[str, Any]:
    """The data, with every word as schema.org names it."""
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)

    def context(url: str, _options: dict[str, Any]) -> dict[str, Any]:
        assert url == "https://schema.org"
        return {"document": {"@context": {"@vocab": SCHEMA}}, "documentUrl": url, "contextUrl": None}

    (found,) = jsonld.expand(json.loads(data), {"documentLoader": context})
    return {name.removeprefix(SCHEMA): value for name, value in found.items()}


def value(data: dict[str, Any], name: str) -> Any:
    (found,) = data[name]
    return found["@value"]


def test_letter_tells_what_it_is_and_who_wrote_it(client: Client, settings: Any) -> None:
    campaign = make_campaign(allows_persons=True)
    make_listed(campaign, "River Watch", website="https://river.example.org/?a=1&b='2'")
    make_listed(campaign, "A Reader", kind="person")
    make_listed(campaign, "Quiet Group", shown="counted")
    data = told(client.get(LETTER).content.decode())
    assert data["@type"] == [f"{SCHEMA}Article"]
    assert data["@id"] == f"{settings.SITE_URL}{LETTER}"
    assert value(data, "headline") == "An open letter"
    assert value(data, "inLanguage") == "en"
    assert value(data, "description") == "What we ask of the assembly."
    assert value(data, "datePublished") == campaign.publish_at.isoformat()  # type: ignore[union-attr]
    assert [each["@id"] for each in data["about"]] == [f"{settings.SITE_URL}{LETTER}#demand-{n}" for n in (1, 2)]
    (author,) = data["author"]
    assert author == {
        "@type": [f"{SCHEMA}Organization"],
        f"{SCHEMA}name": [{"@value": "River Watch"}],
        f"{SCHEMA}url": [{"@value": "https://river.example.org/?a=1&b='2'"}],
    }
    (counted,) = data["interactionStatistic"]
    assert counted[f"{SCHEMA}userInteractionCount"] == [{"@value": 3}]


@pytest.mark.parametrize(
    "title", ["</script><script>alert(1)</script>", '"}], "x": [{"', "a\\", "<!--", "\u2028 Заклик 🕊", "{{ x }} & 'y'"]
)
def test_words_never_break_out_of_it(client: Client, title: str) -> None:
    make_listed(make_campaign(title=title, demands=(title,)), '“A” </script> \\ " & Co')
    page = client.get(LETTER).content.decode()
    data = told(page)
    assert value(data, "headline") == title
    assert page.count("<script") == 2
    assert data["author"][0][f"{SCHEMA}name"] == [{"@value": '“A” </script> \\ " & Co'}]


def test_page_without_summary_and_signatories_still_tells(client: Client) -> None:
    make_campaign(summary="")
    data = told(client.get(LETTER).content.decode())
    assert ("description" in data, data["author"]) == (False, [])


def test_page_that_is_not_public_tells_nothing(client: Client) -> None:
    campaign = make_circulating()
    assert "ld+json" not in client.get(f"/circulate/{campaign.circulation_secret}/").content.decode()
