"""An organization in public: its own page, its name in the reader's language, and its logo on what it has begun."""

import datetime
import html
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from campaigns import cursors, letter
from campaigns.models import Campaign, Event, Merge, Organization, OrganizationName, Signature
from tests.builders import (
    ask_more,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_listed,
    make_pending,
    make_translation,
    need_pango,
    propose,
    sign_in,
)
from tests.pictures import plain

pytestmark = pytest.mark.django_db

PAGE = "/organizations/river-watch/"
LETTER = "/campaigns/open-letter/"
LIST = "/campaigns/open-letter/signatories/"
Kind = OrganizationName.Kind


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return html.unescape(response.content.decode())


def organization_of(signature: Signature) -> Organization:
    assert signature.organization
    return signature.organization


def name_it(organization: Organization, name: str, language: str, kind: str = Kind.OFFICIAL) -> None:
    known = OrganizationName(organization=organization, name=name, language=language, kind=kind)
    known.clean()
    known.save()


def make_initiator(campaign: Campaign, name: str, colour: str = "red", **fields: Any) -> Signature:
    signature = make_listed(campaign, name, **fields)
    organization_of(signature).set_logo(plain(colour=colour))
    signature.make_initiator(by=None)
    return signature


# Its own page


def test_page_tells_its_names_country_website_logo_and_what_it_has_signed(client: Client) -> None:
    signature = make_listed(make_campaign(), website="https://www.river.example.org/about/", country="UA")
    organization = organization_of(signature)
    name_it(organization, "Річкова варта", "uk")
    name_it(organization, "RW", "", Kind.ACRONYM)
    name_it(organization, "Watch of the Stream", "en", Kind.FORMER)
    organization.set_logo(plain())
    page = read(client, PAGE)
    assert "<h1><bdi>River Watch</bdi></h1>" in page
    assert (
        'Ukraine · <a href="https://www.river.example.org/about/" rel="nofollow noopener">river.example.org</a>' in page
    )
    assert f'src="/logos/{organization.logo}.png" alt=""' in page
    assert re.findall(r'<li><bdi(.*?) dir="auto">(.*?)</bdi> <small>(.*?)</small>', page) == [
        ("", "RW", "acronym"),
        (' lang="en"', "Watch of the Stream", "English, former name"),
        (' lang="uk"', "Річкова варта", "Ukrainian, official name"),
    ]
    assert f'<a lang="en" dir="auto" href="{LETTER}">An open letter</a>' in page
    assert f'<time datetime="{timezone.localdate():%Y-%m-%d}">' in page
    assert f'<bdi><a href="{LETTER}versions/">text version 1</a></bdi>' in page


def test_page_of_a_group_of_which_little_is_known(client: Client) -> None:
    make_listed(make_campaign())
    page = read(client, PAGE)
    assert [words in page for words in ("Also known as", "<img", ' · <a href="http')] == [False, False, False]


def test_page_lists_what_was_signed_in_public_the_newest_first_and_under_which_name(client: Client) -> None:
    organization = organization_of(make_listed(make_campaign()))
    for slug, shown in [("later", "public"), ("quiet", "addressee"), ("counted", "counted"), ("left", "public")]:
        signature = make_pending(
            make_campaign(slug=slug, title=f"Matter {slug}"), f"The River Watch {slug}", shown=shown
        )
        signature.accept(organization=organization)
        if slug == "left":
            signature.withdraw()
    make_pending(make_campaign(slug="waiting", title="Matter waiting"))
    page = read(client, PAGE)
    assert re.findall(r'<p><a lang="en".*?>(.*?)</a></p>', page) == ["Matter later", "An open letter"]
    assert "as “<bdi>The River Watch later</bdi>”" in page
    assert page.count("as “") == 1


def test_signature_on_an_earlier_text_is_told_with_its_version(client: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign)
    ask_more(campaign)
    propose(campaign).adopt(by=None)
    assert f'<bdi><a href="{LETTER}versions/">text version 1</a></bdi>' in read(client, PAGE)
    assert client.get(f"{LETTER}versions/1/").status_code == 200


@pytest.mark.parametrize("shown", ["addressee", "counted"])
def test_who_signed_without_being_named_has_no_page(client: Client, shown: str) -> None:
    make_listed(make_campaign(), shown=shown)
    assert client.get(PAGE).status_code == 404


def test_every_organization_without_a_page_gets_the_same_answer(client: Client) -> None:
    campaign = make_campaign()
    organization_of(make_listed(campaign, "Hidden Group")).hide(by=None)
    make_listed(campaign, "Counted Group", shown="counted")
    Organization.objects.register("Known Group")
    make_listed(campaign, "Left Group").withdraw()
    make_listed(campaign, "Removed Group").remove(by=None, reason="By mistake.")
    make_pending(campaign, "Waiting Group")
    answers = {
        (response.status_code, response.content, response.headers["Cache-Control"])
        for group in ("hidden", "counted", "known", "left", "removed", "waiting", "no")
        for response in [client.get(f"/organizations/{group}-group/")]
    }
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404


@pytest.mark.usefixtures("theme_in_memory")
def test_every_address_without_a_page_costs_the_same(client: Client, django_assert_num_queries: Any) -> None:
    campaign = make_campaign()
    organization_of(make_listed(campaign, "Hidden Group")).hide(by=None)
    make_listed(campaign, "Left Group").withdraw()
    Organization.objects.register("Known Group")
    for group in ("hidden", "left", "known", "no"):
        with django_assert_num_queries(2):
            assert client.get(f"/organizations/{group}-group/").status_code == 404


@pytest.mark.usefixtures("theme_in_memory")
def test_page_without_a_public_name_takes_four_queries_and_shows_at_most_so_many_signatures(
    client: Client, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaigns.views.organizations.SIGNATURES_ON_A_PAGE", 2)
    organization = organization_of(make_listed(make_campaign()))
    for number in range(3):
        make_pending(make_campaign(slug=f"matter-{number}"), "River Watch").accept(organization=organization)
    organization.names.update(is_public=False)
    with django_assert_max_num_queries(4):
        page = read(client, PAGE)
    assert page.count("<time") == 2


def test_page_ends_with_the_campaigns_publication(client: Client) -> None:
    make_listed(make_campaign())
    Campaign.objects.update(publish_at=timezone.now() + datetime.timedelta(days=1))
    assert client.get(PAGE).status_code == 404


def test_hidden_page_comes_back(client: Client) -> None:
    organization = organization_of(make_listed(make_campaign()))
    before = read(client, PAGE)
    organization.hide(by=None)
    assert client.get(PAGE).status_code == 404
    organization.unhide(by=None)
    assert read(client, PAGE) == before


def test_language_that_nobody_knows_is_shown_as_typed(client: Client) -> None:
    organization = organization_of(make_listed(make_campaign()))
    name_it(organization, "Ríkâ", "xx-none")
    assert "<small>xx-none, official name</small>" in read(client, PAGE)


def test_markup_in_names_is_shown_and_not_obeyed(client: Client) -> None:
    campaign = make_campaign()
    organization = organization_of(make_listed(campaign, "<b>River</b>", website="https://river.example.org/?a=<i>"))
    name_it(organization, "<script>x</script>", "uk")
    page = client.get(f"/organizations/{organization.slug}/").content.decode()
    assert [words in page for words in ("<b>River", "<script>", "<i>")] == [False, False, False]


@pytest.mark.usefixtures("theme_in_memory")
def test_page_is_the_same_for_everybody_sets_no_cookie_and_takes_four_queries(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    organization = organization_of(make_listed(make_campaign()))
    organization.set_logo(plain())
    for number in range(6):
        signature = make_pending(make_campaign(slug=f"matter-{number}"), "River Watch")
        signature.accept(organization=organization)
        name_it(organization, f"Name {number}", "en", Kind.FORMER)
    staff = Client(headers={"accept-language": "uk"})
    sign_in(staff, make_coordinator())
    with django_assert_max_num_queries(4):
        response = client.get(PAGE)
    assert response.cookies == {}
    assert "Vary" not in response
    assert staff.get(PAGE).content == response.content
    assert client.head(PAGE).headers == response.headers
    assert client.post(PAGE).status_code == 405


# Merged records


def test_merged_records_forward_to_where_they_stand_now(client: Client) -> None:
    campaign = make_campaign()
    kept = organization_of(make_listed(campaign))
    middle, first = (Organization.objects.register(name) for name in ("Middle Group", "First Group"))
    Merge.objects.merge(middle, first, by=None)
    last = Merge.objects.merge(kept, middle, by=None)
    for slug in ("first-group", "middle-group"):
        response = client.get(f"/organizations/{slug}/")
        assert (response.status_code, response.headers["Location"]) == (302, PAGE)
    assert "First Group" in read(client, PAGE)
    last.undo(by=None)
    assert client.get("/organizations/first-group/").status_code == 404
    assert "First Group" not in read(client, PAGE)


def test_merged_record_does_not_forward_to_a_page_that_is_not_there(client: Client) -> None:
    campaign = make_campaign()
    quiet = organization_of(make_listed(campaign, "Quiet Group", shown="counted"))
    hidden = organization_of(make_listed(campaign, "Hidden Group"))
    hidden.hide(by=None)
    for number, kept in enumerate([quiet, hidden]):
        Merge.objects.merge(kept, Organization.objects.register(f"Old {number}"), by=None)
        assert client.get(f"/organizations/old-{number}/").status_code == 404


# Names on the lists


@pytest.mark.parametrize("address", [LETTER, LIST])
def test_names_lead_to_the_pages_of_organizations_that_have_one(client: Client, address: str) -> None:
    campaign = make_campaign(allows_persons=True)
    make_listed(campaign, "River Watch")
    organization_of(make_listed(campaign, "Hidden Group", website="https://hidden.example.org")).hide(by=None)
    make_listed(campaign, "A Reader", kind="person")
    page = read(client, address)
    assert re.findall(r'"(/organizations/[^"]*)"', page) == [PAGE]
    assert '<li><bdi dir="auto">Hidden Group</bdi><small> <a href="https://hidden.example.org"' in page
    assert '<li><bdi dir="auto">A Reader</bdi><small>in their own name</small></li>' in page


def listed_on(page: str) -> list[tuple[str, str, str]]:
    """Of each on the list: the language and the words of its name, and the listed name where that is another."""
    pattern = (
        r'<li><bdi(?: lang="(\w+)")? dir="auto">(?:<a [^>]*>)?([^<]*)(?:</a>)?</bdi>'
        r'(?:<small><bdi(?: lang="\w+")? dir="auto">(.*?)</bdi></small>)?'
    )
    return re.findall(pattern, page)


def test_reader_finds_the_name_in_the_language_of_the_page_and_the_listed_one_after_it(client: Client) -> None:
    campaign = make_campaign(allows_persons=True)
    make_translation(campaign, "uk")
    campaign.add_translation(by=None, note="")
    river = organization_of(make_listed(campaign, "River Watch"))
    name_it(river, "Storozha richky", "uk", Kind.TRANSLITERATION)
    name_it(river, "Варта потоку", "uk", Kind.TRANSLATION)
    name_it(river, "Річкова варта", "uk")
    name_it(river, "РВ", "uk", Kind.ACRONYM)
    lake = organization_of(make_listed(campaign, "Спілка озер"))
    lake.names.update(language="uk")
    name_it(lake, "Union of Lakes", "en", Kind.TRANSLATION)
    hill = organization_of(make_listed(campaign, "Hill Watch"))
    name_it(hill, "Стара варта гори", "uk", Kind.FORMER)
    name_it(hill, "ВГ", "uk", Kind.ACRONYM)
    hidden = organization_of(make_listed(campaign, "Hidden Group"))
    name_it(hidden, "Прихована група", "uk")
    hidden.hide(by=None)
    make_listed(campaign, "A Reader", kind="person")
    english = [
        ("", "River Watch", ""),
        ("en", "Union of Lakes", "Спілка озер"),
        ("", "Hill Watch", ""),
        ("", "Hidden Group", ""),
        ("", "A Reader", ""),
    ]
    assert listed_on(read(client, LETTER)) == english
    assert listed_on(read(client, LIST)) == english
    assert listed_on(read(client, f"{LETTER}in/uk/")) == [
        ("uk", "Річкова варта", "River Watch"),
        ("uk", "Спілка озер", ""),
        ("", "Hill Watch", ""),
        ("", "Hidden Group", ""),
        ("", "A Reader", ""),
    ]


def test_listed_name_stands_where_it_is_one_of_several_in_the_language(client: Client) -> None:
    organization = organization_of(make_listed(make_campaign(), "River Watch"))
    second = make_pending(make_campaign(slug="second"), "River Watch International")
    second.accept(organization=organization)
    assert listed_on(read(client, LETTER)) == [("", "River Watch", "")]
    assert listed_on(read(client, "/campaigns/second/")) == [("", "River Watch International", "")]


def test_letter_and_delivery_keep_the_listed_names() -> None:
    campaign = make_campaign()
    organization = organization_of(make_listed(campaign, "Спілка озер"))
    organization.names.update(language="uk")
    name_it(organization, "Union of Lakes", "en")
    assert [line.name for line in letter.of_campaign(campaign, "en").organizations] == ["Спілка озер"]
    delivery = make_delivery(campaign)
    assert [line.name for line in letter.of_delivery(delivery, "en").organizations] == ["Спілка озер"]


@pytest.mark.usefixtures("theme_in_memory")
def test_lists_with_initiators_and_names_take_at_most_four_queries(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    campaign = make_campaign()
    for number in range(8):
        name_it(organization_of(make_initiator(campaign, f"Group {number}")), f"Група {number}", "uk")
    for address in (LETTER, LIST):
        with django_assert_max_num_queries(4):
            client.get(address)


def test_whole_list_is_there_in_each_language_of_the_statement(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.views.signatories.NAMES_ON_A_PAGE", 1)
    monkeypatch.setattr("campaigns.views.pages.NAMES_IN_FULL", 1)
    campaign = make_campaign()
    make_translation(campaign, "uk", title="Відкритий лист")
    campaign.add_translation(by=None, note="")
    name_it(organization_of(make_listed(campaign, "River Watch")), "Річкова варта", "uk")
    name_it(organization_of(make_listed(campaign, "Lake Watch")), "Озерна варта", "uk")
    listed = f"{LETTER}in/uk/signatories/"
    assert f'<a href="{listed}">All 2 signatories</a>' in read(client, f"{LETTER}in/uk/")
    assert f'<a href="{LIST}">All 2 signatories</a>' in read(client, LETTER)
    first = read(client, listed)
    assert listed_on(first) == [("uk", "Річкова варта", "River Watch")]
    assert f'<a lang="uk" dir="auto" href="{LETTER}in/uk/">Відкритий лист</a>' in first
    assert f'href="{LETTER}sign/?in=uk"' in first
    (following,) = re.findall(r'href="(\?after=[\w-]+)"', first)
    assert listed_on(read(client, listed + following)) == [("uk", "Озерна варта", "Lake Watch")]
    assert f'<a href="{listed}">From the beginning</a>' in read(
        client, f"{listed}?after={cursors.write((3, '', 1, '', ''))}"
    )
    assert client.get(f"{LETTER}in/de/signatories/").status_code == 404
    assert client.get(f"{LETTER}in/../signatories/").status_code == 404


# Initiators


def test_initiators_logos_stand_on_the_page_in_the_lists_order_and_the_list_stays(client: Client) -> None:
    campaign = make_campaign()
    names = ["Aspen Trust", "Birch Trust", "Cedar Trust", "Dogwood Trust"]
    signatures = [make_listed(campaign, name) for name in names]
    for signature in reversed(signatures[1:]):
        organization_of(signature).set_logo(plain())
        signature.make_initiator(by=None)
    signatures[0].make_initiator(by=None)
    organization_of(signatures[3]).hide(by=None)
    page = read(client, LETTER)
    assert re.findall(r'<img class="plate" src="/logos/(\w+).png" alt="(.*?)">', page) == [
        (Organization.objects.get(name=name).logo, name) for name in names[1:3]
    ]
    assert [name for _language, name, _listed in listed_on(page)] == names


def test_initiator_that_signed_last_stands_first_with_its_logo(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.views.pages.NAMES_IN_FULL", 2)
    monkeypatch.setattr("campaigns.views.pages.FIRST_NAMES", 2)
    monkeypatch.setattr("campaigns.views.pages.NEWEST_NAMES", 0)
    campaign = make_campaign()
    for name in ("Aspen Trust", "Birch Trust"):
        make_listed(campaign, name)
    make_initiator(campaign, "Cedar Trust")
    page = read(client, LETTER)
    assert [name for _language, name, _listed in listed_on(page)] == ["Cedar Trust", "Aspen Trust"]
    assert 'alt="Cedar Trust"' in page


@pytest.mark.parametrize("why", ["counted", "withdrawn", "earlier"])
def test_logo_of_who_is_not_named_under_this_text_does_not_stand_on_it(client: Client, why: str) -> None:
    campaign = make_campaign()
    signature = make_initiator(campaign, "River Watch")
    if why == "counted":
        Signature.objects.filter(pk=signature.pk).update(shown="counted")
    if why == "withdrawn":
        signature.withdraw()
    if why == "earlier":
        ask_more(campaign)
        propose(campaign).adopt(by=None)
        campaign.refresh_from_db()
    assert "<img" not in read(client, LETTER)
    assert letter.of_campaign(campaign, "en").logos == []


def test_initiator_is_made_and_unmade_once() -> None:
    coordinator = make_coordinator()
    signature = make_listed(make_campaign(coordinator))
    for verb in (signature.make_initiator, signature.unmake_initiator):
        verb(by=coordinator)
        verb(by=coordinator)
    assert not signature.is_initiator
    made = signature.events.filter(who=coordinator).order_by("id")
    assert list(made.values_list("verb", flat=True)) == [Event.Verb.INITIATOR, Event.Verb.NO_INITIATOR]


def test_only_an_organization_on_the_list_can_be_an_initiator() -> None:
    campaign = make_campaign(allows_persons=True)
    for signature in (make_pending(campaign), make_listed(campaign, "A Reader", kind="person")):
        with pytest.raises(ValidationError, match="Only an organization that is on the public list"):
            signature.make_initiator(by=None)
    assert not Signature.objects.filter(is_initiator=True).exists()


def test_coordinator_makes_and_unmakes_an_initiator_at_the_desk(client: Client) -> None:
    sign_in(client, make_coordinator())
    campaign = make_campaign(allows_persons=True)
    signature, person = make_listed(campaign), make_listed(campaign, "A Reader", kind="person")
    address = f"/admin/campaigns/signature/{signature.pk}/change/"
    for button, is_initiator in [("make_initiator", True), ("unmake_initiator", False)]:
        assert f'name="{button}"' in read(client, address)
        assert client.post(address, {button: ""}).status_code == 302
        signature.refresh_from_db()
        assert signature.is_initiator is is_initiator
    assert 'initiator"' not in read(client, f"/admin/campaigns/signature/{person.pk}/change/")


# On paper


def test_twelve_logos_at_most_stand_on_the_page_and_on_the_letter(client: Client) -> None:
    campaign = make_campaign()
    for number in range(14):
        make_initiator(campaign, f"Group {number}")
    twelve = [f"Group {number}" for number in range(12)]
    assert re.findall(r'<img class="plate" .*? alt="(.*?)">', read(client, LETTER)) == twelve
    assert [logo.name for logo in letter.of_campaign(campaign, "en").logos] == twelve


def test_initiators_logos_stand_on_the_letter_with_their_names() -> None:
    need_pango()
    campaign = make_campaign()
    make_initiator(campaign, "River Watch", "red")
    make_initiator(campaign, "Lake Watch", "blue")
    make_listed(campaign, "Hill Watch")
    hidden = make_initiator(campaign, "Hidden Group", "green")
    organization_of(hidden).hide(by=None)
    paper = letter.of_campaign(campaign, "en")
    assert [(logo.name, logo.image) for logo in paper.logos] == [
        ("River Watch", plain(colour="red")),
        ("Lake Watch", plain(colour="blue")),
    ]
    pdf = paper.draw()
    assert pdf.count(b"/Subtype /Image") == 2


def test_delivered_letter_has_the_logos_of_those_whom_it_names() -> None:
    campaign = make_campaign()
    make_initiator(campaign, "River Watch")
    delivery = make_delivery(campaign)
    make_initiator(campaign, "Lake Watch")
    assert [logo.name for logo in letter.of_delivery(delivery, "en").logos] == ["River Watch"]
    delivery.take_out(1, by=None)
    assert letter.of_delivery(delivery, "en").logos == []


def test_name_that_was_not_signed_in_public_is_nowhere_to_be_read(client: Client) -> None:
    campaign = make_campaign()
    withheld = make_listed(campaign, "Night Watch", shown=Signature.Shown.COUNTED)
    organization = withheld.organization
    assert organization
    assert "night" not in organization.slug
    other = make_campaign(slug="another-letter")
    signature = make_pending(other, "Day Watch")
    signature.accept(organization=organization)
    page = client.get(f"/organizations/{organization.slug}/").content.decode()
    assert "Day Watch" in page
    assert "Night Watch" not in page
    make_pending(make_campaign(slug="third-letter"), "Night Watch").accept(organization=organization)
    assert "Night Watch" in client.get(f"/organizations/{organization.slug}/").content.decode()


def test_nothing_that_was_signed_in_secret_becomes_public_with_a_later_signature(client: Client) -> None:
    fields = {"website": "https://nightwatch.example.net", "country": "BY", "shown": Signature.Shown.COUNTED}
    organization = make_listed(make_campaign(), "NGO Night Watch e.V.", **fields).organization
    assert organization
    make_pending(make_campaign(slug="second"), "Night Watch").accept(organization=organization)
    page = client.get(f"/organizations/{organization.slug}/").content.decode()
    assert "Night Watch" in page
    for secret in ("NGO", "e.V.", "nightwatch.example", "Belarus"):
        assert secret not in page


def test_saving_a_record_at_the_desk_publishes_no_name(client: Client) -> None:
    organization = make_listed(make_campaign(), "Night Watch", shown=Signature.Shown.COUNTED).organization
    assert organization
    make_pending(make_campaign(slug="second"), "Day Watch").accept(organization=organization)
    sign_in(client, make_coordinator())
    sent = {"name": "Night Watch", "country": "UA", "website": "", "names-TOTAL_FORMS": "0", "names-INITIAL_FORMS": "0"}
    assert client.post(f"/admin/campaigns/organization/{organization.pk}/change/", sent).status_code == 302
    page = client.get(f"/organizations/{organization.slug}/").content.decode()
    assert "Ukraine" in page
    assert "Night" not in page


@pytest.mark.parametrize("end", ["withdraw", "remove", "correct"])
def test_name_by_which_it_stands_no_longer_is_not_on_its_page(client: Client, end: str) -> None:
    signature = make_listed(make_campaign(), "Night Watch of the Northern Lakes")
    organization = signature.organization
    assert organization
    make_pending(make_campaign(slug="second"), "Day Watch").accept(organization=organization)
    if end == "withdraw":
        signature.withdraw()
    elif end == "remove":
        signature.remove(by=None, reason="Not theirs.")
    else:
        signature.list_as("Lake Watch", by=None)
    assert "Night Watch" not in client.get(f"/organizations/{organization.slug}/").content.decode()
    before = organization.slug
    organization.readdress(by=None)
    assert client.get(f"/organizations/{before}/").status_code == 404
    assert organization.slug.startswith(("lake-watch-", "day-watch-"))
    assert client.get(f"/organizations/{organization.slug}/").status_code == 200


def test_hiding_outlasts_the_merge(client: Client) -> None:
    one = make_listed(make_campaign(), "Day Watch").organization
    other = make_listed(make_campaign(slug="second"), "Night Watch").organization
    assert one
    assert other
    merge = Merge.objects.merge(one, other, by=None)
    one.hide(by=None)
    merge.undo(by=None)
    assert client.get(f"/organizations/{one.slug}/").status_code == 404
    assert client.get(f"/organizations/{other.slug}/").status_code == 404


def test_confirmation_letter_tells_nothing_of_a_name_that_is_not_public() -> None:
    campaign = make_campaign()
    organization = make_listed(campaign, "Day Watch").organization
    make_pending(make_campaign(slug="second"), "Night Watch", shown="counted").accept(organization=organization)
    assert not make_pending(campaign, "Night Watch").is_public_already()
    assert make_pending(campaign, "DAY-WATCH").is_public_already()


@pytest.mark.parametrize("kind", ["organization", "person"])
@pytest.mark.parametrize("name", ["Night Watch", "Nightly Watch", "Someone Else"])
def test_who_signs_without_review_does_not_learn_who_signed_in_secret(kind: str, name: str) -> None:
    campaign = make_campaign(reviews=False, allows_persons=True)
    given = {"website": "https://night.example.net"} if kind == "organization" else {}
    make_listed(campaign, "Night Watch", shown="counted", kind=kind, **given)
    assert make_pending(campaign, name, kind=kind, **given).state == "listed"
