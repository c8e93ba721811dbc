"""The board: what it counts is right, each button does one thing, and it costs as much for two thousand as for none."""

import datetime
import html
import re
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import charts
from campaigns.addresses import Entry
from campaigns.models import Board, Campaign, Event, Invitation, OutgoingMail, Reminder, Role, Suppression
from campaigns.models.invitees import State
from tests.builders import make_circulating, make_member, make_pending, sign_in

pytestmark = pytest.mark.django_db

MONDAY = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
STATES = [State.SIGNED, State.DECIDING, State.ASKS, State.DECLINED, State.SILENT]


@pytest.fixture
def campaign() -> Campaign:
    with time_machine.travel(MONDAY - HOUR):
        return make_circulating(time_zone="Europe/Kyiv", ends_on=datetime.date(2026, 6, 1))


@pytest.fixture
def owner(campaign: Campaign) -> User:
    return make_member(campaign, "owner")


@pytest.fixture
def desk(client: Client, owner: User) -> Client:
    sign_in(client, owner)
    return client


def board_of(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_board", args=[campaign.pk])


def invite(campaign: Campaign, *names: str) -> list[Invitation]:
    entries = [
        Entry(line, name, name, "", f"{name.lower().replace(' ', '-')}@example.org", "")
        for line, name in enumerate(names, start=1)
    ]
    Invitation.objects.invite(campaign, entries, by=None)
    return list(campaign.invitations.order_by("pk"))


def invite_many(campaign: Campaign, count: int) -> None:
    """So many invitations, in all states by turns, without the work of two thousand letters."""
    common = {"campaign": campaign, "language": "en", "written_on": MONDAY.date(), "changed_at": MONDAY}
    common["invited_at"] = MONDAY
    made = Invitation.objects.bulk_create(
        Invitation(
            name=f"Group {place}",
            email_index=f"index {place}",
            state=STATES[place % len(STATES)],
            decide_by=MONDAY.date(),
            **common,
        )
        for place in range(count)
    )
    for invitation in made:
        invitation.email = "office@example.org"
    Invitation.objects.bulk_update(made, ["sealed_email"])


def read(client: Client, campaign: Campaign, query: str = "") -> str:
    response = client.get(board_of(campaign) + query)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def steps(page: str) -> list[tuple[str, str]]:
    """What there is to do, and the words on the button, empty where there is none."""
    (found,) = re.findall(r'<section class="next".*?</section>', page, re.DOTALL)
    lines = re.findall(r"<li>(.*?)</li>", found, re.DOTALL)
    buttons = [re.findall(r'class="button default"[^>]*>(.*?)<', line) for line in lines]
    assert all(len(each) <= 1 for each in buttons)
    return [
        (re.findall(r"<strong>(.*?)</strong>", line)[0], "".join(button))
        for line, button in zip(lines, buttons, strict=True)
    ]


def figures(page: str) -> dict[str, int]:
    return {name: int(count) for name, count in re.findall(r'href="\?show=(\w+)#groups"[^>]*><b>(\d+)</b>', page)}


def rows(page: str) -> list[str]:
    return re.findall(r'<div class="who"><strong><bdi>(.*?)</bdi>', page)


def test_board_with_nobody_invited_says_how_to_begin(desk: Client, campaign: Campaign) -> None:
    page = read(desk, campaign)
    assert "Nobody is invited yet" in page
    assert f'href="{reverse("admin:campaigns_campaign_invite", args=[campaign.pk])}">Invite groups' in page
    assert not figures(page)


def test_figures_and_the_lists_behind_them(desk: Client, campaign: Campaign) -> None:
    with time_machine.travel(MONDAY):
        river, hill, fen, lake, *_silent = invite(campaign, "River", "Hill", "Fen", "Lake", "Dale", "Mill")
        river.sign({"name": "River", "name_as_signed": "River", "language": "en"}, contact("river@example.org"))
        hill.decide_later(MONDAY.date() + DAY)
        fen.ask_change("Name a date.")
        lake.decline("Not our field.")
    with time_machine.travel(MONDAY + 3 * DAY):
        page = read(desk, campaign)
        assert figures(page) == {"invited": 6, "signed": 1, "deciding": 1, "asks": 1, "declined": 1, "silent": 2}
        assert rows(page) == ["Dale", "Mill"]
        behind = {show: rows(read(desk, campaign, f"?show={show}")) for show in figures(page)}
        assert behind == {
            "invited": ["Dale", "Fen", "Hill", "Lake", "Mill", "River"],
            **{"signed": ["River"], "deciding": ["Hill"], "asks": ["Fen"], "declined": ["Lake"]},
            "silent": ["Dale", "Mill"],
        }
        assert "overdue" in read(desk, campaign, "?show=deciding")
        assert "Name a date." in read(desk, campaign, "?show=asks")
        assert "Not our field." in read(desk, campaign, "?show=declined")


def test_withdrawn_signature_is_told_and_not_counted(desk: Client, campaign: Campaign) -> None:
    river, *_silent = invite(campaign, "River", "Hill")
    signature = river.sign({"name": "River", "name_as_signed": "River", "language": "en"}, contact("river@example.org"))
    assert "lapsed" not in figures(read(desk, campaign))
    signature.withdraw()
    page = read(desk, campaign, "?show=lapsed")
    assert (figures(page)["signed"], figures(page)["lapsed"], rows(page)) == (0, 1, ["River"])
    assert '<span class="word">withdrawn</span>' in page


def contact(email: str) -> dict[str, Any]:
    return {"name": "The secretary", "role": "secretary", "email": email, "notice_version": 1}


def test_addresses_are_masked_until_one_is_asked_for_which_is_recorded(desk: Client, campaign: Campaign) -> None:
    (river,) = invite(campaign, "River")
    page = read(desk, campaign)
    assert ("r…@example.org" in page, "river@example.org" in page) == (True, False)
    shown = desk.post(board_of(campaign), {"address": river.pk}).content.decode()
    assert "river@example.org" in shown
    assert Event.objects.filter(verb=Event.Verb.ADDRESS_SEEN, campaign=campaign, who__username="owner").count() == 1


def test_groups_are_found_by_name_and_paged(desk: Client, campaign: Campaign) -> None:
    invite_many(campaign, 230)
    assert len(rows(read(desk, campaign, "?show=invited"))) == 100
    assert len(rows(read(desk, campaign, "?show=invited&p=3"))) == 30
    assert rows(read(desk, campaign, "?show=invited&q=group+229")) == ["Group 229"]
    assert rows(read(desk, campaign, "?show=nothing&p=x&q=nobody")) == []


def test_steps_are_there_only_when_there_is_something_to_do(desk: Client, campaign: Campaign) -> None:
    with time_machine.travel(MONDAY):
        river, hill, *_silent = invite(campaign, "River", "Hill", "Dale")
        assert steps(read(desk, campaign)) == [("3 groups are silent.", "")]
        assert "All were written to today" in read(desk, campaign)
    with time_machine.travel(MONDAY + 2 * DAY):
        river.ask_change("Name a date.")
        hill.decide_later(MONDAY.date() + 2 * DAY)
        waiting = make_pending(campaign, "Late Watch")
        page = read(desk, campaign)
        assert steps(page) == [
            ("1 group asks for a change.", "Read and answer"),
            ("1 signature waits for your decision.", "Decide"),
            ("1 group is silent.", "Remind 1 group now"),
        ]
        assert reverse("admin:campaigns_signature_change", args=[waiting.pk]) in page
        river.answer("We do.", by=None)
    with time_machine.travel(MONDAY + 4 * DAY):
        waiting.accept()
        assert steps(read(desk, campaign))[0] == ("1 group wanted to have decided by now.", "See who")
        for invitation in campaign.invitations.all():
            invitation.decline()
        assert steps(read(desk, campaign)) == []
        assert "Nothing waits for you here." in read(desk, campaign)


def test_silent_are_reminded_once_a_day(desk: Client, campaign: Campaign) -> None:
    with time_machine.travel(MONDAY):
        river, hill, fen = invite(campaign, "River", "Hill", "Fen")
        hill.decline()
        Suppression.objects.stop(fen.email_index, campaign)
    with time_machine.travel(MONDAY + DAY, tick=False):
        assert steps(read(desk, campaign)) == [("2 groups are silent.", "Remind 1 group now")]
        assert (
            "A reminder goes to 1 group." in desk.post(board_of(campaign), {"remind": ""}, follow=True).content.decode()
        )
        assert steps(read(desk, campaign)) == [("2 groups are silent.", "")]
        assert "Reminded today at 11:00." in read(desk, campaign)
        again = desk.post(board_of(campaign), {"remind": ""}, follow=True)
        assert "reminded today already" in again.content.decode()
    letters = OutgoingMail.objects.filter(kind="invitation_reminder")
    assert list(letters.values_list("reference", flat=True)) == [river.pk]


def test_silent_who_asked_for_no_more_are_told_as_such(desk: Client, campaign: Campaign) -> None:
    with time_machine.travel(MONDAY):
        (river,) = invite(campaign, "River")
        Suppression.objects.stop(river.email_index, campaign)
    with time_machine.travel(MONDAY + DAY, tick=False):
        page = read(desk, campaign)
        assert steps(page) == [("1 group is silent.", "")]
        assert "1 of them asked for no more invitations." in page
        assert "All were written to today" not in page


def planned(**fields: str) -> dict[str, str]:
    given = {"plan": "", "reminders-TOTAL_FORMS": "3", "reminders-INITIAL_FORMS": "0"}
    return {**given, **{f"reminders-{name.replace('_', '-')}": value for name, value in fields.items()}}


def test_reminders_are_planned_moved_and_dropped(desk: Client, campaign: Campaign) -> None:
    with time_machine.travel(MONDAY):
        invite(campaign, "River")
        sent = {"0_day": "2026-03-03", "0_at": "10:00", "1_day": "2026-03-05", "1_at": "09:30"}
        assert desk.post(board_of(campaign), planned(**sent)).status_code == 302
        assert list(map(str, campaign.reminders.all())) == ["2026-03-03 10:00", "2026-03-05 09:30"]
        page = read(desk, campaign)
        assert "The next reminder goes by itself on Tuesday, 3 March at 10:00." in page
        assert 'value="2026-03-03"' in page
        assert desk.post(board_of(campaign), planned(**{"0_day": "2026-03-04", "0_at": "10:00"})).status_code == 302
        assert list(map(str, campaign.reminders.all())) == ["2026-03-04 10:00"]
        assert desk.post(board_of(campaign), planned()).status_code == 302
        assert not campaign.reminders.exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"0_day": "2026-03-01", "0_at": "10:00"}, "2026-03-01 10:00 has passed already."),
        ({"0_day": "2026-03-20", "0_at": "10:00"}, "lies after the time for answers"),
        ({"0_day": "2026-03-04"}, "Say at what time."),
        ({"0_at": "10:00"}, "Say on which day."),
        (
            {"0_day": "2026-03-04", "0_at": "10:00", "1_day": "2026-03-04", "1_at": "15:00"},
            "At most one reminder a day",
        ),
        ({"0_day": "9999-12-31", "0_at": "23:59"}, "more than 10 years away"),
        ({"0_day": "0001-01-01", "0_at": "00:00"}, "more than 10 years away"),
        ({"0_day": "yesterday", "0_at": "10:00"}, "Enter a valid date."),
    ],
)
def test_reminder_that_cannot_be_is_refused_beside_its_row(
    desk: Client, campaign: Campaign, sent: dict[str, str], words: str
) -> None:
    with time_machine.travel(MONDAY):
        invite(campaign, "River")
        campaign.ask_by(MONDAY + 7 * DAY, by=None)
        response = desk.post(board_of(campaign), planned(**sent))
        assert response.status_code == 422
        page = html.unescape(response.content.decode())
        assert words in page
        assert all(f'value="{value}"' in page for value in sent.values())
        assert not campaign.reminders.exists()


def test_question_is_answered_by_mail(desk: Client, campaign: Campaign) -> None:
    river, hill = invite(campaign, "River", "Hill")
    river.ask_change("Name a date.")
    hill.ask_change("Drop the second demand.")
    page = read(desk, campaign, "?show=unanswered")
    assert rows(page) == ["River", "Hill"]
    answered = desk.post(f"{board_of(campaign)}?show=unanswered", {"answer": river.pk, "words": "We do: in May."})
    assert (answered.status_code, answered.headers["Location"]) == (302, f"{board_of(campaign)}?show=unanswered")
    assert rows(read(desk, campaign, "?show=unanswered")) == ["Hill"]
    assert "We do: in May." in read(desk, campaign, "?show=asks")
    assert OutgoingMail.objects.filter(kind="invitation_answered", reference=river.pk).exists()


def test_empty_and_late_answers_are_refused_and_what_was_typed_is_kept(desk: Client, campaign: Campaign) -> None:
    (river,) = invite(campaign, "River")
    river.ask_change("Name a date.")
    response = desk.post(f"{board_of(campaign)}?show=unanswered", {"answer": river.pk, "words": " "})
    assert (response.status_code, "Write something first." in response.content.decode()) == (422, True)
    long = "We do. " * 400
    response = desk.post(f"{board_of(campaign)}?show=unanswered", {"answer": river.pk, "words": long})
    assert (response.status_code, long.strip() in response.content.decode()) == (422, True)
    assert not OutgoingMail.objects.filter(kind="invitation_answered").exists()


def test_invitation_is_taken_back_unless_the_group_has_signed(desk: Client, campaign: Campaign) -> None:
    river, hill = invite(campaign, "River", "Hill")
    assert desk.post(board_of(campaign), {"take_back": river.pk}).status_code == 302
    hill.become(State.SIGNED)
    refused = desk.post(board_of(campaign), {"take_back": hill.pk}, follow=True)
    assert "has signed already" in refused.content.decode()
    assert list(campaign.invitations.standing()) == [hill]
    assert desk.post(board_of(campaign), {"take_back": river.pk}).status_code == 404


@pytest.mark.parametrize("button", ["take_back", "address", "answer"])
def test_invitation_of_another_campaign_is_not_there(desk: Client, campaign: Campaign, button: str) -> None:
    (theirs,) = invite(make_circulating(slug="mill"), "Mill")
    for key in (theirs.pk, "x", "9" * 30):
        assert desk.post(board_of(campaign), {button: key, "words": "Yes."}).status_code == 404
    assert Invitation.objects.standing().filter(pk=theirs.pk, answered_at=None).exists()


def test_reviewer_has_the_board_and_a_draft_has_none(client: Client, campaign: Campaign) -> None:
    sign_in(client, make_member(campaign, "reviewer", Role.REVIEWER))
    (river,) = invite(campaign, "River")
    assert client.post(board_of(campaign), {"take_back": river.pk}).status_code == 302
    assert not campaign.invitations.standing().exists()


def test_growth_is_drawn_by_the_days_of_the_campaigns_time_zone_up_to_today() -> None:
    first, today = datetime.date(2026, 3, 1), datetime.date(2026, 3, 4)
    days = [(first, 0), (datetime.date(2026, 3, 2), 3), (datetime.date(2026, 3, 4), 2)]
    markup = charts.growth("Signed", days, today, datetime.date(2026, 3, 8))
    assert re.findall(r"<td>(\d+)</td>", markup) == ["0", "3", "3", "5"]
    (svg,) = re.findall(r"<svg.*?</svg>", markup, re.DOTALL)
    drawn = ElementTree.fromstring(svg)
    ends = [line.get("x1") for line in drawn if line.get("class") == "end"]
    assert ends == [str(charts.LEFT + 8 * charts.WIDEST_SLOT)]


def test_group_that_signs_after_midnight_in_the_campaigns_zone_counts_for_the_next_day(campaign: Campaign) -> None:
    with time_machine.travel(MONDAY):
        (river,) = invite(campaign, "River")
    with time_machine.travel(MONDAY.replace(hour=22, minute=30)):
        river.become(State.SIGNED)
        board = Board.of(campaign)
    assert (board.today, board.days) == (datetime.date(2026, 3, 3), [(datetime.date(2026, 3, 3), 1)])


def test_reminder_that_was_sent_stands_on_the_board(desk: Client, campaign: Campaign) -> None:
    with time_machine.travel(MONDAY):
        invite(campaign, "River", "Hill")
        Reminder.objects.plan(campaign, [(MONDAY.date() + DAY, datetime.time(10))], by=None)
    with time_machine.travel(datetime.datetime(2026, 3, 3, 8, 1, tzinfo=datetime.UTC)):
        campaign.reminders.get().send()
        assert "Tue, 3 March, 10:00: sent to 2 groups" in read(desk, campaign)


@pytest.mark.usefixtures("theme_in_memory")
@pytest.mark.parametrize("count", [0, 5, 120, 2000])
def test_board_costs_twelve_queries_at_most(desk: Client, campaign: Campaign, count: int) -> None:
    invite_many(campaign, count)
    make_pending(campaign, "Late Watch")
    campaign.reminders.create(day=timezone.localdate() + DAY, at=datetime.time(10))
    for show in ("silent", "invited", "asks", "overdue", "invited&q=Group"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            read(desk, campaign, f"?show={show}")
        assert len(queries) <= 12, "\n".join(query["sql"] for query in queries)


@pytest.mark.usefixtures("theme_in_memory")
def test_front_page_tells_how_many_have_answered_in_as_many_queries(
    desk: Client, campaign: Campaign, owner: User
) -> None:
    with CaptureQueriesContext(connection) as for_none:
        page = desk.get(reverse("admin:index")).content.decode()
    assert "nobody is invited yet" in page
    other = make_circulating(slug="mill", title="Keep the mill")
    other.memberships.create(user=owner, role=Role.OWNER)
    make_pending(campaign, "Late Watch").accept()
    for each in (campaign, other):
        invite(each, "River", "Hill", "Fen")[0].decline()
    with CaptureQueriesContext(connection) as for_two:
        page = desk.get(reverse("admin:index")).content.decode()
    assert page.count("1 of 3 invited have answered") == 2
    assert "1 listed" in page
    assert len(for_two) == len(for_none)
