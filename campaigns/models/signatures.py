"""A signature: one signatory's name under one text version of one campaign."""

import datetime
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from .. import names
from . import deciding, evidence, places
from .arrivals import SignatureQuerySet
from .campaigns import Campaign
from .candidates import Candidate, Sought
from .contacts import Contact
from .events import Event
from .evidence import Evidence
from .known_names import OrganizationName
from .listing import BY_THE_GROUP, CONFIRM_WITHIN, Kind, Shown, Source, State
from .organizations import Organization
from .outbox import UNDO_WITHIN, OutgoingMail
from .questions import Question
from .texts import TextVersion, languages

if TYPE_CHECKING:
    from .proposals import Proposal


class Signature(models.Model):
    State, Kind, Shown, Source = State, Kind, Shown, Source

    TRANSITIONS = {
        State.UNCONFIRMED: {State.PENDING, State.DISCARDED},
        State.PENDING: {State.LISTED, State.DECLINED, State.WITHDRAWN, State.DISCARDED},
        State.LISTED: {State.WITHDRAWN, State.REMOVED, State.PENDING},
        State.DECLINED: {State.PENDING},
        State.DISCARDED: {State.UNCONFIRMED, State.PENDING},
    }

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="signatures", verbose_name=_("campaign"))
    text_version = models.ForeignKey(
        TextVersion, models.PROTECT, related_name="signatures", verbose_name=_("text version")
    )
    language = models.CharField(_("signed in"), max_length=12, choices=languages)
    kind = models.CharField(_("signatory"), max_length=12, choices=Kind, default=Kind.ORGANIZATION)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="signatures", verbose_name=_("organization")
    )
    name_as_signed = models.CharField(_("name as signed"), max_length=200)
    name = models.CharField(_("listed name"), max_length=200)
    key = models.CharField(max_length=names.KEY_CHARACTERS, editable=False, db_index=True)
    affiliation = models.CharField(_("affiliation, for identification only"), max_length=200, blank=True)
    country = CountryField(_("country"), blank=True)
    website = models.URLField(_("website"), blank=True, max_length=300)
    comment = models.TextField(_("comment"), blank=True)
    shown = models.CharField(_("shown"), max_length=12, choices=Shown, default=Shown.PUBLIC)

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.UNCONFIRMED)
    sending = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submitted_at = models.DateTimeField(_("sent"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    ended_at = models.DateTimeField(_("withdrawn or removed"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.TextField(_("reason"), blank=True)
    correction = models.TextField(_("correction in public"), blank=True)
    attack = models.ForeignKey(
        "Attack", models.PROTECT, null=True, editable=False, related_name="signatures", verbose_name=_("attack")
    )
    evidence_kept = models.JSONField(
        default=list, editable=False, help_text=_("On what it was decided: each code with its sign.")
    )
    position = models.PositiveIntegerField(_("position"), null=True)
    source = models.CharField(_("came by"), max_length=12, choices=Source, default=Source.FORM)
    source_note = models.CharField(_("note on how it came"), max_length=300, blank=True)
    is_initiator = models.BooleanField(
        _("initiator"), default=False, editable=False, help_text=_("It stands first, its logo on the letter.")
    )
    is_first = models.BooleanField(
        _("first signatory"), default=False, editable=False, help_text=_("It signed before publication.")
    )

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["-submitted_at", "-id"]
        indexes = [
            models.Index(fields=["campaign", "state", "position"], name="signature_in_list_order"),
            models.Index(fields=["campaign", "submitted_at"], name="signature_by_time_sent"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organization"],
                condition=Q(state="listed"),
                name="one_listed_signature_per_organization",
            ),
            models.CheckConstraint(
                condition=~Q(state="listed")
                | Q(kind="person", organization=None)
                | Q(kind="organization", organization__isnull=False),
                name="listed_signature_is_an_organizations_or_a_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state="listed") | Q(position__isnull=False, decided_at__isnull=False),
                name="listed_signature_has_its_place_and_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["pending", "declined"]) | Q(confirmed_at__isnull=False),
                name="reviewed_signature_was_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(state="discarded", attack__isnull=False) | (~Q(state="discarded") & Q(attack=None)),
                name="discarded_signature_is_of_an_attack",
            ),
            models.CheckConstraint(
                condition=Q(correction="") | Q(state="removed"), name="corrected_signature_was_removed"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def confirm(self) -> None:
        """The contact person pressed the button behind the link: the address is proven.

        Raises ValidationError when the address was corrected since the link was read.
        """
        proven = self.contact.email_index
        self.campaign.lock()
        self.lock()
        if self.state != self.State.UNCONFIRMED:
            return
        if not Contact.objects.filter(pk=self.pk, email_index=proven).exists():
            raise ValidationError(_("The address was corrected meanwhile: use the link in the newer letter."))
        self.become(self.State.PENDING, confirmed_at=timezone.now())
        Event.objects.record(Event.Verb.CONFIRMED, self.campaign, self)
        self.campaign.invitations.settle(self)
        if corrected := self.campaign.text_versions.corrections_after(self.text_version).last():
            OutgoingMail.objects.queue("text_corrected", self, occasion=corrected.pk)
        if places.may_be_taken_unseen(self):
            places.take_next(self, by=None, organization=None)
            deciding.tell_it_is_listed(self, by=None)
            return
        for coordinator in self.campaign.reviewers():
            OutgoingMail.objects.queue("signature_awaits", self, coordinator)

    def accept(self, by: Any = None, organization: Organization | None = None) -> None:
        """Lists the signature as `organization`'s, or without one as that of a new organization of its own name.

        Raises ValidationError when the organization is on the list already, or the signature is past deciding.
        """
        deciding.accept(self, by, deciding.evidence_to_keep(self, by), organization)

    def accept_and_verify(self, by: Any, organization: Organization | None, how: str) -> None:
        """Accepts, and keeps how the coordinator made sure of the organization; one that is verified stays so.

        Raises ValidationError as `accept` does, without a how, and for a person.
        """
        deciding.accept_and_verify(self, by, deciding.evidence_to_keep(self, by), organization, how)

    def decline(self, by: Any, reason: str) -> None:
        """Does not accept the signature, for a `reason` that the contact person reads."""
        deciding.decline(self, by, deciding.evidence_to_keep(self, by), reason)

    def undo(self, by: Any) -> None:
        """Takes a coordinator's decision back, with all that it did: the signature waits again, and nobody is told.

        Raises ValidationError once the minute for it has passed, a letter is on its way, or the list was delivered.
        """
        deciding.undo(self, by)

    @transaction.atomic
    def ask(self, by: Any, words: str) -> Question:
        """Asks the contact person; the signature waits on. Raises ValidationError while another question is open."""
        self.lock()
        if self.state != self.State.PENDING:
            raise self.refusal(by)
        return Question.objects.ask(self, by, words)

    @transaction.atomic
    def withdraw(self) -> None:
        """The group takes its name back."""
        self.campaign.lock()
        if not self.may_become(self.State.WITHDRAWN):
            return
        self.become(self.State.WITHDRAWN, ended_at=timezone.now())
        Event.objects.record(Event.Verb.WITHDRAWN, self.campaign, self)

    def answer(self, version_read: str, agrees: bool, by: Any = None) -> None:
        """The group's word on the change of text that it has read, by that version's number.

        Raises ValidationError when that is no longer the one in question.
        """
        proposal = self.proposal_to_answer
        if proposal is None or str(proposal.text_to_join.number) != version_read:
            raise ValidationError(
                _("That proposal has ended or changed since you opened the page. Read what stands now.")
            )
        proposal.answer(self, agrees=agrees, by=by)

    @transaction.atomic
    def remove(self, by: Any, reason: str, correction: str = "") -> None:
        """Takes from the list what should never have been there, for a `reason` that the contact person reads.

        A `correction` stands on the page and beside what was delivered. Raises ValidationError where it would tell a
        name that was not public, or was taken out of what was delivered.
        """
        self.campaign.lock()
        if not self.may_become(self.State.REMOVED, by):
            return
        self._refuse_to_name(correction)
        ended = {"decided_by": by, "ended_at": timezone.now(), "reason": reason, "correction": correction}
        self.become(self.State.REMOVED, **ended)
        Event.objects.record(Event.Verb.REMOVED, self.campaign, self, by=by, corrected=bool(correction))
        OutgoingMail.objects.queue("signature_removed", self)

    @transaction.atomic
    def list_as(self, name: str, by: Any) -> None:
        """Corrects the listed name; the name as signed stays, and the group is told.

        Raises ValidationError where another stands on the list by that name, or the signature is past it.
        """
        self.campaign.lock()
        self.lock()
        if self.name == name:
            return
        if self.state not in {self.State.PENDING, self.State.LISTED}:
            raise ValidationError(_("Only a name that is listed, or waits to be, can be corrected."))
        others = self.campaign.signatures.listed().exclude(pk=self.pk)
        if others.filter(Q(name__iexact=name) | Q(organization__names__key=names.key(name))).exists():
            raise ValidationError(_("“%(name)s” is on the list already."), params={"name": name})
        self.name, self.key = name, names.key(name)
        self.save(update_fields=["name", "key"])
        if self.organization:
            self.organization.know_as(name, is_public=False)
        event = Event.objects.record(Event.Verb.RENAMED, self.campaign, self, by=by)
        if self.state == self.State.LISTED:
            until = self.undo_until
            OutgoingMail.objects.queue("signature_renamed", self, occasion=event.pk, not_before=until)

    @transaction.atomic
    def make_initiator(self, by: Any) -> None:
        """It stands first on the list, its logo on the letter. Raises ValidationError unless it is a listed
        organization in public."""
        self.lock()
        if self.is_initiator:
            return
        if (self.state, self.kind, self.shown) != (self.State.LISTED, self.Kind.ORGANIZATION, self.Shown.PUBLIC):
            raise ValidationError(_("Only an organization that is on the public list can be an initiator."))
        self.is_initiator = True
        self.save(update_fields=["is_initiator"])
        Event.objects.record(Event.Verb.INITIATOR, self.campaign, self, by=by)

    @transaction.atomic
    def unmake_initiator(self, by: Any) -> None:
        self.lock()
        if not self.is_initiator:
            return
        self.is_initiator = False
        self.save(update_fields=["is_initiator"])
        Event.objects.record(Event.Verb.NO_INITIATOR, self.campaign, self, by=by)

    @property
    def is_expired(self) -> bool:
        """Whether its address was not confirmed in time."""
        return self.state == self.State.UNCONFIRMED and self.submitted_at < timezone.now() - CONFIRM_WITHIN

    @property
    def undo_until(self) -> datetime.datetime | None:
        """Until when a coordinator's decision on it can be undone; None where there is none, or no longer."""
        is_decided = self.state in {self.State.LISTED, self.State.DECLINED} and self.decided_by_id is not None
        until = self.decided_at and self.decided_at + UNDO_WITHIN
        return until if is_decided and self.source in BY_THE_GROUP and until and until > timezone.now() else None

    @property
    def told_state(self) -> str:
        """Its state as its contact person may know it: a decision that can still be undone is not told."""
        return self.State.PENDING if self.undo_until else self.state

    @property
    def may_be_withdrawn(self) -> bool:
        return self.State.WITHDRAWN in self.TRANSITIONS.get(self.State(self.state), set())

    @property
    def is_public_by_name(self) -> bool:
        """Whether everybody may read the name while it is listed, or could when it was taken off the list."""
        return self.shown == self.Shown.PUBLIC and self.campaign.names_were_public_at(self.ended_at or timezone.now())

    @property
    def shows_logo(self) -> bool:
        """Whether it is an initiator with a logo that the public may see."""
        return self.is_initiator and self.has_logo_in_public

    @property
    def has_logo_in_public(self) -> bool:
        return self.shown_organization is not None and bool(self.shown_organization.logo)

    @property
    def country_in_public(self) -> Any:
        """Where the signatory is from: as it has said or, where it has not, as its organization's page says."""
        return self.country or (self.shown_organization.country if self.shown_organization else self.country)

    @property
    def shown_organization(self) -> Organization | None:
        """Its organization, unless that is hidden."""
        return self.organization if self.organization and not self.organization.is_hidden else None

    @property
    def public_organization(self) -> Organization | None:
        """Of a signature in public, the organization that has a page of its own."""
        return self.organization if self.organization and not self.organization.is_hidden else None

    @property
    def public_since(self) -> datetime.datetime:
        """Since when everybody may read a listed name: since it was listed, or since the campaign or its names are
        public."""
        moments = self.decided_at, self.campaign.publish_at, self.campaign.names_public_at
        return max(moment for moment in moments if moment)

    @property
    def signed_at(self) -> datetime.datetime:
        return self.confirmed_at or self.submitted_at

    @property
    def proposal_to_answer(self) -> "Proposal | None":
        """The change of text on which this signatory is asked: an open one, or one that it has not joined."""
        proposals = self.campaign.proposals.exclude(outcome="dropped").select_related("version", "campaign")
        last = proposals.order_by("-version__edition").first()
        behind = last is not None and self.text_version.edition < last.version.edition
        return last if last and behind and last.may_be_answered_by(self) else None

    def sought(self) -> Sought:
        contact = getattr(self, "contact", None)
        return Sought(self.name, self.website, contact.email if contact else "", self.country.code or "")

    def candidates(self) -> list[Candidate]:
        """The known organizations that this signatory may be, strongest reason first."""
        return Organization.objects.candidates_for([self.sought()])[0]

    def evidence(self, campaigns: "QuerySet[Campaign] | None" = None) -> list[Evidence]:
        """What speaks for it and against it, as it may be told to somebody who decides in its campaign and in these
        `campaigns`."""
        return evidence.gather(self, Campaign.objects.none() if campaigns is None else campaigns)

    def is_public_already(self) -> bool:
        """Whether a signature in this name stands on the public list, where anybody can read it."""
        spelled_so = OrganizationName.objects.in_public().filter(key=names.key(self.name))
        alike = Q(organization__names__in=spelled_so) | Q(name__iexact=self.name)
        return self.campaign.signatures.in_public().filter(alike).exclude(pk=self.pk).exists()

    def twins(self) -> SignatureQuerySet:
        """Other signatures of this campaign, listed or waiting, that seem to be of the same signatory."""
        alike = Q(key=names.key(self.name)) | Q(name_as_signed__iexact=self.name_as_signed)
        if self.kind == self.Kind.ORGANIZATION:
            (known,) = Organization.objects.identified_by([self.sought()])
            alike |= Q(organization__in=[each.organization for each in known])
        contact = getattr(self, "contact", None)
        if contact and contact.email:
            alike |= Q(contact__email_index=contact.email_index)
        return self.campaign.signatures.confirmed().filter(alike).exclude(pk=self.pk)

    def lock(self) -> None:
        self.refresh_from_db(from_queryset=Signature.objects.select_for_update())

    def _refuse_to_name(self, correction: str) -> None:
        """Raises ValidationError for a public correction that tells what the public is not to know."""
        if correction and self.deliveries.filter(words__isnull=True).exists():
            raise ValidationError(_("The name was taken out of a delivered list: say nothing of it in public."))
        known = self.organization.names.values_list("name", flat=True) if self.organization else []
        called = [self.name, self.name_as_signed, *known]
        if not self.is_public_by_name and any(names.tells(correction, name) for name in called):
            raise ValidationError(_("The name was not public: correct it without the name."))

    def may_become(self, state: str, by: Any = None) -> bool:
        """Locks the row and asks the transition table. False when it is so already; ValidationError when it may not,
        and when another coordinator than `by` has decided so before."""
        self.lock()
        if self.state != state and state in self.TRANSITIONS.get(self.State(self.state), set()):
            return True
        if self.state == state and not self.is_decided_by_another(by):
            return False
        raise self.refusal(by)

    def is_decided_by_another(self, by: Any) -> bool:
        return by is not None and self.decided_by not in {None, by} and self.state != self.State.WITHDRAWN

    def refusal(self, by: Any) -> ValidationError:
        """That it is past this; a coordinator reads who decided before."""
        words = _("“%(name)s” is %(state)s by now, so this is no longer possible.")
        if self.is_decided_by_another(by):
            words = _("“%(name)s” is %(state)s: %(coordinator)s decided that before you.")
        params = {"name": self.name, "state": self.get_state_display(), "coordinator": self.decided_by}
        return ValidationError(words, code="transition", params=params)

    def become(self, state: str, **changes: Any) -> None:
        self.state = state
        for field, value in changes.items():
            setattr(self, field, value)
        self.save(update_fields=["state", *changes])
