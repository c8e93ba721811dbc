"""The public history of a statement: every text version, what changed, its canonical bytes, and the letter as PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from .. import differences, letter
from ..models import Campaign, TextVersion

UNAVAILABLE = 503


def public_versions(slug: str) -> tuple[Campaign, list[TextVersion]]:
    """The campaign with the versions that are or were its text, oldest first."""
    campaign = get_object_or_404(Campaign.objects.published().select_related("current_version"), slug=slug)
    return campaign, list(campaign.text_versions.in_force().select_related("proposal"))


@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    campaign, history = public_versions(slug)
    with_changes = [
        (version, *differences.history(before, version))
        for before, version in zip([None, *history], history, strict=False)
    ]
    context = {"campaign": campaign, "text": campaign.text, "history": with_changes[::-1]}
    return render(request, "campaigns/versions.html", context)


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    campaign, history = public_versions(slug)
    version = next((each for each in history if each.number == number), None)
    if version is None:
        raise Http404
    texts = [(statement, version.digest(statement.language)) for statement in version.statements()]
    return render(request, "campaigns/version.html", {"campaign": campaign, "version": version, "texts": texts})


@require_safe
def canonical(request: HttpRequest, slug: str, number: int, language: str) -> HttpResponse:
    """The very bytes of which the fingerprint is the SHA-256."""
    _campaign, history = public_versions(slug)
    version = next((each for each in history if each.number == number and language in each.content), None)
    if version is None:
        raise Http404
    return HttpResponse(version.statement(language).canonical(), content_type="application/json; charset=utf-8")


@require_safe
def letter_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The letter as it would be delivered at this minute, in `?in=` or the original language."""
    campaign = get_object_or_404(Campaign.objects.published().select_related("current_version"), slug=slug)
    language = request.GET.get("in", campaign.language)
    if language not in campaign.in_force.content:
        raise Http404
    return pdf(letter.of_campaign(campaign, language), f"{campaign.slug}-{language}.pdf")


def pdf(paper: letter.Letter, name: str) -> HttpResponse:
    try:
        content = paper.pdf()
    except letter.Unavailable as reason:
        return HttpResponse(str(reason), status=UNAVAILABLE, content_type="text/plain; charset=utf-8")
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
