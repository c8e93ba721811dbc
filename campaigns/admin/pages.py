"""A page of the desk that is not one of Django's own."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.template.response import TemplateResponse

INVALID, CONFLICT = 422, 409


def page(
    desk: ModelAdmin, request: HttpRequest, template: str, title: Any, status: int = 200, **context: Any
) -> TemplateResponse:
    """The template `admin/campaigns/<template>.html` in the frame of the site."""
    frame = {**desk.admin_site.each_context(request), "title": title, "opts": desk.opts, "media": desk.media}
    return TemplateResponse(request, f"admin/campaigns/{template}.html", {**frame, **context}, status=status)
