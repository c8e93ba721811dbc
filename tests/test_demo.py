"""The demo: the statement of 2018 as it was published, and an example with work on the desk."""

import html
import re

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client

from campaigns.demo.load import load
from campaigns.models import Board, Campaign, Event, InvitationTally, Person, Sign, undoable_of
from tests.builders import every_row, make_coordinator

pytestmark = pytest.mark.django_db

TITLE = "INTERPOL must not be led by those who misuse it"
SIGNATORIES = [
    "Kharkiv human rights group",
    "Ukrainian Helsinki Human Rights Union",
    "Open Dialogue Foundation",
    "Center for Civil Liberties",
    "Humanitarian Studio Khvylia",
    "Anticorruption Action Center",
    "Media Initiative for Human Rights",
    "Center for Global Studies Strategy XXI",
    "Civic organization Fairness corps",
    "Human Rights Information Center",
    "Center Eidos",
    "Center for Political Studies",
    "Vostok-SOS (East-SOS)",
    "Crimean Human Rights Group",
    "Pylyp Orlyk Institute for Democracy",
    "NGO Transcarpathian community",
    "Democracy Monitor – Azerbaijan",
    "Democracy For Azerbaijan – France",
    "Journalist Academy Latvia",
    "Democratic Azerbaijan Movement",
    "Azerbaijani Latvian Lawyers",
    "Institute for Peace and Democracy – Azerbaijan/Netherlands",
    "Migration Center of Azerbaijan (Germany)",
    "Ukraine Action (France)",
    "Euro Asia News Media Group Journalist Against Corruption",
]
DEMANDS = [
    "Do not elect a representative of the Russian Federation as INTERPOL's president.",
    "Take every necessary measure so that INTERPOL is not used, against Article 3 of its Constitution, to prosecute "
    "people in fabricated and politically motivated cases.",
    "End INTERPOL's engagement with Russia and other authoritarian regimes at once.",
]


@pytest.fixture(autouse=True)
def _loaded() -> None:
    load(make_coordinator("demo"))


def test_statement_of_2018_is_published_and_open() -> None:
    campaign = Campaign.objects.get(slug="interpol-2018")
    assert (campaign.text.title, campaign.text.date.isoformat(), campaign.language) == (TITLE, "2018-11-19", "en")
    assert "87th session of the General Assembly of INTERPOL" in campaign.text.addressee
    assert [demand.text for demand in campaign.text.demands] == DEMANDS
    assert campaign.is_open


def test_twenty_five_signatories_are_imported_by_the_coordinator_in_the_order_of_the_report() -> None:
    signatures = Campaign.objects.get(slug="interpol-2018").signatures.in_public()
    assert len(SIGNATORIES) == 25
    assert list(signatures.values_list("name", flat=True)) == SIGNATORIES
    assert list(signatures.values_list("name_as_signed", flat=True)) == SIGNATORIES
    assert list(signatures.values_list("organization__name", flat=True)) == SIGNATORIES
    assert set(signatures.values_list("source", "decided_by__username", "country")) == {("import", "demo", "")}
    added = Event.objects.filter(campaign__slug="interpol-2018", verb="added", who__username="demo")
    assert added.count() == 25


def test_campaign_page_shows_title_demands_and_all_names_in_order(client: Client) -> None:
    page = html.unescape(client.get("/campaigns/interpol-2018/").content.decode())
    assert f">{TITLE}</h1>" in page
    assert re.findall(r'<li id="demand-\d">.*?<div><p>(.*?)</p>', page) == DEMANDS
    assert re.findall(r'<li><bdi dir="auto"><a [^>]*>(.*?)</a></bdi>', page) == SIGNATORIES
    assert re.search(r"<strong>25</strong>\s+organizations have signed", page)


def test_statement_can_be_read_and_signed_in_ukrainian(client: Client) -> None:
    campaign = Campaign.objects.get(slug="interpol-2018")
    assert sorted(campaign.in_force.content) == ["en", "uk"]
    translated = campaign.in_force.statement("uk")
    assert (translated.title, len(translated.demands)) == ("ІНТЕРПОЛ не мають очолювати ті, хто ним зловживає", 3)
    page = html.unescape(client.get("/campaigns/interpol-2018/in/uk/").content.decode())
    assert f">{translated.title}</h1>" in page
    line = r'<li><bdi(?: lang="(\w+)")? dir="auto"><a [^>]*>(.*?)</a></bdi>(?:<small><bdi dir="auto">(.*?)</bdi>)?'
    shown = re.findall(line, page)
    assert [as_listed or name for _language, name, as_listed in shown] == SIGNATORIES
    assert shown[0] == ("uk", "Харківська правозахисна група", "Kharkiv human rights group")
    assert shown[4] == ("", "Humanitarian Studio Khvylia", "")
    assert [language for language, _name, _as_listed in shown].count("uk") == 12
    assert translated.title in html.unescape(client.get("/campaigns/interpol-2018/sign/?in=uk").content.decode())


def test_home_shows_both_campaigns_and_which_is_the_example(client: Client) -> None:
    titles = re.findall(r"<h3[^>]*><a [^>]*>(.*?)</a>", html.unescape(client.get("/").content.decode()))
    assert sorted(titles) == ["Example: keep the river path open", TITLE]


def test_example_has_four_requests_that_wait_and_its_contacts_are_roles() -> None:
    example = Campaign.objects.get(slug="example")
    requests = example.signatures.queue().select_related("contact")
    assert example.signatures.count() == 5
    assert [(request.name, request.contact.name, request.contact.email) for request in requests] == [
        ("Example Ramblers' Association", "the secretary", "secretary@ramblers.example.org"),
        ("Приклад: Спілка велосипедистів", "the chair", "chair@cyclists.example.net"),
        ("Example River Friends, head office", "the office", "office@river-freinds.example"),
        ("Kharkiv Human Rights Group", "an assistant", "someone@example.com"),
    ]


def test_another_example_circulates_with_a_dozen_invitations_in_every_state() -> None:
    campaign = Campaign.objects.get(slug="example-circulating")
    assert campaign.is_circulating
    tally = campaign.invitations.tally()
    assert tally == InvitationTally(silent=4, deciding=2, asks=1, signed=4, declined=1, lapsed=0)
    board = Board.of(campaign)
    assert (board.overdue, board.unanswered, board.to_remind, len(board.planned)) == (1, 1, 4, 2)
    assert campaign.signatures.listed().count() == 4
    assert not campaign.signatures.queue().exists()
    assert undoable_of(User.objects.get(username="demo"), []) is None


def test_one_request_is_from_a_domain_that_is_almost_a_known_one() -> None:
    request = Campaign.objects.get(slug="example").signatures.get(website="https://river-freinds.example")
    against = [each.text for each in request.evidence() if each.sign == Sign.AGAINST]
    assert any("river-freinds.example" in words for words in against)


def test_example_has_an_initiator_whose_logo_stands_on_the_letter(client: Client) -> None:
    page = client.get("/campaigns/example/").content.decode()
    picture = re.search(r'<img class="plate" src="(/logos/\w+\.png)" alt="Example River Friends">', page)
    assert picture
    response = client.get(picture[1])
    assert response.getvalue().startswith(b"\x89PNG")


def test_one_request_may_be_an_organization_that_is_known_already() -> None:
    request = Campaign.objects.get(slug="example").signatures.get(name="Kharkiv Human Rights Group")
    assert [known.organization.name for known in request.candidates() if known.identifies] == [
        "Kharkiv human rights group"
    ]


def test_loading_again_changes_nothing() -> None:
    before, counts = every_row(), {model: model._default_manager.count() for model in apps.get_models()}
    load(make_coordinator("another"))
    for people in (User, Person):
        counts[people] += 1
    assert every_row() == before
    assert {model: model._default_manager.count() for model in apps.get_models()} == counts
