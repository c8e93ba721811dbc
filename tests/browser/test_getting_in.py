"""Getting in with a real browser: a passkey, the Content-Security-Policy on every page, and axe at the door."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from campaigns.models import Organization
from tests.browser.conftest import sign_in_by_hand
from tests.browser.test_access import violations
from tests.builders import (
    code_of,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_draft,
    make_listed,
    make_pending,
    make_second_factor,
    make_translation,
    make_update,
    sign_in,
)

PASSWORD = "a long enough password"
TELL = """document.addEventListener('securitypolicyviolation',
    event => console.error(`violation: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""


@pytest.fixture(params=[("light", 360), ("dark", 1280)], ids=["phone-light", "desk-dark"])
def browser(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Page]:
    """A page with JavaScript, under the site's own policy."""
    scheme, width = request.param
    context = chromium.new_context(base_url=site, color_scheme=scheme, viewport={"width": width, "height": 800})
    context.set_default_timeout(10_000)
    context.add_init_script(TELL)
    yield context.new_page()
    context.close()


def complaints_of(page: Page) -> list[str]:
    """What the browser complains of from now on, page by page."""
    heard: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        is_answer = "the server responded with a status of 403" in said.text  # deleting what must not be deleted
        if said.type == "error" and not is_answer:
            heard.append(f"{page.url}: {said.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
    return heard


def type_password(page: Page, name: str = "coordinator") -> None:
    page.goto("/admin/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("button:text-is('Sign in')")


def test_passkey_is_registered_and_opens_the_desk_by_itself(browser: Page) -> None:
    make_coordinator()
    complaints = complaints_of(browser)
    device = browser.context.new_cdp_session(browser)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    type_password(browser)
    expect(browser.locator(".notice")).to_contain_text("Without one the desk does not open.")
    browser.click("text=Add a passkey")
    browser.click("button:text-is('Add it')")
    expect(browser.locator("h1")).to_have_text("Recovery codes")
    expect(browser.locator(".codes li")).to_have_count(10)
    browser.click("text=I have kept them")
    expect(browser.locator("h1")).to_have_text("The coordinators’ desk")
    browser.click("button:text-is('Sign out')")
    expect(browser.locator("h1")).to_have_text("Sign in")
    browser.click("text=Sign in with a passkey")
    expect(browser.locator("h1")).to_have_text("The coordinators’ desk")
    browser.click("button:text-is('Sign out')")
    type_password(browser)
    browser.click("text=Use a passkey")
    expect(browser.locator("h1")).to_have_text("The coordinators’ desk")
    browser.goto("/accounts/proof/passkey/?next=/admin/campaigns/person/")
    browser.click("button:text-is('Use a passkey')")
    expect(browser.locator("h1")).to_have_text("The people of the desk")
    assert complaints == []


def test_form_that_came_too_late_is_sent_again_after_signing_in(browser: Page, site: str) -> None:
    coordinator, draft = make_coordinator(), make_draft()
    client = Client()
    sign_in(client, coordinator)
    browser.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    browser.goto(f"/admin/campaigns/campaign/{draft.pk}/change/")
    browser.fill("[name=title]", "A better title")
    Session.objects.all().delete()
    browser.click("[name=_save]")
    expect(browser.locator("h1")).to_have_text("Nothing was saved yet")
    with browser.context.expect_page() as opened:
        browser.click("text=Sign in")
    sign_in_by_hand(opened.value)
    opened.value.close()
    browser.click("button:text-is('Send it again')")
    expect(browser.locator("main")).to_contain_text("You have signed in anew since this form was opened.")
    browser.click("button:text-is('Send it again')")
    expect(browser.locator(".messagelist")).to_contain_text("was changed successfully")
    draft.refresh_from_db()
    assert draft.title == "A better title"


def fill_the_site() -> None:
    """Something of everything, so that every kind of page is there."""
    coordinator = make_coordinator()
    make_second_factor(coordinator)
    make_coordinator("other")
    campaign = make_campaign(coordinator, allows_persons=True)
    make_listed(campaign, website="https://river.example.org", country="UA")
    make_pending(campaign, "Hill Watch")
    Organization.objects.register("Lake Watch")
    make_translation(campaign)
    make_delivery(campaign)
    make_update(campaign).publish(by=None)
    make_update(campaign, title="Not yet")
    make_draft("draft")


def crawl(page: Page, starts: list[str], site: str) -> list[str]:
    """Opens every page of ours that links lead to, one for each path, in one language. Returns the paths."""
    waiting, seen = list(starts), set(starts)
    while waiting:
        address = waiting.pop()
        if page.goto(address) is None:
            continue
        links = page.locator("a[href]:not([hreflang], [href$='/feed/'])")
        for link in links.evaluate_all("links => links.map(link => link.getAttribute('href'))"):
            full = urldefrag(urljoin(page.url, link)).url
            path = urlsplit(full).path
            is_page = path.endswith("/") and urlsplit(full).netloc == urlsplit(site).netloc
            if is_page and path not in seen:
                seen.add(path)
                waiting.append(full)
    return sorted(seen)


@pytest.mark.parametrize("browser", [("light", 360)], indirect=True)
def test_no_page_goes_against_the_policy(browser: Page, site: str) -> None:
    fill_the_site()
    complaints = complaints_of(browser)
    sign_in_by_hand(browser)
    paths = crawl(browser, ["/", "/admin/", "/accounts/"], site)
    assert {
        "/admin/campaigns/person/add/",
        "/admin/campaigns/signature/add/",
        "/accounts/app/remove/",
        "/privacy/",
    } <= set(paths)
    assert len(paths) > 50
    browser.goto("/admin/campaigns/campaign/add/")
    browser.click(".datetimeshortcuts a:has(.date-icon)")
    expect(browser.locator(".calendarbox:visible")).to_have_count(1)
    assert complaints == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_the_door_has_no_axe_violation_and_fits(chromium: Browser, site: str, scheme: Any, width: int) -> None:
    make_coordinator()
    context = chromium.new_context(
        base_url=site, color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
    )
    look_through_the_door(context.new_page())
    context.close()


def look_through_the_door(page: Page) -> None:
    def look() -> None:
        assert violations(page) == []
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0, page.url

    page.goto("/accounts/login/")
    look()
    page.click("button:text-is('Sign in')")
    look()
    page.goto("/accounts/password/reset/")
    look()
    type_password(page)
    look()
    for address in ("passkeys/add/", "password/change/", "reauthenticate/", "logout/", "app/"):
        page.goto(f"/accounts/{address}")
        look()
    page.fill("[name=code]", code_of(page.locator(".facts code").inner_text()))
    page.click("button:text-is('Set up')")
    expect(page.locator(".codes li")).to_have_count(10)
    look()
    for address in ("", "app/remove/", "recovery-codes/", "recovery-codes/new/", "proof/code/"):
        page.goto(f"/accounts/{address}")
        look()
    page.goto("/accounts/logout/")
    page.click("button:text-is('Sign out')")
    type_password(page)
    expect(page.locator("h1")).to_have_text("The second factor")
    look()
