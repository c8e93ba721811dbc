"""Translations of the draft text, written passage by passage beside the original."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from .. import bidi, markdown
from .events import Event
from .facing import DEMAND, IN_THE_BODY, LEFT, PARAGRAPH, RULE, Beside, Facing, Progress, Written, beside, digest
from .links import new_secret
from .texts import NumberedDemand, Statement, languages

HEADS = ["title", "addressee", "summary"]


@dataclass(frozen=True)
class Writing:
    """What a translator sends: texts by the keys of their passages, the keys of older ones that are still right and of
    left ones that may go, and the stand of the translation that was open before them."""

    texts: dict[str, str]
    still_right: set[str]
    taken_away: set[str]
    credit: str
    ready: bool
    stand: str


class TranslationQuerySet(models.QuerySet["Translation"]):
    def of_translator(self, user: Any) -> "TranslationQuerySet":
        """Those in the language and of the campaign that the person translates."""
        roles = apps.get_model("campaigns", "Membership").objects.filter(user=user, role="translator")
        return self.filter(Exists(roles.filter(campaign=OuterRef("campaign"), language=OuterRef("language"))))

    def shared_by(self, secret: str) -> "TranslationQuerySet":
        """The one whose translators’ link has the secret, for as long as it is open."""
        return self.select_related("campaign").filter(link_secret=secret)


class Translation(models.Model):
    """The draft text in another language; it joins the next text version once it is ready."""

    campaign = models.ForeignKey("Campaign", models.CASCADE, related_name="translations", verbose_name=_("campaign"))
    language = models.CharField(_("language"), max_length=12, choices=languages)
    title = models.CharField(_("title"), max_length=300, validators=[bidi.validate])
    addressee = models.CharField(_("addressee"), max_length=300, validators=[bidi.validate])
    summary = models.TextField(_("summary"), max_length=500, blank=True, validators=[bidi.validate])
    body = models.TextField(_("text"), help_text=_("Markdown."), validators=[bidi.validate])
    credit = models.CharField(_("translated by"), max_length=200, blank=True, validators=[bidi.validate])
    ready = models.BooleanField(_("ready to be published"), default=False)
    # Each passage as it was translated: its place, the original's words then, the translator's. See `facing.Written`.
    source = models.JSONField(_("what was compared with the original"), default=list, editable=False)
    link_secret = models.CharField(max_length=64, blank=True, editable=False)

    objects = TranslationQuerySet.as_manager()

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "language"],
                name="translation_once_per_language",
                violation_error_message=_("There is a translation into this language already."),
            ),
            models.UniqueConstraint(
                fields=["link_secret"],
                condition=models.Q(link_secret__gt=""),
                name="translators_link_of_one_translation",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_language_display())

    def clean(self) -> None:
        if self.campaign_id and self.language == self.campaign.language:
            raise ValidationError({"language": _("This is the original’s own language.")})

    @property
    def statement(self) -> Statement:
        """The translated text, with the original's date and order of demands; a demand that is missing is empty."""
        texts = {each.demand_id: each.text for each in self.demands.all()}
        return Statement(
            language=self.language,
            date=self.campaign.statement_date,
            addressee=self.addressee,
            title=self.title,
            summary=self.summary,
            body=self.body,
            demands=tuple(
                NumberedDemand(key=demand.key, number=number, text=texts.get(demand.pk, ""))
                for number, demand in enumerate(self.campaign.demands.all(), start=1)
            ),
        )

    def beside(self) -> Beside:
        """It and the original as both are now, passage by passage."""
        return beside(self.campaign.draft_text.settled(), list(self._written()))

    @property
    def progress(self) -> Progress:
        return self.beside().progress

    @property
    def stand(self) -> str:
        """All that a translator writes, in short."""
        return digest((list(self._written()), self.credit, self.ready))

    def lacks(self) -> list[ValidationError]:
        """One message for each thing that it needs before it can be published."""
        text, lacks = self.statement, list[Any]()
        if not (text.title and text.addressee):
            lacks.append(_("The translation (%(language)s) has no title or no addressee yet."))
        if not markdown.words(text.body):
            lacks.append(_("The translation (%(language)s) has no text yet."))
        missing = ", ".join(str(demand.number) for demand in text.demands if not demand.text.strip())
        if missing:
            lacks.append(_("The translation (%(language)s) lacks demand %(numbers)s."))
        if not (lacks or self.progress.is_whole):
            lacks.append(f"{self}: {self.progress.words}")
        return [ValidationError(words, params={"language": self, "numbers": missing}) for words in lacks]

    def _written(self) -> Iterator[Written]:
        """Each passage as it was translated. What was not written here, passage by passage, has an unknown original."""
        known = [Written(*row) for row in self.source]
        text = self.statement.settled()
        now = {place: getattr(text, place) for place in HEADS}
        now |= {f"{DEMAND} {demand.key}": demand.text for demand in text.demands}
        for place, words in now.items():
            of = next((each.original for each in known if (each.place, each.text) == (place, words)), "")
            if words:
                yield Written(place, of, words)
        body = [each for each in known if each.place in IN_THE_BODY]
        if joined(body) == text.body:
            yield from body
        else:
            yield from (Written(PARAGRAPH, "", block) for block in markdown.sources(text.body))
        yield from (each for each in known if each.place not in {*now, *IN_THE_BODY})

    def settle(self) -> None:
        """Takes it that each passage translates the original as it is now: it was brought as a whole."""
        now = [Written(each.place, each.original, each.text) for each in self.beside().passages if each.text]
        self.source = [list(astuple(each)) for each in now]
        self.save(update_fields=["source"])

    @transaction.atomic
    def write(self, writing: Writing, by: Any = None) -> None:
        """Takes what a translator wrote; by nobody, it came by the link. Words for a passage that the original has no
        more stay among those left.

        Raises ValidationError while it is ready and lacks something and, with the code "meanwhile", where another has
        written since or the link has ended.
        """
        secret = self.link_secret
        self.lock()
        if self.stand != writing.stand or (by is None and self.link_secret != secret):
            raise ValidationError(_("Somebody else has saved this translation meanwhile."), code="meanwhile")
        before = {field: getattr(self, field) for field in [*HEADS, "body", "credit", "ready", "source"]}
        demands = self.statement.demands
        self._put(list(rewritten(self.beside(), writing)))
        self.credit, self.ready = writing.credit, writing.ready
        if self.ready and (lacks := self.lacks()):
            raise ValidationError(lacks)
        changed = [field for field, value in before.items() if getattr(self, field) != value]
        self.save(update_fields=changed)
        self.record_edit([*changed, *(["demands"] if self.statement.demands != demands else [])], by)

    def _put(self, written: list[Written]) -> None:
        texts = {each.place: each.text for each in written}
        self.source = [list(astuple(each)) for each in written]
        self.body = joined(each for each in written if each.place in IN_THE_BODY)
        for field in HEADS:
            setattr(self, field, texts.get(field, ""))
        for demand in self.campaign.demands.all():
            if text := texts.get(f"{DEMAND} {demand.key}"):
                self.demands.update_or_create(demand=demand, defaults={"text": text})
            else:
                self.demands.filter(demand=demand).delete()

    def lock(self) -> None:
        """Reads the row anew and holds it until the transaction ends."""
        self.refresh_from_db(from_queryset=Translation.objects.select_for_update())

    def record_edit(self, fields: Sequence[str], by: Any) -> None:
        """Records that these fields were edited, if any."""
        if fields:
            self._record(Event.Verb.TRANSLATION_EDITED, by, fields=list(fields))

    def record_start(self, by: Any) -> None:
        self._record(Event.Verb.TRANSLATION_EDITED, by, begun=True)

    def _record(self, verb: str, by: Any, **details: Any) -> None:
        Event.objects.record(verb, self.campaign, by=by, language=self.language, **details)

    @transaction.atomic
    def share(self, by: Any) -> None:
        """Opens a link at which whoever holds it writes the translation, without an account."""
        self.lock()
        if not self.link_secret:
            self._keep_secret(new_secret())
            self._record(Event.Verb.TRANSLATION_SHARED, by)

    @transaction.atomic
    def renew_link(self, by: Any) -> None:
        """Ends the link and makes a new one. Raises ValidationError where none is open."""
        self.lock()
        if not self.link_secret:
            raise ValidationError(_("The translators’ link has ended. Open a new one."))
        self._keep_secret(new_secret())
        self._record(Event.Verb.TRANSLATION_RENEWED, by)

    @transaction.atomic
    def end_link(self, by: Any) -> None:
        """Ends the link. What was written by it stays."""
        self.lock()
        if self.link_secret:
            self._keep_secret("")
            self._record(Event.Verb.TRANSLATION_UNSHARED, by)

    def _keep_secret(self, secret: str) -> None:
        self.link_secret = secret
        self.save(update_fields=["link_secret"])

    @transaction.atomic
    def discard(self, by: Any) -> None:
        """Deletes the draft; what is frozen stays."""
        self._record(Event.Verb.TRANSLATION_DELETED, by)
        self.delete()


def joined(body: Iterable[Written]) -> str:
    return "\n\n".join(each.text for each in body)


def rewritten(now: Beside, writing: Writing) -> Iterator[Written]:
    """The passages with what was sent in place of what stood there."""
    for passage in now.passages:
        text = writing.texts.get(passage.key, passage.text) if passage.place != RULE else passage.original
        is_confirmed = text != passage.text or passage.key in writing.still_right or not passage.is_older
        if text:
            yield Written(passage.place, passage.original if is_confirmed else passage.was, text)
    yield from (Written(LEFT, each.original, each.text) for key, each in now.left if key not in writing.taken_away)
    yield from (Written(LEFT, "", text) for text in astray(now.passages, writing.texts))


def astray(passages: Sequence[Facing], texts: dict[str, str]) -> Iterator[str]:
    """What was typed beside a passage that has changed or gone meanwhile, and stands nowhere else."""
    keys, kept = {each.key for each in passages}, {each.text for each in passages}
    yield from (text for key, text in texts.items() if key not in keys and text and text not in kept)


class DemandTranslation(models.Model):
    translation = models.ForeignKey(Translation, models.CASCADE, related_name="demands", verbose_name=_("translation"))
    demand = models.ForeignKey("Demand", models.CASCADE, related_name="translations", verbose_name=_("demand"))
    text = models.TextField(_("text"), max_length=2000, validators=[bidi.validate])

    class Meta:
        verbose_name = _("translated demand")
        verbose_name_plural = _("translated demands")
        ordering = ["demand__position", "demand_id"]
        constraints = [models.UniqueConstraint(fields=["translation", "demand"], name="demand_translated_once")]

    def __str__(self) -> str:
        return self.text
