"""The queue by keyboard: forty requests of which ten should not pass, and what the keys never do."""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from campaigns.models import Campaign, Organization, Signature
from tests.browser.test_access import violations
from tests.builders import make_campaign, make_coordinator, make_listed, make_pending, sign_in

PLACES = [
    *("Forest", "Meadow", "Harbour", "Island", "Valley", "Glacier", "Orchard", "Canal", "Prairie", "Quarry"),
    *("Bridge", "Village", "Summit", "Marsh", "Lagoon", "Desert", "Cape", "Upland", "Jungle", "Wetland"),
    *("Tundra", "Volcano", "Estuary", "Fjord", "Geyser", "Heath", "Oasis"),
]
SAME_WORDS = "We support this with all our hearts and ask you to list us soon, thank you very much."


@dataclass(frozen=True)
class Request:
    """Somebody who asks to be listed, and what the evidence must say where they should not be."""

    name: str
    email: str
    against: str = ""
    website: str = ""
    comment: str = ""
    minutes_later: int = 180  # than the one before


HONEST = [Request(f"{place} Watch", f"office@{place.lower()}.example") for place in PLACES]
KNOWN = [
    Request("Delta Watch", "office@delta-watch.example", website="https://delta-watch.example"),
    Request("Coast Watch", "office@coast-watch.example", website="https://coast-watch.example"),
    Request("Steppe Watch", "office@steppe-watch.example", website="https://steppe-watch.example"),
]
FALSE = [
    Request("River Watch", "river.watch.office@gmail.com", "free-mail"),
    Request("Lake Watch", "lake.watch@gmail.com", "free-mail"),
    Request("Hill Watch", "hillwatch@proton.me", "free-mail"),
    Request("Friends of the River", "office@river-vatch.example", "river-watch.example"),
    Request("Friends of the Lake", "office@lаke-watch.example", "lake-watch.example"),
    Request("Spilka richok", "secretary@spilka.example", "Спілка річок"),
    Request("Varta ozer", "secretary@varta.example", "Варта озер"),
    Request("Clean Water Now", "a@clean-water.example", "same", comment=SAME_WORDS),
    Request("Blue Sky Today", "b@blue-sky.example", "same", comment=SAME_WORDS, minutes_later=0),
    Request("Green Land Soon", "c@green-land.example", "same", comment=SAME_WORDS, minutes_later=0),
]


@pytest.fixture
def campaign(site: str) -> Campaign:
    return make_campaign(make_coordinator())


@pytest.fixture
def desk(chromium: Browser, site: str, campaign: Campaign) -> Iterator[Page]:
    """The desk with JavaScript, signed in."""
    client = Client()
    sign_in(client, campaign.reviewers().get())
    context = chromium.new_context(base_url=site)
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    yield context.new_page()
    context.close()


def fill_the_registry(campaign: Campaign) -> None:
    """Large verified organizations, and two that stand on the list in their own script."""
    for name in ("River Watch", "Lake Watch", "Hill Watch", *(each.name for each in KNOWN)):
        website = f"https://{name.lower().replace(' ', '-')}.example"
        Organization.objects.register(name, website=website).verify(by=None, how="Its statutes.")
    make_listed(campaign, "Спілка річок", email="office@rivers-union.example")
    make_listed(campaign, "Варта озер", email="office@lakes-union.example")


def send(campaign: Campaign, requests: list[Request]) -> None:
    """The requests, one after the other over the last days, each confirmed."""
    moment = timezone.now() - datetime.timedelta(minutes=sum(each.minutes_later for each in requests) + 1)
    for each in requests:
        moment += datetime.timedelta(minutes=each.minutes_later)
        signature = make_pending(campaign, each.name, email=each.email, website=each.website, comment=each.comment)
        Signature.objects.filter(pk=signature.pk).update(submitted_at=moment, confirmed_at=moment)


def mixed() -> list[Request]:
    """The false ones among the others; those of the burst one after the other, as they came."""
    requests = [*HONEST, *KNOWN]
    for place, false in enumerate(FALSE[:7]):
        requests.insert(4 * place + 3, false)
    return [*requests, *FALSE[7:]]


class Keyboard:
    """Presses keys and counts them; the last key of a decision waits for the page that it opens."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def press(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)

    def press_and_go(self, key: str) -> None:
        with self.page.expect_navigation():
            self.press(key)


def accept_it(keyboard: Keyboard) -> None:
    choices = keyboard.page.locator(".accept input[type=radio]")
    if keyboard.page.locator(".accept input[type=radio]:checked").count():
        keyboard.press_and_go("a")
        return
    keyboard.press("a")
    expect(choices.first).to_be_focused()
    keyboard.press_and_go(str(choices.count()))  # the last choice is a new organization


def decline_it(keyboard: Keyboard) -> None:
    keyboard.press("d")
    expect(keyboard.page.locator("button[name=decline]").first).to_be_focused()
    keyboard.press_and_go("Enter")


def test_forty_requests_are_cleared_by_keys_and_the_evidence_names_each_false_one(
    campaign: Campaign, desk: Page
) -> None:
    fill_the_registry(campaign)
    requests = mixed()
    send(campaign, requests)
    desk.goto("/admin/")
    Keyboard(desk).press_and_go("j")
    for number, request in enumerate(requests):
        expect(desk.locator("h1")).to_have_text(request.name)
        expect(desk.locator(".in-queue")).to_contain_text(f"1 of {40 - number}")
        against = " ".join(desk.locator(".evidence .against").all_inner_texts())
        assert request.against in against if request.against else not against, (request.name, against)
        keyboard = Keyboard(desk)
        (decline_it if request.against else accept_it)(keyboard)
        assert keyboard.presses <= 2, request.name
    expect(desk.locator("main")).to_contain_text("Nothing waits for you.")
    decided = campaign.signatures.exclude(decided_by=None)
    assert set(decided.listed().values_list("name", flat=True)) == {each.name for each in [*HONEST, *KNOWN]}
    declined = decided.filter(state="declined").exclude(reason="")
    assert set(declined.values_list("name", flat=True)) == {each.name for each in FALSE}
    assert Organization.objects.filter(name__in=[each.name for each in KNOWN]).count() == len(KNOWN)


def open_first(desk: Page, campaign: Campaign, *names: str) -> list[Signature]:
    signatures = [
        make_pending(campaign, name, email=f"office@{name.split()[0].lower()}.example")
        for name in names or ("Forest Watch", "Meadow Watch")
    ]
    desk.goto(f"/admin/campaigns/signature/{signatures[0].pk}/change/")
    return signatures


def heading(desk: Page) -> Locator:
    return desk.locator("h1")


def test_keys_lead_on_and_back_and_undo(campaign: Campaign, desk: Page) -> None:
    first, _second = open_first(desk, campaign)
    desk.keyboard.press("j")
    expect(heading(desk)).to_have_text("Meadow Watch")
    desk.keyboard.press("k")
    expect(heading(desk)).to_have_text("Forest Watch")
    desk.keyboard.press("a")
    expect(heading(desk)).to_have_text("Meadow Watch")
    expect(desk.locator(".undo")).to_contain_text("“Forest Watch” is listed.")
    desk.keyboard.press("u")
    expect(heading(desk)).to_have_text("Forest Watch")
    first.refresh_from_db()
    assert first.state == "pending"


def test_key_for_verifying_asks_how_and_a_digit_says_it(campaign: Campaign, desk: Page) -> None:
    open_first(desk, campaign)
    desk.keyboard.press("v")
    expect(desk.locator(".ready-made button").first).to_be_focused()
    desk.keyboard.press("2")
    expect(heading(desk)).to_have_text("Meadow Watch")
    assert Organization.objects.get(name="Forest Watch").verified_how.startswith("We reached it")


def test_keys_do_nothing_in_a_field_with_a_modifier_or_held_down(campaign: Campaign, desk: Page) -> None:
    open_first(desk, campaign)
    desk.keyboard.press("q")
    field = desk.locator("[name=ask-words]")
    expect(field).to_be_focused()
    desk.keyboard.type("add a question, jk?")
    expect(field).to_have_value("add a question, jk?")
    desk.locator("h2").first.click()
    desk.keyboard.press("Control+d")
    desk.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', repeat: true, bubbles: true}))")
    expect(desk.locator("[name=decline-reason]")).not_to_be_visible()
    expect(heading(desk)).to_have_text("Forest Watch")
    assert not Signature.objects.listed().exists()


def test_keys_of_another_script_do_the_same(campaign: Campaign, desk: Page) -> None:
    open_first(desk, campaign)
    press = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ф', code: 'KeyA', bubbles: true}))"
    desk.evaluate(press)
    expect(heading(desk)).to_have_text("Meadow Watch")


def test_keys_are_turned_off_by_a_tick_that_the_browser_remembers(campaign: Campaign, desk: Page) -> None:
    open_first(desk, campaign)
    desk.uncheck("#keys-on")
    desk.reload()
    expect(desk.locator("#keys-on")).not_to_be_checked()
    desk.keyboard.press("j")
    desk.keyboard.press("d")
    expect(heading(desk)).to_have_text("Forest Watch")
    expect(desk.locator("[name=decline-reason]")).not_to_be_visible()
    desk.check("#keys-on")
    desk.locator("h2").first.click()
    desk.keyboard.press("j")
    expect(heading(desk)).to_have_text("Meadow Watch")


def test_two_presses_in_one_moment_decide_once(campaign: Campaign, desk: Page) -> None:
    open_first(desk, campaign)
    sent: list[str] = []
    desk.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    press = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', bubbles: true}));"
    desk.evaluate(press * 2 + "document.querySelector('[name=accept]').click()")
    expect(heading(desk)).to_have_text("Meadow Watch")
    assert len(sent) == 1
    assert Signature.objects.listed().count() == 1


def test_keys_work_under_caps_lock_and_n_chooses_a_new_organization(campaign: Campaign, desk: Page) -> None:
    Organization.objects.register("Forest Watch", website="https://forest-watch.example", language="en")
    Organization.objects.register("Forest Watchers", website="https://forest-watchers.example")
    open_first(desk, campaign, "Forest Watchers of All", "Meadow Watch")
    specimens = desk.locator(".specimens > *")
    choices = desk.locator(".accept input[type=radio]")
    expect(specimens).to_have_count(choices.count())
    expect(specimens.last).to_be_visible()
    choices.first.check()
    expect(specimens.first).to_be_visible()
    expect(specimens.last).not_to_be_visible()
    desk.goto(desk.url)
    desk.keyboard.press("A")
    expect(choices.first).to_be_focused()
    desk.keyboard.press("N")
    expect(heading(desk)).to_have_text("Meadow Watch")
    assert Organization.objects.filter(name="Forest Watchers of All").exists()
    desk.keyboard.press("A")
    expect(desk).to_have_url(re.compile("/admin/$"))
    expect(desk.locator("html.has-keys .undo")).to_be_visible()
    desk.keyboard.press("U")
    expect(heading(desk)).to_have_text("Meadow Watch")


def test_undo_counts_down_and_goes(campaign: Campaign, desk: Page) -> None:
    desk.clock.install()
    open_first(desk, campaign)
    desk.keyboard.press("a")
    expect(desk.locator(".undo .left")).to_have_text("60 s")
    desk.clock.fast_forward(30_000)
    expect(desk.locator(".undo .left")).to_have_text("30 s")
    desk.clock.fast_forward(31_000)
    expect(desk.locator(".undo")).to_have_count(0)


def test_without_javascript_every_decision_and_undo_works(
    campaign: Campaign, page: Page, site: str, desk: Page
) -> None:
    page.context.add_cookies([{"name": "sessionid", "value": desk.context.cookies()[0]["value"], "url": site}])
    open_first(page, campaign)
    expect(page.locator(".as-in-public .names li")).to_have_text("Forest Watch")
    expect(page.locator(".keys")).not_to_be_visible()
    page.click("button[name=accept]")
    expect(heading(page)).to_have_text("Meadow Watch")
    page.click(".undo button")
    expect(heading(page)).to_have_text("Forest Watch")
    page.click("summary:has-text('Decline')")
    page.click("button:has-text('We could not make sure')")
    expect(page.locator(".undo")).to_contain_text("“Forest Watch” is not accepted.")


def look_of(name: Locator) -> dict[str, Any]:
    """How the name is drawn, in pixels of the screen."""
    script = """name => {
        const style = getComputedStyle(name), box = name.getBoundingClientRect();
        return {family: style.fontFamily, colour: style.color, underline: style.textDecorationLine,
                width: Math.round(box.width), height: Math.round(box.height)};
    }"""
    return dict(name.evaluate(script))


def test_specimen_looks_as_the_public_list_does(campaign: Campaign, desk: Page) -> None:
    (signature,) = open_first(desk, campaign, "Forest Watch")
    specimen = look_of(desk.locator(".as-in-public bdi a"))
    signature.accept()
    desk.goto("/campaigns/open-letter/")
    assert specimen == look_of(desk.locator(".names bdi a"))


@pytest.mark.parametrize("screen", [("light", 360), ("dark", 1280)])
def test_queue_has_no_axe_violation_and_fits(
    campaign: Campaign, chromium: Browser, site: str, desk: Page, screen: Any
) -> None:
    options = {"color_scheme": screen[0], "viewport": {"width": screen[1], "height": 800}, "bypass_csp": True}
    context = chromium.new_context(base_url=site, storage_state=desk.context.storage_state(), **options)
    page = context.new_page()
    make_pending(campaign, "Marsh Watch", email="office@marsh.example")
    open_first(page, campaign, "Forest Watch", "Forest Watches", "Meadow Watch")
    steps: list[Callable[[], Any]] = [
        lambda: page.keyboard.press("?"),
        lambda: page.keyboard.press("d"),
        lambda: page.keyboard.press("v"),
        lambda: page.keyboard.press("q"),
        lambda: page.click("button[name=accept]"),
        lambda: page.goto("/admin/"),
        lambda: choose_all(page, "decline_many"),
        lambda: choose_all(page, "accept_many"),
    ]
    found: list[str] = []
    for number, step in enumerate(steps):
        step()
        found += violations(page)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0, (number, page.url)
    context.close()
    assert not found, "\n".join(found)


def choose_all(page: Page, action: str) -> None:
    page.goto("/admin/campaigns/signature/?state__exact=pending")
    page.check("#action-toggle")
    page.select_option("[name=action]", action)
    page.click("button[name=index]")
