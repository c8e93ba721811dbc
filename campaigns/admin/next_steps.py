"""What a coordinator can do next for a campaign that invites; each step has at most one button."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import Board, Campaign, Reminder


@dataclass(frozen=True)
class Step:
    """What there is to do, the words on its button, and where that leads; without an address it sends `button`."""

    words: str
    more: str = ""
    label: str = ""
    address: str = ""
    button: str = ""


def next_steps(campaign: Campaign, board: Board) -> list[Step]:
    """What presses first: who waits for an answer, then what waits for a decision, then the silent."""
    return [step for find in (answering, deciding, overdue, reminding) for step in find(campaign, board)]


def answering(campaign: Campaign, board: Board) -> Iterator[Step]:
    if count := board.unanswered:
        words = ngettext(
            "%(count)s group asks for a change.", "%(count)s groups ask for a change and wait for an answer.", count
        )
        yield Step(
            words % {"count": count}, _("Your answer goes to them by mail."), _("Read and answer"), to("unanswered")
        )


def deciding(campaign: Campaign, board: Board) -> Iterator[Step]:
    if first := board.first_waiting:
        count = campaign.pending_count  # type: ignore[attr-defined]
        words = ngettext(
            "%(count)s signature waits for your decision.", "%(count)s signatures wait for your decision.", count
        )
        where = reverse("admin:campaigns_signature_change", args=[first.pk])
        yield Step(words % {"count": count}, label=_("Decide"), address=where)


def overdue(campaign: Campaign, board: Board) -> Iterator[Step]:
    if count := board.overdue:
        words = ngettext(
            "%(count)s group wanted to have decided by now.", "%(count)s groups wanted to have decided by now.", count
        )
        more = _("Write to them or call: reminders go to the silent only.")
        yield Step(words % {"count": count}, more, _("See who"), to("overdue"))


def reminding(campaign: Campaign, board: Board) -> Iterator[Step]:
    """The silent, and when they are written to next. There is no button when none of them can be reminded now."""
    if not (count := board.tally.silent):
        return
    words = ngettext("%(count)s group is silent.", "%(count)s groups are silent.", count) % {"count": count}
    if refused := refusal(campaign):
        yield Step(words, refused)
    elif board.sent_today:
        yield Step(words, _("Reminded today at %(time)s.") % {"time": time_of(board.sent_today)} + " " + planned(board))
    elif board.stopped == count:
        yield Step(words, stopped(board))
    elif not board.to_remind:
        today = _("All were written to today: at most one letter a day.")
        yield Step(words, " ".join(filter(None, [today, stopped(board), planned(board)])))
    else:
        yield Step(words, planned(board), label_for(board.to_remind), button="remind")


def stopped(board: Board) -> str:
    """How many of the silent are written to no more; empty where none is."""
    if not board.stopped:
        return ""
    words = ngettext(
        "%(count)s of them asked for no more invitations.",
        "%(count)s of them asked for no more invitations.",
        board.stopped,
    )
    return words % {"count": board.stopped}


def label_for(count: int) -> str:
    return ngettext("Remind %(count)s group now", "Remind %(count)s groups now", count) % {"count": count}


def refusal(campaign: Campaign) -> str:
    """Why nobody can be reminded any more; empty where one can."""
    try:
        campaign.refuse_inviting()
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def planned(board: Board) -> str:
    """When the next planned reminder goes."""
    if not board.planned:
        return _("No reminder is planned.")
    following = board.planned[0]
    day = date_format(following.day, "l, j E")
    return _("The next reminder goes by itself on %(day)s at %(time)s.") % {"day": day, "time": time_of(following)}


def time_of(reminder: Reminder) -> str:
    return f"{reminder.at:%H:%M}"


def to(show: str) -> str:
    """Where the list of that name stands on the board."""
    return f"?show={show}#groups"
