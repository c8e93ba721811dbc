"""A reader reports an error."""

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ..forms.reports import ReportForm
from ..models import RateLimit, Report
from .errors import held_back

INVALID, TOO_MANY = 422, 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; `?page=` is the path of the public page that is meant."""
    report = Report.objects.about(request.GET.get("page", ""))
    form = ReportForm(request.POST if request.method == "POST" else None, stand=report.page)
    status, refusal = INVALID if form.is_bound else 200, None
    if form.is_bound and form.is_valid():
        try:
            RateLimit.objects.admit(request.META["REMOTE_ADDR"])
            report.send(form.cleaned_data["words"], form.cleaned_data["email"])
        except ValidationError as error:
            status, refusal = TOO_MANY, error
        else:
            about = f"?{urlencode({'page': report.page}, safe='/')}" if report.page else ""
            return redirect(reverse("report_sent") + about)
    context = {"report": report, "form": form, "refusal": refusal}
    return held_back(render(request, "campaigns/report.html", context, status=status), refusal)


@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    report = Report.objects.about(request.GET.get("page", ""))
    return render(request, "campaigns/report_sent.html", {"report": report})
