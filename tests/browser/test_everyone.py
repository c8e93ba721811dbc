"""The public pages for everyone: in each language, on small and large screens, in forced colours, by keyboard alone."""

import itertools
from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from campaigns.models import Campaign
from tests.browser.test_access import violations
from tests.browser.test_languages import FITS
from tests.builders import make_campaign, make_coordinator, make_many_listed
from tests.public_pages import LANGUAGES, load_pages

LOOKS: list[tuple[Literal["light", "dark"], int]] = [("light", 320), ("dark", 1280), ("dark", 320), ("light", 1280)]
PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
# A link amid words of the text may be lower than 24 px; any other target may not (WCAG 2.5.8), unless there is so much
# room about it that a circle of 24 px touches no other. Links to share are for thumbs: none of them may.
SMALL_TARGETS = """() => {
  const targets = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((each) => each.checkVisibility() && !each.closest(".trap, .skip, .body, p:not(.reach), dd"));
  const boxes = targets.map((each) => (each.closest(".tick, .radioselect label") || each).getBoundingClientRect());
  const apart = (one, other) => Math.hypot(
    Math.max(0, Math.abs(one.x + one.width / 2 - other.x - other.width / 2) - other.width / 2),
    Math.max(0, Math.abs(one.y + one.height / 2 - other.y - other.height / 2) - other.height / 2));
  return targets.filter((each, place) => {
    const box = boxes[place];
    const is_alone = !each.closest(".share") && !boxes.some((other, at) => at !== place && apart(box, other) < 12);
    return Math.min(box.width, box.height) < 24 && !is_alone;
  }).map((each) => each.outerHTML.slice(0, 120));
}"""
# What shows of what has the focus: where it is painted over at its corners and middle, it is hidden.
HIDDEN_FOCUS = """() => {
  const focused = document.activeElement, box = focused.getBoundingClientRect();
  const parts = [.05, .5, .95];
  const points = parts.flatMap((x) => parts.map((y) => [box.x + x * box.width, box.y + y * box.height]));
  const is_seen = ([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (focused.contains(top) || top.contains(focused));
  };
  return !points.some(is_seen) && focused.outerHTML.slice(0, 120);
}"""
OUTLINED = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"


@pytest.fixture
def pages(site: str) -> dict[str, str]:
    return load_pages(make_coordinator())


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """A small page whose scrolling is done as soon as it begins."""
    context = chromium.new_context(
        base_url=site, viewport={"width": 320, "height": 640}, reduced_motion="reduce", bypass_csp=True
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def campaign(site: str) -> Campaign:
    campaign = make_campaign()
    make_many_listed(campaign, 30, website="https://a.example.org")
    return campaign


def tab_to(page: Page, name: str, role: str = "link") -> None:
    """Presses Tab until what is so called has the focus; whatever has it on the way is seen."""
    for _each in range(150):
        page.keyboard.press("Tab")
        page.evaluate(PAINTED)
        assert page.evaluate(HIDDEN_FOCUS) is False
        assert page.evaluate(OUTLINED), page.evaluate("document.activeElement.outerHTML")
        sought = page.get_by_role(role, name=name, exact=role == "link")  # type: ignore[arg-type]
        if sought.count() and sought.first.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"Tab never comes to {name}")


@pytest.mark.parametrize("first", range(len(LANGUAGES)), ids=LANGUAGES)
def test_every_page_in_three_languages_has_no_axe_violation_and_fits(
    page: Page, pages: dict[str, str], first: int
) -> None:
    """Each page looks another way in each language."""
    prefix, looks = list(LANGUAGES.values())[first], itertools.cycle(LOOKS[first:] + LOOKS[:first])
    for address, (scheme, width) in zip(pages.values(), looks, strict=False):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{prefix}{address}")
        assert violations(page) == [], (scheme, width)
        assert page.evaluate(FITS), (page.url, width)
        assert page.evaluate(SMALL_TARGETS) == [], (page.url, width)


def test_every_page_holds_in_forced_colours_and_enlarged_four_times(page: Page, pages: dict[str, str]) -> None:
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.set_viewport_size({"width": 320, "height": 256})
    for address in pages.values():
        page.goto(address)
        assert page.evaluate(FITS), page.url
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
        assert page.evaluate("document.getAnimations().length") == 0


def test_button_is_told_from_words_in_forced_colours(page: Page, pages: dict[str, str]) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(pages["campaign"])
    edge = page.get_by_role("link", name="Sign this statement").evaluate(
        "each => getComputedStyle(each).borderTopWidth"
    )
    assert edge == "1px"


def test_way_to_sign_is_read_before_the_names(page: Page, campaign: Campaign) -> None:
    page.goto("/campaigns/open-letter/")
    read = page.locator("main").aria_snapshot()
    assert read.index("We demand") < read.index("Sign this statement") < read.index("Signed by")


def test_group_signs_by_keyboard_alone(
    page: Page, campaign: Campaign, open_link_in_letter: Callable[[str], None]
) -> None:
    page.goto("/campaigns/open-letter/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "Sign this statement")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign/")
    tab_to(page, "Name of the organization", "textbox")
    page.keyboard.type("River Watch")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    assert page.title().startswith("Please correct: ")
    tab_to(page, "Your name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Your name")).to_be_focused()
    page.keyboard.type("The secretary")
    tab_to(page, "Your role in the organization", "textbox")
    page.keyboard.type("secretary")
    tab_to(page, "Your e-mail address", "textbox")
    page.keyboard.type("office@river.example.org")
    for name in ("I may give this signature", "I have read the"):
        tab_to(page, name, "checkbox")
        page.keyboard.press("Space")
    tab_to(page, "Sign", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your inbox")
    open_link_in_letter("office@river.example.org")
    tab_to(page, "Confirm this signature", "button")
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you: confirmed")


def test_nothing_that_has_the_focus_is_behind_the_way_to_sign(page: Page, campaign: Campaign) -> None:
    page.goto("/campaigns/open-letter/")
    tab_to(page, "Report an error")
    for _each in range(60):
        page.keyboard.press("Shift+Tab")
        page.evaluate(PAINTED)
        assert page.evaluate(HIDDEN_FOCUS) is False


@pytest.mark.parametrize("address", ["sign/", "/report/"])
def test_refused_form_is_announced(page: Page, campaign: Campaign, address: str) -> None:
    page.goto(urljoin("/campaigns/open-letter/", address))
    page.locator("main form .button").last.click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    assert page.title().startswith("Please correct: ")
    for link in alert.get_by_role("link").all():
        field = page.locator(link.get_attribute("href") or "")
        expect(field).to_have_attribute("aria-invalid", "true")
        told = page.locator(f"#{(field.get_attribute('aria-describedby') or '').split()[-1]}")
        expect(told).not_to_be_empty()
