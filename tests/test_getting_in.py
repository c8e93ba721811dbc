"""Getting in: a password alone opens nothing, sessions end, nobody locks another out, people are invited by mail."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Event, OutgoingMail, people
from config import proxies
from tests.builders import (
    code_of,
    code_of_the_app,
    make_campaign,
    make_coordinator,
    make_draft,
    make_listed,
    make_second_factor,
    send_letters,
    sign_in,
)

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
SIGN_IN, DESK = "/accounts/login/", "/admin/"


@pytest.fixture
def coordinator() -> User:
    return make_coordinator()


@pytest.fixture
def desk(client: Client, coordinator: User) -> Client:
    sign_in(client, coordinator)
    return client


def give_password(client: Client, name: str = "coordinator", password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(SIGN_IN, {"login": name, "password": password}, **extra)


def reaches_the_desk(client: Client) -> bool:
    return client.get(DESK).status_code == 200


# A second factor


def test_password_alone_gets_nobody_in(client: Client, coordinator: User) -> None:
    assert give_password(client).url == DESK
    for address in (
        DESK,
        "/admin/campaigns/signature/",
        "/admin/campaigns/person/",
        "/admin/autocomplete/",
        "/admin/jsi18n/",
    ):
        page = client.get(address, follow=True)
        assert page.redirect_chain[-1] == ("/accounts/", 302)
        assert "Without one the desk does not open." in page.content.decode()


def test_password_with_a_code_of_the_app_gets_in(client: Client, coordinator: User) -> None:
    make_second_factor(coordinator)
    assert give_password(client).url == "/accounts/code/"
    assert not reaches_the_desk(client)
    assert client.post("/accounts/code/", {"code": "000"}).status_code == 422
    assert client.post("/accounts/code/", {"code": code_of_the_app(coordinator)})["Location"] == DESK
    assert reaches_the_desk(client)


def test_e_mail_address_serves_as_name(client: Client, coordinator: User) -> None:
    make_second_factor(coordinator)
    assert give_password(client, "Coordinator@Desk.example.org").url == "/accounts/code/"


@pytest.mark.parametrize("seconds", [0, 45])
def test_code_of_the_app_works_once(coordinator: User, seconds: int) -> None:
    make_second_factor(coordinator)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = code_of_the_app(coordinator)
        first, second = Client(), Client()
        for client in (first, second):
            give_password(client)
        assert first.post("/accounts/code/", {"code": code}).status_code == 302
        clock.shift(seconds)
        assert second.post("/accounts/code/", {"code": code}).status_code == 422
        assert not reaches_the_desk(second)


def test_recovery_code_works_once(coordinator: User) -> None:
    make_second_factor(coordinator)
    code = RecoveryCodes.activate(coordinator).get_unused_codes()[0]
    answers = []
    for client in (Client(), Client()):
        give_password(client)
        answers.append(client.post("/accounts/code/", {"code": code}).status_code)
    assert answers == [302, 422]


def test_app_is_set_up_at_the_first_sign_in_and_its_recovery_codes_are_shown_once(
    client: Client, coordinator: User, django_capture_on_commit_callbacks: Any
) -> None:
    give_password(client)
    page = client.get("/accounts/app/")
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/accounts/app/", {"code": code_of(secret)})["Location"] == "/accounts/recovery-codes/"
    shown = client.get("/accounts/recovery-codes/")
    codes = re.findall(r"<li><code>(\d{8})</code>", shown.content.decode())
    assert len(codes) == 10
    assert "no-store" in shown["Cache-Control"]
    again = client.get("/accounts/recovery-codes/").content.decode()
    assert not [code for code in codes if code in again]
    assert reaches_the_desk(client)
    assert "A second factor was added to your account" in [letter.subject for letter in send_letters()]


def test_secrets_lie_sealed_in_the_database(coordinator: User) -> None:
    app = make_second_factor(coordinator)
    codes = RecoveryCodes.activate(coordinator)
    assert not re.fullmatch(r"[A-Z2-7]{32}", app.data["secret"])
    assert not re.fullmatch(r"[0-9a-f]{80}", codes.instance.data["seed"])


def test_removed_second_factor_closes_the_desk_at_once(desk: Client, coordinator: User) -> None:
    assert desk.post("/accounts/app/remove/").status_code == 302
    assert desk.get(DESK, follow=True).redirect_chain[-1] == ("/accounts/", 302)


def test_nobody_can_sign_up_or_manage_addresses(client: Client, desk: Client) -> None:
    for address in ("signup/", "email/", "confirm-email/", "signup/passkey/", "login/code/", "password/set/"):
        assert client.get(f"/accounts/{address}").status_code == 404
    assert not User.objects.exclude(username="coordinator").exists()


def test_who_is_not_of_the_staff_does_not_come_in(client: Client) -> None:
    User.objects.create_user("reader", "reader@example.org", PASSWORD)
    assert give_password(client, "reader").url == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_admin_addresses_lead_to_our_own_pages(client: Client, desk: Client) -> None:
    assert (
        Client().get("/admin/login/?next=/admin/campaigns/")["Location"]
        == "/accounts/login/?next=%2Fadmin%2Fcampaigns%2F"
    )
    assert desk.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    desk.post("/admin/logout/")
    assert not reaches_the_desk(desk)


def test_in_the_demo_the_second_factor_is_offered_and_not_asked_for(
    client: Client, coordinator: User, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    give_password(client)
    assert reaches_the_desk(client)
    assert "Add a passkey" in client.get("/accounts/").content.decode()


# Attempts


def test_a_strangers_tries_do_not_keep_the_coordinator_out(client: Client, coordinator: User) -> None:
    make_second_factor(coordinator)
    stranger = {"REMOTE_ADDR": "192.0.2.7"}
    answers = [give_password(client, password=f"wrong {number}", **stranger).status_code for number in range(30)]
    assert (answers[0], answers[-1]) == (422, 429)
    refused = give_password(client, **stranger)
    assert refused.status_code == 429
    assert "Too many attempts in a short time." in refused.content.decode()
    assert give_password(Client(), REMOTE_ADDR="192.0.2.8").url == "/accounts/code/"


def test_one_address_cannot_try_name_after_name(client: Client) -> None:
    answers = [give_password(client, f"name-{number}").status_code for number in range(61)]
    assert answers[:30] == [422] * 30
    assert set(answers[30:]) == {429}
    assert "Too many came from your address" in give_password(client).content.decode()


def test_address_of_the_client_is_believed_of_the_trusted_proxy_alone(client: Client, settings: Any) -> None:
    def tries(forwarded: str) -> set[int]:
        """The answers to 31 tries, with the forwarded addresses that the browser and the proxy wrote."""
        headers = [forwarded.replace("N", str(number)) for number in range(31)]
        return {give_password(client, each, HTTP_X_FORWARDED_FOR=each).status_code for each in headers}

    assert tries("198.51.100.N") == {422, 429}
    settings.TRUSTED_PROXY = proxies.read(["127.0.0.1"])
    assert tries("192.0.2.1, 198.51.100.N") == {422}
    assert tries("203.0.113.N, 192.0.2.2") == {422, 429}


def test_known_and_unknown_names_are_answered_alike(client: Client, coordinator: User) -> None:
    known, unknown = give_password(client, password="x"), give_password(client, "nobody", "x")
    pages = [re.sub(r'value="[^"]*"', "", each.content.decode()) for each in (known, unknown)]
    assert pages[0] == pages[1]
    answers = [
        client.post("/accounts/password/reset/", {"email": email})
        for email in (coordinator.email, "nobody@example.org")
    ]
    assert [answer["Location"] for answer in answers] == ["/accounts/password/reset/done/"] * 2
    assert OutgoingMail.objects.count() == 1


def test_no_address_of_a_client_is_in_the_database(client: Client, coordinator: User) -> None:
    address = "203.0.113.99"
    make_second_factor(coordinator)
    give_password(client, password="wrong", REMOTE_ADDR=address)
    give_password(client, REMOTE_ADDR=address)
    client.post("/accounts/code/", {"code": code_of_the_app(coordinator)}, REMOTE_ADDR=address)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=20)):
        client.post("/accounts/app/remove/", REMOTE_ADDR=address)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD}, REMOTE_ADDR=address)
    assert address not in str([session.get_decoded() for session in Session.objects.all()])
    assert address not in str(list(Authenticator.objects.values_list("data")))


# Sessions


@pytest.mark.parametrize(("minutes", "stands"), [(29, True), (31, False)])
def test_session_ends_when_idle(desk: Client, minutes: int, stands: bool) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert reaches_the_desk(desk)
        clock.shift(minutes * 60)
        assert reaches_the_desk(desk) is stands


def test_session_ends_after_twelve_hours_however_busy(desk: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _quarter in range(12 * 4 - 1):
            clock.shift(15 * 60)
            assert reaches_the_desk(desk)
        clock.shift(16 * 60)
        page = desk.get(DESK, follow=True)
    assert "You were signed out. Please sign in again." in page.content.decode()


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_closed_account_is_out_at_once_and_reopened_stays_out(
    desk: Client, coordinator: User, change: dict[str, bool]
) -> None:
    assert reaches_the_desk(desk)
    User.objects.update(**change)
    assert not reaches_the_desk(desk)
    User.objects.update(is_active=True, is_staff=True)
    assert not reaches_the_desk(desk)


def test_changed_password_ends_the_other_sessions_and_not_this_one(desk: Client, coordinator: User) -> None:
    other = Client()
    sign_in(other, coordinator)
    fresh = "another long enough password"
    sent = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    assert desk.post("/accounts/password/change/", sent).status_code == 302
    assert reaches_the_desk(desk)
    assert not reaches_the_desk(other)
    assert "Your password was changed" in [letter.subject for letter in send_letters()]


def test_changed_second_factor_ends_the_other_sessions_and_not_this_one(desk: Client, coordinator: User) -> None:
    other = Client()
    sign_in(other, coordinator)
    assert desk.post("/accounts/recovery-codes/new/").status_code == 302
    assert reaches_the_desk(desk)
    assert not reaches_the_desk(other)


def test_short_password_is_refused(desk: Client) -> None:
    sent = {"oldpassword": PASSWORD, "password1": "fourteen chars", "password2": "fourteen chars"}
    refused = desk.post("/accounts/password/change/", sent)
    assert refused.status_code == 422
    assert "at least 15 characters" in refused.content.decode()


def test_passwords_are_hashed_by_argon2() -> None:
    from config import settings as production  # noqa: PLC0415 - as it stands, without what tests change

    assert production.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_form_sent_after_signing_out_keeps_what_was_typed(desk: Client) -> None:
    campaign = make_draft()
    address = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    desk.post("/accounts/logout/")
    page = desk.post(address, {"title": "A <better> title", "summary": "Twice"})
    assert page.status_code == 403
    assert "Nothing was saved yet" in page.content.decode()
    assert '<input type="hidden" name="title" value="A &lt;better&gt; title">' in page.content.decode()
    campaign.refresh_from_db()
    assert campaign.title == "An open letter"


def test_form_from_before_signing_in_anew_can_be_sent_again(coordinator: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, coordinator)
    browser.get("/accounts/")
    address, typed = "/admin/campaigns/campaign/add/", {"title": "A title", "csrfmiddlewaretoken": "x" * 64}
    page = browser.post(address, typed, headers={"origin": "http://testserver"})
    assert (page.status_code, page.context["kept"]) == (403, [("title", "A title")])
    elsewhere = browser.post(address, typed, headers={"origin": "https://evil.example.org"})
    assert (elsewhere.status_code, b"A title" in elsewhere.content) == (403, False)
    assert not Campaign.objects.exists()


# A fresh proof


@pytest.fixture
def stale(desk: Client) -> Any:
    """The desk, a quarter of an hour after signing in."""
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=15)) as clock:
        yield desk, clock


def sensitive(campaign: Campaign) -> list[str]:
    person = User.objects.get(username="coordinator").pk
    return [
        f"/admin/campaigns/campaign/{campaign.pk}/deliver/",
        f"/admin/campaigns/campaign/{campaign.pk}/delete/",
        "/admin/campaigns/person/add/",
        f"/admin/campaigns/person/{person}/change/",
        "/accounts/app/",
        "/accounts/passkeys/add/",
        "/accounts/recovery-codes/",
    ]


def test_what_weighs_much_asks_for_a_fresh_proof_and_then_goes_on(stale: Any) -> None:
    desk, _clock = stale
    campaign = make_campaign()
    make_listed(campaign)
    for address in sensitive(campaign):
        answer = desk.get(address)
        assert (answer.status_code, answer.url) == (302, f"/accounts/reauthenticate/?next={address}")
    deliver = sensitive(campaign)[0]
    proof = f"/accounts/reauthenticate/?next={deliver}"
    assert desk.post(proof, {"password": "wrong", "next": deliver}).status_code == 422
    assert desk.post(proof, {"password": PASSWORD, "next": deliver}).url == deliver
    assert desk.get(deliver).status_code == 200


def test_form_with_a_stale_proof_does_nothing_and_keeps_what_was_typed(stale: Any, coordinator: User) -> None:
    desk, _clock = stale
    campaign = make_campaign()
    make_listed(campaign)
    sent = {"form-TOTAL_FORMS": "1", "form-0-name": "The chair", "number": "1"}
    page = desk.post(sensitive(campaign)[0], sent)
    assert page.status_code == 403
    assert page.context["kept"] == list(sent.items())
    assert not campaign.deliveries.exists()
    assert "Nothing was saved yet" in desk.post("/accounts/app/remove/").content.decode()
    assert Authenticator.objects.filter(user=coordinator).exists()


def test_code_of_the_app_proves_it_too(stale: Any, coordinator: User) -> None:
    desk, _clock = stale
    sent = {"code": code_of_the_app(coordinator), "next": "/admin/campaigns/person/add/"}
    assert desk.post("/accounts/proof/code/", sent).url == "/admin/campaigns/person/add/"
    assert desk.get("/admin/campaigns/person/add/").status_code == 200


def test_several_cannot_be_deleted_at_once(desk: Client) -> None:
    campaign = make_draft()
    sent = {"action": "delete_selected", "_selected_action": [campaign.pk], "post": "yes"}
    desk.post("/admin/campaigns/translation/", sent)
    desk.post("/admin/campaigns/campaign/", sent)
    assert Campaign.objects.exists()


# People


def invite(desk: Client, **fields: str) -> Any:
    sent = {"username": "reviewer", "email": "Reviewer@Desk.example.org", **fields}
    return desk.post("/admin/campaigns/person/add/", sent)


def link_in_letter(address: str = "reviewer@desk.example.org") -> str:
    letters = [letter for letter in send_letters() if address in letter.to]
    found = re.search(r"http://\S+(/accounts/password/reset/key/\S+)", str(letters[-1].body))
    assert found
    return found[1]


def choose_password(client: Client, link: str) -> Any:
    """Opens the link and types a password twice."""
    page = client.get(link, follow=True)
    if page.status_code != 200:
        return page
    return client.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD}, follow=True)


def test_administrator_invites_by_mail_and_types_no_password(desk: Client, coordinator: User) -> None:
    assert "password" not in desk.get("/admin/campaigns/person/add/").context["adminform"].form.fields
    assert invite(desk).status_code == 302
    person = User.objects.get(username="reviewer")
    assert (person.email, person.is_staff, person.has_usable_password()) == ("reviewer@desk.example.org", True, False)
    mail = OutgoingMail.objects.get(kind="invited_to_desk")
    assert "reviewer" not in str(list(OutgoingMail.objects.values()))
    assert (mail.reference, mail.recipient) == (person.pk, person.pk)
    event = Event.objects.get(verb="invited")
    assert (event.who, event.details) == (coordinator, {"person": person.pk})
    newcomer = Client()
    page = choose_password(newcomer, link_in_letter())
    assert page.redirect_chain[-1] == ("/accounts/", 302)
    secret = newcomer.get("/accounts/app/").context["form"].secret
    newcomer.post("/accounts/app/", {"code": code_of(secret)})
    assert reaches_the_desk(newcomer)


def test_invitation_works_once(desk: Client) -> None:
    invite(desk)
    link = link_in_letter()
    assert choose_password(Client(), link).status_code == 200
    spent = choose_password(Client(), link)
    assert spent.status_code == 410
    assert "This link has ended" in spent.content.decode()


@pytest.mark.parametrize(("hours", "status"), [(71, 200), (73, 410)])
def test_invitation_is_good_for_three_days(desk: Client, hours: int, status: int) -> None:
    invite(desk)
    link = link_in_letter()
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=hours)):
        assert choose_password(Client(), link).status_code == status


def test_opening_the_link_changes_nothing(desk: Client) -> None:
    invite(desk)
    link = link_in_letter()
    for _scanner in range(3):
        Client().get(link, follow=True)
    assert choose_password(Client(), link).status_code == 200


@pytest.mark.parametrize(
    "fields", [{"username": "COORDINATOR"}, {"email": "Coordinator@desk.example.org"}, {"email": ""}, {"email": "x"}]
)
def test_invitation_of_nobody_or_of_somebody_known_is_refused_beside_the_field(
    desk: Client, fields: dict[str, str]
) -> None:
    response = invite(desk, **fields)
    assert response.context["adminform"].form.errors.keys() == fields.keys()
    assert User.objects.count() == 1
    assert not OutgoingMail.objects.exists()


def test_invitation_can_be_sent_again_until_a_password_is_chosen(desk: Client) -> None:
    invite(desk)
    person = User.objects.get(username="reviewer")
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=2)):
        desk.post(f"/admin/campaigns/person/{person.pk}/do/invite_again/")
        assert len(send_letters()) == 2
    person.set_password(PASSWORD)
    person.save()
    page = desk.post(f"/admin/campaigns/person/{person.pk}/do/invite_again/", follow=True)
    assert "has chosen a password already" in page.content.decode()


def test_administrator_takes_a_second_factor_back(desk: Client, coordinator: User) -> None:
    other = make_coordinator("other")
    browser = Client()
    sign_in(browser, other)
    address = f"/admin/campaigns/person/{other.pk}/do/take_second_factor_back/"
    for _twice in range(2):
        desk.post(address)
    assert not Authenticator.objects.filter(user=other).exists()
    assert not reaches_the_desk(browser)
    event = Event.objects.get(verb="factor taken back")
    assert (event.who, event.details) == (coordinator, {"person": other.pk})
    letters = [letter for letter in send_letters() if other.email in letter.to]
    assert [letter.subject for letter in letters] == ["Your second factor was taken back"]


def test_nobody_closes_or_weakens_the_own_account(desk: Client, coordinator: User) -> None:
    for verb in ("close", "take_second_factor_back"):
        page = desk.post(f"/admin/campaigns/person/{coordinator.pk}/do/{verb}/", follow=True)
        assert "Not for yourself" in page.content.decode()
    desk.post(
        f"/admin/campaigns/person/{coordinator.pk}/change/",
        {"username": "coordinator", "email": "new@desk.example.org"},
    )
    coordinator.refresh_from_db()
    assert (coordinator.is_superuser, coordinator.is_active) == (True, True)
    assert coordinator.email == "new@desk.example.org"
    assert Event.objects.get(verb="entrusted").details == {"person": coordinator.pk, "fields": ["email"]}


def test_account_is_closed_and_reopened_on_the_record(desk: Client, coordinator: User) -> None:
    other = make_coordinator("other")
    for verb in ("close", "close", "reopen", "reopen"):
        desk.post(f"/admin/campaigns/person/{other.pk}/do/{verb}/")
    assert sorted(Event.objects.values_list("verb", flat=True)) == ["account closed", "account reopened"]
    assert desk.post(f"/admin/campaigns/person/{other.pk}/delete/", {"post": "yes"}).status_code == 403


def test_only_administrators_see_people(client: Client, coordinator: User) -> None:
    helper = User(username="helper", email="helper@desk.example.org")
    people.invite(helper, by=coordinator)
    sign_in(client, helper)
    for address in ("", "add/", f"{coordinator.pk}/change/"):
        assert client.get(f"/admin/campaigns/person/{address}").status_code == 403
    assert client.post(f"/admin/campaigns/person/{coordinator.pk}/do/close/").status_code == 403
