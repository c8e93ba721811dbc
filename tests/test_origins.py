"""Forms that another site's page sends do nothing; an onion service's own, and those of old browsers, do."""

import html
import re
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from campaigns import tokens
from campaigns.models import Invitation, Signature, Suppression
from tests.builders import every_row, filled_form, make_campaign, make_invitation, make_signature, own_page

pytestmark = pytest.mark.django_db

SIGN = "/campaigns/open-letter/sign/"
HERE = "http://testserver"
ONION = f"{'abcdefgh234567' * 4}.onion"
TOLD = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    {"Origin": "https://evil.example.org"},
    {"Origin": "https://testserver"},
    {"Origin": "http://testserver.evil.example.org"},
    {"Origin": "null"},
    {"Origin": ""},
]


@pytest.mark.parametrize("headers", TOLD)
@pytest.mark.parametrize("address", ["form", "own page", "desk"])
def test_form_of_another_site_does_nothing_and_says_so(client: Client, headers: dict[str, str], address: str) -> None:
    signature = make_signature(make_campaign())
    path, form = {
        "form": (SIGN, filled_form()),
        "own page": (own_page(signature), {"confirm": ""}),
        "desk": ("/accounts/login/", {"login": "coordinator", "password": "x"}),
    }[address]
    before = every_row()
    answer = client.post(path, form, headers=headers)
    assert answer.status_code == 403
    assert "It was sent by a page that is not ours, so nothing was saved." in answer.content.decode()
    assert every_row() == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": HERE},
        {"Sec-Fetch-Site": "none"},
        {"Origin": HERE},
        {"Referer": f"{HERE}{SIGN}"},
    ],
)
def test_form_of_this_site_is_taken(client: Client, headers: dict[str, str]) -> None:
    make_campaign()
    assert client.post(SIGN, filled_form(), headers=headers).status_code == 302


@pytest.mark.parametrize("headers", TOLD)
def test_whoever_leads_here_can_read(client: Client, headers: dict[str, str]) -> None:
    make_campaign()
    assert client.get(SIGN, headers=headers).status_code == 200


@pytest.mark.parametrize("headers", [{}, *TOLD])
def test_mail_program_stops_invitations_from_anywhere(headers: dict[str, str]) -> None:
    make_invitation(make_campaign())
    path = f"/invitations/stop/{tokens.make_stop(Invitation.objects.get())}/at-once/"
    answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}, headers=headers)
    assert answer.status_code == 204
    assert Suppression.objects.count() == 1


# An onion service


@pytest.fixture
def onion(settings: Any) -> str:
    """The address of a site that is an onion service."""
    settings.SITE_URL = f"http://{ONION}"
    settings.ALLOWED_HOSTS = [ONION]
    settings.CSRF_TRUSTED_ORIGINS = [settings.SITE_URL]
    return str(settings.SITE_URL)


@pytest.mark.parametrize("tells_origin", [True, False])
@pytest.mark.parametrize("tells_referer", [True, False])
def test_group_signs_at_an_onion_service_with_the_forms_own_cookie_alone(
    onion: str, tells_origin: bool, tells_referer: bool
) -> None:
    make_campaign()
    browser = Client(enforce_csrf_checks=True, SERVER_NAME=ONION)

    def send(path: str, form: dict[str, Any]) -> Any:
        """As the page sends it that stands at this address."""
        page = browser.get(path).content.decode()
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        origin = {"Origin": onion} if tells_origin else {}
        referer = {"Referer": f"{onion}{path}"} if tells_referer else {}
        return browser.post(path, {**hidden, **form}, headers={**origin, **referer})

    sent = send(SIGN, filled_form())
    assert sent.status_code == 302
    assert browser.get(sent["Location"]).status_code == 200
    call_command("send_mail", "--once", verbosity=0)
    (link,) = set(re.findall(rf"{onion}(/signatures/\S+)", str(mail.outbox[0].body)))
    assert send(html.unescape(link), {"confirm": ""}).status_code == 302
    assert Signature.objects.get().state == Signature.State.PENDING
    assert set(browser.cookies) == {"csrftoken"}


def test_form_without_the_forms_own_cookie_is_refused_in_words(onion: str) -> None:
    make_campaign()
    answer = Client(enforce_csrf_checks=True, SERVER_NAME=ONION).post(SIGN, filled_form(), headers={"Origin": onion})
    assert answer.status_code == 403
    assert "Your browser did not send back the form" in answer.content.decode()
    assert not Signature.objects.exists()
