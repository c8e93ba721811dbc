"""How the site looks and what it says of itself: one screen, for administrators of the site."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .. import colours, languages
from ..forms.fields import LogoField, without_limit
from ..models import SiteTheme, ThemeText
from .pages import INVALID, page

PICTURE = {"logo", "remove_logo"}


class ColourField(forms.CharField):
    widget = forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"})
    default_validators = [colours.validate]

    def __init__(self, *, max_length: int, **options: Any) -> None:
        """Its own words say more than that something is too long."""
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return colours.tidy(super().to_python(value) or "")


class ThemeForm(forms.ModelForm):
    logo = LogoField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG or WebP, at most 2 MB. We draw it anew and keep nothing else that the file holds."),
        error_messages={"empty": _("The file is empty.")},
    )
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    class Meta:
        model = SiteTheme
        fields = ["name", "accent", "band", "security_contact"]
        field_classes = {"accent": ColourField, "band": ColourField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs = without_limit(field.widget.attrs)

    def clean(self) -> None:
        super().clean()
        if picture := self.cleaned_data.get("logo"):
            self.instance.logo = picture
        elif self.cleaned_data.get("remove_logo"):
            self.instance.logo = b""

    @property
    def changed(self) -> list[str]:
        """The fields of the theme that hold something else now."""
        touched = set(self.changed_data)
        return [name for name in self.Meta.fields if name in touched] + ["logo"] * bool(touched & PICTURE)


class TextForm(forms.ModelForm):
    class Meta:
        model = ThemeText
        fields = ["footer", "legal_notice"]
        widgets = {"footer": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, site: SiteTheme, language: str, sent: Any = None) -> None:
        written = site.written.get(language) or ThemeText(language=language)
        super().__init__(sent, prefix=language, instance=written)
        for field in self.fields.values():
            field.widget.attrs = {**without_limit(field.widget.attrs), "dir": "auto", "lang": language}


@admin.register(SiteTheme)
class SiteThemeAdmin(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [path("", self.admin_site.admin_view(self.theme), name="campaigns_sitetheme_changelist")]

    def theme(self, request: HttpRequest) -> HttpResponse:
        """The form of the one theme that there is. *Look* shows what is typed and keeps nothing."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        site, is_sent = SiteTheme.objects.the_one(), request.method == "POST"
        typed, files = (request.POST, request.FILES) if is_sent else (None, None)
        form = ThemeForm(typed, files, instance=site)
        texts = [TextForm(site, code, typed) for code, _name in languages.choices()]
        is_sound = all([each.is_valid() for each in (form, *texts)])
        if is_sound and "look" not in request.POST:
            site.change(form.changed, [each.instance for each in texts if each.has_changed()], by=request.user)
            messages.success(request, _("Saved. Every page shows it within a minute."))
            return HttpResponseRedirect(request.path)
        status = INVALID if is_sent and not is_sound else 200
        context = {"form": form, "texts": texts, "site": site, "schemes": [site.light, site.dark]}
        return page(self, request, "sitetheme/theme", capfirst(self.opts.verbose_name), status, **context)
