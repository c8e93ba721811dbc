"""The interface's language and the statement's: what a path names, what a reader finds, and in what letters go."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns import languages, tokens
from campaigns.models import Campaign, Preference, Signature, Translation, people
from tests.builders import (
    code_of_the_app,
    filled_form,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_draft,
    make_invitation,
    make_listed,
    make_pending,
    make_signature,
    make_translation,
    opened,
    own_page,
    send_letters,
    sign_in,
)

pytestmark = pytest.mark.django_db

LETTER = "/campaigns/open-letter/"
OTHERS = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
PUBLIC = [
    "/",
    LETTER,
    f"{LETTER}signatories/",
    f"{LETTER}versions/",
    f"{LETTER}versions/1/",
    f"{LETTER}sign/",
    "/privacy/",
]
NO_TRANSLATION = "Перекладу вашою мовою ще немає"


def opened_beside(stand: str) -> str:
    """A form's own token, had it been opened half a minute ago."""
    with time_machine.travel(timezone.now() - datetime.timedelta(seconds=30)):
        return tokens.opened(stand)


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def text_on(page: str) -> str:
    """The language of the statement that the page shows."""
    found = re.search(r'<article [^>]*lang="([\w-]+)" dir="(?:ltr|rtl)">', page)
    assert found
    return found[1]


def alternates_on(page: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', page))


def switches_on(page: str) -> dict[str, str]:
    """Where the page is in the interface's other languages."""
    foot = re.search(r'<nav class="languages".*?</nav>', page, re.DOTALL)
    assert foot
    links = re.findall(r'<a lang="(\w+)" hreflang="(\w+)" href="([^"]+)"', foot[0])
    assert all(language == hreflang for language, hreflang, _address in links)
    return {language: address for language, _hreflang, address in links}


def in_german_and_georgian() -> Campaign:
    """An English statement with two translations; the interface speaks but one of their languages."""
    campaign = make_draft()
    make_translation(campaign)
    make_translation(campaign, "ka", title="ღია წერილი")
    campaign.publish(by=None)
    return campaign


# The interface


@pytest.mark.parametrize("language", OTHERS)
def test_page_in_another_language_is_told_by_its_path_alone(client: Client, language: str) -> None:
    make_campaign()
    for path in PUBLIC:
        response = client.get(f"/{language}{path}")
        assert response.status_code == 200, path
        assert response["Content-Language"] == language
        direction = "rtl" if language == "ar" else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in response.content.decode()


def test_page_is_the_same_whatever_the_browser_asks_for_and_leaves_no_trace() -> None:
    make_campaign()
    for path in ("/", LETTER, "/ar/", f"/ar{LETTER}"):
        plain = Client().get(path)
        asking = Client(headers={"accept-language": "uk"})
        asking.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
        asked = asking.get(path)
        assert asked.content == plain.content
        for response in (plain, asked):
            assert "Vary" not in response
            assert not response.cookies
            assert response["Content-Language"] == ("ar" if path.startswith("/ar/") else "en")


@pytest.mark.parametrize("path", ["/en/", "/xx/", "/uk/uk/", "/uk/en/", "/UK/", "/uk-ua/", "/zh-hans/", "/ukraine/"])
def test_language_that_is_not_ours_has_no_pages(client: Client, path: str) -> None:
    make_campaign()
    assert client.get(path).status_code == 404
    assert client.get(f"{path.rstrip('/')}{LETTER}").status_code == 404


def test_what_is_not_there_is_said_in_the_language_of_the_path(client: Client) -> None:
    response = client.get("/ar/nowhere/")
    assert response.status_code == 404
    assert '<html lang="ar" dir="rtl">' in response.content.decode()
    assert "nowhere" not in response.content.decode()
    assert switches_on(response.content.decode())["uk"] == "/uk/"


def test_files_are_the_same_in_every_language_and_have_no_prefix(client: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign)
    delivery = make_delivery(campaign)
    page = read(client, f"/uk/deliveries/{delivery.fingerprint}/")
    for path in ("/deliveries/verify.py", f"/deliveries/{delivery.fingerprint}/list.json"):
        assert f'href="{path}"' in page
        assert client.get(path).status_code == 200
        assert client.get(f"/uk{path}", follow=True).status_code == 404


@pytest.mark.parametrize("path", ["/", LETTER, f"{LETTER}in/en/signatories/", f"{LETTER}sign/?in=en", "/privacy/"])
def test_foot_leads_to_the_same_page_in_each_language(client: Client, path: str) -> None:
    make_campaign()
    links = switches_on(read(client, path))
    assert links == {code: f"/{code}{path}" for code in OTHERS}
    from_arabic = switches_on(read(client, links["ar"]))
    assert from_arabic["en"] == path
    assert from_arabic["uk"] == links["uk"]
    assert "ar" not in from_arabic


def test_foot_of_a_contact_persons_page_leads_to_it_in_each_language(client: Client) -> None:
    page = own_page(make_signature(make_campaign()))
    links = switches_on(read(client, page))
    assert links["uk"] == f"/uk{page}"
    assert '<html lang="uk"' in read(client, links["uk"])


def test_browsers_own_language_is_offered_by_a_script_that_is_small() -> None:
    script = finders.find("campaigns/page.js")
    assert isinstance(script, str)
    with open(script, encoding="utf-8") as file:
        assert len(file.read()) < 4000


def test_report_knows_the_page_under_any_prefix(client: Client) -> None:
    campaign = make_campaign()
    page = read(client, f"/uk{LETTER}")
    (link,) = re.findall(r'href="(/uk/report/\?page=[^"]+)"', page)
    for address in (link, languages.in_language(link, "fr"), languages.in_language(link, "en")):
        assert f'href="/uk{LETTER}"' in read(client, address)
    sent = {"words": "A slip of the pen.", "email": "", "leave_empty": "", "opened": opened_beside(f"/uk{LETTER}")}
    assert client.post(link, sent).status_code == 302
    assert campaign.reports.get().page == f"/uk{LETTER}"


# The statement


def test_reader_finds_the_text_in_their_own_language_unless_the_path_names_another(client: Client) -> None:
    in_german_and_georgian()
    shown = {
        LETTER: "en",
        f"/de{LETTER}": "de",
        f"/de{LETTER}in/en/": "en",
        f"{LETTER}in/de/": "de",
        f"{LETTER}in/ka/": "ka",
        f"/ar{LETTER}in/ka/": "ka",
        f"/uk{LETTER}": "en",
    }
    for path, language in shown.items():
        assert text_on(read(client, path)) == language, path
    for path in (f"{LETTER}in/fr/", f"{LETTER}in/xx/", f"/de{LETTER}in/uk/", f"/uk{LETTER}sign/?in=xx"):
        assert client.get(path).status_code == 404


def test_reader_without_a_translation_is_told_that_it_is_the_original(client: Client) -> None:
    in_german_and_georgian()
    for page in ("", "signatories/", "sign/"):
        assert NO_TRANSLATION in read(client, f"/uk{LETTER}{page}")
        for path in (f"{LETTER}{page}", f"/de{LETTER}{page}"):
            assert NO_TRANSLATION not in read(client, path)
    assert NO_TRANSLATION not in read(client, f"/uk{LETTER}in/en/")
    make_campaign(slug="alone")
    assert NO_TRANSLATION in read(client, "/uk/campaigns/alone/")
    assert NO_TRANSLATION not in read(client, "/campaigns/alone/")


def test_page_says_what_is_shown_and_prevails_and_offers_the_others(client: Client) -> None:
    in_german_and_georgian()
    original, translated = read(client, LETTER), read(client, f"/de{LETTER}")
    assert "The original (English), which prevails." in original
    assert "Übersetzung" in translated
    assert f'<a lang="ka" hreflang="ka" dir="auto" href="{LETTER}in/ka/">' in original
    assert f'<a lang="en" hreflang="en" dir="auto" href="/de{LETTER}in/en/">' in translated
    named = read(client, f"/de{LETTER}in/en/")
    assert f'<a lang="de" hreflang="de" dir="auto" href="/de{LETTER}">' in named


def test_search_engines_are_told_where_each_text_is(client: Client) -> None:
    in_german_and_georgian()
    site = settings.SITE_URL
    for path in (LETTER, f"/de{LETTER}", f"/uk{LETTER}in/ka/"):
        assert alternates_on(read(client, path)) == {
            "en": f"{site}{LETTER}",
            "de": f"{site}/de{LETTER}",
            "ka": f"{site}{LETTER}in/ka/",
            "x-default": f"{site}{LETTER}",
        }
    for language, address in alternates_on(read(client, LETTER)).items():
        if language != "x-default":
            assert text_on(read(client, address.removeprefix(site))) == language


def test_links_between_the_pages_keep_the_language_that_the_path_names(client: Client) -> None:
    make_listed(in_german_and_georgian())
    page = read(client, f"/uk{LETTER}in/ka/")
    kept = ["in/ka/signatories/", "sign/?in=ka", "versions/?in=ka", "letter.pdf?in=ka"]
    for path in kept:
        assert f'href="/uk{LETTER}{path}"' in page
    for path in kept[:3]:
        assert f'href="/uk{LETTER}in/ka/"' in read(client, f"/uk{LETTER}{path}")
    unnamed = read(client, f"/de{LETTER}")
    assert f'href="/de{LETTER}sign/"' in unnamed
    assert "/in/de/" not in unnamed


def test_signature_keeps_the_language_of_the_text_and_of_the_page(client: Client) -> None:
    in_german_and_georgian()
    for address, text, page in (
        (f"/de{LETTER}sign/", "de", "de"),
        (f"/uk{LETTER}sign/", "en", "uk"),
        (f"/ar{LETTER}sign/?in=ka", "ka", "ar"),
    ):
        response = client.post(address, filled_form(opened=opened(30, text)))
        assert response.status_code == 302
        assert response["Location"].startswith(f"/{page}{LETTER}sign/sent/")
        signature = Signature.objects.latest("pk")
        assert (signature.language, signature.contact.notice_language) == (text, page)


def test_list_of_statements_names_each_in_the_readers_language(client: Client) -> None:
    in_german_and_georgian()
    assert f'<h3><a href="/de{LETTER}" lang="de" dir="auto">Ein offener Brief</a></h3>' in read(client, "/de/")
    assert 'lang="en" dir="auto">An open letter</a>' in read(client, "/uk/")


def test_private_page_keeps_its_language_when_it_becomes_public(client: Client) -> None:
    campaign = make_draft()
    make_translation(campaign)
    campaign.circulate(by=None)
    secret = campaign.circulation_secret
    page = read(client, f"/de/circulate/{secret}/")
    assert text_on(page) == "de"
    assert alternates_on(page) == {}
    campaign.publish(by=None)
    response = client.get(f"/uk/circulate/{secret}/in/de/")
    assert response["Location"] == f"/uk{LETTER}in/de/"


def test_long_title_leaves_the_page_whole(client: Client) -> None:
    title = "Donau" * 60
    make_campaign(title=title)
    for path in (LETTER, f"/ar{LETTER}", f"/ar{LETTER}sign/", "/ar/"):
        assert title in read(client, path)


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ("\u2067\u0646\u0635\u2069 and \u2068this\u2069", False),
        ("\u2068a \u2066b\u2069 c\u2069\n\n\u200fd", False),
        ("this \u202eway", True),
        ("\u2067one\n\ntwo\u2069", True),
        ("the end\u2069", True),
        ("\u2067a \u202bb\u2069 c\u202c", True),
    ],
)
def test_text_that_turns_the_direction_without_end_is_refused_beside_its_field(text: str, is_refused: bool) -> None:
    draft = make_draft(title=text, body=text)
    translation = make_translation(draft, title=text)
    for row, fields in ((draft, {"title", "body"}), (translation, {"title"})):
        assert refused_fields(row) == (fields if is_refused else set())


def refused_fields(row: Campaign | Translation) -> set[str]:
    try:
        row.full_clean()
    except ValidationError as error:
        return set(error.message_dict)
    return set()


def test_brought_text_that_turns_the_direction_without_end_is_refused() -> None:
    draft = make_draft()
    with pytest.raises(ValidationError, match="invisible control characters"):
        draft.bring_text(by=None, title="A letter", body="Text.", demands=["Do \u202eit."])
    draft.refresh_from_db()
    assert draft.title == "An open letter"


# Letters


def html_of(letter: Any) -> str:
    return str(letter.alternatives[0].content)


@pytest.mark.parametrize(
    ("read_in", "text", "spoken"), [("uk", "en", "uk"), ("", "de", "de"), ("en", "de", "en"), ("xx", "ka", "en")]
)
def test_letter_to_a_group_goes_in_the_language_in_which_it_signed(read_in: str, text: str, spoken: str) -> None:
    signature = make_signature(in_german_and_georgian(), language=text)
    signature.contact.notice_language = read_in
    signature.contact.save()
    (letter,) = send_letters()
    assert f'<html lang="{spoken}" dir="ltr">' in html_of(letter)
    prefix = "" if spoken == "en" else f"/{spoken}"
    assert f"{settings.SITE_URL}{prefix}/signatures/" in letter.body


def test_arabic_letter_stands_from_the_right() -> None:
    signature = make_signature(make_campaign())
    signature.contact.notice_language = "ar"
    signature.contact.save()
    (letter,) = send_letters()
    assert '<html lang="ar" dir="rtl">' in html_of(letter)
    assert "border-left" not in html_of(letter)
    assert f"{settings.SITE_URL}/ar/signatures/" in letter.body


def test_link_to_the_statement_leads_to_the_text_that_was_signed() -> None:
    signature = make_pending(in_german_and_georgian(), language="ka")
    send_letters()
    signature.accept(by=None)
    (letter,) = send_letters()
    assert f"{settings.SITE_URL}{LETTER}in/ka/" in letter.body


def test_coordinator_gets_letters_in_their_own_language(client: Client) -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    people.choose_language(coordinator, "pl")
    make_pending(campaign)
    awaits = next(letter for letter in send_letters() if letter.to == [coordinator.email])
    assert '<html lang="pl"' in html_of(awaits)
    assert f"{settings.SITE_URL}/pl/admin/campaigns/signature/" in awaits.body
    people.write(coordinator, "password_forgotten")
    (forgotten,) = send_letters()
    assert f"{settings.SITE_URL}/pl/accounts/password/reset/key/" in forgotten.body


def test_invited_group_is_written_to_in_the_language_of_its_invitation() -> None:
    campaign = in_german_and_georgian()
    invitation = make_invitation(campaign)
    campaign.invitations.filter(pk=invitation.pk).update(language="de")
    (letter,) = send_letters()
    assert '<html lang="de"' in html_of(letter)
    assert f"{settings.SITE_URL}/de/invitations/" in letter.body


# The desk


def test_coordinator_chooses_a_language_and_the_desk_opens_in_it(client: Client) -> None:
    coordinator = make_coordinator()
    sign_in(client, coordinator)
    assert client.get("/accounts/").status_code == 200
    assert client.post("/accounts/language/", {"language": "uk"})["Location"] == "/uk/accounts/"
    assert people.language_of(coordinator.pk) == "uk"
    anew = Client()
    entrance = anew.get("/admin/", follow=True).redirect_chain[-1][0]
    assert anew.post(entrance, {"login": "coordinator", "password": "a long enough password"}).status_code == 302
    code = {"code": code_of_the_app(coordinator), "next": "/admin/"}
    assert anew.post("/accounts/code/", code)["Location"] == "/uk/admin/"
    assert '<html lang="uk"' in read(anew, "/uk/admin/")


def test_who_is_invited_to_the_desk_is_written_to_in_the_language_of_who_invites(client: Client) -> None:
    sign_in(client, make_coordinator())
    typed = {"username": "olena", "first_name": "", "last_name": "", "email": "olena@desk.example.org"}
    assert client.post("/uk/admin/campaigns/person/add/", typed).status_code == 302
    (invited,) = send_letters()
    assert '<html lang="uk"' in html_of(invited)
    assert f"{settings.SITE_URL}/uk/accounts/password/reset/key/" in invited.body
    assert people.language_of(User.objects.get(username="olena").pk) == "uk"


def test_language_that_is_not_ours_cannot_be_chosen(client: Client) -> None:
    coordinator = make_coordinator()
    sign_in(client, coordinator)
    assert client.post("/accounts/language/", {"language": "xx"}).status_code == 422
    assert client.get("/accounts/language/").status_code == 405
    assert not Preference.objects.exists()
    assert Client().post("/accounts/language/", {"language": "uk"})["Location"].startswith("/accounts/login/")


def test_desk_leads_to_itself_in_each_language(client: Client) -> None:
    sign_in(client, make_coordinator(username="olena"))
    campaign = make_campaign()
    page = read(client, reverse("admin:campaigns_campaign_change", args=[campaign.pk]))
    assert f'href="/ar/admin/campaigns/campaign/{campaign.pk}/change/"' in page
    assert '<html lang="ar" dir="rtl"' in read(client, f"/ar/admin/campaigns/campaign/{campaign.pk}/change/")
