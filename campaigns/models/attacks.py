"""Attacks: floods of requests that nobody meant. They are set aside together, and come back if that was a mistake."""

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import domains
from .campaigns import Campaign
from .candidates import IDENTIFYING, Sought
from .contacts import domain_index
from .events import Event
from .listing import State
from .organizations import Organization
from .outbox import OutgoingMail
from .signatures import Signature

AT_ONCE = 1000
SAMPLE = 10
# Letters about a request that nobody has reviewed; they fall away while it is set aside.
LETTERS = ["confirm_signature", "signature_awaits", "signature_asked", "question_answered", "text_corrected"]


def in_pieces(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


@dataclass(frozen=True)
class Marks:
    """By what the requests of an attack are known: each mark that is given must be there.

    `domain` is the registrable one of the e-mail address or the website; `phrase` stands in the name, the affiliation,
    the comment or the website; the request was sent between `since` and `until`.
    """

    domain: str = ""
    phrase: str = ""
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None

    def find(self, campaign: Campaign) -> dict[int, str]:
        """The keys of the campaign's unreviewed requests that have the marks, each with its state, oldest first."""
        rows = campaign.signatures.unreviewed().filter(self._phrase_and_time()).order_by("submitted_at", "pk")
        index, columns = domain_index(self.domain), ("pk", "state", "website", "contact__domain_index")
        found = rows.values_list(*columns).iterator(chunk_size=AT_ONCE)
        return {
            pk: state
            for pk, state, website, index_of_email in found
            if not self.domain or index_of_email == index or domains.site(website) == self.domain
        }

    def _phrase_and_time(self) -> Q:
        places = ("name", "name_as_signed", "affiliation", "comment", "website")
        fits = Q()
        for place in places if self.phrase else ():
            fits |= Q(**{f"{place}__icontains": self.phrase})
        if self.since:
            fits &= Q(submitted_at__gte=self.since)
        return fits & Q(submitted_at__lte=self.until) if self.until else fits


class Catch:
    """What marks find among the unreviewed requests of a campaign, before anything is done."""

    def __init__(self, campaign: Campaign, marks: Marks) -> None:
        self.campaign, self.marks = campaign, marks
        self.found = marks.find(campaign)
        self.pks = list(self.found)

    @property
    def count(self) -> int:
        return len(self.pks)

    @property
    def confirmed(self) -> int:
        """How many of them wait for a coordinator: their addresses are confirmed."""
        return Counter(self.found.values())[State.PENDING]

    @cached_property
    def unreviewed(self) -> int:
        """How many requests there are in all that nobody has reviewed."""
        return self.campaign.signatures.unreviewed().count()

    @property
    def percent(self) -> int:
        return round(100 * self.count / max(self.unreviewed, 1))

    @cached_property
    def fingerprint(self) -> str:
        """What tells these requests from any others."""
        return hashlib.sha256(repr(sorted(self.pks)).encode()).hexdigest()

    def sample(self) -> list[Signature]:
        """A few of them, spread from the oldest to the newest."""
        step = max(1, -(-self.count // SAMPLE))
        rows = Signature.objects.select_related("contact").filter(pk__in=self.pks[::step])
        return list(rows.order_by("submitted_at", "pk"))

    @cached_property
    def known(self) -> Counter[Organization]:
        """The known organizations whose name, website or domain of e-mail some of them carry, each with how many."""
        sites = Organization.objects.standing().exclude(domain="")
        by_index = {domain_index(each.domain): each for each in sites}
        found: Counter[Organization] = Counter()
        columns = ("name", "website", "contact__domain_index")
        for piece in in_pieces(self.pks):
            rows = list(Signature.objects.filter(pk__in=piece).values_list(*columns))
            many = Organization.objects.identified_by([Sought(name, website) for name, website, _index in rows])
            for (_name, _website, index), candidates in zip(rows, many, strict=True):
                named = [each.organization for each in candidates if each.reason in IDENTIFYING]
                if index in by_index or named:
                    found[by_index.get(index) or named[0]] += 1
        return found

    @property
    def honest(self) -> int:
        """How many look honest: they carry what a known organization is known by."""
        return self.known.total()


class AttackQuerySet(models.QuerySet["Attack"]):
    @transaction.atomic
    def clear(self, campaign: Campaign, marks: Marks, by: Any, seen: str | None = None) -> "Attack":
        """Sets the campaign's unreviewed requests that have the marks aside. Nobody is written to.

        `seen` is the fingerprint of the catch that the coordinator has looked at. Raises ValidationError where it is
        another by now, or empty.
        """
        campaign.lock()
        catch = Catch(campaign, marks)
        if not catch.pks:
            raise ValidationError(_("No request that nobody has reviewed has these marks."))
        if seen not in {None, catch.fingerprint}:
            raise changed_since()
        sought = {"domain": marks.domain, "phrase": marks.phrase, "since": marks.since, "until": marks.until}
        attack = self.create(campaign=campaign, by=by, count=catch.count, **sought)
        untouched = Signature.objects.unreviewed()
        taken = [
            untouched.filter(pk__in=piece).update(state=State.DISCARDED, attack=attack)
            for piece in in_pieces(catch.pks)
        ]
        if sum(taken) != catch.count:  # a coordinator has declined one of them in this moment
            raise changed_since()
        Event.objects.record(Event.Verb.ATTACK_CLEARED, campaign, by=by, attack=attack.pk, count=catch.count)
        Event.objects.record_for_each(Event.Verb.DISCARDED, campaign, catch.pks, by=by, attack=attack.pk)
        return attack

    def with_what_is_left(self) -> "AttackQuerySet":
        """Each with `may_be_undone`, whether any of its requests is still set aside."""
        return self.annotate(may_be_undone=Exists(Signature.objects.filter(attack=OuterRef("pk"))))


def changed_since() -> ValidationError:
    return ValidationError(
        _("Other requests have these marks by now than when you looked. Look again."), code="changed"
    )


class Attack(models.Model):
    """What was set aside at once, and by which marks. The phrase may be somebody's name: it goes with the undoing."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="attacks", verbose_name=_("campaign"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("cleared by")
    )
    at = models.DateTimeField(_("cleared"), default=timezone.now)
    domain = models.CharField(_("domain"), max_length=253, blank=True)
    phrase = models.CharField(_("phrase"), max_length=200, blank=True)
    since = models.DateTimeField(_("from"), null=True)
    until = models.DateTimeField(_("until"), null=True)
    count = models.PositiveIntegerField(_("requests"))
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )

    objects = AttackQuerySet.as_manager()

    class Meta:
        verbose_name = _("attack")
        verbose_name_plural = _("attacks")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return str(_("attack %(number)s") % {"number": self.pk})

    @property
    def domain_in_letters(self) -> str:
        return domains.in_letters(self.domain)

    @transaction.atomic
    def undo(self, by: Any) -> None:
        """Brings each request back to the state that it had; letters that fell away meanwhile go out after all.

        Raises ValidationError once nothing is left to bring back.
        """
        self.campaign.lock()
        self.refresh_from_db(from_queryset=Attack.objects.select_for_update())
        if self.undone_at:
            return
        pks = list(self.signatures.order_by("pk").values_list("pk", flat=True))
        if not pks:
            raise ValidationError(_("Those requests were erased meanwhile: nothing can be brought back."))
        had = Case(When(confirmed_at=None, then=Value(State.UNCONFIRMED)), default=Value(State.PENDING))
        self.signatures.update(state=had, attack=None)
        for piece in in_pieces(pks):
            OutgoingMail.objects.take_up_again(LETTERS, piece, since=self.at)
        self.undone_at, self.undone_by, self.phrase = timezone.now(), by, ""
        self.save(update_fields=["undone_at", "undone_by", "phrase"])
        Event.objects.record(Event.Verb.ATTACK_UNDONE, self.campaign, by=by, attack=self.pk, count=len(pks))
        Event.objects.record_for_each(Event.Verb.RESTORED, self.campaign, pks, by=by, attack=self.pk)
