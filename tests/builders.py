"""Plain makers of what tests need. Each gives something whole; name what the test is about."""

import datetime
from typing import Any

import time_machine
from django.apps import apps
from django.contrib.auth.models import User
from django.utils import timezone

from campaigns import tokens
from campaigns.models import Campaign, Signature


def make_coordinator(username: str = "coordinator", **fields: Any) -> User:
    return User.objects.create_superuser(username, f"{username}@desk.example.org", "a long enough password", **fields)


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


def make_campaign(coordinator: User | None = None, **fields: Any) -> Campaign:
    """A published campaign, with its coordinator where one is given."""
    campaign = make_draft(**fields)
    if coordinator:
        campaign.coordinators.add(coordinator)
    campaign.publish(by=coordinator)
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


def opened(seconds_ago: int) -> str:
    """The form's own token, as it would be had the form been opened then."""
    with time_machine.travel(timezone.now() - datetime.timedelta(seconds=seconds_ago)):
        return tokens.opened(fingerprint_of_the_text())


def fingerprint_of_the_text() -> str:
    """The fingerprint beside the form of the test's campaign; empty where there is none."""
    campaign = Campaign.objects.exclude(current_version=None).first()
    return campaign.digest if campaign else ""


def own_page(signature: Signature) -> str:
    """The address of the contact person's own page."""
    return f"/signatures/{tokens.make(signature, tokens.OWN_PAGE)}/"


def sent_page(signature: Signature) -> str:
    """The address of "look in your inbox", for who has sent the form."""
    return f"/campaigns/{signature.campaign.slug}/sign/sent/?token={tokens.make(signature, tokens.SENT_PAGE)}"


def every_row() -> dict[str, list[dict[str, Any]]]:
    """All that the database holds of ours, to see that something changed nothing."""
    models = apps.get_app_config("campaigns").get_models()
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}
