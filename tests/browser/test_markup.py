"""Three hundred pieces of markup in every text, shown in Chromium: nothing runs, nothing is fetched from elsewhere, and
the policy has nothing to refuse.

UNDERSIGNED_FULL=1 opens every page of the desk; without it a part.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site_settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Route

from campaigns import emails, letter
from campaigns.models import Campaign, Organization, OutgoingMail, Report, Signature
from tests.builders import (
    invited_page,
    make_campaign,
    make_commented_draft,
    make_coordinator,
    make_delivery,
    make_invitation,
    make_many_listed,
    make_pending,
    make_remark,
    make_update,
    own_page,
)
from tests.lengths import how_many
from tests.markup import ALL, KINDS, PAYLOADS, fill_every_field, filling
from tests.test_letter import unpacked
from tests.who_may_what import OWN, World, addresses, make_world

TELL = """
  window.hit = top.hit = () => console.log("ran");
  document.addEventListener("securitypolicyviolation",
    (each) => console.log(`refused ${each.blockedURI} ${each.sample}`));
"""
TOLD = re.compile("ran|refused|.*Security Policy")
EVERY = how_many(6, 1)  # of so many pages of the desk, one is opened


@pytest.fixture
def heard() -> list[str]:
    """What ran, was fetched from elsewhere or refused."""
    return []


@pytest.fixture
def page(chromium: Browser, site: str, heard: list[str]) -> Iterator[Page]:
    context = chromium.new_context(base_url=site)
    context.add_init_script(TELL)

    def note_request(sent: Request) -> None:
        if urlsplit(sent.url).netloc != urlsplit(site).netloc and not sent.url.startswith("data:"):
            heard.append(f"asks {sent.url}")

    def note_words(said: ConsoleMessage) -> None:
        if TOLD.match(said.text):
            heard.append(said.text)

    def note_dialog(dialog: Dialog) -> None:
        heard.append("opens a dialog")
        dialog.dismiss()

    page = context.new_page()
    page.on("request", note_request)
    page.on("console", note_words)
    page.on("dialog", note_dialog)
    yield page
    context.close()


def make_marked() -> Campaign:
    """A published campaign whose frozen text, names, remarks, reports and answers hold every payload."""
    short, long = filling(200), filling(2_000)
    campaign = make_campaign(
        slug="marked",
        title=next(short),
        addressee=next(short),
        summary=next(filling(500)),
        body=ALL,
        demands=tuple(next(long) for _each in range(7)),
    )
    make_many_listed(campaign, len(PAYLOADS))
    for signature, payload in zip(campaign.signatures.all(), PAYLOADS, strict=True):
        Signature.objects.filter(pk=signature.pk).update(name=payload, name_as_signed=payload, affiliation=payload)
        Organization.objects.filter(signatures=signature).update(name=payload)
    make_delivery(campaign)
    make_update(campaign, title=next(short)).publish(by=None)
    Report.objects.about("/campaigns/marked/").send(ALL[:4_000])
    make_pending(campaign, "Sea Watch").ask(by=make_coordinator("asker"), words="\n".join(KINDS)[:1_000])
    make_invitation(campaign, organization="Lake Watch").ask_change(ALL[:2_000])
    return campaign


def public_pages(campaign: Campaign) -> list[str]:
    draft = make_commented_draft()
    for place in range(0, len(ALL), 1_000):
        make_remark(draft, words=ALL[place : place + 1_000])
    here = "/campaigns/marked/"
    shown = ["", "sign/", "sign/sent/", "versions/", "versions/1/", "share/", "embed/"]
    following = Client().get(f"{here}signatories/").context["following"]
    lists = ["signatories/", "signatories/?by=name", f"signatories/{following}"]
    pages = [f"{here}{each}" for each in [*shown, *lists]]
    delivered = campaign.deliveries.get().fingerprint
    own = [own_page(each) for each in campaign.signatures.filter(contact__isnull=False)]
    known = Organization.objects.filter(signatures__campaign=campaign)[:5]
    organizations = [f"/organizations/{each.slug}/" for each in known]
    invited = invited_page(campaign.invitations.get())
    others = [
        f"/drafts/{draft.draft_secret}/",
        f"/deliveries/{delivered}/",
        f"/deliveries/{delivered}/check/",
        "/legal/",
        "/",
    ]
    return [
        *pages,
        *own,
        *organizations,
        invited,
        *others,
        f"/report/?page={here}",
        "/ar/",
        "/campaigns/own/",
        "/campaigns/own/sign/",
    ]


def enter(page: Page, world: World, role: str = "administrator") -> None:
    name = site_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": world.clients[role].cookies[name].value, "url": page.url}])


def desk_pages(world: World) -> list[str]:
    found = [address.of(world.keys(address, "owner", OWN)[0]) for address in addresses()]
    return [each for each in found if each.endswith("/") and "logout" not in each]


def open_in(page: Page, path: str) -> None:
    response = page.goto(path)
    assert response
    assert response.status < 500, path


def test_markup_in_every_text_runs_nowhere(page: Page, site: str, heard: list[str], record_property: Any) -> None:
    world = make_world()
    campaign = make_marked()
    public = public_pages(campaign)
    fields = fill_every_field()
    for path in public:
        open_in(page, path)
    enter(page, world)
    pages = [
        *desk_pages(world)[::EVERY],
        f"/admin/campaigns/campaign/{campaign.pk}/board/",
        "/admin/campaigns/signature/",
    ]
    for path in pages:
        open_in(page, path)
    assert heard == []
    words = f"{len(PAYLOADS)} payloads in {fields} fields on {len(public) + len(pages)} pages"
    record_property("table", f"{words}: nothing ran, was refused or was asked elsewhere")


def test_refused_form_gives_markup_back_as_text(page: Page, site: str, heard: list[str]) -> None:
    make_campaign(allows_persons=True)
    for path in ("/campaigns/open-letter/sign/", "/report/"):
        for text in filling(how_many(len(ALL), 400)):
            page.goto(path)
            with page.expect_navigation():
                page.evaluate(
                    """text => {
                      const form = document.querySelector("main form[method=post]");
                      for (const each of form.elements)
                        if (each.matches("[type=text], [type=email], textarea")) each.value = text;
                      form.noValidate = true;
                      form.querySelector("button").click();
                    }""",
                    text,
                )
            if text.endswith(PAYLOADS[-1]):
                break
    assert heard == []


def test_markup_runs_in_no_letter(page: Page, site: str, heard: list[str]) -> None:
    """As a mail program shows it that has no policy of its own."""
    make_marked()
    fill_every_field()
    shown = 0
    for mail in OutgoingMail.objects.all():
        with suppress(emails.Untrue):
            for content, _kind in emails.render(mail).alternatives:
                page.route("**/letter", answering(str(content)))
                page.goto("/letter")
                shown += 1
    assert shown
    assert heard == []


def answering(body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=body, content_type="text/html")


def test_letter_in_pdf_runs_and_opens_nothing(site: str) -> None:
    pdf = unpacked(letter.of_campaign(make_marked(), "en").draw())
    assert not re.search(rb"/(JS|JavaScript|Launch|EmbeddedFile|OpenAction)\b", pdf)
    assert not [link for link in re.findall(rb"/URI ?\(([^)]*)\)", pdf) if not re.match(rb"(https?:)?//", link)]
