"""The frame on other people's pages, and how their programs find it."""

import datetime
import json
import re
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import micawber
import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Signature
from tests.builders import make_campaign, make_circulating, make_draft, make_listed, make_translation

pytestmark = pytest.mark.django_db

LETTER = "/campaigns/open-letter/"
EMBED = f"{LETTER}embed/"
HERE = "http://localhost:8000"
LONG = "a" * 10_000


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def names(page: str) -> list[str]:
    return re.findall(r"<li><bdi[^>]*>([^<]*)", page)


# The frame


def test_frame_shows_count_newest_names_and_the_way_to_sign(client: Client) -> None:
    campaign = make_campaign(allows_persons=True)
    for number in range(1, 8):
        make_listed(campaign, f"Group {number}", email=f"{number}@example.org")
    make_listed(campaign, "A Reader", kind=Signature.Kind.PERSON)
    make_listed(campaign, "The Counted", shown=Signature.Shown.COUNTED)
    page = read(client, EMBED)
    assert names(page) == ["A Reader", "Group 7", "Group 6", "Group 5", "Group 4"]
    assert "The Counted" not in page
    assert re.search(r"<strong>8</strong>\s+organizations have signed\s+and 1 person in their own name", page)
    links = re.findall(r'<a ([^>]*href="([^"]*)"[^>]*)>', page)
    assert [address for _link, address in links] == [LETTER, f"{LETTER}sign/", "/"]
    assert all('target="_blank" rel="noopener"' in link for link, _address in links)


def test_frame_names_nobody_who_has_not_agreed_to_what_is_asked_now(client: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign)
    gone = make_listed(campaign, "Lake Watch")
    gone.withdraw()
    assert names(read(client, EMBED)) == ["River Watch"]


def test_frame_of_a_closed_campaign_leads_to_the_statement(client: Client) -> None:
    make_campaign().close(by=None)
    page = read(client, EMBED)
    assert "Signing closed on" in page
    assert f"{LETTER}sign/" not in page


def test_frame_alone_may_be_framed_and_sets_no_cookie(client: Client) -> None:
    make_campaign()
    frame, page = client.get(EMBED), client.get(LETTER)
    assert "X-Frame-Options" not in frame
    assert "frame-ancestors" not in frame["Content-Security-Policy"]
    assert "default-src 'none'" in frame["Content-Security-Policy"]
    assert (page["X-Frame-Options"], "frame-ancestors 'none'" in page["Content-Security-Policy"]) == ("DENY", True)
    assert not frame.cookies
    assert "Cookie" not in frame.get("Vary", "")


@pytest.mark.parametrize("address", [f"{EMBED}?in=xx", "/campaigns/mistyped/embed/", "/uk/campaigns/draft/embed/"])
def test_frame_of_nothing_says_so_in_the_frame(client: Client, address: str) -> None:
    make_campaign()
    make_draft(slug="draft")
    response = client.get(address)
    page = response.content.decode()
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (404, True)
    assert "X-Frame-Options" not in response
    assert "frame-ancestors" not in response["Content-Security-Policy"]
    assert ("Тут нічого немає" if address.startswith("/uk") else "There is nothing here") in page
    assert "<form" not in page


@pytest.mark.parametrize(("theme", "html"), [("light", ' class="light"'), ("dark", ' class="dark"')])
def test_frame_is_in_the_colours_that_are_asked(client: Client, theme: str, html: str) -> None:
    make_campaign()
    assert f'<html lang="en" dir="ltr"{html}>' in read(client, f"{EMBED}?theme={theme}")


@pytest.mark.parametrize("theme", ["", "evil", "light dark", '"><b>', LONG])
def test_frame_in_unknown_colours_is_as_the_screen(client: Client, theme: str) -> None:
    make_campaign()
    assert read(client, f"{EMBED}?theme={theme}") == read(client, EMBED)


def test_frame_speaks_the_language_of_its_address_and_reads_the_text_in_another(client: Client) -> None:
    campaign = make_draft()
    make_translation(campaign)
    campaign.publish(by=None)
    page = read(client, f"/ar{EMBED}?in=de")
    assert '<html lang="ar" dir="rtl"' in page
    assert '<a lang="de" dir="auto" href="/ar/campaigns/open-letter/in/de/"' in page
    assert "Ein offener Brief" in page
    assert f'href="/ar{LETTER}sign/?in=de"' in page


@pytest.mark.usefixtures("theme_in_memory")
def test_frame_costs_the_same_however_many_have_signed(client: Client, django_assert_num_queries: Any) -> None:
    campaign = make_campaign()
    with django_assert_num_queries(3):
        client.get(EMBED)
    for number in range(8):
        make_listed(campaign, f"Group {number}", email=f"{number}@example.org")
    with django_assert_num_queries(3):
        client.get(EMBED)


def test_scripts_are_under_a_kilobyte() -> None:
    for name in ("embed.js", "framed.js"):
        found = finders.find(f"campaigns/{name}")
        assert isinstance(found, str)
        with open(found, "rb") as file:
            assert len(file.read()) < 1024


# oEmbed


def ask(client: Client, **asked: Any) -> Any:
    return client.get(f"/oembed/?{urlencode(asked)}")


def test_page_tells_where_its_frame_is_found(client: Client) -> None:
    make_campaign()
    found = re.search(r'<link rel="alternate" type="application/json\+oembed" href="([^"]*)"', read(client, LETTER))
    assert found
    assert found[1] == f"{HERE}/oembed/?url={quote(HERE + LETTER, safe='')}"
    assert client.get(found[1].removeprefix(HERE)).status_code == 200


def test_answer_is_a_frame_of_the_size_that_fits(client: Client) -> None:
    make_campaign()
    response = ask(client, url=HERE + LETTER, maxwidth=320, maxheight=1000)
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    answer = response.json()
    html = answer.pop("html")
    assert answer == {
        "version": "1.0",
        "type": "rich",
        "title": "An open letter",
        "provider_name": "Undersigned",
        "provider_url": HERE,
        "width": 320,
        "height": 420,
    }
    assert html == (
        f'<iframe src="{HERE}{EMBED}" title="An open letter" width="320" height="420" frameborder="0" '
        'loading="lazy"></iframe>'
    )


def test_answer_in_xml_says_the_same(client: Client) -> None:
    make_campaign(title="Rivers & <mills>")
    response = ask(client, url=HERE + LETTER, format="xml")
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    told = {each.tag: each.text for each in root}
    assert root.tag == "oembed"
    assert told == {name: str(value) for name, value in ask(client, url=HERE + LETTER).json().items()}


def test_xml_is_read_whatever_controls_the_title_has(client: Client) -> None:
    make_campaign(title="Rivers\x0b and\x1f mills\ufffe")
    root = ElementTree.fromstring(ask(client, url=HERE + LETTER, format="xml").content)
    assert root.findtext("title") == "Rivers and mills"


def test_every_address_of_a_campaign_has_its_frame(client: Client) -> None:
    campaign = make_draft()
    make_translation(campaign)
    campaign.publish(by=None)
    frames = {
        LETTER: EMBED,
        f"/uk{LETTER}": f"/uk{EMBED}",
        f"/uk{LETTER}in/de/": f"/uk{EMBED}?in=de",
        f"{LETTER}?from=mail#demand-1": EMBED,
        LETTER.removesuffix("/"): EMBED,
        "/campaigns/Open-LETTER/": EMBED,
    }
    for page, frame in frames.items():
        assert f'src="{HERE}{frame}"' in ask(client, url=HERE + page).json()["html"]


@pytest.mark.parametrize(
    "url",
    [
        f"https://elsewhere.example.org{LETTER}",
        f"http://localhost:8000@elsewhere.example.org{LETTER}",
        f"http://localhost:8000.example.org{LETTER}",
        f"//localhost:8000{LETTER}",
        f"javascript:alert(1)//localhost:8000{LETTER}",
        f"ftp://localhost:8000{LETTER}",
        "http://[localhost",
        LETTER,
        HERE,
        f"{HERE}/",
        f"{HERE}{LETTER}signatories/",
        f"{HERE}{LETTER}in/uk/",
        f"{HERE}/campaigns/draft/",
        f"{HERE}/campaigns/nowhere/",
        f"{HERE}/admin/",
        f"{HERE}/xx{LETTER}",
        "лист",
    ],
)
def test_other_addresses_have_no_frame(client: Client, url: str) -> None:
    make_campaign()
    make_draft(slug="draft")
    response = ask(client, url=url)
    assert response.status_code == 404
    assert (response["Content-Type"], response["Access-Control-Allow-Origin"]) == ("application/problem+json", "*")
    assert response.content == ask(client, url=f"{HERE}/campaigns/nowhere/").content


def test_frame_of_what_is_not_public_yet_is_not_found(client: Client) -> None:
    campaign = make_circulating()
    for path in (LETTER, campaign.address()):
        assert ask(client, url=HERE + path).status_code == 404
    campaign.publish(by=None)
    Campaign.objects.update(publish_at=timezone.now() + datetime.timedelta(hours=1))
    assert ask(client, url=HERE + LETTER).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"url": ""}, 400),
        ({"url": LONG}, 400),
        ({"url": HERE + LETTER, "maxwidth": "wide"}, 400),
        ({"url": HERE + LETTER, "maxheight": "-1"}, 400),
        ({"url": HERE + LETTER, "format": "yaml"}, 501),
        ({"url": HERE + LETTER, "format": "JSON"}, 501),
        ({"url": HERE + LETTER, "maxwidth": 10**9}, 200),
    ],
)
def test_bad_question_is_answered_with_its_reason(client: Client, asked: dict[str, Any], status: int) -> None:
    make_campaign()
    response = ask(client, **asked)
    assert response.status_code == status
    assert response.content
    assert response["Access-Control-Allow-Origin"] == "*"
    assert client.get(f"/oembed?{urlencode(asked)}").content == response.content


def test_library_that_others_wrote_finds_the_frame(committed: None, live_server: Any, settings: Any) -> None:
    settings.SITE_URL = live_server.url
    make_campaign()
    for kind in ("json", ""):
        provider = micawber.Provider(f"{live_server.url}/oembed/", **({"format": kind} if kind else {}))
        answer = provider.request(live_server.url + LETTER, maxwidth=400)
        assert (answer["type"], answer["width"]) == ("rich", 400)
        assert f'<iframe src="{live_server.url}{EMBED}"' in answer["html"]
        assert json.dumps(answer)
