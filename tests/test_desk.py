"""The desk opens: every list and every record, whatever is in the address, and no press of a button is lost."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from campaigns.models import Signature
from tests.builders import (
    filled_form,
    make_campaign,
    make_coordinator,
    make_delivery,
    make_listed,
    make_pending,
    make_translation,
    make_update,
    opened,
    propose,
    sign_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    sign_in(client, make_coordinator())
    return client


def test_every_list_and_every_record_opens(desk: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign)
    make_pending(campaign, "Hill Watch")
    make_delivery(campaign)
    make_update(campaign).publish(by=None)
    make_translation(campaign)
    for model in apps.get_app_config("campaigns").get_models():
        if not admin.site.is_registered(model):
            continue
        name = f"admin:campaigns_{model._meta.model_name}"
        assert desk.get(reverse(f"{name}_changelist")).status_code == 200, name
        for pk in model._default_manager.values_list("pk", flat=True):
            assert desk.get(reverse(f"{name}_change", args=[pk])).status_code == 200, (name, pk)


@pytest.mark.parametrize(
    "address",
    [
        f"/privacy/{'9' * 300}/",
        "/privacy/0/",
    ],
)
def test_odd_address_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_list_action_on_no_number_is_a_bad_request(desk: Client) -> None:
    sent = {"action": "accept_many", "_selected_action": "abc"}
    assert desk.post(reverse("admin:campaigns_signature_changelist"), sent).status_code == 400


def test_outcome_without_a_campaign_is_refused_beside_the_field(desk: Client) -> None:
    sent = {"kind": "outcome", "outcome": "met", "date": "2026-03-01", "texts-TOTAL_FORMS": 0, "texts-INITIAL_FORMS": 0}
    response = desk.post(reverse("admin:campaigns_update_add"), sent)
    assert response.context["adminform"].form.errors.keys() >= {"campaign"}


def test_publishing_what_is_published_says_so(desk: Client) -> None:
    campaign = make_campaign()
    response = desk.post(reverse("admin:campaigns_campaign_publish", args=[campaign.pk]), follow=True)
    assert "The campaign is published already." in response.content.decode()
    assert campaign.text_versions.count() == 1


def test_website_without_a_scheme_finds_the_known_organization(desk: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign, "River Watch", website="https://river.example.org")
    sent = {"campaign": campaign.pk, "kind": "organization", "name": "Another Name", "website": "river.example.org"}
    response = desk.post(reverse("admin:campaigns_signature_add"), sent)
    assert response.status_code == 422
    assert "Existing: River Watch" in response.content.decode()


def test_listed_name_cannot_become_that_of_another_on_the_list(desk: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign, "River Watch")
    hill = make_listed(campaign, "Hill Watch")
    sent = {"list_as-name": "River Watch", "list_as": ""}
    response = desk.post(reverse("admin:campaigns_signature_change", args=[hill.pk]), sent)
    assert response.status_code == 409
    assert "is on the list already" in response.content.decode()
    assert [each.name for each in Signature.objects.order_by("pk")] == ["River Watch", "Hill Watch"]


def test_name_taken_out_leaves_every_delivery(desk: Client) -> None:
    campaign = make_campaign()
    make_listed(campaign)
    first, second = make_delivery(campaign), make_delivery(campaign)
    first.take_out(1, by=None)
    for delivery in (first, second):
        assert "River Watch" not in delivery.manifest(for_addressee=True).decode()


def test_form_beside_a_lagging_translation_is_refused_once_what_is_asked_has_changed(client: Client) -> None:
    campaign = make_campaign()
    make_translation(campaign)
    campaign.add_translation(by=None, note="Now in German.")
    form = filled_form(opened=opened(seconds_ago=30, language="de"))
    demand = campaign.demands.first()
    assert demand
    demand.text = "Do this, and say so."
    demand.save()
    propose(campaign).adopt(by=None)
    response = client.post(f"/campaigns/{campaign.slug}/sign/?in=de", form)
    assert response.status_code == 422
    assert "The text has changed" in response.content.decode()
    assert not Signature.objects.exists()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_year_that_is_mistyped_is_refused_beside_the_close(client: Client, day: str) -> None:
    campaign = make_campaign(time_zone="America/New_York")
    sign_in(client, make_coordinator())
    address = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    response = client.post(address, {"closes_at_0": day, "closes_at_1": "23:59"})
    assert "That is more than 10 years away. Look at the year." in response.content.decode()
    assert client.get(address).status_code == 200
