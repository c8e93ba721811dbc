"""Inviting: whom a pasted list invites and whom it leaves out, and what an invited group can say."""

import datetime
from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import addresses
from campaigns.models import (
    Campaign,
    Event,
    Invitation,
    LeftOut,
    Organization,
    OutgoingMail,
    Registered,
    Signature,
    Suppression,
)
from campaigns.models.contacts import index
from tests.builders import (
    correct,
    every_row,
    make_campaign,
    make_coordinator,
    make_draft,
    make_entry,
    make_invitation,
    make_listed,
    make_pending,
    make_signature,
    make_translation,
    reword,
    send_letters,
    translate,
)

pytestmark = pytest.mark.django_db

A_DAY = datetime.timedelta(days=1)
MALFORMED = ["nobody", "chair@", "@lake.example.org", "chair@lake..example.org", "Lake Watch <chair(at)lake>"]
OPTED_OUT = [f"chair@group-{number}.example.org" for number in range(10)]
REPEATED = [f"CHAIR@Group-{number}.example.org" for number in (20, 21, 22)]


PRIVATE = ["chair@lake", "Given", "Name the river", "We will."]


def every_value() -> list[Any]:
    return [list(row.values()) for rows in every_row().values() for row in rows]


def signatory(name: str = "Lake Watch") -> dict[str, str]:
    return {"name": name, "name_as_signed": name, "language": "en"}


def contact(email: str = "chair@lake.example.org") -> dict[str, str]:
    return {"name": "Given Surname", "role": "chair", "email": email}


def pasted() -> list[addresses.Entry]:
    """Two hundred lines: ten that opted out, five without a whole address, three that stand there already."""
    lines = [f"Group {number} <chair@group-{number}.example.org>" for number in range(192)]
    return addresses.read("\n".join([*lines, *MALFORMED, *REPEATED]))


def test_two_hundred_pasted_lines_send_182_letters_and_name_the_eighteen() -> None:
    campaign = make_campaign()
    for number, address in enumerate(OPTED_OUT):
        Suppression.objects.stop(index(address), campaign if number % 2 else None)
    entries = pasted()
    assert len(entries) == 200
    verdicts = Invitation.objects.invite(campaign, entries, by=None)
    left_out = [verdict for verdict in verdicts if not verdict.invites]
    assert Counter(verdict.left_out for verdict in left_out) == {
        LeftOut.STOPPED: 5,
        LeftOut.STOPPED_ALL: 5,
        LeftOut.MALFORMED: 5,
        LeftOut.REPEATED: 3,
    }
    assert [verdict.entry.line for verdict in left_out] == [*range(1, 11), *range(193, 201)]
    assert all(str(verdict.reason) for verdict in left_out)
    letters = send_letters()
    expected = [f"chair@group-{number}.example.org" for number in range(10, 192)]
    assert sorted(letter.to[0] for letter in letters) == sorted(expected)
    assert {len(letter.recipients()) for letter in letters} == {1}


def test_inviting_twice_invites_nobody_twice() -> None:
    campaign = make_campaign()
    entries = pasted()
    Invitation.objects.invite(campaign, entries, by=None)
    before = every_row()
    verdicts = Invitation.objects.invite(campaign, entries, by=None)
    assert not any(verdict.invites for verdict in verdicts)
    assert every_row() == before


def test_more_than_can_be_invited_at_once_are_refused_in_words() -> None:
    campaign = make_campaign()
    entries = [make_entry(f"{number}@group.example.org") for number in range(3001)]
    with pytest.raises(ValidationError, match="at most 3000 groups at once"):
        Invitation.objects.invite(campaign, entries, by=None)
    assert not Invitation.objects.exists()


def test_judging_costs_as_many_queries_for_two_hundred_as_for_two() -> None:
    campaign, entries, costs = make_campaign(), pasted(), []
    for some in (entries[:2], entries):
        with CaptureQueriesContext(connection) as queries:
            Invitation.objects.judge(campaign, some)
        costs.append(len(queries))
    assert costs == [3, 3]


def test_address_that_is_confirmed_under_a_signature_is_not_invited() -> None:
    campaign = make_campaign()
    make_signature(campaign, "A", email="a@example.org")
    make_pending(campaign, "B", email="b@example.org")
    make_listed(campaign, "C", email="c@example.org")
    make_listed(campaign, "D", email="d@example.org").withdraw()
    make_listed(make_campaign(slug="another"), "E", email="e@example.org")
    verdicts = Invitation.objects.judge(campaign, [make_entry(f"{letter}@example.org") for letter in "abcde"])
    assert [verdict.left_out for verdict in verdicts] == [None, *[LeftOut.SIGNED] * 2, None, None]


def test_address_is_known_again_whatever_its_capitals() -> None:
    campaign = make_campaign()
    make_invitation(campaign, "Chair@Lake.example.org")
    (verdict,) = Invitation.objects.judge(campaign, [make_entry("chair@lake.EXAMPLE.org")])
    assert verdict.left_out == LeftOut.INVITED


def test_invited_address_and_person_are_kept_sealed() -> None:
    invitation = make_invitation(make_campaign(make_coordinator()))
    invitation.ask_change("Name the river.")
    invitation.answer("We will.", by=None)
    assert (invitation.email, invitation.person) == ("chair@lake.example.org", "Given Surname")
    assert (invitation.words, invitation.answer_words) == ("Name the river.", "We will.")
    kept = [bytes(value) if isinstance(value, memoryview) else value for row in every_value() for value in row]
    assert [private for private in PRIVATE if private.casefold() in str(kept).casefold()] == []
    assert invitation.masked_email == "c…@lake.example.org"


def test_organization_of_the_registry_is_invited_by_its_name_there() -> None:
    record = Organization.objects.register("Lake Watch International")
    campaign = make_campaign()
    entry = Registered(1, "", "Lake", "", "chair@lake.example.org", "", organization_record=record)
    Invitation.objects.invite(campaign, [entry], by=None)
    invitation = campaign.invitations.get()
    assert (invitation.name, invitation.organization) == ("Lake Watch International", record)


def test_invitation_is_in_a_language_that_the_text_has() -> None:
    campaign = make_campaign()
    make_translation(campaign)
    translate(campaign)
    Invitation.objects.invite(campaign, [make_entry()], by=None, language="de")
    assert campaign.invitations.get().language == "de"
    with pytest.raises(ValidationError, match="no text in that language"):
        Invitation.objects.invite(campaign, [make_entry("other@lake.example.org")], by=None, language="ka")


def embargoed() -> Campaign:
    campaign = make_draft()
    campaign.embargo(timezone.now() + A_DAY, by=None)
    return campaign


def closed() -> Campaign:
    campaign = make_campaign()
    campaign.close(by=None)
    return campaign


def late() -> Campaign:
    campaign = make_campaign()
    Campaign.objects.update(answer_by=timezone.now() - A_DAY)
    return campaign


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_draft, "takes no signatures yet"),
        (embargoed, "takes no signatures yet"),
        (closed, "closed for signature"),
        (late, "time for answers has passed"),
    ],
)
def test_campaign_that_waits_for_no_answers_invites_nobody(make, words: str) -> None:
    campaign = make()
    with pytest.raises(ValidationError, match=words):
        Invitation.objects.invite(campaign, [make_entry()], by=None)
    assert not Invitation.objects.exists()


def test_circulating_campaign_invites() -> None:
    campaign = make_draft()
    campaign.circulate(by=None)
    assert make_invitation(campaign).state == Invitation.State.SILENT


# What a group can say


def today(campaign: Campaign) -> datetime.date:
    return timezone.localdate(timezone=campaign.zone)


def test_group_changes_its_mind_until_it_has_signed() -> None:
    campaign = make_campaign()
    invitation = make_invitation(campaign)
    invitation.decide_later(today(campaign) + A_DAY)
    assert (invitation.state, invitation.decide_by) == ("deciding", today(campaign) + A_DAY)
    invitation.ask_change("Name the river.")
    assert (invitation.state, invitation.words) == ("asks", "Name the river.")
    invitation.decline()
    assert (invitation.state, invitation.words) == ("declined", "")
    invitation.sign(signatory(), contact())
    assert invitation.state == "signed"
    for say in (
        invitation.decline,
        lambda: invitation.ask_change("Name the lake."),
        lambda: invitation.decide_later(today(campaign)),
        lambda: invitation.sign(signatory("Lake Friends"), contact()),
    ):
        before = every_row()
        with pytest.raises(ValidationError, match="has signed already"):
            say()
        assert every_row() == before


def test_saying_the_same_twice_does_nothing_the_second_time() -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    invitation = make_invitation(campaign)
    for say in (
        lambda: invitation.decide_later(today(campaign)),
        lambda: invitation.ask_change("Name the river."),
        lambda: invitation.answer("We will.", by=coordinator),
        lambda: invitation.decline("We have no board."),
        lambda: invitation.take_back(by=coordinator),
    ):
        say()
        before = every_row()
        say()
        assert every_row() == before


def test_day_to_decide_lies_between_today_and_the_close() -> None:
    campaign = make_campaign()
    invitation = make_invitation(campaign)
    campaign.close_at(timezone.now() + 3 * A_DAY, by=None)
    with pytest.raises(ValidationError, match="over already"):
        invitation.decide_later(today(campaign) - A_DAY)
    with pytest.raises(ValidationError, match="will have closed"):
        invitation.decide_later(today(campaign) + 4 * A_DAY)
    invitation.decide_later(today(campaign))
    assert not invitation.is_overdue
    Invitation.objects.update(decide_by=today(campaign) - A_DAY)
    assert list(campaign.invitations.overdue(today(campaign))) == [invitation]


def test_signing_with_the_invited_address_needs_no_confirming() -> None:
    campaign = make_campaign(make_coordinator())
    invitation = make_invitation(campaign)
    OutgoingMail.objects.all().delete()
    signature = invitation.sign(signatory(), contact("Chair@Lake.Example.org"))
    assert (signature.state, signature.source) == ("pending", "invitation")
    assert {letter.to[0]: letter.subject for letter in send_letters()} == {
        "Chair@Lake.Example.org": "You have signed: An open letter",
        "coordinator@desk.example.org": "A signature awaits you: An open letter",
    }
    assert list(Event.objects.filter(signature=signature).values_list("verb", flat=True)) == ["confirmed", "submitted"]


def test_signing_with_another_address_waits_until_that_one_is_confirmed() -> None:
    invitation = make_invitation(make_campaign())
    OutgoingMail.objects.all().delete()
    signature = invitation.sign(signatory(), contact("director@elsewhere.example.org"))
    assert (signature.state, invitation.state) == ("unconfirmed", "silent")
    (letter,) = send_letters()
    assert (letter.to, letter.subject) == (["director@elsewhere.example.org"], "Please confirm your address")
    signature.confirm()
    invitation.refresh_from_db()
    assert (invitation.state, invitation.signature) == ("signed", signature)


def test_forwarded_link_that_a_stranger_used_is_good_until_the_stranger_confirms() -> None:
    campaign = make_campaign()
    invitation = make_invitation(campaign)
    stranger = invitation.sign(signatory("Nobody"), contact("stranger@elsewhere.example.org"))
    signature = invitation.sign(signatory(), contact())
    stranger.confirm()
    invitation.refresh_from_db()
    assert (invitation.state, invitation.signature) == ("signed", signature)
    other = make_invitation(campaign, "chair@river.example.org")
    late = other.sign(signatory("Nobody"), contact("stranger@elsewhere.example.org"))
    other.take_back(by=None)
    late.confirm()
    other.refresh_from_db()
    assert other.state == "silent"


# Signed otherwise


def test_group_that_signs_by_the_public_form_has_signed_its_invitation() -> None:
    campaign = make_campaign()
    invitation = make_invitation(campaign)
    signature = make_signature(campaign, "Lake Watch", email="Chair@Lake.example.org")
    assert campaign.invitations.tally().silent == 1
    signature.confirm()
    invitation.refresh_from_db()
    assert (invitation.state, invitation.signature) == ("signed", signature)
    with pytest.raises(ValidationError, match="signed already"):
        invitation.decline()


def invited_by_two_addresses(campaign: Campaign) -> tuple[Organization, list[Invitation]]:
    record = Organization.objects.register("Lake Watch")
    addresses_of_it = ["chair@lake.example.org", "office@lake.example.org"]
    entries = [Registered(1, "", "", "", address, "", organization_record=record) for address in addresses_of_it]
    Invitation.objects.invite(campaign, entries, by=None)
    return record, list(campaign.invitations.order_by("pk"))


def test_listed_organization_has_signed_all_its_invitations_until_that_is_undone() -> None:
    coordinator = make_coordinator()
    campaign = make_campaign(coordinator)
    record, (chair, office) = invited_by_two_addresses(campaign)
    signature = chair.sign(signatory(), contact())
    signature.accept(by=coordinator, organization=record)
    office.refresh_from_db()
    assert (office.state, office.signature) == ("signed", signature)
    signature.undo(by=coordinator)
    chair.refresh_from_db()
    office.refresh_from_db()
    assert (chair.state, office.state) == ("signed", "silent")


def test_signature_that_a_coordinator_took_down_settles_the_invitation() -> None:
    campaign = make_campaign()
    record, invitations = invited_by_two_addresses(campaign)
    Signature.objects.add(campaign, None, {**signatory(), "source": "telephone"}, organization=record)
    assert {Invitation.objects.get(pk=each.pk).state for each in invitations} == {"signed"}


def test_second_address_of_who_is_listed_is_not_reminded() -> None:
    campaign = make_campaign()
    record = Organization.objects.register("Lake Watch")
    Signature.objects.add(campaign, None, {**signatory(), "source": "telephone"}, organization=record)
    entry = Registered(1, "", "", "", "office@lake.example.org", "", organization_record=record)
    Invitation.objects.invite(campaign, [entry], by=None)
    assert not campaign.invitations.to_remind(campaign, today(campaign) + A_DAY).exists()


def test_signature_that_stands_no_more_is_not_counted_as_signed() -> None:
    campaign = make_campaign()
    groups = [make_invitation(campaign, f"{number}@group.example.org") for number in range(3)]
    withdrawn, declined, _stands = [each.sign(signatory(each.name), contact(each.email)) for each in groups]
    withdrawn.withdraw()
    declined.decline(by=make_coordinator(), reason="Nobody there knows of it.")
    tally = campaign.invitations.tally()
    assert (tally.invited, tally.signed, tally.lapsed) == (3, 1, 2)
    told = [Invitation.objects.get(pk=each.pk).standing for each in groups]
    assert told == ["withdrawn", "not accepted", "signed"]
    assert (campaign.invitations.signed().count(), campaign.invitations.lapsed().count()) == (1, 2)


def test_nobody_signs_a_text_that_came_into_force_after_they_read() -> None:
    invitation = make_invitation(make_campaign())
    campaign = Campaign.objects.get()
    reword(campaign)
    correct(campaign)
    with pytest.raises(ValidationError, match="text has changed meanwhile"):
        invitation.sign(signatory(), contact())
    assert not Signature.objects.exists()


def test_invited_signature_is_listed_at_once_where_nobody_reviews() -> None:
    invitation = make_invitation(make_campaign(reviews=False))
    assert invitation.sign(signatory(), contact()).state == "listed"


def test_invited_signature_is_decided_and_undone_like_any_other() -> None:
    coordinator = make_coordinator()
    invitation = make_invitation(make_campaign(coordinator))
    signature = invitation.sign(signatory(), contact())
    signature.accept(by=coordinator)
    assert list(Signature.objects.undoable_by(coordinator)) == [signature]
    signature.undo(by=coordinator)
    assert signature.state == "pending"


def test_withdrawn_signature_leaves_its_invitation_signed() -> None:
    invitation = make_invitation(make_campaign())
    invitation.sign(signatory(), contact()).withdraw()
    invitation.refresh_from_db()
    assert invitation.state == "signed"


def test_invitation_that_was_taken_back_can_be_given_anew() -> None:
    campaign = make_campaign()
    invitation = make_invitation(campaign)
    invitation.take_back(by=None)
    with pytest.raises(ValidationError, match="taken back"):
        invitation.decline()
    again = make_invitation(campaign)
    assert (again.pk != invitation.pk, campaign.invitations.tally().invited) == (True, 1)


def test_invitation_that_has_signed_is_not_taken_back() -> None:
    invitation = make_invitation(make_campaign())
    invitation.sign(signatory(), contact())
    with pytest.raises(ValidationError, match="cannot be taken back"):
        invitation.take_back(by=None)


def test_answer_goes_with_the_words_that_it_answers() -> None:
    campaign = make_campaign()
    invitation = make_invitation(campaign)
    with pytest.raises(ValidationError, match="asks for a change"):
        invitation.answer("We will.", by=None)
    invitation.ask_change("Name the river.")
    assert list(campaign.invitations.unanswered()) == [invitation]
    invitation.answer("We will.", by=None)
    assert (invitation.answer_words, campaign.invitations.unanswered().count()) == ("We will.", 0)
    invitation.ask_change("Name the lake, too.")
    assert (invitation.answer_words, campaign.invitations.unanswered().count()) == ("", 1)


@pytest.mark.parametrize("end", ["closed", "stopped"])
def test_answer_goes_though_the_campaign_has_closed_or_the_group_wants_no_more_invitations(end: str) -> None:
    campaign = make_campaign()
    invitation = make_invitation(campaign)
    invitation.ask_change("Name the river.")
    if end == "closed":
        campaign.close(by=None)
    else:
        Suppression.objects.stop(invitation.email_index, campaign)
    invitation.answer("We will.", by=None)
    assert [letter.subject for letter in send_letters()] == ["The answer to what you asked: An open letter"]


def test_tally_counts_what_stands_in_one_query() -> None:
    campaign = make_campaign()
    for number in range(6):
        make_invitation(campaign, f"{number}@group.example.org")
    _silent, deciding, asks, declined, signed, ended = campaign.invitations.order_by("pk")
    deciding.decide_later(today(campaign))
    asks.ask_change("Name the river.")
    declined.decline()
    signed.sign(signatory(), contact(signed.email))
    ended.take_back(by=None)
    with CaptureQueriesContext(connection) as queries:
        tally = campaign.invitations.tally()
    assert (tally.silent, tally.deciding, tally.asks, tally.declined, tally.signed) == (1, 1, 1, 1, 1)
    assert (tally.invited, len(queries)) == (5, 1)


# Until when


def test_deadline_is_told_with_its_day_and_time_zone() -> None:
    campaign = make_campaign(time_zone="Europe/Kyiv")
    campaign.answer_by = datetime.datetime(2026, 12, 3, 16, tzinfo=datetime.UTC)
    assert campaign.deadline_in_words == "Thursday, 3 December 2026, 18:00 (Europe/Kyiv)"


def test_deadline_is_never_later_than_the_close() -> None:
    campaign = make_campaign()
    now = timezone.now()
    campaign.close_at(now + 2 * A_DAY, by=None)
    with pytest.raises(ValidationError, match="Signing closes before"):
        campaign.ask_by(now + 3 * A_DAY, by=None)
    with pytest.raises(ValidationError, match="already passed"):
        campaign.ask_by(now - A_DAY, by=None)
    campaign.ask_by(now + A_DAY, by=None)
    assert campaign.deadline == now + A_DAY
    campaign.ask_by(None, by=None)
    assert campaign.deadline == now + 2 * A_DAY


def test_words_of_the_letters_are_recorded_once() -> None:
    campaign = make_campaign()
    campaign.word_letters("Please sign.", "", by=None)
    campaign.word_letters(" Please sign. ", "", by=None)
    assert campaign.events.get(verb="edited").sentence == "edited the campaign: words of the invitation"
