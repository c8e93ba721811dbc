"""The whole way, as people go it: read, sign, confirm, accept, stand on the list, withdraw. Without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from campaigns.models import Campaign
from tests.browser.conftest import sign_in_by_hand
from tests.builders import make_campaign, make_coordinator

OpenLink = Callable[[str], None]


@pytest.fixture
def campaign(site: str) -> Campaign:
    return make_campaign(make_coordinator(), allows_persons=True)


def fill_in(page: Page, shown: str = "public") -> None:
    page.goto("/campaigns/open-letter/")
    page.click("text=Sign this statement")
    page.fill("[name=contact_name]", "The secretary")
    page.fill("[name=contact_role]", "secretary")
    page.fill("[name=email]", "secretary@river.example.org")
    page.select_option("[name=country]", "UA")
    page.check(f"[name=shown][value={shown}]")
    page.check("[name=is_authorized]")
    page.check("[name=accepts_privacy]")


def send_patiently(page: Page) -> None:
    """Presses Sign; the form refuses what comes within a second of its opening, so presses again if need be."""
    page.click("button:text-is('Sign')")
    answered = page.locator(".problems, h1:text-is('Look in your inbox')")
    answered.first.wait_for()
    if page.locator(".problems").count():
        expect(page.locator(".problems")).to_contain_text("faster than we expect of people")
        page.wait_for_timeout(1100)
        page.click("button:text-is('Sign')")
    expect(page.locator("h1")).to_have_text("Look in your inbox")


def accept(page: Page, name: str) -> None:
    page.goto("/admin/campaigns/signature/")
    page.click(f"a:has-text('{name}')")
    page.click("button:text-is('Accept')")
    expect(page.locator(".undo")).to_contain_text("is listed")


def counted(page: Page) -> str:
    page.goto("/campaigns/open-letter/")
    return " ".join(page.locator("aside").inner_text().split())


def withdraw(page: Page) -> None:
    page.click("summary:has-text('Withdraw')")
    page.click("button:has-text('Withdraw it')")
    expect(page.locator("h1")).to_have_text("Your signature is withdrawn")


def test_group_signs_stands_on_the_list_and_withdraws(
    campaign: Campaign, page: Page, open_link_in_letter: OpenLink
) -> None:
    assert "0 organizations have signed" in counted(page)
    fill_in(page)
    page.fill("[name=organization_name]", "River Watch")
    send_patiently(page)

    open_link_in_letter("secretary@river.example.org")
    expect(page.locator("h1")).to_have_text("Confirm your signature")
    page.click("text=Confirm this signature")
    expect(page.locator("h1")).to_have_text("Thank you: confirmed")
    assert "River Watch" not in page.goto("/campaigns/open-letter/").text()  # type: ignore[union-attr]

    sign_in_by_hand(page)
    accept(page, "River Watch")
    assert "1 organization has signed" in counted(page)
    expect(page.locator(".signatories")).to_contain_text("River Watch")

    open_link_in_letter("secretary@river.example.org")
    withdraw(page)
    assert "0 organizations have signed" in counted(page)
    expect(page.locator(".signatories")).not_to_contain_text("River Watch")


def test_person_signs_in_their_own_name(campaign: Campaign, page: Page, open_link_in_letter: OpenLink) -> None:
    fill_in(page)
    page.check("[name=kind][value=person]")
    page.fill("[name=contact_name]", "A Reader")
    page.fill("[name=affiliation]", "Example University")
    send_patiently(page)
    open_link_in_letter("secretary@river.example.org")
    page.click("text=Confirm this signature")
    sign_in_by_hand(page)
    accept(page, "A Reader")

    assert "0 organizations have signed and 1 person in their own name" in counted(page)
    expect(page.locator(".signatories")).to_contain_text("In their own name")
    expect(page.locator(".signatories")).to_contain_text("for identification only")
    expect(page.locator(".signatories")).to_contain_text("Example University")

    open_link_in_letter("secretary@river.example.org")
    withdraw(page)
    assert "in their own name" not in counted(page)
    expect(page.locator(".signatories")).not_to_contain_text("A Reader")


def test_group_that_is_only_counted_is_never_named(
    campaign: Campaign, page: Page, open_link_in_letter: OpenLink
) -> None:
    fill_in(page, shown="counted")
    page.fill("[name=organization_name]", "River Watch")
    send_patiently(page)
    open_link_in_letter("secretary@river.example.org")
    page.click("text=Confirm this signature")
    sign_in_by_hand(page)
    accept(page, "River Watch")

    assert "1 organization has signed" in counted(page)
    expect(page.locator("body")).to_contain_text("1 whose name is withheld")
    expect(page.locator("body")).not_to_contain_text("River Watch")

    open_link_in_letter("secretary@river.example.org")
    withdraw(page)
    assert "0 organizations have signed" in counted(page)


def test_group_added_by_telephone_is_told_and_can_withdraw(
    campaign: Campaign, page: Page, open_link_in_letter: OpenLink
) -> None:
    sign_in_by_hand(page)
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")
    page.click("text=Add a signature for a group")
    page.fill("[name=name]", "River Watch")
    page.select_option("[name=source]", "telephone")
    page.fill("[name=contact_name]", "The chair")
    page.fill("[name=email]", "chair@river.example.org")
    page.fill("[name=note]", "Call at noon, noted in the log")
    page.click("button:has-text('Add to the list')")
    expect(page.locator(".facts")).to_contain_text("telephone: Call at noon")
    assert "1 organization has signed" in counted(page)
    expect(page.locator(".signatories")).to_contain_text("River Watch")

    open_link_in_letter("chair@river.example.org")
    expect(page.locator("h1")).to_have_text("Your signature is public")
    withdraw(page)
    assert "0 organizations have signed" in counted(page)


def test_coordinator_writes_previews_and_publishes(site: str, page: Page) -> None:
    make_coordinator()
    sign_in_by_hand(page)
    page.goto("/admin/campaigns/campaign/add/")
    page.fill("[name=title]", "Open the archive")
    page.fill("[name=addressee]", "To the city")
    page.fill("[name=body]", "The archive belongs to **all**.")
    page.fill("[name=slug]", "archive")
    page.fill("[name=ends_on]", "2030-01-01")
    page.fill("[name=demands-0-text]", "Open it.")
    page.click("[name=_continue]")
    page.click("text=Preview the draft text")
    expect(page.locator(".notice")).to_contain_text("Preview of the draft text")
    expect(page.locator("#demand-1")).to_contain_text("Open it.")
    page.go_back()
    assert page.goto("/campaigns/archive/").status == 404  # type: ignore[union-attr]
    page.go_back()
    page.click("a:text-is('Circulate or publish')")
    expect(page.locator(".specimen")).to_contain_text("Open it.")
    page.check("[name=how][value=publish]")
    page.click("button:text-is('Begin with this text')")
    expect(page.locator(".messagelist")).to_contain_text("The campaign is published.")
    page.click("text=Public page")
    expect(page.locator("h1")).to_have_text("Open the archive")
    expect(page.locator(".body strong")).to_have_text("all")
