"""Pages that everybody reads, the same for all."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template import TemplateDoesNotExist
from django.views.decorators.http import require_safe

from ..models import Campaign, Signature
from ..models.contacts import PRIVACY_NOTICE

NAMES_ON_A_PAGE = 200


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    campaigns = Campaign.objects.select_related("current_version").with_listed_count()
    return render(request, "campaigns/home.html", {"open": campaigns.open(), "closed": campaigns.closed()})


@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    campaign = get_object_or_404(Campaign.objects.published().select_related("current_version"), slug=slug)
    signatures = campaign.signatures.in_public()[:NAMES_ON_A_PAGE]
    return render(
        request,
        "campaigns/campaign.html",
        {
            "campaign": campaign,
            "text": campaign.text,
            "organizations": [signature for signature in signatures if signature.kind == Signature.Kind.ORGANIZATION],
            "persons": [signature for signature in signatures if signature.kind == Signature.Kind.PERSON],
            "tally": campaign.signatures.tally(),
            "names_on_a_page": NAMES_ON_A_PAGE,
        },
    )


@require_safe
def signatories(request: HttpRequest, slug: str) -> HttpResponse:
    campaign = get_object_or_404(Campaign.objects.published().select_related("current_version"), slug=slug)
    after = request.GET.get("after", "")
    position = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    signatures = list(campaign.signatures.in_public().filter(position__gt=position)[: NAMES_ON_A_PAGE + 1])
    return render(
        request,
        "campaigns/signatories.html",
        {
            "campaign": campaign,
            "text": campaign.text,
            "signatures": signatures[:NAMES_ON_A_PAGE],
            "after": position,
            "next": signatures[NAMES_ON_A_PAGE - 1].position if len(signatures) > NAMES_ON_A_PAGE else None,
            "tally": campaign.signatures.tally(),
        },
    )


@require_safe
def privacy(request: HttpRequest, version: int = PRIVACY_NOTICE) -> HttpResponse:
    try:
        return render(request, f"campaigns/privacy/{version}.html", {"version": version, "current": PRIVACY_NOTICE})
    except TemplateDoesNotExist as error:
        raise Http404 from error
