"""The public list, searched, by name and by country, short and long."""

import re
from collections import Counter
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from campaigns import card, cursors, letter
from campaigns.models import Campaign
from campaigns.models.census import Census
from tests.builders import ask_more, make_campaign, make_listed, make_many_listed, propose

pytestmark = pytest.mark.django_db

LETTER = "/campaigns/open-letter/"
LIST = f"{LETTER}signatories/"


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    page = response.content.decode()
    assert page.rstrip().endswith("</html>")
    return page


def names_on(page: str) -> list[str]:
    return re.findall(r'<li><bdi(?: lang="\w+")? dir="auto">(?:<a [^>]*>)?([^<]*)', page)


def status(page: str) -> str:
    (found,) = re.findall(r'id="found" role="status"[^>]*>(.*?)</p>', page)
    return re.sub("<[^>]*>", "", found)


def search(client: Client, words: str) -> list[str]:
    return sorted(names_on(read(client, f"{LIST}?q={quote(words)}")))


@pytest.fixture
def campaign() -> Campaign:
    campaign = make_campaign(allows_persons=True)
    for name, country in [
        ("Центр «Громадянські свободи»", "UA"),
        ("Ligue des droits de l’Élan", "FR"),
        ("River Watch", "UA"),
        ("100% River_Watch", ""),
        ("مركز النهر", "EG"),
    ]:
        make_listed(campaign, name, country=country)
    make_listed(campaign, "A Reader", kind="person", country="FR")
    make_listed(campaign, "River Counted", country="PL", shown="counted")
    return campaign


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("river", ["100% River_Watch", "River Watch"]),
        ("WATCH RIV", ["100% River_Watch", "River Watch"]),
        ("elan", ["Ligue des droits de l’Élan"]),
        ("ГРОМАДЯНСЬКІ", ["Центр «Громадянські свободи»"]),
        ("svobodi", ["Центр «Громадянські свободи»"]),
        ("النهر", ["مركز النهر"]),
        ("reader", ["A Reader"]),
        ("%", ["100% River_Watch"]),
        ("_", ["100% River_Watch"]),
        ("\\", []),
        ("counted", []),
        ("nothing of the kind", []),
        ("r i v e watch river", ["100% River_Watch", "River Watch"]),
        ("r i v e watch river zzz", []),
        ("r i v e watch river %", ["100% River_Watch"]),
        ("w a t c h " * 20, ["100% River_Watch", "River Watch"]),
    ],
)
def test_search_finds_all_words_in_any_script_case_and_accents(
    client: Client, campaign: Campaign, words: str, found: list[str]
) -> None:
    assert search(client, words) == sorted(found)


def test_search_finds_by_other_public_names_and_no_others(client: Client, campaign: Campaign) -> None:
    organization = campaign.signatures.get(name="River Watch").organization
    assert organization
    organization.know_as("Річкова варта", language="uk")
    organization.know_as("Secret Society", is_public=False)
    assert search(client, "варта") == ["River Watch"]
    assert search(client, "r i v e річкова варта") == ["River Watch"]
    assert search(client, "r i v e річкова варта zzz") == []
    assert search(client, "secret society") == []
    organization.hide(by=None)
    assert search(client, "варта") == []


def test_search_says_how_many_it_found_and_offers_all(client: Client, campaign: Campaign) -> None:
    page = read(client, f"{LIST}?q=river")
    assert status(page) == "2 found for “river” · Show all"
    assert '<meta name="robots" content="noindex">' in page
    page = read(client, f"{LIST}?q=%3Cb%3Enobody%3C/b%3E")
    assert status(page) == "0 found for “&lt;b&gt;nobody&lt;/b&gt;” · Show all"
    assert names_on(page) == []
    assert f'<a href="{LIST}">Show all</a>' in page
    assert "noindex" not in read(client, LIST)


def test_page_repeats_no_more_of_a_long_question_than_it_looks_for(client: Client, campaign: Campaign) -> None:
    long = read(client, f"{LIST}?q={'%D1%96' * 10_000}&by=name")
    assert f'href="/uk{LIST}?q={"%D1%96" * 200}&amp;by=name"' in long
    assert len(long) < len(read(client, LIST)) + 20_000
    assert f'href="/uk{LIST}"' in read(client, LIST)


def test_search_engines_know_the_list_by_one_address(client: Client, campaign: Campaign) -> None:
    for query in ("", "?by=name", f"?after={cursors.write((2, 'a', 1, '', ''))}"):
        assert f'<link rel="canonical" href="http://localhost:8000{LIST}">' in read(client, LIST + query)
    assert "canonical" not in read(client, f"{LIST}?q=river")


def test_list_is_narrowed_to_a_country_whose_number_is_told(client: Client, campaign: Campaign) -> None:
    page = read(client, f"{LIST}?country=UA")
    assert names_on(page) == ["Центр «Громадянські свободи»", "River Watch"]
    assert status(page) == "2 found · Show all"
    assert re.findall(r'<option value="(\w*)"( selected)?>(.*?)</option>', page.partition('id="by"')[0]) == [
        ("", "", "All countries"),
        ("EG", "", "Egypt (1)"),
        ("FR", "", "France (2)"),
        ("UA", " selected", "Ukraine (2)"),
        ("none", "", "not said (1)"),
    ]
    assert names_on(read(client, f"{LIST}?country=none")) == ["100% River_Watch"]
    assert names_on(read(client, f"{LIST}?country=UA&q=river")) == ["River Watch"]
    assert len(names_on(read(client, f"{LIST}?country=Narnia"))) == 6


def test_list_is_read_by_name_and_by_country(client: Client, campaign: Campaign) -> None:
    by_name = names_on(read(client, f"{LIST}?by=name"))
    assert by_name == [
        "100% River_Watch",
        "Ligue des droits de l’Élan",
        "River Watch",
        "Центр «Громадянські свободи»",
        "مركز النهر",
        "A Reader",
    ]
    page = read(client, f"{LIST}?by=country")
    assert re.findall("<h3>(.*?)</h3>", page) == ["Egypt", "France", "Ukraine", "not said"]
    assert names_on(page)[:3] == ["مركز النهر", "Ligue des droits de l’Élan", "A Reader"]
    assert re.findall("<h3>(.*?)</h3>", read(client, f"/uk{LIST}?by=country"))[0] == "Єгипет"


def test_country_is_the_signatorys_word_or_its_organizations(client: Client, campaign: Campaign) -> None:
    organization = campaign.signatures.get(name="100% River_Watch").organization
    assert organization
    organization.fill({"country": "PL"})
    assert names_on(read(client, f"{LIST}?country=PL")) == ["100% River_Watch"]
    organization.hide(by=None)
    assert names_on(read(client, f"{LIST}?country=PL")) == []
    assert "Poland" not in read(client, LIST)


def test_census_counts_as_the_tally_does(campaign: Campaign) -> None:
    ask_more(campaign)
    assert campaign.signatures.census().tally == campaign.signatures.tally()
    propose(campaign).adopt(by=None)
    make_listed(Campaign.objects.get(), "Lake Watch", country="DE")
    census = Campaign.objects.get().signatures.census("watch")
    assert census == Census(
        tally=campaign.signatures.tally(),
        countries=Counter({"DE": 1}),
        found=Counter({"": 1, "UA": 1, "DE": 1}),
    )


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a" * 10_000,
        "q=" + "%25" * 3000,
        "q=a+" * 500,
        "q=%ff%fe",
        "q=%F0%9F%95%8A",
        "country=ua",
        "by=country&after=3",
        "after=0",
        "after=-1",
        "after=1000000000",
        "after=999999999",
        "after=%D9%A3",
        "after=one",
        "after=" + "9" * 1000,
        "after=" + "a" * 10_000,
        "after=" + cursors.write((2, "a", 10**30, "", "")),
        "after=" + cursors.write((2, "\0", 1, "", "XX")),
        "by=country&after=" + cursors.write((2, "a", 1, "b", "XX")),
    ],
)
def test_odd_questions_get_a_whole_page(client: Client, campaign: Campaign, query: str) -> None:
    assert "Signatories" in read(client, f"{LIST}?{query}")


def test_end_of_the_list_offers_its_beginning(client: Client, campaign: Campaign) -> None:
    after_all = cursors.write((3, "", 1, "", ""))
    page = read(client, f"{LIST}?after={after_all}")
    assert names_on(page) == []
    assert f'The list ends before this place. <a href="{LIST}">From the beginning</a>' in page


@pytest.mark.parametrize("number", [300, 450])
@pytest.mark.parametrize("query", ["", "by=name", "by=country&country=none", "q=watch"])
def test_next_names_follow_though_the_last_one_has_left(client: Client, number: int, query: str) -> None:
    make_many_listed(campaign := make_campaign(list_order="name"), number)
    page = read(client, f"{LIST}?{query}")
    first = names_on(page)
    following = re.search(r'<a class="button" href="([^"]*)">', page)
    assert following
    assert len(following[1]) < 200
    campaign.signatures.get(name=first[-1]).withdraw()
    rest: list[str] = []
    address = following[1]
    while address:
        rest += names_on(page := read(client, LIST + address.replace("&amp;", "&")))
        more = re.search(r'<a class="button" href="([^"]*)">', page)
        address = more[1] if more else ""
    assert len(rest) == number - len(first)
    assert not {*first} & {*rest}


def test_search_goes_on_over_pages(client: Client) -> None:
    make_many_listed(campaign := make_campaign(), 450)
    make_listed(campaign, "Other")
    found, address = [], f"{LIST}?q=water+river"
    assert names_on(read(client, address)) == []
    address = f"{LIST}?q=watch+river&country=none&by=name"
    while address:
        found.append(names_on(page := read(client, address)))
        assert status(page).startswith("450 found for “watch river”")
        following = re.search(
            r'<a class="button" href="(\?q=watch\+river&amp;country=none&amp;by=name&amp;after=[\w-]+)">', page
        )
        address = LIST + following[1].replace("&amp;", "&") if following else ""
    assert [len(each) for each in found] == [200, 200, 50]
    assert len({name for each in found for name in each}) == 450


def test_long_list_by_country_asks_for_one_first(client: Client) -> None:
    make_many_listed(make_campaign(), 450, countries=["UA", "FR", ""])
    page = read(client, f"{LIST}?by=country")
    assert names_on(page) == []
    chosen = re.findall(r'<li><a href="(\?country=\w+)">(.*?)</a> <span class="quiet">(\d+)</span>', page)
    assert chosen == [
        ("?country=FR", "France", "150"),
        ("?country=UA", "Ukraine", "150"),
        ("?country=none", "not said", "150"),
    ]
    assert len(names_on(read(client, f"{LIST}?country=FR&by=country"))) == 150


def test_letter_of_many_shows_the_first_and_the_newest_and_weighs_little_more(client: Client) -> None:
    few = make_campaign()
    make_many_listed(few, 25, countries=["UA", "FR", "DE", "PL"])
    many = make_campaign(slug="many")
    make_many_listed(many, 2_000, "Lake Watch {}", countries=["UA", "FR", "DE", "PL"])
    page = read(client, "/campaigns/many/")
    first, newest = [f"Lake Watch {n}" for n in range(1, 19)], [f"Lake Watch {n}" for n in range(2_000, 1_994, -1)]
    assert names_on(page) == first + newest
    assert '<a href="/campaigns/many/signatories/">All 2,000 signatories</a>' in page
    assert len(page) <= 1.3 * len(read(client, LETTER))


def test_number_of_signatories_is_written_in_one_way(client: Client) -> None:
    make_many_listed(campaign := make_campaign(), 1_200, "Watch-{}", countries=["UA", "FR"] + ["UA"] * 8)
    assert "1,200" in card.of_campaign(campaign, campaign.text, campaign.signatures.tally()).html
    assert "and 1,000 more" in letter.of_campaign(campaign, "en").html()
    for language, number, in_ukraine in [
        ("", "1,200", "1,080"),
        ("/uk", "1\xa0200", "1\xa0080"),
        ("/de", "1.200", "1.080"),
    ]:
        for path in (LETTER, LIST, f"{LIST}?q=watch", f"{LIST}?by=country", f"{LETTER}embed/", "/"):
            page = read(client, f"{language}{path}")
            assert number in page
            assert not re.findall(r"[ >(:]1200\b", page.replace('"userInteractionCount": 1200', ""))
        chart = read(client, f"{language}{LETTER}").partition('<figure class="chart">')[2]
        assert (chart.count(in_ukraine), "1080" in chart) == (3, False)


def test_letter_tells_from_how_many_countries_with_a_chart_and_its_table(client: Client, campaign: Campaign) -> None:
    page = read(client, LETTER)
    assert "from 3 countries" in page
    chart = page.partition('<figure class="chart">')[2]
    assert re.findall(r'<th scope="row">(.*?)</th><td>(\d+)', chart) == [
        ("France", "2"),
        ("Ukraine", "2"),
        ("not said", "1"),
        ("Egypt", "1"),
    ]
    assert "Poland" not in page


@pytest.mark.usefixtures("theme_in_memory")
@pytest.mark.parametrize("number", [0, 1, 25, 450])
@pytest.mark.parametrize(
    "query",
    [
        *("", "signatories/", "signatories/?q=river"),
        "signatories/?by=name&after=" + cursors.write((2, "river", 1, "River", "")),
    ],
)
def test_page_takes_at_most_four_queries_however_many_signed(
    client: Client, django_assert_max_num_queries: Any, number: int, query: str
) -> None:
    make_many_listed(make_campaign(list_order="name"), number)
    with django_assert_max_num_queries(4):
        client.get(LETTER + query)
