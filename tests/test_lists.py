"""The public list as files and as text: only what is on the public page."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.test import Client

from campaigns.models import Campaign
from tests.builders import ask_more, make_campaign, make_listed, make_many_listed, make_translation, propose, translate

pytestmark = pytest.mark.django_db

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
    ],
)
def test_list_as_text_is_ordered_and_parted_as_asked(client: Client, query: str, beginning: str) -> None:
    text = read(client, f"{LIST}.txt{query}")
    assert text.startswith(beginning)
    assert "A Reader (River School)" in text
    assert "Affiliations are for identification only." in text
    assert "and 1 whose name is withheld" in text
    assert "The Withheld" not in text


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "txt"])
def test_list_that_is_as_it_was_is_not_written_again(client: Client, campaign: Campaign, ending: str) -> None:
    address, tags = f"{LIST}.{ending}", []

    def changes() -> Iterator[Any]:
        zebra, pear = campaign.signatures.get(name="Zebra Watch"), campaign.signatures.get(name__startswith="Apple")
        yield make_listed(campaign, "Lake Watch", email="6@example.org")
        yield zebra.list_as("Zebra League", by=None)
        yield pear.withdraw()
        yield campaign.signatures.filter(name="Lake Watch").update(country="PL" if ending != "txt" else "", name="Lake")
        yield campaign.signatures.filter(name="Lake").update(shown="counted")

    for _change in changes():
        response = client.get(address)
        response.getvalue()
        tags.append(response["ETag"])
        again = client.get(address, headers={"if-none-match": f"W/{response['ETag']}"})
        assert (again.status_code, again.getvalue(), again["ETag"]) == (304, b"", response["ETag"])
        assert again["Cache-Control"] == response["Cache-Control"] == "public, no-cache"
    assert len(set(tags)) == len(tags)


def test_list_in_another_language_is_another(client: Client, campaign: Campaign) -> None:
    assert client.get(f"{LIST}.csv")["ETag"] != client.get(f"/uk{LIST}.csv")["ETag"]


def test_list_as_data_is_read_from_any_site(client: Client, campaign: Campaign) -> None:
    response = client.get(f"{LIST}.json")
    assert client.options(f"{LIST}.json").status_code == 204
    assert client.get(f"{LIST}.json", headers={"if-none-match": response["ETag"]}).status_code == 304
    for answer in (response, client.get("/campaigns/nowhere/signatories.json")):
        assert answer["Access-Control-Allow-Origin"] == "*"


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


def test_table_speaks_the_readers_language_to_its_last_row(client: Client) -> None:
    campaign = make_campaign()
    make_translation(campaign, "uk")
    translate(campaign)
    signature = make_listed(campaign, "River Watch", country="UA")
    assert signature.organization
    signature.organization.know_as("Річковий дозор", language="uk")
    headings, row = csv.reader(io.StringIO(read(client, f"/uk{LIST}.csv")))
    assert headings[0] == "Назва"
    assert (row[0], row[1], row[4]) == ("River Watch", "Річковий дозор", "Україна")
    assert "Річковий дозор" in read(client, f"{LIST}.csv?in=uk")
    assert read(client, f"{LIST}.txt?in=uk") == "Річковий дозор\n"


def test_text_names_nobody_who_has_not_agreed_to_what_is_asked_now(client: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign, "River Watch")
    ask_more(campaign)
    propose(campaign).adopt(by=None)
    campaign.refresh_from_db()
    make_listed(campaign, "Lake Watch")
    assert read(client, f"{LIST}.txt") == "Lake Watch\n"
    rows = list(csv.DictReader(io.StringIO(read(client, f"{LIST}.csv"))))
    assert [(row["Name"], row["On an earlier text"]) for row in rows] == [("River Watch", "yes"), ("Lake Watch", "")]


def test_list_without_names_is_an_empty_one(client: Client) -> None:
    make_campaign()
    assert len(read(client, f"{LIST}.csv").splitlines()) == 1
    assert json.loads(read(client, f"{LIST}.json")) == []
    assert read(client, f"{LIST}.txt") == ""


def test_page_leads_to_every_form_of_the_list_and_keeps_its_language(client: Client) -> None:
    campaign = make_campaign()
    make_translation(campaign)
    translate(campaign)
    make_listed(campaign)
    page = read(client, "/campaigns/open-letter/in/de/signatories/")
    assert f'action="{LIST}.txt">' in page
    assert '<input type="hidden" name="in" value="de">' in page
    for address in (f"{LIST}.csv?in=de", f"{LIST}.xlsx?in=de", f"{LIST}.json", f"{LIST}/feed/", "/api/openapi.json"):
        assert f'href="{address}"' in page
        response = client.get(address)
        assert (response.status_code, bool(response.getvalue())) == (200, True)
