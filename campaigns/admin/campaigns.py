"""Campaigns: write, look, publish, close."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from .. import tokens
from ..desk import fresh_proof, is_key
from ..models import Campaign, Demand, Membership, Proposal, Tally
from ..spreadsheets import FORMATS
from .addresses import export_contacts
from .attacks import clear_attack, undo_attack
from .boards import board
from .deliveries import deliver, number_in
from .exports import SIGNATURE_HEADINGS, signature_rows
from .glances import at_a_glance
from .inlines import LabelledFormSet
from .inviting import invite
from .members import members
from .moments import MOMENTS
from .one_line import ON_ONE_LINE, OneLineField
from .pages import rendered
from .publishing import publish
from .records import edited
from .remarks import remarks
from .revising import revise
from .scope import Scoped
from .texts import bring_text
from .timelines import export_timeline, timeline

DONE = {
    "renew_link": _("The private page has a new link. The old one leads nowhere now."),
    "lift_embargo": _("The embargo is lifted. The campaign waits for you to publish it."),
    "withhold_names": _("Until the first delivery the public sees how many have signed, and no name."),
    "show_names": _("Names are public as soon as the campaign is."),
    "close": _("The campaign takes no more signatures."),
    "reopen": _("The campaign takes signatures again."),
    "admit_late": _("One late group can sign by the link below, once and within a week."),
    "adopt": _("The proposal is the text now. Those who agreed stand under it."),
    "drop": _("The proposal is dropped. The text stays as it was."),
}
ON_PROPOSAL = {"adopt", "drop"}


def links_of(campaign: Campaign) -> dict[str, Any]:
    """The links that a coordinator passes on: of the private page, and for late groups."""
    if campaign.is_draft:
        return {}
    form = settings.SITE_URL + campaign.address("sign")
    late = [f"{form}?late={tokens.make_late(late_pass)}" for late_pass in campaign.late_passes.usable()]
    return {"page_link": settings.SITE_URL + campaign.address(), "late_links": late}


class DemandsFormSet(LabelledFormSet):
    def save(self, commit: bool = True) -> Any:
        """Numbers the demands anew, in the order that was typed; those without a place come last."""
        saved = super().save(commit)
        places = {form.instance.pk: form.cleaned_data.get("position") for form in self.forms if form.instance.pk}
        demands = list(self.instance.demands.all())
        moved = {form.instance.pk for form in self.forms if "position" in form.changed_data}
        demands.sort(key=lambda demand: (not places.get(demand.pk), places.get(demand.pk) or 0, demand.pk not in moved))
        for position, demand in enumerate(demands, start=1):
            demand.position = position
        Demand.objects.bulk_update(demands, ["position"])
        return saved


class DemandForm(forms.ModelForm):
    position = forms.IntegerField(
        label=_("place"), required=False, min_value=1, widget=forms.NumberInput(attrs={"size": 3})
    )

    def clean_position(self) -> int:
        return int(self.cleaned_data["position"] or 0)


class DemandInline(admin.TabularInline):
    model = Demand
    form = DemandForm
    formset = DemandsFormSet
    fields = ["position", "text"]
    extra = 1
    formfield_overrides = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 90})}}


@admin.register(Campaign)
class CampaignAdmin(Scoped):
    campaign = "pk"
    formfield_overrides = MOMENTS
    change_form_template = "admin/campaigns/campaign/change_form.html"
    inlines = [DemandInline]
    list_display = ["title", "standing", "listed", "waiting", "closes_at"]
    search_fields = ["title", "addressee", "slug"]
    fieldsets = [
        (_("The statement"), {"fields": ["title", "addressee", "statement_date", "language", "summary", "body"]}),
        (_("Signing"), {"fields": ["closes_at", "reviews", "allows_persons", "list_order"]}),
        (_("The campaign"), {"fields": ["slug", "ends_on", "time_zone", "reply_to"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> list[str]:
        if obj is None:
            return []
        return ["slug", "language"] if obj.is_frozen else ["slug"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The form remembers the closing time that it showed, so that a stale one does not reopen what was closed."""
        if db_field.name in ON_ONE_LINE:
            kwargs["form_class"] = OneLineField
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "closes_at":
            field.show_hidden_initial = True
        return field

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        """Saves only what was changed here: a verb that another coordinator carried out meanwhile stands."""
        if not change:
            super().save_model(request, obj, form, change)
            obj.record_start(by=request.user)
            Membership.objects.appoint(obj, request.user, by=request.user)
            return
        concrete = {field.name for field in obj._meta.concrete_fields} - {"closes_at"}
        obj.save(update_fields=[name for name in form.changed_data if name in concrete])
        if "closes_at" in form.changed_data:
            Campaign.objects.get(pk=obj.pk).close_at(form.cleaned_data["closes_at"], by=request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            fields = [field for field in edited(form, formsets, "demands") if field != "closes_at"]
            form.instance.record_edit(fields, by=request.user)

    def delete_model(self, request: HttpRequest, obj: Campaign) -> None:
        obj.discard(by=request.user)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Campaign | None = None) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ["title"]}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"reply_to": getattr(request.user, "email", "")}

    def rows(self) -> QuerySet[Campaign]:
        return Campaign.objects.with_listed_count().with_pending_count()

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not obj.text_versions.exists())

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    @admin.display(description=_("stage"))
    def standing(self, campaign: Campaign) -> Any:
        return _("closed") if campaign.is_closed else campaign.stage.label

    @admin.display(description=_("signed"))
    def listed(self, campaign: Any) -> int:
        return int(campaign.listed_count)

    @admin.display(description=_("waiting for you"))
    def waiting(self, campaign: Any) -> Any:
        if not campaign.pending_count:
            return "—"
        address = reverse("admin:campaigns_signature_changelist")
        return format_html(
            '<a href="{}?campaign__id__exact={}&state__exact=pending">{}</a>',
            address,
            campaign.pk,
            campaign.pending_count,
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        campaign = self.get_object(request, object_id)
        if campaign is None:
            return super().change_view(request, object_id, form_url, extra_context)
        known = {**(extra_context or {}), **at_a_glance(campaign), **links_of(campaign)}
        with timezone.override(campaign.zone):
            return rendered(super().change_view(request, object_id, form_url, known))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """What happened stands in one place: the timeline."""
        if not is_key(object_id):
            raise Http404
        return redirect("admin:campaigns_campaign_timeline", self.row(request, int(object_id), "view").pk)

    def get_urls(self) -> list[URLPattern]:
        """The campaign's own pages of the desk: the route, the view, its name, and what stands before it."""
        pages: list[tuple[Any, ...]] = [
            ("preview/", preview, "preview"),
            ("text/", bring_text, "text"),
            ("publish/", publish, "publish"),
            ("revise/", revise, "revise"),
            ("deliver/", deliver, "deliver", fresh_proof),
            ("members/", members, "members", fresh_proof),
            ("remarks/", remarks, "remarks"),
            ("board/", board, "board"),
            ("invite/", invite, "invite"),
            ("attack/", clear_attack, "attack"),
            ("attack/<int:attack>/undo/", undo_attack, "undo_attack", require_POST),
            ("signatures.<slug:ending>", export, "export", require_POST),
            ("contacts.<slug:ending>", export_contacts, "contacts", fresh_proof, require_POST),
            ("timeline/", timeline, "timeline"),
            ("timeline.<slug:ending>", export_timeline, "timeline_export", require_POST),
            ("do/<slug:verb>/", act, "act", require_POST),
        ]
        return [*(self._address(*each) for each in pages), *super().get_urls()]

    def _address(self, route: str, view: Any, name: str, *guards: Any) -> URLPattern:
        guarded = partial(view, self)
        for guard in guards:
            guarded = guard(guarded)
        return path(f"<int:pk>/{route}", self.admin_site.admin_view(guarded), name=f"campaigns_campaign_{name}")


def preview(desk: CampaignAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """The page as the public would see it, from the draft text."""
    campaign = desk.row(request, pk, "view")
    nobody = Tally(organizations=0, persons=0, withheld=0, earlier=0)
    text = campaign.draft_text
    context = {
        "campaign": campaign,
        "text": text,
        "demands": [(demand, None) for demand in text.demands],
        "tally": nobody,
        "preview": True,
    }
    return render(request, "campaigns/campaign.html", context)


def export(desk: CampaignAdmin, request: HttpRequest, pk: int, ending: str) -> HttpResponseBase:
    """Its signatures as a spreadsheet, CSV or XLSX."""
    campaign = desk.row(request, pk, "view")
    if ending not in FORMATS:
        raise Http404
    campaign.signatures.all().record_export(ending, by=request.user)
    return FORMATS[ending](f"{campaign.slug}-signatures", SIGNATURE_HEADINGS, signature_rows(campaign.signatures.all()))


def act(desk: CampaignAdmin, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Closes, reopens; makes an open proposal the text, or drops it."""
    campaign = desk.row(request, pk)
    if verb not in DONE:
        raise PermissionDenied
    subject: Campaign | Proposal = campaign
    if verb in ON_PROPOSAL:
        subject = get_object_or_404(campaign.proposals, version__number=number_in(request.POST, "proposal"))
    try:
        getattr(subject, verb)(by=request.user)
        messages.success(request, DONE[verb])
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
    return HttpResponseRedirect(reverse("admin:campaigns_campaign_change", args=[pk]))
