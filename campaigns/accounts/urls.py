"""The pages of allauth that the desk needs, and no others: nobody can sign up or collect addresses."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as base
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path
from django.utils.translation import get_language, gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import RedirectView

from .. import sessions
from ..desk import fresh_proof
from ..models import people
from .forms import LanguageForm

View = Callable[..., HttpResponse]
INVALID, GONE, TOO_MANY = 422, 410, 429


class YourAccount(base.IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Says, too, whether the desk opens without a second factor, as it does in the demo."""
        return {
            **super().get_context_data(**kwargs),
            "opens_without": not settings.REQUIRE_SECOND_FACTOR,
            "language_form": LanguageForm(initial={"language": get_language()}),
        }


@login_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps the language in which a person wants the desk, and leads back in it."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return render(request, "account/language.html", {"form": form}, status=INVALID)
    chosen = form.cleaned_data["language"]
    people.choose_language(request.user, chosen)
    with override(chosen):
        messages.success(request, gettext("The desk speaks your language now."))
        return redirect("mfa_index")


class SetUpApp(totp.ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        """The code that set the app up is its first use, too."""
        response: HttpResponse = super().form_valid(form)
        app = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        post_authentication(self.request, app)
        return response


class AddPasskey(webauthn.AddWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        """The answer that added the passkey is its first use, too."""
        response: HttpResponse = super().form_valid(form)
        keys = Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.WEBAUTHN)
        post_authentication(self.request, keys.latest("created_at", "pk"))
        return response


def page(view: View) -> View:
    """A page of allauth as ours are: never stored, with an honest status; what changes one's account keeps the session
    in which it was changed."""

    @never_cache
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.status_code = status_of(request, response)
        if request.method == "POST" and request.user.is_authenticated:
            request.user.refresh_from_db()
            sessions.keep(request, request.user)
        return response

    return answered


def status_of(request: HttpRequest, response: HttpResponse) -> int:
    context = getattr(response, "context_data", None) or {}
    if context.get("token_fail"):
        return GONE
    forms = [context[name] for name in ("form", "webauthn_form") if context.get(name)]
    wrong = [form for form in forms if request.method == "POST" and form.errors]
    codes = {error.code for form in wrong for errors in form.errors.as_data().values() for error in errors}
    if codes & {"too_many_login_attempts", "rate_limited"}:
        return TOO_MANY
    return INVALID if wrong else response.status_code


urlpatterns = [
    path("login/", page(account.login), name="account_login"),
    path("logout/", page(account.logout), name="account_logout"),
    path("inactive/", page(account.account_inactive), name="account_inactive"),
    path("reauthenticate/", page(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", page(account.password_change), name="account_change_password"),
    path("password/reset/", page(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", page(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        page(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        RedirectView.as_view(pattern_name="account_login"),
        name="account_reset_password_from_key_done",
    ),
    path("", page(YourAccount.as_view()), name="mfa_index"),
    path("language/", page(choose_language), name="account_language"),
    path("code/", page(base.authenticate), name="mfa_authenticate"),
    path("proof/code/", page(base.reauthenticate), name="mfa_reauthenticate"),
    path("proof/passkey/", page(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("app/", page(fresh_proof(SetUpApp.as_view())), name="mfa_activate_totp"),
    path("app/remove/", page(fresh_proof(totp.deactivate_totp)), name="mfa_deactivate_totp"),
    path("recovery-codes/", page(fresh_proof(recovery.view_recovery_codes)), name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/new/", page(fresh_proof(recovery.generate_recovery_codes)), name="mfa_generate_recovery_codes"
    ),
    path("passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("passkeys/add/", page(fresh_proof(AddPasskey.as_view())), name="mfa_add_webauthn"),
    path("passkeys/login/", page(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("passkeys/<int:pk>/remove/", page(fresh_proof(webauthn.remove_webauthn)), name="mfa_remove_webauthn"),
]
