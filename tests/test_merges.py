"""Records of one organization made one, and put back as they were."""

from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Campaign, Event, Merge, Organization, OrganizationName, OutgoingMail, Signature, foresee
from tests.builders import (
    ask_more,
    every_row,
    make_campaign,
    make_coordinator,
    make_pending,
    propose,
)

pytestmark = pytest.mark.django_db


def register(name: str, *known: str, **fields: Any) -> Organization:
    organization = Organization.objects.register(name, **fields)
    for other in known:
        organization.know_as(other)
    return organization


def list_for(campaign: Campaign, organization: Organization, name: str = "") -> Signature:
    signature = make_pending(campaign, name or organization.name)
    signature.accept(organization=organization)
    return signature


def merge(kept: Organization, merged: Organization, by: Any = None) -> Merge:
    return Merge.objects.merge(kept, merged, by=by)


def known_names(organization: Organization) -> set[str]:
    return set(organization.names.values_list("name", flat=True))


def fresh(organization: Organization) -> Organization:
    return Organization.objects.get(pk=organization.pk)


# Any graph of organizations and signatures


NAMES = ["River Watch", "NGO River Watch", "Watch of Rivers", "Річкова варта", "RW", "Hill Society", "Lake Union"]
WEBSITES = ["", "https://river.example", "https://www.hill.example/en/"]
# What an attack brought belongs to no organization.
STATES = [state for state in Signature.State if state != Signature.State.DISCARDED]
ORGANIZATIONS = st.fixed_dictionaries(
    {
        "names": st.lists(st.sampled_from(NAMES), min_size=1, max_size=4),
        "country": st.sampled_from(["", "UA", "GE"]),
        "website": st.sampled_from(WEBSITES),
        "logo": st.sampled_from(["", "a1b2.png", "c3d4.webp"]),
        "is_hidden": st.booleans(),
        "is_verified": st.booleans(),
    }
)
SIGNATURES = st.fixed_dictionaries(
    {
        "campaign": st.integers(0, 2),
        "organization": st.integers(0, 5),
        "state": st.sampled_from([*STATES, *[Signature.State.LISTED] * 6]),
        "version": st.integers(0, 1),
        "shown": st.sampled_from(Signature.Shown.values),
    }
)
MERGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8)


def make_organization(given: dict[str, Any]) -> Organization:
    first, *others = given["names"]
    organization = register(first, *others, country=given["country"], website=given["website"])
    organization.logo, organization.is_hidden = given["logo"], given["is_hidden"]
    organization.save(update_fields=["logo", "is_hidden"])
    if given["is_verified"]:
        organization.verify(by=None, how="we know them")
    return organization


def make_campaign_with_two_editions(number: int) -> Campaign:
    campaign = make_campaign(make_coordinator(f"coordinator-{number}"), slug=f"letter-{number}")
    ask_more(campaign)
    propose(campaign).adopt(by=None)
    return campaign


def make_signature_as_found(
    campaign: Campaign, organization: Organization, place: int, given: dict[str, Any]
) -> Signature | None:
    """A row as the verbs leave it in that state; None for a second one on the list."""
    state = given["state"]
    if state == "listed" and campaign.signatures.listed().filter(organization=organization).exists():
        return None
    now = timezone.now()
    was_listed = state in {"listed", "removed", "withdrawn"}
    return Signature.objects.create(
        campaign=campaign,
        text_version=campaign.text_versions.order_by("number")[given["version"]],
        language="en",
        name=organization.name,
        name_as_signed=organization.name,
        shown=given["shown"],
        state=state,
        decided_by=campaign.reviewers().get() if was_listed else None,
        organization=organization if was_listed else None,
        confirmed_at=None if state == "unconfirmed" else now,
        decided_at=now if was_listed or state == "declined" else None,
        position=place if was_listed else None,
        ended_at=now if state in {"removed", "withdrawn"} else None,
    )


def rows() -> dict[str, list[dict[str, Any]]]:
    """All but the record of what was done."""
    return {model: rows for model, rows in every_row().items() if model not in {"Event", "Merge"}}


def standing_signatories() -> Counter[tuple[int, int]]:
    """How often each organization, as it stands now, is on each list."""
    listed = Signature.objects.listed().select_related("organization")
    return Counter((each.campaign_id, each.organization.standing.pk) for each in listed if each.organization)


@pytest.fixture
def three_campaigns() -> list[Campaign]:
    return [make_campaign_with_two_editions(number) for number in range(3)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ORGANIZATIONS, min_size=2, max_size=6), st.lists(SIGNATURES, max_size=18), MERGES)
def test_merges_undone_leave_everything_as_it_was(
    three_campaigns: list[Campaign],
    organizations: list[dict[str, Any]],
    signatures: list[dict[str, Any]],
    merges: list[tuple[int, int]],
) -> None:
    with transaction.atomic():
        records = [make_organization(each) for each in organizations]
        for place, each in enumerate(signatures, start=1):
            record = records[each["organization"] % len(records)]
            make_signature_as_found(three_campaigns[each["campaign"]], record, place, each)
        before, letters = [rows()], OutgoingMail.objects.count()
        done = []
        for one, other in merges:
            kept, merged = fresh(records[one % len(records)]), fresh(records[other % len(records)])
            expected = standing_signatories()
            if kept == merged or kept.merged_into or merged.merged_into or foresee(kept, merged).conflicts:
                with pytest.raises(ValidationError):
                    merge(kept, merged)
                assert rows() == before[-1]
                continue
            for campaign in three_campaigns:
                expected[campaign.pk, kept.pk] |= expected.pop((campaign.pk, merged.pk), 0)
            names_of_both = {each.key for each in [*kept.names.all(), *merged.names.all()]}
            done.append(merge(kept, merged))
            before.append(rows())
            assert standing_signatories() == +expected
            assert set(kept.names.values_list("key", flat=True)) == names_of_both
            assert not merged.signatures.exists()
            assert not Signature.objects.listed().exclude(organization__merged_into=None).exists()
            offered = {each.organization for each in Organization.objects.candidates(merged.name, merged.website)}
            assert kept in offered
            assert merged not in offered
        for last in reversed(done):
            assert rows() == before.pop()
            last.undo(by=None)
            last.undo(by=None)
        assert rows() == before.pop()
        assert OutgoingMail.objects.count() == letters
        assert Merge.objects.standing().count() == 0
        transaction.set_rollback(True)


# What is merged


def test_names_and_signatures_move_and_the_address_forwards() -> None:
    coordinator, campaign = make_coordinator(), make_campaign()
    kept, merged = register("River Watch", "RW"), register("Watch of Rivers", "RW", "Річкова варта")
    signature = list_for(campaign, merged)
    letters = OutgoingMail.objects.count()
    merge(kept, merged, by=coordinator)
    signature.refresh_from_db()
    assert (signature.organization, signature.name) == (kept, "Watch of Rivers")
    assert known_names(kept) == {"River Watch", "RW", "Watch of Rivers", "Річкова варта"}
    assert fresh(merged).standing == kept
    assert OutgoingMail.objects.count() == letters
    event = Event.objects.get(verb="merged")
    assert (event.organization, event.who, event.details) == (kept, coordinator, {"merged": merged.pk})


def test_what_will_happen_is_said_before_and_nothing_is_done() -> None:
    campaign = make_campaign()
    kept, merged = register("River Watch", "RW"), register("Watch of Rivers", "RW", country="UA")
    stays, leaves = list_for(campaign, kept), list_for(campaign, merged)
    elsewhere = list_for(make_campaign(slug="other"), merged)
    before = every_row()
    foresight = foresee(kept, merged)
    assert every_row() == before
    assert [name.name for name in foresight.names] == ["Watch of Rivers"]
    assert [name.name for name in foresight.known_already] == ["RW"]
    assert foresight.signatures == [leaves, elsewhere]
    assert foresight.doubles == [(stays, leaves)]
    assert foresight.leaving == [leaves]
    assert foresight.filled == {"country": "UA"}


@pytest.mark.parametrize("first_is_kept", [True, False])
def test_of_two_on_one_text_the_first_comer_stays(first_is_kept: bool) -> None:
    campaign = make_campaign()
    first, second = register("River Watch"), register("Watch of Rivers")
    early, late = list_for(campaign, first), list_for(campaign, second)
    kept, merged = (first, second) if first_is_kept else (second, first)
    done = merge(kept, merged)
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.state, early.organization) == ("listed", kept)
    assert (late.state, late.organization, late.ended_at) == ("removed", kept, done.at)
    assert late.reason == "The organization is on the list by another signature."
    assert campaign.signatures.tally().total == 1


def test_of_two_texts_the_signature_on_the_newer_stays() -> None:
    campaign = make_campaign()
    kept, merged = register("River Watch"), register("Watch of Rivers")
    older = list_for(campaign, kept)
    ask_more(campaign)
    propose(campaign).adopt(by=None)
    campaign.refresh_from_db()
    newer = list_for(campaign, merged)
    merge(kept, merged)
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.state, newer.state) == ("removed", "listed")
    assert campaign.signatures.tally().total == 1


def test_blanks_are_filled_and_emptied_again() -> None:
    kept = register("River Watch")
    merged = register("Watch of Rivers", country="UA", website="https://river.example")
    merged.logo, merged.is_hidden = "a1b2.png", True
    merged.save()
    done = merge(kept, merged)
    kept = fresh(kept)
    assert (kept.country.code, kept.website, kept.domain) == ("UA", "https://river.example", "river.example")
    assert (kept.logo, kept.is_hidden) == ("a1b2.png", True)
    done.undo(by=None)
    kept = fresh(kept)
    assert (kept.country.code, kept.website, kept.domain, kept.logo) == ("", "", "", "")
    assert not kept.is_hidden


def test_what_the_kept_record_says_itself_stays() -> None:
    kept = register("River Watch", country="GE", website="https://watch.example")
    merge(kept, register("Watch of Rivers", country="UA", website="https://river.example")).undo(by=None)
    assert (fresh(kept).country.code, fresh(kept).domain) == ("GE", "watch.example")


def test_field_changed_since_the_merge_is_not_emptied() -> None:
    kept = register("River Watch")
    done = merge(kept, register("Watch of Rivers", country="UA", website="https://river.example"))
    Organization.objects.filter(pk=kept.pk).update(website="https://new.example", domain="new.example")
    done.undo(by=None)
    assert (fresh(kept).website, fresh(kept).country.code) == ("https://new.example", "")


# What is refused


def test_record_is_not_merged_into_itself() -> None:
    organization = register("River Watch")
    with pytest.raises(ValidationError, match="two different records"):
        merge(organization, fresh(organization))
    assert not Merge.objects.exists()


def test_merged_record_is_not_merged_again() -> None:
    kept, merged, third = register("River Watch"), register("Watch of Rivers"), register("Hill Society")
    merge(kept, merged)
    for one, other in [(kept, merged), (merged, kept), (third, merged), (merged, third)]:
        with pytest.raises(ValidationError, match="“Watch of Rivers” is merged into another record already"):
            merge(one, other)
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("builds_on", ["kept again", "merged on"])
def test_merge_is_not_undone_before_a_later_one(builds_on: str) -> None:
    kept, merged, third = register("River Watch"), register("Watch of Rivers"), register("Hill Society")
    first = merge(kept, merged)
    later = merge(kept, third) if builds_on == "kept again" else merge(third, kept)
    before = every_row()
    with pytest.raises(ValidationError, match="Undo the later merge first"):
        first.undo(by=None)
    assert every_row() == before
    later.undo(by=None)
    first.undo(by=None)
    assert not Organization.objects.exclude(merged_into=None).exists()


# What came meanwhile


def test_names_and_signatures_that_came_since_stay_with_the_kept() -> None:
    coordinator, campaign, other = make_coordinator(), make_campaign(), make_campaign(slug="other")
    kept, merged = register("River Watch"), register("Watch of Rivers")
    moved = list_for(campaign, merged)
    done = merge(kept, merged)
    came = list_for(other, kept, "Watchers of the River")
    kept.know_as("Річкова варта")
    done.undo(by=coordinator)
    moved.refresh_from_db()
    came.refresh_from_db()
    assert (moved.organization, came.organization) == (merged, kept)
    assert known_names(kept) == {"River Watch", "Watchers of the River", "Річкова варта"}
    assert known_names(merged) == {"Watch of Rivers"}
    done.refresh_from_db()
    assert done.undone_by == coordinator
    event = Event.objects.get(verb="unmerged")
    assert (event.organization, event.who, event.details) == (kept, coordinator, {"merged": merged.pk})


def test_moved_name_that_was_corrected_into_one_that_stayed_is_not_moved_back() -> None:
    kept, merged = register("River Watch", "RW"), register("Watch of Rivers", "RW")
    done = merge(kept, merged)
    kept.names.get(name="RW").delete()
    corrected = OrganizationName.objects.get(name="Watch of Rivers")
    corrected.name = "R.W."
    corrected.clean()
    corrected.save()
    done.undo(by=None)
    assert known_names(kept) == {"River Watch", "R.W."}
    assert known_names(merged) == {"RW"}


def test_signature_that_left_comes_back_though_the_other_was_withdrawn() -> None:
    campaign = make_campaign()
    kept, merged = register("River Watch"), register("Watch of Rivers")
    stays, leaves = list_for(campaign, kept), list_for(campaign, merged)
    done = merge(kept, merged)
    stays.withdraw()
    done.undo(by=None)
    leaves.refresh_from_db()
    assert (leaves.state, leaves.organization, leaves.reason, leaves.ended_at) == ("listed", merged, "", None)


def test_signature_that_left_does_not_come_back_beside_a_newer_one() -> None:
    campaign = make_campaign()
    kept, merged = register("River Watch"), register("Watch of Rivers")
    moved, leaves = list_for(campaign, merged), list_for(campaign, kept)
    done = merge(kept, merged)
    moved.refresh_from_db()
    moved.withdraw()
    newer = list_for(campaign, kept, "River Watch anew")
    done.undo(by=None)
    leaves.refresh_from_db()
    newer.refresh_from_db()
    assert (leaves.state, newer.state, newer.organization) == ("removed", "listed", kept)


# A merged record takes no signatures


def test_accepting_for_the_merged_record_lists_the_kept_one() -> None:
    campaign = make_campaign()
    kept, merged, last = register("River Watch"), register("Watch of Rivers"), register("Rivers of the World")
    stale = fresh(merged)
    merge(kept, merged)
    merge(last, kept)
    signature = list_for(campaign, stale, "Watch of all Rivers")
    assert signature.organization == last
    assert "Watch of all Rivers" in known_names(last)
    second = make_pending(campaign, "Watch of Rivers")
    with pytest.raises(ValidationError, match="is on the list already"):
        second.accept(organization=merged)


def test_merged_record_is_no_candidate() -> None:
    kept = register("River Watch", website="https://river.example")
    merged = register("Watch of Rivers", "Річкова варта", website="https://rivers.example")
    merge(kept, merged)
    for name in ("Watch of Rivers", "Річкова варта", "Watch of Riverss"):
        candidates = Organization.objects.candidates(name, "https://rivers.example")
        assert [each.organization for each in candidates] == [kept]
    assert list(Organization.objects.standing()) == [kept]
