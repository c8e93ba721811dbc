"""Headers that Django does not set."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

OWN = ["publickey-credentials-create", "publickey-credentials-get"]
NOBODY = ["camera", "display-capture", "geolocation", "microphone", "payment", "usb"]
PERMISSIONS = ", ".join([*(f"{name}=(self)" for name in OWN), *(f"{name}=()" for name in NOBODY)])

# What pages of other sites may show, by the names of the addresses; what a script there may read has a header for that.
FOR_OTHER_SITES = frozenset(
    {
        "card", "embed", "feed", "logo", "qr_png", "qr_svg", "signatories_csv", "signatories_feed", "signatories_json",
        "signatories_txt", "signatories_xlsx", "theme_logo", "updates_feed",
    }
)  # fmt: skip


def set_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Of what a browser can give to a page, ours ask for passkeys alone; what other sites may load is named."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = PERMISSIONS
        is_open = is_for_other_sites(request) or "Access-Control-Allow-Origin" in response
        response["Cross-Origin-Resource-Policy"] = "cross-origin" if is_open else "same-origin"
        return response

    return middleware


def is_for_other_sites(request: HttpRequest) -> bool:
    page = request.resolver_match
    return page.url_name in FOR_OTHER_SITES if page else request.path_info.startswith(settings.STATIC_URL)
