"""What a site tells the programs that look after it or walk through it."""

import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from .. import languages
from ..models import SiteTheme
from .keeping import kept_while_same

# Where nothing is to be found: the desk, forms, and what stands behind links of one's own, by their beginnings alone.
NOT_FOR_ROBOTS = [
    "accounts", "campaigns/*/sign", "circulate", "deliveries/*/check", "drafts", "invitations", "report", "signatures",
    "translate",
]  # fmt: skip
EXPIRES_AFTER = datetime.timedelta(days=180)
PLAIN = "text/plain; charset=utf-8"


@require_safe
@kept_while_same
def robots(request: HttpRequest) -> HttpResponse:
    places = [reverse("admin:index"), *(f"/{place}/" for place in NOT_FOR_ROBOTS)]
    told = [languages.in_language(place, code) for code, _name in languages.choices() for place in places]
    lines = ["User-agent: *", *(f"Disallow: {place}" for place in told)]
    return HttpResponse("\n".join([*lines, "", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]), PLAIN)


@require_safe
@kept_while_same
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole (RFC 9116). It is never old: it expires half a year after the day on which it is read."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {SiteTheme.current().security_address}",
        f"Expires: {today + EXPIRES_AFTER:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(code for code, _name in languages.choices())}",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
    ]
    return HttpResponse("\n".join([*lines, ""]), PLAIN)
