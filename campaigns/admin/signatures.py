"""Signatures: those that wait come first, each opens on its facts, and one button decides."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..models import Organization, Signature
from .decisions import DECISIONS, AcceptForm, AddForm, Decision, DeclineForm
from .exports import signatures_as_csv, signatures_as_xlsx

State = Signature.State
INVALID = 422


@admin.register(Signature)
class SignatureAdmin(admin.ModelAdmin):
    list_display = ["name", "state", "shown", "confirmed_at", "source", "campaign"]
    list_filter = ["state", "campaign", "kind", "shown", "source"]
    list_select_related = ["campaign"]
    search_fields = ["name", "name_as_signed", "website", "organization__names__name"]
    actions = ["accept_many", "decline_many", signatures_as_csv, signatures_as_xlsx]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Signature]:
        return Signature.objects.marked_awaiting()

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["-awaits", "-confirmed_at", "-id"]

    def has_delete_permission(self, request: HttpRequest, obj: Signature | None = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The facts of one signature, and the decisions that its state allows."""
        signature = self.get_object(request, object_id)
        if signature is None:
            raise Http404
        if not self.has_change_permission(request, signature):
            raise PermissionDenied
        forms = open_decisions(signature, request)
        decided = next((form for form in forms.values() if form.is_bound), None)
        if request.method == "POST" and decided is None:
            messages.error(request, already(signature))
            return HttpResponseRedirect(request.path)
        if decided and decided.is_valid() and decided.decide(by=request.user):
            signature.refresh_from_db()
            messages.success(request, outcome(signature))
            decided_now = isinstance(decided, (AcceptForm, DeclineForm))
            return HttpResponseRedirect(self.next_address(signature) if decided_now else request.path)
        context = {
            **self.admin_site.each_context(request),
            **review(signature),
            "forms": forms,
            "title": signature.name,
            "opts": self.opts,
            "media": self.media,
        }
        status = INVALID if decided else 200
        return TemplateResponse(request, "admin/campaigns/signature/review.html", context, status=status)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Takes down a signature that was given by mail, by telephone or on paper."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = AddForm(request.POST if request.method == "POST" else None, initial=request.GET.dict())
        if form.is_bound and form.is_valid() and (signature := form.add(by=request.user)):
            messages.success(request, outcome(signature))
            return HttpResponseRedirect(reverse("admin:campaigns_signature_change", args=[signature.pk]))
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "title": _("Add a signature for a group"),
            "opts": self.opts,
            "media": self.media + form.media,
        }
        status = INVALID if form.is_bound else 200
        return TemplateResponse(request, "admin/campaigns/signature/add.html", context, status=status)

    @admin.action(description=_("Accept the chosen ones"), permissions=["change"])
    def accept_many(self, request: HttpRequest, queryset: QuerySet[Signature]) -> HttpResponse | None:
        return self.decide_many(request, queryset, AcceptForm, _("Accept these signatures"))

    @admin.action(description=_("Decline the chosen ones"), permissions=["change"])
    def decline_many(self, request: HttpRequest, queryset: QuerySet[Signature]) -> HttpResponse | None:
        return self.decide_many(request, queryset, DeclineForm, _("Decline these signatures"))

    def decide_many(
        self, request: HttpRequest, queryset: QuerySet[Signature], form_class: type[Decision], title: Any
    ) -> HttpResponse | None:
        """First a look at each with its form, then the verb for each, then what succeeded and what did not."""
        data = request.POST if "decide" in request.POST else None
        if data:  # a list that is filtered by state would leave out, without a word, what was decided meanwhile
            queryset = Signature.objects.filter(pk__in=request.POST.getlist("_selected_action"))
        signatures = queryset.select_related("campaign", "decided_by")
        for late in signatures.exclude(state=State.PENDING):
            messages.error(request, already(late))
        waiting = Signature.objects.awaiting_review().filter(pk__in=signatures.values("pk"))
        forms = [form_class(data, signature=signature, prefix=f"s{signature.pk}") for signature in waiting]
        if not forms:
            return None
        if data is None or not all([form.is_valid() for form in forms]):
            context = {
                **self.admin_site.each_context(request),
                "forms": forms,
                "title": title,
                "opts": self.opts,
                "media": self.media,
                "action": request.POST["action"],
            }
            status = INVALID if data else 200
            return TemplateResponse(request, "admin/campaigns/signature/decide_many.html", context, status=status)
        report(request, forms, refused=[form for form in forms if not form.decide(by=request.user)])
        return None

    def next_address(self, decided: Signature) -> str:
        """The next signature of the campaign that waits, else the decided one."""
        waiting = decided.campaign.signatures.awaiting_review().first()
        return reverse("admin:campaigns_signature_change", args=[(waiting or decided).pk])


def open_decisions(signature: Signature, request: HttpRequest) -> dict[str, Decision]:
    """The forms of the decisions that are open, the one whose button was pressed bound to what was sent."""
    return {
        name: form_class(request.POST if name in request.POST else None, signature=signature, prefix=name)
        for name, form_class in DECISIONS.get(signature.state, {}).items()
        if form_class.suits(signature)
    }


def report(request: HttpRequest, decided: list[Decision], refused: list[Decision]) -> None:
    """Says how many decisions succeeded, and of each that did not, why."""
    done = len(decided) - len(refused)
    if done:
        words = ngettext("%(count)s signature decided.", "%(count)s signatures decided.", done)
        messages.success(request, words % {"count": done})
    for form in refused:
        messages.error(request, f"{form.signature.name}: {' '.join(map(str, form.non_field_errors()))}")


def review(signature: Signature) -> dict[str, Any]:
    """What a coordinator reads before deciding."""
    return {
        "signature": signature,
        "campaign": signature.campaign,
        "contact": getattr(signature, "contact", None),
        "warnings": Organization.objects.warnings(signature.name, signature.website),
        "twins": signature.twins().select_related("organization") if signature.state == State.PENDING else [],
        "events": signature.events.select_related("who").order_by("at", "id"),
        "statement": signature.text_version.statement(signature.language),
    }


def outcome(signature: Signature) -> str:
    return str(_("“%(name)s” is %(state)s.")) % {"name": signature.name, "state": signature.get_state_display()}


def already(signature: Signature) -> str:
    if signature.decided_by and signature.state != State.WITHDRAWN:
        words = _("“%(name)s” is %(state)s: %(coordinator)s decided that before you.")
    else:
        words = _("“%(name)s” is %(state)s by now, so this cannot be done.")
    return str(words) % {
        "name": signature.name,
        "state": signature.get_state_display(),
        "coordinator": signature.decided_by,
    }
