"""What of a published campaign is shared elsewhere."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from .. import card as cards
from ..letter import Unavailable
from ..models import Campaign
from .doors import by_either_door, text_for_reader
from .texts import unavailable


@require_safe
@by_either_door
def card(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The share picture with the text in `?in=` or the reader's language, drawn only if something on it has changed."""
    text = text_for_reader(campaign, request.GET.get("in"))["text"]
    card = cards.of_campaign(campaign, text, campaign.signatures.tally())
    etag = quote_etag(card.digest)
    if get_conditional_response(request, etag):
        response: HttpResponse = HttpResponseNotModified()
    else:
        try:
            response = HttpResponse(card.png(), content_type="image/png")
        except Unavailable as reason:
            return unavailable(reason)
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=60)
    return response
