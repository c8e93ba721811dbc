"""A campaign's page opens with how it stands: the numbers are right, and drawing and table say the same."""

import datetime
import re
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns import charts
from campaigns.admin.glances import lasting
from campaigns.emails import LETTERS
from campaigns.management.commands.send_mail import in_words
from campaigns.models import Campaign, OutgoingMail, Signature
from campaigns.models.glance import Glance
from campaigns.models.outbox import KINDS
from tests.builders import (
    by_hand,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_draft,
    make_listed,
    make_pending,
    make_signature,
    sign_in,
)

SVG = "{http://www.w3.org/2000/svg}"
NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
FIRST = datetime.date(2026, 1, 1)


@pytest.fixture
def coordinator(db: None) -> User:
    return make_coordinator()


def drawn(markup: str) -> ElementTree.Element:
    """The drawing in the chart's markup. Raises ParseError where it is no XML."""
    (svg,) = re.findall(r"<svg.*?</svg>", markup, re.DOTALL)
    return ElementTree.fromstring(svg)


def told(markup: str) -> list[tuple[str, int]]:
    """What the bars of the drawing say when they are pointed at."""
    titles = [(rect.findtext(f"{SVG}title") or "").rpartition(": ") for rect in drawn(markup).iter(f"{SVG}rect")]
    return [(label, int(value.replace(",", ""))) for label, _colon, value in titles]


def tabled(markup: str) -> list[tuple[str, int]]:
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(\d+)</td></tr>', markup)
    return [(label, int(value)) for label, value in rows]


def make_signed_campaign(by: User) -> Campaign:
    """A campaign with eight requests, of every way and every end, that waited up to four hours for a decision."""
    with time_machine.travel(NOON, tick=False) as clock:
        campaign = make_campaign(by)
        for hours, country in enumerate(["UA", "UA", "PL", ""], start=1):
            signature = make_pending(campaign, f"Watch {hours}", email=f"office@{hours}.example.org", country=country)
            clock.shift(hours * HOUR)
            signature.accept(by=by)
        make_pending(campaign, "Hill Watch").decline(by=by, reason="Signed already.")
        make_signature(campaign, "Lake Watch")
        clock.shift(2 * DAY)
        make_pending(campaign, "Sea Watch")
        signatory = {"name": "Fen Watch", "name_as_signed": "Fen Watch", "language": "en", "country": "PL"}
        Signature.objects.add(campaign, by, {**signatory, "source": "telephone", "confirmed_at": NOON - 300 * DAY})
    return campaign


def test_numbers_of_a_campaign(coordinator: User) -> None:
    campaign, other = make_signed_campaign(coordinator), make_campaign(slug="hills")
    make_listed(other, "Moor Watch", country="DE")
    with time_machine.travel(NOON + 4 * DAY, tick=False):
        glance = Glance.of(campaign)
    assert glance.listed == 5
    assert glance.states == [("unconfirmed", 1), ("waiting for you", 1), ("listed", 5), ("not accepted", 1)]
    assert glance.sources == [("form", 4), ("telephone", 1)]
    assert glance.countries == [("Poland", 2), ("Ukraine", 2), ("not said", 1)]
    assert glance.days == [(NOON.date(), 4), (datetime.date(2026, 3, 3), 1)]
    waits = glance.reviews
    assert (waits.decided, waits.median, waits.slow) == (5, 2 * HOUR, 4 * HOUR)
    assert (waits.waiting, waits.longest_waiting) == (1, 2 * DAY - 10 * HOUR)


def test_what_nobody_decided_counts_as_no_review(coordinator: User) -> None:
    campaign = make_campaign(reviews=False)
    make_pending(campaign)
    waits = Glance.of(campaign).reviews
    assert (waits.decided, waits.median, waits.slow, waits.longest_waiting) == (0, None, None, None)


@pytest.mark.parametrize("count", [1, 2, 3, 9, 10, 11, 20])
def test_half_and_nine_of_ten_are_counted_as_by_hand(coordinator: User, count: int) -> None:
    campaign = make_campaign()
    waits = [place * place * HOUR for place in range(count)]
    Signature.objects.bulk_create(
        Signature(
            campaign=campaign,
            text_version=campaign.in_force,
            name=f"Watch {place}",
            language="en",
            state="declined",
            confirmed_at=NOON,
            decided_at=NOON + wait,
            decided_by=coordinator,
        )
        for place, wait in enumerate(reversed(waits))
    )
    reviews = Glance.of(campaign).reviews
    at_most = [wait for wait in waits if sum(other <= wait for other in waits) >= 0.9 * count]
    assert (reviews.median, reviews.slow) == (waits[(count - 1) // 2], min(at_most))


def test_many_countries_end_in_others(coordinator: User) -> None:
    campaign = make_campaign()
    codes = ["UA", "PL", "DE", "FR", "GB", "GE", "AM", "KZ", "KG", "LT", "LV", "EE", "NL", "BE"]
    for place, code in enumerate(codes):
        for number in range(2 if place < 11 else 1):
            make_listed(campaign, f"Watch {code} {number}", email=f"{number}@{code}.example.org", country=code)
    countries = Glance.of(campaign).countries
    assert len(countries) == 12
    assert countries[-1] == ("3 others", 3)
    assert sum(count for _name, count in countries) == 25


def test_it_costs_as_many_queries_for_many_as_for_few(coordinator: User, django_assert_num_queries: Any) -> None:
    campaign = make_signed_campaign(coordinator)
    with django_assert_num_queries(7):
        Glance.of(campaign)
    for number in range(30):
        make_listed(campaign, f"River {number}", email=f"{number}@river.example.org")
    with django_assert_num_queries(7):
        Glance.of(campaign)


def test_letters_that_wait_or_were_given_up_are_told_with_the_reason(coordinator: User) -> None:
    campaign, other = make_campaign(coordinator), make_campaign(slug="hills")
    make_signature(campaign)
    make_signature(other, "Hill Watch")
    given_up, *_others = OutgoingMail.objects.filter(kind="confirm_signature").order_by("created_at")
    OutgoingMail.objects.filter(pk=given_up.pk).update(attempts=24)
    given_up.put_off("SMTPRecipientsRefused 550")
    put_off = make_signature(campaign, "Lake Watch")
    OutgoingMail.objects.get(reference=put_off.pk).put_off("TimeoutError")
    untrue = make_signature(campaign, "Sea Watch")
    OutgoingMail.objects.get(reference=untrue.pk).drop("the contact person was erased")
    OutgoingMail.objects.queue("invited_to_desk", coordinator, recipient=coordinator)
    glance = Glance.of(campaign)
    assert (glance.letters_waiting, glance.letters_given_up) == (1, 1)
    assert [(each.label, each.count, each.is_given_up, each.why) for each in glance.letters] == [
        ("to confirm an address", 1, True, "the mail server refused the recipient (SMTPRecipientsRefused 550)"),
        ("to confirm an address", 1, False, "the mail server did not answer in time (TimeoutError)"),
    ]


def test_letter_to_the_addressee_is_the_campaigns(coordinator: User) -> None:
    campaign = make_campaign(coordinator)
    make_listed(campaign)
    OutgoingMail.objects.all().delete()
    make_delivery(campaign, by_hand(channel="mail", address="president@example.org"))
    assert {each.label for each in Glance.of(campaign).letters} == {
        "the letter to the addressee",
        "that the statement was delivered",
    }


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SMTPDataError(451, b"try again, said x@river.example.org"), "SMTPDataError 451"),
        (
            SMTPRecipientsRefused({"x@river.example.org": (550, b"no x@river.example.org")}),
            "SMTPRecipientsRefused 550",
        ),
        (TimeoutError("x@river.example.org"), "TimeoutError"),
    ],
)
def test_error_is_kept_without_the_recipient(error: Exception, words: str) -> None:
    assert in_words(error) == words


def test_no_address_is_kept_of_an_error_whoever_words_it(coordinator: User) -> None:
    make_signature(make_campaign())
    letter = OutgoingMail.objects.get()
    letter.put_off("550 <secretary@river.example.org>: no such user")
    letter.refresh_from_db()
    assert letter.last_error == "550 … no such user"


def test_every_kind_of_letter_about_a_campaign_has_words() -> None:
    assert set(LETTERS) <= set(KINDS), "Give the letter words in models/outbox.py."


def test_page_opens_with_charts_and_the_same_numbers_in_tables(client: Client, coordinator: User) -> None:
    campaign = make_signed_campaign(coordinator)
    sign_in(client, coordinator)
    page = client.get(reverse("admin:campaigns_campaign_change", args=[campaign.pk])).content.decode()
    figures = re.findall(r'<figure class="chart">.*?</figure>', page, re.DOTALL)
    assert len(figures) == 4
    for figure in figures:
        svg = drawn(figure)
        assert (svg.get("aria-hidden"), svg.find(f"{SVG}title")) == ("true", None), "caption and table say it all"
        assert figure.count("<figcaption>") == 1
        assert not [each for each in svg.iter() if {"style", "onclick", "href"} & set(each.keys())]
        assert told(figure) == tabled(figure) != []
    assert page.index('class="glance"') < page.index("Open for signature.") < page.index('name="title"')


def test_page_of_a_campaign_that_nobody_has_signed_shows_no_charts(client: Client, coordinator: User) -> None:
    sign_in(client, coordinator)
    for campaign in (make_draft("drafted"), make_campaign()):
        page = client.get(reverse("admin:campaigns_campaign_change", args=[campaign.pk]))
        assert (page.status_code, 'class="glance"' in page.content.decode()) == (200, False)
    assert client.get(reverse("admin:campaigns_campaign_add")).status_code == 200


def test_days_without_a_signature_are_shown() -> None:
    chart = charts.columns("Listed", [(FIRST, 3), (FIRST + 2 * DAY, 1)], FIRST + 4 * DAY)
    assert [value for _day, value in told(chart)] == [3, 0, 1, 0, 0]
    assert told(chart)[0] == ("1 Jan 2026", 3)
    assert tabled(chart) == told(chart)


@pytest.mark.parametrize(
    ("days", "heading", "columns"),
    [(1, "Day", 1), (60, "Day", 60), (61, "Week from", 10), (400, "Week from", 58), (800, "Month", 27)],
)
def test_longer_times_are_told_in_longer_steps(days: int, heading: str, columns: int) -> None:
    numbers = [(FIRST + place * DAY, place) for place in range(days)]
    chart = charts.columns("Listed", numbers, FIRST)
    assert f">{heading}</th>" in chart
    assert len(told(chart)) == columns
    assert sum(value for _step, value in told(chart)) == sum(range(days))


def test_decades_are_told_in_years() -> None:
    chart = charts.columns("Listed", [(datetime.date(1999, 12, 31), 1), (datetime.date(2026, 1, 1), 2)], FIRST)
    assert (told(chart)[0], told(chart)[-1], len(told(chart))) == (("1999", 1), ("2026", 2), 28)


@pytest.mark.parametrize("numbers", [[], [0], [1], [3], [7, 0, 12], [99_999, 1]])
def test_bars_stay_within_the_drawing(numbers: list[int]) -> None:
    days = [(FIRST + place * DAY, number) for place, number in enumerate(numbers)]
    rows = [(f"<b>& {place}", number) for place, number in enumerate(numbers)]
    for chart in (charts.columns("Days & “ways”", days, FIRST), charts.bars("Ways", "Way", rows)):
        svg = drawn(chart)
        _left, _top, width, height = map(float, str(svg.get("viewBox")).split())
        for bar in svg.iter(f"{SVG}rect"):
            x, y, wide, high = (float(bar.get(name) or "nan") for name in ("x", "y", "width", "height"))
            assert x >= 0 <= y
            assert x + wide <= width
            assert y + high <= height + 0.1


@pytest.mark.parametrize(
    ("most", "top"), [(0, 1), (1, 1), (2, 2), (3, 5), (6, 10), (10, 10), (11, 20), (218, 500), (999, 1000)]
)
def test_scale_ends_in_a_round_number(most: int, top: int) -> None:
    assert charts.nice(most) == top


@pytest.mark.parametrize(
    ("span", "words"),
    [(None, "—"), (0 * HOUR, "1 minute"), (26 * HOUR, "1 day"), (5 * HOUR, "5 hours"), (90 * DAY, "3 months")],
)
def test_spans_are_told_in_their_largest_unit(span: datetime.timedelta | None, words: str) -> None:
    with time_machine.travel(NOON, tick=False):
        assert lasting(span).replace("\xa0", " ") == words


@pytest.mark.django_db
def test_signature_of_late_evening_counts_on_its_day_in_the_sites_time_zone() -> None:
    with time_machine.travel("2026-03-01T22:30:00Z", tick=False), timezone.override("Europe/Kyiv"):
        campaign = make_campaign()
        make_listed(campaign)
        assert Glance.of(campaign).days == [(datetime.date(2026, 3, 2), 1)]
