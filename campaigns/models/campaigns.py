"""A campaign: one statement, its demands, its addressee, and the time in which it can be signed."""

import datetime
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import drafts
from .events import Event
from .memberships import Membership, Role
from .outbox import OutgoingMail
from .texts import NumberedDemand, Statement, TextVersion, languages

if TYPE_CHECKING:
    from .passes import LatePass
    from .proposals import Proposal


LATE_FOR = datetime.timedelta(days=7)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def of(self, user: Any, *roles: str) -> "CampaignQuerySet":
        """Those in which the person has one of the roles; a site administrator has them all."""
        mine = Membership.objects.filter(user=user, role__in=roles)
        return self if user.is_superuser else self.filter(pk__in=mine.values("campaign"))

    def published(self) -> "CampaignQuerySet":
        return self.filter(stage=Campaign.Stage.PUBLISHED, publish_at__lte=timezone.now())

    def for_readers(self) -> "CampaignQuerySet":
        """The published ones as a page needs them: with their text, and what was delivered last."""
        last = (
            apps.get_model("campaigns", "Delivery").objects.filter(campaign=models.OuterRef("pk")).order_by("-number")
        )
        return (
            self.published()
            .select_related("current_version")
            .annotate(
                delivered_at=models.Subquery(last.values("at")[:1]),
                delivered_as=models.Subquery(last.values("fingerprint")[:1]),
            )
        )

    def open(self) -> "CampaignQuerySet":
        return self.published().filter(models.Q(closes_at=None) | models.Q(closes_at__gt=timezone.now()))

    def closed(self) -> "CampaignQuerySet":
        return self.published().filter(closes_at__lte=timezone.now())

    def with_listed_count(self) -> "CampaignQuerySet":
        """Each with `listed_count`, how many stand under what it asks now."""
        standing = models.Q(
            signatures__state="listed", signatures__text_version__edition=models.F("current_version__edition")
        )
        return self.annotate(listed_count=models.Count("signatures", filter=standing))

    def with_pending_count(self) -> "CampaignQuerySet":
        """Each with `pending_count`, how many signatures await a decision."""
        return self.annotate(pending_count=models.Count("signatures", filter=models.Q(signatures__state="pending")))


class Campaign(models.Model):
    class Stage(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9-]+$", _("Use small letters, digits and hyphens only."))],
        help_text=_("The last part of the page's address. It cannot be changed later."),
    )
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.DRAFT, editable=False)
    current_version = models.ForeignKey(
        TextVersion, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("current version")
    )
    publish_at = models.DateTimeField(_("published"), null=True, editable=False)
    closes_at = models.DateTimeField(
        _("open for signature until"), null=True, blank=True, help_text=_("Empty: until a coordinator closes it.")
    )
    ends_on = models.DateField(
        _("end of the campaign"),
        help_text=_("The work is over on this day; the data of contact persons is erased 90 days later."),
    )

    language = models.CharField(_("original language"), max_length=12, choices=languages, default="en")
    title = models.CharField(_("title"), max_length=300)
    addressee = models.CharField(
        _("addressee"), max_length=300, help_text=_("To whom the statement speaks, as in “To the members of …”.")
    )
    summary = models.TextField(
        _("summary"), max_length=500, blank=True, help_text=_("One or two sentences for lists and previews.")
    )
    body = models.TextField(
        _("text"), blank=True, help_text=_("Markdown. The demands stand apart, below, and are numbered by themselves.")
    )
    statement_date = models.DateField(_("date of the statement"), default=datetime.date.today)

    reviews = models.BooleanField(
        _("a coordinator decides on each signature"),
        default=True,
        help_text=_("Without review, a new organization is listed as soon as its address is confirmed."),
    )
    allows_persons = models.BooleanField(
        _("persons may sign in their own name"),
        default=False,
        help_text=_("They are listed and counted apart, with an affiliation “for identification only”."),
    )
    reply_to = models.EmailField(_("where to reply"), help_text=_("Groups that answer our letters write here."))

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-publish_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage="draft") | models.Q(publish_at__isnull=False, current_version__isnull=False),
                name="campaign_published_with_a_text_version",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.closes_at and self.publish_at and self.closes_at <= self.publish_at:
            raise ValidationError({"closes_at": _("Signing cannot end before the campaign was published.")})

    @property
    def is_published(self) -> bool:
        return self.stage == self.Stage.PUBLISHED and self.publish_at is not None and self.publish_at <= timezone.now()

    @property
    def is_closed(self) -> bool:
        return self.closes_at is not None and self.closes_at <= timezone.now()

    @property
    def is_open(self) -> bool:
        """Whether it takes signatures now."""
        return self.is_published and not self.is_closed

    @property
    def text(self) -> Statement:
        """What was frozen last, in the original language: all that the public ever sees."""
        return self.in_force.statement(self.language)

    @property
    def digest(self) -> str:
        """The fingerprint of that text."""
        return self.in_force.digest(self.language)

    @property
    def in_force(self) -> TextVersion:
        """The text version that the public reads. A draft has none."""
        assert self.current_version is not None
        return self.current_version

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

    @property
    def has_draft_changes(self) -> bool:
        """Whether the draft text differs from what the public reads, in any language."""
        return bool(self.draft_digests() != self.in_force.digests)

    def demand_keys(self) -> set[str]:
        """The keys of the demands that the public reads, or has read."""
        texts = [version.statement(self.language) for version in self.text_versions.in_force()]
        return {demand.key for text in texts for demand in text.demands}

    def draft_digests(self) -> dict[str, str]:
        return {language: statement.digest() for language, statement in self.draft_texts().items()}

    @property
    def open_proposal(self) -> "Proposal | None":
        return self.proposals.filter(outcome="open").first()

    def reviewers(self) -> QuerySet[Any]:
        """The active people who decide on its signatures."""
        decide = self.memberships.filter(role__in=[Role.OWNER, Role.REVIEWER])
        return get_user_model().objects.filter(is_active=True, pk__in=decide.values("user"))

    def lock(self) -> None:
        """Reads the row anew and holds it until the transaction ends."""
        self.refresh_from_db(from_queryset=Campaign.objects.select_for_update())

    def record_start(self, by: Any) -> None:
        Event.objects.record(Event.Verb.CREATED, self, by=by)

    @transaction.atomic
    def discard(self, by: Any) -> None:
        """Deletes the draft. What was recorded of it stays."""
        Event.objects.record(Event.Verb.DELETED, self, by=by)
        self.delete()

    def record_edit(self, fields: Sequence[str], by: Any) -> None:
        """Records that these fields of the draft were edited, if any."""
        if fields:
            Event.objects.record(Event.Verb.EDITED, self, by=by, fields=list(fields))

    def bring_text(self, by: Any, title: str, body: str, demands: Sequence[str]) -> None:
        """Puts this text in place of the draft’s. Raises ValidationError once the campaign is past its draft."""
        drafts.bring_text(self, by, title, body, demands)

    @transaction.atomic
    def publish(self, by: Any, seen: dict[str, str] | None = None) -> None:
        """Freezes the text and opens the campaign to the public.

        `seen` are the digests of the text that the coordinator has looked at. Raises ValidationError when the draft is
        not that text any more, and while something lacks.
        """
        self.lock()
        if self.stage == self.Stage.PUBLISHED:
            return
        self.refuse_unseen(seen)
        if self.is_closed:
            raise ValidationError(_("The time to sign has already passed: move it first."))
        self.current_version = self.freeze(TextVersion.Kind.FIRST, edition=1)
        self.stage, self.publish_at = self.Stage.PUBLISHED, timezone.now()
        self.save(update_fields=["current_version", "stage", "publish_at"])
        Event.objects.record(Event.Verb.PUBLISHED, self, by=by, version=self.current_version.number)

    @transaction.atomic
    def correct_wording(self, by: Any, note: str, seen: dict[str, str] | None = None) -> None:
        """Makes the draft the text. Signatures stand, and every contact person is told what changed."""
        self.lock()
        self.refuse_revision(seen)
        if [demand.key for demand in self.draft_text.demands] != [demand.key for demand in self.text.demands]:
            raise ValidationError(_("A demand was added, removed or moved: that changes what we ask."))
        self._put_in_force(self.freeze(TextVersion.Kind.WORDING, self.in_force.edition, note))
        Event.objects.record(Event.Verb.CORRECTED, self, by=by, version=self.in_force.number)
        OutgoingMail.objects.queue_for_all("text_corrected", self.signatures.confirmed(), occasion=self.in_force.pk)

    @transaction.atomic
    def add_translation(self, by: Any, note: str, seen: dict[str, str] | None = None) -> None:
        """Adds the ready translations to the text. No other language changes, and nobody is mailed."""
        self.lock()
        self.refuse_revision(seen)
        draft, public = self.draft_digests(), self.in_force.digests
        if any(draft.get(language) != digest for language, digest in public.items()):
            raise ValidationError(_("A language that is public already has changed: that corrects wording."))
        self._put_in_force(self.freeze(TextVersion.Kind.TRANSLATION, self.in_force.edition, note))
        added = sorted(set(draft) - set(public))
        Event.objects.record(Event.Verb.TRANSLATED, self, by=by, version=self.in_force.number, languages=added)

    @transaction.atomic
    def propose(self, by: Any, note: str, deadline: datetime.datetime, seen: dict[str, str] | None = None) -> None:
        """Freezes the draft as a proposal and asks every signatory. It is not the text before it is adopted."""
        self.lock()
        self.refuse_revision(seen)
        if deadline <= timezone.now():
            raise ValidationError(_("The deadline has already passed."))
        if self.draft_text.digest() == self.digest:
            raise ValidationError(_("Only a translation differs: that does not change what we ask."))
        edition = 1 + self.text_versions.aggregate(last=models.Max("edition"))["last"]
        version = self.freeze(TextVersion.Kind.DEMANDS, edition, note)
        proposal = self.proposals.create(version=version, deadline=deadline)
        Event.objects.record(Event.Verb.PROPOSED, self, by=by, version=version.number, deadline=deadline.isoformat())
        OutgoingMail.objects.queue_for_all("text_proposed", self.signatures.listed(), occasion=proposal.pk)

    def refuse_unseen(self, seen: dict[str, str] | None) -> None:
        """Raises ValidationError when the draft is not the text, by its digests, that the coordinator has looked at."""
        if seen is not None and seen != self.draft_digests():
            raise ValidationError(_("The text was changed since you looked at it. Read it again."))

    def refuse_revision(self, seen: dict[str, str] | None) -> None:
        """Raises ValidationError when there is nothing to revise, or a proposal still waits for its end."""
        self.refuse_unseen(seen)
        if not self.is_published:
            raise ValidationError(_("The campaign is not published yet."))
        if self.open_proposal:
            raise ValidationError(_("A proposal is open: make it the text or drop it first."))
        if left_out := set(self.in_force.digests) - set(self.draft_digests()):
            words = _("A language that is public cannot be left out: %(languages)s. Mark its translation as ready.")
            raise ValidationError(words, params={"languages": ", ".join(sorted(left_out))})
        if not self.has_draft_changes:
            raise ValidationError(_("The draft text does not differ from what the public reads."))

    def check_complete(self) -> None:
        """Raises ValidationError, one message for each thing that a statement needs before anyone can sign it."""
        lacks = []
        if not self.body.strip():
            lacks.append(ValidationError(_("The statement has no text yet.")))
        if not self.demands.exists():
            lacks.append(ValidationError(_("The statement has no demand yet.")))
        for translation in self.translations.filter(ready=True):
            missing = [str(demand.number) for demand in translation.statement.demands if not demand.text.strip()]
            if not translation.body.strip():
                words = _("The translation (%(language)s) has no text yet.")
                lacks.append(ValidationError(words, params={"language": translation}))
            if missing:
                words = _("The translation (%(language)s) lacks demand %(numbers)s.")
                params = {"language": translation, "numbers": ", ".join(missing)}
                lacks.append(ValidationError(words, params=params))
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

    def _put_in_force(self, version: TextVersion) -> None:
        self.current_version = version
        self.save(update_fields=["current_version"])

    @transaction.atomic
    def close(self, by: Any) -> None:
        """Takes no more signatures. Raises ValidationError for a campaign that takes none yet."""
        self.lock()
        if self.is_closed:
            return
        if not self.is_published:
            raise ValidationError(_("The campaign is not published yet."))
        self.closes_at = timezone.now()
        self.save(update_fields=["closes_at"])
        Event.objects.record(Event.Verb.CLOSED, self, by=by)

    @transaction.atomic
    def close_at(self, moment: datetime.datetime | None, by: Any) -> None:
        """Takes signatures until that moment; without one, until a coordinator closes it."""
        self.lock()
        if self.closes_at == moment:
            return
        if moment and self.publish_at and moment <= self.publish_at:
            raise ValidationError(_("Signing cannot end before the campaign was published."))
        self.closes_at = moment
        self.save(update_fields=["closes_at"])
        Event.objects.record(Event.Verb.TIMED, self, by=by, until=moment.isoformat() if moment else "")

    @transaction.atomic
    def admit_late(self, by: Any) -> "LatePass":
        """Lets one late group sign a closed campaign, once and within a week."""
        if not (self.is_published and self.is_closed):
            raise ValidationError(_("Only a campaign that has closed needs a link for a late group."))
        late_pass = self.late_passes.create(expires_at=timezone.now() + LATE_FOR)
        Event.objects.record(Event.Verb.ADMITTED, self, by=by, until=late_pass.expires_at.isoformat())
        return late_pass

    @transaction.atomic
    def reopen(self, by: Any) -> None:
        """Takes signatures again, until a coordinator closes it or sets a new time."""
        self.lock()
        if not (self.is_published and self.is_closed):
            return
        self.closes_at = None
        self.save(update_fields=["closes_at"])
        Event.objects.record(Event.Verb.REOPENED, self, by=by)


def new_key() -> str:
    return secrets.token_hex(4)


class Demand(models.Model):
    """One thing that the statement asks. Its number is given when a text version is frozen; its key stays."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="demands", verbose_name=_("campaign"))
    key = models.CharField(_("key"), max_length=8, default=new_key, unique=True, editable=False)
    position = models.PositiveIntegerField(_("position"), default=0)
    text = models.TextField(_("text"), max_length=2000)

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text
