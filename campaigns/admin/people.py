"""The people of the desk: invited by mail, never given a password."""

from typing import Any

import django.contrib.auth.admin  # noqa: F401 - these three register what is taken off the desk below
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ..desk import fresh_proof
from ..models import Person, people

VERBS = {
    "invite_again": (people.invite_again, _("The invitation is on its way.")),
    "take_second_factor_back": (people.take_second_factor_back, _("The second factor is taken back.")),
    "close": (people.close, _("The account is closed, and its sessions have ended.")),
    "reopen": (people.reopen, _("The account is open again.")),
}

for model in (User, Group, EmailAddress, Authenticator):
    admin.site.unregister(model)


class PersonForm(forms.ModelForm):
    class Meta:
        model = Person
        fields = ["username", "email", "is_superuser"]
        labels = {"is_superuser": _("Administrator")}
        help_texts = {"is_superuser": _("May do everything in every campaign, and changes people’s accounts.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if email := self.fields.get("email"):
            email.required = True

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Somebody at the desk has this address already."))
        return email

    def clean_username(self) -> str:
        """Names that differ in case alone would be one at the sign-in page."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Somebody at the desk has this name already."))
        return username


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    form = PersonForm
    change_form_template = "admin/people/change_form.html"
    list_display = ["username", "email", "is_administrator", "is_open", "has_second_factor", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["username", "email"]
    ordering = ["username"]

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> list[str]:
        return ["is_superuser"] if obj == request.user else []

    def has_view_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return request.user.is_superuser

    has_add_permission = has_change_permission = has_view_permission

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """The record names people for good: their accounts are closed instead."""
        return False

    @admin.display(description=_("administrator"), boolean=True, ordering="is_superuser")
    def is_administrator(self, person: Person) -> bool:
        return person.is_superuser

    @admin.display(description=_("account open"), boolean=True, ordering="is_active")
    def is_open(self, person: Person) -> bool:
        return person.is_active

    @admin.display(description=_("second factor"), boolean=True)
    def has_second_factor(self, person: Person) -> bool:
        return bool(Authenticator.objects.filter(user=person).exists())

    @method_decorator(fresh_proof)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        person = self.get_object(request, object_id)
        guarded = bool(person and self.has_second_factor(person))
        memberships = person.memberships.select_related("campaign") if person else []
        context = {**(extra_context or {}), "has_second_factor": guarded, "memberships": memberships}
        return super().change_view(request, object_id, form_url, context)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        return super().add_view(request, form_url, {**(extra_context or {}), "title": _("Invite a person")})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {**(extra_context or {}), "title": _("The people of the desk")})

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        if change:
            people.change(obj, form.changed_data, by=request.user)
        else:
            people.invite(obj, by=request.user)

    def get_urls(self) -> list[URLPattern]:
        act = self.admin_site.admin_view(require_POST(fresh_proof(self.act)))
        return [path("<int:pk>/do/<slug:verb>/", act, name="campaigns_person_act"), *super().get_urls()]

    def act(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        person = get_object_or_404(Person, pk=pk)
        if verb not in VERBS or not self.has_change_permission(request, person):
            raise PermissionDenied
        carry_out, done = VERBS[verb]
        try:
            carry_out(person, by=request.user)
            messages.success(request, done)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("admin:campaigns_person_change", args=[pk]))
