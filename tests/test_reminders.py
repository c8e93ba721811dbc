"""Reminders go to the silent only, at the times that were set, at most one a day, and to nobody twice."""

import datetime
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from campaigns.models import Campaign, Event, Invitation, OutgoingMail, Reminder, Suppression
from tests.builders import make_campaign, make_coordinator, make_draft, make_invitation, send_letters
from tests.test_races import PATIENCE, all_at_once

A_DAY = datetime.timedelta(days=1)
HALF_AN_HOUR = datetime.timedelta(minutes=30)
TEN, HALF_PAST_THREE, HALF_PAST_TWO = datetime.time(10), datetime.time(3, 30), datetime.time(2, 30)
GROUPS = ["silent", "signs", "declines", "stops", "taken"]


@contextmanager
def at(moment: datetime.datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


def week_before(sunday: datetime.date, zone: str, leapt_over: datetime.time) -> tuple[Campaign, datetime.datetime]:
    """A campaign that invited five groups on Monday at nine, with a reminder at ten on each day after it, on Sunday at
    a time that the clocks leap over. The deadline is the Monday after at half past nine."""
    monday = datetime.datetime.combine(sunday - 6 * A_DAY, datetime.time(9), tzinfo=ZoneInfo(zone))
    with at(monday):
        campaign = make_campaign(time_zone=zone)
        for name in GROUPS:
            make_invitation(campaign, f"{name}@group.example.org", organization=name)
        campaign.ask_by(monday + 7 * A_DAY + HALF_AN_HOUR, by=None)
        days = [sunday - number * A_DAY for number in range(1, 6)]
        Reminder.objects.plan(campaign, [*((day, TEN) for day in days), (sunday, leapt_over)], by=None)
        send_letters()
    return campaign, monday


def say_something(campaign: Campaign, now: datetime.datetime) -> None:
    """Each at noon: on Tuesday one signs, on Wednesday one declines, on Thursday one asks for no more letters, on
    Friday one is taken back."""
    groups = {invitation.name: invitation for invitation in campaign.invitations.all()}
    if now.hour != 12 or now.minute:
        return
    if now.isoweekday() == 2 and not groups["signs"].has_signed:
        signatory = {"name": "Group", "name_as_signed": "Group", "language": "en"}
        groups["signs"].sign(signatory, {"name": "", "role": "", "email": "signs@group.example.org"})
    elif now.isoweekday() == 3:
        groups["declines"].decline()
    elif now.isoweekday() == 4:
        Suppression.objects.stop(groups["stops"].email_index, campaign)
    elif now.isoweekday() == 5:
        groups["taken"].take_back(by=None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "sunday", "leapt_over"),
    [
        ("Europe/Kyiv", datetime.date(2026, 3, 29), HALF_PAST_THREE),
        ("America/New_York", datetime.date(2026, 3, 8), HALF_PAST_TWO),
    ],
)
def test_week_of_reminders_over_the_change_to_summer_time(
    zone: str, sunday: datetime.date, leapt_over: datetime.time
) -> None:
    campaign, monday = week_before(sunday, zone, leapt_over)
    sent: dict[str, list[str]] = {}
    now = monday.astimezone(datetime.UTC)
    while now < monday + 8 * A_DAY:
        with at(now):
            call_command("run_schedule", once=True, verbosity=0)
            call_command("run_schedule", once=True, verbosity=0)
            local = now.astimezone(campaign.zone)
            if letters := [each for each in send_letters() if "not heard" in each.subject]:
                sent[f"{local:%a %H:%M}"] = sorted(letter.to[0].partition("@")[0] for letter in letters)
            say_something(campaign, local)
        now += HALF_AN_HOUR
    leapt_to = f"{leapt_over.hour + 1:02}:30"
    assert sent == {
        "Tue 10:00": ["declines", "signs", "silent", "stops", "taken"],
        "Wed 10:00": ["declines", "silent", "stops", "taken"],
        "Thu 10:00": ["silent", "stops", "taken"],
        "Fri 10:00": ["silent", "taken"],
        "Sat 10:00": ["silent"],
        f"Sun {leapt_to}": ["silent"],
    }
    assert [reminder.count for reminder in campaign.reminders.all()] == [5, 4, 3, 2, 1, 1]
    assert campaign.invitations.get(name="silent").reminders == 6


@pytest.mark.django_db
def test_time_that_clocks_show_twice_is_its_first() -> None:
    campaign = make_campaign(time_zone="Europe/Kyiv")
    reminder = Reminder(campaign=campaign, day=datetime.date(2026, 10, 25), at=HALF_PAST_THREE)
    assert reminder.due_at == datetime.datetime(2026, 10, 25, 0, 30, tzinfo=datetime.UTC)


@pytest.mark.django_db
def test_reminder_missed_on_its_day_is_not_sent_on_the_next() -> None:
    campaign, monday = week_before(datetime.date(2026, 3, 29), "Europe/Kyiv", HALF_PAST_THREE)
    tuesday = monday + A_DAY
    with at(tuesday.replace(hour=23, minute=59)):
        call_command("run_schedule", once=True, verbosity=0)
    assert campaign.reminders.get(day=tuesday.date()).count == 5
    with at(tuesday + 2 * A_DAY - HALF_AN_HOUR):
        call_command("run_schedule", once=True, verbosity=0)
    assert campaign.reminders.get(day=tuesday.date() + A_DAY).sent_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["close", "deadline"])
def test_no_reminder_after_the_close_or_the_deadline(end: str) -> None:
    campaign, monday = week_before(datetime.date(2026, 3, 29), "Europe/Kyiv", HALF_PAST_THREE)
    with at(monday + HALF_AN_HOUR):
        if end == "close":
            campaign.close_at(monday + A_DAY, by=None)
        else:
            campaign.ask_by(monday + A_DAY, by=None)
    with at(monday + A_DAY + 2 * HALF_AN_HOUR):
        assert Reminder.objects.due() == []
        assert not any(reminder.send() for reminder in campaign.reminders.all())
    assert not OutgoingMail.objects.filter(kind="invitation_reminder").exists()


@pytest.mark.django_db
def test_letter_that_waits_past_the_deadline_is_not_sent() -> None:
    _campaign, monday = week_before(datetime.date(2026, 3, 29), "Europe/Kyiv", HALF_PAST_THREE)
    with at(monday + A_DAY + 2 * HALF_AN_HOUR):
        call_command("run_schedule", once=True, verbosity=0)
    with at(monday + 8 * A_DAY):
        assert send_letters() == []


@pytest.mark.django_db
def test_group_that_was_invited_today_is_not_reminded_today() -> None:
    campaign = make_campaign()
    make_invitation(campaign)
    reminder = Reminder.objects.remind_now(campaign, by=None)
    assert (reminder.count, Invitation.objects.get().reminders) == (0, 0)


@pytest.mark.django_db
def test_reminding_now_is_the_reminder_of_the_day() -> None:
    campaign, monday = week_before(datetime.date(2026, 3, 29), "Europe/Kyiv", HALF_PAST_THREE)
    with at(monday + A_DAY):  # an hour before the one that was set
        reminder = Reminder.objects.remind_now(campaign, by=None)
        assert (reminder.count, campaign.reminders.filter(day=reminder.day).count()) == (5, 1)
        with pytest.raises(ValidationError, match="reminded today already"):
            Reminder.objects.remind_now(campaign, by=None)
    with at(monday + A_DAY + 4 * HALF_AN_HOUR):
        call_command("run_schedule", once=True, verbosity=0)
    assert set(Invitation.objects.values_list("reminders", flat=True)) == {1}


@pytest.mark.django_db
def test_mail_that_stood_still_for_two_days_sends_each_group_one_letter() -> None:
    campaign = make_campaign()
    make_invitation(campaign)
    now = timezone.now()
    for days in (1, 2):
        with at(now + days * A_DAY):
            assert Reminder.objects.remind_now(campaign, by=None).count == 1
    with at(now + 2 * A_DAY):
        assert [letter.subject for letter in send_letters()] == ["Will you sign? An open letter"]


@pytest.mark.django_db
def test_reminder_that_waits_in_the_outbox_past_its_day_is_not_sent() -> None:
    _campaign, monday = week_before(datetime.date(2026, 3, 29), "Europe/Kyiv", HALF_PAST_THREE)
    with at(monday + A_DAY + 2 * HALF_AN_HOUR):
        call_command("run_schedule", once=True, verbosity=0)
    with at(monday + 2 * A_DAY):
        assert send_letters() == []


@pytest.mark.django_db
def test_reminder_that_the_clocks_move_to_the_next_day_is_sent_then() -> None:
    zone, before_midnight = ZoneInfo("America/Nuuk"), datetime.time(23, 30)
    with at(datetime.datetime(2026, 3, 27, 9, tzinfo=zone)):
        campaign = make_campaign(time_zone="America/Nuuk")
        make_invitation(campaign)
        days = [datetime.date(2026, 3, 28), datetime.date(2026, 3, 29)]
        Reminder.objects.plan(campaign, [(days[0], before_midnight), (days[1], TEN)], by=None)
        send_letters()
    for moment in (datetime.time(0, 31), datetime.time(10, 1)):
        with at(datetime.datetime.combine(days[1], moment, tzinfo=zone)):
            call_command("run_schedule", once=True, verbosity=0)
            send_letters()
    assert [reminder.count for reminder in campaign.reminders.all()] == [1, 0]


@pytest.mark.django_db
def test_reminder_of_the_last_minute_has_some_minutes_after_midnight() -> None:
    zone = ZoneInfo("Europe/Kyiv")
    with at(datetime.datetime(2026, 3, 23, 9, tzinfo=zone)):
        campaign = make_campaign(time_zone="Europe/Kyiv")
        make_invitation(campaign)
        Reminder.objects.plan(campaign, [(datetime.date(2026, 3, 24), datetime.time(23, 59))], by=None)
        send_letters()
    with at(datetime.datetime(2026, 3, 25, 0, 16, tzinfo=zone)):
        assert Reminder.objects.due() == []
    with at(datetime.datetime(2026, 3, 25, 0, 2, tzinfo=zone)):
        call_command("run_schedule", once=True, verbosity=0)
        assert len(send_letters()) == 1
    assert Invitation.objects.get().written_on == datetime.date(2026, 3, 24)


@pytest.mark.django_db
def test_reminder_that_fell_due_is_sent_though_the_others_are_set_anew() -> None:
    campaign, monday = week_before(datetime.date(2026, 3, 29), "Europe/Kyiv", HALF_PAST_THREE)
    tuesday, friday = monday.date() + A_DAY, monday.date() + 4 * A_DAY
    with at(monday + A_DAY + 2 * HALF_AN_HOUR):
        Reminder.objects.plan(campaign, [(friday, TEN)], by=None)
        assert [reminder.day for reminder in campaign.reminders.all()] == [tuesday, friday]
        call_command("run_schedule", once=True, verbosity=0)
        Reminder.objects.plan(campaign, [(tuesday, TEN), (friday, TEN)], by=None)  # as the page stood before ten
    assert [reminder.count for reminder in campaign.reminders.all()] == [5, 0]
    assert Event.objects.filter(verb="reminders set").count() == 2


@pytest.mark.django_db
def test_plan_takes_the_place_of_the_one_before() -> None:
    campaign, monday = week_before(datetime.date(2026, 3, 29), "Europe/Kyiv", HALF_PAST_THREE)
    friday = datetime.date(2026, 3, 27)
    with at(monday):
        for _time in range(2):
            Reminder.objects.plan(campaign, [(friday, HALF_PAST_THREE)], by=None)
    assert list(campaign.reminders.values_list("day", "at")) == [(friday, HALF_PAST_THREE)]
    assert Event.objects.filter(verb="reminders set").count() == 2


@pytest.mark.django_db
def test_earlier_deadline_takes_the_reminders_after_it_away() -> None:
    campaign, monday = week_before(datetime.date(2026, 3, 29), "Europe/Kyiv", HALF_PAST_THREE)
    with at(monday):
        campaign.ask_by(monday + 2 * A_DAY, by=None)
    assert [reminder.day.day for reminder in campaign.reminders.all()] == [24]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "time", "words"),
    [
        ([0], datetime.time(8, 59), "has passed already"),
        ([-1], TEN, "has passed already"),
        ([7], TEN, "lies after the time for answers"),
        ([3, 3], TEN, "At most one reminder a day"),
    ],
)
def test_reminder_that_cannot_be_set_is_refused_in_words(days: list[int], time: datetime.time, words: str) -> None:
    campaign, monday = week_before(datetime.date(2026, 3, 29), "Europe/Kyiv", HALF_PAST_THREE)
    with at(monday), pytest.raises(ValidationError, match=words):
        Reminder.objects.plan(campaign, [(monday.date() + day * A_DAY, time) for day in days], by=None)
    assert campaign.reminders.count() == 6


@pytest.mark.django_db
def test_tomorrow_of_another_time_zone_is_not_the_campaigns() -> None:
    kiritimati = datetime.datetime(2026, 3, 24, 1, tzinfo=ZoneInfo("Pacific/Kiritimati"))
    with at(kiritimati):
        campaign = make_campaign(time_zone="Pacific/Kiritimati")
        with pytest.raises(ValidationError, match="has passed already"):
            Reminder.objects.plan(campaign, [(datetime.date(2026, 3, 23), TEN)], by=None)  # today in UTC


@pytest.mark.django_db
def test_draft_is_not_reminded_of() -> None:
    with pytest.raises(ValidationError, match="takes no signatures yet"):
        Reminder.objects.remind_now(make_draft(), by=None)


# Several at once


def due_today(campaign: Campaign) -> Reminder:
    today = timezone.localdate(timezone=campaign.zone)
    make_invitation(campaign)
    Invitation.objects.update(written_on=today - A_DAY)
    return campaign.reminders.create(day=today, at=datetime.time(0))


def run_schedule() -> None:
    call_command("run_schedule", once=True, verbosity=0)


@pytest.mark.usefixtures("committed")
def test_eight_schedulers_and_a_coordinator_at_once_remind_once() -> None:
    campaign = make_campaign()
    due_today(campaign)
    outcomes = all_at_once([run_schedule] * 8 + [partial(Reminder.objects.remind_now, campaign, by=None)])
    assert outcomes[:8] == [None] * 8
    assert Invitation.objects.get().reminders == 1
    assert OutgoingMail.objects.filter(kind="invitation_reminder").count() == 1
    assert Event.objects.filter(verb="reminded").count() == 1


@pytest.mark.usefixtures("committed")
def test_without_the_lock_two_schedulers_remind_twice() -> None:
    reminder = due_today(make_campaign())
    both_have_looked = threading.Barrier(2, timeout=PATIENCE)

    def send_naively(pk: int) -> None:
        found = Reminder.objects.planned().filter(pk=pk).exists()
        both_have_looked.wait()
        if found:
            Invitation.objects.update(reminders=F("reminders") + 1)
            Reminder.objects.filter(pk=pk).update(sent_at=timezone.now())

    all_at_once([partial(send_naively, reminder.pk)] * 2)
    assert Invitation.objects.get().reminders == 2


@pytest.mark.usefixtures("committed")
def test_same_list_invited_by_eight_at_once_invites_once() -> None:
    campaign = make_campaign()
    from_pasted = partial(make_invitation, campaign)

    def invite() -> None:
        try:
            from_pasted()
        except AssertionError:
            return

    all_at_once([invite] * 8)
    assert campaign.invitations.count() == OutgoingMail.objects.filter(kind="invitation").count() == 1


@pytest.mark.usefixtures("committed")
def test_link_pressed_by_eight_at_once_signs_once() -> None:
    pk = make_invitation(make_campaign()).pk
    signatory = {"name": "Lake Watch", "name_as_signed": "Lake Watch", "language": "en"}
    contact = {"name": "The chair", "role": "chair", "email": "chair@lake.example.org"}

    def sign() -> None:
        Invitation.objects.get(pk=pk).sign(signatory, contact)

    assert sorted(all_at_once([sign] * 8), key=str) == [None, *["signed"] * 7]


def silent_since_yesterday(campaign: Campaign, count: int) -> list[int]:
    pks = [make_invitation(campaign, f"chair@group-{number}.example.org").pk for number in range(count)]
    Invitation.objects.update(written_on=timezone.localdate(timezone=campaign.zone) - A_DAY)
    return pks


if connection.vendor == "postgresql":  # SQLite has one writer at a time

    @pytest.mark.usefixtures("committed")
    def test_without_the_campaign_first_an_answer_and_a_reminder_wait_for_each_other() -> None:
        campaign = make_campaign()
        (pk,) = silent_since_yesterday(campaign, 1)
        both_hold = threading.Barrier(2, timeout=PATIENCE)

        @transaction.atomic
        def decline_naively() -> None:
            Invitation.objects.filter(pk=pk).update(state="declined")
            both_hold.wait()
            # A row that is written twice in one transaction has its references looked at anew.
            Invitation.objects.filter(pk=pk).update(changed_at=timezone.now())

        @transaction.atomic
        def remind_naively() -> None:
            Campaign.objects.get(pk=campaign.pk).lock()
            both_hold.wait()
            Invitation.objects.filter(pk=pk).update(reminders=F("reminders") + 1)

        with pytest.raises(OperationalError, match="deadlock"):
            all_at_once([decline_naively, remind_naively])


@pytest.mark.usefixtures("committed")
def test_forty_answers_and_a_reminder_at_once_all_come_to_their_end() -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    pks = silent_since_yesterday(campaign, 40)
    today = timezone.localdate(timezone=campaign.zone)
    says = [
        lambda invitation: invitation.decline(),
        lambda invitation: invitation.decide_later(today),
        lambda invitation: invitation.ask_change("Name the river."),
        lambda invitation: invitation.take_back(by=coordinator),
    ]

    def say(place: int) -> None:
        says[place % len(says)](Invitation.objects.get(pk=pks[place]))

    answers = [partial(say, place) for place in range(len(pks))]
    outcomes = all_at_once([*answers, lambda: bool(Reminder.objects.remind_now(campaign, by=None))])
    assert outcomes == [*[None] * 40, True]
    assert campaign.invitations.tally().silent == 0
