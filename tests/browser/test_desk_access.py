"""The desk for everybody: axe finds nothing, nothing is wider than a phone, and no page breaks the site's policy."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from campaigns.models import Report
from tests.browser.conftest import sign_in_by_hand
from tests.browser.test_access import violations
from tests.builders import (
    make_campaign,
    make_circulating,
    make_commented_draft,
    make_coordinator,
    make_delivery,
    make_draft,
    make_invitation,
    make_listed,
    make_pending,
    make_translation,
    make_update,
)

# A page each, looked at with and without what it lists.
LISTS = ["campaign", "signature", "organization", "delivery", "update", "translation", "event", "importbatch", "report"]


@pytest.fixture
def addresses(site: str) -> list[str]:
    coordinator = make_coordinator()
    draft = make_draft("draft", title="A draft")
    campaign = make_campaign(coordinator)
    listed = make_listed(campaign, "Річкова варта", website="https://river.example.org", country="UA")
    waiting = make_pending(campaign, "River Watch", email="river@example.net")
    make_pending(campaign, "Hill Watch", email="hill@example.net")
    delivery, update = make_delivery(campaign), make_update(campaign)
    report = Report.objects.about(f"/campaigns/{campaign.slug}/")
    report.send("A word is missing.", "reader@example.net")
    circulating = make_circulating(slug="circulating", title="Keep the lake")
    make_invitation(circulating)
    make_invitation(circulating, "office@fen.example.org").ask_change("We would sign if it named a date.")
    board = reverse("admin:campaigns_campaign_board", args=[circulating.pk])
    about_campaign = [
        "board",
        "invite",
        "change",
        "publish",
        "revise",
        "deliver",
        "members",
        "attack",
        "preview",
        "timeline",
        "remarks",
    ]
    return [
        reverse("admin:index"),
        reverse("admin:manual"),
        *[reverse(f"admin:campaigns_{noun}_changelist") for noun in LISTS],
        *[reverse(f"admin:campaigns_campaign_{verb}", args=[campaign.pk]) for verb in about_campaign],
        *[f"{board}?show={show}" for show in ("silent", "invited", "asks")],
        reverse("admin:campaigns_campaign_text", args=[draft.pk]),
        *[reverse("admin:campaigns_signature_change", args=[each.pk]) for each in (waiting, listed)],
        reverse("admin:campaigns_campaign_remarks", args=[make_commented_draft().pk]),
        reverse("admin:campaigns_signature_add"),
        reverse("admin:campaigns_organization_change", args=[listed.organization_id]),
        reverse("admin:campaigns_organization_verify", args=[listed.organization_id]),
        reverse("admin:campaigns_organization_merge", args=[listed.organization_id]),
        reverse("admin:campaigns_delivery_change", args=[delivery.pk]),
        reverse("admin:campaigns_update_change", args=[update.pk]),
        reverse("admin:campaigns_translation_change", args=[make_translation(draft).pk]),
        reverse("admin:campaigns_importbatch_add"),
        reverse("admin:campaigns_report_change", args=[report.pk]),
        reverse("admin:campaigns_person_add"),
        reverse("admin:campaigns_sitetheme_changelist"),
    ]


SCREENS = {"phone-light": ("light", 360), "desk-dark": ("dark", 1280)}


@pytest.fixture(params=list(SCREENS.values()), ids=list(SCREENS))
def screen(request: pytest.FixtureRequest) -> dict[str, Any]:
    scheme, width = request.param
    return {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}


@pytest.fixture
def desk(chromium: Browser, site: str, addresses: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens the desk as a coordinator, in a browser of these options."""
    with ExitStack() as opened:

        def open_desk(**options: Any) -> Page:
            context = opened.enter_context(chromium.new_context(base_url=site, **options))
            context.set_default_timeout(10_000)
            page = context.new_page()
            sign_in_by_hand(page)
            return page

        yield open_desk


def test_desk_keeps_to_the_policy_of_the_site(addresses: list[str], desk: Callable[..., Page]) -> None:
    refused: list[str] = []
    page = desk()
    page.on("console", lambda said: refused.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    for address in addresses:
        page.goto(address)
    assert not refused, "\n".join(refused)


def test_desk_fits_and_axe_finds_nothing(
    addresses: list[str], desk: Callable[..., Page], screen: dict[str, Any]
) -> None:
    found: list[str] = []
    page = desk(**screen, bypass_csp=True)
    for address in addresses:
        page.goto(address)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 0:
            found.append(f"{address} is {overflow} px too wide")
        found += violations(page)
    assert not found, "\n".join(found)
