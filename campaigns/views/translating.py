"""A translation, for those who hold its link: they write it beside the original, without an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from ..forms.translating import TranslatingForm
from ..models import Translation
from .doors import kept_by_nobody
from .drafts import INVALID

SAVED = "saved"


@kept_by_nobody
@require_http_methods(["GET", "HEAD", "POST"])
def translate(request: HttpRequest, secret: str) -> HttpResponse:
    translation = get_object_or_404(Translation.objects.shared_by(secret))
    form = TranslatingForm(request.POST if request.method == "POST" else None, translation=translation)
    if form.is_bound and form.is_valid() and form.write():
        return redirect(f"{request.path}?{SAVED}")
    context = {
        "translation": translation,
        "campaign": translation.campaign,
        "form": form,
        "saved": SAVED in request.GET,
    }
    return render(request, "campaigns/translate.html", context, status=INVALID if form.is_bound else 200)
