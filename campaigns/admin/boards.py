"""The board: one screen of where a campaign's invitations stand, and of what to do next."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .. import charts
from ..models import Board, Campaign, Invitation, Reminder
from ..models.invitees import InvitationQuerySet
from .deliveries import number_in
from .next_steps import next_steps
from .pages import INVALID, for_deciders, page
from .reminding import AnswerForm, RemindersFormSet
from .scope import Scoped

ON_A_PAGE = 100
# The figures of the board, by the names of the lists behind them, and which of them are parts of the whole.
FIGURES = {
    "invited": _("invited"),
    "signed": _("signed"),
    "deciding": _("deciding"),
    "asks": _("ask for a change"),
    "declined": _("not this time"),
    "silent": _("silent"),
    "lapsed": _("no longer signed"),
}
ONLY_IF_ANY = {"lapsed"}
PARTS = [name for name in FIGURES if name != "invited"]
LISTS: dict[str, tuple[Any, Callable[[InvitationQuerySet, Board], InvitationQuerySet]]] = {
    "invited": (_("All who are invited"), lambda rows, board: rows.standing()),
    "signed": (_("Have signed"), lambda rows, board: rows.signed().order_by("-changed_at", "pk")),
    "deciding": (_("Are deciding"), lambda rows, board: rows.deciding().order_by("decide_by", "name", "pk")),
    "overdue": (_("Wanted to have decided"), lambda rows, board: rows.overdue(board.today).order_by("decide_by", "pk")),
    "asks": (_("Ask for a change"), lambda rows, board: rows.asking().order_by("-changed_at", "pk")),
    "unanswered": (_("Wait for your answer"), lambda rows, board: rows.unanswered().order_by("changed_at", "pk")),
    "declined": (_("Said “not this time”"), lambda rows, board: rows.declined().order_by("-changed_at", "pk")),
    "silent": (_("Are silent"), lambda rows, board: rows.silent()),
    "lapsed": (_("Have signed, and stand no more"), lambda rows, board: rows.lapsed().order_by("-changed_at", "pk")),
}


@for_deciders
def board(campaigns: Scoped, request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Shows it, or does what one of its buttons says."""
    act = next((act for name, act in ACTS.items() if name in request.POST), shown)
    return act(campaigns, request, campaign)


def shown(
    campaigns: Scoped,
    request: HttpRequest,
    campaign: Campaign,
    status: int = 200,
    correcting: RemindersFormSet | AnswerForm | None = None,
) -> HttpResponse:
    """The board, with the form that is to be corrected, if one is."""
    stand = Board.of(campaign)
    rows = listed(request, campaign, stand)
    planning = correcting if isinstance(correcting, RemindersFormSet) else RemindersFormSet.of(campaign, stand.planned)
    context = {
        "campaign": campaign,
        "board": stand,
        "figures": [(name, FIGURES[name], stand.lengths[name]) for name in ("invited", *told(stand))],
        "shares": charts.shares(_("What the invited groups have said"), parts_of(stand)),
        "chart": growth_of(campaign, stand),
        "steps": next_steps(campaign, stand),
        "days_left": (timezone.localdate(campaign.deadline) - stand.today).days if campaign.deadline else None,
        "planning": planning,
        "lists": LISTS,
        "show": shown_list(request),
        "list_label": LISTS[shown_list(request)][0],
        "words": words_sought(request),
        "rows": rows,
        "answers": [(row, answer_form(row, correcting)) for row in rows],
    }
    return page(campaigns, request, "campaign/board", _("Board"), status, **context)


def parts_of(stand: Board) -> list[tuple[str, Any, int]]:
    return [(name, FIGURES[name], stand.lengths[name]) for name in told(stand)]


def told(stand: Board) -> list[str]:
    """The parts that the board shows: a rare one only where somebody is in it."""
    return [name for name in PARTS if name not in ONLY_IF_ANY or stand.lengths[name]]


def growth_of(campaign: Campaign, stand: Board) -> str:
    """How many have signed by each day since the first was invited; nothing while nobody is."""
    if stand.invited_since is None:
        return ""
    end = timezone.localdate(campaign.deadline) if campaign.deadline else None
    days = [(stand.invited_since, 0), *stand.days]
    return charts.growth(_("Signed by invited groups, until the end of each day"), days, stand.today, end)


def shown_list(request: HttpRequest) -> str:
    """The name of the list that is asked for: first that of the silent, who are looked for most."""
    asked = request.GET.get("show", "")
    return asked if asked in LISTS else "silent"


def words_sought(request: HttpRequest) -> str:
    """What a group's name is to have in it, without what no database takes."""
    return request.GET.get("q", "").replace("\0", "").strip()


def listed(request: HttpRequest, campaign: Campaign, stand: Board) -> Page:
    """A page of the list; of a search the first that are found, on one page."""
    show, words = shown_list(request), words_sought(request)
    _label, choose = LISTS[show]
    invitations = campaign.invitations.select_related("signature")
    if words:
        return Paginator(list(choose(invitations.named(words), stand)[:ON_A_PAGE]), ON_A_PAGE).page(1)
    pages = Paginator(choose(invitations, stand), ON_A_PAGE)
    pages.count = stand.lengths[show]  # counted already
    return pages.get_page(request.GET.get("p"))


def answer_form(invitation: Invitation, correcting: Any) -> AnswerForm | None:
    """For a group that asks for a change and waits for the answer."""
    if invitation.state != Invitation.State.ASKS or invitation.answered_at:
        return None
    is_sent = isinstance(correcting, AnswerForm) and correcting.invitation == invitation
    return correcting if is_sent else AnswerForm(invitation=invitation)


def remind(campaigns: Scoped, request: HttpRequest, campaign: Campaign) -> HttpResponse:
    try:
        count = Reminder.objects.remind_now(campaign, by=request.user).count
        words = ngettext("A reminder goes to %(count)s group.", "A reminder goes to %(count)s groups.", count)
        messages.success(request, words % {"count": count})
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return back(request)


def plan(campaigns: Scoped, request: HttpRequest, campaign: Campaign) -> HttpResponse:
    form = RemindersFormSet.of(campaign, [], request.POST)
    if not (form.is_valid() and form.plan(by=request.user)):
        return shown(campaigns, request, campaign, INVALID, form)
    messages.success(request, _("The reminders are set."))
    return back(request)


def answer(campaigns: Scoped, request: HttpRequest, campaign: Campaign) -> HttpResponse:
    form = AnswerForm(request.POST, invitation=invitation_in(request, campaign, "answer"))
    if not (form.is_valid() and form.answer(by=request.user)):
        return shown(campaigns, request, campaign, INVALID, form)
    messages.success(request, _("Your answer goes to the group by mail."))
    return back(request)


def take_back(campaigns: Scoped, request: HttpRequest, campaign: Campaign) -> HttpResponse:
    try:
        invitation_in(request, campaign, "take_back").take_back(by=request.user)
        messages.success(request, _("The invitation is taken back, and its link leads nowhere now."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return back(request)


def show_address(campaigns: Scoped, request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The address to which the invitation went, in clear on this page alone."""
    invitation = invitation_in(request, campaign, "address")
    address = invitation.show_email(by=request.user)
    told: dict[str, Any] = {
        "campaign": campaign,
        "invitation": invitation,
        "address": address,
        "back": request.get_full_path(),
    }
    return page(campaigns, request, "campaign/invited_address", _("Address of an invited group"), **told)


ACTS = {"remind": remind, "plan": plan, "answer": answer, "take_back": take_back, "address": show_address}


def invitation_in(request: HttpRequest, campaign: Campaign, button: str) -> Invitation:
    """The invitation of the row in which that button was pressed. Raises Http404."""
    found: Invitation = get_object_or_404(campaign.invitations.standing(), pk=number_in(request.POST, button))
    return found


def back(request: HttpRequest) -> HttpResponse:
    """The board again, with the list that was open."""
    return HttpResponseRedirect(request.get_full_path())
