"""The letters, as a real mail server gets them and as their readers find them."""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from campaigns import emails
from campaigns.models import OutgoingMail, Signature
from tests.builders import (
    make_campaign,
    make_coordinator,
    make_draft,
    make_invitation,
    make_listed,
    make_pending,
    make_signature,
)
from tests.mail_server import MailServer, send_mail_once, text_of

pytestmark = pytest.mark.django_db

TITLE = "We say what we ask"
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as server:
        server.receive(settings)
        yield server


def sent(**fields: Any) -> Signature:
    return make_signature(make_campaign(title=TITLE), **fields)


def pending() -> Signature:
    return make_pending(make_campaign(make_coordinator(), title=TITLE))


def declined() -> Signature:
    signature = make_pending(make_campaign(title=TITLE))
    signature.decline(by=None, reason="Nobody there knows of it.\nPlease write to us.")
    return signature


def removed() -> Signature:
    signature = make_listed(make_campaign(title=TITLE))
    signature.remove(by=None, reason="It was listed in error.")
    return signature


def renamed() -> Signature:
    signature = make_listed(make_campaign(title=TITLE), "River Wach")
    signature.list_as("River Watch", by=None)
    return signature


def added_by_telephone() -> Signature:
    signatory = {"name": "River Watch", "name_as_signed": "River Watch", "language": "en", "source": "telephone"}
    contact = {"name": "The secretary", "role": "", "email": "secretary@river.example.org"}
    return Signature.objects.add(make_campaign(title=TITLE), None, signatory, contact)


def published() -> Signature:
    campaign = make_draft(title=TITLE)
    campaign.circulate(by=None)
    signature = make_pending(campaign)
    campaign.publish(by=None)
    return signature


def asked() -> Signature:
    signature = pending()
    signature.ask(by=User.objects.get(), words="Who of you decided to sign?\nPlease name the board.")
    return signature


def answered() -> Signature:
    signature = asked()
    signature.questions.get().answer("The board, on Monday.")
    return signature


def listed(**fields: Any) -> Callable[[], Signature]:
    return lambda: make_listed(make_campaign(title=TITLE), **fields)


@dataclass(frozen=True)
class Expected:
    kind: str
    make: Callable[[], Signature]
    subject: str
    says: list[str]
    to: str = "secretary@river.example.org"

    def __str__(self) -> str:
        return f"{self.kind}-{self.subject}"


LETTERS = [
    Expected("confirm_signature", sent, "Please confirm your address", ["River Watch", TITLE]),
    Expected(
        "signature_awaits",
        pending,
        f"A signature awaits you: {TITLE}",
        ["River Watch", TITLE],
        to="coordinator@desk.example.org",
    ),
    Expected(
        "signature_asked",
        asked,
        "A question about your signature",
        ["River Watch", TITLE, "Who of you decided to sign?", "Please name the board."],
    ),
    Expected(
        "question_answered",
        answered,
        f"Your question was answered: {TITLE}",
        ["River Watch", TITLE],
        to="coordinator@desk.example.org",
    ),
    Expected("signature_listed", listed(), "Your signature is public", ["River Watch", TITLE, "withdraw"]),
    Expected("signature_listed", listed(shown="counted"), "Your signature counts", ["River Watch", "not public"]),
    Expected("signature_listed", added_by_telephone, "Your signature is public", ["You gave your word"]),
    Expected(
        "signature_declined",
        declined,
        "Your signature could not be accepted",
        ["River Watch", TITLE, "Nobody there knows of it.", "Please write to us."],
    ),
    Expected(
        "signature_removed", removed, "Your signature was removed", ["River Watch", TITLE, "It was listed in error."]
    ),
    Expected("statement_published", published, f"The statement you signed is public: {TITLE}", ["River Watch", TITLE]),
    Expected("signature_renamed", renamed, "Your listed name was corrected", ["River Wach", "River Watch"]),
]


def words(text: str) -> str:
    """The text with single spaces, so that it can be searched however its lines are broken."""
    return " ".join(unescape(text).split())


def queued(kind: str) -> OutgoingMail:
    """The one letter of that kind; all others are taken out of the outbox."""
    OutgoingMail.objects.exclude(kind=kind).delete()
    return OutgoingMail.objects.get()


def header(letter: EmailMessage) -> dict[str, str]:
    return {name: letter[name] for name in ("From", "To", "Reply-To", "Subject", "Message-ID", "Auto-Submitted")}


@pytest.mark.parametrize("expected", LETTERS, ids=str)
def test_letter_arrives_with_its_words_and_says_who_writes(server: MailServer, expected: Expected) -> None:
    expected.make()
    mail = queued(expected.kind)
    with time_machine.travel(mail.next_try_at):
        assert send_mail_once() == "1 sent, 0 to try again, 0 waiting\n"
    (letter,) = server.letters
    assert header(letter) == {
        "From": "undersigned@localhost",
        "To": expected.to,
        "Reply-To": "coordinators@example.org",
        "Subject": expected.subject,
        "Message-ID": f"<{mail.pk}@localhost>",
        "Auto-Submitted": "auto-generated",
    }
    assert letter.get_content_type() == "multipart/alternative"
    for subtype in ("plain", "html"):
        text = words(text_of(letter, subtype))
        assert [phrase for phrase in [*expected.says, "http://localhost:8000"] if phrase not in text] == []


def test_every_kind_of_letter_is_tested_here_or_with_its_own_matter() -> None:
    of_other_matters = {"text_corrected", "text_proposed", "delivered", "update", "signed_by_invitation"}
    of_other_matters |= {"confirm_address", "address_asked"}
    assert {expected.kind for expected in LETTERS} == set(emails.LETTERS) - of_other_matters


def test_confirmations_subject_names_neither_group_nor_statement(server: MailServer) -> None:
    signature = sent(name="Голос річки")
    send_mail_once()
    (letter,) = server.letters
    assert [telling in letter["Subject"] for telling in (TITLE, "Голос річки")] == [False, False]
    text = words(text_of(letter, "plain"))
    assert [telling in text for telling in (TITLE, "Голос річки", signature.campaign.digest)] == [True] * 3


def test_confirmations_button_opens_the_contacts_own_page(server: MailServer, client: Client) -> None:
    sent()
    send_mail_once()
    for subtype in ("plain", "html"):
        (path,) = set(re.findall(r"http://localhost:8000(/signatures/[^\s\"<]+)", text_of(server.letters[0], subtype)))
        response = client.get(path)
        assert (response.status_code, TITLE in response.text) == (200, True)


PUBLIC_ALREADY = "A signature in this name is on the public list already."


def test_letter_with_a_second_signature_of_a_public_name_says_so(server: MailServer) -> None:
    first = listed()()
    OutgoingMail.objects.all().delete()
    make_signature(first.campaign, "RIVER WATCH", "other@river.example.org")
    make_signature(first.campaign, "River Watch", "other@river.example.org")
    make_signature(first.campaign, "Lake Watch", "chair@lake.example.org")
    send_mail_once()
    told = [PUBLIC_ALREADY in words(text_of(letter, "plain")) for letter in server.letters]
    assert told == [True, True, False]


@pytest.mark.parametrize("make", [sent, pending, declined, removed, listed(shown="addressee"), listed(shown="counted")])
def test_letter_tells_nobody_of_a_name_that_is_not_public(server: MailServer, make: Callable[[], Signature]) -> None:
    first = make()
    OutgoingMail.objects.all().delete()
    make_signature(first.campaign, first.name, "other@river.example.org")
    send_mail_once()
    (letter,) = server.letters
    assert PUBLIC_ALREADY not in words(text_of(letter, "plain"))


def test_letter_refused_for_now_goes_out_later_as_the_same_letter(server: MailServer) -> None:
    server.answers = ["451 4.7.1 try later"]
    sent()
    assert send_mail_once() == "0 sent, 1 to try again, 1 waiting\n"
    assert OutgoingMail.objects.get().last_error == "SMTPDataError 451"
    assert send_mail_once() == "0 sent, 0 to try again, 1 waiting\n"
    with time_machine.travel(OutgoingMail.objects.get().next_try_at):
        assert send_mail_once() == "1 sent, 0 to try again, 0 waiting\n"
    first, second = server.letters
    assert header(first) == header(second)
    assert server.recipients == [["secretary@river.example.org"]] * 2


def test_letter_that_is_refused_does_not_hold_up_the_next(server: MailServer) -> None:
    server.answers = ["554 5.7.1 no"]
    signature = sent()
    make_signature(signature.campaign, "Lake Watch", "chair@lake.example.org")
    assert send_mail_once() == "1 sent, 1 to try again, 1 waiting\n"
    assert server.recipients == [["secretary@river.example.org"], ["chair@lake.example.org"]]


@pytest.mark.parametrize("expected", LETTERS, ids=str)
def test_links_come_from_the_sites_address_alone(expected: Expected, settings: Any) -> None:
    settings.SITE_URL = "https://statements.example.org"
    expected.make()
    message = emails.render(queued(expected.kind)).message()
    letter = message_from_bytes(message.as_bytes(), policy=policy.default)
    links = [
        urlsplit(link)
        for subtype in ("plain", "html")
        for link in re.findall(r"[a-z]+://[^\s\"<,]+", text_of(letter, subtype))
    ]
    assert {(link.scheme, link.netloc.rstrip(".")) for link in links} == {("https", "statements.example.org")}
    assert letter["Message-ID"].endswith("@statements.example.org>")


UNTRUE: list[tuple[str, Callable[[], Signature], Callable[[Signature], object]]] = [
    ("confirm_signature", sent, lambda signature: signature.confirm()),
    ("confirm_signature", sent, lambda signature: Signature.objects.update(submitted_at=LONG_AGO)),
    ("confirm_signature", sent, lambda signature: signature.delete()),
    ("signature_awaits", pending, lambda signature: signature.accept()),
    ("signature_awaits", pending, lambda signature: User.objects.update(is_active=False)),
    ("signature_awaits", pending, lambda signature: User.objects.update(email="")),
    ("signature_asked", asked, lambda signature: signature.accept()),
    ("signature_asked", asked, lambda signature: signature.questions.get().answer("The board.")),
    ("question_answered", answered, lambda signature: signature.withdraw()),
    ("signature_listed", listed(), lambda signature: signature.withdraw()),
    ("signature_renamed", renamed, lambda signature: signature.withdraw()),
    ("signature_declined", declined, lambda signature: signature.contact.delete()),
    ("signature_removed", removed, lambda signature: signature.contact.delete()),
]


@pytest.mark.parametrize(("kind", "make", "change"), UNTRUE)
def test_letter_that_is_no_longer_true_is_dropped(
    server: MailServer, kind: str, make: Callable[[], Signature], change: Callable[[Signature], object]
) -> None:
    change(make())
    mail = queued(kind)
    with time_machine.travel(mail.next_try_at):
        assert send_mail_once() == "0 sent, 0 to try again, 0 waiting\n"
    assert server.letters == []
    mail.refresh_from_db()
    assert (mail.attempts, mail.sent_at, mail.ended_at is None, mail.last_error == "") == (1, None, False, False)


def test_title_of_two_lines_makes_a_subject_of_one(server: MailServer) -> None:
    make_invitation(make_campaign(title="The river\nBcc: all@example.org"))
    send_mail_once()
    assert [letter["Subject"] for letter in server.letters] == ["Will you sign? The river Bcc: all@example.org"]
