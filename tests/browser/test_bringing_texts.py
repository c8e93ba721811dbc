"""A text is brought by a file without JavaScript, and by the clipboard with its form where there is some."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from campaigns.models import Campaign
from tests.browser.conftest import sign_in_by_hand
from tests.browser.test_access import violations
from tests.builders import make_coordinator, make_draft
from tests.statements import arabic, english

COPY = """async () => navigator.clipboard.write([new ClipboardItem({
  "text/html": new Blob(
    ["<h1>Keep it</h1><p>All <b>of</b> it.</p><p>We demand:</p><ol><li>Stop.</li></ol>"], {type: "text/html"}
  ),
  "text/plain": new Blob(["Keep it\\nAll of it.\\nWe demand:\\nStop."], {type: "text/plain"}),
})])"""


@pytest.fixture
def draft(site: str) -> Campaign:
    make_coordinator()
    return make_draft(title="Working title", body="", demands=())


def page_of(draft: Campaign) -> str:
    return reverse("admin:campaigns_campaign_text", args=[draft.pk])


@pytest.fixture
def scripted(chromium: Browser, site: str, draft: Campaign) -> Iterator[Page]:
    context = chromium.new_context(base_url=site)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    sign_in_by_hand(page)
    page.goto(page_of(draft))
    yield page
    context.close()


def test_a_file_is_brought_without_javascript(page: Page, draft: Campaign, tmp_path: Path) -> None:
    (tmp_path / "statement.docx").write_bytes(english())
    sign_in_by_hand(page)
    page.goto(reverse("admin:campaigns_campaign_change", args=[draft.pk]))
    page.click("text=Bring a text")
    page.set_input_files("[name=file]", tmp_path / "statement.docx")
    page.click("text=Look at the text")
    expect(page.locator("[name=demands]:checked")).to_have_count(5)
    page.locator("li", has_text="every week,").locator("[name=demands]").uncheck()
    page.click("text=Take it into the draft")
    expect(page.locator(".success")).to_contain_text("The text is in the draft.")
    draft.refresh_from_db()
    assert draft.title == "The river is not a drain"
    assert [demand.text for demand in draft.demands.all()][1:] == [
        "Publish what is measured:",
        "and in full.",
        "Pay for clean wells.",
    ]


def test_what_is_pasted_keeps_its_form_until_it_is_changed(scripted: Page) -> None:
    scripted.evaluate(COPY)
    scripted.focus("[name=text]")
    scripted.keyboard.press("Control+V")
    expect(scripted.locator("#with-its-form")).to_be_visible()
    scripted.click("text=Look at the text")
    expect(scripted.locator("[name=title]")).to_have_value("Keep it")
    expect(scripted.locator(".parts strong")).to_have_text("of")
    expect(scripted.locator("[name=demands]:checked")).to_have_count(1)
    scripted.go_back()
    scripted.fill("[name=text]", "")
    scripted.focus("[name=text]")
    scripted.keyboard.press("Control+V")
    scripted.keyboard.type("!")
    expect(scripted.locator("#with-its-form")).to_be_hidden()
    scripted.click("text=Look at the text")
    expect(scripted.locator(".parts strong")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_the_look_is_for_everybody(scripted: Page, tmp_path: Path, scheme: str, width: int) -> None:
    scripted.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    scripted.set_viewport_size({"width": width, "height": 800})
    for name, data in (("english", english()), ("arabic", arabic())):
        (tmp_path / f"{name}.docx").write_bytes(data)
        scripted.set_input_files("[name=file]", tmp_path / f"{name}.docx")
        scripted.click("text=Look at the text")
        expect(scripted.locator(".parts")).to_be_visible()
        assert violations(scripted) == []
        assert scripted.evaluate("document.documentElement.scrollWidth") <= width
        scripted.click("text=Bring another")
