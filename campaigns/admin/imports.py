"""Bringing a list: upload it, look at every row as it would be taken, confirm."""

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db import DatabaseError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from ..desk import is_key
from ..models import ImportBatch, ImportRow
from ..spreadsheets import ENCODINGS, NAME_HEADINGS, REASONS, Columns, Sheet, Unreadable, as_csv, missing, read
from .bringing import BringForm, ColumnsForm
from .pages import INVALID, page
from .records import ReadOnlyAdmin
from .scope import Scoped

ROWS_ON_A_PAGE = 100
ROWS_TO_SHOW = 5
STEPS_OF_PROGRESS = 100
PROGRESS_STANDS_HERE = "<!-- progress -->"
forms_only = method_decorator(require_http_methods(["GET", "HEAD", "POST"]))


def look(batch: ImportBatch, sheet: Sheet, columns: Columns) -> None:
    batch.look(
        columns.lines(sheet.rows()),
        encoding=sheet.encoding,
        headings=columns.headings(sheet.headings),
        left_out=columns.left_out(sheet.headings),
    )


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin, Scoped):
    list_display = ["file_name", "created_at", "by", "campaign", "standing"]
    list_select_related = ["by", "campaign"]

    def rows(self) -> Any:
        return super().rows().defer("sealed_file")

    def seen_by(self, user: Any) -> Q:
        """A coordinator's own; a file may hold more than its rows, such as addresses of people."""
        return Q() if user.is_superuser else Q(by=user) & (Q(campaign=None) | super().seen_by(user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_bring(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_bring(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_bring(request)

    def may_bring(self, request: HttpRequest) -> bool:
        """Who may add an organization may bring many."""
        return request.user.has_perm("campaigns.add_organization")

    @admin.display(description=_("state"))
    def standing(self, batch: ImportBatch) -> Any:
        if batch.taken_at:
            return _("taken")
        return _("looked at, not taken") if batch.looked_at else _("not looked at yet")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/columns/", wrap(self.columns_view), name="campaigns_importbatch_columns"),
            path("<int:pk>/confirm/", wrap(self.confirm_view), name="campaigns_importbatch_confirm"),
            path("<int:pk>/refused.csv", wrap(self.refused_view), name="campaigns_importbatch_refused"),
            path("<int:pk>/discard/", wrap(require_POST(self.discard_view)), name="campaigns_importbatch_discard"),
            *super().get_urls(),
        ]

    @forms_only
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The first step: the file."""
        if not self.may_bring(request):
            raise PermissionDenied
        own = self.campaigns(request, "add")
        form = BringForm(request.POST or None, request.FILES or None, initial=request.GET.dict(), campaigns=own)
        if not form.is_bound or not form.is_valid():
            status = INVALID if form.is_bound else 200
            return page(self, request, "importbatch/bring", _("Bring a list of organizations"), status, form=form)
        batch, sheet = form.bring(by=request.user), form.sheet
        if missing(sheet.headings) or not sheet.is_sure:
            return HttpResponseRedirect(address("columns", batch, encoding=sheet.encoding))
        look(batch, sheet, Columns.by_heading(sheet.headings))
        return HttpResponseRedirect(address("change", batch))

    @forms_only
    def columns_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Between the steps, where the headings or the encoding leave a doubt: which column is which."""
        batch = self.row(request, pk, "view")
        if batch.taken_at or not batch.file:
            messages.error(request, _("The file is no longer kept. Bring it again."))
            return HttpResponseRedirect(address("change", batch) if batch.looked_at else address("add"))
        encoding = request.POST.get("encoding", request.GET.get("encoding", ""))
        if "again" in request.POST:
            return HttpResponseRedirect(address("columns", batch, encoding=encoding))
        sheet, problem = read_as(batch.file, encoding)
        form = ColumnsForm(request.POST if request.method == "POST" else None, sheet=sheet)
        if not form.is_bound or problem or not form.is_valid():
            context: dict[str, Any] = {"batch": batch, "form": form, "sheet": sheet, "problem": problem}
            context |= {"doubts": missing(sheet.headings), "rows": first_rows(sheet)}
            context["may_discard"] = batch.may_be_discarded_by(request.user)
            return page(self, request, "importbatch/columns", batch, INVALID if form.is_bound else 200, **context)
        look(batch, sheet, form.columns)
        return HttpResponseRedirect(address("change", batch))

    @forms_only
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The second step: every row as it would be taken; afterwards, what was taken."""
        if not is_key(object_id):
            return HttpResponseRedirect(address("changelist"))
        batch = self.row(request, int(object_id), "view")
        if not batch.looked_at:
            return HttpResponseRedirect(address("columns", batch))
        problem = ""
        if request.method == "POST":
            try:
                batch.choose(choices_in(request))
                messages.success(request, _("The choices of this page are kept."))
                onward = address("confirm", batch) if "confirm" in request.POST else request.get_full_path()
                return HttpResponseRedirect(onward)
            except ValidationError as error:
                problem = " ".join(error.messages)
        shown = page_of(batch, request)
        rows = [(row, row.choices(known)) for known in [ImportRow.candidates_of(shown)] for row in shown]
        context: dict[str, Any] = {"batch": batch, "tally": batch.tally(), "problem": problem}
        context |= {"rows": rows, "page": shown, "verdict": verdict_in(request)}
        context["may_discard"] = batch.may_be_discarded_by(request.user)
        return page(self, request, "importbatch/look", batch, INVALID if problem else 200, **context)

    @forms_only
    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The third step: what will happen, and the button that does it."""
        batch = self.row(request, pk, "view")
        if batch.taken_at or not batch.looked_at:
            return HttpResponseRedirect(address("change", batch))
        tally = batch.tally()
        if request.method != "POST":
            return page(self, request, "importbatch/confirm", batch, batch=batch, tally=tally)
        shell = page(self, request, "importbatch/taking", batch, batch=batch).rendered_content
        by: Any = request.user
        steps = batch.take(by, seen=request.POST.get("seen", ""))
        response = StreamingHttpResponse(taking(shell, steps, batch, tally["total"]))
        response["X-Accel-Buffering"] = "no"
        return response

    def refused_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The rows that are left out, with the reasons, to mend and bring again."""
        batch = self.row(request, pk, "view")
        rows = ([*pad(cells, len(batch.headings)), why] for cells, why in batch.refused())
        return as_csv(f"left-out-{batch.pk}", [*batch.headings, REASONS], rows)

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.row(request, pk, "view").discard(request.user)
        messages.success(request, _("The list is forgotten. What was taken of it stays."))
        return HttpResponseRedirect(address("changelist"))


def address(step: str, batch: ImportBatch | None = None, **query: str) -> str:
    where = reverse(f"admin:campaigns_importbatch_{step}", args=[batch.pk] if batch else [])
    return f"{where}?{urlencode(query)}" if any(query.values()) else where


def read_as(data: bytes, encoding: str) -> tuple[Sheet, str]:
    """The sheet in the encoding that was asked for, else as it is found out, with the reason why not as asked."""
    try:
        return read(data, encoding if encoding in dict(ENCODINGS) else "", NAME_HEADINGS), ""
    except Unreadable as error:
        return read(data, "", NAME_HEADINGS), " ".join(error.messages)


def first_rows(sheet: Sheet) -> list[list[str]]:
    try:
        return [pad(row.cells, len(sheet.headings)) for row in sheet.first(ROWS_TO_SHOW)]
    except Unreadable:
        return []


def pad(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))][:width]


def choices_in(request: HttpRequest) -> dict[int, str]:
    """What was chosen for each row of the page, by the row's key."""
    sent = {name.removeprefix("row-"): str(value) for name, value in request.POST.items() if name.startswith("row-")}
    return {int(pk): value for pk, value in sent.items() if is_key(pk)}


def verdict_in(request: HttpRequest) -> str:
    verdict = request.GET.get("verdict", "")
    return verdict if verdict in ImportRow.Verdict.values else ""


def page_of(batch: ImportBatch, request: HttpRequest) -> Page:
    rows = batch.rows.select_related("organization").order_by("number")
    verdict = verdict_in(request)
    pages = Paginator(rows.filter(verdict=verdict) if verdict else rows, ROWS_ON_A_PAGE)
    return pages.get_page(request.GET.get("p"))


def taking(shell: str, steps: Generator[int], batch: ImportBatch, total: int) -> Iterator[str]:
    """The page, sent as the work goes on: its upper half, how far the work is, the outcome, its lower half.

    When the page is closed in the middle, so is this, and the transaction is undone.
    """
    above, _mark, below = shell.partition(PROGRESS_STANDS_HERE)
    yield above
    step = max(1, total // STEPS_OF_PROGRESS)
    problem: Any = ""
    try:
        with closing(steps) as work:
            for done in work:
                if done % step == 0:
                    yield format_html('<progress max="{}" value="{}"></progress>\n', total, done)
    except ValidationError as error:
        problem = " ".join(error.messages)
    except DatabaseError:
        problem = _("The database gave way.")
    yield render_to_string("admin/campaigns/importbatch/_taken.html", {"batch": batch, "problem": problem})
    yield below
