"""No header and no parameter brings a link, a redirect or a letter that leads off the site.

UNDERSIGNED_FULL=1 tries all 200 values of next; without it a seventh of them.
"""

import logging
import re
from itertools import product
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import lxml.html
import pytest
from django.core.cache import cache
from django.test import Client

from campaigns.models import people
from tests.builders import (
    filled_form,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_listed,
    make_translation,
    send_letters,
    translate,
)
from tests.lengths import how_many

pytestmark = pytest.mark.django_db

SITE, THERE = "http://localhost:8000", "localhost:8000"
LETTER = "/campaigns/open-letter/"

# Headers

NAMES = [
    *("Host", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Server", "Forwarded"),
    *("X-Original-URL", "X-Rewrite-URL", "X-Host", "X-Forwarded-Prefix"),
]
STRANGERS = [
    *(
        "bandit.example",
        "bandit.example:80",
        "BANDIT.example",
        "bandit.example.",
        ".bandit.example",
    ),
    *(
        "localhost.bandit.example",
        "localhost:8000.bandit.example",
        "bandit-localhost",
        "banditlocalhost",
    ),
    *(
        "localhost:8000@bandit.example",
        "bandit@localhost:8000",
        "bandit:x@localhost",
        "localhost:bandit",
    ),
    *(
        "bandit.example#localhost",
        "bandit.example/localhost",
        "bandit.example\\localhost",
        "bandit?localhost",
    ),
    *("localhost, bandit.example", "bandit.example, localhost:8000", "localhost bandit.example"),
    *(
        " bandit.example",
        "bandit.example\tlocalhost",
        "bandit.example\0",
        "localhost\0bandit",
        "bandit_x",
    ),
    *(
        "http://bandit.example",
        "//bandit.example",
        "https://bandit.example/campaigns/",
        "/bandit/",
        "bandit",
    ),
    *(
        "bándit.bandit",
        "bandit。example",
        "bandit%2eexample",
        "xn--bandit-9za.example",
        "bandit.EXAMPLE:443",
    ),
    *(
        "[::1]bandit",
        "[bandit]",
        "[::bandit]:8000",
        "[::1%25bandit]",
        "localhost:8000:bandit",
        "${bandit}",
    ),
    *(
        "for=1.2.3.4;host=bandit.example;proto=https",
        'host="bandit.example"',
        "bandit;host=localhost",
        "bandit'",
    ),
    *(
        'bandit"><script>',
        "bandit\r\nX-Odd: 1",
        "bandit://",
        "1.bandit",
        "bandit.example,",
        "{{bandit}}",
    ),
]


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Refusals are what is asked for here: their tracebacks would cost as much as all the rest."""
    caplog.set_level(logging.CRITICAL, "django")


@pytest.fixture
def pages(settings: Any) -> list[str]:
    """Behind a proxy that is trusted to say that it was asked by https."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    campaign = make_campaign(make_coordinator())
    translate(make_translation(campaign).campaign)
    make_listed(campaign)
    delivery = make_delivery(campaign)
    of_the_letter = [
        "",
        "sign/",
        "sign/sent/",
        "signatories/",
        "versions/",
        "share/",
        "embed/",
        "feed/",
        "signatories.json",
    ]
    told = [
        "/feed/",
        "/robots.txt",
        "/sitemap.xml",
        "/api/campaigns/",
        "/api/openapi.json",
        "/.well-known/security.txt",
    ]
    doors = ["/admin/", "/admin/login/", "/accounts/login/", "/accounts/password/reset/", "/report/", "/uk/"]
    others = [
        f"/deliveries/{delivery.fingerprint}/",
        "/organizations/river-watch/",
        "/privacy/",
        "/nothing/",
        LETTER[:-1],
    ]
    oembed = f"/oembed/?url={quote(SITE + LETTER)}"
    return ["/", *(f"{LETTER}{page}" for page in of_the_letter), *told, *doors, *others, oembed]


def test_no_header_tells_where_the_site_is(client: Client, pages: list[str], record_property: Any) -> None:
    cases = list(product(NAMES, STRANGERS))
    for place, (name, value) in enumerate(cases):
        address = pages[place % len(pages)]
        response = client.get(address, headers={"Host": THERE, name: value})
        told = response.getvalue() + repr(response.headers).encode()
        assert b"bandit" not in told.lower(), (address, name, value)
        assert (response.status_code == 400) == (name == "Host"), (address, name, value, response.status_code)
    record_property("table", f"{len(cases)} headers with a stranger's name: none in an answer, and 400 for each Host")


def test_another_port_of_the_host_is_in_no_link(client: Client, pages: list[str]) -> None:
    for address in pages:
        response = client.get(address, headers={"Host": "localhost:6666", "X-Forwarded-Port": "6666"})
        assert b"6666" not in response.getvalue() + repr(response.headers).encode(), address


def test_letters_lead_to_the_site_whoever_was_asked(client: Client, pages: list[str]) -> None:
    coordinator = make_coordinator("who-forgets")
    headers = {"Host": "localhost:6666", **{name: "bandit.example" for name in NAMES[1:]}}
    sent = [
        client.post(f"{LETTER}sign/", filled_form(), headers=headers),
        client.post("/accounts/password/reset/", {"email": coordinator.email}, headers=headers),
    ]
    assert [response.status_code for response in sent] == [302, 302]
    letters = [str(letter.message()) for letter in send_letters()]
    assert len(letters) >= 2
    assert not [letter for letter in letters if "bandit" in letter or "6666" in letter]


# Where to go on

HOSTS = ["bandit.example", "BANDIT.example:80", "bandit。example", "x@bandit.example", "[::1]"]
FORMS = [
    *("{}", "//{}", "///{}", "////{}/", "http://{}", "https://{}", "hTTps:{}", "http:///{}", "https:/{}", "ftp://{}"),
    *("/\\{}", "\\\\{}", "\\/{}", "http:\\\\{}", "/\t/{}", "\t//{}", " //{}", "/\n/{}", "\x00//{}", "\u2028//{}"),
    *("/uk//{}/", "/uk/\\{}", "/uk///{}", "/uk/\t/{}", "/uk/%2f{}", "/uk/%5c{}", "/ar//{}?x=1", "/en//{}", "//uk//{}"),
    *(f"//{THERE}@{{}}", f"http://{THERE}@{{}}", f"//{THERE}.{{}}", "/%2f/{}", "/..//{}", "/.//{}", "/admin/..//{}"),
    *("javascript:alert('{}')", "data:text/html,{}", "java\nscript://{}", "／／{}"),
]
# Where a page is asked for with it, and what is sent there besides by whoever is signed in.
SIGN_IN = {"login": "coordinator", "password": "a long enough password"}


def ways_on(client: Client, value: str) -> list[tuple[str, Any]]:
    """What the places that lead on answer to a `next`, looked at and sent to, signed out and in."""
    told = f"?next={quote(value.encode())}"
    cache.clear()
    client.logout()
    answers = [
        client.get(f"{path}{told}") for path in ("/admin/login/", "/accounts/login/", "/admin/", "/uk/accounts/login/")
    ]
    answers.append(client.post(f"/accounts/login/{told}", {**SIGN_IN, "next": value}))
    inside = ["/admin/login/", "/accounts/login/", "/accounts/reauthenticate/", "/accounts/", "/accounts/code/"]
    answers += [client.get(f"{path}{told}") for path in inside]
    answers.append(client.post(f"/accounts/reauthenticate/{told}", {"password": SIGN_IN["password"], "next": value}))
    answers.append(client.post(f"/accounts/language/{told}", {"language": "en", "next": value}))
    answers.append(client.post(f"/accounts/logout/{told}", {"next": value}))
    return [(response.request["PATH_INFO"], response) for response in answers]


def links_of(response: Any) -> list[str]:
    """All that a browser may follow from there."""
    found = [response.headers["Location"]] if "Location" in response.headers else []
    if response.content and response.headers["Content-Type"].startswith("text/html"):
        page = lxml.html.fromstring(response.content)
        found += page.xpath("//@href | //@src | //@action | //@formaction | //meta[@http-equiv]/@content")
    return found


def is_off_site(path: str, link: str) -> bool:
    """As a browser understands the link, on the page of that path."""
    bare = re.sub(r"[\t\r\n]", "", link.strip("".join(map(chr, range(33))))).replace("\\", "/")
    leads = urlsplit(urljoin(SITE + path, bare))
    return f"{leads.scheme}://{leads.netloc}" != SITE and leads.scheme != "mailto"


def test_no_next_leads_off_the_site(client: Client, record_property: Any) -> None:
    people.choose_language(make_coordinator(), "en")
    values = [form.format(host) for form, host in product(FORMS, HOSTS)][:: how_many(7, 1)]
    for value in values:
        for path, response in ways_on(client, value):
            assert response.status_code < 500
            assert [link for link in links_of(response) if is_off_site(path, link)] == [], (path, value)
    record_property("table", f"{len(values)} values of next at 13 places: none leads off the site")


@pytest.mark.parametrize("odd", FORMS)
def test_no_path_makes_a_link_off_the_site(client: Client, odd: str) -> None:
    """As of a page that is not there, which still offers itself in other languages."""
    path = quote(odd.format("bandit.example").encode())
    response = client.generic("GET", path if path.startswith("/") else f"/{path}")
    assert [link for link in links_of(response) if is_off_site("/", link)] == []
