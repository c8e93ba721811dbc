"""A page of the desk that is not one of Django's own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

INVALID, CONFLICT = 422, 409


def in_its_time(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view is given the campaign that the person may change; times are read and told in its time zone."""

    @wraps(view)
    def timed(desk: Any, request: HttpRequest, pk: int, **options: Any) -> HttpResponse:
        campaign = desk.row(request, pk)
        with timezone.override(campaign.zone):
            return rendered(view(desk, request, campaign, **options))

    return timed


def for_deciders(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As `in_its_time`, for who decides whom the campaign invites. A draft invites nobody yet: it is shown instead."""

    @wraps(view)
    def timed(desk: Any, request: HttpRequest, pk: int, **options: Any) -> HttpResponse:
        campaign = desk.row(request, pk, "view")
        if not request.user.has_perm("campaigns.change_invitation", campaign):
            raise PermissionDenied
        if campaign.is_draft:
            messages.info(request, _("A draft invites nobody yet: circulate it first."))
            return HttpResponseRedirect(reverse("admin:campaigns_campaign_change", args=[pk]))
        with timezone.override(campaign.zone):
            return rendered(view(desk, request, campaign, **options))

    return timed


def rendered(response: HttpResponse) -> HttpResponse:
    """The page written out now, while a time zone is in force that will not be later."""
    return response.render() if isinstance(response, TemplateResponse) else response


def page(
    desk: ModelAdmin, request: HttpRequest, template: str, title: Any, status: int = 200, **context: Any
) -> TemplateResponse:
    """The template `admin/campaigns/<template>.html` in the frame of the site."""
    frame = {**desk.admin_site.each_context(request), "title": title, "opts": desk.opts, "media": desk.media}
    return TemplateResponse(request, f"admin/campaigns/{template}.html", {**frame, **context}, status=status)
