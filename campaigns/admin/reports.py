"""Reports of errors that readers have sent: those that nobody has settled come first."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from ..models import Report
from .pages import CONFLICT, INVALID, page
from .scope import Scoped

LIST_CHARACTERS = 100


class SettleForm(forms.Form):
    use_required_attribute = False

    note = forms.CharField(
        label=_("What came of it"), max_length=300, help_text=_("For your colleagues. No names and no addresses here.")
    )


class SettledFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("waiting for you")), ("yes", _("settled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        return queryset.filter(settled_at__isnull=self.value() == "no") if self.value() else queryset


@admin.register(Report)
class ReportAdmin(Scoped):
    list_display = ["what", "about", "at", "settled_by"]
    list_filter = [SettledFilter, ("campaign", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["settled_by"]

    def rows(self) -> QuerySet[Report]:
        return Report.objects.annotate(waits=Q(settled_at=None))

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["-waits", "-at", "-id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    @admin.display(description=_("report"))
    def what(self, report: Report) -> str:
        return Truncator(report.words).chars(LIST_CHARACTERS)

    @admin.display(description=_("page"))
    def about(self, report: Report) -> str:
        return format_html('<a href="{}">{}</a>', report.page, report.page) if report.page else "—"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the reader says. Settles it; shows the address to answer to, which is recorded."""
        report = self.get_object(request, object_id)
        if report is None:
            raise Http404
        if not self.has_change_permission(request, report):
            raise PermissionDenied
        form = SettleForm(request.POST if "settle" in request.POST else None)
        if form.is_bound and form.is_valid():
            return self.settle(request, report, form.cleaned_data["note"])
        email = report.show_email(by=request.user) if "show" in request.POST else ""
        status = INVALID if form.is_bound else 200
        return page(self, request, "report/change", str(report), status, report=report, form=form, email=email)

    def settle(self, request: HttpRequest, report: Report, note: str) -> HttpResponse:
        """Settles it. Where another has done so before, the note stays on the page, to be copied."""
        report.settle(by=request.user, note=note)
        words = _("It is settled by %(name)s.") % {"name": report.settled_by}
        if (report.settled_by, report.note) == (request.user, note):
            messages.success(request, words)
            return HttpResponseRedirect(reverse("admin:campaigns_report_changelist"))
        messages.error(request, words)
        return page(self, request, "report/change", str(report), CONFLICT, report=report, kept=[note])
