"""The draft text, for those who hold its link: they read it as it would be, and remark on it."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from ..forms.drafts import RemarkForm
from ..models import Campaign, RateLimit, Remark
from ..models.texts import nearest
from .errors import held_back
from .keeping import kept_by_nobody

INVALID, TOO_MANY = 422, 429


@kept_by_nobody
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, secret: str, language: str = "") -> HttpResponse:
    campaign = get_object_or_404(Campaign.objects.shared_by(secret))
    texts = campaign.draft_texts()
    unnamed = nearest(get_language() or "", texts) or campaign.language
    text = texts.get(language or unnamed)
    if text is None:
        raise Http404
    reading = campaign.remarks.beside(text)
    context = {"campaign": campaign, "languages": list(texts), "unnamed": unnamed, "reading": reading, "text": text}
    if request.method != "POST":
        return render(request, "campaigns/draft.html", context)
    passage = reading.passage(request.POST.get("place", ""))
    form = RemarkForm(request.POST, passage=passage)
    if not form.is_valid():
        return render(request, "campaigns/draft.html", {**context, "form": form}, status=INVALID)
    remark = Remark(campaign=campaign, language=text.language, place=passage.place, quote=passage.words)
    try:
        RateLimit.objects.admit(request.META["REMOTE_ADDR"])
        remark.leave(form.cleaned_data["name"], form.cleaned_data["words"])
    except ValidationError as error:
        if error.code == "ended":
            raise Http404 from error
        context |= {"form": form, "refusal": error}
        return held_back(render(request, "campaigns/draft.html", context, status=TOO_MANY), error)
    return redirect(f"{request.path}#{passage.anchor}")
