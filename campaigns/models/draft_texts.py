"""The draft text of a campaign: what coordinators edit, before it is frozen."""

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import bidi
from .events import Event
from .links import new_secret
from .texts import NumberedDemand, Statement, TextVersion, languages
from .translations import Translation

if TYPE_CHECKING:
    from .campaigns import Demand


class DraftText(models.Model):
    """The statement in its original language. Its demands and translations are rows of their own."""

    language = models.CharField(_("original language"), max_length=12, choices=languages, default="en")
    title = models.CharField(_("title"), max_length=300, validators=[bidi.validate])
    addressee = models.CharField(
        _("addressee"),
        max_length=300,
        help_text=_("To whom the statement speaks, as in “To the members of …”."),
        validators=[bidi.validate],
    )
    summary = models.TextField(
        _("summary"),
        max_length=500,
        blank=True,
        help_text=_("One or two sentences for lists and previews."),
        validators=[bidi.validate],
    )
    body = models.TextField(
        _("text"),
        blank=True,
        help_text=_("Markdown. The demands stand apart, below, and are numbered by themselves."),
        validators=[bidi.validate],
    )
    statement_date = models.DateField(_("date of the statement"), default=datetime.date.today)

    draft_secret = models.CharField(max_length=64, blank=True, editable=False)

    if TYPE_CHECKING:
        demands: models.QuerySet["Demand"]
        translations: models.QuerySet[Translation]
        text_versions: models.QuerySet[TextVersion]

        @property
        def is_frozen(self) -> bool: ...
        def lock(self) -> None: ...
        def record(self, verb: str, by: Any, **details: Any) -> None: ...

    class Meta:
        abstract = True

    @property
    def draft_text(self) -> Statement:
        """The text as coordinators edit it, its demands numbered in their order."""
        return Statement(
            language=self.language,
            date=self.statement_date,
            addressee=self.addressee,
            title=self.title,
            summary=self.summary,
            body=self.body,
            demands=tuple(
                NumberedDemand(key=demand.key, number=number, text=demand.text)
                for number, demand in enumerate(self.demands.all(), start=1)
            ),
        )

    def draft_texts(self) -> dict[str, Statement]:
        """The draft text in every language that is ready, the original first."""
        ready = self.translations.filter(ready=True).exclude(language=self.language)
        translated = {each.language: each.statement.settled() for each in ready}
        return {self.language: self.draft_text.settled(), **translated}

    def draft_digests(self) -> dict[str, str]:
        return {language: statement.digest() for language, statement in self.draft_texts().items()}

    @transaction.atomic
    def bring_text(self, by: Any, title: str, body: str, demands: Sequence[str]) -> None:
        """Puts a text that was written elsewhere in place of this one. Raises ValidationError once it is frozen, and
        for a text that turns the direction of writing without end."""
        for words in (title, body, *demands):
            bidi.validate(words)
        self.lock()
        if self.is_frozen:
            raise ValidationError(_("The text is frozen: what was frozen holds on to its demands."))
        if (self.title, self.body, [demand.text for demand in self.demands.all()]) == (title, body, [*demands]):
            return
        self.title, self.body = title, body
        self.save(update_fields=["title", "body"])
        self._put_demands(demands)
        self.record(Event.Verb.TEXT_BROUGHT, by, demands=len(demands))

    def _put_demands(self, texts: Sequence[str]) -> None:
        """One that is worded as before stays, with its translations; the others go."""
        known = {demand.text: demand for demand in self.demands.all()}
        kept = []
        for position, text in enumerate(texts, start=1):
            if demand := known.pop(text, None):
                self.demands.filter(pk=demand.pk).update(position=position)
            else:
                demand = self.demands.create(text=text, position=position)
            kept.append(demand.pk)
        self.demands.exclude(pk__in=kept).delete()

    @transaction.atomic
    def share_draft(self, by: Any) -> None:
        """Opens a link at which whoever holds it reads the draft text and remarks on it."""
        self.lock()
        if not self.draft_secret:
            self._keep_draft_secret(new_secret())
            self.record(Event.Verb.DRAFT_SHARED, by)

    @transaction.atomic
    def renew_draft_link(self, by: Any) -> None:
        """Ends the link and makes a new one. Raises ValidationError where none is open."""
        self.lock()
        if not self.draft_secret:
            raise ValidationError(_("The draft link has ended. Open a new one."))
        self._keep_draft_secret(new_secret())
        self.record(Event.Verb.DRAFT_RENEWED, by)

    @transaction.atomic
    def end_draft_link(self, by: Any) -> None:
        """Ends the link. The remarks stay at the desk."""
        self.lock()
        if self.draft_secret:
            self._keep_draft_secret("")
            self.record(Event.Verb.DRAFT_ENDED, by)

    def _keep_draft_secret(self, secret: str) -> None:
        self.draft_secret = secret
        self.save(update_fields=["draft_secret"])

    def refuse_unseen(self, seen: dict[str, str] | None, digests: dict[str, str]) -> None:
        """Raises ValidationError when the text of those digests is not the one that the coordinator has looked at."""
        if seen is not None and seen != digests:
            raise ValidationError(_("The text was changed since you looked at it. Read it again."))

    def check_complete(self) -> None:
        """Raises ValidationError, one message for each thing that a statement needs before anyone can sign it."""
        lacks = []
        if not self.body.strip():
            lacks.append(ValidationError(_("The statement has no text yet.")))
        if not self.demands.exists():
            lacks.append(ValidationError(_("The statement has no demand yet.")))
        for translation in self.translations.filter(ready=True):
            lacks += translation.lacks()
        if lacks:
            raise ValidationError(lacks)

    def freeze(self, kind: str, edition: int, note: str = "") -> TextVersion:
        """A new text version of the draft text. Raises ValidationError while something lacks."""
        self.check_complete()
        statements = self.draft_texts()
        return self.text_versions.create(
            number=self.text_versions.count() + 1,
            edition=edition,
            kind=kind,
            note=note,
            created_at=timezone.now(),
            content={language: statement.to_content() for language, statement in statements.items()},
            digests={language: statement.digest() for language, statement in statements.items()},
        )
