"""A statement whose original is written from the right, with a translation written from the left."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from tests.builders import (
    filled_form,
    make_coordinator,
    make_draft,
    make_translation,
    need_pango,
    opened,
    own_page,
    sign_in,
)
from tests.test_letter import unpacked

pytestmark = pytest.mark.django_db

PAGE = "/campaigns/open-letter/"
ARTICLE = re.compile(r'<article [^>]*lang="(\w+)" dir="(\w+)">')


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_draft(
        language="ar",
        title="رسالة مفتوحة",
        addressee="إلى الجمعية",
        summary="ما نطلبه.",
        body="قرأنا خطتكم.",
        demands=("افعلوا هذا.", "وافعلوا ذاك."),
    )
    make_translation(
        campaign, "en", title="An open letter", addressee="To the assembly", body="We have read your plan."
    )
    campaign.publish(by=None)
    return campaign


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_reader_finds_the_original_or_the_translation_each_in_its_direction(client: Client, campaign: Campaign) -> None:
    for address, text in {
        PAGE: ("en", "ltr"),
        f"{PAGE}in/ar/": ("ar", "rtl"),
        f"/ar{PAGE}": ("ar", "rtl"),
        f"/ar{PAGE}in/en/": ("en", "ltr"),
        f"/uk{PAGE}": ("ar", "rtl"),
    }.items():
        assert ARTICLE.findall(read(client, address)) == [text], address
    assert "A translation (English); the original (Arabic) prevails." in read(client, PAGE)
    assert "The original (Arabic), which prevails." in read(client, f"{PAGE}in/ar/")
    assert 'dir="rtl"' in read(client, f"{PAGE}versions/1/?in=ar")


def test_group_signs_the_original_with_an_english_form(client: Client, campaign: Campaign) -> None:
    form = read(client, f"{PAGE}sign/?in=ar")
    assert f'<a lang="ar" dir="auto" href="{PAGE}in/ar/">رسالة مفتوحة</a>' in form
    assert client.post(f"{PAGE}sign/?in=ar", filled_form(opened=opened(30, "ar"))).status_code == 302
    signature = campaign.signatures.get()
    assert (signature.language, signature.contact.notice_language) == ("ar", "en")
    assert 'lang="ar" dir="auto"' in read(client, own_page(signature))


def test_letter_is_set_in_the_language_of_its_text(client: Client, campaign: Campaign) -> None:
    need_pango()
    for language in ("ar", "en"):
        answer = client.get(f"{PAGE}letter.pdf?in={language}")
        assert answer.status_code == 200
        assert f"/Lang ({language})".encode() in unpacked(answer.getvalue())


def test_desk_shows_each_text_in_its_own_direction(client: Client, campaign: Campaign) -> None:
    sign_in(client, make_coordinator())
    preview = read(client, reverse("admin:campaigns_campaign_preview", args=[campaign.pk]))
    assert ARTICLE.findall(preview) == [("ar", "rtl")]
    translation = campaign.translations.get()
    beside = read(client, reverse("admin:campaigns_translation_change", args=[translation.pk]))
    assert '<div class="words" lang="ar" dir="rtl">قرأنا خطتكم.' in beside
    assert re.search(r'<textarea[^>]* lang="en" dir="ltr"[^>]*>\s*We have read your plan.', beside)
