"""The database itself refuses what no verb would do."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campaigns.models import (
    Campaign,
    Contact,
    Invitation,
    Organization,
    OrganizationName,
    OutgoingMail,
    Signature,
    Suppression,
)
from tests.builders import (
    make_campaign,
    make_coordinator,
    make_draft,
    make_invitation,
    make_listed,
    make_pending,
    make_signature,
)

pytestmark = pytest.mark.django_db


def list_twice() -> None:
    first = make_listed(make_campaign())
    second = make_pending(first.campaign, "Lake Watch")
    stands = {"state": "listed", "position": 2, "decided_at": timezone.now()}
    Signature.objects.filter(pk=second.pk).update(organization=first.organization, **stands)


def list_an_organization_without_saying_which() -> None:
    make_pending(make_campaign())
    Signature.objects.update(state="listed", position=1, decided_at=timezone.now())


def list_a_person_as_an_organization() -> None:
    make_listed(make_campaign(allows_persons=True), "A Reader", kind="person")
    Signature.objects.update(organization=Organization.objects.register("River Watch"))


def list_without_a_place() -> None:
    make_listed(make_campaign())
    Signature.objects.update(position=None)


def list_without_a_decision() -> None:
    make_listed(make_campaign())
    Signature.objects.update(decided_at=None)


def review_the_unconfirmed() -> None:
    make_signature(make_campaign())
    Signature.objects.update(state="pending")


def decline_the_unconfirmed() -> None:
    make_signature(make_campaign())
    Signature.objects.update(state="declined")


def publish_without_a_text_version() -> None:
    make_draft()
    Campaign.objects.update(publish_at=timezone.now())


def circulate_without_a_text_version() -> None:
    make_draft()
    Campaign.objects.update(circulated_at=timezone.now(), circulation_secret="secret")


def circulate_without_a_link() -> None:
    make_campaign()
    Campaign.objects.update(circulated_at=timezone.now())


def give_a_private_link_to_two_campaigns() -> None:
    for slug in ("one", "other"):
        make_draft(slug=slug).circulate(by=None)
    Campaign.objects.update(circulation_secret="secret")


def take_an_address_twice() -> None:
    make_draft(slug="open-letter")
    make_draft(slug="open-letter")


def give_a_key_to_two_demands() -> None:
    campaign = make_draft(demands=("Do this.",))
    campaign.demands.create(key=campaign.demands.get().key, text="Do that.")


def number_two_versions_alike() -> None:
    campaign = make_campaign()
    campaign.text_versions.create(
        number=1, edition=1, kind="wording", created_at=timezone.now(), content={}, digests={}
    )


def know_an_organization_twice_by_one_name() -> None:
    organization = Organization.objects.register("River Watch")
    OrganizationName.objects.create(organization=organization, name="River-Watch", key="river watch")


def queue_a_letter_twice() -> None:
    make_signature(make_campaign())
    mail = OutgoingMail.objects.get()
    OutgoingMail.objects.create(kind=mail.kind, reference=mail.reference, dedupe_key=mail.dedupe_key)


def give_a_signature_two_contacts() -> None:
    signature = make_signature(make_campaign())
    Contact.objects.create(signature=signature, sealed_name=b"", sealed_role=b"", sealed_email=b"")


def delete_a_coordinator_on_record() -> None:
    make_campaign(make_coordinator()).memberships.all().delete()
    delete_rows("auth_user")


def delete_a_campaign_that_was_signed() -> None:
    make_signature(make_campaign())
    delete_rows("campaigns_demand", "campaigns_campaign")


def delete_an_organization_that_signed() -> None:
    make_listed(make_campaign())
    delete_rows("campaigns_organizationname", "campaigns_organization")


def invite_an_address_twice() -> None:
    invitation = make_invitation(make_campaign())
    same = {"campaign": invitation.campaign, "email_index": invitation.email_index}
    Invitation.objects.create(language="en", written_on=timezone.localdate(), **same)


def decide_by_no_day() -> None:
    make_invitation(make_campaign())
    Invitation.objects.update(state="deciding")


def remind_twice_a_day() -> None:
    today = {"day": timezone.localdate(), "at": timezone.localtime().time()}
    campaign = make_campaign()
    for _time in range(2):
        campaign.reminders.create(**today)


def stop_one_campaign_twice() -> None:
    campaign = make_campaign()
    for _time in range(2):
        Suppression.objects.create(email_index="0" * 64, campaign=campaign)


def stop_all_campaigns_twice() -> None:
    for _time in range(2):
        Suppression.objects.create(email_index="0" * 64)


def delete_rows(*tables: str) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
    connection.check_constraints()


IMPOSSIBLE = [
    list_twice,
    list_an_organization_without_saying_which,
    list_a_person_as_an_organization,
    list_without_a_place,
    list_without_a_decision,
    review_the_unconfirmed,
    decline_the_unconfirmed,
    publish_without_a_text_version,
    circulate_without_a_text_version,
    circulate_without_a_link,
    give_a_private_link_to_two_campaigns,
    take_an_address_twice,
    give_a_key_to_two_demands,
    number_two_versions_alike,
    know_an_organization_twice_by_one_name,
    queue_a_letter_twice,
    give_a_signature_two_contacts,
    delete_a_coordinator_on_record,
    delete_a_campaign_that_was_signed,
    delete_an_organization_that_signed,
    invite_an_address_twice,
    decide_by_no_day,
    remind_twice_a_day,
    stop_one_campaign_twice,
    stop_all_campaigns_twice,
]


@pytest.mark.parametrize("attempt", IMPOSSIBLE, ids=lambda attempt: attempt.__name__)
def test_impossible_row_is_refused_by_the_database(attempt: Callable[[], None]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt()
