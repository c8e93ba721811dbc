"""Remarks: what the core groups say of the draft text, passage by passage, until the campaign's work is over."""

import datetime
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import markdown
from .contacts import sealed
from .erasures import Erasable
from .events import Event
from .texts import Statement

LONGEST_WORDS = 2000
MOST_OPEN = 300  # of one campaign
DIGEST_CHARACTERS = 16
TITLE, SUMMARY, WHOLE = "title", "summary", "whole"


class RemarkQuerySet(Erasable["Remark"]):
    def open(self) -> "RemarkQuerySet":
        return self.filter(settled_at=None)

    def of_campaigns_over(self, day: datetime.date) -> "RemarkQuerySet":
        """Those of campaigns that ended before that day."""
        return self.filter(campaign__ends_on__lt=day)

    def beside(self, text: Statement) -> "Reading":
        """The text in its passages, each with those of the remarks that were left on it, the oldest first."""
        left: dict[str, list[Remark]] = defaultdict(list)
        for remark in self.filter(language=text.language):
            left[remark.place].append(remark)

        def passage(place: str, label: str, html: SafeString) -> Passage:
            return Passage(place, label, markdown.plain(html), html, left.pop(place, []))

        title = passage(TITLE, gettext("the title"), escape(text.title))
        summary = passage(SUMMARY, gettext("the summary"), escape(text.summary)) if text.summary else None
        body = [passage(*each) for each in paragraphs(text.body)]
        demands = [
            passage(demand.key, numbered(gettext("demand %(number)s"), demand.number), markdown.render(demand.text))
            for demand in text.demands
        ]
        whole = passage(WHOLE, gettext("the whole text"), SafeString())
        return Reading(
            text, title, summary, body, demands, whole, [remark for each in left.values() for remark in each]
        )


class Remark(models.Model):
    campaign = models.ForeignKey("Campaign", models.CASCADE, related_name="remarks", verbose_name=_("campaign"))
    language = models.CharField(_("language"), max_length=12)
    place = models.CharField(_("place"), max_length=24)
    quote = models.TextField(_("what it is about, as it was worded then"), blank=True)
    sealed_name = models.BinaryField(default=b"")
    sealed_words = models.BinaryField(default=b"")
    at = models.DateTimeField(_("left"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("settled by")
    )

    name = sealed("sealed_name")
    words = sealed("sealed_words")

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark on the draft")
        verbose_name_plural = _("remarks on the draft")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return str(_("remark %(number)s") % {"number": self.pk})

    @transaction.atomic
    def leave(self, name: str, words: str) -> None:
        """Brings it to all who hold the draft link. Raises ValidationError for a flood and, with the code "ended",
        where the link by which it came has ended meanwhile."""
        secret = self.campaign.draft_secret
        self.campaign.lock()
        if self.campaign.draft_secret != secret:
            raise ValidationError(_("This link has ended."), code="ended")
        if self.campaign.remarks.open().count() >= MOST_OPEN:
            raise ValidationError(_("Many remarks have come in, and nobody has settled them yet."), code="flood")
        self.save(force_insert=True)
        self.name, self.words = name, words
        self.save(update_fields=["sealed_name", "sealed_words"])
        Event.objects.record(Event.Verb.REMARKED, self.campaign, remark=self.pk, language=self.language)

    @transaction.atomic
    def settle(self, by: Any) -> None:
        """The text answers it, or the coordinators have."""
        if Remark.objects.open().filter(pk=self.pk).update(settled_at=timezone.now(), settled_by=by):
            Event.objects.record(Event.Verb.REMARK_SETTLED, self.campaign, by=by, remark=self.pk)

    @transaction.atomic
    def discard(self, by: Any) -> None:
        """Deletes an abuse with its words. That it was done is kept."""
        deleted, _rows = Remark.objects.filter(pk=self.pk).delete()
        if deleted:
            Event.objects.record(Event.Verb.REMARK_DISCARDED, self.campaign, by=by, remark=self.pk)


@dataclass(frozen=True)
class Passage:
    """A piece of the draft text as it is shown, and the remarks on it. What has no words, a rule, has no place."""

    place: str
    label: str
    words: str
    html: SafeString
    remarks: list[Remark]

    @property
    def stand(self) -> str:
        """What one remarks on: the place, as it is worded now."""
        return f"{self.place} {digest(self.words)}"

    @property
    def anchor(self) -> str:
        return f"on-{self.place}"


@dataclass(frozen=True)
class Reading:
    """The draft text in one language as it is read with its remarks; `earlier` are on passages that are gone."""

    text: Statement
    title: Passage
    summary: Passage | None
    body: list[Passage]
    demands: list[Passage]
    whole: Passage
    earlier: list[Remark]

    @property
    def passages(self) -> list[Passage]:
        summary = [self.summary] if self.summary else []
        return [self.title, *summary, *self.body, *self.demands, self.whole]

    @property
    def remarks(self) -> list[Remark]:
        return [remark for passage in self.passages for remark in passage.remarks] + self.earlier

    @property
    def open(self) -> int:
        """How many remarks nobody has settled."""
        return sum(remark.settled_at is None for remark in self.remarks)

    def passage(self, place: str) -> Passage:
        """The passage of that place; the whole text, where there is none such any more."""
        return next((each for each in self.passages if each.place and each.place == place), self.whole)


def paragraphs(body: str) -> Iterator[tuple[str, str, SafeString]]:
    """Each block of the text: its place, what it is called, and its HTML. Of two alike each has a place of its own."""
    alike = Counter[str]()
    for block in markdown.blocks(body):
        words = markdown.plain(block)
        if not words:
            yield "", "", block
            continue
        alike[words] += 1
        again = f"-{alike[words]}" if alike[words] > 1 else ""
        yield digest(words) + again, numbered(gettext("paragraph %(number)s"), alike.total()), block


def numbered(words: str, number: int) -> str:
    return words % {"number": number}


def digest(words: str) -> str:
    """What a passage is known by: the first 16 hexadecimal digits of the SHA-256 of its words."""
    return hashlib.sha256(words.encode()).hexdigest()[:DIGEST_CHARACTERS]
