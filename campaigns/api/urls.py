"""The addresses of the API."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from . import views
from .answers import for_programs, operation
from .document import document

PREFIX = "api/"

operations = [
    path("campaigns/", views.campaigns, name="api_campaigns"),
    path("campaigns/<slug:slug>/", views.campaign, name="api_campaign"),
    path("campaigns/<slug:slug>/signatories/", views.signatories, name="api_signatories"),
    path("campaigns/<slug:slug>/updates/", views.updates, name="api_updates"),
    path("organizations/<slug:slug>/", views.organization, name="api_organization"),
]


@operation
def described() -> dict:
    """What the API is, in OpenAPI."""
    return document(PREFIX, operations)


@for_programs
@never_cache
def with_slash(request: HttpRequest, **_where: str) -> HttpResponse:
    """Leads to the address with a slash at its end, as Django does, but scripts of other sites, too."""
    return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))


urlpatterns = [
    *operations,
    path("openapi.json", described, name="openapi"),
    path("", never_cache(RedirectView.as_view(pattern_name="openapi")), name="api"),
    re_path(r"^[\s\S]+/$", views.nowhere),
    re_path(r"^[\s\S]+$", with_slash),
]
