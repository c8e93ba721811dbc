"""All names of a campaign are withheld until its first delivery, on every public page and in all that programs read."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from campaigns import letter
from campaigns.models import Campaign, Signature
from tests.builders import (
    make_campaign,
    make_coordinator,
    make_delivery,
    make_draft,
    make_listed,
    make_pending,
    send_letters,
    sign_in,
)
from tests.test_public_data import read, sweep

pytestmark = pytest.mark.django_db

CANARY = "Xanthe"
PAGES = [
    *(f"/campaigns/open-letter/{page}" for page in ("", "signatories/", "sign/", "versions/", "versions/1/")),
    *(
        f"/campaigns/open-letter/signatories/?{query}"
        for query in (f"q={CANARY}", "country=UA", "by=country", "by=name")
    ),
    *("/", "/uk/campaigns/open-letter/", "/ar/campaigns/open-letter/signatories/"),
]
WORD = "All names are withheld until the statement is delivered, or its coordinators show them earlier."


def make_withholding(**fields: Any) -> Campaign:
    campaign = make_draft(allows_persons=True, **fields)
    campaign.withhold_names(by=None)
    campaign.publish(by=None)
    return campaign


def make_names(campaign: Campaign) -> Signature:
    """An initiator, a person, one that is withdrawn, one that was removed with a correction; gives the first."""
    initiator = make_listed(campaign, f"{CANARY} Watch", country="UA", website=f"https://{CANARY}.example.org")
    initiator.make_initiator(by=None)
    make_listed(campaign, f"A {CANARY}", kind="person", affiliation=f"{CANARY} House")
    make_listed(campaign, f"{CANARY} Gone").withdraw()
    make_listed(campaign, f"{CANARY} False").remove(by=None, reason="It was not them.", correction="Not theirs.")
    return initiator


def everything(client: Client) -> str:
    page = letter.of_campaign(Campaign.objects.get(), "en")
    lines = [each.name for each in [*page.organizations, *page.persons]] + [logo.name for logo in page.logos]
    return "\n".join([sweep(client, "open-letter"), *(read(client, each) for each in PAGES), *lines])


def test_no_name_is_found_before_the_first_delivery_and_all_are_after(client: Client) -> None:
    campaign = make_withholding()
    initiator = make_names(campaign)
    assert initiator.organization
    own_page = f"/organizations/{initiator.organization.slug}/"
    told = everything(client).replace(f'value="{CANARY}"', "").replace(f"“<bdi>{CANARY}</bdi>”", "")
    told = told.replace(f"?q={CANARY}", "").replace(f"q={CANARY}", "")
    assert CANARY.lower() not in told.lower()
    assert "Ukraine</h3>" not in told
    assert WORD in told
    assert [client.get(page).status_code for page in (own_page, f"/api{own_page}")] == [404, 404]
    assert client.get("/api/campaigns/open-letter/").json()["names_withheld"]
    assert client.get("/api/campaigns/open-letter/").json()["counts"]["withheld"] == 2
    make_delivery(campaign)
    told = everything(client)
    for name in (f"{CANARY} Watch", f"A {CANARY}", f"{CANARY} House"):
        assert name in told
    assert WORD not in told
    assert f"{CANARY} False" not in told
    assert client.get(own_page).status_code == 200
    assert not client.get("/api/campaigns/open-letter/").json()["names_withheld"]


def test_names_come_before_the_public_with_the_delivery(client: Client) -> None:
    campaign = make_withholding()
    signature = make_listed(campaign)
    delivery = make_delivery(campaign)
    listed = client.get("/api/campaigns/open-letter/signatories/").json()["items"][0]
    assert listed["public_since"] >= delivery.at.strftime("%Y-%m-%d")
    assert Signature.objects.get(pk=signature.pk).is_public_by_name


def test_withheld_group_is_told_so_when_it_signs_and_when_it_is_listed(client: Client) -> None:
    campaign = make_withholding()
    assert WORD in client.get("/campaigns/open-letter/sign/").content.decode()
    make_listed(campaign)
    letters = [letter for letter in send_letters() if "counts" in letter.subject]
    assert [WORD in " ".join(str(letter.body).split()) for letter in letters] == [True]


def test_names_are_withheld_only_while_none_has_been_public() -> None:
    campaign = make_campaign()
    with pytest.raises(ValidationError, match="who has read its names cannot forget them"):
        campaign.withhold_names(by=None)
    hidden = make_withholding(slug="hidden")
    hidden.show_names(by=None)
    hidden.show_names(by=None)
    assert hidden.events.filter(verb="names shown").count() == 1
    with pytest.raises(ValidationError):
        hidden.withhold_names(by=None)


def test_desk_withholds_names_shows_that_and_lifts_it(client: Client) -> None:
    coordinator = make_coordinator()
    campaign = make_draft()
    sign_in(client, coordinator)
    page = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    assert "Withhold all names until the delivery" in client.get(page).content.decode()
    client.post(reverse("admin:campaigns_campaign_act", args=[campaign.pk, "withhold_names"]))
    assert "All names are withheld." in client.get(page).content.decode()
    Campaign.objects.get().publish(by=None)
    signature = make_pending(Campaign.objects.get())
    review = client.get(reverse("admin:campaigns_signature_change", args=[signature.pk])).content.decode()
    assert "1 whose name is withheld" in review
    client.post(reverse("admin:campaigns_campaign_act", args=[campaign.pk, "show_names"]))
    assert not Campaign.objects.get().names_withheld
    assert "Withhold all names until the delivery" not in client.get(page).content.decode()
