"""Pages that everybody reads, the same for all."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ..letter import MOST_LOGOS
from ..models import Campaign, NumberedDemand, Signature, Statement, Update, UpdateText
from ..models.contacts import PRIVACY_NOTICE
from ..models.listing import MOST_SORTED, as_read
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
    page: list[Any] = list(campaign.signatures.page_one(text.language, names_at_once(campaign)))
    signatures = as_read(get_language() or "", [each for each in page if each.state == Signature.State.LISTED])
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


def names_at_once(campaign: Campaign) -> int:
    """How many names are asked for: of a list by name all that can be sorted for its reader, and one to see whether
    there are more."""
    return MOST_SORTED + 1 if campaign.list_order == Campaign.ListOrder.NAME else NAMES_ON_A_PAGE + 1


def names_after(campaign: Campaign, language: str, position: int) -> list[Any]:
    """The names of one page and the next one, that follow the one of that position; from the beginning after 0."""
    public = campaign.signatures.on_page(language)
    if campaign.list_order == Campaign.ListOrder.NAME:
        every = list(public[: names_at_once(campaign)])
        if len(every) <= MOST_SORTED:
            sorted_names = as_read(get_language() or "", every)
            places = {0: 0, **{each.position: place for place, each in enumerate(sorted_names, start=1)}}
            start = places.get(position, len(sorted_names))
            return sorted_names[start : start + NAMES_ON_A_PAGE + 1]
    place = campaign.signatures.in_list_order().filter(position=position).first() if position else None
    return list(public.after(place)[: NAMES_ON_A_PAGE + 1]) if place or not position else []


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
    signatures = names_after(campaign, reading["text"].language, position)
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
