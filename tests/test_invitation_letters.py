"""The letters to invited groups, as their readers find them."""

import datetime
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from itertools import product
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Invitation, OutgoingMail, Reminder, Suppression
from tests.builders import make_campaign, make_coordinator, make_invitation, make_translation, translate
from tests.mail_server import MailServer, send_mail_once, text_of

pytestmark = pytest.mark.django_db

A_DAY = datetime.timedelta(days=1)
DEADLINE = "Thursday, 3 December 2037, 18:00 (Europe/Kyiv)"


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as server:
        server.receive(settings)
        yield server


def campaign_with_deadline(**fields: Any) -> Campaign:
    campaign = make_campaign(make_coordinator(), time_zone="Europe/Kyiv", **fields)
    campaign.ask_by(datetime.datetime(2037, 12, 3, 16, tzinfo=datetime.UTC), by=None)
    return campaign


def words(text: str) -> str:
    """The text on one line, without marks."""
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def sent(server: MailServer) -> EmailMessage:
    assert send_mail_once() == "1 sent, 0 to try again, 0 waiting\n"
    return server.letters[-1]


def assert_says(letter: EmailMessage, *phrases: str) -> None:
    for subtype in ("plain", "html"):
        text = words(text_of(letter, subtype))
        assert [phrase for phrase in phrases if phrase not in text] == []


def remind(invitation: Invitation) -> None:
    """The day after it was written to."""
    OutgoingMail.objects.all().delete()
    Invitation.objects.update(written_on=timezone.localdate() - 2 * A_DAY)
    Reminder.objects.remind_now(invitation.campaign, by=None)


def test_invitation_says_who_invites_whom_to_what_and_until_when(server: MailServer) -> None:
    make_invitation(campaign_with_deadline())
    letter = sent(server)
    assert letter["Subject"] == "Will you sign? An open letter"
    assert (letter["To"], letter["Reply-To"]) == ("chair@lake.example.org", "coordinators@example.org")
    assert letter["List-Unsubscribe"].strip().startswith("<http://localhost:8000/invitations/stop/")
    assert_says(
        letter,
        "Dear Given Surname,",
        "The coordinators of the joint statement “An open letter” invite Lake Watch to sign it.",
        "To the assembly",
        DEADLINE,
        "We write to you because the coordinators of this statement have invited Lake Watch",
        "No more invitations",
    )


def test_group_of_no_name_is_addressed_all_the_same(server: MailServer) -> None:
    make_invitation(campaign_with_deadline(), organization="", person="")
    assert_says(sent(server), "Dear colleagues,", "invite your organization to sign it")


def test_coordinators_words_take_the_place_of_ours(server: MailServer) -> None:
    campaign = campaign_with_deadline()
    campaign.word_letters("Dear friends,\n\nthe river *needs* you. <b>", "The river still needs you.", by=None)
    invitation = make_invitation(campaign)
    letter = sent(server)
    assert_says(letter, "Dear friends,", "An open letter", DEADLINE)
    assert "Given" not in words(text_of(letter, "plain"))
    assert "<em>needs</em> you. &lt;b&gt;" in text_of(letter, "html")
    remind(invitation)
    assert_says(sent(server), "The river still needs you.", DEADLINE)


def test_letter_comes_in_the_invitations_language(server: MailServer) -> None:
    campaign = campaign_with_deadline()
    make_translation(campaign)
    translate(campaign)
    make_invitation(campaign)
    Invitation.objects.update(language="de")
    assert_says(sent(server), "Ein offener Brief", "An die Versammlung")


def test_links_of_the_letter_open_the_page_and_the_way_to_stop(server: MailServer, client: Client) -> None:
    make_invitation(campaign_with_deadline())
    letter = sent(server)
    for subtype in ("plain", "html"):
        links = set(re.findall(r"http://localhost:8000(/invitations/[^\s\"<]+)", text_of(letter, subtype)))
        assert sorted(client.get(link).context["campaign"].title for link in links) == ["An open letter"] * 2
        assert {client.get(link).status_code for link in links} == {200}


def test_reminder_tells_since_when_we_wait(server: MailServer) -> None:
    invitation = make_invitation(campaign_with_deadline())
    remind(invitation)
    letter = sent(server)
    assert letter["Subject"] == "We have not heard from you yet: An open letter"
    assert_says(letter, "we invited Lake Watch to sign", "no reminder follows", DEADLINE, "No more invitations")


def test_answer_stands_beside_what_was_asked(server: MailServer) -> None:
    invitation = make_invitation(campaign_with_deadline())
    OutgoingMail.objects.all().delete()
    invitation.ask_change("Name the river.")
    OutgoingMail.objects.all().delete()
    invitation.answer("We will.\nThank you.", by=None)
    letter = sent(server)
    assert letter["Subject"] == "The answer to what you asked: An open letter"
    assert_says(letter, "Name the river.", "We will.", "Thank you.", "simply answer this letter")


def test_receipt_tells_the_invited_address_who_has_signed(server: MailServer) -> None:
    invitation = make_invitation(campaign_with_deadline())
    OutgoingMail.objects.all().delete()
    signatory = {"name": "Lake Friends", "name_as_signed": "Lake Friends", "language": "en"}
    signature = invitation.sign(signatory, {"name": "Ivan", "role": "", "email": "chair@lake.example.org"})
    OutgoingMail.objects.exclude(kind="signed_by_invitation").delete()
    letter = sent(server)
    assert (letter["To"], letter["Subject"]) == ("chair@lake.example.org", "You have signed: An open letter")
    assert letter["List-Unsubscribe"] is None
    digest = signature.campaign.digest
    assert_says(letter, "Lake Friends", digest, "A coordinator looks at every signature", "If nobody of you has signed")


Change = Callable[[Invitation], Any]
ENDINGS: dict[str, Change] = {
    "taken back": lambda invitation: invitation.take_back(by=None),
    "erased": lambda invitation: invitation.delete(),
    "stopped": lambda invitation: Suppression.objects.stop(invitation.email_index, invitation.campaign),
    "stopped by all": lambda invitation: Suppression.objects.stop(invitation.email_index),
    "closed": lambda invitation: invitation.campaign.close(by=None),
    "declined": lambda invitation: invitation.decline(),
}


# An answer goes all the same: the group has asked for it.
UNASKED_NO_MORE = {"stopped", "stopped by all", "closed"}


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        *product(["invitation", "invitation_reminder"], ENDINGS),
        *product(["invitation_answered"], sorted(ENDINGS.keys() - UNASKED_NO_MORE)),
    ],
)
def test_letter_that_is_no_longer_true_is_dropped(server: MailServer, kind: str, ending: str) -> None:
    invitation = make_invitation(campaign_with_deadline())
    if kind == "invitation_reminder":
        remind(invitation)
    elif kind == "invitation_answered":
        invitation.ask_change("Name the river.")
        OutgoingMail.objects.all().delete()
        invitation.answer("We will.", by=None)
    ENDINGS[ending](invitation)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=1)):
        assert send_mail_once() == "0 sent, 0 to try again, 0 waiting\n"
    assert server.letters == []


def test_group_that_is_deciding_is_not_reminded_by_a_letter_that_waits(server: MailServer) -> None:
    invitation = make_invitation(campaign_with_deadline())
    remind(invitation)
    invitation.decide_later(timezone.localdate(timezone=invitation.campaign.zone))
    assert send_mail_once() == "0 sent, 0 to try again, 0 waiting\n"


def test_reviewers_letter_falls_away_once_every_group_is_answered(server: MailServer) -> None:
    invitation = make_invitation(campaign_with_deadline())
    OutgoingMail.objects.all().delete()
    invitation.ask_change("Name the river.")
    invitation.answer("We will.", by=None)
    OutgoingMail.objects.filter(kind="invitation_answered").delete()
    assert send_mail_once() == "0 sent, 0 to try again, 0 waiting\n"
