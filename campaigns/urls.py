"""The public addresses."""

from django.urls import path

from .views import deliveries, drafts, organizations, pages, reports, signing, texts

urlpatterns = [
    path("", pages.home, name="home"),
    path("campaigns/<slug:slug>/", pages.campaign, name="campaign"),
    path("campaigns/<slug:slug>/in/<str:language>/", pages.campaign, name="campaign_in"),
    path("campaigns/<slug:slug>/versions/", texts.versions, name="versions"),
    path("campaigns/<slug:slug>/versions/<int:number>/", texts.version, name="version"),
    path("campaigns/<slug:slug>/versions/<int:number>/<str:language>.json", texts.canonical, name="canonical"),
    path("campaigns/<slug:slug>/letter.pdf", texts.letter_pdf, name="letter"),
    path("campaigns/<slug:slug>/signatories/", pages.signatories, name="signatories"),
    path("campaigns/<slug:slug>/in/<str:language>/signatories/", pages.signatories, name="signatories_in"),
    path("campaigns/<slug:slug>/sign/", signing.sign, name="sign"),
    path("campaigns/<slug:slug>/sign/sent/", signing.sent, name="sent"),
    path("drafts/<slug:secret>/", drafts.draft, name="draft"),
    path("drafts/<slug:secret>/in/<str:language>/", drafts.draft, name="draft_in"),
    path("signatures/<str:token>/", signing.own_page, name="own_page"),
    path("signatures/<str:token>/logo/", signing.own_logo, name="own_logo"),
    path("organizations/<slug:slug>/", organizations.organization, name="organization"),
    path("logos/<slug:name>.png", organizations.logo, name="logo"),
    path("replies/<int:pk>.pdf", pages.reply, name="reply"),
    path("deliveries/verify.py", deliveries.script, name="verify_script"),
    path("deliveries/<str:fingerprint>/", deliveries.delivery, name="delivery"),
    path("deliveries/<str:fingerprint>/check/", deliveries.check, name="check"),
    path("deliveries/<str:fingerprint>/list.json", deliveries.manifest, name="manifest"),
    path("deliveries/<str:fingerprint>/letter.pdf", deliveries.delivered_letter, name="delivered_letter"),
    path("report/", reports.report, name="report"),
    path("report/sent/", reports.thanks, name="report_sent"),
    path("privacy/", pages.privacy, name="privacy"),
    path("privacy/<int:version>/", pages.privacy, name="privacy_version"),
]
