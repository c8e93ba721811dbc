"""How long a coordinator stays signed in, and what was proved in that time. No times or addresses leave the session."""

import time
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.internal.flows.trust import create_config_fingerprint
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

BEGAN, SEEN, FINGERPRINT = "began", "seen", "fingerprint"
BETWEEN_NOTES = 60  # seconds: not every request writes down that somebody is here


def begin(request: HttpRequest, user: Any) -> None:
    """Notes when the session began, for whoever has just signed in."""
    request.session[BEGAN] = request.session[SEEN] = time.time()
    keep(request, user)


def keep(request: HttpRequest, user: Any) -> None:
    """Lets this session, and no other of the user's, outlive a change of password or second factor."""
    request.session[FINGERPRINT] = create_config_fingerprint(user)


def limits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Ends sessions. It looks when somebody asks who is here, so that public pages never touch a session."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: whoever_is_here(request))  # type: ignore[assignment]
        return get_response(request)

    return middleware


def whoever_is_here(request: HttpRequest) -> Any:
    """The coordinator whose session stands; else nobody, and the session is over."""
    user = get_user(request)
    if SESSION_KEY not in request.session:
        return user
    if not (user.is_authenticated and user.is_staff and stands(request, user)):
        request.session.flush()
        messages.info(request, _("You were signed out. Please sign in again."), fail_silently=True)
        return AnonymousUser()
    if time.time() - request.session[SEEN] > BETWEEN_NOTES:
        request.session[SEEN] = time.time()
    return user


def stands(request: HttpRequest, user: Any) -> bool:
    """Neither too old nor too long idle, with password and second factor as they were when it began."""
    now, told = time.time(), request.session
    return (
        now - told.get(BEGAN, 0) < settings.SESSION_COOKIE_AGE
        and now - told.get(SEEN, 0) < settings.SESSION_IDLE_SECONDS
        and constant_time_compare(told.get(FINGERPRINT, ""), create_config_fingerprint(user))
    )


def has_second_factor(request: HttpRequest) -> bool:
    """Whether a second factor that the user still has was used in this session."""
    used = [record["id"] for record in get_authentication_records(request, request.user) if record["method"] == "mfa"]
    return bool(Authenticator.objects.filter(user_id=request.user.pk, pk__in=used).exists())


def is_fresh(request: HttpRequest) -> bool:
    """Whether the user proved, within the last minutes, who this is: by signing in or by proving it again."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.FRESH_PROOF_SECONDS
