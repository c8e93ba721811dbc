"""Signing, from the form to the contact person's own page."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import differences, tokens
from ..forms.signing import AddressForm, AnswerForm, ContactForm, EraseForm, LogoForm, SignForm
from ..models import Campaign, Contact, LatePass, RateLimit, Signature, brought_logos, confirmations
from .doors import by_either_door, text_for_reader
from .errors import gone, held_back

FORM_METHODS = ["GET", "HEAD", "POST"]
INVALID, REFUSED = 422, 409


class SetAside(Exception):
    """The request behind the link was cleared away with an attack. Its argument is the campaign."""


def signature_behind(token: str, purpose: str) -> Signature:
    """The signature that the link names.

    Raises Http404 for a link that we never made, tokens.Ended and SetAside.
    """
    try:
        signature = tokens.read(token, purpose)
    except BadSignature as error:
        raise Http404 from error
    if signature.state == Signature.State.DISCARDED:
        raise SetAside(signature.campaign)
    return signature


def ends_as_gone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (tokens.Ended, Signature.DoesNotExist, Contact.DoesNotExist):  # the last two: erased in this moment
            return gone(request)
        except SetAside as reason:
            return set_aside(request, reason.args[0])

    return guarded


def set_aside(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Of a request that was cleared away with an attack: where to write, and nothing else."""
    status = REFUSED if request.method == "POST" else 200
    return render(request, "campaigns/set_aside.html", {"campaign": campaign}, status=status)


def late_pass_of(request: HttpRequest, campaign: Campaign) -> LatePass | None:
    """The pass of a late group's link. Raises Http404 for a link that we never made, tokens.Ended for a used one."""
    if "late" not in request.GET:
        return None
    try:
        late_pass = tokens.read_late(request.GET["late"])
    except BadSignature as error:
        raise Http404 from error
    if late_pass is None or late_pass.campaign_id != campaign.pk:
        raise tokens.Ended
    return late_pass


@never_cache
@ends_as_gone
@require_http_methods(FORM_METHODS)
@by_either_door
def sign(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    reading = text_for_reader(campaign, request.GET.get("in"))
    late_pass = late_pass_of(request, campaign)
    may_sign = campaign.is_open or late_pass is not None
    sent, language, refusal = request.POST if request.method == "POST" else None, reading["text"].language, None
    form = SignForm(sent if may_sign else None, initial=sent and sent.dict(), campaign=campaign, language=language)
    if form.is_bound and form.is_valid():
        try:
            RateLimit.objects.admit(request.META["REMOTE_ADDR"], form.cleaned_data["email"], campaign)
            signature = Signature.objects.submit(campaign, form.signatory(), form.contact(), late_pass)
        except ValidationError as error:
            refusal = error
            form.add_error(None, error)
        else:
            token = urlencode({"token": tokens.make(signature, tokens.SENT_PAGE)})
            return redirect(f"{campaign.address('sent')}?{token}")
    context = {**reading, "form": form, "may_sign": may_sign}
    status = 200 if sent is None else INVALID if may_sign else REFUSED
    return held_back(render(request, "campaigns/sign.html", context, status=status), refusal)


@never_cache
@ends_as_gone
@require_http_methods(FORM_METHODS)
@by_either_door
def sent(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Says to look in the inbox. Who holds the form's own token can have the letter again, or correct the address."""
    token = request.GET.get("token", "")
    if not token:
        return render(request, "campaigns/sent.html", {"campaign": campaign})
    signature = signature_behind(token, tokens.SENT_PAGE)
    if signature.campaign_id != campaign.pk:
        raise Http404
    form = AddressForm(request.POST if "correct" in request.POST else None)
    status, refusal = 200, None
    try:
        if "again" in request.POST:
            RateLimit.objects.admit(request.META["REMOTE_ADDR"], signature.contact.email, campaign)
            confirmations.resend(signature)
            return redirect(request.get_full_path())
        if form.is_bound and form.is_valid():
            RateLimit.objects.admit(request.META["REMOTE_ADDR"], form.cleaned_data["email"], campaign)
            confirmations.correct_address(signature, form.cleaned_data["email"])
            return redirect(request.get_full_path())
        status = INVALID if form.is_bound else 200
    except ValidationError as error:
        status, refusal = REFUSED, error
    context = {"campaign": signature.campaign, "signature": signature, "form": form, "refusal": refusal}
    return held_back(render(request, "campaigns/sent.html", context, status=status), refusal)


@never_cache
@ends_as_gone
@require_http_methods(FORM_METHODS)
def own_page(request: HttpRequest, token: str) -> HttpResponse:
    """The contact person's page. GET shows, since mail scanners open links; POST confirms, withdraws or answers."""
    signature = signature_behind(token, tokens.OWN_PAGE)
    answer = AnswerForm(request.POST if "answer" in request.POST else None, signature=signature)
    status, refusal = INVALID if answer.is_bound else 200, None
    try:
        if request.method == "POST" and (take(answer) or act(signature, request.POST)):
            return redirect(request.path)
    except ValidationError as error:
        status, refusal = REFUSED, error
    return shown(request, signature, token, status, refusal=refusal, answer_form=answer)


@never_cache
@ends_as_gone
@require_http_methods(FORM_METHODS)
def own_logo(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the logo that a contact person sends, or removes the one that is there."""
    signature = signature_behind(token, tokens.OWN_PAGE)
    if request.method != "POST":
        return redirect("own_page", token)
    form = LogoForm(request.POST, request.FILES)
    status, refusal = INVALID, None
    try:
        if "remove" in request.POST:
            brought_logos.take_back(signature)
            return redirect("own_page", token)
        brought_logos.refuse(signature)
        if form.is_valid():
            brought_logos.bring(signature, form.cleaned_data["logo"])
            return redirect("own_page", token)
    except ValidationError as error:
        status, refusal = REFUSED, error
    return shown(request, signature, token, status, refusal=refusal, form=form)


def shown(request: HttpRequest, signature: Signature, token: str, status: int, **sent: Any) -> HttpResponse:
    """The contact person's own page, with the forms as they were `sent`, by their names there; else with new ones."""
    forms = {
        "form": LogoForm(),
        "answer_form": AnswerForm(signature=signature),
        "contact_form": ContactForm(signature=signature),
        "erase_form": EraseForm(),
    }
    context = {**about(signature), "token": token, **forms, **sent}
    return render(request, "campaigns/signature.html", context, status=status)


def about(signature: Signature) -> dict[str, Any]:
    """What the contact person's own page shows."""
    version, proposal = signature.text_version, signature.proposal_to_answer
    joining = proposal.text_to_join if proposal else None
    languages = signature.language, signature.campaign.language
    return {
        "signature": signature,
        "campaign": signature.campaign,
        "text": version.statement(signature.language),
        "digest": version.digest(signature.language),
        "proposal": proposal,
        "joining": joining,
        "changes": differences.between(version, joining, *languages) if joining else [],
        "answer": proposal.agreements.filter(signature=signature).first() if proposal else None,
        "questions": signature.questions.told().select_related("signature"),
        "may_bring_logo": brought_logos.may_bring(signature),
        "may_take_logo_back": brought_logos.may_take_back(signature),
    }


def take(answer: AnswerForm) -> bool:
    """Keeps the answer to the coordinators' question. False where none was sent, or it is not in order."""
    if not answer.is_bound or not answer.is_valid():
        return False
    answer.cleaned_data["question"].answer(answer.cleaned_data["words"])
    return True


def act(signature: Signature, pressed: QueryDict) -> bool:
    """Carries out the verb of the button that was pressed. False when it is none of the page's."""
    if "confirm" in pressed:
        signature.confirm()
    elif "withdraw" in pressed:
        signature.withdraw()
    elif "stop_news" in pressed:
        signature.contact.stop_news()
    elif "agree" in pressed:
        signature.answer(str(pressed["agree"]), agrees=True)
    elif "disagree" in pressed:
        signature.answer(str(pressed["disagree"]), agrees=False)
    else:
        return False
    return True
