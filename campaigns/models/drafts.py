"""The draft link: an address that nobody can guess, at which the core groups read the draft text and remark on it."""

import secrets
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .events import Event

if TYPE_CHECKING:
    from .campaigns import Campaign

SECRET_BYTES = 32


@transaction.atomic
def share(campaign: "Campaign", by: Any) -> None:
    campaign.lock()
    if not campaign.draft_secret:
        keep(campaign, secrets.token_urlsafe(SECRET_BYTES))
        Event.objects.record(Event.Verb.DRAFT_SHARED, campaign, by=by)


@transaction.atomic
def renew(campaign: "Campaign", by: Any) -> None:
    campaign.lock()
    if not campaign.draft_secret:
        raise ValidationError(_("The draft link has ended. Open a new one."))
    keep(campaign, secrets.token_urlsafe(SECRET_BYTES))
    Event.objects.record(Event.Verb.DRAFT_RENEWED, campaign, by=by)


@transaction.atomic
def end(campaign: "Campaign", by: Any) -> None:
    campaign.lock()
    if campaign.draft_secret:
        keep(campaign, None)
        Event.objects.record(Event.Verb.DRAFT_ENDED, campaign, by=by)


def keep(campaign: "Campaign", secret: str | None) -> None:
    campaign.draft_secret = secret
    campaign.save(update_fields=["draft_secret"])
