"""The root of every address: the coordinators' desk, and the public pages."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("campaigns.accounts.urls")),
    path("", include("campaigns.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("campaigns.demo.urls")))

handler400 = "campaigns.views.errors.bad_request"
handler403 = "campaigns.views.errors.permission_denied"
handler404 = "campaigns.views.errors.page_not_found"
handler429 = "campaigns.views.errors.too_many_requests"
handler500 = "campaigns.views.errors.server_error"
