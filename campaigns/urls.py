"""The public addresses."""

from django.urls import path

from .views import pages, signing

urlpatterns = [
    path("", pages.home, name="home"),
    path("campaigns/<slug:slug>/", pages.campaign, name="campaign"),
    path("campaigns/<slug:slug>/signatories/", pages.signatories, name="signatories"),
    path("campaigns/<slug:slug>/sign/", signing.sign, name="sign"),
    path("campaigns/<slug:slug>/sign/sent/", signing.sent, name="sent"),
    path("signatures/<str:token>/", signing.own_page, name="own_page"),
    path("privacy/", pages.privacy, name="privacy"),
    path("privacy/<int:version>/", pages.privacy, name="privacy_version"),
]
