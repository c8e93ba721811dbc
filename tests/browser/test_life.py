"""The whole life of a statement, as people go it: publish, correct, change with consent, deliver, tell the outcome."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import Page, expect

from campaigns.models import Campaign
from tests.browser.conftest import sign_in_by_hand
from tests.browser.test_journey import accept, counted, fill_in, send_patiently
from tests.builders import make_coordinator, make_draft, make_listed

OpenLink = Callable[[str], None]

PUBLIC = "/campaigns/open-letter/"
RIVER, HILL = "secretary@river.example.org", "chair@hill.example.org"


@pytest.fixture
def campaign(site: str) -> Campaign:
    """A draft with two demands."""
    campaign = make_draft()
    campaign.memberships.create(user=make_coordinator(), role="owner")
    return campaign


def open_desk(page: Page, campaign: Campaign) -> None:
    page.goto(f"/admin/campaigns/campaign/{campaign.pk}/change/")


def done(page: Page, words: str) -> None:
    """The desk says that it was done."""
    expect(page.locator(".messagelist")).to_contain_text(words)


def reads(page: Page, address: str, words: str) -> None:
    page.goto(address)
    expect(page.locator("main")).to_contain_text(words)


def publish(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    page.click("a:text-is('Circulate or publish')")
    expect(page.locator(".specimen")).to_contain_text("We have read your plan.")
    page.check("[name=how][value=publish]")
    page.click("button:text-is('Begin with this text')")
    done(page, "The campaign is published.")


def sign(page: Page, open_link: OpenLink) -> None:
    """River Watch signs, confirms and is accepted."""
    fill_in(page)
    page.fill("[name=organization_name]", "River Watch")
    page.check("[name=wants_updates]")
    send_patiently(page)
    open_link(RIVER)
    page.click("button:text-is('Confirm this signature')")
    accept(page, "River Watch")


def edit(page: Page, campaign: Campaign, field: str, text: str) -> None:
    """Edits the draft text, and goes on to what differs."""
    open_desk(page, campaign)
    page.fill(f"[name={field}]", text)
    page.click("[name=_continue]")
    expect(page.locator(".differs")).to_contain_text("The draft text differs from what the public reads.")
    page.click("text=See the difference, and revise")


def revise(page: Page, kind: str, note: str) -> None:
    page.check(f"[name=kind][value={kind}]")
    page.fill("[name=note]", note)
    page.click("button:text-is('Go on')")
    done(page, "the new version is frozen")


def correct_wording(page: Page, campaign: Campaign, open_link: OpenLink) -> None:
    edit(page, campaign, "body", "We have *read* your whole plan.")
    expect(page.locator(".changes ins")).to_have_text("whole ")
    revise(page, "wording", "The whole of it.")
    reads(page, PUBLIC, "We have read your whole plan.")
    assert "2 organizations have signed" in counted(page)
    open_link(RIVER)
    assert "{+whole +}" in str(letter_to(RIVER).body)
    expect(page.locator("h1")).to_have_text("Your signature is public")


def letter_to(address: str) -> mail.EmailMessage:
    """The newest letter to the address."""
    return [message for message in mail.outbox if address in message.to[0]][-1]


def change_what_is_asked(page: Page, campaign: Campaign, open_link: OpenLink) -> None:
    edit(page, campaign, "demands-2-text", "Do it soon.")
    expect(page.locator(".changes ins")).to_have_text("3. Do it soon.")
    revise(page, "demands", "A third demand.")
    expect(page.locator(".proposed")).to_contain_text("0 of 2 agreed, 2 have not answered")
    page.goto(PUBLIC)
    expect(page.locator("main")).not_to_contain_text("Do it soon.")

    agree(page, open_link, RIVER)
    open_desk(page, campaign)
    expect(page.locator(".proposed")).to_contain_text("1 of 2 agreed, 1 have not answered")
    page.click("summary:text-is('End the proposal')")
    page.click("button:text-is('Make it the text')")
    done(page, "The proposal is the text now.")

    reads(page, PUBLIC, "Do it soon.")
    assert "1 organization has signed" in counted(page)
    expect(page.locator(".signatories h3:text-is('On an earlier text') ~ ol")).to_contain_text("Hill Watch")
    agree(page, open_link, HILL)
    assert "2 organizations have signed" in counted(page)
    expect(page.locator(".signatories")).not_to_contain_text("On an earlier text")

    page.click("text=Every version of the text")
    expect(page.locator(".version h2")).to_have_text(["Version 3", "Version 2", "Version 1"])
    expect(page.locator(".version ins")).to_have_text(["3. Do it soon.", "whole "])


def agree(page: Page, open_link: OpenLink, address: str) -> None:
    open_link(address)
    expect(page.locator(".proposal ins")).to_have_text(["whole ", "3. Do it soon."])
    page.click("button:text-is('We agree to the change')")
    expect(page.locator(".problems")).to_have_count(0)


def deliver(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    page.click("a:text-is('Deliver the letter')")
    for place, channel in enumerate(("mail", "hand", "post")):
        page.fill(f"[name=form-{place}-name]", f"Delegate {place + 1}")
        page.fill(f"[name=form-{place}-salutation]", "Dear delegate,")
        page.select_option(f"[name=form-{place}-channel]", channel)
    page.fill("[name=form-0-address]", "delegate@assembly.example.org")
    page.click("button:text-is('Deliver')")
    done(page, "Delivered. The list is frozen, and every signatory is told.")

    page.click(".verbs a:text-is('Public page')")
    expect(page.locator("h1")).to_have_text("A delivered letter")
    expect(page.locator("ol.names")).to_contain_text(re.compile(r"Hill Watch\s*River Watch"))
    fingerprint = page.locator("code.digest").first.inner_text()
    call_command("send_mail", once=True, verbosity=0)
    for address in (RIVER, HILL):
        assert letter_to(address).subject == "The statement you signed was delivered"
        assert fingerprint in str(letter_to(address).body)
    check_the_list(page, fingerprint)


def check_the_list(page: Page, fingerprint: str) -> None:
    """The list, downloaded and dropped on the check page, is genuine; with a byte less it is not."""
    data = page.request.get(f"/deliveries/{fingerprint}/list.json").body()
    page.click("a:text-is('Hold a file against it')")
    for held, words in (
        (data, "Genuine: 2 names, each as it was delivered."),
        (data[:-1], "The file was written anew"),
    ):
        page.set_input_files("[name=list]", {"name": "list.json", "mimeType": "application/json", "buffer": held})
        page.click("button:text-is('Is it genuine?')")
        expect(page.locator(".notice.good, .problems")).to_contain_text(words)


def tell_the_outcome(page: Page, campaign: Campaign) -> None:
    open_desk(page, campaign)
    page.click("a:text-is('Write an update')")
    page.select_option("[name=kind]", "outcome")
    page.select_option("[name=demand_key]", label="open-letter, 3. Do it soon.")
    page.select_option("[name=outcome]", "met")
    page.fill("[name=source]", "https://assembly.example.org/news")
    page.select_option("[name=texts-0-language]", "en")
    page.fill("[name=texts-0-title]", "They did it")
    page.fill("[name=texts-0-text]", "The assembly **did** it.")
    page.click("[name=_continue]")
    page.click("button:has-text('Publish, and tell those who asked for news')")
    done(page, "It is on the page")

    page.goto(PUBLIC)
    expect(page.locator("#demand-3 .outcome")).to_contain_text("met")
    page.click("#demand-3 .outcome a")
    expect(page.locator(".updates article h3")).to_have_text("They did it")
    expect(page.locator(".updates article strong")).to_have_text("did")


def test_statement_lives_from_publishing_to_its_outcome(
    campaign: Campaign, page: Page, open_link_in_letter: OpenLink
) -> None:
    sign_in_by_hand(page)
    publish(page, campaign)
    campaign.refresh_from_db()
    make_listed(campaign, "Hill Watch", email=HILL)
    sign(page, open_link_in_letter)
    assert "2 organizations have signed" in counted(page)

    correct_wording(page, campaign, open_link_in_letter)
    change_what_is_asked(page, campaign, open_link_in_letter)
    deliver(page, campaign)
    text = page.request.get(f"{PUBLIC}versions/3/en.json").body()
    tell_the_outcome(page, campaign)
    assert page.request.get(f"{PUBLIC}versions/3/en.json").body() == text
    call_command("send_mail", once=True, verbosity=0)
    assert letter_to(RIVER).subject == "News of a statement you signed: They did it"
    assert letter_to(HILL).subject == "The statement you signed was delivered"
