"""What the letter weighs on the wire, and that it holds on a small screen whatever is written in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from campaigns.models import Signature
from tests.builders import make_campaign, make_listed, make_many_listed
from tests.serving import served

PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
LETTER = "/campaigns/open-letter/"
LIST = f"{LETTER}signatories/"
COUNTRIES = ["UA", "FR", "DE", "PL", "GB", "GE", "IT"]
MOST_BYTES, MOST_REQUESTS = 14_000, 4


@pytest.fixture
def phone(chromium: Browser, site: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=site, viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def test_letter_of_25_weighs_at_most_14_kilobytes_in_4_requests(
    committed: None, chromium: Browser, tmp_path: Path
) -> None:
    body = "\n\n".join(["We have *read* your plan, and what it would mean for the people we work for."] * 12)
    demands = tuple(f"Do this, number {number}, before the year ends." for number in range(1, 6))
    make_many_listed(
        make_campaign(body=body, demands=demands), 25, countries=COUNTRIES, website="https://a.example.org"
    )
    with served(tmp_path) as site:
        context = chromium.new_context()
        page, received, asked = context.new_page(), {}, []
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", lambda told: asked.append(told["request"]["url"]))
        network.on(
            "Network.loadingFinished", lambda told: received.update({told["requestId"]: told["encodedDataLength"]})
        )
        page.goto(site + LETTER, wait_until="networkidle")
        context.close()
    assert len(asked) <= MOST_REQUESTS
    assert {url for url in asked if not url.startswith(site)} == set()
    assert 0 < sum(received.values()) <= MOST_BYTES


WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
ODD: dict[str, dict[str, Any]] = {
    "long title": {"title": ("What we ask of you " * 16)[:300]},
    "one long word": {"title": WORD, "addressee": WORD * 2, "body": WORD * 3, "demands": (WORD * 2,)},
    "long text": {"body": "We have read your plan.\n\n" * 4_000},
    "no summary": {"summary": ""},
    "arabic": {"title": "رسالة مفتوحة إلى الجمعية العامة", "language": "ar", "body": "لقد قرأنا خطتكم."},
    "emoji": {"title": "👩‍👩‍👧‍👦 Let the marsh be 🕊️🕊️🕊️", "demands": ("🚣🏽‍♀️" * 60,)},
}


@pytest.mark.parametrize("fields", ODD.values(), ids=ODD.keys())
def test_odd_letter_stays_whole_on_the_smallest_screen(phone: Page, fields: dict[str, Any]) -> None:
    campaign = make_campaign(allows_persons=True, **fields)
    make_listed(
        campaign, ("Organization of the river " * 8)[:200], website=f"https://{'a' * 60}.example.org", country="GB"
    )
    make_listed(campaign, (WORD * 3)[:200], kind=Signature.Kind.PERSON, affiliation="مركز النهر 🕊️ " * 12)
    make_listed(campaign, "مركز " * 40)
    for address in (LETTER, LIST, "/", "/ar/", f"/ar{LETTER}", f"/ar{LIST}?by=country"):
        phone.goto(address)
        overflow = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0, address


@pytest.mark.parametrize("number", [0, 1, 450])
def test_letter_of_any_number_stays_whole_on_the_smallest_screen(phone: Page, number: int) -> None:
    make_many_listed(make_campaign(), number, countries=COUNTRIES)
    for address in (LETTER, LIST, f"{LIST}?by=country", f"{LIST}?q=" + "nobody" * 30, f"/ar{LETTER}"):
        phone.goto(address)
        overflow = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0, address


def test_way_to_sign_is_always_in_reach_and_covers_nothing_that_has_the_focus(phone: Page) -> None:
    make_many_listed(make_campaign(), 90, website="https://a.example.org")
    phone.goto(LETTER)
    sign = phone.get_by_role("link", name="Sign this statement")
    expect(sign).to_have_count(1)
    expect(sign).to_be_in_viewport(ratio=1)
    seen = 0
    for _each in range(60):
        phone.keyboard.press("Tab")
        phone.wait_for_function(PAINTED)
        covered = phone.evaluate(
            """() => {
                const focused = document.activeElement, bar = document.querySelector(".reach");
                if (bar.contains(focused) || focused === document.body) return false;
                return focused.getBoundingClientRect().bottom > bar.getBoundingClientRect().top + 1;
            }"""
        )
        seen += not covered
        assert not covered, phone.evaluate("document.activeElement.outerHTML")
    assert seen > 50
    phone.emulate_media(media="print")
    expect(phone.locator(".reach")).to_be_hidden()


def test_whole_list_is_narrowed_while_one_types_and_says_so(phone: Page) -> None:
    campaign = make_campaign()
    for name in ("River Watch", "Élan vital", "Lake Watch"):
        make_listed(campaign, name, country="FR")
    phone.goto(f"{LIST}?by=country")
    field, told = phone.get_by_role("searchbox"), phone.get_by_role("status")
    field.fill("WATCH")
    expect(told).to_have_text("Shown: 2 of 3")
    expect(phone.get_by_text("Élan vital")).to_be_hidden()
    field.fill("elan")
    expect(told).to_have_text("Shown: 1 of 3")
    expect(phone.get_by_text("Élan vital")).to_be_visible()
    field.fill("nobody")
    expect(told).to_have_text("Shown: 0 of 3")
    expect(phone.get_by_role("heading", name="France")).to_be_hidden()
    field.press("Enter")
    expect(told).to_contain_text("0 found for “nobody”")
