"""What every answer tells the browser, and which cookies it is given."""

from typing import Any

import pytest
from django.test import Client

from tests.builders import (
    invited_page,
    make_campaign,
    make_coordinator,
    make_invitation,
    make_listed,
    own_page,
    sign_in,
)
from tests.public_pages import load_pages

pytestmark = pytest.mark.django_db

LETTER = "/campaigns/open-letter/"
FOR_OTHER_SITES = [
    *(f"{LETTER}{name}" for name in ("card.png", "embed/", "qr.svg", "qr.png", "feed/", "signatories/feed/")),
    *(f"{LETTER}signatories.{ending}" for ending in ("csv", "xlsx", "json", "txt")),
    *("/feed/", "/api/campaigns/", "/api/openapi.json", f"/oembed/?url=http://localhost:8000{LETTER}"),
]


@pytest.mark.parametrize(
    "address", ["/", "/accounts/login/", "/admin/", "/nowhere/", "/static/campaigns/page.css", "/?q=%00"]
)
def test_headers_hold_the_browser_to_this_site(client: Client, address: str) -> None:
    headers = client.get(address).headers
    assert set(headers["Content-Security-Policy"].split("; ")) == {
        *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"),
        *("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"),
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_only_what_is_meant_for_other_sites_may_be_loaded_there(client: Client) -> None:
    campaign = make_campaign(allows_persons=True)
    signature, invitation = make_listed(campaign), make_invitation(campaign)
    desk = Client()
    sign_in(desk, make_coordinator())
    for address in FOR_OTHER_SITES:
        answer = client.get(address)
        assert list(answer), "read to its end, so that it is closed"
        assert (answer.status_code, answer["Cross-Origin-Resource-Policy"]) == (200, "cross-origin"), address
    script = client.get("/static/campaigns/embed.js")
    assert (list(script), script["Cross-Origin-Resource-Policy"])[1] == "cross-origin"
    pages = ["/", LETTER, f"{LETTER}sign/", own_page(signature), invited_page(invitation), "/report/", "/nowhere/"]
    for address in [*pages, "/admin/", "/admin/campaigns/signature/"]:
        assert desk.get(address)["Cross-Origin-Resource-Policy"] == "same-origin", address


def test_only_a_form_sets_a_cookie_and_only_its_own(client: Client) -> None:
    for name, address in load_pages(make_coordinator()).items():
        answer = client.get(address)
        has_form = b"csrfmiddlewaretoken" in answer.content
        assert set(answer.cookies) == ({"csrftoken"} if has_form else set()), name


def test_cookies_of_the_desk_go_with_no_form_of_another_site(client: Client) -> None:
    make_coordinator()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "coordinator", "password": "a long enough password"})
    assert set(client.cookies) == {"csrftoken", "sessionid"}
    for cookie in client.cookies.values():
        assert (cookie["samesite"], cookie["httponly"], cookie["path"], cookie["domain"]) == ("Lax", True, "/", "")


def test_https_is_told_to_last(client: Client, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    answer = client.get("/", secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
