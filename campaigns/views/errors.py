"""What a reader sees when something is not there, not allowed, or broken."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache


def problem(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    return render(request, "problem.html", {"title": title, "words": words}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 400, _("We could not read this request"), _("Please go back and try again."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 403, _("This is not open to you"), _("Sign in with another account, or ask an owner."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem(
        request,
        403,
        _("The form could not be checked"),
        _("Your browser did not send back the form's own cookie. Allow it for this site, go back, and send again."),
    )


@never_cache
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(
        request, 404, _("There is nothing here"), _("The address may be cut or mistyped, or the page was never public.")
    )


@never_cache
def gone(request: HttpRequest) -> HttpResponse:
    return problem(
        request,
        410,
        _("This link has ended"),
        _("Its time has passed, its address was corrected, or what it led to was erased. You can always sign anew."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return problem(request, 500, _("Something broke on our side"), _("Nothing you sent was half kept. Try again soon."))
