"""The case of 2018 in English, which prevails, Ukrainian and Arabic: each page and letter stands right for its reader.

The way of a group through the pages in its own language alone is told in `test_languages.py`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from campaigns.models import Campaign, Delivery, Signature
from tests.browser.test_access import CONFORMANCE, RULES
from tests.browser.test_languages import FITS, campaign, stands_right
from tests.builders import correct, make_delivery, make_update, own_page, propose, send_letters

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


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=site, viewport={"width": 360, "height": 800})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def stands_right_at_any_width(page: Page, language: str, rules: list[str] = RULES) -> None:
    stands_right(page, language, DIRECTIONS[language], rules)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.evaluate(FITS), page.url
    page.set_viewport_size({"width": 360, "height": 800})


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
    for language, prefix in PREFIXES.items():
        for place in (PAGE, f"{PAGE}versions/2/", f"/deliveries/{delivery.fingerprint}/"):
            page.goto(f"{prefix}{place}")
            stands_right_at_any_width(page, language)
    for place in ("signatories/", "versions/", "sign/"):
        page.goto(f"{PAGE}{place}")
        stands_right_at_any_width(page, "en")
    page.locator("main form .button").last.click()
    expect(page.locator(".problems")).to_be_visible()
    stands_right_at_any_width(page, "en")


def test_reader_is_told_which_text_prevails_and_where_the_others_are(page: Page, campaign: Campaign) -> None:
    addresses = {language: f"{settings.SITE_URL}{prefix}{PAGE}" for language, prefix in PREFIXES.items()}
    links = "links => links.map(link => [link.hreflang, link.lang || link.href])"
    for language, prefix in PREFIXES.items():
        page.goto(f"{prefix}{PAGE}")
        text = page.locator("main article")
        expect(text).to_have_attribute("lang", language)
        expect(text.locator("h1")).to_contain_text(TITLES[language])
        expect(text.locator("p").first).to_contain_text(PREVAILS[language])
        others = page.eval_on_selector_all("article a[hreflang]", links)
        assert others == [[code, code] for code in sorted(GROUPS) if code != language]
        alternates = page.eval_on_selector_all("link[rel=alternate][hreflang]", links)
        assert dict(alternates) == {**addresses, "x-default": addresses["en"]}
        for other in GROUPS.keys() - {language}:
            page.goto(f"{prefix}{PAGE}in/{other}/")
            expect(text).to_have_attribute("lang", other)
            stands_right(page, language, DIRECTIONS[language])


def test_each_letter_and_own_page_stands_right_in_each_of_the_three_languages(page: Page, campaign: Campaign) -> None:
    groups, coordinator = signed_in_each(campaign), User.objects.get()
    letter = page.context.new_page()

    def read_letters() -> None:
        for message in send_letters():
            language = message.to[0].partition("@")[0]
            if language in groups:
                letter.set_content(html_of(message))
                stands_right_at_any_width(letter, language, CONFORMANCE)

    def look_at_own_pages() -> None:
        for language, signature in groups.items():
            page.goto(f"{PREFIXES[language]}{own_page(signature)}")
            stands_right_at_any_width(page, language)

    read_letters()
    for signature in groups.values():
        signature.confirm()
        signature.ask(by=coordinator, words="Have you a website? Чи є у вас вебсайт?")
    read_letters()
    look_at_own_pages()
    for signature in groups.values():
        signature.accept()
    read_letters()
    with_title_longer(campaign)
    correct(campaign)
    read_letters()
    make_delivery(campaign)
    make_update(campaign, kind="outcome", outcome="met", demand_key=campaign.text.demands[0].key).publish(by=None)
    read_letters()
    with_title_longer(campaign)
    propose(campaign)
    read_letters()
    look_at_own_pages()
    for signature in groups.values():
        signature.withdraw()
    look_at_own_pages()
