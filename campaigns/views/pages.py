"""Pages that everybody reads, the same for all."""

import hashlib
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
from .keeping import kept, unless_known
from .signatories import apart

# The page shows so many names in full; of a longer list the first and the newest, about as many as most lists have.
NAMES_IN_FULL = 100
FIRST_NAMES = 18
NEWEST_NAMES = 6
WALL = 12


@require_safe
@kept(until=Campaign.objects.next_change)
def home(request: HttpRequest) -> HttpResponse:
    campaigns = Campaign.objects.select_related("current_version").with_listed_count()
    return render(request, "campaigns/home.html", {"open": campaigns.open(), "closed": campaigns.closed()})


@require_safe
@by_either_door
@kept(until=Campaign.next_change)
def campaign(request: HttpRequest, campaign: Campaign, language: str | None = None) -> HttpResponse:
    reading = text_for_reader(campaign, language)
    text: Statement = reading["text"]
    news = UpdateText.objects.public_in(campaign, text.language)
    page: list[Any] = list(campaign.signatures.page_one(text.language, names_at_once(campaign), NEWEST_NAMES))
    signatures = as_read(get_language() or "", [each for each in page if each.state == Signature.State.LISTED])
    census = campaign.signatures.census()
    context = {
        **reading,
        "digest": campaign.in_force.digest(text.language),
        "demands": demands_with_outcomes(text, news),
        "news": news,
        **in_front(signatures),
        "corrected": sorted((each for each in page if each.correction), key=lambda each: each.ended_at, reverse=True),
        "initiators": [each for each in signatures if each.stands and each.shows_logo][:MOST_LOGOS],
        "wall": [each for each in signatures if each.stands and each.has_logo_in_public and not each.shows_logo][:WALL],
        "tally": census.tally,
        "census": census,
    }
    return render(request, "campaigns/campaign.html", context)


def names_at_once(campaign: Campaign) -> int:
    """How many names are asked for: of a list by name all that can be sorted for its reader, and one to see whether
    there are more than the page shows."""
    return (MOST_SORTED if campaign.list_order == Campaign.ListOrder.NAME else NAMES_IN_FULL) + 1


def in_front(signatures: list[Any]) -> dict[str, Any]:
    """The lists of the campaign's own page: all names or, of many, the first and the newest."""
    if len(signatures) <= NAMES_IN_FULL:
        return apart(signatures)
    first = signatures[:FIRST_NAMES]
    newest = sorted(signatures[FIRST_NAMES:], key=lambda each: -each.position)[:NEWEST_NAMES]
    return {**apart(first), "newest": [each for each in newest if each.stands], "is_excerpt": True}


def demands_with_outcomes(text: Statement, news: list[UpdateText]) -> list[tuple[NumberedDemand, Update | None]]:
    """Each demand with the newest update that tells its outcome."""
    newest = {each.update.demand_key: each.update for each in reversed(news)}
    return [(demand, newest.get(demand.key)) for demand in text.demands]


@require_safe
@kept()
def privacy(request: HttpRequest, version: int = PRIVACY_NOTICE) -> HttpResponse:
    if not 1 <= version <= PRIVACY_NOTICE:
        raise Http404
    return render(request, f"campaigns/privacy/{version}.html", {"version": version, "current": PRIVACY_NOTICE})


@require_safe
@kept()
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """The addressee's reply, as the PDF that a coordinator added to an update."""
    update = get_object_or_404(Update.objects.public().exclude(document=""), pk=pk)
    try:
        with update.document.open() as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise Http404 from error
    return unless_known(request, digest, lambda: pdf_of(update))


def pdf_of(update: Update) -> Any:
    return FileResponse(update.document.open(), content_type="application/pdf", filename=f"reply-{update.pk}.pdf")
