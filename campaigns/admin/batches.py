"""Deciding many at once: first a look at what will happen to each, then all of it or nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ..desk import TOGETHER
from ..models import Campaign, Evidence, Role, Sign, Signature
from .decisions import AcceptForm, Decision, DeclineForm
from .pages import CONFLICT, INVALID, page

if TYPE_CHECKING:
    from .signatures import SignatureAdmin

ABOUT_MAIL = {"mail", "own_domain", "free_mail", "disguised_mail", "another_domain"}
MOST_AT_ONCE = 100
FORBIDDEN, TOO_MUCH = 403, 413


def decide_many(
    desk: "SignatureAdmin",
    request: HttpRequest,
    listed: QuerySet[Signature],
    form_class: type[AcceptForm | DeclineForm],
    title: Any,
) -> HttpResponse | None:
    """Shows each with its form; once these are filled in, carries out every decision or none."""
    chosen = chosen_of(desk, request, listed)
    if isinstance(chosen, HttpResponse):
        return chosen
    late = chosen.exclude(state=Signature.State.PENDING).select_related("decided_by")
    for each in late:
        messages.error(request, each.refusal(request.user).messages[0])
    waiting = Signature.objects.queue().filter(pk__in=chosen.values("pk")).select_related("campaign", "contact")
    sent = request.POST if "decide" in request.POST else None
    forms = [form_class(sent, signature=each, prefix=f"s{each.pk}") for each in waiting]
    if not forms:
        return None
    is_filled_in = sent is not None and all([form.is_valid() for form in forms])
    if is_filled_in and not late and decide_all(forms, request.user):
        request.session[TOGETHER] = [form.signature.pk for form in forms]
        return None
    status = CONFLICT if is_filled_in else INVALID if sent else 200
    context = {"looks": looks(forms, request.user), "ready_made": form_class.ready_made, "sent": sent}
    return page(desk, request, "signature/decide_many", title, status, action=request.POST["action"], **context)


def chosen_of(
    desk: "SignatureAdmin", request: HttpRequest, listed: QuerySet[Signature]
) -> QuerySet[Signature] | HttpResponse:
    """The signatures that were ticked, or a page that says why they cannot be decided at once."""
    is_whole_list = request.POST.get("select_across") == "1" and "decide" not in request.POST
    ticked = set(request.POST.getlist("_selected_action"))
    # A list that is filtered by state would leave out, without a word, what was decided meanwhile.
    chosen = listed if is_whole_list else desk.get_queryset(request).filter(pk__in=ticked)
    count = chosen.count()
    if max(count, len(ticked)) > MOST_AT_ONCE:
        return page(desk, request, "signature/too_many", _("Too many at once"), TOO_MUCH, most=MOST_AT_ONCE)
    if not is_whole_list and count < len(ticked):
        return page(desk, request, "signature/not_yours", _("Not all of these are yours to decide"), FORBIDDEN)
    return chosen


def looks(forms: Sequence[Decision], user: Any) -> list[tuple[Decision, list[Evidence]]]:
    """Each form, which suggests what the evidence does, with what is known of the mail address and what speaks
    against its signature."""
    mine, pairs = Campaign.objects.of(user, Role.OWNER, Role.REVIEWER), []
    for form in forms:
        found = form.signature.evidence(mine)
        form.inform(found)
        pairs.append((form, [each for each in found if each.sign == Sign.AGAINST or each.code in ABOUT_MAIL]))
    return pairs


def decide_all(forms: Sequence[AcceptForm | DeclineForm], by: Any) -> bool:
    """Carries out every decision, or none. False, with what was refused among each form's errors."""
    if not all([is_as_read(form) for form in forms]):
        return False
    decisions = [(form.signature, form.verb_of_many, form.options) for form in forms]
    try:
        Signature.objects.decide_all(decisions, by=by)
    except ValidationError as error:
        refusals: dict[Any, list[str]] = error.message_dict
        for form in forms:
            if reasons := refusals.get(form.signature.pk):
                form.add_error(None, reasons)
        return False
    except OperationalError:  # two batches that wait for each other: the database has ended this one
        forms[0].add_error(None, _("Somebody decided on the same at that moment. Nothing was done: press again."))
        return False
    return True


def is_as_read(form: AcceptForm | DeclineForm) -> bool:
    """False, with the reason among its errors, for a form that would accept something other than what was read."""
    try:
        if isinstance(form, AcceptForm):
            form.refuse_changed()
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
