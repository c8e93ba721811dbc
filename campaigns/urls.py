"""The public addresses."""

from django.urls import include, path

from .views import (
    deliveries,
    drafts,
    invitations,
    organizations,
    pages,
    reports,
    signatories,
    signing,
    texts,
    translating,
)

# The pages of one campaign stand at two doors: in public and, before publication, behind a private link.
of_a_campaign = [
    path("", pages.campaign, name="campaign"),
    path("in/<str:language>/", pages.campaign, name="campaign_in"),
    path("versions/", texts.versions, name="versions"),
    path("versions/<int:number>/", texts.version, name="version"),
    path("versions/<int:number>/<str:language>.json", texts.canonical, name="canonical"),
    path("letter.pdf", texts.letter_pdf, name="letter"),
    path("signatories/", signatories.signatories, name="signatories"),
    path("in/<str:language>/signatories/", signatories.signatories, name="signatories_in"),
    path("sign/", signing.sign, name="sign"),
    path("sign/sent/", signing.sent, name="sent"),
]

# What is the same in every language of the interface.
files = [
    path("logos/<slug:name>.png", organizations.logo, name="logo"),
    path("replies/<int:pk>.pdf", pages.reply, name="reply"),
    path("deliveries/verify.py", deliveries.script, name="verify_script"),
    path("deliveries/<str:fingerprint>/list.json", deliveries.manifest, name="manifest"),
    path("deliveries/<str:fingerprint>/letter.pdf", deliveries.delivered_letter, name="delivered_letter"),
]

urlpatterns = [
    path("", pages.home, name="home"),
    path("campaigns/<slug:slug>/", include(of_a_campaign)),
    path("circulate/<slug:secret>/", include((of_a_campaign, "circulate"))),
    path("drafts/<slug:secret>/", drafts.draft, name="draft"),
    path("drafts/<slug:secret>/in/<str:language>/", drafts.draft, name="draft_in"),
    path("translate/<slug:secret>/", translating.translate, name="translate"),
    path("signatures/<str:token>/", signing.own_page, name="own_page"),
    path("signatures/<str:token>/logo/", signing.own_logo, name="own_logo"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("invitations/stop/<str:token>/", invitations.stop, name="stop_invitations"),
    path("invitations/stop/<str:token>/at-once/", invitations.stop_at_once, name="stop_at_once"),
    path("organizations/<slug:slug>/", organizations.organization, name="organization"),
    path("deliveries/<str:fingerprint>/", deliveries.delivery, name="delivery"),
    path("deliveries/<str:fingerprint>/check/", deliveries.check, name="check"),
    path("report/", reports.report, name="report"),
    path("report/sent/", reports.thanks, name="report_sent"),
    path("privacy/", pages.privacy, name="privacy"),
    path("privacy/<int:version>/", pages.privacy, name="privacy_version"),
]
