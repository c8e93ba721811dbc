"""The registry of organizations."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .. import names
from ..models import Organization, OrganizationName
from .logos import WithLogo


class NamesFormSet(forms.BaseInlineFormSet):
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
    fields = ["name", "language", "kind"]
    extra = 1


@admin.register(Organization)
class OrganizationAdmin(WithLogo):
    fields = ["name", "slug", "country", "website"]
    readonly_fields = ["slug"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    inlines = [NameInline]
    list_display = ["name", "country", "website"]
    list_filter = ["country"]
    search_fields = ["name", "names__name", "website"]
    search_help_text = _("Any of its names, or its website")

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            Organization.objects.insert(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.know_as(form.instance.name)

    def has_delete_permission(self, request: HttpRequest, obj: Organization | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not obj.signatures.exists())
