"""What is only read: the record of events, and the letters on their way."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Event, OutgoingMail
from .scope import OF_WHICH_CAMPAIGN, Scoped


class ReadOnlyAdmin(admin.ModelAdmin):
    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return [field.name for field in self.opts.fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin, Scoped):
    list_display = ["at", "who", "verb", "signature", "campaign"]
    list_filter = ["verb", OF_WHICH_CAMPAIGN]
    list_select_related = ["who"]  # what the others speak of may be gone
    search_fields = ["signature__name", "campaign__title", "who__username"]
    date_hierarchy = "at"


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "kind", "fate", "attempts", "next_try_at", "last_error"]
    list_filter = ["kind", ("sent_at", admin.EmptyFieldListFilter)]

    @admin.display(description=_("state"))
    def fate(self, mail: OutgoingMail) -> Any:
        if mail.sent_at:
            return _("sent")
        return _("given up") if mail.ended_at else _("waiting")
