"""Lists of organizations that a coordinator brings: looked at row by row, then taken as a whole or not at all."""

import base64
import datetime
import hashlib
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .campaigns import Campaign
from .candidates import Reason
from .contacts import sealed
from .events import Event
from .judging import NAMED, SAME, Entry, Judge, Judgement, Verdict
from .organizations import Organization
from .signatures import Signature

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# A row as it was read: its number, its cells, its words by field, and what is wrong with them.
Line = tuple[int, list[str], dict[str, Any], list[str]]

AT_ONCE = 200
FILES_ARE_KEPT = datetime.timedelta(days=1)


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    @transaction.atomic
    def bring(
        self, file_name: str, data: bytes, *, by: "User | None", campaign: Campaign | None = None, note: str = ""
    ) -> "ImportBatch":
        """A file that was brought, not looked at yet. Raises ValidationError where it cannot be listed so.

        With a `campaign` each row is also listed as a signature; the note then says where their yes can be found.
        """
        if campaign:
            campaign.refuse_draft()
        if campaign and not note.strip():
            raise ValidationError(_("Say where their yes can be found."))
        self.forget_files()
        batch = self.create(file_name=file_name[-200:], by=by, campaign=campaign, note=note.strip())
        batch.file = data
        batch.save(update_fields=["sealed_file"])
        return batch

    def with_old_files(self) -> "ImportBatchQuerySet":
        """Those whose files were brought more than a day ago."""
        return self.filter(created_at__lt=timezone.now() - FILES_ARE_KEPT).exclude(sealed_file=b"")

    def forget_files(self) -> None:
        """A file may hold more than its rows, such as addresses of people: after a day it is gone."""
        self.with_old_files().update(sealed_file=b"")


class ImportBatch(models.Model):
    file_name = models.CharField(_("file"), max_length=200)
    sealed_file = models.BinaryField(default=bytes)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    headings = models.JSONField(_("columns that are taken"), default=list)
    left_out = models.JSONField(_("columns that are left out"), default=list)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("campaign")
    )
    note = models.CharField(_("where their yes can be found"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("brought by")
    )
    created_at = models.DateTimeField(_("brought"), default=timezone.now)
    looked_at = models.DateTimeField(_("looked at"), null=True)
    taken_at = models.DateTimeField(_("taken"), null=True)
    counts = models.JSONField(_("what was taken"), default=dict)

    _file = sealed("sealed_file")

    rows: "models.Manager[ImportRow]"
    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("list that was brought")
        verbose_name_plural = _("lists that were brought")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def file(self) -> bytes:
        """The file as it was brought; empty once it is taken or a day old. Sealed, since it may name people."""
        if not self.sealed_file:
            return b""
        return base64.b64decode(self._file)

    @file.setter
    def file(self, data: bytes) -> None:
        self._file = base64.b64encode(data).decode()

    @transaction.atomic
    def look(self, lines: Iterable[Line], *, encoding: str, headings: list[str], left_out: list[str]) -> None:
        """Writes each line down as it would be taken; a second look starts anew. Nothing of a taken list changes."""
        self.lock()
        if self.taken_at:
            return
        self.rows.all().delete()
        judge = Judge(self.campaign)
        remaining = iter(lines)
        while some := list(islice(remaining, AT_ONCE)):
            entries = [(number, Entry.read(words, problems)) for number, _cells, words, problems in some]
            judged = zip(some, judge.judge(entries), strict=True)
            rows = [ImportRow.judged(self, line, judgement) for line, judgement in judged]
            ImportRow.objects.bulk_create(rows)
        self.encoding, self.headings, self.left_out, self.looked_at = encoding, headings, left_out, timezone.now()
        self.save(update_fields=["encoding", "headings", "left_out", "looked_at"])

    @transaction.atomic
    def choose(self, choices: dict[int, str]) -> None:
        """Keeps what the coordinator chose for rows that are not refused, by their key; see `ImportRow.choose`.

        Raises ValidationError for a choice that was not offered.
        """
        self.lock()
        if self.taken_at:
            return
        for row in self.rows.filter(pk__in=choices).exclude(verdict=Verdict.REFUSED):
            row.choose(choices[row.pk])

    @property
    def fingerprint(self) -> str:
        """What tells the rows, as they would be taken now, from the same rows after a choice or another look."""
        digest = hashlib.sha256()
        for row in self.rows.order_by("pk").values_list("pk", "verdict", "choice", "organization").iterator():
            digest.update(repr(row).encode())
        return digest.hexdigest()

    def take(self, by: "User | None", seen: str | None = None) -> Generator[int, None, None]:
        """Registers and lists, all in one transaction; gives after each row how many are done.

        Nothing is kept unless it is run to its end. A second time it does nothing. `seen` is the fingerprint of what
        the coordinator has looked at. Raises ValidationError where that has changed.
        """
        with transaction.atomic():
            self.lock()
            if self.taken_at or not self.looked_at:
                return
            if seen not in {None, self.fingerprint}:
                raise ValidationError(_("Something has changed since you looked. Look again before you take the list."))
            taking = Taking(self, by)
            done = 0
            for rows in self._in_pieces(self.rows.all()):
                for _row in taking.take(rows):
                    done += 1
                    yield done
            self.taken_at, self.sealed_file = timezone.now(), b""
            self.counts = dict(taking.counts)
            self.save(update_fields=["taken_at", "sealed_file", "counts"])
            Event.objects.record(Event.Verb.IMPORTED, self.campaign, by=by, file=self.file_name, **self.counts)

    @staticmethod
    def _in_pieces(queryset: "models.QuerySet[ImportRow]") -> Iterator[list["ImportRow"]]:
        last = -1
        while rows := list(
            queryset.filter(number__gt=last).select_related("organization").order_by("number")[:AT_ONCE]
        ):
            yield rows
            last = rows[-1].number

    def refused(self) -> Iterator[tuple[list[str], str]]:
        """Of each row that is left out its cells, and why."""
        for rows in self._in_pieces(self.rows.filter(Q(verdict=Verdict.REFUSED) | Q(choice=""))):
            known = ImportRow.candidates_of(rows)
            for row in rows:
                yield row.cells, " ".join(row.why(known))

    def may_be_discarded_by(self, user: Any) -> bool:
        """Who brought a list may forget it until it is taken; a superuser may at any time."""
        return bool(user.is_superuser or (self.by == user and not self.taken_at))

    @transaction.atomic
    def discard(self, by: Any) -> None:
        """Forgets the list, with its rows; what was taken of it stays. Raises PermissionDenied."""
        self.lock()
        if not self.may_be_discarded_by(by):
            raise PermissionDenied
        Event.objects.record(Event.Verb.LIST_FORGOTTEN, self.campaign, by=by, file=self.file_name)
        self.delete()

    def tally(self) -> dict[str, int]:
        """How many rows there are: in all, of each verdict, and as they would be taken by what was chosen so far."""
        taken = ~Q(verdict=Verdict.REFUSED)
        known = [ImportRow.Choice.KNOWN, ImportRow.Choice.SITE]
        return self.rows.aggregate(
            total=Count("pk"),
            **{verdict.value: Count("pk", filter=Q(verdict=verdict)) for verdict in Verdict},
            registered=Count("pk", filter=taken & Q(choice=ImportRow.Choice.NEW)),
            recognized=Count("pk", filter=taken & Q(choice__in=known)),
            left_out=Count("pk", filter=taken & Q(choice=ImportRow.Choice.NONE)),
        )

    def lock(self) -> None:
        self.refresh_from_db(from_queryset=ImportBatch.objects.select_for_update().defer("sealed_file"))


class ImportRow(models.Model):
    Verdict = Verdict

    class Choice(models.TextChoices):
        NONE = "", _("leave it out")
        NEW = "new", _("a new one")
        KNOWN = "known", _("the same as a known one, and called so")
        SITE = "site", _("the same as a known one, whose names stay as they are")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField()
    words = models.JSONField()
    verdict = models.CharField(_("would be taken as"), max_length=10, choices=Verdict)
    reasons = models.JSONField(_("because"), default=list)
    candidates = models.JSONField(default=list)
    organization = models.ForeignKey(Organization, models.SET_NULL, null=True, related_name="+")
    choice = models.CharField(max_length=6, choices=Choice, blank=True, default=Choice.NONE)

    class Meta:
        verbose_name = _("row of a list")
        verbose_name_plural = _("rows of a list")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="row_of_a_list_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.words.get('name', '')}"

    @classmethod
    def judged(cls, batch: ImportBatch, line: Line, judgement: Judgement) -> "ImportRow":
        """A line as it would be taken, not saved yet."""
        number, cells, words, _problems = line
        return cls(
            batch=batch,
            number=number,
            cells=cells,
            words=words,
            verdict=judgement.verdict,
            reasons=judgement.reasons,
            organization=judgement.organization,
            candidates=[[each.organization.pk, each.reason] for each in judgement.candidates],
            choice=cls.choice_at_first(judgement),
        )

    @classmethod
    def choice_at_first(cls, judgement: Judgement) -> str:
        """What happens unless somebody chooses: a record that is known without its name gets no name of the row's."""
        if judgement.verdict == Verdict.KNOWN:
            return cls.Choice.KNOWN if judgement.candidates[0].reason in NAMED else cls.Choice.SITE
        return cls.Choice.NEW if judgement.verdict == Verdict.NEW else cls.Choice.NONE

    def entry(self) -> Entry:
        return Entry.read(self.words)

    def choose(self, choice: str) -> None:
        """Keeps "new", an organization's key, "site" for the one whose names stay as they are, or nothing.

        Raises ValidationError for what is not offered.
        """
        offered = {str(pk) for pk, _reason in self.candidates}
        if choice in offered:
            self.choice, self.organization_id = self.Choice.KNOWN, int(choice)
        elif choice == self.Choice.SITE and self.is_known_without_name:
            self.choice, self.organization_id = self.Choice.SITE, self.candidates[0][0]
        elif choice in {self.Choice.NEW, self.Choice.NONE}:
            self.choice, self.organization_id = self.Choice(choice), None
        else:
            raise ValidationError(_("Choose one of those that are offered."))
        self.save(update_fields=["choice", "organization"])

    def refuse(self, reasons: list[str]) -> None:
        self.verdict, self.reasons = Verdict.REFUSED, reasons
        self.save(update_fields=["verdict", "reasons"])

    @staticmethod
    def candidates_of(rows: Iterable["ImportRow"]) -> dict[int, Organization]:
        """The organizations that the rows may be, by their keys; one that is gone meanwhile is not among them."""
        return Organization.objects.in_bulk({pk for row in rows for pk, _reason in row.candidates})

    def choices(self, known: dict[int, Organization]) -> list[tuple[Organization, str]]:
        """Which organizations it may be, each with the reason in words; `known` as `candidates_of` gives them."""
        return [(known[pk], str(Reason(reason).label)) for pk, reason in self.candidates if pk in known]

    def why(self, known: dict[int, Organization]) -> list[str]:
        """Why it is left out, in sentences."""
        if self.verdict == Verdict.REFUSED:
            return list(self.reasons)
        if self.verdict != Verdict.DOUBTFUL:
            return [gettext("It was left out by choice.")]
        words = gettext("It may be “%(name)s” (%(reason)s).")
        may_be = [words % {"name": each, "reason": reason} for each, reason in self.choices(known)]
        return [*self.reasons, *may_be, gettext("Nobody has chosen.")]

    @property
    def is_left_out(self) -> bool:
        return self.verdict == Verdict.REFUSED or not self.choice

    @property
    def is_new(self) -> bool:
        return self.choice == self.Choice.NEW

    @property
    def is_known_without_name(self) -> bool:
        """Whether something else than a name, such as the website, tells which organization it is."""
        return self.verdict == Verdict.KNOWN and self.candidates[0][1] not in NAMED


class Taking:
    """What taking a list does, piece by piece, and counts of it. The batch is locked."""

    def __init__(self, batch: ImportBatch, by: "User | None") -> None:
        self.batch, self.by = batch, by
        self.counts = Counter({"new": 0, "known": 0, "names": 0, "listed": 0, "left_out": 0})
        self.registered_before = Organization.objects.aggregate(last=Max("pk"))["last"] or 0

    def take(self, rows: list[ImportRow]) -> Iterator[ImportRow]:
        """Takes what is to be taken; of the rows, those that are not taken stay, with their reasons."""
        self._look_once_more([row for row in rows if row.verdict == Verdict.NEW and row.is_new])
        taken = []
        for row in rows:
            if row.is_left_out or not self._take(row):
                self.counts["left_out"] += 1
            else:
                taken.append(row.pk)
            yield row
        self.batch.rows.filter(pk__in=taken).delete()

    def _look_once_more(self, rows: list[ImportRow]) -> None:
        """What came into the registry since the coordinator looked is not registered twice."""
        entries = [row.entry() for row in rows]
        before = Organization.objects.filter(pk__lte=self.registered_before)
        found = before.identified_by([entry.sought() for entry in entries])
        for row, entry, candidates in zip(rows, entries, found, strict=True):
            just_so = [each.organization for each in candidates if entry.is_entry_of(each.organization)]
            if len(just_so) == 1:
                row.choice, row.organization = ImportRow.Choice.KNOWN, just_so[0]
            elif any(each.reason in SAME for each in candidates):
                row.refuse([gettext("Somebody registered it since you looked. Bring it again.")])

    def _take(self, row: ImportRow) -> bool:
        """False, with the reason kept in the row, where it cannot be."""
        try:
            with transaction.atomic():
                counts = self._register(row)
        except ValidationError as error:
            row.refuse(error.messages)
            return False
        self.counts.update(counts)
        return True

    def _register(self, row: ImportRow) -> Counter[str]:
        entry = row.entry()
        if row.is_new:
            organization = Organization.objects.register(
                entry.name, country=entry.country, website=entry.website, language=entry.language
            )
            counts = Counter({"new": 1})
        elif row.organization:
            organization = row.organization.hold()
            counts = Counter({"known": 1})
        else:
            raise ValidationError(_("The organization that it is known as is no longer in the registry."))
        if row.choice != ImportRow.Choice.SITE:
            counts["names"] = self._name(organization, entry)
        if self.batch.campaign:
            self._list(self.batch.campaign, entry, organization)
            counts["listed"] += 1
        return counts

    def _name(self, organization: Organization, entry: Entry) -> int:
        """How many names it lacked."""
        added = organization.know_as(entry.name, language=entry.language)
        return added + sum(organization.know_as(name) for name in entry.other_names)

    def _list(self, campaign: Campaign, entry: Entry, organization: Organization) -> None:
        signatory = {
            "name": entry.name,
            "name_as_signed": entry.name,
            "country": entry.country,
            "website": entry.website,
            "language": campaign.language,
            "source": Signature.Source.IMPORT,
            "source_note": self.batch.note,
        }
        Signature.objects.add(campaign, self.by, signatory, organization=organization)
