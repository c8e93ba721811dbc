"""What is only read: the record of events, and the letters on their way."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from ..models import Event, OutgoingMail
from ..models.telling import Line, tell
from .scope import OF_WHICH_CAMPAIGN, Scoped


def edited(form: Any, formsets: Iterable[Any], related: str) -> list[str]:
    """The fields that were changed in a form of the desk, and `related` where one of its formsets was."""
    return [*form.changed_data, *([related] if any(formset.has_changed() for formset in formsets) else [])]


class ReadOnlyAdmin(admin.ModelAdmin):
    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return [field.name for field in self.opts.fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ToldList(ChangeList):
    """A list of events that are told together, in few queries."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: list[Any] = list(self.result_list)
        for event, line in zip(self.result_list, tell(self.result_list), strict=True):
            event.line = line


def line_of(event: Any) -> Line:
    """The event as a timeline tells it."""
    return getattr(event, "line", None) or tell([event])[0]


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin, Scoped):
    fields = ["at", "actor", "sentence", "subject"]
    list_display = ["at", "actor", "sentence", "subject"]
    list_filter = ["verb", OF_WHICH_CAMPAIGN]
    list_select_related = ["who"]  # what the others speak of may be gone
    search_fields = ["signature__name", "organization__name", "campaign__title", "who__username"]
    date_hierarchy = "at"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ToldList

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return ["at", "actor", "sentence", "subject"]

    @admin.display(description=_("who"))
    def actor(self, event: Event) -> str:
        return line_of(event).who

    @admin.display(description=_("what"), ordering="verb")
    def sentence(self, event: Event) -> str:
        return line_of(event).sentence

    @admin.display(description=_("on what"))
    def subject(self, event: Event) -> str:
        return render_to_string("admin/_subject.html", {"line": line_of(event)})


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "kind", "fate", "attempts", "next_try_at", "last_error"]
    list_filter = ["kind", ("sent_at", admin.EmptyFieldListFilter)]

    @admin.display(description=_("state"))
    def fate(self, mail: OutgoingMail) -> Any:
        if mail.sent_at:
            return _("sent")
        if mail.is_given_up:
            return _("given up")
        return _("no longer true") if mail.ended_at else _("waiting")
