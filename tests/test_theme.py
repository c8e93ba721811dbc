"""The site's own look: what is taken and what is refused, and that every page, letter and process shows it."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from campaigns import colours
from campaigns.models import Event, Role, SiteTheme, ThemeText, themes
from tests.builders import make_campaign, make_coordinator, make_member, make_signature, sign_in
from tests.pictures import chunks, plain

pytestmark = pytest.mark.django_db

LOOK = "/admin/campaigns/sitetheme/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
every_colour = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@pytest.fixture
def desk() -> Client:
    client = Client()
    sign_in(client, make_coordinator())
    return client


def save(desk: Client, **typed: Any) -> None:
    response = desk.post(LOOK, typed)
    assert response.status_code == 302, [form.errors for form in [response.context["form"], *response.context["texts"]]]


def refused(desk: Client, **typed: Any) -> tuple[Any, str]:
    """The page that comes back, and the words beside the field that is named first."""
    response = desk.post(LOOK, typed)
    assert response.status_code == 422
    assert not SiteTheme.objects.exists()
    assert not Event.objects.exists()
    language, _dash, part = next(iter(typed)).rpartition("-")
    forms = {"": response.context["form"], **{text.prefix: text for text in response.context["texts"]}}
    words = " ".join(forms[language].errors[part])
    assert words in response.content.decode().replace("&lt;", "<").replace("&gt;", ">")
    return response, words


def read(address: str) -> str:
    return Client().get(address).content.decode()


# Colours


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#767676", "#ffffff", 4.5), ("#777777", "#ffffff", 4.4)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert colours.contrast(one, other) == colours.contrast(other, one) == ratio


@given(accent=every_colour, band=every_colour)
def test_every_colour_gives_a_page_that_can_be_read(accent: str, band: str) -> None:
    light = colours.light(colours.darkened(accent, colours.LIGHT.tint), band)
    for scheme in (light, colours.dark(accent, band)):
        assert scheme.contrast_of_links >= colours.ENOUGH
        assert scheme.contrast_of_buttons >= colours.ENOUGH
        assert scheme.contrast_of_band >= colours.ENOUGH


@given(every_colour)
def test_colour_that_will_do_is_left_as_it_is(colour: str) -> None:
    shade = colours.darkened(colour, colours.LIGHT.tint)
    assert (shade == colour) == (colours.contrast(colour, colours.LIGHT.tint) >= colours.ENOUGH)


@pytest.mark.parametrize(
    ("typed", "kept"), [("#FC0", "#ffcc00"), (" 1D4E89 ", "#1d4e89"), ("red", "red"), ("#12345", "#12345"), ("", "")]
)
def test_colour_is_written_in_one_way(typed: str, kept: str) -> None:
    assert colours.tidy(typed) == kept


def test_colours_that_are_reckoned_with_are_those_of_the_style_sheet() -> None:
    page = Path(str(finders.find("campaigns/page.css"))).read_text(encoding="utf-8")
    for scheme, block in zip(
        (colours.LIGHT, colours.DARK), re.findall(r":root, :host \{(.*?)\}", page, re.S), strict=True
    ):
        found = dict(re.findall(r"--([\w-]+): (#\w+);", block))
        told = {name: colours.tidy(found[name]) for name in ("paper", "tint", "ink", "accent", "on-accent", "quiet")}
        assert told == {
            **{"paper": scheme.paper, "tint": scheme.tint, "ink": scheme.ink, "accent": scheme.accent},
            **{"on-accent": scheme.on_accent, "quiet": scheme.on_band},
        }
        assert scheme.band == scheme.paper


# What is refused


def test_pale_colour_is_refused_with_the_nearest_that_would_do(desk: Client) -> None:
    page, words = refused(desk, accent="#FFCC00", name="River Coalition")
    nearest = colours.darkened("#ffcc00", colours.LIGHT.tint)
    assert words == (
        "On the page this colour has a contrast of 1.3 to 1, and links need 4.5 to 1. The nearest shade that would do "
        f"is {nearest}."
    )
    assert 'value="#FFCC00"' in page.content.decode()
    assert 'value="River Coalition"' in page.content.decode()
    save(desk, accent=nearest)


@pytest.mark.parametrize("typed", ["red", "#12345", "rgb(0, 0, 0)", "url(https://example.org/)", "#1d4e89;", "١٢٣"])
def test_what_is_no_colour_is_refused(desk: Client, typed: str) -> None:
    words = "Write the colour as # with six digits, from 0 to 9 and from a to f, such as #1d4e89."
    assert refused(desk, accent=typed)[1] == refused(desk, band=typed)[1] == words


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (SVG, "This is not a PNG, JPEG or WebP picture."),
        (plain()[:60], "The picture is cut short or damaged. Save it once more and choose the new file."),
        (plain(20, 20), "The picture is smaller than 48 pixels. Choose a larger one."),
        (b"", "The file is empty."),
    ],
)
def test_what_is_no_logo_is_refused(desk: Client, sent: bytes, words: str) -> None:
    assert refused(desk, logo=SimpleUploadedFile("logo.png", sent, "image/png"))[1] == words


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "http://example.org/", "nobody", "a@b@c", "https://"])
def test_what_is_no_contact_is_refused(desk: Client, typed: str) -> None:
    words = "Write an e-mail address, or an address that begins with https://."
    assert refused(desk, security_contact=typed)[1] == words


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "N" * 81, "at most 80 characters"),
        ("name", "<b>Rivers</b>", "without the signs"),
        ("name", "R\u202eivers", "invisible control characters"),
        ("name", "Ri\0vers", "Null characters are not allowed."),
        ("uk-legal_notice", "Ми. " * 25_000, "at most 20000 characters"),
        ("en-footer", "Hello<script>alert(1)</script>", "HTML is not taken here."),
        ("ar-legal_notice", "Us.\n\n<div onclick=x>\n</div>", "HTML is not taken here."),
    ],
)
def test_bad_words_are_refused_and_kept_in_the_form(desk: Client, field: str, typed: str, words: str) -> None:
    page, said = refused(desk, **{field: typed})
    assert words in said
    forms = {"": page.context["form"], **{text.prefix: text for text in page.context["texts"]}}
    language, _dash, part = field.rpartition("-")
    assert forms[language][part].value() == typed


def test_second_theme_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteTheme.objects.create(id=2)


# What is kept


def test_saved_theme_is_on_every_page_at_once(desk: Client) -> None:
    make_campaign()
    before = read("/")
    assert "theme.css" not in before
    assert "Legal notice" not in before
    notice = "# Who we are\n\nFriends of *rivers*."
    save(
        desk,
        **{"name": "Річкова коаліція", "accent": "#7A1F3D", "band": "#ffd400", "security_contact": "safe@example.org"},
        **{"en-footer": "Free to [copy](https://example.org).", "en-legal_notice": notice},
        logo=SimpleUploadedFile("logo.png", plain(400, 100), "image/png"),
    )
    site = SiteTheme.current()
    assert site.security_contact == "safe@example.org"
    for address in ("/", "/uk/", "/campaigns/open-letter/", "/privacy/", "/nothing/", "/accounts/login/"):
        page = read(address)
        assert "<bdi>Річкова коаліція</bdi>" in page
        assert f'<link rel="stylesheet" href="/theme.css?{site.digest}">' in page
        assert f'<img class="plate" src="/theme/{site.logo_name}.png" width="144" height="36" alt="">' in page
        assert '<div class="said" lang="en" dir="auto"><p>Free to <a href="https://example.org"' in page
    assert "<h2>Who we are</h2>\n<p>Friends of <em>rivers</em>.</p>" in read("/legal/")
    assert "Річкова коаліція</a>" in desk.get("/admin/").content.decode()


def test_saving_again_changes_and_records_nothing(desk: Client) -> None:
    look = {"name": "River Coalition", "accent": "#7a1f3d", "en-footer": "Friends.", "uk-footer": "Друзі."}
    save(desk, **look)
    save(desk, **look)
    assert Event.objects.count() == 1
    save(desk, **{**look, "uk-footer": "", "name": ""})
    assert list(ThemeText.objects.values_list("language", "footer")) == [("en", "Friends.")]
    assert "<bdi>Undersigned</bdi>" in read("/")
    assert Event.objects.order_by("pk").last().details == {"fields": ["name", "texts"]}  # type: ignore[union-attr]


def test_form_opens_with_what_is_kept(desk: Client) -> None:
    look = {"name": "River Coalition", "accent": "#7a1f3d", "en-footer": "Friends.", "ar-legal_notice": "نحن."}
    save(desk, **look)
    opened = desk.get(LOOK).context
    forms = [opened["form"], *opened["texts"]]
    held = {bound.html_name: bound.value() for form in forms for bound in form if bound.value()}
    assert held == look
    save(desk, **held)
    assert Event.objects.count() == 1


def test_look_first_shows_and_keeps_nothing(desk: Client) -> None:
    response = desk.post(LOOK, {"look": "", "name": "River Coalition", "accent": "#7a1f3d"})
    page = response.content.decode()
    assert response.status_code == 200
    assert 'fill="#7a1f3d"' in page
    assert "River Coalition</text>" in page
    assert not SiteTheme.objects.exists()


def test_logo_is_drawn_anew_replaced_and_removed(desk: Client) -> None:
    save(desk, logo=SimpleUploadedFile("logo.png", plain(), "image/png"))
    first = SiteTheme.current().logo_name
    answer = Client().get(f"/theme/{first}.png")
    assert (answer["Content-Type"], "immutable" in answer["Cache-Control"]) == ("image/png", True)
    assert chunks(answer.content) == {b"IHDR", b"IDAT", b"IEND"}
    save(desk, logo=SimpleUploadedFile("logo.png", plain(colour="#aa0000"), "image/png"))
    assert Client().get(f"/theme/{first}.png").status_code == 404
    save(desk, remove_logo="on")
    assert "<img" not in read("/")
    assert Client().get("/theme/none.png").status_code == 404


def test_words_are_those_of_the_readers_language_or_stand_in(desk: Client) -> None:
    assert Client().get("/legal/").status_code == 404
    save(desk, **{"uk-legal_notice": "Ми є.", "de-footer": "Wir.", "de-legal_notice": "Wir sind."})
    assert '<div lang="uk" dir="auto"><p>Ми є.</p>' in read("/uk/legal/")
    assert '<div lang="de" dir="auto"><p>Wir sind.</p>' in read("/de/legal/")
    assert '<div lang="uk" dir="auto"><p>Ми є.</p>' in read("/legal/"), "the first in the order of languages"
    assert 'lang="de" dir="auto"><p>Wir.</p>' in read("/uk/")
    save(desk, **{"uk-legal_notice": "Ми є.", "en-legal_notice": "We are."})
    assert '<div lang="en" dir="auto"><p>We are.</p>' in read("/fr/legal/")
    assert '<a href="/fr/legal/">' in read("/fr/")


def test_only_administrators_of_the_site_change_it() -> None:
    client = Client()
    sign_in(client, make_member(make_campaign(), role=Role.OWNER))
    assert client.get(LOOK).status_code == client.post(LOOK, {"name": "Mine"}).status_code == 403
    assert LOOK not in client.get("/admin/").content.decode()
    assert not SiteTheme.objects.exists()


# How it reaches pages


@pytest.mark.usefixtures("theme_in_memory")
def test_theme_costs_no_query_on_a_page(desk: Client, django_assert_num_queries: Any) -> None:
    save(desk, **{"name": "River Coalition", "accent": "#7a1f3d", "en-footer": "Friends."})
    read("/privacy/")
    with django_assert_num_queries(0):
        read("/privacy/")
        read("/uk/privacy/")


def test_other_processes_show_a_change_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SiteTheme.current().title == "Undersigned"
    SiteTheme.objects.create(name="River Coalition")  # as another process would have it
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + themes.KEPT_SECONDS)
    assert SiteTheme.current().title == "River Coalition"


def test_page_can_be_read_while_the_database_is_away() -> None:
    def refuse(*_sql: Any) -> None:
        raise DatabaseError

    with connection.execute_wrapper(refuse):
        assert "<bdi>Undersigned</bdi>" in render_to_string("base.html")


def test_style_sheet_is_kept_long_only_by_its_own_name(desk: Client) -> None:
    save(desk, accent="#7a1f3d", band="#ffd400")
    digest = SiteTheme.current().digest
    named, unnamed, stale = (Client().get(f"/theme.css{query}") for query in (f"?{digest}", "", "?older"))
    assert named["Content-Type"] == "text/css; charset=utf-8"
    assert named["Cache-Control"] == "public, max-age=31536000"
    assert unnamed["Cache-Control"] == stale["Cache-Control"] == "public, max-age=30"
    assert Client().get("/theme.css", headers={"If-None-Match": unnamed["ETag"]}).status_code == 304
    assert named.content == unnamed.content
    sheet = named.content.decode()
    assert "--accent: #7a1f3d; --on-accent: #ffffff; --band: #ffd400; --on-band: #000000;" in sheet
    assert sheet.count(":root") == sheet.count("@media screen"), "paper keeps its own colours"
    assert not named.cookies
    save(desk, accent="#7a1f3d")
    assert SiteTheme.current().digest != digest


def test_letters_bear_the_name_and_the_colours(desk: Client, settings: Any) -> None:
    save(desk, name="Річкова коаліція", accent="#7a1f3d")
    make_signature(make_campaign())
    call_command("send_mail", once=True, verbosity=0)
    letter: Any = mail.outbox[0]
    assert letter.message()["From"].endswith("<undersigned@localhost>")
    assert "Річкова коаліція" in str(letter.body)
    assert settings.SITE_URL in letter.body
    assert "background: #7a1f3d; color: #ffffff;" in letter.alternatives[0].content
    settings.DEFAULT_FROM_EMAIL = "The desk <desk@example.org>"
    make_signature(make_campaign(slug="another"))
    call_command("send_mail", once=True, verbosity=0)
    assert mail.outbox[1].from_email == "The desk <desk@example.org>"


def test_screen_leads_to_no_other(desk: Client) -> None:
    assert reverse("admin:campaigns_sitetheme_changelist") == LOOK
    assert f'href="{LOOK}"' in desk.get("/admin/").content.decode()
    assert desk.get(f"{LOOK}add/").status_code == desk.get(f"{LOOK}1/change/").status_code == 404
