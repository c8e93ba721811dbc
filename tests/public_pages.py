"""The case of 2018 in English, Ukrainian and Arabic, as far on as a campaign gets, and each public page of it."""

import tomllib
from pathlib import Path

from django.contrib.auth.models import User

from campaigns import tokens
from campaigns.demo.load import initiate, load_interpol, translate
from campaigns.models import Campaign, Signature, SiteTheme, ThemeText
from tests.builders import make_campaign, make_delivery, make_listed, make_signature, make_update

ARABIC = Path(__file__).parent / "data" / "interpol-2018.ar.toml"
LETTER = "/campaigns/interpol-2018/"
LANGUAGES = {"en": "", "uk": "/uk", "ar": "/ar"}
COUNTRIES = {
    "AZ": ["Democracy Monitor – Azerbaijan", "Democratic Azerbaijan Movement"],
    "DE": ["Migration Center of Azerbaijan (Germany)"],
    "FR": ["Ukraine Action (France)", "Democracy For Azerbaijan – France"],
    "LV": ["Journalist Academy Latvia", "Azerbaijani Latvian Lawyers"],
    "UA": ["Kharkiv human rights group", "Center for Civil Liberties", "Crimean Human Rights Group"],
}


def load_case(coordinator: User) -> Campaign:
    """The case of 2018 in the three languages."""
    load_interpol(coordinator)
    campaign = Campaign.objects.get(slug="interpol-2018")
    translate(campaign, tomllib.loads(ARABIC.read_text(encoding="utf-8")))
    campaign.add_translation(by=None, note="—")
    return campaign


def load_pages(coordinator: User) -> dict[str, str]:
    """The address of each public page, by what the page is called, with something on each."""
    campaign = load_case(coordinator)
    for country, named in COUNTRIES.items():
        campaign.signatures.filter(name__in=named).update(country=country)
    initiate(campaign, coordinator, "River Watch", "https://river.example.org")
    reader = {"kind": Signature.Kind.PERSON, "affiliation": "Example University"}
    make_listed(campaign, "A Reader", email="reader@example.org", **reader)
    delivery = make_delivery(campaign)
    outcome = {"kind": "outcome", "outcome": "partly", "demand_key": campaign.text.demands[0].key}
    make_update(campaign, **outcome, source="https://example.org/").publish(by=None)
    make_campaign(title="Let the marsh be", closes_at=None)
    words = ThemeText(language="en", footer="", legal_notice="# Who we are\n\nA coalition of many groups.")
    SiteTheme().change([], [words], by=None)
    waiting = tokens.make(make_signature(campaign, "Lake Watch"), tokens.SENT_PAGE)
    return {
        "home": "/",
        "campaign": LETTER,
        "sign": f"{LETTER}sign/",
        "sent": f"{LETTER}sign/sent/?token={waiting}",
        "signatories": f"{LETTER}signatories/",
        "versions": f"{LETTER}versions/",
        "version": f"{LETTER}versions/2/",
        "delivery": f"/deliveries/{delivery.fingerprint}/",
        "check": f"/deliveries/{delivery.fingerprint}/check/",
        "organization": "/organizations/river-watch/",
        "share": f"{LETTER}share/",
        "embed": f"{LETTER}embed/",
        "privacy": "/privacy/",
        "legal": "/legal/",
        "report": f"/report/?page={LETTER}",
        "report sent": "/report/sent/",
        "not found": "/campaigns/nothing/",
    }
