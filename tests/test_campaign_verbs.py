"""Each verb of a campaign, and how the campaign's own rules decide whom it lists and whom it takes."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError

from campaigns.models import Campaign, Contact, Organization, OutgoingMail, Signature, Tally
from tests.builders import (
    every_row,
    make_campaign,
    make_coordinator,
    make_draft,
    make_listed,
    make_pending,
    make_signature,
)
from tests.records import events, mails, stand

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
BY_TELEPHONE = {"name": "River Watch", "name_as_signed": "River Watch", "language": "en", "source": "telephone"}
SECRETARY = {"name": "The secretary", "role": "secretary", "email": "secretary@river.example.org"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_publishing_freezes_the_text_and_opens_the_campaign() -> None:
    campaign = make_draft(language="en", demands=("First.", "Second."))
    draft = campaign.draft_text
    campaign.publish(by=make_coordinator())
    campaign = Campaign.objects.get()
    assert (campaign.stage, campaign.publish_at, campaign.is_open) == ("published", NOW, True)
    assert campaign.text == draft
    assert [(demand.number, demand.text) for demand in campaign.text.demands] == [(1, "First."), (2, "Second.")]
    frozen = campaign.text_versions.values(
        "number", "edition", "kind", "note", "created_at", "content", "digests"
    ).get()
    assert frozen == {
        "number": 1,
        "edition": 1,
        "kind": "first",
        "note": "",
        "created_at": NOW,
        "content": {"en": draft.to_content()},
        "digests": {"en": draft.digest()},
    }
    assert events(campaign) == [("published", "coordinator", NOW, {"version": 1})]
    assert not OutgoingMail.objects.exists()


def test_publishing_again_changes_nothing(clock: time_machine.Traveller) -> None:
    campaign = make_campaign()
    Campaign.objects.update(body="Written after publication.")
    before = every_row()
    clock.shift(HOUR)
    campaign.publish(by=make_coordinator())
    assert every_row() == before
    assert campaign.text.body == "We have *read* your plan."


@pytest.mark.parametrize(
    ("lacking", "messages"),
    [
        ({"body": " \n"}, ["The statement has no text yet."]),
        ({"demands": ()}, ["The statement has no demand yet."]),
        ({"closes_at": NOW}, ["The time to sign has already passed: move it first."]),
        ({"body": "", "demands": ()}, ["The statement has no text yet.", "The statement has no demand yet."]),
    ],
)
def test_incomplete_statement_is_not_published_and_each_lack_is_named(
    lacking: dict[str, Any], messages: list[str]
) -> None:
    campaign = make_draft(**lacking)
    before = every_row()
    with pytest.raises(ValidationError) as refusal:
        campaign.publish(by=None)
    assert refusal.value.messages == messages
    assert every_row() == before
    assert campaign.stage == "draft"


def test_text_is_published_only_as_the_coordinator_has_seen_it() -> None:
    campaign = make_draft()
    seen = campaign.draft_digests()
    campaign.demands.create(position=3, text="Do more.")
    before = every_row()
    with pytest.raises(ValidationError, match="The text was changed since you looked at it"):
        campaign.publish(by=None, seen=seen)
    assert every_row() == before
    campaign.publish(by=None, seen=campaign.draft_digests())
    assert len(campaign.text.demands) == 3


def test_closing_and_reopening_are_recorded_once_each(clock: time_machine.Traveller) -> None:
    campaign = make_campaign(make_coordinator(), closes_at=NOW + 9 * HOUR)
    first, second = make_coordinator("first"), make_coordinator("second")
    clock.shift(HOUR)
    campaign.close(by=first)
    assert (campaign.closes_at, campaign.is_open) == (NOW + HOUR, False)
    clock.shift(HOUR)
    campaign.close(by=second)
    assert campaign.closes_at == NOW + HOUR
    campaign.reopen(by=second)
    campaign.reopen(by=first)
    campaign = Campaign.objects.get()
    assert (campaign.closes_at, campaign.is_open) == (None, True)
    assert events(campaign)[1:] == [
        ("closed", "first", NOW + HOUR, {}),
        ("reopened", "second", NOW + 2 * HOUR, {}),
    ]


def test_closing_time_is_set_and_taken_away_on_record(clock: time_machine.Traveller) -> None:
    campaign, coordinator = make_campaign(), make_coordinator()
    for moment in (NOW + HOUR, NOW + HOUR, None, None, NOW + 2 * HOUR):
        campaign.close_at(moment, by=coordinator)
    assert events(campaign)[1:] == [
        ("timed", "coordinator", NOW, {"until": "2026-03-02T13:00:00+00:00"}),
        ("timed", "coordinator", NOW, {"until": ""}),
        ("timed", "coordinator", NOW, {"until": "2026-03-02T14:00:00+00:00"}),
    ]
    clock.shift(2 * HOUR)
    campaign = Campaign.objects.get()
    assert (campaign.closes_at, campaign.is_open) == (NOW + 2 * HOUR, False)


def test_draft_cannot_be_closed() -> None:
    campaign = make_draft()
    before = every_row()
    with pytest.raises(ValidationError, match="takes no signatures yet"):
        campaign.close(by=make_coordinator())
    assert every_row() == before
    assert campaign.closes_at is None


def test_campaign_takes_signatures_only_between_publication_and_close(clock: time_machine.Traveller) -> None:
    draft, closing = make_draft(slug="draft"), make_campaign(closes_at=NOW + HOUR)
    make_signature(closing)
    clock.shift(HOUR)
    before = every_row()
    for campaign in (draft, closing):
        with pytest.raises(ValidationError) as refusal:
            make_signature(campaign)
        assert refusal.value.code == "closed"
    assert every_row() == before


def test_without_review_a_new_organization_is_listed_as_it_confirms() -> None:
    campaign = make_campaign(make_coordinator(), reviews=False)
    signature = make_pending(campaign)
    assert stand(signature) == {"state": "listed", "confirmed_at": NOW, "decided_at": NOW, "position": 1}
    assert events(signature)[1:] == [("confirmed", None, NOW, {}), ("accepted", None, NOW, {})]
    assert mails(signature) == [("confirm_signature", "contact"), ("signature_listed", "contact")]


@pytest.mark.parametrize(
    ("name", "website"),
    [("RIVER-WATCH", ""), ("Another name", "https://river.example.org"), ("The River Watchers", "")],
)
def test_without_review_a_known_organization_waits_for_a_coordinator(name: str, website: str) -> None:
    known = Organization.objects.register("River Watch", website="https://river.example.org")
    known.names.create(name="The River Watchers", key="the river watchers")
    signature = make_pending(make_campaign(make_coordinator(), reviews=False), name, website=website)
    assert stand(signature) == {"state": "pending", "confirmed_at": NOW}
    assert events(signature)[1:] == [("confirmed", None, NOW, {})]
    assert mails(signature) == [("confirm_signature", "contact"), ("signature_awaits", "coordinator")]
    assert [each.organization for each in signature.candidates()] == [known]


def test_persons_are_listed_and_counted_apart_from_organizations() -> None:
    campaign = make_campaign(allows_persons=True)
    group = make_listed(campaign)
    person = make_listed(campaign, "Canary Contact", kind="person", affiliation="River Watch")
    withheld = make_listed(campaign, "Lake Watch", shown="counted")
    assert campaign.signatures.tally() == Tally(organizations=2, persons=1, withheld=1, earlier=0)
    assert list(campaign.signatures.in_public().organizations()) == [group]
    assert list(campaign.signatures.in_public().persons()) == [person]
    assert list(campaign.signatures.listed().organizations().order_by("position")) == [group, withheld]
    assert person.organization is None
    assert list(Organization.objects.values_list("name", flat=True)) == ["Lake Watch", "River Watch"]


def test_person_does_not_sign_where_only_organizations_do() -> None:
    campaign = make_campaign()
    person = {"name": "A Reader", "name_as_signed": "A Reader", "language": "en", "kind": "person"}
    before = every_row()
    for sign in (
        lambda: Signature.objects.submit(campaign, person, SECRETARY),
        lambda: Signature.objects.add(campaign, None, person, SECRETARY),
    ):
        with pytest.raises(ValidationError, match="only organizations sign"):
            sign()
    assert every_row() == before


@pytest.mark.parametrize("name", ["A Reader", "A READER"])
def test_person_is_listed_once_under_one_name_and_affiliation(name: str) -> None:
    campaign = make_campaign(allows_persons=True)
    university = {"kind": "person", "affiliation": "University of the River"}
    make_listed(campaign, "A Reader", **university)
    double = make_pending(campaign, name, **university)
    before = every_row()
    for put_on_the_list in (
        double.accept,
        lambda: Signature.objects.add(campaign, None, {**BY_TELEPHONE, **university, "name": name}),
    ):
        with pytest.raises(ValidationError) as refusal:
            put_on_the_list()
        assert refusal.value.error_list[0].code == "double"
    assert every_row() == before


def test_namesake_of_another_affiliation_is_another_person() -> None:
    campaign = make_campaign(allows_persons=True)
    for affiliation in ("University of the River", "University of the Lake", ""):
        make_listed(campaign, "A Reader", kind="person", affiliation=affiliation)
    assert campaign.signatures.tally() == Tally(organizations=0, persons=3, withheld=0, earlier=0)


def test_without_review_a_person_is_listed_though_an_organization_has_the_name() -> None:
    Organization.objects.register("Canary Contact")
    signature = make_pending(make_campaign(reviews=False, allows_persons=True), "Canary Contact", kind="person")
    assert (stand(signature)["state"], signature.organization) == ("listed", None)


def test_added_signature_is_listed_with_its_source_and_the_contact_told() -> None:
    campaign, coordinator = make_campaign(), make_coordinator()
    note = {"source_note": "The secretary said so on Monday."}
    signature = Signature.objects.add(campaign, coordinator, {**BY_TELEPHONE, **note}, SECRETARY)
    assert stand(signature) == {
        "state": "listed",
        "decided_at": NOW,
        "decided_by__username": "coordinator",
        "position": 1,
    }
    assert (signature.source, signature.source_note) == ("telephone", "The secretary said so on Monday.")
    assert signature.text_version == campaign.current_version
    assert signature.contact.email == "secretary@river.example.org"
    assert events(signature) == [("added", "coordinator", NOW, {"source": "telephone"})]
    assert mails(signature) == [("signature_listed", "contact")]


def test_added_signature_without_an_address_writes_to_nobody() -> None:
    campaign, coordinator = make_campaign(allows_persons=True), make_coordinator()
    known = Organization.objects.register("River Watch")
    spoken = Signature.objects.add(campaign, coordinator, BY_TELEPHONE, {**SECRETARY, "email": ""}, known)
    person = Signature.objects.add(campaign, coordinator, {**BY_TELEPHONE, "kind": "person"})
    assert (spoken.organization, spoken.contact.email, spoken.position) == (known, "", 1)
    assert (person.organization, person.position) == (None, 2)
    assert list(Contact.objects.values_list("signature", flat=True)) == [spoken.pk]
    assert not OutgoingMail.objects.exists()


def test_adding_a_listed_organization_or_to_a_draft_is_refused_and_adds_nothing() -> None:
    campaign, draft, coordinator = make_campaign(), make_draft(slug="draft"), make_coordinator()
    make_listed(campaign)
    before = every_row()
    with pytest.raises(ValidationError) as refusal:
        Signature.objects.add(campaign, coordinator, BY_TELEPHONE, SECRETARY)
    assert refusal.value.code == "double"
    with pytest.raises(ValidationError, match="takes no signatures yet"):
        Signature.objects.add(draft, coordinator, BY_TELEPHONE, SECRETARY)
    assert every_row() == before
