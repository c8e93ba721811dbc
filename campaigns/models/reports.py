"""Reports of errors: what a reader says is wrong on a page, until somebody at the desk has settled it."""

import datetime
import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from .. import languages
from .campaigns import Campaign
from .contacts import masked, sealed
from .erasures import Erasable
from .events import Event
from .outbox import OutgoingMail

# The pages that everybody may read, by their names among the addresses: none has a token in its path.
PUBLIC_PAGES = frozenset(
    {
        "home", "campaign", "campaign_in", "versions", "version", "signatories", "signatories_in", "sign", "sent",
        "share", "organization", "delivery", "check", "privacy", "privacy_version", "legal",
    }
)  # fmt: skip
PATH = re.compile(r"/[a-zA-Z0-9/_.-]{0,199}")
HOUR = datetime.timedelta(hours=1)
MOST_AN_HOUR = 5  # of one page
MOST_OPEN = 200  # of one campaign


class ReportQuerySet(Erasable["Report"]):
    def expired(
        self, settled_before: datetime.datetime, ended_before: datetime.date, sent_before: datetime.datetime
    ) -> "ReportQuerySet":
        """Those that were settled, or sent, before these moments, and those on campaigns that ended before that day."""
        over = Q(settled_at__lt=settled_before) | Q(campaign__ends_on__lt=ended_before)
        return self.filter(over | Q(at__lt=sent_before))

    def open(self) -> "ReportQuerySet":
        return self.filter(settled_at=None)

    def about(self, path: str) -> "Report":
        """A report, not sent yet, of the public page of that path; of any other path nothing is kept."""
        try:
            with translation.override(languages.of_path(path)):
                page = resolve(path) if PATH.fullmatch(path) else None
        except Resolver404:
            page = None
        if page is None or page.view_name not in PUBLIC_PAGES:
            return Report()
        published = Campaign.objects.published()
        if "fingerprint" in page.kwargs:
            published = published.filter(deliveries__fingerprint=page.kwargs["fingerprint"])
        elif languages.unprefixed(path).startswith("/campaigns/"):
            published = published.filter(slug=page.kwargs["slug"])
        else:
            return Report(page=path)
        campaign = published.first()
        return Report(page=path, campaign=campaign) if campaign else Report()


class Report(models.Model):
    page = models.CharField(_("page"), max_length=200, blank=True)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("campaign")
    )
    sealed_words = models.BinaryField(default=b"")
    sealed_email = models.BinaryField(default=b"")
    at = models.DateTimeField(_("reported"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("settled by")
    )
    note = models.CharField(_("what came of it"), max_length=300, blank=True)

    words = sealed("sealed_words")
    email = sealed("sealed_email")

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of an error")
        verbose_name_plural = _("reports of errors")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["page", "at"], name="reports_of_a_page")]

    def __str__(self) -> str:
        return str(_("report %(number)s") % {"number": self.pk})

    @transaction.atomic
    def send(self, words: str, email: str = "") -> None:
        """Brings it to the desk, with an address to answer to if there is one. Raises ValidationError for a flood."""
        if self.campaign:
            self.campaign.lock()
        self._refuse_flood()
        self.save(force_insert=True)
        self.words, self.email = words, email
        self.save(update_fields=["sealed_words", "sealed_email"])
        Event.objects.record(Event.Verb.REPORTED, self.campaign, report=self.pk, page=self.page)
        if self.campaign:
            self._tell_reviewers(self.campaign)

    @transaction.atomic
    def settle(self, by: Any, note: str) -> None:
        """Nobody has to look at it any more. The `note` says what came of it, without personal data."""
        self.refresh_from_db(from_queryset=Report.objects.select_for_update())
        if self.settled_at:
            return
        self.settled_at, self.settled_by, self.note = timezone.now(), by, note
        self.save(update_fields=["settled_at", "settled_by", "note"])
        Event.objects.record(Event.Verb.SETTLED, self.campaign, by=by, report=self.pk, page=self.page)

    def show_email(self, by: Any) -> str:
        """The address in clear, for one at the desk whose look at it is recorded."""
        Event.objects.record(Event.Verb.REPORTER_SEEN, self.campaign, by=by, report=self.pk)
        return str(self.email)

    @property
    def masked_email(self) -> str:
        return masked(self.email)

    def _tell_reviewers(self, campaign: Campaign) -> None:
        """Once an hour each, so that nobody is flooded with letters."""
        hour = int(self.at.timestamp() // HOUR.total_seconds())
        for reviewer in campaign.reviewers():
            OutgoingMail.objects.queue("report_awaits", campaign, reviewer, occasion=hour)

    def _refuse_flood(self) -> None:
        waiting = Report.objects.open()
        of_the_page = waiting.filter(page=self.page, at__gt=self.at - HOUR)
        if of_the_page.count() < MOST_AN_HOUR and waiting.filter(campaign=self.campaign).count() < MOST_OPEN:
            return
        words = _("Many reports have come in, and nobody has read them all yet.")
        raise ValidationError(words, code="flood")
