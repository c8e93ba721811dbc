"""The longest title, words without an end and names of two hundred letters: the page stays as wide as the screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from campaigns.models import Campaign
from tests.builders import make_campaign, make_listed

WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
TITLE = f"Gegen die {WORD}: Grundstücksverkehrsgenehmigungszuständigkeit und Versammlungsfreiheit für alle. ".ljust(
    300, "x"
)
ARABIC = ("منظمة حماية حقوق الإنسان والحريات العامة في جميع المدن والقرى " * 4)[:200].strip()


@pytest.fixture(params=[360, 1280])
def page(chromium: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(base_url=site, viewport={"width": request.param, "height": 800})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def campaign(site: str) -> Campaign:
    text: dict[str, Any] = {
        "title": TITLE,
        "addressee": f"An die {WORD}",
        "body": f"## {WORD}\n\n- {WORD}",
        "summary": WORD,
    }
    campaign = make_campaign(language="de", demands=(f"{WORD} tun.",), **text)
    for place, name in enumerate([ARABIC, WORD, "River Watch"]):
        make_listed(campaign, name, email=f"group-{place}@example.org", language="ar")
    return campaign


@pytest.mark.parametrize("address", ["", "sign/", "signatories/", "versions/"])
@pytest.mark.parametrize("language", ["", "/de", "/ar"])
def test_page_is_no_wider_than_the_screen(page: Page, campaign: Campaign, language: str, address: str) -> None:
    page.goto(f"{language}/campaigns/{campaign.slug}/{address}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
