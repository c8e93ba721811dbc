"""The public list as files and as text, and what a site tells to programs: only what is on the public page."""

import csv
import datetime
import io
import json
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from django.test import Client

from campaigns.models import Campaign, SiteTheme
from tests.builders import make_campaign, make_circulating, make_listed, make_many_listed, make_translation, translate

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
LIST = "/campaigns/open-letter/signatories"
NAMES = ["Zebra Watch", "=HYPERLINK(1)", "Apple, Pear and Sons"]


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign(allows_persons=True)
    for number, (name, country) in enumerate(zip(NAMES, ["UA", "FR", "UA"], strict=True)):
        make_listed(campaign, name, country=country, email=f"{number}@example.org")
    make_listed(campaign, "A Reader", kind="person", affiliation="River School", email="4@example.org")
    make_listed(campaign, "The Withheld", shown="addressee", email="5@example.org")
    return campaign


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return b"".join(response).decode("utf-8-sig")


def places(client: Client, address: str) -> list[str]:
    """The addresses in a sitemap, or those of its parts."""
    found = ElementTree.fromstring(read(client, address)).iterfind(".//{*}loc")
    return [(each.text or "").removeprefix(SITE) for each in found]


@pytest.mark.usefixtures("campaign")
def test_table_has_the_public_names_and_no_formula(client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(read(client, f"{LIST}.csv"))))
    assert [row["Name"].lstrip("'") for row in rows] == [*NAMES, "A Reader"]
    assert [row["Country"] for row in rows] == ["Ukraine", "France", "Ukraine", ""]
    assert not rows[1]["Name"].startswith("=")
    sheet: Any = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"{LIST}.xlsx")))).active
    assert sheet.cell(2, 1).value == "Zebra Watch"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


@pytest.mark.usefixtures("campaign")
def test_list_as_data_has_each_as_the_api_has_it(client: Client) -> None:
    whole = json.loads(read(client, f"{LIST}.json"))
    assert whole == client.get("/api/campaigns/open-letter/signatories/").json()["items"]


@pytest.mark.usefixtures("campaign")
@pytest.mark.parametrize(
    ("query", "beginning"),
    [
        ("", "Zebra Watch\n=HYPERLINK(1)\nApple, Pear and Sons\n\n"),
        ("?by=name", "=HYPERLINK(1)\nApple, Pear and Sons\nZebra Watch\n\n"),
        ("?as=commas&by=name", "=HYPERLINK(1); Apple, Pear and Sons; Zebra Watch\n\n"),
        ("?by=country", "France\n=HYPERLINK(1)\n\nUkraine\nApple, Pear and Sons\nZebra Watch\n\n"),
        ("?by=nonsense&as=%00", "Zebra Watch\n=HYPERLINK(1)\nApple, Pear and Sons\n\n"),
    ],
)
def test_list_as_text_is_ordered_and_parted_as_asked(client: Client, query: str, beginning: str) -> None:
    text = read(client, f"{LIST}.txt{query}")
    assert text.startswith(beginning)
    assert "A Reader (River School)" in text
    assert "Affiliations are for identification only." in text
    assert "and 1 whose name is withheld" in text
    assert "The Withheld" not in text


@pytest.mark.usefixtures("theme_in_memory")
@pytest.mark.parametrize("ending", ["csv", "json", "txt"])
def test_long_list_comes_whole_and_in_pieces(client: Client, ending: str, django_assert_max_num_queries: Any) -> None:
    make_many_listed(make_campaign(), 2_500, "Lake Watch {}")
    with django_assert_max_num_queries(10):
        text = read(client, f"{LIST}.{ending}")
    assert text.count("Lake Watch ") == 2_500


@pytest.mark.parametrize("ending", ["csv", "xlsx", "txt"])
def test_list_in_a_language_without_a_text_is_not_there(client: Client, ending: str) -> None:
    make_campaign()
    assert client.get(f"{LIST}.{ending}?in=xx").status_code == 404


# What a site tells to programs


def test_sitemap_has_each_public_page_with_its_languages(client: Client) -> None:
    campaign = make_campaign()
    make_translation(campaign)
    translate(campaign)
    make_listed(campaign, "River Watch")
    make_circulating(slug="secret-one", title="Not yet")
    sitemap = read(client, "/sitemap.xml")
    found = places(client, "/sitemap.xml")
    assert {"/", "/uk/", "/campaigns/open-letter/", "/organizations/river-watch/"} <= set(found)
    assert 'hreflang="de"' in sitemap
    assert "secret-one" not in sitemap
    assert [place for place in found if client.get(place).status_code != 200] == []


def test_sitemap_of_many_pages_leads_to_its_parts(client: Client) -> None:
    make_many_listed(make_campaign(), 501, "Lake Watch {}")
    parts = places(client, "/sitemap.xml")
    assert len(parts) == 4
    found = {place for part in parts for place in places(client, part) if place.startswith("/organizations/")}
    assert len(found) == 501
    assert client.get("/sitemap-nothing.xml").status_code == 404
    assert client.get("/sitemap-pages.xml?p=99").status_code == 404


def test_robots_are_kept_from_forms_and_told_of_no_secret(client: Client) -> None:
    campaign = make_circulating()
    robots = read(client, "/robots.txt")
    assert f"Sitemap: {SITE}/sitemap.xml" in robots
    assert "Disallow: /circulate/\n" in robots
    assert campaign.circulation_secret not in robots


def test_who_finds_a_hole_is_told_whom_to_tell(client: Client) -> None:
    told = dict(line.split(": ", 1) for line in read(client, "/.well-known/security.txt").splitlines())
    assert told["Contact"].startswith("mailto:")
    expires = datetime.datetime.fromisoformat(told["Expires"])
    assert datetime.timedelta(days=30) < expires - datetime.datetime.now(datetime.UTC) < datetime.timedelta(days=366)
    SiteTheme(security_contact="https://river.example.org/holes").change(["security_contact"], [], by=None)
    assert "Contact: https://river.example.org/holes\n" in read(client, "/.well-known/security.txt")
