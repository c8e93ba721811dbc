"""A group signs: from the form to the public list."""

import html
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import collation, tokens
from campaigns.models import Contact, Event, OutgoingMail, Signature
from tests.builders import filled_form, make_campaign, make_coordinator, make_listed, make_signature, opened

pytestmark = pytest.mark.django_db

SIGN = "/campaigns/open-letter/sign/"


def test_signature_travels_from_form_to_list(client: Client) -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)

    response = client.post(f"/campaigns/{campaign.slug}/sign/", filled_form())
    assert response.status_code == 302
    assert response["Location"].startswith(f"/campaigns/{campaign.slug}/sign/sent/?token=")
    signature = Signature.objects.get()
    assert signature.state == Signature.State.UNCONFIRMED

    own_page = f"/signatures/{tokens.make(signature, tokens.OWN_PAGE)}/"
    assert client.post(own_page, {"confirm": ""}).status_code == 302
    signature.refresh_from_db()
    assert signature.state == Signature.State.PENDING

    signature.accept(by=coordinator)
    page = client.get(f"/campaigns/{campaign.slug}/")
    assert "River Watch" in page.content.decode()
    assert page.context["tally"].organizations == 1

    assert client.post(own_page, {"withdraw": ""}).status_code == 302
    page = client.get(f"/campaigns/{campaign.slug}/")
    assert "River Watch" not in page.content.decode()
    assert page.context["tally"].organizations == 0

    verbs = Event.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["published", "submitted", "confirmed", "accepted", "withdrawn"]
    kinds = OutgoingMail.objects.order_by("created_at").values_list("kind", flat=True)
    assert list(kinds) == ["confirm_signature", "signature_awaits", "signature_listed"]


def test_words_that_turn_the_direction_are_refused_beside_their_field(client: Client) -> None:
    make_campaign()
    answer = client.post(SIGN, filled_form(comment="typo \u202emended\u2067"))
    assert answer.status_code == 422
    assert "Take out the invisible control characters" in answer.content.decode()
    assert not Signature.objects.exists()


@pytest.mark.parametrize(("prefix", "first"), [("/uk", "Австралія"), ("/ar", "الأرجنتين")])
def test_countries_stand_in_the_readers_order(client: Client, prefix: str, first: str) -> None:
    make_campaign()
    page = client.get(f"{prefix}/campaigns/open-letter/sign/").content.decode()
    offered = re.findall(r'<option value="[A-Z]{2}">(.*?)</option>', page)
    assert len(offered) > 200
    assert offered == sorted(offered, key=lambda name: collation.key(html.unescape(name), prefix[1:]))
    assert offered.index(first) < 30


def test_form_that_is_sent_again_is_one_signature_and_one_with_other_words_another(client: Client) -> None:
    make_campaign()
    form = filled_form()
    first, again = (client.post(SIGN, form) for _time in range(2))
    assert (first.status_code, again.status_code) == (302, 302)
    assert Signature.objects.count() == Contact.objects.count() == OutgoingMail.objects.count() == 1
    client.post(SIGN, {**form, "organization_name": "Lake Watch"})
    client.post(SIGN, {**form, "opened": opened(seconds_ago=40)})
    assert sorted(Signature.objects.values_list("name", flat=True)) == ["Lake Watch", "River Watch", "River Watch"]


@pytest.mark.usefixtures("theme_in_memory")
def test_answer_to_an_address_that_has_signed_is_as_to_any_other(client: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign, email="secretary@one.example.org")
    make_signature(campaign, "Lake Watch", email="secretary@two.example.org")
    client.post(SIGN, filled_form(email="first@river.example.org"))  # the day's first makes the key of its counts
    with time_machine.travel(timezone.now(), tick=False):
        heard = [hear(client, f"secretary@{which}.example.org") for which in ("six", "one", "two")]
    assert heard[1] == heard[0]
    assert heard[2] == heard[0]


def hear(client: Client, address: str) -> list[Any]:
    """All that can be told from outside and within when a form with the address is sent: status, headers, body and
    statements, without tokens and what the form itself has said."""
    with CaptureQueriesContext(connection) as asked:
        sent = client.post(SIGN, filled_form(email=address))
        page = client.get(sent["Location"])
    told = [str((answer.status_code, sorted(answer.items()), answer.content.decode())) for answer in (sent, page)]
    domain = address.partition("@")[2]
    masked = [re.sub(r"(token=|value=\\?\")[^\"'&]+", r"\1…", words.replace(domain, "…")) for words in told]
    return [*masked, *(re.sub(r"'(?:[^']|'')*'(::\w+)?|\b\d+\b|s\d+_x\d+", "?", query["sql"]) for query in asked)]
