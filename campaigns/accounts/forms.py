"""allauth's forms, in our words. A code works once."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from .. import languages

# A code is taken a step early and a step late: it has to be remembered as used for three.
STEPS = 3
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("The desk, and our letters to you"),
        choices=languages.choices,
        widget=forms.Select(attrs={"dir": "auto"}),
    )


class SignInForm(LoginForm):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or e-mail address")
        self.fields["login"].widget.attrs = {"autocomplete": "username", "autofocus": True}
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}


class UsedOnce:
    """A code of the app that was accepted is refused the second time, for as long as it would count."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        seconds = STEPS * app_settings.TOTP_PERIOD
        is_of_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_of_app and not cache.add(f"code:{self.user.pk}:{code}", True, timeout=seconds):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(UsedOnce, AuthenticateForm):
    use_required_attribute = False
    code = forms.CharField(label=_("Code from the app, or a recovery code"), widget=forms.TextInput(attrs=CODE))


class FreshCodeForm(UsedOnce, ReauthenticateForm):
    use_required_attribute = False
    code = forms.CharField(label=_("Code from the app, or a recovery code"), widget=forms.TextInput(attrs=CODE))


class FirstCodeForm(ActivateTOTPForm):
    use_required_attribute = False
    code = forms.CharField(label=_("The code that the app shows now"), widget=forms.TextInput(attrs=CODE))


class AddPasskeyForm(AddWebAuthnForm):
    use_required_attribute = False
    name = forms.CharField(label=_("Name"), required=False, max_length=60, help_text=_("To tell it from others."))
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without the password"),
        help_text=_("The device asks for your finger, face or PIN instead. Untick for a plain security key."),
        required=False,
        initial=True,
    )
