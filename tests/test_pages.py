"""What everybody reads: the letter and the list, the same bytes for all."""

import datetime
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Signature
from campaigns.templatetags.sharing import share_links
from tests.builders import (
    make_campaign,
    make_coordinator,
    make_draft,
    make_listed,
    make_pending,
    make_signature,
    sign_in,
)

pytestmark = pytest.mark.django_db

LETTER = "/campaigns/open-letter/"
LIST = "/campaigns/open-letter/signatories/"
SENT = "/campaigns/open-letter/sign/sent/"
PUBLIC = ["/", LETTER, LIST, "/privacy/", "/privacy/1/"]


class Parts(HTMLParser):
    """What a page fetches or leads to, and what stands inline in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.inline: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_data = dict(attrs).get("type") == "application/ld+json"
        if tag == "style" or (tag == "script" and not dict(attrs).get("src") and not is_data):
            self.inline.append(tag)
        for name, value in attrs:
            if name in {"src", "href", "action", "srcset", "poster", "data", "formaction"}:
                self.addresses.add(value or "")
            elif name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def names_on(page: str) -> list[str]:
    """The names of the signatories in the order of the page."""
    return re.findall(r'<li><bdi(?: lang="\w+")? dir="auto">(?:<a [^>]*>)?([^<]*)', page)


def add(campaign: Campaign, name: str, **fields: Any) -> None:
    """A signature that a coordinator has put on the list."""
    Signature.objects.add(campaign, None, {"name": name, "name_as_signed": name, "language": "en", **fields})


def make_crowded() -> Campaign:
    """A campaign that twenty-five organizations have signed, a person, and two whose names are withheld."""
    campaign = make_campaign(allows_persons=True)
    for number in range(1, 26):
        add(campaign, f"Group number {number} for the river", website=f"https://{number}.example.org", country="UA")
    add(campaign, "A Reader", kind="person", affiliation="University of the River")
    add(campaign, "The Addressed", shown="addressee")
    add(campaign, "The Counted", shown="counted", website="https://counted.example.org")
    return campaign


# Home


def test_home_lists_open_then_past_campaigns_and_never_drafts(client: Client) -> None:
    make_campaign(slug="open", title="An open matter")
    make_campaign(slug="past", title="A past matter").close(by=None)
    make_draft(slug="draft", title="A matter in the making")
    found = re.findall(r"<h2>(.*?)</h2>|<h3><a href=\"(.*?)\"[^>]*>(.*?)</a>", read(client, "/"))
    assert found == [
        ("Open for signature", "", ""),
        ("", "/campaigns/open/", "An open matter"),
        ("Past statements", "", ""),
        ("", "/campaigns/past/", "A past matter"),
    ]
    assert "in the making" not in read(client, "/")


def test_home_says_how_many_have_signed(client: Client) -> None:
    make_listed(make_campaign())
    assert "1 has signed" in read(client, "/")
    make_listed(Campaign.objects.get(), "Lake Watch", shown="counted")
    assert "2 have signed" in read(client, "/")


def test_home_says_nothing_of_nobody(client: Client) -> None:
    make_campaign()
    assert "0 have signed" not in read(client, "/")


def test_home_without_campaigns_says_so(client: Client) -> None:
    assert "No statement is open for signature at the moment." in read(client, "/")


# The letter


def test_letter_shows_the_text_and_each_demand_at_its_own_anchor(client: Client) -> None:
    campaign = make_campaign(demands=("Do this.", "Do *that*.", "Do more."))
    page = read(client, LETTER)
    assert '<time datetime="2026-03-01">1 March 2026</time>' in page
    assert '<p class="addressee">To the assembly</p>' in page
    assert ">An open letter</h1>" in page
    assert "<p>We have <em>read</em> your plan.</p>" in page
    demands = re.findall(r'<li id="(demand-\d)"><a class="number" href="#(demand-\d)".*?<p>(.*?)</p>', page)
    assert demands == [
        ("demand-1", "demand-1", "Do this."),
        ("demand-2", "demand-2", "Do <em>that</em>."),
        ("demand-3", "demand-3", "Do more."),
    ]
    assert campaign.digest in page


def test_letter_is_the_frozen_text_whatever_becomes_of_the_draft(client: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign)
    before = {address: client.get(address).content for address in ("/", LETTER, LIST)}
    campaign.demands.update(text="Changed demand.")
    campaign.demands.create(position=0, text="New demand.")
    Campaign.objects.update(
        title="Changed title",
        addressee="Changed addressee",
        summary="Changed summary",
        body="Changed body",
        statement_date=datetime.date(2030, 1, 1),
    )
    assert {address: client.get(address).content for address in before} == before


def test_language_of_a_published_letter_cannot_be_changed_at_the_desk(client: Client) -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    desk = Client()
    sign_in(desk, coordinator)
    address = f"/admin/campaigns/campaign/{campaign.pk}/change/"
    fields = desk.get(address).context["adminform"].form.initial
    before = client.get(LETTER).content
    form = {
        **{name: fields[name] for name in ("title", "addressee", "summary", "body", "ends_on", "reply_to")},
        **{name: fields[name] for name in ("time_zone", "list_order")},
        "statement_date": "2030-01-01",
        "language": "uk",
        "demands-TOTAL_FORMS": "0",
        "demands-INITIAL_FORMS": "0",
    }
    assert desk.post(address, form).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.language, campaign.statement_date) == ("en", datetime.date(2030, 1, 1))
    assert client.get(LETTER).content == before


def test_markup_in_the_text_is_shown_and_not_obeyed(client: Client) -> None:
    make_campaign(title="<b>A</b> letter", body="<script>x</script> [go](javascript:x) ![](https://a.example/b.png)")
    page = read(client, LETTER)
    assert ">&lt;b&gt;A&lt;/b&gt; letter</h1>" in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<img" not in page
    assert "javascript:x</p>" not in page
    assert 'href="javascript' not in page


def test_closed_letter_says_until_when_it_took_signatures_and_asks_for_none(client: Client) -> None:
    make_campaign()
    Campaign.objects.update(closes_at=datetime.datetime(2020, 3, 5, 12, 30, tzinfo=datetime.UTC))
    page = read(client, LETTER)
    assert "Signing closed on 5 March 2020, 12:30 UTC" in page
    assert f'href="{LETTER}sign/"' not in page + read(client, LIST)


# Signatories


@pytest.mark.parametrize("address", [LETTER, LIST])
def test_names_stand_in_the_order_in_which_they_were_listed(client: Client, address: str) -> None:
    campaign = make_campaign()
    late, middle, early = (make_pending(campaign, name) for name in ("Aspen Trust", "Birch Trust", "Cedar Trust"))
    for signature in (early, middle, late):
        signature.accept()
    middle.withdraw()
    make_pending(campaign, "Not yet decided")
    make_signature(campaign, "Not yet confirmed")
    assert names_on(read(client, address)) == ["Cedar Trust", "Aspen Trust"]


@pytest.mark.parametrize("address", [LETTER, LIST])
def test_persons_stand_apart_with_their_affiliation_for_identification_only(client: Client, address: str) -> None:
    campaign = make_campaign(allows_persons=True)
    make_listed(campaign, "A Reader", kind="person", affiliation="University of the River")
    make_listed(campaign, "River Watch")
    organizations, heading, persons = read(client, address).partition("In their own name</h")
    assert heading
    assert names_on(organizations) == ["River Watch"]
    assert names_on(persons) == ["A Reader"]
    assert "Affiliations are for identification only." in persons
    assert "<small><bdi>University of the River</bdi> (for identification only)</small>" in persons


def test_withheld_names_are_counted_and_stand_nowhere(client: Client) -> None:
    campaign = make_campaign(allows_persons=True)
    make_listed(campaign, "River Watch")
    make_listed(campaign, "A Reader", kind="person", shown="counted")
    make_listed(campaign, "The Addressed", shown="addressee", website="https://hidden.example.org", country="UA")
    letter, every = read(client, LETTER), "".join(read(client, address) for address in PUBLIC)
    for secret in ("A Reader", "Addressed", "hidden.example.org", "Ukraine"):
        assert secret not in every
    assert names_on(letter) == names_on(read(client, LIST)) == ["River Watch"]
    assert re.search(r"<strong>2</strong>\s+organizations have signed", letter)
    assert "and 1 person in their own name" in letter
    assert every.count("<p>and 2 whose names are withheld</p>") == 2


def test_names_are_escaped(client: Client) -> None:
    campaign = make_campaign(allows_persons=True)
    make_listed(campaign, 'Fish & <b>"Chips"</b>')
    make_listed(campaign, "A Reader", kind=Signature.Kind.PERSON, affiliation="<i>x</i>")
    for address in (LETTER, LIST):
        page = read(client, address)
        assert "Fish &amp; &lt;b&gt;&quot;Chips&quot;&lt;/b&gt;" in page
        assert "&lt;i&gt;x&lt;/i&gt;" in page


@pytest.mark.parametrize("address", [LETTER, LIST])
def test_name_leads_to_the_organizations_page_and_its_website_is_linked_without_vouching_for_it(
    client: Client, address: str
) -> None:
    campaign = make_campaign()
    make_listed(campaign, "River Watch", website="https://river.example.org/?a=1&b=2", country="UA")
    make_listed(campaign, "Lake Watch")
    page = read(client, address)
    name = '<bdi dir="auto"><a href="/organizations/river-watch/">River Watch</a></bdi>'
    link = '<a href="https://river.example.org/?a=1&amp;b=2" rel="nofollow noopener">river.example.org</a>'
    assert f"<li>{name}<small>Ukraine {link}</small></li>" in page
    assert '<li><bdi dir="auto"><a href="/organizations/lake-watch/">Lake Watch</a></bdi></li>' in page


def test_long_list_is_read_on_from_the_last_name(client: Client) -> None:
    campaign = make_campaign(allows_persons=True)
    version, now = campaign.current_version, timezone.now()
    placed = {"campaign": campaign, "text_version": version, "kind": "person", "state": "listed", "decided_at": now}
    names = [f"Person {number}" for number in range(1, 451)]
    Signature.objects.bulk_create(
        Signature(name=name, name_as_signed=name, language="en", position=10 * place, **placed)
        for place, name in enumerate(names, start=1)
    )
    pages, address = [], LIST
    while address:
        pages.append(names_on(page := read(client, address)))
        following = re.search(r'<a class="button" href="(\?after=[\w-]+)">', page)
        address = LIST + following[1] if following else ""
    assert pages == [names[:200], names[200:400], names[400:]]
    assert names_on(read(client, LETTER)) == [*names[:18], *names[:-7:-1]]
    assert f'<a href="{LIST}">All 450 signatories</a>' in read(client, LETTER)


# What every page promises


@pytest.mark.parametrize("address", PUBLIC)
def test_public_page_is_the_same_for_everybody_and_sets_no_cookie(client: Client, address: str) -> None:
    make_crowded()
    staff = Client(headers={"accept-language": "uk"})
    sign_in(staff, make_coordinator())
    response = client.get(address)
    assert response.status_code == 200
    assert response.cookies == {}
    assert "Vary" not in response
    assert staff.get(address).content == response.content
    assert client.head(address).headers == response.headers


@pytest.mark.usefixtures("theme_in_memory")
@pytest.mark.parametrize("address", ["/", LETTER, LIST])
def test_public_page_takes_at_most_four_queries(
    client: Client, address: str, django_assert_max_num_queries: Any
) -> None:
    make_crowded()
    make_campaign(slug="past").close(by=None)
    with django_assert_max_num_queries(4):
        client.get(address)


def test_letter_with_its_styles_weighs_at_most_30_kilobytes(client: Client) -> None:
    make_crowded()
    page = read(client, LETTER)
    styles = re.findall(r'<link rel="stylesheet" href="/static/(.*?)">', page)
    found = [Path(str(finders.find(style))) for style in styles]
    assert len(found) == 1
    assert len(page.encode()) + sum(style.stat().st_size for style in found) <= 30_000


@pytest.mark.parametrize("address", [*PUBLIC, f"{LETTER}sign/", SENT, "/nowhere/"])
def test_page_asks_nothing_of_other_sites_and_holds_nothing_inline(client: Client, address: str) -> None:
    make_crowded()
    signatories = set(Signature.objects.filter(shown="public").values_list("website", flat=True))
    parts = Parts(client.get(address).content.decode())
    ours = "http://localhost:8000/"
    elsewhere = {place for place in parts.addresses if re.match(r"[a-z+]+:|//", place) and not place.startswith(ours)}
    shared = {link.address for link in share_links(Campaign.objects.get().text, f"http://localhost:8000{LETTER}")}
    expected = {
        LETTER: signatories - {""} | shared,
        LIST: signatories - {""},
        SENT: {"mailto:coordinators@example.org"},
    }
    assert elsewhere == expected.get(address, set())
    assert parts.inline == []


def test_privacy_notice_has_its_versions(client: Client) -> None:
    current, first = client.get("/privacy/"), client.get("/privacy/1/")
    assert "Version 1" in current.content.decode()
    assert current.content.partition(b"<footer")[0] == first.content.partition(b"<footer")[0]
    for unknown in ("/privacy/0/", "/privacy/2/", f"/privacy/{'9' * 100}/"):
        assert client.get(unknown).status_code == 404
    for odd in ("/privacy/-1/", "/privacy/one/", "/privacy/..%2f1/"):
        assert client.get(odd).status_code == 404
