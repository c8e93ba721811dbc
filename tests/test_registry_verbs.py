"""Verifying an organization and hiding its page: who did it, once, and undone."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from campaigns.models import Event, Organization
from tests.builders import make_coordinator

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator() -> User:
    return make_coordinator()


@pytest.fixture
def organization() -> Organization:
    return Organization.objects.register("River Watch")


def recorded() -> list[tuple[str, int | None, int | None]]:
    """Each event's verb, organization and coordinator, the oldest first."""
    return list(Event.objects.order_by("id").values_list("verb", "organization", "who"))


def test_verifying_keeps_who_when_and_how(organization: Organization, coordinator: User) -> None:
    organization.verify(by=coordinator, how="Called the office.")
    organization.refresh_from_db()
    assert (organization.verified_by, organization.verified_how) == (coordinator, "Called the office.")
    assert organization.verified_at is not None
    assert recorded() == [("verified", organization.pk, coordinator.pk)]


@pytest.mark.parametrize("how", ["", "  \n"])
def test_verifying_without_a_how_is_refused(organization: Organization, coordinator: User, how: str) -> None:
    with pytest.raises(ValidationError, match="Say how you made sure"):
        organization.verify(by=coordinator, how=how)
    organization.refresh_from_db()
    assert organization.verified_at is None
    assert recorded() == []


def test_verifying_twice_in_the_same_way_is_once(organization: Organization, coordinator: User) -> None:
    organization.verify(by=coordinator, how="Called the office.")
    first = organization.verified_at
    Organization.objects.get().verify(by=coordinator, how="Called the office.")
    organization.refresh_from_db()
    assert organization.verified_at == first
    assert len(recorded()) == 1


def test_verifying_anew_in_another_way_is_kept(organization: Organization, coordinator: User) -> None:
    organization.verify(by=make_coordinator("first"), how="Called the office.")
    organization.verify(by=coordinator, how="Saw the register of associations.")
    organization.refresh_from_db()
    assert (organization.verified_by, organization.verified_how) == (coordinator, "Saw the register of associations.")
    assert [verb for verb, *_rest in recorded()] == ["verified", "verified"]


def test_doubting_takes_it_back_once(organization: Organization, coordinator: User) -> None:
    organization.doubt(by=coordinator)
    assert recorded() == []
    organization.verify(by=coordinator, how="Called the office.")
    organization.doubt(by=coordinator)
    Organization.objects.get().doubt(by=coordinator)
    organization.refresh_from_db()
    assert (organization.verified_at, organization.verified_by, organization.verified_how) == (None, None, "")
    assert recorded() == [("verified", organization.pk, coordinator.pk), ("doubted", organization.pk, coordinator.pk)]


def test_hiding_and_showing_again_once_each(organization: Organization, coordinator: User) -> None:
    organization.unhide(by=coordinator)
    organization.hide(by=coordinator)
    Organization.objects.get().hide(by=coordinator)
    organization.refresh_from_db()
    assert organization.is_hidden
    organization.unhide(by=coordinator)
    Organization.objects.get().unhide(by=coordinator)
    organization.refresh_from_db()
    assert not organization.is_hidden
    assert recorded() == [("hidden", organization.pk, coordinator.pk), ("unhidden", organization.pk, coordinator.pk)]
