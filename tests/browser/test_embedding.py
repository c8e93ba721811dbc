"""The frame in a partner's page of another origin, and the page that makes it."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from campaigns.embedding import HEIGHT
from campaigns.embedding import Frame as Embedded
from campaigns.models import Campaign
from tests.browser.test_access import violations
from tests.builders import make_campaign, make_listed

LETTER = "/campaigns/open-letter/"
WHOLE = "document.documentElement.scrollWidth <= innerWidth"
LISTENS = "<script>window.told = []; addEventListener('message', (event) => told.push(event.data))</script>"

Publish = Callable[[str], str]


@pytest.fixture
def campaign(site: str) -> Campaign:
    campaign = make_campaign(title="Let the marsh be, and all that lives in it")
    for name in ("River Watch", "Спілка річок", "جمعية حماية النهر", "Society " + "of the friends of the river " * 6):
        make_listed(campaign, name.strip(), email=f"{len(name)}@example.org")
    return campaign


@pytest.fixture
def publish() -> Iterator[Publish]:
    """Puts a page on a partner's site, of another origin than ours, and gives its address."""
    pages: list[str] = []

    class Partner(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages[int(self.path.strip("/"))].encode())

        def log_message(self, *_args: object) -> None:
            """Nobody reads its log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Partner)
    Thread(target=server.serve_forever, daemon=True).start()

    def put(body: str) -> str:
        pages.append(f"<!doctype html><title>A partner</title><h1>A partner</h1>{body}")
        return f"http://127.0.0.1:{server.server_port}/{len(pages) - 1}"

    yield put
    server.shutdown()
    server.server_close()


@pytest.fixture
def context(chromium: Browser, site: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=site, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def visitor(context: BrowserContext) -> Page:
    """A page with JavaScript."""
    return context.new_page()


def inside(page: Page) -> Frame:
    """The document in the page's innermost frame, as soon as it is there."""
    locator = page.frame_locator("iframe")
    locator.locator(".site").wait_for()
    return next(frame for frame in page.frames if "/embed/" in frame.url)


def has_height_of_its_content(page: Page) -> None:
    inside(page)
    expect(page.locator("iframe")).not_to_have_attribute("height", str(HEIGHT))
    assert inside(page).evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("width", [200, 300, 1200])
def test_frame_in_a_page_of_others_takes_the_height_of_its_content(
    visitor: Page, campaign: Campaign, publish: Publish, width: int
) -> None:
    snippet = Embedded(campaign, "en").snippet.replace('"100%"', f'"{width}"')
    visitor.goto(publish(snippet))
    has_height_of_its_content(visitor)
    assert inside(visitor).evaluate(WHOLE)


def test_script_that_comes_after_the_frame_asks_for_its_height(
    visitor: Page, campaign: Campaign, publish: Publish, site: str
) -> None:
    visitor.goto(publish(Embedded(campaign, "ar").html(300)))
    inside(visitor)
    visitor.wait_for_load_state("networkidle")
    visitor.add_script_tag(url=f"{site}/static/campaigns/embed.js")
    has_height_of_its_content(visitor)


def test_frame_grows_when_its_page_gets_narrower(visitor: Page, campaign: Campaign, publish: Publish) -> None:
    visitor.goto(publish(Embedded(campaign, "en").snippet))
    has_height_of_its_content(visitor)
    before = visitor.locator("iframe").get_attribute("height")
    visitor.set_viewport_size({"width": 300, "height": 800})
    visitor.wait_for_function(f"Number(document.querySelector('iframe').height) > {before}")
    assert inside(visitor).evaluate(WHOLE)


def test_only_our_frame_says_how_high_it_is(visitor: Page, campaign: Campaign, publish: Publish, site: str) -> None:
    other = publish("<script>parent.postMessage({ message: 'height', value: 9 }, '*')</script>")
    frames = f'<iframe id="other" src="{other}" height="77"></iframe>{Embedded(campaign, "en").html(300)}'
    script = f'<script src="{site}/static/campaigns/embed.js"></script>'
    visitor.goto(publish(f"{LISTENS}{script}{frames}"))
    visitor.wait_for_function("told.some((each) => each.value === 9) && told.some((each) => each.value > 9)")
    expect(visitor.locator("#other")).to_have_attribute("height", "77")


def test_frame_without_script_is_readable(page: Page, campaign: Campaign, publish: Publish) -> None:
    page.goto(publish(Embedded(campaign, "en").snippet))
    frame = page.frame_locator("iframe")
    expect(page.locator("iframe")).to_have_attribute("height", str(HEIGHT))
    for words in ("Let the marsh be", "4 organizations have signed", "River Watch", "Sign this statement"):
        expect(frame.get_by_text(words)).to_be_attached()
    frame.get_by_text("Sign this statement").scroll_into_view_if_needed()
    expect(frame.get_by_text("Sign this statement")).to_be_in_viewport()


def test_sign_button_opens_our_site_in_a_page_of_its_own(
    context: BrowserContext, visitor: Page, campaign: Campaign, publish: Publish, site: str
) -> None:
    visitor.goto(publish(Embedded(campaign, "en").snippet))
    with context.expect_page() as opened:
        visitor.frame_locator("iframe").get_by_text("Sign this statement").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == f"{site}{LETTER}sign/"
    assert opened.value.evaluate("opener") is None
    assert visitor.url.startswith("http://127.0.0.1")


def test_frame_in_a_frame_is_whole(visitor: Page, campaign: Campaign, publish: Publish) -> None:
    within = publish(Embedded(campaign, "en").snippet)
    visitor.goto(publish(f'<iframe src="{within}" width="400" height="700"></iframe>'))
    visitor.frame_locator("iframe").frame_locator("iframe").get_by_text("Sign this statement").wait_for()
    frame = next(frame for frame in visitor.frames if "/embed/" in frame.url)
    frame.wait_for_function(f"innerHeight !== {HEIGHT}")
    assert frame.evaluate(WHOLE)
    assert frame.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_frame_in_wordpress_tells_its_height_and_where_the_reader_goes(
    visitor: Page, campaign: Campaign, publish: Publish, site: str
) -> None:
    """WordPress puts it in a sandbox, with a secret that each message has to name."""
    framed = Embedded(campaign, "en").html(300).replace("/embed/", "/embed/#?secret=a1B2")
    visitor.goto(publish(LISTENS + framed.replace("<iframe", '<iframe sandbox="allow-scripts"')))
    visitor.wait_for_function("told.some((each) => each.message === 'height' && each.value > 200)")
    visitor.frame_locator("iframe").get_by_text("Sign this statement").click()
    visitor.wait_for_function("told.some((each) => each.message === 'link')")
    told = visitor.evaluate("told")
    assert {each["secret"] for each in told} == {"a1B2"}
    assert told[-1] == {"message": "link", "value": f"{site}{LETTER}sign/", "secret": "a1B2"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["", "/ar"])
def test_share_page_and_frame_have_no_axe_violation_and_fit(
    chromium: Browser, site: str, campaign: Campaign, scheme: str, language: str
) -> None:
    context = chromium.new_context(base_url=site, color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True)
    page = context.new_page()
    other = "light" if scheme == "dark" else "dark"
    addresses = ["share/", "share/?theme=evil", "embed/", f"embed/?theme={other}", ""]
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for address in addresses:
            page.goto(f"{language}{LETTER}{address}")
            assert violations(page) == []
            assert page.evaluate(WHOLE), address
    context.close()


def test_address_and_snippet_are_copied_and_it_is_said(
    context: BrowserContext, visitor: Page, campaign: Campaign, site: str
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    visitor.goto(f"{LETTER}share/")
    visitor.get_by_role("button", name="Copy the link").click()
    expect(visitor.get_by_role("status").first).to_have_text("Copied")
    assert visitor.evaluate("navigator.clipboard.readText()") == f"{site}{LETTER}"
    visitor.get_by_role("button", name="Copy", exact=True).click()
    expect(visitor.get_by_role("status").last).to_have_text("Copied")
    assert visitor.evaluate("navigator.clipboard.readText()") == Embedded(campaign, "en").snippet
    assert visitor.locator("#snippet").input_value() == Embedded(campaign, "en").snippet


def test_native_share_is_offered_where_there_is_one(context: BrowserContext, visitor: Page, campaign: Campaign) -> None:
    visitor.goto(LETTER)
    expect(visitor.locator("[data-share]")).to_be_hidden()
    context.add_init_script("navigator.share = (what) => { window.shared = what; return Promise.reject(); }")
    visitor.goto(LETTER)
    visitor.get_by_role("button", name="Share …").click()
    shared = visitor.evaluate("window.shared")
    assert shared == {"title": campaign.title, "url": visitor.url}


def test_share_page_makes_the_snippet_without_javascript(page: Page, campaign: Campaign) -> None:
    page.goto(f"{LETTER}share/")
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.select_option("[name=language]", "ar")
    page.check("[name=theme][value=dark]")
    page.get_by_role("button", name="Show the frame").click()
    assert page.locator("#snippet").input_value() == Embedded(campaign, "ar", theme="dark").snippet
    expect(page.frame_locator(".preview").locator("html")).to_have_attribute("dir", "rtl")
