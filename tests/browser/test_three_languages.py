"""The case of 2018 in English, which prevails, Ukrainian and Arabic: each page and letter stands right for its reader.

The way through the pages in one language, without a foreign word, is told in `test_languages.py`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from campaigns.models import Campaign, Delivery, Signature
from tests.browser.test_access import CONFORMANCE, RULES, violations
from tests.browser.test_languages import campaign
from tests.builders import correct, make_delivery, make_update, own_page, propose, send_letters, sent_page

__all__ = ["campaign"]

PAGE = "/campaigns/interpol-2018/"
DIRECTIONS = {"en": "ltr", "uk": "ltr", "ar": "rtl"}
PREFIXES = {"en": "", "uk": "/uk", "ar": "/ar"}
GROUPS = {"en": "River Watch", "uk": "Річковий дозор", "ar": "مرصد النهر"}
TITLES = {"en": "misuse", "uk": "зловживає", "ar": "استخدامه"}
PREVAILS = {
    "en": "The original (English), which prevails.",
    "uk": "вирішальним є оригінал (мова: Англійська).",
    "ar": "والمعتمد هو الأصل (الإنجليزيّة).",
}
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
    if (each.textContent.trim() && getComputedStyle(each).direction !== direction) found.push(each.outerHTML);
  }
  return found;
}"""


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=site, viewport={"width": 360, "height": 800})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def stands_right(page: Page, language: str, rules: list[str] = RULES) -> None:
    """In its language and direction, each word of another in its own; nothing that axe finds; fits both widths."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", DIRECTIONS[language])
    assert page.evaluate(ASTRAY) == [], page.url
    assert violations(page, rules) == []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)


def html_of(message: Any) -> str:
    return str(message.alternatives[0].content)


def signed_in_each(campaign: Campaign) -> dict[str, Signature]:
    """A group in each language, as the form leaves it, which asked for news."""
    signed = {}
    for language, name in GROUPS.items():
        signatory = {"name": name, "name_as_signed": name, "language": language, "country": "UA"}
        contact = {"name": name, "role": "", "email": f"{language}@example.org", "notice_version": 1}
        asked = {"notice_language": language, "wants_updates": True}
        signed[language] = Signature.objects.submit(campaign, signatory, {**contact, **asked})
    return signed


def with_title_longer(campaign: Campaign) -> None:
    """The draft text in each language, a sign longer."""
    for text in (campaign, *campaign.translations.all()):
        text.title += "!"
        text.save(update_fields=["title"])
    for translation in campaign.translations.all():
        translation.settle()


def delivered(campaign: Campaign) -> Delivery:
    for signature in signed_in_each(campaign).values():
        signature.confirm()
        signature.accept()
    return make_delivery(campaign)


def test_each_page_stands_right_in_each_of_the_three_languages(page: Page, campaign: Campaign) -> None:
    delivery = delivered(campaign)
    places = [PAGE, f"{PAGE}sign/", f"{PAGE}signatories/", f"{PAGE}versions/", f"{PAGE}versions/2/"]
    for language, prefix in PREFIXES.items():
        for place in [*places, f"/deliveries/{delivery.fingerprint}/"]:
            page.goto(f"{prefix}{place}")
            stands_right(page, language)
        page.goto(f"{prefix}{PAGE}sign/")
        page.locator("main form .button").last.click()
        expect(page.locator(".problems")).to_be_visible()
        stands_right(page, language)


def test_reader_is_told_which_text_prevails_and_where_the_others_are(page: Page, campaign: Campaign) -> None:
    addresses = {language: f"{settings.SITE_URL}{prefix}{PAGE}" for language, prefix in PREFIXES.items()}
    for language, prefix in PREFIXES.items():
        page.goto(f"{prefix}{PAGE}")
        text = page.locator("main article")
        expect(text).to_have_attribute("lang", language)
        expect(text.locator("h1")).to_contain_text(TITLES[language])
        expect(text.locator("p").first).to_contain_text(PREVAILS[language])
        others = page.eval_on_selector_all(
            "article a[hreflang]", "links => links.map(link => [link.lang, link.hreflang])"
        )
        assert others == [[code, code] for code in sorted(GROUPS) if code != language]
        alternates = page.eval_on_selector_all(
            "link[rel=alternate][hreflang]",
            "links => Object.fromEntries(links.map(link => [link.hreflang, link.href]))",
        )
        assert dict(alternates) == {**addresses, "x-default": addresses["en"]}
        for other in GROUPS.keys() - {language}:
            page.goto(f"{prefix}{PAGE}in/{other}/")
            stands_right(page, language)


def test_each_letter_and_own_page_stands_right_in_each_of_the_three_languages(page: Page, campaign: Campaign) -> None:
    groups, coordinator = signed_in_each(campaign), User.objects.get()
    letter = page.context.new_page()

    def hear_and_look() -> None:
        """Reads the letters that went out, and opens each group's own page."""
        for message in send_letters():
            language = message.to[0].partition("@")[0]
            if language in groups:
                letter.set_content(html_of(message))
                stands_right(letter, language, CONFORMANCE)
        for language, signature in groups.items():
            page.goto(f"{PREFIXES[language]}{own_page(signature)}")
            stands_right(page, language)

    for language, signature in groups.items():
        page.goto(f"{PREFIXES[language]}{sent_page(signature)}")
        stands_right(page, language)
    hear_and_look()
    for signature in groups.values():
        signature.confirm()
        signature.ask(by=coordinator, words="Have you a website? Чи є у вас вебсайт?")
    hear_and_look()
    for signature in groups.values():
        signature.accept()
    hear_and_look()
    with_title_longer(campaign)
    correct(campaign)
    hear_and_look()
    make_delivery(campaign)
    make_update(campaign, kind="outcome", outcome="met", demand_key=campaign.text.demands[0].key).publish(by=None)
    hear_and_look()
    with_title_longer(campaign)
    propose(campaign)
    hear_and_look()
    for signature in groups.values():
        signature.withdraw()
    hear_and_look()
