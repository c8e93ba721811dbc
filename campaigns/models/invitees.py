"""Whom to invite: each pasted line is judged, and those that remain are invited, once each."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..addresses import PROBLEMS, Entry
from .campaigns import Campaign
from .contacts import Contact, index
from .erasures import Erasable
from .events import Event
from .listing import ENDED
from .organizations import Organization
from .outbox import OutgoingMail
from .suppressions import Suppression

if TYPE_CHECKING:
    from .invitations import Invitation
    from .signatures import Signature

AT_ONCE = 500
MOST_AT_ONCE = 3000
MOST_WORDS_SOUGHT = 10


class State(models.TextChoices):
    SILENT = "silent", _("silent")
    DECIDING = "deciding", _("deciding")
    ASKS = "asks", _("asks for a change")
    SIGNED = "signed", _("signed")
    DECLINED = "declined", _("“not this time”")


LAPSED = Q(state=State.SIGNED, signature__state__in=ENDED)
STANDINGS = {
    **{state.value: Q(state=state) for state in State},
    "signed": Q(state=State.SIGNED) & ~LAPSED,
    "lapsed": LAPSED,
}
COUNTS = {name: Count("pk", filter=which) for name, which in STANDINGS.items()}


class LeftOut(models.TextChoices):
    """Why somebody is not invited."""

    MALFORMED = "malformed", _("no address that can be used")
    REPEATED = "repeated", _("the same address stands further up")
    STOPPED = "stopped", _("asked for no more invitations to this statement")
    STOPPED_ALL = "stopped all", _("asked for no more invitations at all")
    INVITED = "invited", _("invited already")
    SIGNED = "signed", _("has signed already")


@dataclass(frozen=True)
class Registered(Entry):
    """An entry that was chosen from the registry: what is known of the organization comes from its record."""

    organization_record: Organization


@dataclass(frozen=True)
class Verdict:
    """What becomes of an entry."""

    entry: Entry
    left_out: LeftOut | None = None

    @property
    def invites(self) -> bool:
        return self.left_out is None

    @property
    def reason(self) -> str | Promise:
        """Why it is left out, in words; empty where it is not."""
        return PROBLEMS.get(self.entry.problem) or (self.left_out.label if self.left_out else "")


@dataclass(frozen=True)
class InvitationTally:
    """How many invitations of a campaign stand, and what those groups have said so far."""

    silent: int
    deciding: int
    asks: int
    signed: int
    declined: int
    lapsed: int  # have signed, and their signatures stand no more

    @property
    def invited(self) -> int:
        return self.silent + self.deciding + self.asks + self.signed + self.declined + self.lapsed


def refuse_too_many(entries: Sequence[Entry]) -> None:
    """Raises ValidationError for more than are read and invited in good time."""
    if len(entries) > MOST_AT_ONCE:
        raise ValidationError(_("Invite at most %(count)s groups at once."), params={"count": MOST_AT_ONCE})


class InvitationQuerySet(Erasable["Invitation"]):
    def judge(self, campaign: Campaign, entries: Sequence[Entry]) -> list[Verdict]:
        """For each entry, in their order, whether it would be invited. Costs three queries."""
        indices = [index(entry.address) if entry.address and not entry.problem else "" for entry in entries]
        barred = self._barred(campaign, {each for each in indices if each})
        verdicts, seen = [], set[str]()
        for entry, email_index in zip(entries, indices, strict=True):
            left_out = LeftOut.MALFORMED if not email_index else barred.get(email_index)
            verdicts.append(Verdict(entry, LeftOut.REPEATED if email_index in seen else left_out))
            seen |= {email_index} - {""}
        return verdicts

    def _barred(self, campaign: Campaign, indices: set[str]) -> dict[str, LeftOut]:
        """Which addresses are not to be invited, and why; what weighs most comes last."""
        signatures = campaign.signatures.confirmed()  # anybody can write an address that is not theirs
        signed = Contact.objects.filter(signature__in=signatures, email_index__in=indices)
        invited = campaign.invitations.standing().filter(email_index__in=indices)
        stopped = Suppression.objects.covering(campaign).filter(email_index__in=indices)
        barred = dict.fromkeys(invited.values_list("email_index", flat=True), LeftOut.INVITED)
        barred |= dict.fromkeys(signed.values_list("email_index", flat=True), LeftOut.SIGNED)
        for email_index, of_campaign in stopped.order_by(F("campaign").asc(nulls_last=True)).values_list(
            "email_index", "campaign"
        ):
            barred[email_index] = LeftOut.STOPPED if of_campaign else LeftOut.STOPPED_ALL
        return barred

    @transaction.atomic
    def invite(self, campaign: Campaign, entries: Sequence[Entry], by: Any, language: str = "") -> list[Verdict]:
        """Invites those whom `judge` lets pass, each by one letter, and gives the verdict on every entry.

        Raises ValidationError while the campaign cannot invite, and for a language in which there is no text.
        """
        refuse_too_many(entries)
        campaign.lock()
        campaign.refuse_inviting()
        language = language or campaign.language
        if language not in campaign.in_force.content:
            raise ValidationError(_("There is no text in that language yet."))
        verdicts = self.judge(campaign, entries)
        chosen = [verdict.entry for verdict in verdicts if verdict.invites]
        if not chosen:
            return verdicts
        today = timezone.localdate(timezone=campaign.zone)
        common = {"campaign": campaign, "language": language, "invited_by": by, "written_on": today}
        invitations = self.bulk_create([self._of_entry(entry, common) for entry in chosen], batch_size=AT_ONCE)
        for invitation, entry in zip(invitations, chosen, strict=True):
            invitation.person, invitation.email = entry.person, entry.address
        self.bulk_update(invitations, ["sealed_person", "sealed_email"], batch_size=AT_ONCE)
        Event.objects.record(Event.Verb.GROUPS_INVITED, campaign, by=by, invitations=len(invitations))
        OutgoingMail.objects.queue_each("invitation", [invitation.pk for invitation in invitations])
        return verdicts

    def _of_entry(self, entry: Entry, common: dict[str, Any]) -> "Invitation":
        """Not saved yet, so that what is sealed to its row is still to come."""
        record = entry.organization_record if isinstance(entry, Registered) else None
        name = record.name if record else entry.organization
        return self.model(organization=record, name=name, email_index=index(entry.address), **common)

    def standing(self) -> "InvitationQuerySet":
        """Those that nobody has taken back."""
        return self.filter(ended_at=None)

    def silent(self) -> "InvitationQuerySet":
        return self.standing().filter(state=State.SILENT)

    def deciding(self) -> "InvitationQuerySet":
        return self.standing().filter(state=State.DECIDING)

    def asking(self) -> "InvitationQuerySet":
        """Those that ask for a change, whether they were answered or not."""
        return self.standing().filter(state=State.ASKS)

    def signed(self) -> "InvitationQuerySet":
        return self.standing().filter(STANDINGS["signed"])

    def lapsed(self) -> "InvitationQuerySet":
        """Those of groups that have signed, and whose signatures were withdrawn, removed or not accepted since."""
        return self.standing().filter(LAPSED)

    def declined(self) -> "InvitationQuerySet":
        return self.standing().filter(state=State.DECLINED)

    def answered(self) -> "InvitationQuerySet":
        """Those of groups that have said something."""
        return self.standing().exclude(state=State.SILENT)

    def named(self, words: str) -> "InvitationQuerySet":
        """Those of groups that have each word in their names."""
        found = self
        for word in words.split()[:MOST_WORDS_SOUGHT]:
            found = found.filter(name__icontains=word)
        return found

    def unanswered(self) -> "InvitationQuerySet":
        """Those that ask for a change and wait for a coordinator's answer."""
        return self.asking().filter(answered_at=None)

    def overdue(self, day: datetime.date) -> "InvitationQuerySet":
        """Those that wanted to have decided before that day."""
        return self.deciding().filter(decide_by__lt=day)

    def to_remind(self, campaign: Campaign, day: datetime.date) -> "InvitationQuerySet":
        """The silent ones of the campaign that may be written to on that day: at most one letter a day, and none to who
        asked for no more, or has signed otherwise."""
        silent = self.silent().filter(campaign=campaign, written_on__lt=day)
        return silent.unsigned(campaign).exclude(pk__in=self.stopped(campaign).values("pk"))

    def stopped(self, campaign: Campaign) -> "InvitationQuerySet":
        """Those of addresses that asked for no more invitations."""
        return self.filter(email_index__in=Suppression.objects.covering(campaign).values("email_index"))

    def unsigned(self, campaign: Campaign) -> "InvitationQuerySet":
        """Those of which neither the address nor the organization stands under the campaign, or waits to."""
        signatures = campaign.signatures.confirmed()
        contacts = Contact.objects.filter(signature__in=signatures).values("email_index")
        organizations = signatures.exclude(organization=None).values("organization")
        by_organization = Q(organization__isnull=False, organization__in=organizations)
        return self.exclude(Q(email_index__in=contacts) | by_organization)

    def tally(self) -> InvitationTally:
        """Counts in one query."""
        return InvitationTally(**self.standing().aggregate(**COUNTS))

    def settle(self, signature: "Signature") -> None:
        """Those of its signatory, by link, address or organization, have signed by it, however it came."""
        contact = getattr(signature, "contact", None)
        theirs = Q(signature=signature)
        if contact and contact.email_index:
            theirs |= Q(email_index=contact.email_index)
        if signature.organization:
            theirs |= Q(organization=signature.organization)
        open_ones = self.standing().filter(theirs).exclude(pk__in=self.signed().values("pk"))
        keys = list(open_ones.values_list("pk", flat=True))
        self.filter(pk__in=keys).update(state=State.SIGNED, signature=signature, changed_at=timezone.now())

    def come_back(self) -> None:
        """They are silent again: what seemed to be their signature is another's."""
        self.update(state=State.SILENT, signature=None, changed_at=timezone.now())

    def of_campaigns_over(self, day: datetime.date) -> "InvitationQuerySet":
        """Those of campaigns that ended before that day."""
        return self.filter(campaign__ends_on__lt=day)
