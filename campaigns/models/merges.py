"""Two records of one organization made one, so that it can be undone."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import names
from .campaigns import Campaign
from .events import Event
from .known_names import OrganizationName
from .memberships import Role
from .organizations import Organization
from .proposals import Agreement, Proposal
from .signatures import Signature
from .texts import TextVersion

BLANKS_TO_FILL = {"country": _("country"), "website": _("website"), "logo": _("logo"), "is_hidden": _("hidden page")}

IDENTIFYING = {"country", "website"}


@dataclass(frozen=True)
class Foresight:
    """What merging one record into another will do."""

    names: list[OrganizationName]
    known_already: list[OrganizationName]
    signatures: list[Signature]
    doubles: list[tuple[Signature, Signature]]
    filled: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        """What tells this plan from one after something has changed."""
        return hashlib.sha256(json.dumps(plan_as_kept(self)).encode()).hexdigest()

    @property
    def conflicts(self) -> list[tuple[Signature, Signature]]:
        """The doubles that want to be shown differently: only the group can say which of them it means."""
        return [(stays, leaves) for stays, leaves in self.doubles if stays.shown != leaves.shown]

    @property
    def filled_labels(self) -> list[Any]:
        return [BLANKS_TO_FILL[field] for field in self.filled]

    @property
    def touched(self) -> list[Signature]:
        """The signatures that change their organization, or their place on a list."""
        return [*self.signatures, *self.leaving]

    @property
    def leaving(self) -> list[Signature]:
        """Of each double, the signature that leaves the list."""
        return [leaves for _stays, leaves in self.doubles]


def foresee(kept: Organization, merged: Organization) -> Foresight:
    """What merging `merged` into `kept` would do, nothing done yet.

    Of two listed signatures under one statement the one on the newest text stays, else the one that has agreed to a
    change of it, else the one that was listed first. What was not verified fills nothing of what was.
    """
    keys = set(kept.names.values_list("key", flat=True))
    called = list(merged.names.order_by("id"))
    return Foresight(
        names=[name for name in called if name.key not in keys],
        known_already=[name for name in called if name.key in keys],
        signatures=list(merged.signatures.select_related("campaign", "text_version").order_by("id")),
        doubles=doubles(Signature.objects.listed().filter(organization__in=[kept, merged])),
        filled=blanks_filled(kept, merged),
    )


def blanks_filled(kept: Organization, merged: Organization) -> dict[str, Any]:
    trusted = kept.verified_at is None or merged.verified_at is not None
    fields = [field for field in BLANKS_TO_FILL if trusted or field not in IDENTIFYING]
    return {field: getattr(merged, field) for field in fields if getattr(merged, field) and not getattr(kept, field)}


def doubles(listed: "QuerySet[Signature]") -> list[tuple[Signature, Signature]]:
    """Of each campaign with two of them: the one that stays, the one that leaves."""
    agreed = Agreement.objects.filter(signature=OuterRef("pk"), agrees=True, proposal__outcome=Proposal.Outcome.OPEN)
    newest = ["-text_version__edition", "-agreed", "position", "id"]
    first_come = listed.select_related("campaign", "text_version").annotate(agreed=Exists(agreed)).order_by(*newest)
    staying: dict[int, Signature] = {}
    found: list[tuple[Signature, Signature]] = []
    for signature in first_come:
        if signature.campaign_id in staying:
            found.append((staying[signature.campaign_id], signature))
        else:
            staying[signature.campaign_id] = signature
    return found


class MergeQuerySet(models.QuerySet["Merge"]):
    @transaction.atomic
    def merge(self, kept: Organization, merged: Organization, by: Any, seen: str | None = None) -> "Merge":
        """Makes `merged` a part of `kept`: its names and signatures move, its address forwards.

        `seen` is the fingerprint of the plan that the coordinator has looked at. Raises ValidationError where that is
        the plan no more, one of them is merged already, both are one, or doubles want to be shown differently; and
        PermissionDenied where a signature is of a campaign in which the person does not decide.
        """
        hold(kept, merged)
        refuse_to_merge(kept, merged)
        plan = foresee(kept, merged)
        if seen not in {None, plan.fingerprint}:
            raise ValidationError(_("Something has changed since you looked. Look again before you merge."))
        refuse_foreign(plan.touched, by)
        refuse_conflicts(plan)
        merge = self.create(kept=kept, merged=merged, by=by, at=timezone.now())
        stays = list(kept.names.values_list("pk", flat=True))
        merge.moved = {**plan_as_kept(plan), "was_hidden": kept.is_hidden, "stays": stays}
        merge.save(update_fields=["moved"])
        take_from_list(plan.leaving, merge)
        pks = [name.pk for name in plan.names]
        OrganizationName.objects.filter(pk__in=pks).update(organization=kept)
        merged.signatures.update(organization=kept)
        kept.fill(plan.filled)
        merged.merged_into = kept
        merged.save(update_fields=["merged_into"])
        Event.objects.record(Event.Verb.MERGED, organization=kept, by=by, merged=merged.pk)
        return merge

    def standing(self) -> "MergeQuerySet":
        """Those that were not undone, the newest first."""
        return self.filter(undone_at=None).order_by("-id")


def hold(one: Organization, other: Organization) -> None:
    """Holds two records, and before them the campaigns that they have signed, as every verb does.

    Raises ValidationError where one of them has come onto another list meanwhile.
    """
    signed = Signature.objects.filter(organization__in=[one, other]).values_list("campaign", flat=True)
    held = list(Campaign.objects.select_for_update().filter(pk__in=signed).order_by("pk"))
    for organization in sorted([one, other], key=lambda each: each.pk):
        organization.lock()
    if not set(signed) <= {campaign.pk for campaign in held}:
        raise ValidationError(_("One of them has just signed another statement. Look at both once more."))


def refuse_to_merge(kept: Organization, merged: Organization) -> None:
    if kept == merged:
        raise ValidationError(_("Choose two different records."))
    for organization in (kept, merged):
        if organization.merged_into:
            words = _("“%(name)s” is merged into another record already.")
            raise ValidationError(words, params={"name": organization.name})


def decides_on(person: Any, signatures: Iterable[Signature]) -> bool:
    """Whether the person decides in the campaign of each of them."""
    own = Campaign.objects.of(person, Role.OWNER, Role.REVIEWER)
    return {each.campaign_id for each in signatures} <= set(own.values_list("pk", flat=True))


def refuse_foreign(signatures: Iterable[Signature], by: Any) -> None:
    if by and not decides_on(by, signatures):
        words = _(
            "This moves signatures under statements that are not yours. Ask an administrator of the site to do it."
        )
        raise PermissionDenied(words)


def refuse_conflicts(plan: Foresight) -> None:
    for stays, leaves in plan.conflicts:
        words = _(
            "Under “%(campaign)s” one of the two is shown %(one)s, the other %(other)s. Ask the group which it means, "
            "and remove the other signature first."
        )
        params = {"one": stays.get_shown_display(), "other": leaves.get_shown_display(), "campaign": stays.campaign}
        raise ValidationError(words, params=params)


def plan_as_kept(plan: Foresight) -> dict[str, Any]:
    """What undoing needs, as JSON."""
    return {
        "names": [name.pk for name in plan.names],
        "signatures": [signature.pk for signature in plan.signatures],
        "left": [[leaves.pk, leaves.decided_by_id, leaves.reason] for leaves in plan.leaving],
        "filled": sorted(plan.filled),
    }


def take_from_list(signatures: Iterable[Signature], merge: "Merge") -> None:
    """Nobody is mailed: the organization stands on the list as before, by its other signature."""
    for signature in signatures:
        signature.state, signature.ended_at, signature.decided_by = Signature.State.REMOVED, merge.at, merge.by
        signature.reason = gettext("The organization is on the list by another signature.")
        signature.save(update_fields=["state", "ended_at", "decided_by", "reason"])
        Event.objects.record(Event.Verb.DOUBLED, signature.campaign, signature, by=merge.by)


class Merge(models.Model):
    kept = models.ForeignKey(Organization, models.PROTECT, related_name="merges", verbose_name=_("kept"))
    merged = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("merged"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(_("“%(merged)s” merged into “%(kept)s”") % {"merged": self.merged, "kept": self.kept})

    @property
    def is_last(self) -> bool:
        """Whether no later merge builds on this one."""
        later = Merge.objects.standing().filter(pk__gt=self.pk)
        return not later.filter(models.Q(kept=self.kept) | models.Q(merged=self.kept)).exists()

    @property
    def touched(self) -> QuerySet[Signature]:
        """The signatures that it moved, and those that it took off a list."""
        left = [pk for pk, _decided_by, _reason in self.moved["left"]]
        return Signature.objects.filter(pk__in=[*self.moved["signatures"], *left])

    @transaction.atomic
    def undo(self, by: Any) -> None:
        """Puts back what the merge moved and nobody has moved since. Raises ValidationError before a later one, and
        PermissionDenied where a signature is of a campaign in which the person does not decide."""
        hold(self.kept, self.merged)
        self.refresh_from_db(from_queryset=Merge.objects.select_for_update(no_key=True))
        if self.undone_at:
            return
        if not self.is_last:
            raise ValidationError(_("The record was merged again since. Undo the later merge first."))
        refuse_foreign(self.touched, by)
        moved = self.moved
        names_there = self.merged.names.values_list("key", flat=True)
        self.kept.names.filter(pk__in=moved["names"]).exclude(key__in=list(names_there)).update(
            organization=self.merged
        )
        self.kept.signatures.filter(pk__in=moved["signatures"]).update(organization=self.merged)
        self._give_names_back(moved["stays"])
        self._list_again(moved["left"], by)
        self.kept.know_as(self.kept.name, is_public=False)
        self._part()
        self.undone_at, self.undone_by = timezone.now(), by
        self.save(update_fields=["undone_at", "undone_by"])
        Event.objects.record(Event.Verb.UNMERGED, organization=self.kept, by=by, merged=self.merged.pk)

    def _part(self) -> None:
        """Each record stands for itself again; what was hidden meanwhile stays hidden in both."""
        was_hidden_since = self.kept.is_hidden and not self.moved["was_hidden"]
        filled = [each for each in self.moved["filled"] if getattr(self.kept, each) == getattr(self.merged, each)]
        self.kept.empty(filled)
        self.merged.merged_into = None
        self.merged.is_hidden = self.merged.is_hidden or was_hidden_since
        self.merged.save(update_fields=["merged_into", "is_hidden"])

    def _give_names_back(self, stays: list[int]) -> None:
        """What the signatures that go back were called since the merge goes with them."""
        called = {names.key(name) for name in self.merged.signatures.values_list("name", flat=True)}
        called -= {names.key(name) for name in self.kept.signatures.values_list("name", flat=True)}
        since = self.kept.names.exclude(pk__in=stays).filter(key__in=called)
        since.filter(key__in=list(self.merged.names.values_list("key", flat=True))).delete()
        since.update(organization=self.merged)

    def _list_again(self, left: list[list[Any]], by: Any) -> None:
        """Back on the list, but for those whose organization has come onto it by another signature meanwhile.

        Who had agreed to a change that has become the text since stands under that.
        """
        for pk, decided_by, reason in left:
            signature = Signature.objects.get(pk=pk)
            others = Signature.objects.listed().filter(campaign=signature.campaign, organization=signature.organization)
            if signature.state == Signature.State.REMOVED and not others.exists():
                signature.state, signature.ended_at = Signature.State.LISTED, None
                signature.decided_by_id, signature.reason = decided_by, reason
                signature.text_version = agreed_version(signature)
                signature.save(update_fields=["state", "ended_at", "decided_by", "reason", "text_version"])
                Event.objects.record(Event.Verb.RELISTED, signature.campaign, signature, by=by)


def agreed_version(signature: Signature) -> TextVersion:
    """The newest text under which the signatory stands by its own word."""
    agreed = signature.agreements.filter(agrees=True, proposal__outcome=Proposal.Outcome.ADOPTED)
    versions = [signature.text_version, *(each.proposal.version for each in agreed.select_related("proposal__version"))]
    return max(versions, key=lambda version: version.edition)
