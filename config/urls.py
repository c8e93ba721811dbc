"""The root of every address: the coordinators' desk and the public pages, in English and, behind a prefix such as
`/uk/`, in the other languages; and files, which are the same in every language and have no prefix."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from campaigns.urls import files

pages = [
    path("admin/", admin.site.urls),
    path("accounts/", include("campaigns.accounts.urls")),
    path("", include("campaigns.urls")),
]

if settings.DEMO:
    pages.append(path("demo/", include("campaigns.demo.urls")))

urlpatterns = [*files, *i18n_patterns(*pages, prefix_default_language=False)]

handler400 = "campaigns.views.errors.bad_request"
handler403 = "campaigns.views.errors.permission_denied"
handler404 = "campaigns.views.errors.page_not_found"
handler429 = "campaigns.views.errors.too_many_requests"
handler500 = "campaigns.views.errors.server_error"
