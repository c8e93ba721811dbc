"""How a campaign begins: circulated by a private link, published, or published by itself when an embargo ends."""

import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .draft_texts import DraftText, new_secret
from .events import Event
from .outbox import OutgoingMail
from .stages import Stage
from .texts import Statement, TextVersion


class Beginning(DraftText):
    """Of a campaign, the text with which it began, and when; its stage is told by these times alone."""

    current_version = models.ForeignKey(
        TextVersion, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("current version")
    )
    circulated_at = models.DateTimeField(_("circulating since"), null=True, editable=False)
    circulation_secret = models.CharField(max_length=64, blank=True, editable=False)
    publish_at = models.DateTimeField(_("published"), null=True, editable=False)
    announced_at = models.DateTimeField(_("publication recorded"), null=True, editable=False)

    if TYPE_CHECKING:
        signatures: Any

        @property
        def is_closed(self) -> bool: ...
        def is_closed_at(self, moment: datetime.datetime) -> bool: ...
        def reviewers(self) -> models.QuerySet[Any]: ...

    class Meta:
        abstract = True

    @property
    def stage(self) -> Stage:
        if self.is_published:
            return Stage.PUBLISHED
        return Stage.CIRCULATING if self.circulated_at else Stage.DRAFT

    @property
    def is_draft(self) -> bool:
        return self.stage == Stage.DRAFT

    @property
    def is_circulating(self) -> bool:
        return self.stage == Stage.CIRCULATING

    @property
    def is_published(self) -> bool:
        return self.publish_at is not None and self.publish_at <= timezone.now()

    @property
    def is_embargoed(self) -> bool:
        """Whether it publishes itself at a time that is still to come."""
        return self.publish_at is not None and self.publish_at > timezone.now()

    @property
    def is_frozen(self) -> bool:
        """Whether it has a text that nobody can change any more."""
        return self.current_version is not None

    def was_unpublished_at(self, moment: datetime.datetime) -> bool:
        return self.publish_at is None or moment < self.publish_at

    @property
    def begins_at(self) -> datetime.datetime | None:
        """From when it takes signatures."""
        return self.circulated_at or self.publish_at

    @property
    def in_force(self) -> TextVersion:
        """The text version that the public reads. A draft has none."""
        assert self.current_version is not None
        return self.current_version

    def texts_to_begin_with(self) -> dict[str, Statement]:
        """The text in every language, the original first, as it is frozen or would be."""
        if not self.is_frozen:
            return self.draft_texts()
        languages = sorted(self.in_force.content, key=lambda code: (code != self.language, code))
        return {code: self.in_force.statement(code) for code in languages}

    @transaction.atomic
    def circulate(self, by: Any, seen: dict[str, str] | None = None) -> None:
        """Freezes the text and gathers first signatures by a private link.

        `seen` are the digests of the text that the coordinator has looked at. Raises ValidationError when it is not
        that text any more, and while something lacks.
        """
        self.lock()
        if not self.is_draft:
            return
        self._freeze_first(seen)
        self.circulated_at, self.circulation_secret = timezone.now(), new_secret()
        self.save(update_fields=["current_version", "circulated_at", "circulation_secret"])
        self.record(Event.Verb.CIRCULATED, by, version=self.in_force.number)

    @transaction.atomic
    def renew_link(self, by: Any) -> None:
        """Gives the private page a new link; the old one ends."""
        self.lock()
        if not self.is_circulating:
            raise ValidationError(_("Only a campaign that circulates has a private link."))
        self.circulation_secret = new_secret()
        self.save(update_fields=["circulation_secret"])
        self.record(Event.Verb.LINK_RENEWED, by)

    @transaction.atomic
    def publish(self, by: Any, seen: dict[str, str] | None = None) -> None:
        """Opens the campaign to the public now, with the text that is frozen, or freezes the draft first.

        `seen` and the errors are as for `circulate`.
        """
        self.lock()
        if self.is_published:
            return
        self._freeze_first(seen)
        self.publish_at = timezone.now()
        self.save(update_fields=["current_version", "publish_at"])
        self._record_publication(by)

    @transaction.atomic
    def embargo(self, until: datetime.datetime, by: Any, seen: dict[str, str] | None = None) -> None:
        """Freezes the text, to be public from that moment on by itself. Called again it moves the moment.

        `seen` and the errors are as for `circulate`; a moment that has passed is refused, and one after the close too,
        but for who gathers signatures already.
        """
        self.lock()
        if self.is_published:
            raise ValidationError(_("The campaign is published already."))
        if until <= timezone.now():
            raise ValidationError(_("That time has already passed."))
        if self.publish_at == until:
            return
        if self.is_closed_at(until) and not self.is_circulating:
            raise ValidationError(_("Signing closes before that time: choose an earlier one, or move the close."))
        self._freeze_first(seen)
        self.publish_at = until
        self.save(update_fields=["current_version", "publish_at"])
        self.record(Event.Verb.EMBARGOED, by, until=until.isoformat())

    @transaction.atomic
    def lift_embargo(self, by: Any) -> None:
        """It is published by hand after all. A text that nobody was shown can be edited again."""
        self.lock()
        if self.is_published:
            raise ValidationError(_("The campaign is published already."))
        if not self.is_embargoed:
            return
        self.publish_at = None
        if not self.is_circulating:
            self.current_version = None
        self.save(update_fields=["current_version", "publish_at"])
        self.record(Event.Verb.EMBARGO_LIFTED, by)

    @transaction.atomic
    def announce(self) -> None:
        """Records that an embargo's end has published it, and tells those who signed before and who decide."""
        self.lock()
        if not self.is_published or self.announced_at:
            return
        self._record_publication(by=None)
        for coordinator in self.reviewers():
            OutgoingMail.objects.queue("campaign_published", self, coordinator)

    def _freeze_first(self, seen: dict[str, str] | None) -> None:
        self.refuse_unseen(seen, {code: text.digest() for code, text in self.texts_to_begin_with().items()})
        if self.is_closed and not self.is_circulating:
            raise ValidationError(_("The time to sign has already passed: move it first."))
        if not self.is_frozen:
            self.current_version = self._frozen_before() or self.freeze(TextVersion.Kind.FIRST, edition=1)

    def _frozen_before(self) -> TextVersion | None:
        """The last version where it is the same text: the one of an embargo that was lifted."""
        last = self.text_versions.last()
        return last if last and last.digests == self.draft_digests() else None

    def _record_publication(self, by: Any) -> None:
        self.announced_at = timezone.now()
        self.save(update_fields=["announced_at"])
        self.record(Event.Verb.PUBLISHED, by, version=self.in_force.number)
        OutgoingMail.objects.queue_for_all("statement_published", self.signatures.confirmed(), occasion=1)
