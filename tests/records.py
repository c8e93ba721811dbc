"""What tests read back from the database, to compare it whole."""

import datetime
from typing import Any

from django.contrib.auth.models import User

from campaigns.models import Campaign, OutgoingMail, Signature

Recorded = tuple[str, str | None, datetime.datetime, dict[str, Any]]


def stand(signature: Signature) -> dict[str, Any]:
    """The signature's state, times and decision, but for what was never set."""
    columns = ["state", "confirmed_at", "decided_at", "ended_at", "decided_by__username", "reason", "position"]
    row = Signature.objects.filter(pk=signature.pk).values(*columns).get()
    return {column: value for column, value in row.items() if value not in {None, ""}}


def events(about: Signature | Campaign) -> list[Recorded]:
    """What is recorded of the signature, or of the campaign itself: verb, coordinator, time, details."""
    on_record = about.events.all() if isinstance(about, Signature) else about.events.filter(signature=None)
    return list(on_record.order_by("id").values_list("verb", "who__username", "at", "details"))


def mails(signature: Signature) -> list[tuple[str, str]]:
    """The letters about the signature, in alphabetical order, each with who gets it."""
    coordinators = dict(User.objects.values_list("pk", "username"))
    about = OutgoingMail.objects.filter(reference=signature.pk).values_list("kind", "recipient")
    return sorted((kind, coordinators.get(recipient or 0, "contact")) for kind, recipient in about)
