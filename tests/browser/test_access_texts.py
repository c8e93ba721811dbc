"""The pages of the text's history and of what was delivered, for everybody: axe finds nothing, all fits a phone."""

import pytest
from playwright.sync_api import Page, expect

from campaigns import tokens
from campaigns.models import Delivery, Signature
from tests.browser.test_access import screen, violations
from tests.builders import (
    ask_more,
    correct,
    make_campaign,
    make_delivery,
    make_listed,
    make_translation,
    make_update,
    propose,
    reword,
    translate,
)

__all__ = ["screen"]


@pytest.fixture
def delivery(site: str) -> Delivery:
    """A delivered letter whose text has changed in every way, with updates and one name taken out."""
    campaign = make_campaign(allows_persons=True)
    first = make_listed(campaign, "River Watch", website="https://river.example.org", country="UA")
    make_listed(campaign, "A group that has not agreed", email="second@example.org")
    make_translation(campaign, "uk", title="Відкритий лист")
    translate(campaign, "Now in Ukrainian.")
    reword(campaign)
    correct(campaign)
    campaign.translations.get().demands.create(demand=ask_more(campaign), text="Зробіть це скоро.")
    proposal = propose(campaign)
    proposal.answer(first, agrees=True)
    proposal.adopt(by=None)
    make_listed(campaign, "Quiet Group", email="third@example.org", shown=Signature.Shown.ADDRESSEE)
    make_listed(campaign, "Group in danger", email="fourth@example.org")
    person = {"kind": Signature.Kind.PERSON, "affiliation": "Example University"}
    make_listed(campaign, "A Reader", email="fifth@example.org", **person)
    delivery = make_delivery(campaign)
    delivery.take_out(3, by=None)
    make_listed(campaign, "Late Group", email="sixth@example.org")
    key = campaign.text.demands[0].key
    make_update(campaign, kind="outcome", outcome="partly", demand_key=key, source="https://example.org/").publish(
        by=None
    )
    return delivery


@pytest.fixture
def addresses(delivery: Delivery) -> list[str]:
    behind = delivery.campaign.signatures.get(name="A group that has not agreed")
    return [
        "/campaigns/open-letter/",
        "/campaigns/open-letter/in/uk/",
        "/campaigns/open-letter/signatories/",
        "/campaigns/open-letter/sign/?in=uk",
        "/campaigns/open-letter/versions/",
        *(f"/campaigns/open-letter/versions/{number}/" for number in (1, 2, 3, 4)),
        f"/signatures/{tokens.make(behind, tokens.OWN_PAGE)}/",
        f"/deliveries/{delivery.fingerprint}/",
        f"/deliveries/{delivery.fingerprint}/check/",
    ]


def test_pages_of_texts_and_deliveries_have_no_axe_violation_and_fit(addresses: list[str], screen: Page) -> None:
    for address in addresses:
        response = screen.goto(address)
        assert response is not None
        assert response.status == 200, address
        assert violations(screen) == []
        overflow = screen.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0, address


@pytest.mark.parametrize("genuine", [True, False], ids=["genuine", "false"])
def test_verdict_on_a_file_is_accessible(delivery: Delivery, screen: Page, genuine: bool) -> None:
    screen.goto(f"/deliveries/{delivery.fingerprint}/check/")
    data = delivery.manifest() if genuine else delivery.manifest()[:-1]
    screen.set_input_files("[name=list]", {"name": "list.json", "mimeType": "application/json", "buffer": data})
    screen.click("button:text-is('Is it genuine?')")
    expect(screen.locator("[role=status]" if genuine else "[role=alert]")).to_have_count(1)
    assert violations(screen) == []


def test_check_without_a_file_is_accessible(delivery: Delivery, screen: Page) -> None:
    screen.goto(f"/deliveries/{delivery.fingerprint}/check/")
    screen.click("button:text-is('Is it genuine?')")
    expect(screen.locator(".problems")).to_be_focused()
    assert violations(screen) == []
