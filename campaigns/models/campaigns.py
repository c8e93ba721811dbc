"""A campaign: one statement, its demands, its addressee, and the time in which it can be signed."""

import datetime
import secrets
import zoneinfo
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import bidi
from .beginning import Beginning
from .events import Event
from .inviting import Inviting
from .memberships import Role
from .outbox import OutgoingMail
from .stages import CHANGES, CampaignQuerySet, ListOrder
from .texts import Statement, TextVersion

if TYPE_CHECKING:
    from .passes import LatePass
    from .proposals import Proposal


LATE_FOR = datetime.timedelta(days=7)


def time_zones() -> list[tuple[str, str]]:
    """The time zones of the world, by the names under which computers know them."""
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]


def time_zone_here() -> str:
    return str(settings.TIME_ZONE)


class Campaign(Beginning, Inviting):
    ListOrder = ListOrder

    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9-]+$", _("Use small letters, digits and hyphens only."))],
        help_text=_("The last part of the page's address. It cannot be changed later."),
    )
    closes_at = models.DateTimeField(
        _("open for signature until"), null=True, blank=True, help_text=_("Empty: until a coordinator closes it.")
    )
    ends_on = models.DateField(
        _("end of the campaign"),
        help_text=_("The work is over on this day; the data of contact persons is erased 90 days later."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        choices=time_zones,
        default=time_zone_here,
        help_text=_("In it all times of the campaign are written and shown."),
    )

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
    list_order = models.CharField(
        _("order of the list"),
        max_length=4,
        choices=ListOrder,
        default=ListOrder.TIME,
        help_text=_("Initiators stand first, then who signed before publication; the others follow so."),
    )
    names_withheld = models.BooleanField(
        _("names withheld"),
        default=False,
        editable=False,
        help_text=_("Until the first delivery only numbers are public."),
    )
    names_public_at = models.DateTimeField(_("withheld names public since"), null=True, editable=False)
    reply_to = models.EmailField(_("where to reply"), help_text=_("Groups that answer our letters write here."))

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-publish_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(circulated_at=None, publish_at=None) | Q(current_version__isnull=False),
                name="campaign_begun_with_a_text_version",
            ),
            models.CheckConstraint(
                condition=Q(circulated_at=None, circulation_secret="") | Q(circulation_secret__gt=""),
                name="circulating_campaign_has_its_link",
            ),
            models.UniqueConstraint(
                fields=["circulation_secret"],
                condition=Q(circulation_secret__gt=""),
                name="private_link_of_one_campaign",
            ),
            models.UniqueConstraint(
                fields=["draft_secret"], condition=Q(draft_secret__gt=""), name="draft_link_of_one_campaign"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.closes_at and self.begins_at and self.closes_at <= self.begins_at:
            raise ValidationError({"closes_at": _("Signing cannot end before it began.")})
        if self.pk and self.translations.filter(language=self.language).exists():
            raise ValidationError({"language": _("There is a translation into this language already.")})

    def address(self, page: str = "campaign", *args: Any) -> str:
        """The path of one of its pages for those who may read it: by the private link while it circulates, else in
        public, where nothing stands before it begins."""
        if self.is_circulating:
            return reverse(f"circulate:{page}", args=[self.circulation_secret, *args])
        return reverse(page, args=[self.slug, *args])

    def address_in(self, language: str, page: str = "campaign", *args: Any) -> str:
        """As `address`, with the text in that language; without one, in the reader's own."""
        if not language:
            return self.address(page, *args)
        if page in {"campaign", "signatories"}:
            return self.address(f"{page}_in", language)
        return f"{self.address(page, *args)}?in={language}"

    def language_for(self, reader: str) -> str:
        """The language in which a reader of that one finds the text, unless they name another: the original, where it
        is not translated."""
        return self.in_force.language_near(reader) or self.language

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def is_closed(self) -> bool:
        return self.is_closed_at(timezone.now())

    def is_closed_at(self, moment: datetime.datetime) -> bool:
        return self.closes_at is not None and self.closes_at <= moment

    def next_change(self, after: datetime.datetime) -> datetime.datetime | None:
        """When it changes by itself after that moment, as its embargo ends or signing does."""
        ahead = [moment for moment in (getattr(self, name) for name in CHANGES) if moment and moment > after]
        return min(ahead, default=None)

    @property
    def is_open(self) -> bool:
        """Whether it takes signatures now, in public or by the private link."""
        return not self.is_draft and not self.is_closed

    @property
    def text(self) -> Statement:
        """What was frozen last, in the original language: all that the public ever sees."""
        return self.in_force.statement(self.language)

    @property
    def digest(self) -> str:
        """The fingerprint of that text."""
        return self.in_force.digest(self.language)

    @property
    def has_draft_changes(self) -> bool:
        """Whether the draft text differs from what the public reads, in any language."""
        return bool(self.draft_digests() != self.in_force.digests)

    def demand_keys(self) -> set[str]:
        """The keys of the demands that the public reads, or has read."""
        texts = [version.statement(self.language) for version in self.text_versions.in_force()]
        return {demand.key for text in texts for demand in text.demands}

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

    def record(self, verb: str, by: Any, **details: Any) -> None:
        Event.objects.record(verb, self, by=by, **details)

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

    def refuse_revision(self, seen: dict[str, str] | None) -> None:
        """Raises ValidationError when there is nothing to revise, or a proposal still waits for its end."""
        self.refuse_unseen(seen, self.draft_digests())
        if not self.is_frozen:
            raise ValidationError(_("The text is not frozen yet: edit it as it is."))
        if self.open_proposal:
            raise ValidationError(_("A proposal is open: make it the text or drop it first."))
        if left_out := set(self.in_force.digests) - set(self.draft_digests()):
            words = _("A language that is public cannot be left out: %(languages)s. Mark its translation as ready.")
            raise ValidationError(words, params={"languages": ", ".join(sorted(left_out))})
        if not self.has_draft_changes:
            raise ValidationError(_("The draft text does not differ from what the public reads."))

    def refuse_draft(self) -> None:
        """Raises ValidationError for a campaign that takes no signatures yet."""
        if self.is_draft:
            raise ValidationError(_("The campaign takes no signatures yet: circulate or publish it first."))

    def _put_in_force(self, version: TextVersion) -> None:
        self.current_version = version
        self.save(update_fields=["current_version"])

    @transaction.atomic
    def close(self, by: Any) -> None:
        """Takes no more signatures. Raises ValidationError for a campaign that takes none yet."""
        self.lock()
        if self.is_closed:
            return
        self.refuse_draft()
        self.closes_at = timezone.now()
        self.save(update_fields=["closes_at"])
        Event.objects.record(Event.Verb.CLOSED, self, by=by)

    @transaction.atomic
    def close_at(self, moment: datetime.datetime | None, by: Any) -> None:
        """Takes signatures until that moment; without one, until a coordinator closes it."""
        self.lock()
        if self.closes_at == moment:
            return
        if moment and self.begins_at and moment <= self.begins_at:
            raise ValidationError(_("Signing cannot end before it began."))
        self.closes_at = moment
        self.save(update_fields=["closes_at"])
        Event.objects.record(Event.Verb.TIMED, self, by=by, until=moment.isoformat() if moment else "")

    @transaction.atomic
    def withhold_names(self, by: Any) -> None:
        """Until the first delivery the public sees how many have signed, and no name. Raises ValidationError once names
        have been public."""
        self.lock()
        if self.names_withheld:
            return
        if self.is_published:
            raise ValidationError(_("The campaign is published: who has read its names cannot forget them."))
        self.names_withheld, self.names_public_at = True, None
        self.save(update_fields=["names_withheld", "names_public_at"])
        Event.objects.record(Event.Verb.NAMES_WITHHELD, self, by=by)

    @transaction.atomic
    def show_names(self, by: Any) -> None:
        """Names are public as soon as the campaign is, delivered or not."""
        self.lock()
        if self.names_withheld:
            self.end_withholding()
            Event.objects.record(Event.Verb.NAMES_SHOWN, self, by=by)

    def end_withholding(self) -> None:
        """From now on names are public, if they were withheld. The row is held."""
        if self.names_withheld:
            self.names_withheld, self.names_public_at = False, timezone.now()
            self.save(update_fields=["names_withheld", "names_public_at"])

    @property
    def word_on_names(self) -> str:
        """What whoever signs, or reads the list, has to know of the names; empty where they are public."""
        words = gettext(
            "All names are withheld until the statement is delivered, or its coordinators show them earlier."
        )
        return words if self.names_withheld else ""

    def names_were_public_at(self, moment: datetime.datetime) -> bool:
        """Whether names were not withheld then."""
        return not self.names_withheld and (self.names_public_at is None or self.names_public_at <= moment)

    @transaction.atomic
    def admit_late(self, by: Any) -> "LatePass":
        """Lets one late group sign a closed campaign, once and within a week."""
        if self.is_draft or not self.is_closed:
            raise ValidationError(_("Only a campaign that has closed needs a link for a late group."))
        late_pass = self.late_passes.create(expires_at=timezone.now() + LATE_FOR)
        Event.objects.record(Event.Verb.ADMITTED, self, by=by, until=late_pass.expires_at.isoformat())
        return late_pass

    @transaction.atomic
    def reopen(self, by: Any) -> None:
        """Takes signatures again, until a coordinator closes it or sets a new time."""
        self.lock()
        if self.is_draft or not self.is_closed:
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
    text = models.TextField(_("text"), max_length=2000, validators=[bidi.validate])

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text
