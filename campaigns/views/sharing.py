"""What people share of a published campaign: its address, as links, as a picture, as a QR code and on a poster."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import card as cards
from .. import poster, qr
from ..forms.embedding import FrameForm
from ..models import Campaign
from .doors import by_either_door, text_for_reader
from .drawings import answer
from .keeping import kept

INVALID = 422


@require_safe
@csp_update({"frame-src": [SELF]})
@by_either_door
@kept(until=Campaign.next_change)
def share(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """All the ways to share, and the frame for somebody's own page, in the language and colours that they ask for."""
    form = FrameForm(campaign, request.GET)
    context = {
        **text_for_reader(campaign, request.GET.get("in")),
        "form": form,
        "frame": form.frame if form.is_valid() else None,
    }
    return render(request, "campaigns/share.html", context, status=INVALID if form.errors else None)


@require_safe
@by_either_door
@kept(until=Campaign.next_change)
def card(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The share picture with the text in `?in=` or the reader's language."""
    text = text_for_reader(campaign, request.GET.get("in"))["text"]
    card = cards.of_campaign(campaign, text, campaign.signatures.tally())
    return answer(request, card, f"{campaign.slug}-{text.language}.png")


@require_safe
@by_either_door
@kept(until=Campaign.next_change)
def qr_svg(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    return image(qr.svg(address_read(request, campaign)), "image/svg+xml", f"{campaign.slug}.svg")


@require_safe
@by_either_door
@kept(until=Campaign.next_change)
def qr_png(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    return image(qr.png(address_read(request, campaign)), "image/png", f"{campaign.slug}.png")


@require_safe
@by_either_door
@kept(until=Campaign.next_change)
def poster_pdf(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """In `?in=` or the reader's language."""
    language = text_for_reader(campaign, request.GET.get("in"))["text"].language
    return answer(request, poster.of_campaign(campaign, language), f"{campaign.slug}-poster-{language}.pdf")


def address_read(request: HttpRequest, campaign: Campaign) -> str:
    """The whole address of the campaign's page as who asks reads it."""
    named = text_for_reader(campaign, request.GET.get("in"))["named"]
    return f"{settings.SITE_URL}{campaign.address_in(named)}"


def image(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'})
