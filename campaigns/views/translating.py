"""A translation, for those who hold its link: they write it beside the original, or in a document that goes out and
comes back, without an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ..documents import two_columns
from ..forms.bringing import BringingForm
from ..forms.translating import TranslatingForm
from ..models import Translation
from .drafts import INVALID
from .keeping import kept_by_nobody

SAVED = "saved"


@kept_by_nobody
@require_http_methods(["GET", "HEAD", "POST"])
def translate(request: HttpRequest, secret: str) -> HttpResponse:
    translation = get_object_or_404(Translation.objects.shared_by(secret))
    bringing = BringingForm(request.POST if request.method == "POST" else None, request.FILES, translation=translation)
    form = TranslatingForm(bringing.filled_in, translation=translation)
    if form.is_bound and not bringing.is_bound and form.is_valid() and form.write():
        return redirect(f"{request.path}?{SAVED}")
    context = {
        "translation": translation,
        "campaign": translation.campaign,
        "form": form,
        "bringing": bringing,
        "document": reverse("translate_document", args=[secret]),
        "saved": SAVED in request.GET,
    }
    is_refused = form.is_bound and not (bringing.is_valid() and form.is_valid())
    return render(request, "campaigns/translate.html", context, status=INVALID if is_refused else 200)


@kept_by_nobody
@require_safe
def document(_request: HttpRequest, secret: str) -> HttpResponse:
    """The translation beside its original, in two columns, to be written in a word processor."""
    translation = get_object_or_404(Translation.objects.shared_by(secret))
    headers = {"Content-Disposition": f'attachment; filename="{two_columns.name_of(translation)}"'}
    return HttpResponse(two_columns.write(translation), content_type=two_columns.TYPE, headers=headers)
