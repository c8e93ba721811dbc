"""An organization's logo, added for it by a coordinator."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..forms import LogoForm
from ..models import Organization

INVALID = 422


class WithLogo(admin.ModelAdmin):
    """An admin of organizations whose change form leads to a page for the logo."""

    def get_fields(self, request: HttpRequest, obj: Organization | None = None) -> Any:
        fields = super().get_fields(request, obj)
        return [*fields, "picture"] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Organization | None = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "picture"]

    @admin.display(description=_("Logo"))
    def picture(self, organization: Organization) -> str:
        words = _("Look at the logo, replace or remove it") if organization.logo else _("Add a logo")
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:campaigns_organization_logo", args=[organization.pk]), words
        )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/logo/", wrap(self.logo), name="campaigns_organization_logo"),
            path("<int:pk>/logo.png", wrap(self.logo_file), name="campaigns_organization_logo_file"),
            *super().get_urls(),
        ]

    def logo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the logo, takes a new one, or removes it."""
        organization = get_object_or_404(Organization, pk=pk)
        if not self.has_change_permission(request, organization):
            raise PermissionDenied
        form = LogoForm(request.POST, request.FILES) if request.method == "POST" else LogoForm()
        if "remove" in request.POST:
            organization.remove_logo(by=request.user)
            messages.success(request, _("The logo is removed."))
            return HttpResponseRedirect(request.path)
        if form.is_bound and form.is_valid():
            organization.set_logo(form.cleaned_data["logo"], by=request.user)
            messages.success(request, _("The logo is kept."))
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "organization": organization.standing,
            "form": form,
            "title": _("Logo"),
            "opts": self.opts,
        }
        status = INVALID if form.is_bound else 200
        return TemplateResponse(request, "admin/campaigns/organization/logo.html", context, status=status)

    def logo_file(self, request: HttpRequest, pk: int) -> FileResponse:
        """The picture, for coordinators also where the public does not see it."""
        organization = get_object_or_404(Organization, pk=pk)
        if not self.has_view_permission(request, organization):
            raise PermissionDenied
        try:
            return FileResponse(organization.open_logo(), content_type="image/png")
        except FileNotFoundError as error:
            raise Http404 from error
