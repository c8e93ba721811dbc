"""What an invited group finds behind its link: the statement, the form, and the other answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .. import tokens
from ..forms.invitations import DecideLaterForm, InvitedForm, NotThisTimeForm, WordsForm
from ..models import Campaign, Invitation, RateLimit, Signature, Suppression
from .errors import held_back
from .keeping import unkept
from .signing import FORM_METHODS, INVALID, REFUSED, SetAside, ends_as_gone

Forms = dict[str, forms.Form]
DONE = 204


def behind_its_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view is given the invitation that the link names, and its times are told in the campaign's time zone."""

    @never_cache
    @ends_as_gone
    @require_http_methods(FORM_METHODS)
    @wraps(view)
    def found(request: HttpRequest, token: str) -> HttpResponse:
        try:
            invitation = tokens.read_invitation(token)
        except BadSignature as error:
            raise Http404 from error
        signature = invitation.signature if invitation.has_signed else None
        if signature and signature.state == Signature.State.DISCARDED:
            raise SetAside(invitation.campaign)
        with timezone.override(invitation.campaign.zone):
            return unkept(view(request, invitation))

    return found


@behind_its_link
def invitation(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """GET shows and proves nothing, since mail scanners open links; POST signs, or gives another answer."""
    language = request.GET.get("in", invitation.language)
    if language not in invitation.campaign.in_force.content:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    answers = answers_to(invitation, language, sent)
    status, refusal = 200 if sent is None else INVALID if invitation.takes_answers else REFUSED, None
    try:
        if sent is not None and (where := take(invitation, answers, request)):
            return redirect(where)
    except ValidationError as error:
        status, refusal = INVALID if error.code == "button" else REFUSED, error
    context = {
        "invitation": invitation,
        "campaign": invitation.campaign,
        "text": invitation.campaign.in_force.statement(language),
        "stop": tokens.make_stop(invitation),
        "refusal": refusal,
        **answers,
    }
    return held_back(render(request, "campaigns/invitation.html", context, status=status), refusal)


def answers_to(invitation: Invitation, language: str, sent: QueryDict | None) -> Forms:
    """A form for each answer, by the name of its button. That which was sent holds what was typed, and is judged where
    the invitation still takes answers."""
    kinds: dict[str, tuple[Callable[..., forms.Form], dict[str, Any]]] = {
        "sign": (InvitedForm, {"invitation": invitation, "language": language}),
        "decide": (DecideLaterForm, {"invitation": invitation, "auto_id": "decide_%s"}),
        "ask_change": (WordsForm, {"auto_id": "change_%s"}),
        "decline": (NotThisTimeForm, {"auto_id": "decline_%s"}),
    }
    answers = {}
    for name, (form, options) in kinds.items():
        if sent is None or name not in sent:
            answers[name] = form(**options)
        elif invitation.takes_answers:
            answers[name] = form(sent, **options)
        else:
            answers[name] = form(initial=sent.dict(), **options)
    return answers


def take(invitation: Invitation, answers: Forms, request: HttpRequest) -> str:
    """Carries out the verb of the answer that was sent, and gives where to go on; empty where it is not in order."""
    name, form = next(((name, form) for name, form in answers.items() if form.is_bound), ("", None))
    if form is None and invitation.takes_answers:
        raise ValidationError(_("Press the button of one of the answers below."), code="button")
    if form is None or not form.is_valid():
        return ""
    if isinstance(form, InvitedForm):
        RateLimit.objects.admit(request.META["REMOTE_ADDR"], form.cleaned_data["email"], invitation.campaign)
        return after_signing(request, invitation.sign(form.signatory(), form.contact()))
    if name == "decide":
        invitation.decide_later(form.cleaned_data["by_day"])
    elif name == "ask_change":
        invitation.ask_change(form.cleaned_data["words"])
    else:
        invitation.decline(form.cleaned_data["words"])
    return request.get_full_path()


def after_signing(request: HttpRequest, signature: Signature) -> str:
    """The invitation's page says that it has signed; who has still to confirm an address is told to look there."""
    if signature.state != Signature.State.UNCONFIRMED:
        return request.get_full_path()
    token = urlencode({"token": tokens.make(signature, tokens.SENT_PAGE)})
    return f"{signature.campaign.address('sent')}?{token}"


def whose_address(token: str) -> tuple[Campaign, str]:
    """The campaign, and the index of the address, that a link of "no more invitations" names. Raises Http404 and
    tokens.Ended."""
    try:
        return tokens.read_stop(token)
    except BadSignature as error:
        raise Http404 from error


@never_cache
@ends_as_gone
@require_http_methods(FORM_METHODS)
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Where an address asks for no more invitations, and takes that back."""
    campaign, index = whose_address(token)
    for name, of_campaign in {"": campaign, "_all": None}.items():
        if f"stop{name}" in request.POST:
            Suppression.objects.stop(index, of_campaign)
        elif f"resume{name}" in request.POST:
            Suppression.objects.resume(index, of_campaign)
    if request.method == "POST":
        return unkept(redirect(reverse("stop_invitations", args=[token])))
    context = {
        "campaign": campaign,
        "is_stopped": Suppression.objects.stands(index, campaign),
        "is_stopped_for_all": Suppression.objects.stands(index, None),
    }
    return unkept(render(request, "campaigns/stop_invitations.html", context))


@csrf_exempt  # a mail program has no cookie of ours: the token alone says whose address is meant
@never_cache
@ends_as_gone
@require_http_methods(FORM_METHODS)
def stop_at_once(request: HttpRequest, token: str) -> HttpResponse:
    """The single POST by which a mail program stops invitations (RFC 8058). Whoever opens it gets the page."""
    campaign, index = whose_address(token)
    if request.method != "POST":
        return unkept(redirect("stop_invitations", token))
    Suppression.objects.stop(index, campaign)
    return HttpResponse(status=DONE)
