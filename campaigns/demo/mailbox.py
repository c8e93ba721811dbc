"""The demo's mailbox: every letter as it would have been sent. In the demo no mail leaves the machine."""

import email
import email.policy
from email.message import EmailMessage

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin

# What Django's file backend writes after each letter.
DIVIDER = b"-" * 79 + b"\n"


def letters() -> list[EmailMessage]:
    """The letters so far, newest first."""
    files = sorted((settings.LOCAL_DIR / "mail").glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    parts = [part for file in files for part in reversed(file.read_bytes().split(DIVIDER)) if part.strip()]
    return [email.message_from_bytes(part, EmailMessage, policy=email.policy.default) for part in parts]


def letter(number: int) -> EmailMessage:
    """The letter of that number, counted from the oldest, which is 1."""
    every = letters()
    if not 1 <= number <= len(every):
        raise Http404
    return every[-number]


@never_cache
def index(request: HttpRequest) -> HttpResponse:
    every = letters()
    numbered = [(len(every) - place, message) for place, message in enumerate(every)]
    return render(request, "demo/mailbox.html", {"letters": numbered})


@never_cache
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def show(request: HttpRequest, number: int) -> HttpResponse:
    message = letter(number)
    text = message.get_body(("plain",))
    return render(
        request,
        "demo/letter.html",
        {
            "number": number,
            "message": message,
            "reply_to": message["Reply-To"],
            "message_id": message["Message-ID"],
            "text": text.get_content() if text else "",
        },
    )


@never_cache
@xframe_options_sameorigin
@csp_replace({"style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF]})  # type: ignore[arg-type]
def show_html(request: HttpRequest, number: int) -> HttpResponse:
    html = letter(number).get_body(("html",))
    # Links of the letter open in the window, not in the frame that shows it.
    return HttpResponse(html.get_content().replace("<head>", '<head><base target="_top">', 1) if html else "")
