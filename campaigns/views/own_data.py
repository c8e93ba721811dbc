"""What a contact person does with what we hold of them, behind the link of their own page."""

import json

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from .. import tokens
from ..backups import erasures
from ..forms.signing import ContactForm, EraseForm
from ..models import RateLimit, Signature, own_data
from .errors import held_back
from .signing import FORM_METHODS, INVALID, REFUSED, ends_as_gone, shown, signature_behind


@never_cache
@ends_as_gone
@require_http_methods(FORM_METHODS)
def change(request: HttpRequest, token: str) -> HttpResponse:
    """Puts right who the contact person is, or erases it."""
    signature = signature_behind(token, tokens.OWN_PAGE)
    if request.method != "POST":
        return redirect("own_page", token)
    if "erase" in request.POST:
        return erase(request, signature, token)
    form = ContactForm(request.POST, signature=signature)
    try:
        if form.is_valid():
            if "email" in form.changed_data:
                RateLimit.objects.admit(request.META["REMOTE_ADDR"], form.cleaned_data["email"], signature.campaign)
            form.save()
            return redirect(f"{reverse('own_page', args=[token])}#data")
    except ValidationError as error:
        form.add_error("email", error)
        return held_back(shown(request, signature, token, INVALID, contact_form=form), error)
    return shown(request, signature, token, INVALID, contact_form=form)


def erase(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    """The link ends with it, so the answer itself says what was done."""
    form = EraseForm(request.POST)
    if not form.is_valid():
        return shown(request, signature, token, INVALID, erase_form=form)
    context = {"signature": signature, "campaign": signature.campaign, "was": signature.told_state}
    own_data.erase(signature)
    erasures.keep(erasures.in_database())
    return render(request, "campaigns/erased.html", context)


@never_cache
@ends_as_gone
@require_safe
def export(request: HttpRequest, token: str) -> HttpResponse:
    """All of it, to take along."""
    signature = signature_behind(token, tokens.OWN_PAGE)
    data = json.dumps(own_data.held(signature), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="{signature.campaign.slug}-my-data.json"'}
    return HttpResponse(data, content_type="application/json", headers=headers)


@never_cache
@ends_as_gone
@require_http_methods(FORM_METHODS)
def address(request: HttpRequest, token: str) -> HttpResponse:
    """Where a letter to a new address leads. GET shows, since mail scanners open links; POST makes it the one."""
    try:
        signature, proven = tokens.read_move(token)
    except BadSignature as error:
        raise Http404 from error
    status, refusal = 200, None
    try:
        if request.method == "POST":
            own_data.move(signature, proven)
        if signature.contact.email_index == proven:
            return redirect("own_page", tokens.make(signature, tokens.OWN_PAGE))
    except ValidationError as error:
        status, refusal = REFUSED, error
    context = {"signature": signature, "campaign": signature.campaign, "refusal": refusal}
    return render(request, "campaigns/own_address.html", context, status=status)
