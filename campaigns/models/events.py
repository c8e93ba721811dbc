"""The record: who did what, and when. Rows are only ever added; a trigger refuses all else."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .campaigns import Campaign
    from .organizations import Organization
    from .signatures import Signature


class EventQuerySet(models.QuerySet["Event"]):
    def record(
        self,
        verb: str,
        campaign: "Campaign | None" = None,
        signature: "Signature | None" = None,
        *,
        organization: "Organization | None" = None,
        by: Any = None,
        **details: Any,
    ) -> "Event":
        """Adds an event. `by` is the coordinator, None for the public; `details` hold no personal data."""
        about = {"campaign": campaign, "signature": signature, "organization": organization}
        return self.create(verb=verb, who=by, at=timezone.now(), details=details, **about)


class Event(models.Model):
    class Verb(models.TextChoices):
        PUBLISHED = "published", _("published the campaign")
        CORRECTED = "corrected", _("corrected the wording of the text")
        TRANSLATED = "translated", _("added a translation to the text")
        PROPOSED = "proposed", _("proposed a change of what we ask")
        ADOPTED = "adopted", _("made the proposal the text")
        DROPPED = "dropped", _("dropped the proposal")
        DELIVERED = "delivered", _("delivered the letter")
        TAKEN_OUT = "taken out", _("took a name out of a delivered list")
        UPDATED = "updated", _("published an update")
        CLOSED = "closed", _("closed the campaign for signature")
        ADMITTED = "admitted", _("opened a link for one late group")
        TIMED = "timed", _("set the time until which the campaign takes signatures")
        REOPENED = "reopened", _("reopened the campaign for signature")
        APPOINTED = "appointed", _("gave a person a role")
        DISMISSED = "dismissed", _("took a role from a person")
        SUBMITTED = "submitted", _("sent the form")
        READDRESSED = "readdressed", _("corrected the address before confirming")
        RESENT = "resent", _("asked for the confirmation letter again")
        CONFIRMED = "confirmed", _("confirmed the address")
        ACCEPTED = "accepted", _("accepted the signature")
        DECLINED = "declined", _("did not accept the signature")
        UNDONE = "undone", _("took the decision back")
        ASKED = "asked", _("asked the contact person")
        UNASKED = "unasked", _("took the question back")
        ANSWERED = "answered", _("answered the coordinators’ question")
        ADDED = "added", _("added the signature for the group")
        RENAMED = "renamed", _("corrected the listed name")
        AGREED = "agreed", _("agreed to the new text")
        REFUSED = "refused", _("did not agree to the new text")
        WITHDRAWN = "withdrawn", _("withdrew the signature")
        REMOVED = "removed", _("removed the signature")
        CHANGED = "changed", _("changed the organization’s record")
        VERIFIED = "verified", _("verified the organization")
        DOUBTED = "doubted", _("took the verification back")
        READDRESSED_PAGE = "page readdressed", _("gave the organization’s page a new address")
        HIDDEN = "hidden", _("hid the organization’s page")
        UNHIDDEN = "unhidden", _("showed the organization’s page again")
        MERGED = "merged", _("merged another record into the organization")
        UNMERGED = "unmerged", _("undid the merge")
        LOGO_SET = "logo set", _("set the organization’s logo")
        LOGO_REMOVED = "logo removed", _("removed the organization’s logo")
        INITIATOR = "initiator", _("named the group among the initiators")
        NO_INITIATOR = "no initiator", _("took the group from the initiators")
        IMPORTED = "imported", _("brought a list of organizations")
        INVITED = "invited", _("invited a person to the desk")
        ENTRUSTED = "entrusted", _("changed a person’s account")
        FACTOR_TAKEN = "factor taken back", _("took a person’s second factor back")
        ACCOUNT_CLOSED = "account closed", _("closed a person’s account")
        ACCOUNT_REOPENED = "account reopened", _("reopened a person’s account")

    # The record outlives what it speaks of, so its references are kept without the database holding them.
    campaign = models.ForeignKey(
        "Campaign", models.DO_NOTHING, db_constraint=False, null=True, related_name="events", verbose_name=_("campaign")
    )
    signature = models.ForeignKey(
        "Signature",
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="events",
        verbose_name=_("signature"),
    )
    organization = models.ForeignKey(
        "Organization",
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="events",
        verbose_name=_("organization"),
    )
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("coordinator")
    )
    verb = models.CharField(_("what"), max_length=20, choices=Verb)
    at = models.DateTimeField(_("when"))
    details = models.JSONField(_("details"), default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return str(self.get_verb_display())
