"""A real Chromium against a real server. Skips where there is no Chromium, except in CI, which installs it."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.db.models import F
from playwright.sync_api import Browser, Page, expect, sync_playwright

from campaigns.models import OutgoingMail, Signature
from campaigns.models.outbox import UNDO_WITHIN
from tests.builders import code_of_the_app, make_second_factor

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Chromium's own errands, which a closed network refuses and a test has no use for.
ALONE = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = os.path.dirname(__file__)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine (Debian: apt install chromium)"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ALONE)
        # Playwright's loop runs in this thread, which Django would take for asynchronous code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        yield browser
        browser.close()


@pytest.fixture
def site(committed: None, live_server: Any, settings: Any) -> str:
    settings.SITE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """A page without JavaScript, with its cookies to itself."""
    context = chromium.new_context(base_url=site, java_script_enabled=False)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def sign_in_by_hand(page: Page, username: str = "coordinator", password: str = "a long enough password") -> None:
    """Types name and password, then the code of the app."""
    user = User.objects.get(username=username)
    make_second_factor(user)
    page.goto("/admin/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", password)
    page.click("button:text-is('Sign in')")
    page.fill("[name=code]", code_of_the_app(user))
    page.click("button:text-is('Sign in')")
    expect(page.locator("h1")).to_contain_text("The coordinators’ desk")


def let_the_minute_pass() -> None:
    """As if every decision so far had been made a minute earlier, so that none can be undone any more."""
    Signature.objects.update(decided_at=F("decided_at") - UNDO_WITHIN)
    OutgoingMail.objects.update(next_try_at=F("next_try_at") - UNDO_WITHIN)


@pytest.fixture
def open_link_in_letter(page: Page) -> Callable[[str], None]:
    """Sends what waits in the outbox, and opens the link in the newest letter to an address."""

    def open_link(address: str) -> None:
        let_the_minute_pass()
        call_command("send_mail", once=True, verbosity=0)
        letter = [message for message in mail.outbox if address in message.to[0]][-1]
        found = re.search(r"https?://\S+/signatures/\S+", str(letter.body))
        assert found, letter.body
        page.goto(found.group())

    return open_link
