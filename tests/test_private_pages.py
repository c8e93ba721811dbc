"""The sign form and the pages behind links: kept by no cache, known to no search engine, and done once."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import Contact, Event, OutgoingMail, Signature, confirmations
from campaigns.models.confirmations import MOST_LETTERS
from campaigns.models.contacts import PRIVACY_NOTICE
from tests.builders import (
    every_row,
    filled_form,
    make_campaign,
    make_coordinator,
    make_draft,
    make_listed,
    make_signature,
    make_translation,
    opened,
    own_page,
    sent_page,
)

pytestmark = pytest.mark.django_db

SIGN = "/campaigns/open-letter/sign/"
SENT = "/campaigns/open-letter/sign/sent/"
TRANSACTION = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
ENOUGH = "We have sent the letter several times. Please write to us instead, at the address below."


def read(response: Any) -> str:
    return html.unescape(response.content.decode())


def masked(response: Any) -> tuple[int, dict[str, str], str]:
    """The whole response, without what is secret or drawn anew each time."""
    hide = re.compile(r'(token=|csrfmiddlewaretoken" value=")[^"&]+')
    headers = {name: hide.sub(r"\1…", value) for name, value in response.headers.items()}
    return response.status_code, headers, hide.sub(r"\1…", response.content.decode())


# Who reads and keeps them


@pytest.mark.parametrize(
    ("status", "ask"),
    [
        (200, lambda client, signature: client.get(SIGN)),
        (422, lambda client, signature: client.post(SIGN, filled_form(email=""))),
        (200, lambda client, signature: client.get(SENT)),
        (200, lambda client, signature: client.get(sent_page(signature))),
        (422, lambda client, signature: client.post(sent_page(signature), {"correct": "", "email": "none"})),
        (200, lambda client, signature: client.get(own_page(signature))),
        (409, lambda client, signature: client.post(own_page(signature), {"withdraw": ""})),
        (404, lambda client, signature: client.get("/signatures/a:b:c/")),
        (404, lambda client, signature: client.get(f"{SENT}?token=a:b:c")),
        (410, lambda client, signature: signature.contact.delete() and client.get(own_page(signature))),
        (200, lambda client, signature: signature.campaign.close(by=None) or client.get(SIGN)),
        (409, lambda client, signature: signature.campaign.close(by=None) or client.post(SIGN, filled_form())),
    ],
)
def test_private_page_is_kept_by_no_cache_and_no_search_engine(
    client: Client, status: int, ask: Callable[[Client, Signature], Any]
) -> None:
    signature = make_signature(make_campaign())
    response = ask(client, signature)
    assert response.status_code == status
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert response["Referrer-Policy"] == "same-origin"


def test_redirects_are_kept_by_no_cache(client: Client) -> None:
    make_campaign()
    sent = client.post(SIGN, filled_form())
    confirmed = client.post(own_page(Signature.objects.get()), {"confirm": ""})
    for response in (sent, confirmed):
        assert response.status_code == 302
        assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


# The sign form


def test_signing_takes_at_most_thirteen_queries(client: Client) -> None:
    make_listed(make_campaign(make_coordinator()))
    client.post(SIGN, filled_form(organization_name="Lake Watch"))  # the day's first makes the key of its counts
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.post(SIGN, filled_form()).status_code == 302
    asked = [query["sql"] for query in captured if not query["sql"].startswith(TRANSACTION)]
    assert 1 <= len(asked) <= 13, asked


@time_machine.travel("2026-03-02T12:00:00Z", tick=False)
def test_second_submission_for_a_listed_organization_is_answered_as_a_first(client: Client) -> None:
    campaign = make_campaign(reviews=False)
    answers = []
    for _time in ("first", "second"):
        sent = client.post(SIGN, filled_form())
        answers.append((masked(sent), masked(client.get(sent["Location"]))))
        Signature.objects.latest("id").confirm()
    assert answers[0] == answers[1]
    assert answers[0][0][0] == 302
    states = campaign.signatures.order_by("id").values_list("state", flat=True)
    assert list(states) == ["listed", "pending"]


def test_consent_is_kept_with_the_version_of_the_notice(client: Client) -> None:
    make_campaign()
    client.post(SIGN, filled_form(wants_updates="on"))
    contact = Contact.objects.get()
    assert (contact.notice_version, contact.notice_language, contact.wants_updates) == (PRIVACY_NOTICE, "en", True)
    assert contact.consented_at is not None
    assert (contact.name, contact.role, contact.email) == ("The secretary", "secretary", "secretary@river.example.org")


def test_campaign_without_persons_asks_for_no_kind_and_takes_none(client: Client) -> None:
    make_campaign()
    page = client.get(SIGN).content.decode()
    assert 'name="kind"' not in page
    assert 'name="affiliation"' not in page
    assert client.post(SIGN, filled_form(kind="person", affiliation="University")).status_code == 302
    stored = Signature.objects.values("kind", "name", "affiliation").get()
    assert stored == {"kind": "organization", "name": "River Watch", "affiliation": ""}


def test_person_signs_in_their_own_name_without_an_organization(client: Client) -> None:
    make_campaign(allows_persons=True)
    person = {"kind": "person", "contact_name": "A Reader", "affiliation": "University of the River"}
    assert client.post(SIGN, filled_form(**person, organization_name="", contact_role="")).status_code == 302
    signature = Signature.objects.get()
    assert (signature.kind, signature.name, signature.affiliation) == ("person", "A Reader", "University of the River")
    signature.confirm()
    signature.accept()
    assert (signature.state, signature.organization) == ("listed", None)


def test_organization_signs_beside_persons_and_needs_its_name(client: Client) -> None:
    make_campaign(allows_persons=True)
    form = filled_form(kind="organization", affiliation="University of the River")
    assert client.post(SIGN, {**form, "organization_name": ""}).status_code == 422
    assert client.post(SIGN, form).status_code == 302
    stored = Signature.objects.values("kind", "name", "affiliation").get()
    assert stored == {"kind": "organization", "name": "River Watch", "affiliation": ""}


def test_translation_is_signed_in_its_language(client: Client) -> None:
    draft = make_draft()
    make_translation(draft, "uk", title="Відкритий лист")
    draft.publish(by=None)
    page = read(client.get(f"{SIGN}?in=uk"))
    assert ("Відкритий лист" in page, "An open letter" in page) == (True, False)
    assert client.post(f"{SIGN}?in=uk", filled_form(opened=opened(30, language="uk"))).status_code == 302
    signature = Signature.objects.get()
    assert (signature.language, signature.text_version) == ("uk", draft.current_version)
    assert "Відкритий лист" in read(client.get(own_page(signature)))


def test_form_opened_beside_another_translation_is_read_again_first(client: Client) -> None:
    draft = make_draft()
    make_translation(draft, "uk")
    draft.publish(by=None)
    before = every_row()
    response = client.post(f"{SIGN}?in=uk", filled_form(opened=opened(30, language="en")))
    assert response.status_code == 422
    assert "The text has changed since you opened this form." in read(response)
    assert every_row() == before


@pytest.mark.parametrize("language", ["uk", "xx", "EN", "", "e" * 1000])
def test_form_in_a_language_that_the_text_has_not_is_not_there(client: Client, language: str) -> None:
    make_campaign()
    before = every_row()
    assert client.get(f"{SIGN}?in={language}").status_code == 404
    assert client.post(f"{SIGN}?in={language}", filled_form()).status_code == 404
    assert every_row() == before


# The contact person's own page


def test_opening_the_link_a_hundred_times_changes_nothing(client: Client) -> None:
    address = own_page(make_signature(make_campaign(make_coordinator())))
    before = every_row()
    statuses = {ask(address).status_code for _time in range(100) for ask in (client.get, client.head)}
    assert statuses == {200}
    assert every_row() == before


def test_confirming_twice_is_one_event_and_one_mail(client: Client) -> None:
    coordinator = make_coordinator()
    signature = make_signature(make_campaign(coordinator))
    address = own_page(signature)
    answers = [client.post(address, {"confirm": ""}) for _time in range(2)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, address)] * 2
    assert Event.objects.filter(signature=signature, verb="confirmed").count() == 1
    mails = OutgoingMail.objects.exclude(kind="confirm_signature").values_list("kind", "reference", "recipient")
    assert list(mails) == [("signature_awaits", signature.pk, coordinator.pk)]


def test_withdrawing_twice_is_one_event(client: Client) -> None:
    signature = make_listed(make_campaign())
    for _time in range(2):
        assert client.post(own_page(signature), {"withdraw": ""}).status_code == 302
    assert Event.objects.filter(signature=signature, verb="withdrawn").count() == 1


def test_post_without_a_button_changes_nothing(client: Client) -> None:
    signature = make_signature(make_campaign())
    before = every_row()
    assert client.post(own_page(signature), {"confirmed": "yes"}).status_code == 200
    assert every_row() == before


# "Look in your inbox"


def test_letter_can_be_had_again_a_few_times(client: Client) -> None:
    address = sent_page(make_signature(make_campaign()))
    for _time in range(MOST_LETTERS - 1):
        response = client.post(address, {"again": ""})
        assert (response.status_code, response["Location"]) == (302, address)
    before = every_row()
    assert len(before["OutgoingMail"]) == MOST_LETTERS

    response = client.post(address, {"again": ""})
    assert response.status_code == 409
    assert f'<p class="problems" role="alert">{ENOUGH}</p>' in read(response)
    assert every_row() == before


def test_address_can_be_corrected_before_confirming(client: Client) -> None:
    signature = make_signature(make_campaign())
    response = client.post(sent_page(signature), {"correct": "", "email": "chair@lake.example.org"})
    assert response.status_code == 302
    assert "c…@lake.example.org" in read(client.get(response["Location"]))
    assert Contact.objects.get().email == "chair@lake.example.org"
    assert OutgoingMail.objects.filter(kind="confirm_signature").count() == 2
    assert list(signature.events.order_by("id").values_list("verb", flat=True)) == ["submitted", "readdressed"]


def test_wrong_correction_is_refused_and_kept(client: Client) -> None:
    signature = make_signature(make_campaign())
    before = every_row()
    response = client.post(sent_page(signature), {"correct": "", "email": "chair at lake"})
    assert response.status_code == 422
    assert 'value="chair at lake"' in read(response)
    assert "Enter a valid email address." in read(response)
    assert every_row() == before


def test_correction_beyond_the_limit_changes_nothing_and_does_not_say_that_it_did(client: Client) -> None:
    signature = make_signature(make_campaign())
    for _time in range(MOST_LETTERS - 1):
        confirmations.resend(signature)
    before = every_row()
    response = client.post(sent_page(signature), {"correct": "", "email": "chair@lake.example.org"})
    assert response.status_code == 409
    assert every_row() == before
    assert "A letter is on its way to <b>c…@lake.example.org</b>" not in read(response)


def test_whoever_may_not_have_the_letter_again_reads_where_to_write(client: Client) -> None:
    signature = make_signature(make_campaign())
    for _time in range(MOST_LETTERS - 1):
        confirmations.resend(signature)
    assert "mailto:coordinators@example.org" in read(client.post(sent_page(signature), {"again": ""}))


def test_sent_page_is_not_there_under_another_slug(client: Client) -> None:
    signature = make_signature(make_campaign())
    assert client.get(sent_page(signature).replace("open-letter", "unknown")).status_code == 404


def test_sent_page_after_confirming_shows_so_and_does_nothing_more(client: Client) -> None:
    signature = make_signature(make_campaign())
    signature.confirm()
    before = every_row()
    assert "Your address is confirmed" in read(client.get(sent_page(signature)))
    assert client.post(sent_page(signature), {"again": ""}).status_code == 302
    assert client.post(sent_page(signature), {"correct": "", "email": "x@lake.example.org"}).status_code == 302
    assert every_row() == before


def test_sent_page_gives_away_no_link_to_the_own_page(client: Client) -> None:
    signature = make_signature(make_campaign())
    page = read(client.get(sent_page(signature)))
    assert "/signatures/" not in page
    assert "secretary@river.example.org" not in page
