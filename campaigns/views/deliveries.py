"""A delivered letter that anyone can check."""

from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from .. import letter, verify
from ..forms.deliveries import CheckForm
from ..models import Delivery
from .drawings import answer
from .keeping import kept

INVALID = 422


def find(fingerprint: str) -> Delivery:
    if not verify.FINGERPRINT.fullmatch(fingerprint):
        raise Http404
    deliveries = Delivery.objects.select_related("campaign__current_version", "text_version")
    return get_object_or_404(deliveries, fingerprint=fingerprint)


@require_safe
@kept()
def delivery(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """What was delivered, and what has happened since."""
    delivery = find(fingerprint)
    version = delivery.text_version
    language = version.language_near(get_language() or "") or delivery.campaign.language
    entries: list[Any] = list(delivery.entries.with_corrections())
    context = {
        "delivery": delivery,
        "campaign": delivery.campaign,
        "version": version,
        "text": version.statement(language),
        "entries": entries,
        "is_corrected": any(entry.correction and not entry.is_taken_out for entry in entries),
        "since": {**delivery.since(), "taken_out": sum(entry.is_taken_out for entry in entries)},
    }
    return render(request, "campaigns/delivery.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """A file dropped here is held against what was delivered."""
    delivery = find(fingerprint)
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    verdict = problem = ""
    if form.is_bound and form.is_valid():
        verdict, problem = delivery.examine(form.cleaned_data["list"].read())
    context = {
        "delivery": delivery,
        "campaign": delivery.campaign,
        "form": form,
        "verdict": verdict,
        "problem": problem,
    }
    return render(request, "campaigns/check.html", context, status=INVALID if form.errors or problem else 200)


@require_safe
@kept()
def manifest(request: HttpRequest, fingerprint: str) -> HttpResponse:
    delivery = find(fingerprint)
    name = f"{delivery.campaign.slug}-delivered-{delivery.number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(delivery.manifest(), content_type="application/json", headers=headers)


@require_safe
@kept()
def delivered_letter(request: HttpRequest, fingerprint: str) -> HttpResponse:
    delivery = find(fingerprint)
    language = request.GET.get("in", delivery.campaign.language)
    if language not in delivery.text_version.content:
        raise Http404
    name = f"{delivery.campaign.slug}-{delivery.number}-{language}.pdf"
    return answer(request, letter.of_delivery(delivery, language), name)


@require_safe
@kept()
def script(request: HttpRequest) -> HttpResponse:
    """The verifying script: one file, which needs Python and nothing else."""
    source = Path(verify.__file__).read_bytes()
    headers = {"Content-Disposition": 'attachment; filename="verify.py"'}
    return HttpResponse(source, content_type="text/x-python; charset=utf-8", headers=headers)
