"""The public API answers as its own document says, whatever is asked."""

import base64
import datetime
import json
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis import Case

from campaigns.api import urls
from campaigns.api.document import document as describe
from campaigns.models import Campaign, Merge
from tests.builders import (
    make_campaign,
    make_coordinator,
    make_delivery,
    make_listed,
    make_many_listed,
    make_translation,
    make_update,
    translate,
)

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
CAMPAIGN = "/api/campaigns/open-letter/"
SIGNATORIES = f"{CAMPAIGN}signatories/"
UPDATES = f"{CAMPAIGN}updates/"
ORGANIZATION = "/api/organizations/river-watch/"
PAGED = ["/api/campaigns/", SIGNATORIES, UPDATES, ORGANIZATION]
OPERATIONS = [*PAGED, CAMPAIGN]
LISTS = [f"/campaigns/open-letter/signatories.{ending}" for ending in ("csv", "json", "txt")]


def make_lively() -> Campaign:
    """A campaign in two languages, with a delivery, an update of each kind and names of every kind."""
    campaign = make_campaign(allows_persons=True)
    make_translation(campaign)
    translate(campaign)
    make_listed(campaign, "River Watch", country="UA", website="https://river.example.org")
    make_delivery(campaign)
    make_listed(campaign, "A Reader", kind="person", affiliation="University of the River")
    make_listed(campaign, "The Counted", shown="counted")
    make_update(campaign).publish(by=None)
    key = campaign.text.demands[0].key
    make_update(campaign, kind="outcome", demand_key=key, outcome="met").publish(by=None)
    return campaign


def read(client: Client, address: str) -> Any:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json"), response.content
    return response.json()


def every(client: Client, address: str, limit: int) -> list[Any]:
    """The items of all parts of a list, from one to the next."""
    items, place = [], f"{address}?limit={limit}"
    while place:
        part = read(client, place)
        part = part.get("signed", part)
        assert len(part["items"]) <= limit
        items += part["items"]
        place = (part["next"] or "").removeprefix(SITE)
    return items


def cursor(*place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


# What it tells


def test_campaign_is_there_with_its_texts_demands_and_counts(client: Client) -> None:
    campaign = make_lively()
    told = read(client, CAMPAIGN)
    assert [(text["language"], text["is_original"]) for text in told["texts"]] == [("en", True), ("de", False)]
    assert [demand["outcome"] and demand["outcome"]["outcome"] for demand in told["demands"]][:1] == ["met"]
    assert told["counts"] == {"organizations": 2, "persons": 1, "withheld": 1, "earlier": 0}
    assert (told["title"], told["is_open"], told["signature_count"]) == (campaign.title, True, 3)


def test_every_address_that_is_told_leads_somewhere(client: Client) -> None:
    make_lively()
    told: list[Any] = [read(client, address) for address in OPERATIONS]
    links = set()
    while told:
        match told.pop():
            case dict() as thing:
                told += thing.values()
            case list() as things:
                told += things
            case str() as text if text.startswith(SITE):
                links.add(text.removeprefix(SITE))
    assert len(links) >= 15
    for link in links:
        assert client.get(link).status_code in {200, 503}, link  # the letter, where there is no Pango


def test_merged_organization_is_told_by_the_record_in_which_it_stands(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    kept = make_listed(make_campaign(), "Lake Watch").organization
    given = make_listed(make_campaign(slug="other"), "Lakewatch International").organization
    assert kept
    assert given
    Merge.objects.merge(kept, given, by=make_coordinator())
    with django_assert_max_num_queries(4):
        assert read(client, f"/api/organizations/{given.slug}/")["slug"] == kept.slug


def test_only_public_names_are_told(client: Client) -> None:
    campaign = make_lively()
    make_listed(campaign, "The Withheld", shown="addressee", email="canary@secret.example.net")
    everything = "".join(client.get(address).getvalue().decode() for address in [*OPERATIONS, *LISTS])
    assert "River Watch" in everything
    assert [
        word for word in ("The Withheld", "The Counted", "canary", "secret.example.net") if word in everything
    ] == []


def test_withdrawn_name_is_gone_at_once(client: Client) -> None:
    campaign = make_lively()
    campaign.signatures.get(name="River Watch").withdraw()
    for address in (SIGNATORIES, *LISTS):
        assert "River Watch" not in client.get(address).getvalue().decode(), address


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_parts_together_are_the_whole_list_once(client: Client, limit: int) -> None:
    campaign = make_campaign(allows_persons=True)
    names = [make_listed(campaign, f"Group {number}", email=f"{number}@example.org").name for number in range(5)]
    assert [each["name"] for each in every(client, SIGNATORIES, limit)] == names


def test_name_withdrawn_between_two_parts_repeats_and_loses_no_other(client: Client) -> None:
    campaign = make_campaign()
    signatures = [make_listed(campaign, f"Group {number}", email=f"{number}@example.org") for number in range(4)]
    first = read(client, f"{SIGNATORIES}?limit=2")
    signatures[1].withdraw()
    second = read(client, first["next"].removeprefix(SITE))
    assert [each["name"] for each in [*first["items"], *second["items"]]] == [f"Group {number}" for number in range(4)]


def test_same_answer_is_not_sent_twice(client: Client) -> None:
    campaign = make_lively()
    first = client.get(SIGNATORIES)
    again = client.get(SIGNATORIES, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_listed(campaign, "Lake Watch", email="lake@example.org")
    changed = client.get(SIGNATORIES, headers={"if-none-match": first["ETag"]})
    assert (changed.status_code, "Lake Watch" in changed.content.decode()) == (200, True)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE"])
def test_pages_of_other_sites_may_read_and_nobody_may_write(client: Client, method: str) -> None:
    make_campaign()
    response = client.generic(method, CAMPAIGN, headers={"origin": "https://partner.example.net"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    assert response.status_code == {"OPTIONS": 204, "POST": 405, "DELETE": 405}.get(method, 200)


# Whatever is asked


@pytest.mark.parametrize("address", OPERATIONS)
def test_slash_may_be_left_out_and_capitals_may_be_written(client: Client, address: str) -> None:
    make_lively()
    response = client.get(f"{address.removesuffix('/')}?limit=1")
    assert (response.status_code, response["Location"]) == (301, f"{address}?limit=1")
    assert (response["Access-Control-Allow-Origin"], "no-store" in response["Cache-Control"]) == ("*", True)
    if address != "/api/campaigns/":
        named = address.replace("open-letter", "Open-LETTER").replace("river-watch", "River-Watch")
        assert (named != address, read(client, named)) == (True, read(client, address))


@pytest.mark.parametrize("address", PAGED)
@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=-1", "limit=one", "limit=%D9%A3", "limit=" + "9" * 5_000, "after=", "after=1",
        "after=%00", "after=" + "a" * 10_000, "after=bm9uZQ", f"after={cursor(-1)}",
        f"after={cursor(10**9, 'a', 10**30)}",
        f"after={cursor('9999-12-31T23:59:59-23:00', 1)}", f"after={cursor(1, chr(0), 1)}", "after=W1tbW1s",
    ],
)  # fmt: skip
def test_bad_query_is_told_as_a_problem(client: Client, address: str, query: str) -> None:
    make_lively()
    response = client.get(f"{address}?{query}")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert response.json()["status"] == 400


@pytest.mark.parametrize(
    "path",
    ["campaigns/No-Such/", "campaigns/%00/", "campaigns/%FF/", "campaigns/a%0Ab/updates/", "organizations/none/", "x/"],
)
def test_what_is_not_there_is_told_as_a_problem(client: Client, path: str) -> None:
    response = client.get(f"/api/{path}")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.usefixtures("theme_in_memory")
@pytest.mark.parametrize("address", OPERATIONS)
def test_address_takes_at_most_four_queries(client: Client, address: str, django_assert_max_num_queries: Any) -> None:
    campaign = make_lively()
    make_many_listed(campaign, 300, "Lake Watch {}")
    with django_assert_max_num_queries(4):
        read(client, address)


# What the document calls a slug and the cursors of a list, as there are some.
MOMENTS, NUMBERS = st.datetimes(timezones=st.just(datetime.UTC)).map(str), st.integers(0, 2**31 - 1)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
PLACES: dict[str, st.SearchStrategy[tuple[Any, ...]]] = {
    "campaigns": st.tuples(MOMENTS, NUMBERS),
    "signatories": st.tuples(st.integers(0, 2), WORDS, NUMBERS),
    "updates": st.tuples(st.dates().map(str), NUMBERS),
    "organization": st.tuples(MOMENTS, NUMBERS),
}
for name, places in PLACES.items():
    schemathesis.openapi.format(f"cursor-of-{name}", places.map(lambda place: cursor(*place)))
schemathesis.openapi.format("slug", st.sampled_from(["open-letter", "river-watch", "no-such"]))

document = schemathesis.openapi.from_dict(describe(urls.PREFIX, urls.operations))


@pytest.fixture
def served(committed: None, live_server: Any) -> str:
    if not Campaign.objects.exists():  # it is asked for by every operation, within one test
        make_lively()
    return str(live_server.url)


@document.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck), database=None)
def test_every_operation_answers_as_the_document_says(case: Case, served: str) -> None:
    case.call_and_validate(base_url=served)
