"""Every public page for everybody: axe finds nothing, nothing is wider than a phone, nothing comes from elsewhere."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from campaigns import tokens
from campaigns.models import Signature, SiteTheme, ThemeText
from tests.builders import (
    invited_page,
    make_campaign,
    make_commented_draft,
    make_draft,
    make_invitation,
    make_listed,
    make_signature,
    reword,
    stop_page,
    write,
)
from tests.pictures import plain

CONFORMANCE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = [*CONFORMANCE, "best-practice"]


@pytest.fixture
def addresses(site: str) -> list[str]:
    """One of each public page, with something on it."""
    campaign = make_campaign(allows_persons=True)
    river = make_listed(campaign, "River Watch", website="https://river.example.org", country="UA")
    assert river.organization
    river.organization.know_as("Річкова варта", language="uk")
    river.organization.set_logo(plain())
    river.make_initiator(by=None)
    make_listed(campaign, "A Reader", kind=Signature.Kind.PERSON, affiliation="Example University")
    make_listed(campaign, "Quiet Group", shown=Signature.Shown.COUNTED)
    waiting = make_signature(campaign, "Hill Watch")
    listed = make_listed(campaign, "Спілка річок")
    invitation = make_invitation(campaign)
    make_draft("draft")
    draft = make_commented_draft()
    return [
        "/",
        "/campaigns/open-letter/",
        "/campaigns/open-letter/signatories/",
        "/campaigns/open-letter/share/",
        "/campaigns/open-letter/sign/",
        f"/campaigns/open-letter/sign/sent/?token={tokens.make(waiting, tokens.SENT_PAGE)}",
        f"/signatures/{tokens.make(waiting, tokens.OWN_PAGE)}/",
        f"/signatures/{tokens.make(listed, tokens.OWN_PAGE)}/",
        invited_page(invitation),
        stop_page(invitation),
        "/organizations/river-watch/",
        f"/drafts/{draft.draft_secret}/",
        shared_translation(),
        "/privacy/",
        "/campaigns/nothing/",
    ]


def shared_translation() -> str:
    """The translators' page of one that is begun, with a passage of each kind."""
    campaign = make_draft("translated", body="One.\n\nTwo of them.")
    translation = campaign.translations.create(language="ar")
    write(translation, title="رسالة مفتوحة", paragraph_2="اثنان.", demand_1="افعلوا هذا.")
    reword(campaign, "One.\n\nTwo of them now.")
    campaign.demands.get(text="Do this.").delete()
    translation.share(by=None)
    return f"/translate/{translation.link_secret}/"


@pytest.fixture(params=[("light", 360), ("dark", 1280)], ids=["phone-light", "desk-dark"])
def screen(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Page]:
    scheme, width = request.param
    context = chromium.new_context(
        base_url=site, color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
    )
    yield context.new_page()
    context.close()


def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
    return [f"{page.url}: {each['id']} {[node['html'] for node in each['nodes']]}" for each in found]


def test_public_pages_have_no_axe_violation_and_fit(addresses: list[str], screen: Page, site: str) -> None:
    elsewhere: list[str] = []
    screen.on(
        "request",
        lambda sent: elsewhere.append(sent.url) if urlsplit(sent.url).netloc != urlsplit(site).netloc else None,
    )
    for address in addresses:
        screen.goto(address)
        assert violations(screen) == []
        overflow = screen.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0, address
    assert elsewhere == []


def test_themed_pages_have_no_axe_violation_and_fit(addresses: list[str], screen: Page) -> None:
    look = SiteTheme(name="The coalition of all who are friends of rivers", accent="#0b6e4f", band="#ffd400")
    look.logo = plain(400, 160)
    words = ThemeText(language="en", footer="Friends of [rivers](https://example.org).", legal_notice="# Who we are")
    look.change(["name", "accent", "band", "logo"], [words], by=None)
    for address in ("/legal/", "/campaigns/open-letter/", "/campaigns/open-letter/sign/", "/ar/"):
        screen.goto(address)
        assert violations(screen) == []
        overflow = screen.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0, address


def test_refused_form_moves_focus_to_what_is_wrong(addresses: list[str], screen: Page) -> None:
    screen.goto("/campaigns/open-letter/sign/")
    screen.fill("[name=organization_name]", "River Watch")
    screen.click("button:text-is('Sign')")
    expect(screen.locator(".problems")).to_be_focused()
    expect(screen.locator("[name=organization_name]")).to_have_value("River Watch")
    assert violations(screen) == []
    screen.click(".problems a:has-text('e-mail')")
    expect(screen.locator("[name=email]")).to_be_focused()
