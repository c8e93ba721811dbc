"""Signing in Ukrainian and in Arabic, from the statement to the public name, with no English word on the way."""

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from campaigns.models import Campaign
from tests.browser.conftest import let_the_minute_pass
from tests.browser.test_access import RULES, violations
from tests.builders import make_coordinator
from tests.public_pages import load_case

# Names that stand in every language as they are: of the site, of formats, of a zone.
NAMES = {
    "Undersigned", "PDF", "PNG", "JPEG", "WebP", "CSV", "XLSX", "JSON", "Atom", "QR", "UTC", "sha", "sum", "INTERPOL",
    "localhost", "http", "https",
}  # fmt: skip
NETWORKS = {"WhatsApp", "Telegram", "Facebook", "Bluesky", "LinkedIn"}
SEEN = """() => {
  const here = document.documentElement.lang, seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    const apart = holder.closest(`bdi, code, script, style, option, .languages, [lang]:not([lang="${here}"])`);
    if (holder.checkVisibility() && !apart) seen.push(walker.currentNode.textContent);
  }
  for (const field of document.querySelectorAll("[aria-label], [alt], [title], [placeholder]")) {
    if (field.closest(`.languages, [lang]:not([lang="${here}"])`)) continue;
    for (const name of ["aria-label", "alt", "title", "placeholder"]) seen.push(field.getAttribute(name) || "");
  }
  return [document.title, ...seen];
}"""


# What is said in a script that is not its element's language, or runs against its own direction.
ASTRAY = """() => {
  const scripts = {ar: /\\p{Script=Arabic}/u, uk: /\\p{Script=Cyrillic}/u}, found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.textContent.trim(), holder = walker.currentNode.parentElement;
    if (!holder.checkVisibility() || !/\\p{L}/u.test(words)) continue;
    const language = holder.closest("[lang]").lang, is_apart = holder.closest("bdi, [dir=auto]");
    for (const [spoken, script] of Object.entries(scripts))
      if (script.test(words) && language !== spoken && !is_apart) found.push(`${language}: ${words}`);
    const letters = words.match(/\\p{L}/gu), arabic = letters.filter(letter => scripts.ar.test(letter)).length;
    const against = getComputedStyle(holder).direction === "rtl" ? !arabic : arabic === letters.length;
    if (against && /\\s|[.,!?]$/.test(words) && !is_apart) found.push(`against its direction: ${words}`);
  }
  for (const each of document.querySelectorAll("[lang]")) {
    const direction = each.lang === "ar" ? "rtl" : "ltr";
    if (/\\p{L}/u.test(each.textContent) && getComputedStyle(each).direction !== direction) found.push(each.outerHTML);
  }
  return found;
}"""
FITS = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def campaign(site: str) -> Campaign:
    """The case of 2018 in English, Ukrainian and Arabic."""
    return load_case(make_coordinator())


@pytest.fixture(params=[360, 1280])
def page(chromium: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(base_url=site, viewport={"width": request.param, "height": 800})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def foreign(words: list[str]) -> set[str]:
    """The Latin words that are no names, addresses or links."""
    plain = " ".join(re.sub(r"\S+@\S+|https?://\S+|\w+(?:\.\w+)+", " ", text) for text in words)
    return set(re.findall(r"[A-Za-z]{2,}", plain)) - NAMES - NETWORKS


def looks_right(page: Page, language: str, direction: str) -> None:
    """Wholly in its language, and right."""
    assert foreign(page.evaluate(SEEN)) == set(), page.url
    stands_right(page, language, direction)


def stands_right(page: Page, language: str, direction: str, rules: list[str] = RULES) -> None:
    """In its language and direction, and what is in another in its own; nothing wider than the screen, nothing that
    axe finds."""
    html = page.locator("html")
    expect(html).to_have_attribute("lang", language)
    expect(html).to_have_attribute("dir", direction)
    assert page.evaluate(ASTRAY) == [], page.url
    assert page.evaluate(FITS), page.url
    assert violations(page, rules) == []


def open_letter(page: Page, subject_in: str) -> None:
    """Opens the link in the newest letter, which is in its language too."""
    let_the_minute_pass()
    call_command("send_mail", once=True, verbosity=0)
    letter = mail.outbox[-1]
    assert re.search(subject_in, str(letter.subject))
    facts = r"INTERPOL|interpol|Watch|River"
    words = re.sub(facts, "", re.sub(r"[0-9a-f]{64}", "", str(letter.body)))
    assert foreign([words]) - {"River", "Watch"} == set()
    found = re.search(r"https?://\S+/signatures/\S+", str(letter.body))
    assert found
    page.goto(found.group())


IN_UKRAINIAN = "uk", "ltr", "[а-яіїєґ]", "Річковий дозор"
IN_ARABIC = "ar", "rtl", "[\u0621-\u064a]", "مرصد النهر"


@pytest.mark.parametrize("spoken", [IN_UKRAINIAN, IN_ARABIC], ids=["uk", "ar"])
def test_group_signs_in_its_own_language(page: Page, campaign: Campaign, spoken: tuple[str, str, str, str]) -> None:
    language, direction, script, name = spoken
    page.goto(f"/{language}/campaigns/interpol-2018/")
    looks_right(page, language, direction)
    page.locator(".button[href$='/sign/']:visible").click()
    looks_right(page, language, direction)
    page.fill("[name=organization_name]", name)
    page.select_option("[name=country]", "UA")
    assert re.search(script, page.locator("[name=country] option:checked").inner_text())
    page.locator("main form .button").last.click()
    page.locator(".problems").wait_for()
    looks_right(page, language, direction)
    for field, words in {"contact_name": name, "contact_role": name, "email": "office@river.example.org"}.items():
        page.fill(f"[name={field}]", words)
    page.check("[name=is_authorized]")
    page.check("[name=accepts_privacy]")
    page.wait_for_timeout(1100)
    page.locator("main form .button").last.click()
    page.wait_for_url("**/sign/sent/**")
    looks_right(page, language, direction)
    open_letter(page, script)
    looks_right(page, language, direction)
    page.click("[name=confirm]")
    page.locator("[name=confirm]").wait_for(state="detached")
    looks_right(page, language, direction)
    campaign.signatures.get(name=name).accept()
    open_letter(page, script)
    looks_right(page, language, direction)
    page.goto(f"/{language}/campaigns/interpol-2018/")
    expect(page.locator(".signatories")).to_contain_text(name)
    for address in ("signatories/", "versions/", "sign/sent/"):
        page.goto(f"/{language}/campaigns/interpol-2018/{address}")
        looks_right(page, language, direction)
