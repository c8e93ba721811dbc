"""What a reader sees when something is not there, not allowed, or broken."""

import sys
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from .. import languages, origins
from ..models import Limited

TOO_MANY = 429
OURS = {"csrfmiddlewaretoken"}
UNAVAILABLE = 503
RETRY_AFTER_SECONDS = 10


def problem(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    """A page that no cache keeps."""
    response = render(request, "problem.html", {"title": title, "words": words}, status=status)
    add_never_cache_headers(response)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        words = _("More came at once than we read, so nothing was done. Go back and send less.")
        return problem(request, 413, _("That is too much at once"), words)
    if isinstance(exception, (TooManyFieldsSent, TooManyFilesSent)):
        words = _("More came at once than we read, so nothing was done. Go back and choose fewer, a hundred at most.")
        return problem(request, 413, _("That is too much at once"), words)
    return problem(request, 400, _("We could not read this request"), _("Please go back and try again."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    words = str(exception) or _("Sign in with another account, or ask an owner.")
    return problem(request, 403, _("This is not open to you"), words)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if origins.is_from_elsewhere(request):
        words = _(
            "It was sent by a page that is not ours, so nothing was saved. Open the form on this site, and send it."
        )
    elif sent_from_the_desk(request):
        return not_saved(request, _("You have signed in anew since this form was opened."))
    elif settings.CSRF_COOKIE_NAME in request.COOKIES:
        words = _("You have signed in or out since it was opened. Nothing was saved: go back, load it again, and send.")
    else:
        words = _(
            "Your browser did not send back the form's own cookie. Allow it for this site, go back, and send again."
        )
    return problem(request, 403, _("The form could not be checked"), words)


def sent_from_the_desk(request: HttpRequest) -> bool:
    """A coordinator's own page sent this: no other site can say so, browsers write the Origin."""
    is_ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    return is_ours and request.path.startswith(reverse("admin:index")) and request.user.is_authenticated


@never_cache
def not_saved(request: HttpRequest, words: Any, door: str = "", label: Any = "", status: int = 403) -> HttpResponse:
    """A form that came in vain, with all that was typed, to be sent again; first through the `door`, if any."""
    context = {
        "words": words,
        "door": f"{door}?{urlencode({'next': reverse('admin:index')})}" if door else "",
        "label": label,
        "kept": [(name, value) for name in request.POST for value in request.POST.getlist(name) if name not in OURS],
        "has_files": bool(request.FILES),
    }
    return render(request, "not_saved.html", context, status=status)


def held_back(response: HttpResponse, refusal: ValidationError | None) -> HttpResponse:
    """The page with a form that was refused; programs, too, are told where it was for a limit, and until when."""
    if isinstance(refusal, Limited):
        response.status_code = TOO_MANY
        response["Retry-After"] = str(refusal.retry_after)
    return response


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return problem(
        request,
        TOO_MANY,
        _("Too many attempts"),
        _("Too many came from your address in a short time. Wait ten minutes, then try again. Nobody is locked out."),
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(
        request, 404, _("There is nothing here"), _("The address may be cut or mistyped, or the page was never public.")
    )


def gone(request: HttpRequest) -> HttpResponse:
    return problem(
        request,
        410,
        _("This link has ended"),
        _("Its time has passed, its address was corrected, or what it led to was erased. You can always sign anew."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django asks for it while the error is being handled."""
    error = sys.exception()
    # psycopg2 has no nearer name than DatabaseError where the server closed the connection within an answer
    if isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError:
        return database_away(request)
    return problem(request, 500, _("Something broke on our side"), _("Nothing you sent was half kept. Try again soon."))


@never_cache
def database_away(request: HttpRequest) -> HttpResponse:
    """The database cannot be reached, has no room left, or has broken off. Who had sent a form can send it again."""
    words = _("Our database does not answer at the moment. It comes back by itself: try again in a minute.")
    if may_be_shown_again(request):
        response = not_saved(request, words, status=UNAVAILABLE)
    else:
        response = problem(request, UNAVAILABLE, _("Something broke on our side"), words)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def may_be_shown_again(request: HttpRequest) -> bool:
    """Whether a form came from a page of ours, so that no other site put the words into it, and holds no password."""
    was_checked = getattr(request, "csrf_processing_done", False)
    signs_in = languages.unprefixed(request.path_info).startswith("/accounts/")
    return request.method == "POST" and was_checked and not signs_in
