"""Undo, for a minute after a decision or a question."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..desk import is_key
from ..models import Signature

if TYPE_CHECKING:
    from .signatures import SignatureAdmin


def undo(desk: "SignatureAdmin", request: HttpRequest) -> HttpResponse:
    """Takes back what was done in one act: all of it, or nothing."""
    keys = set(filter(is_key, request.POST.getlist("signature")))
    signatures = list(desk.get_queryset(request).filter(pk__in=keys))
    may = desk.has_change_permission
    if not may(request) or len(signatures) != len(keys) or not all(may(request, each) for each in signatures):
        raise PermissionDenied
    if not signatures:
        messages.error(request, _("There is nothing to undo."))
        return HttpResponseRedirect(reverse("admin:index"))
    try:
        words = take_back(signatures, request.POST.get("question", ""), by=request.user)
        messages.success(request, words % {"name": signatures[0].name, "count": len(signatures)})
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
    if len(signatures) > 1:
        return HttpResponseRedirect(reverse("admin:index"))
    return HttpResponseRedirect(reverse("admin:campaigns_signature_change", args=[signatures[0].pk]))


def take_back(signatures: list[Signature], question: str, by: Any) -> str:
    """Takes back the question of that key, or without one the decisions, and gives the words that say so.

    Raises ValidationError where that is not possible any more.
    """
    if question:
        get_object_or_404(signatures[0].questions, pk=question if is_key(question) else None).take_back(by)
        return _("The question to “%(name)s” is taken back.")
    Signature.objects.undo_all(signatures, by=by)
    return ngettext("%(count)s signature waits again.", "%(count)s signatures wait again.", len(signatures))
