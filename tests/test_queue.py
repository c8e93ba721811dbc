"""The queue of the desk: what waits comes first, one decision opens the next, and Undo stands there for a minute."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Merge, Organization, OutgoingMail, Report, Role, Signature
from campaigns.models.evidence import reason_suggested_by
from campaigns.templatetags.statements import unlinked
from tests.builders import (
    ask_more,
    make_campaign,
    make_coordinator,
    make_listed,
    make_member,
    make_pending,
    make_translation,
    propose,
    sign_in,
)

pytestmark = pytest.mark.django_db

FRONT, LIST = "/admin/", "/admin/campaigns/signature/"
UNDO = f"{LIST}undo/"


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def desk(client: Client, campaign: Campaign) -> Client:
    sign_in(client, make_member(campaign, "reviewer", Role.REVIEWER))
    return client


def page_of(signature: Signature) -> str:
    return reverse("admin:campaigns_signature_change", args=[signature.pk])


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def make_queue(campaign: Campaign, length: int, start: int = 1) -> list[Signature]:
    """That many waiting organizations that have nothing to do with each other."""
    numbers = range(start, start + length)
    return [
        make_pending(campaign, f"Group {each}", email=f"office@group-{each}.example", country="UA") for each in numbers
    ]


# The front page


def test_front_page_opens_on_what_waits_the_oldest_first(desk: Client, campaign: Campaign) -> None:
    make_pending(campaign, "Hill Watch", email="office@hill.example")
    old = make_pending(campaign, "River Watch", country="UA")
    Signature.objects.filter(pk=old.pk).update(confirmed_at=timezone.now() - datetime.timedelta(days=3))
    page = " ".join(shown(desk, FRONT).split())
    assert "2 signatures, the first for 3 days" in page.replace("\xa0", " ")
    assert page.index("River Watch") < page.index("Ukraine") < page.index("Hill Watch")
    decide = re.search(r'<a class="button default" href="([^"]*)"', page)
    assert decide
    assert decide[1] == page_of(old)


def test_front_page_says_that_nothing_waits(desk: Client) -> None:
    assert "Nothing waits for you." in shown(desk, FRONT)


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


def test_front_page_costs_as_much_for_a_long_queue_as_for_a_short_one(desk: Client, campaign: Campaign) -> None:
    make_queue(campaign, 2)
    desk.get(FRONT)
    few = queries_of(desk, FRONT)
    make_queue(campaign, 24, start=3)
    assert queries_of(desk, FRONT) == few
    page = shown(desk, FRONT)
    assert "Group 20" in page
    assert "Group 21" not in page
    assert "and 6 more" in page


def test_reviewer_sees_the_queue_of_their_own_campaign_only(desk: Client, campaign: Campaign) -> None:
    make_pending(campaign, "River Watch")
    other = make_campaign(slug="other", title="Another letter")
    foreign = make_pending(other, "Hill Watch")
    page = shown(desk, FRONT)
    assert "River Watch" in page
    assert "Hill Watch" not in page
    assert "Another letter" not in page
    assert desk.get(page_of(foreign)).status_code == 404


def test_translator_sees_the_translations_instead(client: Client, campaign: Campaign) -> None:
    make_pending(campaign, "River Watch")
    make_translation(campaign, "de", title="Ein offener Brief")
    french = make_translation(campaign, "fr")
    sign_in(client, make_member(campaign, "translator", Role.TRANSLATOR, language="de"))
    page = shown(client, FRONT)
    assert "Your translations" in page
    assert "German" in page
    assert reverse("admin:campaigns_translation_change", args=[french.pk]) not in page
    assert "River Watch" not in page
    assert "Nothing waits" not in page


def test_front_page_tells_who_was_asked_and_who_has_answered(desk: Client, campaign: Campaign) -> None:
    asked, answered = make_queue(campaign, 2)
    asked.ask(by=make_member(campaign, "other"), words="Who decided?")
    answered.ask(by=make_member(campaign, "another"), words="Who decided?").answer("Our board.")
    page = shown(desk, FRONT)
    assert page.index("Group 2") < page.index("answered") < page.index("Group 1") < page.index(">asked<")
    assert "Our board." in shown(desk, page_of(answered))


def test_front_page_says_asked_while_a_second_question_is_open(desk: Client, campaign: Campaign) -> None:
    (signature,) = make_queue(campaign, 1)
    person = make_member(campaign, "other")
    signature.ask(by=person, words="Who decided?").answer("Our board.")
    signature.ask(by=person, words="When?")
    page = shown(desk, FRONT)
    assert ">asked<" in page
    assert ">answered<" not in page


def test_front_page_tells_of_reports_and_an_administrator_of_letters_given_up(desk: Client, campaign: Campaign) -> None:
    Report.objects.about("/campaigns/open-letter/").send("A slip.")
    Report.objects.about("/").send("Another.")
    OutgoingMail.objects.update(is_given_up=True)
    page = shown(desk, FRONT)
    assert "1 report of an error waits" in page
    assert "given up" not in page
    administrator = Client()
    sign_in(administrator, make_coordinator())
    page = shown(administrator, FRONT)
    assert "2 reports of errors wait" in page
    assert "1 letter was given up" in page
    assert administrator.get("/admin/campaigns/outgoingmail/?is_given_up__exact=1").status_code == 200


def test_keys_stand_wherever_undo_does(desk: Client, campaign: Campaign) -> None:
    (signature,) = make_queue(campaign, 1)
    accept(desk, signature)
    for address in (FRONT, LIST, page_of(signature)):
        page = shown(desk, address)
        assert 'class="undo"' in page
        assert 'id="keys-on"' in page


# What would appear


def lists_of(page: str) -> list[str]:
    """The lists of names on a page, their links taken out."""
    return [unlinked(each) for each in re.findall(r'<ol class="names">.*?</ol>', page, re.DOTALL)]


@pytest.mark.parametrize(
    "fields",
    [
        {"country": "UA", "website": "https://river.example"},
        {"kind": "person", "affiliation": "Example University"},
        {"name": "Річкова варта <b>"},
    ],
)
def test_specimen_is_what_the_public_then_reads(desk: Client, campaign: Campaign, fields: dict[str, Any]) -> None:
    campaign.allows_persons = True
    signature = make_pending(campaign, **{"name": "River Watch", **fields})
    specimen = lists_of(shown(desk, page_of(signature)))
    assert len(specimen) == 1
    signature.accept(by=None)
    assert specimen == lists_of(shown(desk, "/campaigns/open-letter/"))


def test_specimen_of_a_known_organization_has_its_name_in_the_language_of_the_page(
    desk: Client, campaign: Campaign
) -> None:
    river = Organization.objects.register("Річкова варта", language="uk", website="https://river.example")
    river.know_as("River Watch", language="en")
    river.verify(by=None, how="Its statutes.")
    signature = make_pending(campaign, "Річкова варта", website="https://river.example", email="office@river.example")
    of_the_known, of_a_new_one = lists_of(shown(desk, page_of(signature)))
    assert "River Watch" in of_the_known
    assert "River Watch" not in of_a_new_one
    signature.accept(by=None, organization=river)
    assert [of_the_known] == lists_of(shown(desk, "/campaigns/open-letter/"))


def test_specimen_of_one_on_an_earlier_text_stands_apart(desk: Client, campaign: Campaign) -> None:
    make_listed(campaign, "Hill Watch", email="office@hill.example")
    signature = make_pending(campaign, "River Watch")
    ask_more(campaign)
    propose(campaign).adopt(by=None)
    page = shown(desk, page_of(signature))
    assert "On an earlier text" in page
    assert "version 1" in lists_of(page)[0]


@pytest.mark.parametrize(
    ("shown_as", "words"), [("addressee", "the addressee reads"), ("counted", "see only a number")]
)
def test_specimen_of_a_withheld_name_is_a_number(desk: Client, campaign: Campaign, shown_as: str, words: str) -> None:
    page = shown(desk, page_of(make_pending(campaign, "River Watch", shown=shown_as)))
    assert "1 whose name is withheld" in page
    assert lists_of(page) == []
    assert words in page


# One after the other


def test_each_decision_opens_the_next_and_the_last_one_the_front_page(desk: Client, campaign: Campaign) -> None:
    first, second, third = make_queue(campaign, 3)
    page = shown(desk, page_of(second))
    assert "2 of 3" in page
    assert f'rel="prev" aria-keyshortcuts="k" href="{page_of(first)}"' in page
    assert f'rel="next" aria-keyshortcuts="j" href="{page_of(third)}"' in page
    new = {"accept": "", "accept-organization": "new"}
    assert desk.post(page_of(second), new).headers["Location"] == page_of(third)
    assert desk.post(page_of(third), {"decline": "", "decline-reason": "So."}).headers["Location"] == page_of(first)
    assert desk.post(page_of(first), new).headers["Location"] == FRONT
    assert list(Signature.objects.order_by("pk").values_list("state", flat=True)) == ["listed", "listed", "declined"]


def test_question_goes_out_and_the_next_opens(desk: Client, campaign: Campaign) -> None:
    first, second = make_queue(campaign, 2)
    answer = desk.post(page_of(first), {"ask": "", "ask-words": "Who decided?"})
    assert answer.headers["Location"] == page_of(second)
    assert first.questions.get().words == "Who decided?"
    page = shown(desk, page_of(first))
    assert "Who decided?" in page
    assert "Not answered yet." in page


def test_question_without_words_is_refused(desk: Client, campaign: Campaign) -> None:
    (signature,) = make_queue(campaign, 1)
    assert desk.post(page_of(signature), {"ask": "", "ask-words": " "}).status_code == 422
    assert not signature.questions.exists()


def test_acceptance_verifies_by_a_ready_made_how_or_by_one_that_was_typed(desk: Client, campaign: Campaign) -> None:
    first, second, third = make_queue(campaign, 3)
    sent = {"accept-organization": "new", "accept-how": "Its statutes."}
    desk.post(page_of(first), {**sent, "accept_and_verify": ""})
    desk.post(page_of(second), {**sent, "accept_and_verify": "It stands in an official register."})
    hows = Organization.objects.order_by("pk").values_list("verified_how", flat=True)
    assert list(hows) == ["Its statutes.", "It stands in an official register."]
    response = desk.post(page_of(third), {**sent, "accept-how": "", "accept_and_verify": ""})
    assert response.status_code == 422
    third.refresh_from_db()
    assert third.state == "pending"


def test_decline_offers_the_reason_that_the_evidence_suggests_and_takes_a_ready_made_one(
    desk: Client, campaign: Campaign
) -> None:
    make_listed(campaign, "River Watch", email="office@river.example")
    double = make_pending(campaign, "River Watch", email="another@river.example")
    assert reason_suggested_by(double.evidence())
    assert reason_suggested_by(double.evidence()) in shown(desk, page_of(double)).replace("&#x27;", "'")
    desk.post(
        page_of(double), {"decline": "On the list already.", "decline-reason": reason_suggested_by(double.evidence())}
    )
    double.refresh_from_db()
    assert (double.state, double.reason) == ("declined", "On the list already.")


# Undo


def accept(client: Client, signature: Signature) -> None:
    client.post(page_of(signature), {"accept": "", "accept-organization": "new"})


@pytest.mark.parametrize("place", ["front", "list", "next"])
def test_undo_stands_on_every_page_of_the_queue_for_a_minute(desk: Client, campaign: Campaign, place: str) -> None:
    first, second = make_queue(campaign, 2)
    accept(desk, first)
    address = {"front": FRONT, "list": LIST, "next": page_of(second)}[place]
    assert "“Group 1” is listed." in shown(desk, address)
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=61)):
        assert "“Group 1” is listed." not in shown(desk, address)


def test_undone_signature_waits_again_and_opens(desk: Client, campaign: Campaign) -> None:
    first, _second = make_queue(campaign, 2)
    accept(desk, first)
    response = desk.post(UNDO, {"signature": first.pk}, follow=True)
    assert response.redirect_chain == [(page_of(first), 302)]
    assert "1 signature waits again." in response.content.decode()
    first.refresh_from_db()
    assert (first.state, first.organization) == ("pending", None)


def test_undo_after_the_minute_says_so(desk: Client, campaign: Campaign) -> None:
    (signature,) = make_queue(campaign, 1)
    accept(desk, signature)
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=61)):
        page = desk.post(UNDO, {"signature": signature.pk}, follow=True).content.decode()
    assert "can be undone for a minute only" in page
    signature.refresh_from_db()
    assert signature.state == "listed"


def test_undo_is_for_those_who_decide_in_the_campaign(desk: Client) -> None:
    foreign = make_listed(make_campaign(slug="other"), "Hill Watch")
    assert desk.post(UNDO, {"signature": foreign.pk}).status_code == 403
    assert "There is nothing to undo." in desk.post(UNDO, {"signature": "x"}, follow=True).content.decode()
    assert desk.get(UNDO).status_code == 405


def test_question_is_taken_back_within_the_minute(desk: Client, campaign: Campaign) -> None:
    first, second = make_queue(campaign, 2)
    accept(desk, second)
    page = desk.post(page_of(first), {"ask": "", "ask-words": "Who decided?"}, follow=True).content.decode()
    assert "The question goes out to “Group 1”." in page
    question = first.questions.get()
    page = desk.post(UNDO, {"signature": first.pk, "question": question.pk}, follow=True).content.decode()
    assert "The question to “Group 1” is taken back." in page
    assert "Who decided?" not in page
    assert "“Group 2” is listed." in page
    assert desk.post(UNDO, {"signature": second.pk, "question": question.pk}).status_code == 404


# By the batch


def look(client: Client, action: str, signatures: list[Signature], **more: Any) -> Any:
    chosen = {"action": action, "_selected_action": [each.pk for each in signatures]}
    return client.post(LIST, {**chosen, **more}, follow=True)


def choices(signatures: list[Signature], choice: str = "new") -> dict[str, str]:
    return {f"s{each.pk}-organization": choice for each in signatures} | {"decide": ""}


def test_batch_is_looked_at_then_accepted_and_undone_together(desk: Client, campaign: Campaign) -> None:
    chosen = make_queue(campaign, 3)
    page = look(desk, "accept_many", chosen).content.decode()
    assert page.count("New: Group ") == 3
    assert Signature.objects.listed().count() == 0
    assert "3 signatures are listed." in look(desk, "accept_many", chosen, **choices(chosen)).content.decode()
    assert Signature.objects.listed().count() == 3
    page = desk.post(UNDO, {"signature": [each.pk for each in chosen]}, follow=True).content.decode()
    assert "3 signatures wait again." in page
    assert Signature.objects.queue().count() == 3


def test_what_is_decided_singly_after_an_undone_batch_is_undone_singly(desk: Client, campaign: Campaign) -> None:
    chosen = make_queue(campaign, 3)
    look(desk, "accept_many", chosen, **choices(chosen))
    desk.post(UNDO, {"signature": [each.pk for each in chosen]})
    accept(desk, chosen[0])
    accept(desk, chosen[1])
    assert "“Group 2” is listed." in shown(desk, FRONT)


def test_batch_shows_whose_the_mail_address_is(desk: Client, campaign: Campaign) -> None:
    page = look(desk, "accept_many", make_queue(campaign, 1)).content.decode()
    assert "The address is at group-1.example; whose that is we do not know." in page


def test_batch_is_declined_each_for_its_reason(desk: Client, campaign: Campaign) -> None:
    chosen = make_queue(campaign, 2)
    reasons = {f"s{each.pk}-reason": f"Reason {each.pk}" for each in chosen} | {"decide": ""}
    assert "2 signatures are not accepted." in look(desk, "decline_many", chosen, **reasons).content.decode()
    assert {each.reason for each in Signature.objects.all()} == {f"Reason {each.pk}" for each in chosen}


def test_batch_of_which_one_is_refused_does_nothing(desk: Client, campaign: Campaign) -> None:
    chosen = [*make_queue(campaign, 2), make_pending(campaign, "Group 1", email="office@group-one.example")]
    response = look(desk, "accept_many", chosen, **choices(chosen))
    assert response.status_code == 409
    page = response.content.decode()
    assert "Nothing was done yet" in page
    assert "“Group 1” is on the list already." in page
    assert Signature.objects.listed().count() == 0
    assert not Organization.objects.exists()


def test_batch_with_one_that_was_decided_meanwhile_does_nothing_and_names_it(desk: Client, campaign: Campaign) -> None:
    chosen = make_queue(campaign, 2)
    chosen[0].decline(by=make_member(campaign, "other"), reason="So.")
    response = look(desk, "accept_many", chosen, **choices(chosen))
    page = response.content.decode()
    assert response.status_code == 409
    assert "“Group 1” is not accepted: other decided that before you." in page
    assert Signature.objects.listed().count() == 0
    look(desk, "accept_many", chosen[1:], **choices(chosen[1:]))
    assert Signature.objects.listed().count() == 1


@pytest.mark.parametrize("is_whole_list", [True, False])
def test_batch_of_more_than_a_hundred_is_refused_in_words(
    desk: Client, campaign: Campaign, is_whole_list: bool
) -> None:
    chosen = make_queue(campaign, 101)
    more = {"select_across": "1", "index": "0"} if is_whole_list else choices(chosen)
    response = look(desk, "accept_many", chosen[:2] if is_whole_list else chosen, **more)
    assert response.status_code == 413
    assert "At most 100 signatures are decided at a time" in response.content.decode()
    assert Signature.objects.listed().count() == 0


def test_five_thousand_ticked_boxes_get_a_page_in_words(desk: Client) -> None:
    sent = {"action": "accept_many", "_selected_action": list(range(5000)), "decide": ""}
    response = desk.post(LIST, sent)
    assert response.status_code == 413
    assert "nothing was done. Go back and choose fewer" in response.content.decode()


@pytest.mark.parametrize("more", [{}, {"decide": ""}])
def test_batch_across_campaigns_of_others_is_refused_as_a_whole_without_naming_them(
    desk: Client, campaign: Campaign, more: dict[str, str]
) -> None:
    mine = make_queue(campaign, 1)
    foreign = make_pending(make_campaign(slug="other"), "Hill Watch", email="office@hill.example")
    chosen = [*mine, foreign]
    response = look(desk, "accept_many", chosen, **{**choices(chosen), **more} if more else {})
    page = response.content.decode()
    assert response.status_code == 403
    assert "Nothing was done, also to the others." in page
    assert "Hill Watch" not in page
    assert Signature.objects.listed().count() == 0


# What happens meanwhile


def test_second_of_two_is_told_what_the_first_did(desk: Client, campaign: Campaign) -> None:
    (signature,) = make_queue(campaign, 1)
    signature.decline(by=make_member(campaign, "first"), reason="So.")
    sent = {"accept": "", "accept-organization": "new"}
    page = desk.post(page_of(signature), sent, follow=True).content.decode()
    assert "“Group 1” is not accepted: first decided that before you." in page


def test_withdrawn_while_on_the_screen(desk: Client, campaign: Campaign) -> None:
    (signature,) = make_queue(campaign, 1)
    signature.withdraw()
    page = desk.post(page_of(signature), {"decline": "", "decline-reason": "So."}, follow=True).content.decode()
    assert "“Group 1” is withdrawn by now, so this is no longer possible." in page
    signature.refresh_from_db()
    assert signature.state == "withdrawn"


def test_reason_that_comes_too_late_is_kept_to_be_copied(desk: Client, campaign: Campaign) -> None:
    (signature,) = make_queue(campaign, 1)
    signature.accept(by=make_member(campaign, "first"))
    response = desk.post(page_of(signature), {"decline": "", "decline-reason": "We know nothing of it."})
    page = response.content.decode()
    assert response.status_code == 409
    assert "“Group 1” is listed: first decided that before you." in page
    assert ">We know nothing of it.</textarea>" in page


def test_question_beside_that_of_another_is_kept_in_its_field(desk: Client, campaign: Campaign) -> None:
    (signature,) = make_queue(campaign, 1)
    signature.ask(by=make_member(campaign, "first"), words="Who are you?")
    response = desk.post(page_of(signature), {"ask": "", "ask-words": "Who decided?"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "A question is open already" in page
    assert "first asked" in page
    assert re.search(r"<textarea[^>]*>\s*Who decided\?</textarea>", page)
    assert signature.questions.count() == 1


def test_second_press_of_the_same_person_names_nobody(desk: Client, campaign: Campaign) -> None:
    (signature,) = make_queue(campaign, 1)
    accept(desk, signature)
    page = desk.post(page_of(signature), {"accept": "", "accept-organization": "new"}).content.decode()
    assert "“Group 1” is listed by now" in page
    assert "before you" not in page


def test_how_of_one_that_is_verified_already_is_not_dropped_in_silence(desk: Client, campaign: Campaign) -> None:
    river = Organization.objects.register("River Watch")
    river.verify(by=make_member(campaign, "first"), how="Its statutes.")
    signature = make_pending(campaign, "River Watch")
    sent = {"accept_and_verify": "", "accept-organization": str(river.pk), "accept-how": "I rang them."}
    page = desk.post(page_of(signature), sent, follow=True).content.decode()
    assert "“River Watch” was verified already by first: “Its statutes.”" in page
    assert "“I rang them.”" in page


def test_record_that_is_gone_is_told_in_words(desk: Client, campaign: Campaign) -> None:
    (signature,) = make_queue(campaign, 1)
    response = desk.post(page_of(signature), {"accept": "", "accept-organization": "999999"})
    assert response.status_code == 422
    assert "What you chose is not there any more: look again." in response.content.decode()


@pytest.mark.parametrize("button", ["accept", "accept_and_verify"])
def test_what_changed_on_the_screen_is_read_again_before_it_is_accepted(
    desk: Client, campaign: Campaign, button: str
) -> None:
    (signature,) = make_queue(campaign, 1)
    sent = {button: "", "accept-organization": "new", "accept-how": "Its statutes."}
    sent["accept-seen"] = seen_on(shown(desk, page_of(signature)))
    Signature.objects.filter(pk=signature.pk).update(name="Group of One")
    response = desk.post(page_of(signature), sent)
    page = response.content.decode()
    assert response.status_code == 409
    assert "“Group of One” changed since you opened this page" in page
    assert desk.post(page_of(signature), {**sent, "accept-seen": seen_on(page)}).status_code == 302


def seen_on(page: str, name: str = "accept-seen") -> str:
    (seen,) = re.findall(rf'name="{name}" value="([0-9a-f]+)"', page)
    return str(seen)


def test_batch_in_which_one_changed_on_the_screen_does_nothing(desk: Client, campaign: Campaign) -> None:
    chosen = make_queue(campaign, 2)
    page = look(desk, "accept_many", chosen).content.decode()
    seen = {name: seen_on(page, name) for name in [f"s{each.pk}-seen" for each in chosen]}
    Organization.objects.register("Group 1")
    response = look(desk, "accept_many", chosen, **choices(chosen), **seen)
    assert response.status_code == 409
    assert "“Group 1” changed since you opened this page" in response.content.decode()
    assert Signature.objects.listed().count() == 0


def test_organization_merged_while_on_the_screen_is_looked_at_again(desk: Client, campaign: Campaign) -> None:
    river, other = Organization.objects.register("River Watch"), Organization.objects.register("Rivers United")
    signature = make_pending(campaign, "River Watch")
    Merge.objects.merge(other, river, by=None)
    sent = {"accept": "", "accept-organization": str(river.pk)}
    response = desk.post(page_of(signature), sent)
    assert response.status_code == 422
    page = response.content.decode()
    assert "“River Watch” was merged into “Rivers United” since you opened this page: look again." in page
    assert re.search(rf'value="{other.pk}"[^>]* checked', page)
    signature.refresh_from_db()
    assert signature.state == "pending"
    desk.post(page_of(signature), {**sent, "accept-organization": str(other.pk)})
    signature.refresh_from_db()
    assert signature.organization == other


def test_decision_sent_after_signing_out_is_kept_to_be_sent_again(desk: Client, campaign: Campaign) -> None:
    (signature,) = make_queue(campaign, 1)
    desk.logout()
    response = desk.post(page_of(signature), {"decline": "", "decline-reason": "We know nothing of it."})
    assert response.status_code == 403
    assert "We know nothing of it." in response.content.decode()
    signature.refresh_from_db()
    assert signature.state == "pending"


def test_administrator_decides_in_every_campaign(client: Client, campaign: Campaign) -> None:
    make_queue(campaign, 1)
    sign_in(client, make_coordinator())
    assert "Group 1" in shown(client, FRONT)
