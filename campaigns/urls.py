"""The public addresses."""

from django.urls import include, path

from . import feeds, sitemaps
from .api import urls as api
from .views import (
    data,
    deliveries,
    drafts,
    embedding,
    invitations,
    operations,
    organizations,
    own_data,
    pages,
    reports,
    sharing,
    signatories,
    signing,
    texts,
    themes,
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

# What of a published campaign is shared, embedded and read by programs; nothing of it stands behind the private link.
shared = [
    path("share/", sharing.share, name="share"),
    path("card.png", sharing.card, name="card"),
    path("qr.svg", sharing.qr_svg, name="qr_svg"),
    path("qr.png", sharing.qr_png, name="qr_png"),
    path("poster.pdf", sharing.poster_pdf, name="poster"),
    path("embed/", embedding.embed, name="embed"),
    path("feed/", feeds.Updates(), name="updates_feed"),
    path("signatories/feed/", feeds.NewSignatories(), name="signatories_feed"),
    path("signatories.csv", data.signatories, {"ending": "csv"}, name="signatories_csv"),
    path("signatories.xlsx", data.signatories, {"ending": "xlsx"}, name="signatories_xlsx"),
    path("signatories.json", data.signatories_json, name="signatories_json"),
    path("signatories.txt", data.signatories_txt, name="signatories_txt"),
]

# What is the same in every language of the interface.
files = [
    path("oembed/", embedding.oembed, name="oembed"),
    path("oembed", embedding.oembed),
    path("theme.css", themes.sheet, name="theme_css"),
    path("theme/<slug:name>.png", themes.logo, name="theme_logo"),
    path(api.PREFIX, include(api)),
    path("robots.txt", operations.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemaps.section, name="sitemap_section"),
    path(".well-known/security.txt", operations.security, name="security"),
    path("logos/<slug:name>.png", organizations.logo, name="logo"),
    path("replies/<int:pk>.pdf", pages.reply, name="reply"),
    path("deliveries/verify.py", deliveries.script, name="verify_script"),
    path("deliveries/<str:fingerprint>/list.json", deliveries.manifest, name="manifest"),
    path("deliveries/<str:fingerprint>/letter.pdf", deliveries.delivered_letter, name="delivered_letter"),
]

urlpatterns = [
    path("", pages.home, name="home"),
    path("feed/", feeds.NewCampaigns(), name="feed"),
    path("campaigns/<slug:slug>/", include(shared)),
    path("campaigns/<slug:slug>/", include(of_a_campaign)),
    path("circulate/<slug:secret>/", include((of_a_campaign, "circulate"))),
    path("drafts/<slug:secret>/", drafts.draft, name="draft"),
    path("drafts/<slug:secret>/in/<str:language>/", drafts.draft, name="draft_in"),
    path("translate/<slug:secret>/", translating.translate, name="translate"),
    path("translate/<slug:secret>/two-columns.docx", translating.document, name="translate_document"),
    path("signatures/<str:token>/", signing.own_page, name="own_page"),
    path("signatures/<str:token>/logo/", signing.own_logo, name="own_logo"),
    path("signatures/<str:token>/data/", own_data.change, name="own_data"),
    path("signatures/<str:token>/data.json", own_data.export, name="own_data_json"),
    path("signatures/<str:token>/address/", own_data.address, name="own_address"),
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
    path("legal/", themes.legal, name="legal"),
]
