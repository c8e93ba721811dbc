"""The week before publication, as people go it: bring the text, show it, circulate, invite, remind, publish."""

import datetime
import re
from typing import Any

import docx
import pytest
from django.core import mail
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.models import Campaign, Invitation, OutgoingMail
from tests.browser.conftest import let_the_minute_pass, sign_in_by_hand
from tests.builders import make_coordinator
from tests.statements import saved

INVITED = """River Watch <secretary@river.example.org>
"Hill Watch" <chair@hill.example.org>
Lake Watch; office@lake.example.org
nobody at nowhere
River Watch, again: secretary@river.example.org"""
WROTE_YESTERDAY = datetime.timedelta(days=1)


@pytest.fixture
def statement() -> bytes:
    """A statement as a word processor keeps it."""
    word = docx.Document()
    word.add_heading("Keep the river path open", level=1)
    word.add_paragraph("The path along the river is to be closed for ten years.")
    word.add_heading("We demand", level=2)
    for demand in ("Keep the path open.", "Publish the plan."):
        word.add_paragraph(demand, style="List Number")
    return saved(word)


def open_campaign(page: Page) -> None:
    page.goto(f"/admin/campaigns/campaign/{Campaign.objects.get().pk}/change/")


def begin(page: Page) -> None:
    page.goto("/admin/campaigns/campaign/add/")
    for field, words in {
        "title": "A title to come",
        "addressee": "To the council",
        "slug": "river-path",
        "ends_on": "2031-01-01",
    }.items():
        page.fill(f"[name={field}]", words)
    page.click("[name=_continue]")


def bring(page: Page, statement: bytes) -> None:
    """Brings the document; its numbered list is ticked as demands already."""
    page.click("a:text-is('Bring a text')")
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    page.set_input_files("[type=file]", {"name": "statement.docx", "mimeType": kind, "buffer": statement})
    page.click("button.default")
    expect(page.locator(".parts :checked")).to_have_count(2)
    page.click("button:text-is('Take it into the draft')")
    expect(page.locator("[name=title]")).to_have_value("Keep the river path open")
    expect(page.locator("[name=demands-1-text]")).to_have_value("Publish the plan.")


def show_to_the_core(page: Page, reader: Page) -> None:
    """The core groups read the draft by its link, and one remarks on a demand."""
    page.click("a:has-text('Draft link and remarks')")
    page.click("button:text-is('Open a draft link')")
    link = page.locator("a[href*='/drafts/'], code:has-text('/drafts/')").first.inner_text()
    reader.goto(link)
    expect(reader.locator("main")).to_contain_text("The path along the river is to be closed for ten years.")
    demand = reader.locator("details", has=reader.locator("summary[aria-label='Remark: demand 2']"))
    demand.locator("summary").click()
    demand.locator("[name=words]").fill("Say by when.")
    demand.locator("[name=name]").fill("Hill Watch")
    send_patiently(reader, demand.locator("button"), ".remarks")
    expect(reader.locator(".remarks")).to_contain_text("Say by when.")
    page.reload()
    expect(page.locator(".remarked")).to_contain_text("Say by when.")
    page.click("button:text-is('Settle')")


def send_patiently(page: Page, button: Any, done: str) -> None:
    """Presses the button; a form refuses what comes within a second of its opening, so presses again if need be."""
    button.click()
    page.locator(f".problems, {done}").first.wait_for()
    if page.locator(".problems", has_text="faster than we expect of people").count():
        page.wait_for_timeout(1100)
        button.click()
        page.locator(done).first.wait_for()


def circulate(page: Page, reader: Page) -> str:
    """Opens the private page, and gives its link. In public there is nothing."""
    open_campaign(page)
    page.click("a:text-is('Circulate or publish')")
    page.check("[name=how][value=circulate]")
    page.click("button:text-is('Begin with this text')")
    expect(page.locator(".messagelist")).to_contain_text("The campaign circulates")
    link = page.locator("a[href*='/circulate/']").first.get_attribute("href")
    assert link
    reader.goto(link)
    expect(reader.locator("h1")).to_have_text("Keep the river path open")
    response = reader.goto("/campaigns/river-path/")
    assert response
    assert response.status == 404
    return link


def invite(page: Page) -> None:
    open_campaign(page)
    page.click("a:text-is('Invite groups')")
    page.locator("textarea").first.fill(INVITED)
    tomorrow = timezone.localdate() + datetime.timedelta(days=2)
    page.fill("[type=date]", tomorrow.isoformat())
    page.fill("[type=time]", "18:00")
    page.click("button[name=look]")
    looked = page.locator("#content")
    expect(looked).to_contain_text("nobody at nowhere")
    expect(looked).to_contain_text("the same address stands further up")
    page.click("button[name=invite]")
    expect(page.locator("#content")).to_contain_text("nobody at nowhere")
    assert Invitation.objects.silent().count() == 3


def letter_to(address: str) -> str:
    """Sends what waits, and gives the words of the newest letter to an address, with single spaces."""
    let_the_minute_pass()
    call_command("send_mail", once=True, verbosity=0)
    return " ".join(str([letter.body for letter in mail.outbox if address in letter.to[0]][-1]).split())


def open_invitation(reader: Page, address: str) -> None:
    found = re.search(r"https?://\S+/invitations/(?!stop)\S+", letter_to(address))
    assert found
    reader.goto(found.group())
    expect(reader.locator("h2").first).to_contain_text("Will you sign this statement?")


def sign_by_invitation(reader: Page) -> None:
    open_invitation(reader, "secretary@river.example.org")
    expect(reader.locator("[name=organization_name]")).to_have_value("River Watch")
    expect(reader.locator("[name=email]")).to_have_value("secretary@river.example.org")
    reader.fill("[name=contact_name]", "The secretary")
    reader.fill("[name=contact_role]", "secretary")
    reader.check("[name=is_authorized]")
    reader.check("[name=accepts_privacy]")
    send_patiently(reader, reader.locator("button[name=sign]"), "h2:text-is('You have signed')")


def say_not_this_time(reader: Page) -> None:
    open_invitation(reader, "chair@hill.example.org")
    reader.locator("details", has=reader.locator("button[name=decline]")).locator("summary").click()
    reader.click("button[name=decline]")
    expect(reader.locator("h2").first).to_have_text("You said: not this time")


def remind(page: Page) -> None:
    """On the board one group has signed, one says no, one is silent: that one is reminded, and nobody else."""
    Invitation.objects.update(written_on=timezone.localdate() - WROTE_YESTERDAY)
    OutgoingMail.objects.update(sent_at=F("sent_at") - WROTE_YESTERDAY)
    before = len(mail.outbox)
    open_campaign(page)
    page.click("a:text-is('Board')")
    page.click("button:text-is('Remind 1 group now')")
    expect(page.locator(".messagelist")).to_be_visible()
    assert "have not heard from you yet" in letter_to("office@lake.example.org")
    reminded = [letter.to for letter in mail.outbox[before:] if "not heard from you" in letter.subject]
    assert reminded == [["office@lake.example.org"]]


def accept_the_waiting(page: Page) -> None:
    page.goto("/admin/campaigns/signature/")
    page.click("a:has-text('River Watch')")
    page.click("button:text-is('Accept')")
    expect(page.locator(".undo")).to_contain_text("is listed")


def publish(page: Page, reader: Page, private: str) -> None:
    open_campaign(page)
    page.click("a:text-is('Publish')")
    page.check("[name=how][value=publish]")
    page.click("button:text-is('Begin with this text')")
    expect(page.locator(".messagelist")).to_contain_text("The campaign is published.")
    reader.goto(private)
    expect(reader).to_have_url(re.compile(r"/campaigns/river-path/$"))
    expect(reader.locator(".signatories")).to_contain_text("River Watch")
    assert "is public" in letter_to("secretary@river.example.org")


def test_week_before_publication(site: str, page: Page, statement: bytes) -> None:
    make_coordinator()
    reader = page.context.browser and page.context.browser.new_context(base_url=site, java_script_enabled=False)
    assert reader
    group = reader.new_page()
    sign_in_by_hand(page)
    begin(page)
    bring(page, statement)
    show_to_the_core(page, group)
    private = circulate(page, group)
    invite(page)
    sign_by_invitation(group)
    say_not_this_time(group)
    remind(page)
    accept_the_waiting(page)
    publish(page, group, private)
    campaign = Campaign.objects.get()
    assert campaign.invitations.tally().signed == 1
    reader.close()
