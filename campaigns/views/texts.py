"""The public history of a statement: every text version, what changed, its canonical bytes, and the letter as PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import differences, letter
from ..models import Campaign, TextVersion
from .doors import by_either_door, text_for_reader
from .drawings import answer
from .keeping import kept


def versions_to_read(campaign: Campaign) -> list[TextVersion]:
    """Those that are or were its text, oldest first. Versions from before publication are never public."""
    if campaign.is_published and campaign.publish_at:
        return campaign.text_versions.public(since=campaign.publish_at)
    return list(campaign.text_versions.in_force().select_related("proposal"))


@require_safe
@by_either_door
@kept(until=Campaign.next_change)
def versions(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    history = versions_to_read(campaign)
    with_changes = [
        (version, *differences.history(before, version))
        for before, version in zip([None, *history], history, strict=False)
    ]
    context = {**text_for_reader(campaign, request.GET.get("in")), "history": with_changes[::-1]}
    return render(request, "campaigns/versions.html", context)


@require_safe
@by_either_door
@kept(until=Campaign.next_change)
def version(request: HttpRequest, campaign: Campaign, number: int) -> HttpResponse:
    version = next((each for each in versions_to_read(campaign) if each.number == number), None)
    if version is None:
        raise Http404
    original_first = sorted(version.statements(), key=lambda statement: statement.language != campaign.language)
    texts = [(statement, version.digest(statement.language)) for statement in original_first]
    context = {**text_for_reader(campaign, request.GET.get("in")), "version": version, "texts": texts}
    return render(request, "campaigns/version.html", context)


@require_safe
@by_either_door
@kept(until=Campaign.next_change)
def canonical(request: HttpRequest, campaign: Campaign, number: int, language: str) -> HttpResponse:
    """The very bytes of which the fingerprint is the SHA-256."""
    history = versions_to_read(campaign)
    version = next((each for each in history if each.number == number and language in each.content), None)
    if version is None:
        raise Http404
    return HttpResponse(version.statement(language).canonical(), content_type="application/json; charset=utf-8")


@require_safe
@by_either_door
@kept(until=Campaign.next_change)
def letter_pdf(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The letter as it would be delivered at this minute, in `?in=` or the reader's language."""
    language = text_for_reader(campaign, request.GET.get("in"))["text"].language
    return answer(request, letter.of_campaign(campaign, language), f"{campaign.slug}-{language}.pdf")
