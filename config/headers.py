"""A header that Django does not set."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

OWN = ["publickey-credentials-create", "publickey-credentials-get"]
NOBODY = ["camera", "display-capture", "geolocation", "microphone", "payment", "usb"]
POLICY = ", ".join([*(f"{name}=(self)" for name in OWN), *(f"{name}=()" for name in NOBODY)])


def permissions_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Of what a browser can give to a page, ours ask for passkeys alone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = POLICY
        return response

    return middleware
