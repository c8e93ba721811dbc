"""What was delivered to the addressee: frozen, so that anyone can check it later."""

import datetime
import secrets
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import verify
from .campaigns import Campaign
from .contacts import sealed
from .events import Event
from .listing import STANDS
from .outbox import OutgoingMail
from .proposals import Agreement
from .signatures import Signature
from .texts import TextVersion

SALT_BYTES = 16


def signatures_to_deliver(campaign: Campaign, recipients: list[dict[str, Any]]) -> list[Signature]:
    """Those whose names the addressee reads. Raises ValidationError where there is nothing to deliver, or to nobody."""
    if not campaign.is_published:
        raise ValidationError(_("The campaign is not published yet."))
    if not recipients:
        raise ValidationError(_("Say to whom it is delivered."))
    signatures = list(campaign.signatures.standing().named().select_related("text_version"))
    if not any(signature.shown == Signature.Shown.PUBLIC for signature in signatures):
        raise ValidationError(_("No signature is public yet: there is nothing that anyone could check."))
    return signatures


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    @transaction.atomic
    def deliver(
        self, campaign: Campaign, by: Any, recipients: list[dict[str, Any]], number: int | None = None
    ) -> "Delivery":
        """Freezes the text in force and everyone who stands under it, and queues what goes out by mail from here.

        `number` is the one that the coordinator saw coming; another means that a form was sent twice. Each recipient
        has `salutation`, `name`, `channel`, `language` and, for the channel mail, `address`. Raises ValidationError
        when the public list is empty, nobody receives it, or the campaign is not published.
        """
        campaign.lock()
        next_number = self.filter(campaign=campaign).count() + 1
        if number not in {None, next_number}:
            raise ValidationError(_("It was delivered meanwhile. Look at that delivery before you make another."))
        signatures = signatures_to_deliver(campaign, recipients)
        entries = [DeliveryEntry.of(signature, place) for place, signature in enumerate(signatures, start=1)]
        delivery = self.model(campaign=campaign, text_version=campaign.in_force, at=timezone.now())
        delivery.number = next_number
        delivery.hashes = [verify.entry_hash(entry.salt, entry.words) for entry in entries]
        delivery.counted = campaign.signatures.tally().total
        delivery.fingerprint = verify.fingerprint(delivery.delivered())
        delivery.save(force_insert=True)
        for entry in entries:
            entry.delivery = delivery
        DeliveryEntry.objects.bulk_create(entries, batch_size=1000)
        delivery.address_to(recipients)
        campaign.end_withholding()
        counts: dict[str, Any] = {"signatories": len(entries), "recipients": len(recipients)}
        Event.objects.record(Event.Verb.DELIVERED, campaign, by=by, number=delivery.number, **counts)
        OutgoingMail.objects.queue_for_all("delivered", campaign.signatures.standing(), occasion=delivery.pk)
        return delivery


class Delivery(models.Model):
    """A frozen letter and list. A trigger refuses its UPDATE, DELETE and TRUNCATE."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="deliveries", verbose_name=_("campaign"))
    number = models.PositiveIntegerField(_("number"))
    text_version = models.ForeignKey(
        TextVersion, models.PROTECT, related_name="deliveries", verbose_name=_("text version")
    )
    at = models.DateTimeField(_("delivered"))
    counted = models.PositiveIntegerField(_("signatures counted"))
    hashes = models.JSONField(_("hashes"))
    fingerprint = models.CharField(_("fingerprint"), max_length=64, unique=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["campaign", "number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="delivery_numbered_once")]

    def __str__(self) -> str:
        return str(_("delivery %(number)s of %(campaign)s") % {"number": self.number, "campaign": self.campaign})

    def delivered(self) -> dict[str, Any]:
        """What the fingerprint is taken over."""
        return {
            "campaign": self.campaign.slug,
            "number": self.number,
            "at": self.at.astimezone(datetime.UTC).isoformat(),
            "version": self.text_version.number,
            "texts": self.text_version.digests,
            "counted": self.counted,
            "hashes": self.hashes,
        }

    def manifest(self, for_addressee: bool = False) -> bytes:
        """The delivered list as its file. The public's leaves out the names that only the addressee reads."""
        names = [entry.shown_to_addressee if for_addressee else entry.shown_in_public for entry in self.entries.all()]
        return verify.canonical({"format": verify.FORMAT, "delivered": self.delivered(), "names": names}) + b"\n"

    def examine(self, data: bytes) -> tuple[str, str]:
        """Whether the file `data` is this delivered list: a verdict, or the first thing that is wrong with it.

        It is held against what is public, so that a forged file cannot ask us for the names that are not.
        """
        try:
            document = verify.read(data)
        except verify.Refused as reason:
            return "", str(reason)
        if verify.fingerprint(document["delivered"]) == self.fingerprint:
            return verify.verdict(document), ""
        return "", verify.difference(document, verify.read(self.manifest()))

    def address_to(self, recipients: list[dict[str, Any]]) -> None:
        for words in recipients:
            address = words.pop("address", "")
            recipient = self.recipients.create(**words)
            if recipient.channel == DeliveryRecipient.Channel.MAIL:
                recipient.address = address
                recipient.save(update_fields=["sealed_address"])
                OutgoingMail.objects.queue("letter", recipient)

    @transaction.atomic
    def take_out(self, place: int, by: Any) -> None:
        """Empties the name at `place`, here and in every other delivery, with the correction that may tell it. Hashes
        stay, so the rest still verifies."""
        signature = self.entries.get(place=place).signature
        Signature.objects.filter(pk=signature.pk).update(correction="")
        for entry in DeliveryEntry.objects.select_for_update().filter(signature=signature, words__isnull=False):
            entry.words, entry.salt = None, ""
            entry.save(update_fields=["words", "salt"])
            number = entry.delivery.number
            Event.objects.record(Event.Verb.TAKEN_OUT, self.campaign, signature, by=by, delivery=number)

    def record_receipts(self, fields: Iterable[str], by: Any) -> None:
        """Records that it was noted what came back of it, in these fields of its recipients, if any."""
        if changed := sorted(set(fields)):
            Event.objects.record(Event.Verb.RECEIPT_NOTED, self.campaign, by=by, delivery=self.number, fields=changed)

    def since(self) -> dict[str, int]:
        """How many have withdrawn, were removed or joined since."""
        named = DeliveryEntry.objects.filter(delivery=self, signature=OuterRef("pk"))
        agreed_later = Agreement.objects.filter(signature=OuterRef("pk"), agrees=True, at__gt=self.at)
        stood = Q(decided_at__lte=self.at, agreed_later=False, text_version__edition=self.text_version.edition)
        was_delivered = Q(named=True) | (Q(shown=Signature.Shown.COUNTED) & stood)
        left = was_delivered & Q(ended_at__gt=self.at)
        return self.campaign.signatures.annotate(named=Exists(named), agreed_later=Exists(agreed_later)).aggregate(
            withdrawn=Count("pk", filter=left & Q(state=Signature.State.WITHDRAWN)),
            removed=Count("pk", filter=left & Q(state=Signature.State.REMOVED)),
            joined=Count("pk", filter=STANDS & Q(state=Signature.State.LISTED) & ~was_delivered),
        )


class DeliveryEntryQuerySet(models.QuerySet["DeliveryEntry"]):
    def with_corrections(self) -> "DeliveryEntryQuerySet":
        """Each with `correction`, the words that stand beside it since its signature proved false, and
        `corrected_at`."""
        return self.annotate(correction=F("signature__correction"), corrected_at=F("signature__ended_at"))


class DeliveryEntry(models.Model):
    """One delivered name: public words and a salt beside their hash in the delivery. Only emptying is allowed."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="entries", verbose_name=_("delivery"))
    signature = models.ForeignKey(Signature, models.PROTECT, related_name="deliveries", verbose_name=_("signature"))
    place = models.PositiveIntegerField(_("place"))
    words = models.JSONField(_("words"), null=True)
    salt = models.CharField(max_length=32, blank=True)
    is_public = models.BooleanField(_("public"))

    objects = DeliveryEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivered name")
        verbose_name_plural = _("delivered names")
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["delivery", "place"], name="delivered_name_has_its_place")]

    def __str__(self) -> str:
        return str(self.words["name"]) if self.words else str(_("one name removed"))

    @classmethod
    def of(cls, signature: Signature, place: int) -> "DeliveryEntry":
        return cls(
            signature=signature,
            place=place,
            salt=secrets.token_hex(SALT_BYTES),
            is_public=signature.shown == Signature.Shown.PUBLIC,
            words={
                "name": signature.name,
                "signed_as": signature.name_as_signed,
                "kind": signature.kind,
                "affiliation": signature.affiliation,
                "country": signature.country.code or "",
                "date": signature.signed_at.date().isoformat(),
                "version": signature.text_version.number,
                "came_by": signature.source,
            },
        )

    @property
    def is_taken_out(self) -> bool:
        return self.words is None

    @property
    def shown_to_addressee(self) -> dict[str, Any] | None:
        return None if self.is_taken_out else {"salt": self.salt, "words": self.words}

    @property
    def shown_in_public(self) -> dict[str, Any] | None:
        return self.shown_to_addressee if self.is_public else None


class DeliveryRecipient(models.Model):
    """To whom a delivery went, and what came back."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("mail from here")
        HAND = "hand", _("by hand")
        POST = "post", _("by post")

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="recipients", verbose_name=_("delivery"))
    salutation = models.CharField(_("salutation"), max_length=200, blank=True)
    name = models.CharField(_("recipient"), max_length=200)
    channel = models.CharField(_("channel"), max_length=4, choices=Channel, default=Channel.MAIL)
    language = models.CharField(_("language of the letter"), max_length=12)
    sealed_address = models.BinaryField(default=b"")
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("came back"), null=True, blank=True)
    receipt_at = models.DateTimeField(_("receipt"), null=True, blank=True)
    receipt_note = models.CharField(_("note on the receipt"), max_length=300, blank=True)

    address = sealed("sealed_address")

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
