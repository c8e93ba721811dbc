"""The person who signed for an organization: private, and never in clear in the database."""

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import domains, sealing
from .erasures import Erasable
from .events import Event
from .listing import State

if TYPE_CHECKING:
    from .campaigns import Campaign
    from .organizations import Organization


def sealed(column: str) -> property:
    """The text in the encrypted `column`, as a plain attribute; it is bound to its row and to the column. Empty where
    nothing is kept, or nothing any more.

    Every column of sealed texts is called `sealed_…` and is read and written by this alone: so rotation finds them all.
    """

    def unseal(row: models.Model) -> str:
        kept = bytes(getattr(row, column))
        return sealing.unseal(kept, place(row, column), settings.CONTACT_KEYS) if kept else ""

    def seal(row: models.Model, text: str) -> None:
        setattr(row, column, sealing.seal(text, place(row, column), settings.CONTACT_KEYS) if text else b"")

    return property(unseal, seal)


def place(row: models.Model, column: str) -> str:
    """To what a sealed text is bound, such as "contact 7 sealed_email"."""
    return f"{row._meta.model_name} {row.pk} {column}"


# The number of the privacy notice that signing agrees to; its text is templates/campaigns/privacy/<number>.html.
PRIVACY_NOTICE = 1


class ContactQuerySet(Erasable["Contact"]):
    @transaction.atomic
    def erase(self) -> None:
        """Deletes them for good, with what else is theirs: what they were asked and answered, their word to the
        coordinators, the note on how their yes came. The signatures stay."""
        keys = list(self.order_by().values_list("pk", flat=True))
        apps.get_model("campaigns", "Question").objects.filter(signature__in=keys).delete()
        apps.get_model("campaigns", "Signature").objects.filter(pk__in=keys).update(comment="", source_note="")
        super().erase()

    def expired(self, decided_before: datetime.datetime, ended_before: datetime.date) -> "ContactQuerySet":
        """Those of signatures that were not accepted before that moment, and those of campaigns that ended before that
        day, unless they asked for news and their signature stands."""
        declined = Q(signature__state=State.DECLINED, signature__decided_at__lt=decided_before)
        hears_news = Q(wants_updates=True, signature__state=State.LISTED)
        return self.filter(declined | Q(signature__campaign__ends_on__lt=ended_before) & ~hears_news)

    def hand_out(self, campaign: "Campaign", ending: str, by: Any) -> "ContactQuerySet":
        """Those of the campaign's listed signatures, to go out as a file of that ending, which is recorded."""
        listed = self.filter(signature__campaign=campaign, signature__state="listed")
        Event.objects.record(Event.Verb.CONTACTS_EXPORTED, campaign, by=by, format=ending, rows=listed.count())
        return listed

    def to_invite(
        self, organizations: "Sequence[Organization]", campaigns: "models.QuerySet[Campaign]"
    ) -> "dict[int | None, Contact]":
        """By the key of each of these organizations, the newest contact person in these campaigns who has asked to be
        kept informed, and whose signature stands."""
        willing = self.filter(
            signature__organization__in=organizations,
            signature__campaign__in=campaigns,
            signature__state="listed",
            wants_updates=True,
        ).exclude(email_index="")
        known = willing.select_related("signature").order_by("signature__submitted_at", "pk")
        return {contact.signature.organization_id: contact for contact in known}


class Contact(models.Model):
    signature = models.OneToOneField(
        "Signature", models.CASCADE, primary_key=True, related_name="contact", verbose_name=_("signature")
    )
    sealed_name = models.BinaryField()
    sealed_role = models.BinaryField()
    sealed_email = models.BinaryField()
    sealed_new_email = models.BinaryField(default=b"")
    email_index = models.CharField(max_length=64, db_index=True)
    domain_index = models.CharField(max_length=64, blank=True, db_index=True)
    notice_version = models.PositiveIntegerField(_("privacy notice"), null=True)
    notice_language = models.CharField(_("read in"), max_length=12, blank=True)
    consented_at = models.DateTimeField(_("agreed"), null=True)
    wants_updates = models.BooleanField(_("wants updates"), default=False)

    name = sealed("sealed_name")
    role = sealed("sealed_role")
    _email = sealed("sealed_email")
    new_email = sealed("sealed_new_email")  # to which letters shall go once it is proven

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact person")
        verbose_name_plural = _("contact persons")

    def __str__(self) -> str:
        return str(_("contact person"))

    @property
    def email(self) -> str:
        """The address, empty where a coordinator took down a spoken or written yes without one."""
        return str(self._email)

    @email.setter
    def email(self, address: str) -> None:
        self._email = address
        self.email_index = index(address) if address else ""
        self.domain_index = domain_index(domain_of(address))

    @property
    def domain(self) -> str:
        """The registrable domain of the address; empty where there is none."""
        return domain_of(self.email)

    @transaction.atomic
    def stop_news(self) -> None:
        """The contact person wants no more letters about what happens later."""
        if Contact.objects.filter(pk=self.pk, wants_updates=True).update(wants_updates=False):
            Event.objects.record(Event.Verb.NEWS_ENDED, signature=self.signature)
        self.wants_updates = False

    def show_email(self, by: Any) -> str:
        """The address in clear, for a coordinator whose look at it is recorded."""
        Event.objects.record(Event.Verb.ADDRESS_SEEN, signature=self.signature, by=by)
        return self.email

    @property
    def masked_email(self) -> str:
        return masked(self.email)


def masked(address: str) -> str:
    """The address as its owner would know it and nobody else: `s…@example.org`."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}" if domain else ""


def index(address: str) -> str:
    """The blind index under which an address is found again, whatever its capitals."""
    return sealing.blind_index(address.strip().casefold(), settings.CONTACT_INDEX_KEY)


def domain_of(address: str) -> str:
    return domains.registrable(address.rpartition("@")[2])


def domain_index(domain: str) -> str:
    """The blind index under which the addresses of a registrable domain are found again; empty for none."""
    return sealing.blind_index(f"@{domain}", settings.CONTACT_INDEX_KEY) if domain else ""
