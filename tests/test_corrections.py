"""A listed signature that proved false: the public is told, on the page and beside what was delivered."""

import html
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client

from campaigns.models import Campaign, Event, Signature
from tests.builders import (
    make_campaign,
    make_coordinator,
    make_delivery,
    make_listed,
    make_member,
    own_page,
    send_letters,
    sign_in,
)

pytestmark = pytest.mark.django_db

LETTER = "/campaigns/open-letter/"
WORDS = "This signature was not given by those in whose name it stood."


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def corrections_on(page: str) -> str:
    """The quiet section of the campaign's page, empty where there is none."""
    return page.partition('<h2 id="corrections">')[2].partition("</section>")[0]


def remove(signature: Signature, correction: str = WORDS) -> None:
    signature.remove(by=None, reason="The director has written to us.", correction=correction)


def test_correction_stands_on_the_page_in_every_language_with_date_and_name(client: Client) -> None:
    campaign = make_campaign()
    remove(make_listed(campaign, "River Watch"))
    make_listed(campaign, "Hill Watch")
    page = read(client, LETTER)
    assert "River Watch" in (told := corrections_on(page))
    assert WORDS in told
    assert "<time datetime=" in told
    assert told in read(client, f"{LETTER}in/en/")
    listed, _heading, _rest = page.partition('<h2 id="corrections">')
    assert "River Watch" not in listed
    assert "Hill Watch" not in told


def test_removal_without_words_is_not_told(client: Client) -> None:
    remove(make_listed(make_campaign()), correction="")
    assert 'id="corrections"' not in read(client, LETTER)


@pytest.mark.parametrize("shown", ["addressee", "counted"])
def test_name_that_was_not_public_is_not_told_with_its_correction(client: Client, shown: str) -> None:
    campaign = make_campaign()
    make_listed(campaign, "Hill Watch")
    quiet = make_listed(campaign, "River Watch", shown=shown)
    delivery = make_delivery(campaign)
    remove(quiet)
    page, delivered = read(client, LETTER), read(client, f"/deliveries/{delivery.fingerprint}/")
    assert "a signature whose name was not public" in corrections_on(page)
    assert WORDS in corrections_on(page)
    assert "River Watch" not in page + delivered
    assert (WORDS in delivered) == (shown == "addressee")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("River Watch", "“River Watch” never signed."),
        ("River Watch", "RIVER  WATCH."),
        ("River Watch", "It was river-watch"),
        ("River Watch", "River\u200b Watch did not sign."),
        ("River Watch", "RW never signed."),
        ("绿色河流", "绿色河流没有签署这份声明。"),
    ],
)
def test_words_that_tell_a_name_that_was_not_public_are_refused(name: str, words: str) -> None:
    signature = make_listed(make_campaign(), name, shown="counted")
    assert signature.organization
    signature.organization.know_as("RW", is_public=False)
    with pytest.raises(ValidationError, match="correct it without the name"):
        remove(signature, words)
    signature.refresh_from_db()
    assert (signature.state, signature.correction) == ("listed", "")


def test_correction_stands_beside_the_name_in_every_delivered_list_whose_file_stays(client: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign, "Hill Watch")
    false = make_listed(campaign, "River Watch")
    deliveries = [make_delivery(campaign), make_delivery(campaign)]
    files = [client.get(f"/deliveries/{each.fingerprint}/list.json").content for each in deliveries]
    remove(false)
    for delivery, file in zip(deliveries, files, strict=True):
        page = read(client, f"/deliveries/{delivery.fingerprint}/")
        names = page.partition('<ol class="names long">')[2]
        hill, river = names.split("<li>")[1:]
        assert WORDS in river
        assert WORDS not in hill
        assert "The delivered list and the letter stay as they were delivered." in page
        assert client.get(f"/deliveries/{delivery.fingerprint}/list.json").content == file
    later = make_delivery(campaign)
    assert WORDS not in read(client, f"/deliveries/{later.fingerprint}/")


def test_name_taken_out_of_a_delivery_takes_the_correction_with_it(client: Client) -> None:
    campaign = make_campaign()
    signature = make_listed(campaign, "River Watch")
    delivery = make_delivery(campaign)
    remove(signature, "River Watch never signed.")
    delivery.take_out(1, by=None)
    assert "River Watch" not in read(client, LETTER) + read(client, f"/deliveries/{delivery.fingerprint}/")


def test_nothing_is_told_of_a_name_that_was_taken_out_of_a_delivery_before() -> None:
    campaign = make_campaign()
    signature = make_listed(campaign)
    make_delivery(campaign).take_out(1, by=None)
    with pytest.raises(ValidationError, match="say nothing of it in public"):
        remove(signature)
    remove(signature, correction="")
    assert Signature.objects.get().state == "removed"


def test_organization_has_no_page_by_a_signature_that_proved_false(client: Client) -> None:
    signature = make_listed(make_campaign(), "River Watch")
    assert client.get("/organizations/river-watch/").status_code == 200
    remove(signature)
    assert client.get("/organizations/river-watch/").status_code == 404


def test_words_are_escaped(client: Client) -> None:
    campaign = make_campaign()
    signature = make_listed(campaign)
    delivery = make_delivery(campaign)
    remove(signature, "<script>x</script>")
    for address in (LETTER, f"/deliveries/{delivery.fingerprint}/", own_page(signature)):
        page = client.get(address).content.decode()
        assert "&lt;script&gt;x" in page
        assert "<script>" not in page


def test_contact_person_reads_reason_and_correction(client: Client) -> None:
    signature = make_listed(make_campaign())
    send_letters()
    remove(signature)
    (letter,) = send_letters()
    for words in (str(letter.body), read(client, own_page(signature))):
        assert "The director has written to us." in words
        assert WORDS in words


def test_event_says_that_a_correction_stands_and_not_which() -> None:
    campaign = make_campaign()
    remove(make_listed(campaign, "River Watch"))
    remove(make_listed(campaign, "Hill Watch"), correction="")
    told = Event.objects.filter(verb="removed").order_by("id").values_list("details", flat=True)
    assert list(told) == [{"corrected": True}, {"corrected": False}]


def test_database_keeps_a_correction_for_what_was_removed_alone() -> None:
    make_listed(make_campaign())
    with pytest.raises(IntegrityError):
        Signature.objects.update(correction=WORDS)


@pytest.mark.usefixtures("theme_in_memory")
def test_pages_with_corrections_take_at_most_four_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    campaign = make_campaign()
    signatures = [make_listed(campaign, f"Group {number}") for number in range(5)]
    delivery = make_delivery(campaign)
    for signature in signatures[1:]:
        remove(signature)
    for address in (LETTER, f"/deliveries/{delivery.fingerprint}/"):
        with django_assert_max_num_queries(4):
            assert client.get(address).content.decode().count(WORDS) == 4


# At the desk


@pytest.fixture
def campaign(client: Client) -> Campaign:
    """A campaign of which the client's user is a reviewer."""
    campaign = make_campaign(make_coordinator())
    sign_in(client, make_member(campaign, "reviewer", role="reviewer"))
    return campaign


def press_remove(client: Client, signature: Signature, **fields: str) -> Any:
    sent = {"remove": "", "remove-reason": "They have written.", **{f"remove-{name}": fields[name] for name in fields}}
    return client.post(f"/admin/campaigns/signature/{signature.pk}/change/", sent)


def test_coordinator_says_what_the_public_is_told_before_a_public_name_is_removed(
    client: Client, campaign: Campaign
) -> None:
    signature = make_listed(campaign)
    assert press_remove(client, signature).status_code == 422
    assert press_remove(client, signature, correction="own words").status_code == 422
    assert Signature.objects.get().state == "listed"
    assert press_remove(client, signature, correction="not theirs").status_code == 302
    stored = Signature.objects.get()
    assert (stored.state, stored.correction, stored.reason) == ("removed", WORDS, "They have written.")


def test_coordinator_corrects_in_words_of_their_own(client: Client, campaign: Campaign) -> None:
    press_remove(client, make_listed(campaign), correction="own words", words="It was a namesake.")
    assert Signature.objects.get().correction == "It was a namesake."


def test_group_in_danger_is_removed_without_a_word_in_public(client: Client, campaign: Campaign) -> None:
    press_remove(client, make_listed(campaign), correction="nothing", words="Left from another choice.")
    assert (Signature.objects.get().state, Signature.objects.get().correction) == ("removed", "")


def test_name_that_was_not_public_may_be_removed_without_a_correction(client: Client, campaign: Campaign) -> None:
    assert press_remove(client, make_listed(campaign, shown="counted")).status_code == 302
    assert (Signature.objects.get().state, Signature.objects.get().correction) == ("removed", "")


def test_own_words_beside_a_ready_made_correction_are_asked_about(client: Client, campaign: Campaign) -> None:
    signature = make_listed(campaign)
    response = press_remove(client, signature, correction="our mistake", words="It was given by another group.")
    assert response.status_code == 422
    page = response.content.decode()
    assert "You chose another correction." in page
    assert "It was given by another group." in page
    signature.refresh_from_db()
    assert signature.state == "listed"


def test_refusal_to_tell_a_name_is_read_beside_the_form_with_what_was_typed(client: Client, campaign: Campaign) -> None:
    signature = make_listed(campaign, "River Watch", shown="counted")
    response = press_remove(client, signature, correction="own words", words="River Watch never signed.")
    assert response.status_code == 409
    page = html.unescape(response.content.decode())
    assert "The name was not public: correct it without the name." in page
    assert "River Watch never signed." in page
