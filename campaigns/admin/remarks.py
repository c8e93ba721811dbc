"""The draft link of a campaign, and what was remarked at it, passage by passage."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..models import Campaign
from .deliveries import number_in
from .pages import page

if TYPE_CHECKING:
    from .campaigns import CampaignAdmin

ON_LINK = {
    "share_draft": _("The draft link is open. Copy it and send it to whom you trust."),
    "renew_draft_link": _("There is a new draft link. The old one has ended."),
    "end_draft_link": _("The draft link has ended. The remarks stay here."),
}
ON_REMARK = {
    "settle": _("The remark is settled."),
    "discard": _("The remark is deleted."),
}


def remarks(desk: "CampaignAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """The link, and each remark beside its passage. Opens, renews and ends the link; settles and deletes remarks."""
    campaign = desk.row(request, pk, "view")
    action = "change" if request.method == "POST" else "view"
    if not request.user.has_perm(f"campaigns.{action}_remark", campaign):
        raise PermissionDenied
    if request.method == "POST":
        act(request, campaign)
        return HttpResponseRedirect(request.path)
    texts, left = campaign.draft_texts(), campaign.remarks.select_related("settled_by")
    known = {
        "may_settle": request.user.has_perm("campaigns.change_remark", campaign),
        "link": settings.SITE_URL + reverse("draft", args=[campaign.draft_secret]) if campaign.draft_secret else "",
        "readings": [left.beside(text) for text in texts.values()],
        "astray": left.exclude(language__in=texts),
    }
    return page(desk, request, "campaign/remarks", _("Draft link and remarks"), campaign=campaign, **known)


def act(request: HttpRequest, campaign: Campaign) -> None:
    """Carries out the verb of the button that was pressed."""
    verb = request.POST.get("verb", "")
    try:
        if verb in ON_LINK:
            getattr(campaign, verb)(by=request.user)
            messages.success(request, ON_LINK[verb])
        elif verb in ON_REMARK and (remark := campaign.remarks.filter(pk=number_in(request.POST, "remark")).first()):
            getattr(remark, verb)(by=request.user)
            messages.success(request, ON_REMARK[verb])
        else:
            messages.error(request, _("That remark is not there any more."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
