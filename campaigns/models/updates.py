"""What happened after: news, the addressee's reply, the outcome of a demand."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator, URLValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .. import bidi
from .campaigns import Campaign
from .events import Event
from .outbox import OutgoingMail
from .texts import languages

LARGEST_DOCUMENT_BYTES = 10_000_000
WEB_ONLY = URLValidator(schemes=["http", "https"])


def is_pdf(file: Any) -> None:
    """Raises ValidationError for a file that is no PDF or is too large."""
    if file.size > LARGEST_DOCUMENT_BYTES:
        raise ValidationError(_("The file is larger than 10 MB."))
    file.seek(0)
    if not file.read(5).startswith(b"%PDF-"):
        raise ValidationError(_("The file is not a PDF."))
    file.seek(0)


class UpdateQuerySet(models.QuerySet["Update"]):
    def public(self) -> "UpdateQuerySet":
        return self.filter(published_at__lte=timezone.now()).order_by("-date", "-id")

    def before(self, place: tuple[datetime.date, int] | None) -> "UpdateQuerySet":
        """Those that follow a date and a key in the order of `public`; all, without."""
        return self.filter(Q(date__lt=place[0]) | Q(date=place[0], pk__lt=place[1])) if place else self

    def outcomes(self) -> "dict[str, Update]":
        """By the key of each demand of which an outcome is told, the update that tells the newest."""
        return {update.demand_key: update for update in self.public().exclude(demand_key="").reverse()}


class Update(models.Model):
    class Kind(models.TextChoices):
        NEWS = "news", _("news")
        REPLY = "reply", _("reply of the addressee")
        OUTCOME = "outcome", _("outcome of a demand")

    class Outcome(models.TextChoices):
        OPEN = "open", pgettext_lazy("a demand", "open")
        MET = "met", _("met")
        PARTLY = "partly", _("partly met")
        REFUSED = "refused", pgettext_lazy("a demand", "refused")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="updates", verbose_name=_("campaign"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.NEWS)
    demand_key = models.CharField(_("demand"), max_length=8, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True)
    date = models.DateField(_("date"), default=timezone.localdate)
    source = models.URLField(_("source"), max_length=300, blank=True, validators=[WEB_ONLY])
    document = models.FileField(
        _("the reply as PDF"), upload_to="replies/", blank=True, validators=[FileExtensionValidator(["pdf"]), is_pdf]
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        ordering = ["-date", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.date}"

    def clean(self) -> None:
        speaks_of_demand = self.kind == self.Kind.OUTCOME
        if speaks_of_demand and not (self.demand_key and self.outcome):
            raise ValidationError(_("Say of which demand this is the outcome, and what it is."))
        if speaks_of_demand and self.campaign_id and self.demand_key not in self.campaign.demand_keys():
            raise ValidationError(_("That demand is another campaign’s, or is not public."))
        if not speaks_of_demand and (self.demand_key or self.outcome):
            raise ValidationError(_("Only an outcome points at a demand."))

    def record_edit(self, fields: Sequence[str], by: Any, begun: bool = False) -> None:
        """Records that these fields of the draft were edited, or that it was begun."""
        if fields or begun:
            words: dict[str, Any] = {"kind": self.kind, **({"begun": True} if begun else {"fields": list(fields)})}
            Event.objects.record(Event.Verb.UPDATE_WRITTEN, self.campaign, by=by, update=self.pk, **words)

    @transaction.atomic
    def discard(self, by: Any) -> None:
        """Deletes the draft."""
        Event.objects.record(Event.Verb.UPDATE_DELETED, self.campaign, by=by, update=self.pk, kind=self.kind)
        self.delete()

    @transaction.atomic
    def publish(self, by: Any) -> None:
        """Shows it on the page, and mails those signatories who asked for news."""
        self.refresh_from_db(from_queryset=Update.objects.select_for_update())
        if self.published_at:
            return
        if not self.campaign.is_published:
            raise ValidationError(_("The campaign is not published yet."))
        if not self.texts.exists():
            raise ValidationError(_("The update has no text yet."))
        self.published_at = timezone.now()
        self.save(update_fields=["published_at"])
        Event.objects.record(Event.Verb.UPDATED, self.campaign, by=by, kind=self.kind, update=self.pk)
        readers = self.campaign.signatures.listed().filter(contact__wants_updates=True)
        OutgoingMail.objects.queue_for_all("update", readers, occasion=self.pk)


class UpdateTextQuerySet(models.QuerySet["UpdateText"]):
    def public_in(self, campaign: Campaign, language: str) -> list["UpdateText"]:
        """Each public update of the campaign, newest first, in the language or the nearest that there is."""
        texts = self.filter(update__campaign=campaign, update__published_at__lte=timezone.now())
        chosen: dict[int, UpdateText] = {}
        rank = {language: 0, campaign.language: 1}
        for text in texts.select_related("update").order_by("-update__date", "-update__pk", "pk"):
            best = chosen.get(text.update_id)
            if best is None or rank.get(text.language, 2) < rank.get(best.language, 2):
                chosen[text.update_id] = text
        return list(chosen.values())


class UpdateText(models.Model):
    update = models.ForeignKey(Update, models.CASCADE, related_name="texts", verbose_name=_("update"))
    language = models.CharField(_("language"), max_length=12, choices=languages)
    title = models.CharField(_("title"), max_length=200, validators=[bidi.validate])
    text = models.TextField(_("text"), validators=[bidi.validate], help_text=_("Markdown."))

    objects = UpdateTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [models.UniqueConstraint(fields=["update", "language"], name="update_once_per_language")]

    def __str__(self) -> str:
        return self.title
