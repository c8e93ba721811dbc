"""Pages that everybody reads, the same for all."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ..letter import MOST_LOGOS
from ..models import Campaign, NumberedDemand, Signature, Statement, Update, UpdateText
from ..models.contacts import PRIVACY_NOTICE
from .doors import by_either_door, text_for_reader

NAMES_ON_A_PAGE = 200


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    campaigns = Campaign.objects.select_related("current_version").with_listed_count()
    return render(request, "campaigns/home.html", {"open": campaigns.open(), "closed": campaigns.closed()})


@require_safe
@by_either_door
def campaign(request: HttpRequest, campaign: Campaign, language: str | None = None) -> HttpResponse:
    reading = text_for_reader(campaign, language)
    text: Statement = reading["text"]
    news = UpdateText.objects.public_in(campaign, text.language)
    page: list[Any] = list(campaign.signatures.page_one(text.language, NAMES_ON_A_PAGE))
    signatures = [each for each in page if each.state == Signature.State.LISTED]
    context = {
        **reading,
        "digest": campaign.in_force.digest(text.language),
        "demands": demands_with_outcomes(text, news),
        "news": news,
        **apart(signatures[:NAMES_ON_A_PAGE]),
        "corrected": sorted((each for each in page if each.correction), key=lambda each: each.ended_at, reverse=True),
        "initiators": [each for each in signatures if each.stands and each.shows_logo][:MOST_LOGOS],
        "tally": campaign.signatures.tally(),
        "names_on_a_page": NAMES_ON_A_PAGE,
    }
    return render(request, "campaigns/campaign.html", context)


def apart(signatures: Iterable[Any]) -> dict[str, Any]:
    """The lists of a page: organizations, persons, those who joined after a delivery by the number of their
    supplementary list, and those who signed an earlier text only."""
    lists: dict[str, Any] = {"organizations": [], "persons": [], "supplements": defaultdict(list), "earlier": []}
    for signature in signatures:
        if not signature.stands:
            lists["earlier"].append(signature)
        elif signature.supplement:
            lists["supplements"][signature.supplement].append(signature)
        else:
            lists["organizations" if signature.kind == Signature.Kind.ORGANIZATION else "persons"].append(signature)
    return {**lists, "supplements": sorted(lists["supplements"].items())}


def demands_with_outcomes(text: Statement, news: list[UpdateText]) -> list[tuple[NumberedDemand, Update | None]]:
    """Each demand with the newest update that tells its outcome."""
    newest = {each.update.demand_key: each.update for each in reversed(news)}
    return [(demand, newest.get(demand.key)) for demand in text.demands]


@require_safe
@by_either_door
def signatories(request: HttpRequest, campaign: Campaign, language: str | None = None) -> HttpResponse:
    reading = text_for_reader(campaign, language)
    after = request.GET.get("after", "")
    position = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    place = campaign.signatures.in_list_order().filter(position=position).first() if position else None
    following = campaign.signatures.on_page(reading["text"].language).after(place)
    signatures = list(following[: NAMES_ON_A_PAGE + 1]) if place or not position else []
    return render(
        request,
        "campaigns/signatories.html",
        {
            **reading,
            "signatures": signatures[:NAMES_ON_A_PAGE],
            **apart(signatures[:NAMES_ON_A_PAGE]),
            "after": position,
            "next": signatures[NAMES_ON_A_PAGE - 1].position if len(signatures) > NAMES_ON_A_PAGE else None,
            "tally": campaign.signatures.tally(),
        },
    )


@require_safe
def privacy(request: HttpRequest, version: int = PRIVACY_NOTICE) -> HttpResponse:
    if not 1 <= version <= PRIVACY_NOTICE:
        raise Http404
    return render(request, f"campaigns/privacy/{version}.html", {"version": version, "current": PRIVACY_NOTICE})


@require_safe
def reply(request: HttpRequest, pk: int) -> FileResponse:
    """The addressee's reply, as the PDF that a coordinator added to an update."""
    update = get_object_or_404(Update.objects.public().exclude(document=""), pk=pk)
    try:
        file = update.document.open()
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(file, content_type="application/pdf", filename=f"reply-{pk}.pdf")
