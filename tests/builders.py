"""Plain makers of what tests need. Each gives something whole; name what the test is about."""

import datetime
import os
from typing import Any

import pytest
import time_machine
from allauth.core.context import request_context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.apps import apps
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from campaigns import markdown, names, sessions, tokens
from campaigns.addresses import Entry
from campaigns.demo.load import load_interpol
from campaigns.models import (
    Campaign,
    Contact,
    DayKey,
    Delivery,
    Demand,
    Invitation,
    Organization,
    OrganizationName,
    Proposal,
    RateLimit,
    Remark,
    Role,
    Signature,
    Translation,
    Update,
    Writing,
)
from campaigns.models.outbox import UNDO_WITHIN


def make_coordinator(username: str = "coordinator", **fields: Any) -> User:
    return User.objects.create_superuser(username, f"{username}@desk.example.org", "a long enough password", **fields)


def make_member(campaign: Campaign, username: str = "member", role: str = Role.OWNER, language: str = "") -> User:
    """One of the staff, who has this role in the campaign."""
    known = User.objects.filter(username=username).first()
    address = f"{username}@desk.example.org"
    person = known or User.objects.create_user(username, address, "a long enough password", is_staff=True)
    campaign.memberships.create(user=person, role=role, language=language)
    return person


def make_second_factor(user: User) -> Authenticator:
    """The app on the user's telephone."""
    known = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return known or TOTP.activate(user, generate_totp_secret()).instance


def code_of(secret: str) -> str:
    """What an app with this secret shows now."""
    _earlier, now, _later = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(secret, now)))


def code_of_the_app(user: User) -> str:
    """What the app on the user's telephone shows now."""
    return code_of(decrypt(make_second_factor(user).data["secret"]))


def sign_in(client: Client, user: User) -> None:
    """Leaves the client as password and code would: signed in, with a second factor on record in the session."""
    app = make_second_factor(user)
    client.force_login(user)
    request = HttpRequest()
    request.session, request.user = client.session, user
    sessions.begin(request, user)
    with request_context(request):
        post_authentication(request, app)
    request.session.save()


def make_draft(
    slug: str = "open-letter", demands: tuple[str, ...] = ("Do this.", "Do that."), **fields: Any
) -> Campaign:
    given = {
        "title": "An open letter",
        "addressee": "To the assembly",
        "summary": "What we ask of the assembly.",
        "body": "We have *read* your plan.",
        "statement_date": datetime.date(2026, 3, 1),
        "ends_on": timezone.localdate() + datetime.timedelta(days=90),
        "reply_to": "coordinators@example.org",
    }
    campaign = Campaign.objects.create(slug=slug, **{**given, **fields})
    for position, text in enumerate(demands, start=1):
        campaign.demands.create(position=position, text=text)
    return campaign


def make_commented_draft(slug: str = "commented") -> Campaign:
    """A draft whose link is open, with a remark on a paragraph, a settled one on a demand, one on an earlier wording,
    and one on the whole."""
    campaign = make_draft(slug, title="Let the marsh be", body="It drains the marsh.\n\n## What we fear\n\nNo birds.")
    campaign.share_draft(by=None)
    make_remark(campaign, "paragraph 1", "The plan of March, or that of May?")
    make_remark(campaign, "demand 2", "Do what?").settle(by=make_member(campaign, "editor"))
    make_remark(campaign, "paragraph 3", "Say which birds.")
    make_remark(campaign, "the whole text", "We would sign this.\nOur board meets on Thursday.")
    reword(campaign, "It drains the marsh.\n\n## What we fear\n\nNo bitterns, no cranes.")
    return campaign


def make_remark(campaign: Campaign, on: str = "paragraph 1", words: str = "Say which marsh.") -> Remark:
    """A remark on the passage that is so called."""
    (passage,) = [each for each in campaign.remarks.beside(campaign.draft_text).passages if each.label == on]
    remark = Remark(campaign=campaign, language=campaign.language, place=passage.place, quote=passage.words)
    remark.leave("River Watch", words)
    return remark


def make_campaign(coordinator: User | None = None, **fields: Any) -> Campaign:
    """A published campaign, with its coordinator where one is given."""
    campaign = make_draft(**fields)
    if coordinator:
        campaign.memberships.create(user=coordinator, role=Role.OWNER)
    campaign.publish(by=coordinator)
    return campaign


def make_circulating(**fields: Any) -> Campaign:
    """A campaign that is signed by its private link."""
    campaign = make_draft(**fields)
    campaign.circulate(by=None)
    return campaign


def make_signature(
    campaign: Campaign, name: str = "River Watch", email: str = "secretary@river.example.org", **fields: Any
) -> Signature:
    """A signature as the form leaves it: not yet confirmed."""
    signatory = {"name": name, "name_as_signed": name, "language": "en", **fields}
    contact = {"name": "The secretary", "role": "secretary", "email": email, "notice_version": 1}
    return Signature.objects.submit(campaign, signatory, contact)


def make_pending(campaign: Campaign, name: str = "River Watch", **fields: Any) -> Signature:
    signature = make_signature(campaign, name, **fields)
    signature.confirm()
    return signature


def make_listed(campaign: Campaign, name: str = "River Watch", **fields: Any) -> Signature:
    signature = make_pending(campaign, name, **fields)
    signature.accept()
    return signature


def make_many_listed(campaign: Campaign, number: int, name: str = "River Watch {}", **fields: Any) -> None:
    """So many organizations on the list, in few queries. A list of countries is gone through again and again."""
    now, countries = timezone.now(), fields.pop("countries", [""])
    known = Organization.objects.bulk_create(
        Organization(name=name.format(place), slug=f"{campaign.slug}-{place}") for place in range(1, number + 1)
    )
    Signature.objects.bulk_create(
        Signature(
            campaign=campaign, text_version=campaign.in_force, organization=each, name=each.name,
            name_as_signed=each.name, key=names.key(each.name), language="en", state="listed", position=place,
            confirmed_at=now, decided_at=now, country=countries[place % len(countries)], **fields,
        )
        for place, each in enumerate(known, start=1)
    )  # fmt: skip
    OrganizationName.objects.bulk_create(
        OrganizationName(organization=each, name=each.name, key=names.key(each.name), words=names.key(each.name))
        for each in known
    )


def make_entry(address: str = "chair@lake.example.org", **fields: Any) -> Entry:
    """A pasted line as it is read."""
    given = {"line": 1, "words": address, "organization": "Lake Watch", "person": "Given Surname", "problem": ""}
    return Entry(address=address, **{**given, **fields})


def make_invitation(campaign: Campaign, address: str = "chair@lake.example.org", **fields: Any) -> Invitation:
    """One group, invited."""
    (verdict,) = Invitation.objects.invite(campaign, [make_entry(address, **fields)], by=None)
    assert verdict.invites, verdict.reason
    return campaign.invitations.latest("pk")


def invited_page(invitation: Invitation) -> str:
    """The address behind an invited group's link."""
    return f"/invitations/{tokens.make_invitation(invitation)}/"


def stop_page(invitation: Invitation) -> str:
    return f"/invitations/stop/{tokens.make_stop(invitation)}/"


def filled_form(**fields: Any) -> dict[str, Any]:
    """What a group sends from the sign form, a few seconds after it was opened."""
    return {
        "organization_name": "River Watch",
        "country": "UA",
        "website": "https://river.example.org",
        "shown": "public",
        "comment": "",
        "contact_name": "The secretary",
        "contact_role": "secretary",
        "email": "secretary@river.example.org",
        "is_authorized": "on",
        "accepts_privacy": "on",
        "leave_empty": "",
        "opened": opened(seconds_ago=30),
        **fields,
    }


def opened(seconds_ago: int, language: str = "en") -> str:
    """The form's own token, as it would be had the form been opened then, beside the text in that language."""
    with time_machine.travel(timezone.now() - datetime.timedelta(seconds=seconds_ago)):
        return tokens.opened(text_beside_the_form(language))


def text_beside_the_form(language: str) -> str:
    """What one signs in the test's campaign; empty where there is none."""
    campaign = Campaign.objects.exclude(current_version=None).first()
    return campaign.in_force.stand(language) if campaign else ""


def own_page(signature: Signature) -> str:
    """The address of the contact person's own page."""
    return f"/signatures/{tokens.make(signature, tokens.OWN_PAGE)}/"


def sent_page(signature: Signature) -> str:
    """The address of "look in your inbox", for who has sent the form."""
    return f"/campaigns/{signature.campaign.slug}/sign/sent/?token={tokens.make(signature, tokens.SENT_PAGE)}"


def database_url(name: str = "") -> str:
    """DATABASE_URL of the tests' database, for other processes; or of the one of that name, of SQLite its file."""
    name = name or connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return os.environ["DATABASE_URL"].replace("/postgres?", f"/{name}?")


def every_row() -> dict[str, list[dict[str, Any]]]:
    """All that the database holds of ours but how often people came, to see that something changed nothing."""
    models = apps.get_app_config("campaigns").get_models()
    tables = [model for model in models if not model._meta.proxy and model not in {RateLimit, DayKey}]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in tables}


def make_case_of_2018() -> Campaign:
    """The 2018 case in English and Ukrainian, its twenty-five signatories each with a contact person."""
    load_interpol(make_coordinator())
    campaign = Campaign.objects.get(slug="interpol-2018")
    for place, signature in enumerate(campaign.signatures.order_by("position"), start=1):
        contact = Contact(signature=signature)
        contact.name, contact.role, contact.email = "The secretary", "secretary", f"group-{place}@example.org"
        contact.save()
    return campaign


def make_translation(campaign: Campaign, language: str = "de", ready: bool = True, **fields: Any) -> Translation:
    """A translation that lacks nothing."""
    given = {
        "title": "Ein offener Brief",
        "addressee": "An die Versammlung",
        "summary": "Worum wir die Versammlung bitten." if campaign.summary else "",
        "body": "\n\n".join("Wir haben Ihren Plan gelesen." for _block in markdown.sources(campaign.body)),
    }
    translation = campaign.translations.create(language=language, ready=ready, **{**given, **fields})
    for number, demand in enumerate(campaign.demands.all(), start=1):
        translation.demands.create(demand=demand, text=f"Forderung {number}.")
    translation.settle()
    return translation


def write(translation: Translation, by: Any = None, **texts: str) -> None:
    """Puts texts into a translation by the first words of their labels, as `paragraph_1`, beside the original now."""
    keys = {each.label.lower().replace(" ", "_"): each.key for each in translation.beside().passages}
    typed = {keys[name]: text for name, text in texts.items()}
    writing = Writing(typed, set(), set(), translation.credit, translation.ready, translation.stand)
    translation.write(writing, by=by)


def reword(campaign: Campaign, text: str = "We have *read* your plan twice.") -> None:
    """Edits the draft text, demands aside."""
    campaign.body = text
    campaign.save(update_fields=["body"])


def ask_more(campaign: Campaign, text: str = "Do it soon.") -> Demand:
    """Adds a demand to the draft text."""
    return campaign.demands.create(position=campaign.demands.count() + 1, text=text)


def propose(campaign: Campaign, note: str = "We ask for more.") -> Proposal:
    """Proposes the draft text, with a week to answer."""
    campaign.propose(by=None, note=note, deadline=timezone.now() + datetime.timedelta(weeks=1))
    proposal = campaign.open_proposal
    assert proposal
    return proposal


def correct(campaign: Campaign, note: str = "A slip of the pen.") -> None:
    campaign.correct_wording(by=None, note=note)


def translate(campaign: Campaign, note: str = "Now in German.") -> None:
    campaign.add_translation(by=None, note=note)


def by_hand(**fields: Any) -> dict[str, Any]:
    """A recipient who gets the letter on paper."""
    return {"name": "The president", "salutation": "", "channel": "hand", "language": "en", **fields}


def make_delivery(campaign: Campaign, *recipients: dict[str, Any]) -> Delivery:
    return Delivery.objects.deliver(campaign, by=None, recipients=list(recipients) or [by_hand()])


def make_update(campaign: Campaign, title: str = "They have answered", **fields: Any) -> Update:
    """An update with its text, not yet published."""
    update = Update.objects.create(campaign=campaign, **fields)
    update.texts.create(language=campaign.language, title=title, text="The assembly **has** answered.")
    return update


def send_letters() -> list[EmailMessage]:
    """Sends what waits in the outbox, once decisions cannot be undone any more, and gives what was sent."""
    mail.outbox.clear()
    with time_machine.travel(timezone.now() + UNDO_WITHIN):
        call_command("send_mail", once=True, verbosity=0)
    return list(mail.outbox)


def need_pango() -> None:
    """Skips the test where WeasyPrint lacks Pango, except in CI, which installs it."""
    try:
        import weasyprint  # noqa: F401, PLC0415 - takes 1.5 seconds
    except OSError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no Pango on this machine (Debian: apt install libpangoft2-1.0-0)")
