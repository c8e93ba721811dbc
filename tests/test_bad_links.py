"""Links that were used, cut, forged or have ended, and addresses that lead nowhere."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from campaigns import tokens
from campaigns.models import Campaign, Signature, confirmations
from tests.builders import (
    every_row,
    filled_form,
    make_campaign,
    make_coordinator,
    make_draft,
    make_listed,
    make_pending,
    make_signature,
    own_page,
    sent_page,
)

pytestmark = pytest.mark.django_db

PRIVATE = "max-age=0, no-cache, no-store, must-revalidate, private"
DAY = datetime.timedelta(days=1)
ENCODED = "application/x-www-form-urlencoded"


def withdrawn(signature: Signature) -> None:
    signature.accept()
    signature.withdraw()


def removed(signature: Signature) -> None:
    signature.accept()
    signature.remove(by=None, reason="It was a mistake.")


def declined(signature: Signature) -> None:
    signature.decline(by=None, reason="Nobody there knows of it.")


# Links to the contact person's own page


LATER: list[tuple[Callable[[Signature], None], str]] = [
    (lambda signature: None, "Thank you: confirmed"),
    (Signature.accept, "Your signature is public"),
    (declined, "Your signature was not accepted"),
    (withdrawn, "Your signature is withdrawn"),
    (removed, "Your signature was removed"),
]


@pytest.mark.parametrize(("then", "stands"), LATER)
def test_used_link_shows_what_stands_now(client: Client, then: Callable[[Signature], None], stands: str) -> None:
    signature = make_pending(make_campaign())
    then(signature)
    before = every_row()
    response = client.get(own_page(signature))
    assert (response.status_code, response["Cache-Control"]) == (200, PRIVATE)
    assert f"<h1>{stands}</h1>" in response.content.decode()
    assert every_row() == before


@pytest.mark.parametrize(("then", "stands"), LATER)
def test_confirming_later_changes_nothing_and_leads_to_what_stands_now(
    client: Client, then: Callable[[Signature], None], stands: str
) -> None:
    signature = make_pending(make_campaign())
    then(signature)
    before, address = every_row(), own_page(signature)
    response = client.post(address, {"confirm": ""})
    assert (response.status_code, response["Location"]) == (302, address)
    assert f"<h1>{stands}</h1>" in client.get(response["Location"]).content.decode()
    assert every_row() == before


@pytest.mark.parametrize(
    ("make", "then", "state"),
    [
        (make_signature, lambda signature: None, "unconfirmed"),
        (make_pending, declined, "not accepted"),
        (make_pending, removed, "removed"),
    ],
)
def test_withdrawing_what_is_not_there_to_withdraw_is_refused(
    client: Client, make: Callable[[Campaign], Signature], then: Callable[[Signature], None], state: str
) -> None:
    signature = make(make_campaign())
    then(signature)
    before = every_row()
    response = client.post(own_page(signature), {"withdraw": ""})
    assert response.status_code == 409
    assert f"“River Watch” is {state} by now, so this is no longer possible." in response.content.decode()
    assert every_row() == before


FALSE_TOKENS: dict[str, Callable[[Signature], str]] = {
    "forged": lambda signature: tokens.make(signature, "another secret"),
    "for the sent page": lambda signature: tokens.make(signature, tokens.SENT_PAGE),
    "for the form": lambda signature: tokens.opened(""),
    "cut at the end": lambda signature: tokens.make(signature, tokens.OWN_PAGE)[:-1],
    "cut at the start": lambda signature: tokens.make(signature, tokens.OWN_PAGE)[1:],
    "cut in the middle": lambda signature: tokens.make(signature, tokens.OWN_PAGE).rpartition(":")[0],
    "with a full stop behind": lambda signature: tokens.make(signature, tokens.OWN_PAGE) + ".",
    "in capitals": lambda signature: tokens.make(signature, tokens.OWN_PAGE).upper(),
    "of colons": lambda signature: "::",
    "not of letters": lambda signature: "%ed%a0%80:é:🌊",
    "10 kB long": lambda signature: "a:" * 5000,
}


@pytest.mark.parametrize("false", FALSE_TOKENS)
def test_false_link_leads_nowhere(client: Client, false: str) -> None:
    address = f"/signatures/{FALSE_TOKENS[false](make_signature(make_campaign()))}/"
    before = every_row()
    for response in (client.get(address), client.post(address, {"confirm": ""})):
        assert (response.status_code, response["Cache-Control"]) == (404, PRIVATE)
        assert "There is nothing here" in response.content.decode()
    assert every_row() == before


def test_false_link_to_the_sent_page_leads_nowhere(client: Client) -> None:
    signature = make_signature(make_campaign())
    before = every_row()
    for token in [tokens.make(signature, tokens.OWN_PAGE), tokens.make(signature, tokens.SENT_PAGE)[:-1], "a:b:c"]:
        address = f"/campaigns/open-letter/sign/sent/?token={token}"
        assert client.get(address).status_code == 404
        assert client.post(address, {"again": ""}).status_code == 404
    assert every_row() == before


def erase_signature(signature: Signature) -> None:
    signature.contact.delete()
    Signature.objects.filter(pk=signature.pk).delete()


@pytest.mark.parametrize(
    ("link", "end"),
    [
        (own_page, erase_signature),
        (own_page, lambda signature: signature.contact.delete()),
        (own_page, lambda signature: confirmations.correct_address(signature, "other@river.example.org")),
        (sent_page, erase_signature),
        (sent_page, lambda signature: signature.contact.delete()),
    ],
    ids=["erased", "contact-erased", "address-corrected", "sent-page-erased", "sent-page-contact-erased"],
)
def test_link_to_what_has_ended_is_gone(client: Client, link: Callable[[Signature], str], end: Any) -> None:
    signature = make_signature(make_campaign())
    address = link(signature)
    end(signature)
    before = every_row()
    for response in (client.get(address), client.post(address, {"confirm": "", "again": ""})):
        assert (response.status_code, response["Cache-Control"]) == (410, PRIVATE)
        assert "This link has ended" in response.content.decode()
    assert every_row() == before


def test_link_ends_after_seven_days_unless_it_was_used(client: Client) -> None:
    campaign = make_campaign()
    unused, used = make_signature(campaign), make_pending(campaign, "Lake Watch")
    before = every_row()
    with time_machine.travel(timezone.now() + 7 * DAY - datetime.timedelta(minutes=1), tick=False) as clock:
        assert [client.get(own_page(unused)).status_code, client.get(sent_page(unused)).status_code] == [200, 200]
        clock.shift(120)
        assert client.get(own_page(unused)).status_code == 410
        assert client.post(own_page(unused), {"confirm": ""}).status_code == 410
        assert client.post(sent_page(unused), {"again": ""}).status_code == 410
        assert client.get(own_page(used)).status_code == 200
    assert every_row() == before


def test_link_to_the_corrected_address_works(client: Client) -> None:
    signature = make_signature(make_campaign())
    confirmations.correct_address(signature, "other@river.example.org")
    assert client.post(own_page(signature), {"confirm": ""}).status_code == 302
    signature.refresh_from_db()
    assert signature.state == Signature.State.PENDING


# Addresses of campaigns


@pytest.mark.parametrize(
    "address",
    [
        *(f"/campaigns/{{}}/{page}" for page in ("", "sign/", "signatories/", "versions/1/", "embed/", "share/")),
        *(
            f"/campaigns/{{}}/{page}"
            for page in ("feed/", "signatories/feed/", "letter.pdf", "signatories.csv", "signatories.txt")
        ),
        "/uk/campaigns/{}/in/en/",
    ],
)
def test_address_in_capitals_leads_to_that_in_small_letters(client: Client, address: str) -> None:
    make_campaign()
    response = client.get(f"{address.format('Open-LETTER')}?in=en&q=%D0%B0")
    assert (response.status_code, response["Location"]) == (301, f"{address.format('open-letter')}?in=en&q=%D0%B0")
    assert response["Cache-Control"] == PRIVATE


def test_organization_in_capitals_is_led_to_unless_it_is_not_public(client: Client) -> None:
    signature = make_listed(make_campaign(), "River Watch")
    response = client.get("/ar/organizations/River-Watch/")
    assert (response.status_code, response["Location"]) == (301, "/ar/organizations/river-watch/")
    assert signature.organization
    signature.organization.hide(by=None)
    hidden, unknown = (client.get(f"/organizations/{slug}/") for slug in ("River-Watch", "Lake-Watch"))
    assert (hidden.status_code, hidden.content) == (404, unknown.content)


@pytest.mark.parametrize("slug", ["unknown", "draft", "Draft", "UNKNOWN", "a--_9", "a" * 2000])
@pytest.mark.parametrize("page", ["", "sign/", "sign/sent/", "signatories/"])
def test_unknown_campaign_and_draft_are_not_there_and_not_kept_by_caches(client: Client, slug: str, page: str) -> None:
    make_campaign()
    make_draft(slug="draft", title="A secret plan")
    before = every_row()
    address = f"/campaigns/{slug}/{page}"
    answers = [client.get(address), client.head(address)]
    answers += [client.post(address, filled_form())] if page.startswith("sign/") else []
    for response in answers:
        assert (response.status_code, response["Cache-Control"]) == (404, PRIVATE)
        assert "secret" not in response.content.decode()
    assert every_row() == before


@pytest.mark.parametrize(
    "slug",
    ["open%20letter", "open-letter'--", "%2e%2e", "лист", "%ed%a0%80", "%3Cb%3E", "open.letter", "%F0%9F"],
)
def test_slug_with_odd_characters_is_not_there(client: Client, slug: str) -> None:
    make_campaign()
    response = client.get(f"/campaigns/{slug}/")
    assert (response.status_code, response["Cache-Control"]) == (404, PRIVATE)
    assert "There is nothing here" in response.content.decode()


@pytest.mark.parametrize(
    "after",
    ["", "-1", "0", "1000000000", "999999999", "9" * 400, "a", "1.5", "²", "١", "1' or 1=1", "x" * 10_000],
)
def test_bad_place_in_the_list_shows_a_page(client: Client, after: str) -> None:
    make_listed(make_campaign())
    response = client.get(f"/campaigns/open-letter/signatories/?after={after}")
    assert response.status_code == 200
    assert "River Watch" in response.content.decode()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_unexpected_method_is_refused(client: Client, method: str) -> None:
    signature = make_signature(make_campaign())
    letter = "/campaigns/open-letter/"
    pages = ["/", letter, f"{letter}signatories/", f"{letter}sign/", f"{letter}sign/sent/", "/privacy/", "/privacy/1/"]
    before = every_row()
    for address in [*pages, own_page(signature), sent_page(signature)]:
        assert client.generic(method, address).status_code == 405
    assert every_row() == before


# Requests that no browser makes


def test_form_without_its_cookie_is_refused_on_a_page_of_ours() -> None:
    signature = make_signature(make_campaign(make_coordinator()))
    client = Client(enforce_csrf_checks=True)
    before = every_row()
    for address, data in [
        ("/campaigns/open-letter/sign/", filled_form()),
        (own_page(signature), {"confirm": ""}),
        (sent_page(signature), {"again": ""}),
    ]:
        response = client.post(address, data)
        assert response.status_code == 403
        assert "Your browser did not send back the form's own cookie." in response.content.decode().replace(
            "&#x27;", "'"
        )
    assert every_row() == before


@pytest.mark.parametrize(
    ("body", "content_type", "status", "words"),
    [
        pytest.param(b"comment=" + b"a" * 3_000_000, ENCODED, 413, "That is too much at once", id="3-MB"),
        pytest.param(
            b"&".join(b"a%d=1" % n for n in range(1001)), ENCODED, 413, "That is too much at once", id="1001-fields"
        ),
        pytest.param(
            b"junk", "multipart/form-data", 400, "We could not read this request", id="parts-without-boundary"
        ),
    ],
)
def test_unreadable_request_is_refused_on_a_page_of_ours(
    client: Client, body: bytes, content_type: str, status: int, words: str
) -> None:
    make_campaign()
    before = every_row()
    response = client.generic("POST", "/campaigns/open-letter/sign/", body, content_type)
    assert response.status_code == status
    assert words in response.content.decode()
    assert every_row() == before
