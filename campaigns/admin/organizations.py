"""The registry of organizations."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from .. import names
from ..access import memberships
from ..models import Campaign, Merge, Organization, OrganizationName, Signature
from ..models.arrivals import SignatureQuerySet
from ..models.organizations import OrganizationQuerySet
from .exports import organizations_as_csv, organizations_as_xlsx
from .inlines import LabelledFormSet
from .logos import logo, logo_file
from .merging import merge
from .pages import INVALID, page
from .scope import Scoped

DONE = {
    "doubt": _("The organization is no longer marked as verified."),
    "hide": _("Its public page is hidden."),
    "readdress": _("Its page has a new address."),
    "unhide": _("Its public page is shown again."),
}


class NamesFormSet(LabelledFormSet):
    def clean(self) -> None:
        """Refuses two spellings of one name, which the database would refuse with less courtesy."""
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms and form.cleaned_data.get("name")]
        keys = [names.key(form.cleaned_data["name"]) for form in kept]
        leaving = {form.instance.key for form in self.deleted_forms}
        for place, form in enumerate(kept):
            if keys[place] in keys[:place] or keys[place] in leaving:
                form.add_error("name", ValidationError(_("The organization is already known by this name.")))


class NameInline(admin.TabularInline):
    model = OrganizationName
    formset = NamesFormSet
    fields = ["name", "language", "kind", "is_public"]
    extra = 1


class StandingFilter(admin.SimpleListFilter):
    """Leaves out the records that were merged into another, unless one asks for them."""

    title = _("record")
    parameter_name = "merged"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("merged into another"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Organization]) -> QuerySet[Organization]:
        return queryset.filter(merged_into__isnull=self.value() != "yes")


class VerifiedFilter(admin.SimpleListFilter):
    title = _("verification")
    parameter_name = "verified"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("verified")), ("no", _("not verified"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Organization]) -> QuerySet[Organization]:
        wanted = {"yes": False, "no": True}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(verified_at__isnull=wanted)


class VerifyForm(forms.Form):
    use_required_attribute = False
    how = forms.CharField(
        label=_("How did you make sure?"),
        help_text=_("Such as: called the number on its website; its statutes; known from earlier campaigns."),
        max_length=300,
    )


@admin.register(Organization)
class OrganizationAdmin(Scoped):
    change_form_template = "admin/campaigns/organization/change_form.html"
    fields = ["name", "slug", "country", "website"]
    readonly_fields = ["slug"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    inlines = [NameInline]
    list_display = ["name", "country", "website", "is_verified", "listed"]
    list_filter = [StandingFilter, VerifiedFilter, "is_hidden"]
    search_fields = ["name"]
    actions = [organizations_as_csv, organizations_as_xlsx]
    change_list_template = "admin/campaigns/organization/change_list.html"

    def get_queryset(self, request: HttpRequest) -> OrganizationQuerySet:
        seen: OrganizationQuerySet = super().get_queryset(request)  # type: ignore[assignment]
        return seen.with_listed_count(self.known(request))

    def seen_by(self, user: Any) -> Q:
        """All records, for who decides in any campaign; but not all that they have signed."""
        may = user.is_superuser or memberships(user, "organization", "view")
        return Q() if may else Q(pk__in=[])

    def known(self, request: HttpRequest) -> SignatureQuerySet:
        """The signatures that the person may know of."""
        return Signature.objects.known_in(self.campaigns(request, "view"))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """No list by what an organization has signed: that would tell of other people's campaigns."""
        filters = {StandingFilter.parameter_name, VerifiedFilter.parameter_name, "is_hidden__exact"}
        return lookup in filters

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Organization], bool]:
        return queryset.search(search_term) if search_term else queryset, False

    @admin.display(description=_("verified"), boolean=True, ordering="verified_at")
    def is_verified(self, organization: Organization) -> bool:
        return organization.verified_at is not None

    @admin.display(description=_("signed"), ordering="listed_count")
    def listed(self, organization: Any) -> int:
        return int(organization.listed_count)

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        if change:
            obj.change(form.changed_data, by=request.user)
        else:
            Organization.objects.add(obj, by=request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change or "name" in form.changed_data:
            form.instance.know_as(form.instance.name)
        if change and any(formset.has_changed() for formset in formsets):
            form.instance.record_names(by=request.user)

    def has_change_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.merged_into_id is None)

    def has_delete_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_bare)

    def delete_model(self, request: HttpRequest, obj: Organization) -> None:
        obj.unregister(by=request.user)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        organization = self.get_object(request, object_id)
        known = about(organization, self.campaigns(request, "view")) if organization else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **known})

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/verify/", wrap(self.verify), name="campaigns_organization_verify"),
            path("<int:pk>/merge/", wrap(partial(merge, self)), name="campaigns_organization_merge"),
            path("<int:pk>/logo/", wrap(partial(logo, self)), name="campaigns_organization_logo"),
            path("<int:pk>/logo.png", wrap(partial(logo_file, self)), name="campaigns_organization_logo_file"),
            path("<int:pk>/do/<slug:verb>/", wrap(require_POST(self.act)), name="campaigns_organization_act"),
            path("merges/<int:pk>/undo/", wrap(require_POST(self.undo)), name="campaigns_merge_undo"),
            *super().get_urls(),
        ]

    def verify(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks how the coordinator made sure, and keeps it with who and when."""
        organization = self.row(request, pk)
        form = VerifyForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            organization.verify(by=request.user, how=form.cleaned_data["how"])
            messages.success(request, _("The organization is verified."))
            return HttpResponseRedirect(self.address_of(organization))
        title, status = _("Verify the organization"), INVALID if form.is_bound else 200
        return page(self, request, "organization/verify", title, status, organization=organization, form=form)

    def act(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Takes a verification back; hides or shows the public page."""
        organization = self.row(request, pk)
        if verb not in DONE:
            raise PermissionDenied
        getattr(organization, verb)(by=request.user)
        messages.success(request, DONE[verb])
        return HttpResponseRedirect(self.address_of(organization))

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Undoes a merge."""
        done = get_object_or_404(Merge.objects.select_related("kept", "merged"), pk=pk)
        if not super().has_change_permission(request):
            raise PermissionDenied
        try:
            done.undo(by=request.user)
            messages.success(request, _("The merge is undone: each record has its own again."))
        except ValidationError as error:
            messages.error(request, error.messages[0])
        return HttpResponseRedirect(self.address_of(done.kept))

    def address_of(self, organization: Organization) -> str:
        return reverse("admin:campaigns_organization_change", args=[organization.pk])


def about(organization: Organization, seen: QuerySet[Campaign]) -> dict[str, Any]:
    """What stands around the form: where it signed, what was merged and what happened, as far as one may know of it
    who sees these campaigns."""
    signatures = organization.signatures.known_in(seen).select_related("campaign", "text_version")
    return {
        "has_page": organization.is_public,
        "signatures": signatures.annotate(is_own=Q(campaign__in=seen)).order_by("-submitted_at"),
        "merges": organization.merges.standing().select_related("merged", "by"),
        "merged_by": Merge.objects.standing().filter(merged=organization).select_related("kept", "by").first(),
        "lines": organization.events.of_campaigns(seen).order_by("at", "id").lines(),
    }
