"""A question to a contact person goes out after its minute, is answered once, and decides nothing by itself."""

import datetime
import html
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client

from campaigns.models import Campaign, OutgoingMail, Question, Signature
from campaigns.models.outbox import UNDO_WITHIN
from campaigns.models.questions import LONGEST_WORDS
from tests.builders import (
    every_row,
    make_campaign,
    make_coordinator,
    make_listed,
    make_member,
    make_pending,
    own_page,
    send_letters,
)
from tests.records import events

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)
ASKED = "Who of you decided to sign?"
ANSWER = "The board, on Monday."


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def coordinator() -> User:
    return make_coordinator()


@pytest.fixture
def campaign(coordinator: User) -> Campaign:
    return make_campaign(coordinator)


@pytest.fixture
def signature(campaign: Campaign) -> Signature:
    return make_pending(campaign)


@pytest.fixture
def question(signature: Signature, coordinator: User, clock: time_machine.Traveller) -> Question:
    """One that the contact person may read."""
    asked = signature.ask(by=coordinator, words=ASKED)
    clock.shift(UNDO_WITHIN)
    return asked


def read(response: Any) -> str:
    return html.unescape(response.content.decode())


def letters_about(kind: str) -> list[int | None]:
    """Who gets the letters of that kind; none is the contact person."""
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk").values_list("recipient", flat=True))


def sent(question: Question, words: str = ANSWER) -> dict[str, Any]:
    return {"answer": "", "question": question.pk, "words": words}


# Asking


def test_question_waits_for_its_minute_and_the_signature_for_its_decision(
    signature: Signature, coordinator: User, clock: time_machine.Traveller
) -> None:
    send_letters()
    question = signature.ask(by=coordinator, words=ASKED)
    assert (question.words, question.asked_by, question.asked_at) == (ASKED, coordinator, NOW)
    assert (question.is_answered, question.answer_words, question.is_open) == (False, "", True)
    assert events(signature)[2:] == [("asked", "coordinator", NOW, {"question": question.pk})]
    clock.shift(UNDO_WITHIN - SECOND)
    assert not OutgoingMail.objects.due().exists()
    clock.shift(SECOND)
    assert [mail.kind for mail in OutgoingMail.objects.due()] == ["signature_asked"]
    assert Signature.objects.get().state == "pending"


def test_same_question_pressed_twice_is_asked_once(signature: Signature, coordinator: User) -> None:
    question = signature.ask(by=coordinator, words=ASKED)
    before = every_row()
    assert signature.ask(by=coordinator, words=ASKED) == question
    assert every_row() == before


def open_already(signature: Signature, by: User) -> None:
    signature.ask(by=by, words="Is the address yours?")


def declined(signature: Signature, by: User) -> None:
    signature.decline(by=by, reason="Nobody there knows of it.")


def withdrawn(signature: Signature, by: User) -> None:
    signature.withdraw()


def without_address(signature: Signature, by: User) -> None:
    signature.contact.delete()
    signature.refresh_from_db()


@pytest.mark.parametrize(
    ("is_so", "words", "refusal"),
    [
        (open_already, ASKED, "A question is open already"),
        (declined, ASKED, "is not accepted: second decided that before you"),
        (withdrawn, ASKED, "is withdrawn by now"),
        (without_address, ASKED, "There is no address to which a question could go"),
        (lambda signature, by: None, " \n", "Write something first"),
        (lambda signature, by: None, "x" * (LONGEST_WORDS + 1), "at most 2000 characters"),
    ],
)
def test_question_that_cannot_be_asked_is_refused_in_words(
    is_so: Callable[[Signature, User], None], words: str, refusal: str, signature: Signature, coordinator: User
) -> None:
    is_so(signature, make_coordinator("second"))
    before = every_row()
    with pytest.raises(ValidationError, match=refusal):
        signature.ask(by=coordinator, words=words)
    assert every_row() == before


# Taking it back


def test_question_taken_back_within_its_minute_was_never_heard(
    signature: Signature, coordinator: User, clock: time_machine.Traveller
) -> None:
    send_letters()
    question = signature.ask(by=coordinator, words=ASKED)
    clock.shift(UNDO_WITHIN - SECOND)
    question.take_back(by=make_coordinator("second"))
    assert send_letters() == []
    assert not signature.questions.open().exists()
    assert events(signature)[3:] == [("unasked", "second", NOW + UNDO_WITHIN - SECOND, {"question": question.pk})]
    before = every_row()
    question.take_back(by=coordinator)
    assert every_row() == before
    signature.ask(by=coordinator, words=ASKED)
    assert [letter.subject for letter in send_letters()] == ["A question about your signature"]


def test_question_whose_minute_or_letter_has_gone_stays(question: Question, coordinator: User) -> None:
    with pytest.raises(ValidationError, match="for a minute only"):
        question.take_back(by=coordinator)
    with time_machine.travel(NOW + UNDO_WITHIN):
        assert OutgoingMail.objects.get(kind="signature_asked").claim()
    with time_machine.travel(NOW), pytest.raises(ValidationError, match="on its way already"):
        question.take_back(by=coordinator)


# Answering on the contact person's own page


def test_question_stands_on_the_own_page_after_its_minute(
    client: Client, signature: Signature, coordinator: User, clock: time_machine.Traveller
) -> None:
    signature.ask(by=coordinator, words=ASKED)
    assert ASKED not in read(client.get(own_page(signature)))
    clock.shift(UNDO_WITHIN)
    page = read(client.get(own_page(signature)))
    assert (ASKED in page, "Send the answer" in page) == (True, True)


def test_answer_is_kept_told_and_shown(client: Client, question: Question, signature: Signature) -> None:
    assert client.post(own_page(signature), sent(question)).status_code == 302
    question.refresh_from_db()
    assert (question.is_answered, question.answer_words, question.answered_at) == (True, ANSWER, NOW + UNDO_WITHIN)
    assert events(signature)[3:] == [("answered", None, NOW + UNDO_WITHIN, {"question": question.pk})]
    assert letters_about("question_answered") == [question.asked_by_id]
    page = read(client.get(own_page(signature)))
    assert (ASKED in page, ANSWER in page, "Send the answer" in page) == (True, True, False)
    assert Signature.objects.get().state == "pending"


def test_same_answer_sent_twice_is_one_and_another_is_refused(
    client: Client, question: Question, signature: Signature
) -> None:
    client.post(own_page(signature), sent(question))
    before = every_row()
    assert client.post(own_page(signature), sent(question)).status_code == 302
    response = client.post(own_page(signature), sent(question, "The director."))
    assert (response.status_code, "takes no answer any more" in read(response)) == (409, True)
    assert every_row() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [("", "Write your answer first."), ("x" * (LONGEST_WORDS + 1), "at most 2000 characters (it has 2001)")],
)
def test_bad_answer_is_kept_in_the_field_to_be_mended(
    client: Client, question: Question, signature: Signature, words: str, told: str
) -> None:
    before = every_row()
    response = client.post(own_page(signature), sent(question, words))
    assert (response.status_code, told in read(response), words in read(response)) == (422, True, True)
    assert every_row() == before


@pytest.mark.parametrize("number", ["", "abc", "0", "9" * 30])
def test_answer_to_what_was_never_asked_is_refused(
    client: Client, question: Question, signature: Signature, number: str
) -> None:
    response = client.post(own_page(signature), {**sent(question), "question": number})
    assert (response.status_code, Question.objects.get().is_answered) == (422, False)
    assert ANSWER in read(response)


def test_answer_to_another_groups_question_is_refused(client: Client, question: Question, campaign: Campaign) -> None:
    other = make_pending(campaign, "Hill Watch")
    assert client.post(own_page(other), sent(question)).status_code == 422
    assert not Question.objects.get().is_answered


@pytest.mark.parametrize("ends", [declined, withdrawn])
def test_question_of_a_decided_or_withdrawn_signature_takes_no_answer(
    client: Client, question: Question, signature: Signature, ends: Callable[[Signature, User], None], coordinator: User
) -> None:
    ends(signature, coordinator)
    assert not signature.questions.open().exists()
    page = read(client.get(own_page(signature)))
    assert ("No answer is taken any more." in page, "Send the answer" in page) == (True, False)
    before = every_row()
    response = client.post(own_page(signature), sent(question))
    assert (response.status_code, ANSWER in read(response)) == (409, True)
    assert every_row() == before


def test_undone_decision_opens_the_question_again_and_its_letter_goes_out(
    signature: Signature, coordinator: User, clock: time_machine.Traveller
) -> None:
    send_letters()
    question = signature.ask(by=coordinator, words=ASKED)
    clock.shift(UNDO_WITHIN - SECOND)
    signature.decline(by=coordinator, reason="Nobody there knows of it.")
    clock.shift(SECOND)
    (mail,) = OutgoingMail.objects.due()
    assert mail.claim()
    mail.drop("the question takes no answer any more")
    signature.undo(by=coordinator)
    assert signature.questions.open().get() == question
    assert [letter.subject for letter in send_letters()] == ["A question about your signature"]


# Who is told of the answer


def test_answer_goes_to_all_who_decide_once_the_asker_does_not(campaign: Campaign, signature: Signature) -> None:
    asker, owner = make_member(campaign, "asker", "reviewer"), campaign.memberships.get(role="owner").user
    other = make_member(campaign, "other", "reviewer")
    signature.ask(by=asker, words=ASKED)
    campaign.memberships.get(user=asker).end(by=owner)
    signature.questions.get().answer(ANSWER)
    assert sorted(pk for pk in letters_about("question_answered") if pk) == [owner.pk, other.pk]


def test_answer_goes_to_all_who_decide_once_the_asker_has_left(campaign: Campaign, signature: Signature) -> None:
    asker, owner = make_member(campaign, "asker", "reviewer"), campaign.memberships.get(role="owner").user
    signature.ask(by=asker, words=ASKED)
    User.objects.filter(pk=asker.pk).update(is_active=False)
    signature.questions.get().answer(ANSWER)
    assert letters_about("question_answered") == [owner.pk]


# The queue


def test_who_was_asked_comes_last_until_the_answer_is_there(
    campaign: Campaign, coordinator: User, clock: time_machine.Traveller
) -> None:
    names = []
    for name in ("River Watch", "Hill Watch", "Lake Watch"):
        names.append(make_pending(campaign, name))
        clock.shift(SECOND)
    make_listed(campaign, "Sea Watch")
    river, hill, lake = names
    assert list(campaign.signatures.queue()) == [river, hill, lake]
    question = river.ask(by=coordinator, words=ASKED)
    assert list(campaign.signatures.queue().values_list("pk", "is_asked")) == [
        (hill.pk, False),
        (lake.pk, False),
        (river.pk, True),
    ]
    question.answer(ANSWER)
    assert list(campaign.signatures.queue()) == [river, hill, lake]
    hill.ask(by=coordinator, words=ASKED).take_back(by=coordinator)
    assert list(campaign.signatures.queue()) == [river, hill, lake]


def test_question_and_answer_are_nowhere_in_clear(question: Question) -> None:
    question.answer(ANSWER)
    kept = str(every_row())
    assert [words for words in (ASKED, ANSWER) if words in kept] == []
    assert (Question.objects.get().words, Question.objects.get().answer_words) == (ASKED, ANSWER)
