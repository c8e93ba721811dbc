"""Which campaigns: the words in which pages and the desk ask for them, and the stages of a campaign's life."""

import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Count, F, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .memberships import Membership

if TYPE_CHECKING:
    from .campaigns import Campaign

# The times at which a campaign changes by itself.
CHANGES = ("publish_at", "closes_at")


class Stage(models.TextChoices):
    """Told by a campaign's times alone, so that no job has to run for it to change."""

    DRAFT = "draft", _("draft")
    CIRCULATING = "circulating", _("circulating")
    PUBLISHED = "published", _("published")


class ListOrder(models.TextChoices):
    TIME = "time", _("by the time at which they were listed")
    NAME = "name", _("by name")


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def of(self, user: Any, *roles: str) -> "CampaignQuerySet":
        """Those in which the person has one of the roles; a site administrator has them all."""
        mine = Membership.objects.filter(user=user, role__in=roles)
        return self if user.is_superuser else self.filter(pk__in=mine.values("campaign"))

    def published(self) -> "CampaignQuerySet":
        return self.filter(publish_at__lte=timezone.now())

    def unpublished(self) -> "CampaignQuerySet":
        return self.filter(Q(publish_at=None) | Q(publish_at__gt=timezone.now()))

    def circulating(self) -> "CampaignQuerySet":
        return self.unpublished().exclude(circulated_at=None)

    def shared_by(self, secret: str) -> "CampaignQuerySet":
        """The one whose draft link has the secret, for as long as it is open."""
        return self.filter(draft_secret=secret)

    def unannounced(self) -> "CampaignQuerySet":
        """Those that an embargo's end has published, which nobody has recorded or been told of yet."""
        return self.published().filter(announced_at=None)

    def for_readers(self) -> "CampaignQuerySet":
        """Each as a page needs it: with its text, and what was delivered last."""
        last = apps.get_model("campaigns", "Delivery").objects.filter(campaign=OuterRef("pk")).order_by("-number")
        return self.select_related("current_version").annotate(
            delivered_at=Subquery(last.values("at")[:1]), delivered_as=Subquery(last.values("fingerprint")[:1])
        )

    def open(self) -> "CampaignQuerySet":
        return self.published().filter(Q(closes_at=None) | Q(closes_at__gt=timezone.now()))

    def closed(self) -> "CampaignQuerySet":
        return self.published().filter(closes_at__lte=timezone.now())

    def next_change(self, after: datetime.datetime) -> datetime.datetime | None:
        """When the first of them changes by itself after that moment, as an embargo ends or signing does."""
        ahead = {name: Min(name, filter=Q(**{f"{name}__gt": after})) for name in CHANGES}
        return min(filter(None, self.aggregate(**ahead).values()), default=None)

    def newest(self, before: tuple[datetime.datetime, int] | None = None) -> "CampaignQuerySet":
        """Those that were published last come first; from those before a time of publication and a key, if told."""
        earlier = Q(publish_at__lt=before[0]) | Q(publish_at=before[0], pk__lt=before[1]) if before else Q()
        return self.filter(earlier).order_by("-publish_at", "-pk")

    def with_listed_count(self) -> "CampaignQuerySet":
        """Each with `listed_count`, how many stand under what it asks now."""
        standing = Q(signatures__state="listed", signatures__text_version__edition=F("current_version__edition"))
        return self.annotate(listed_count=Count("signatures", filter=standing))

    def with_answered_count(self) -> "CampaignQuerySet":
        """Each with `invited_count`, how many invitations stand, and `answered_count`, how many of those groups have
        said something."""
        invitations = apps.get_model("campaigns", "Invitation").objects.filter(campaign=OuterRef("pk")).order_by()

        def count(rows: Any) -> Coalesce:
            return Coalesce(Subquery(rows.values("campaign").annotate(count=Count("pk")).values("count")), 0)

        return self.annotate(invited_count=count(invitations.standing()), answered_count=count(invitations.answered()))

    def with_pending_count(self) -> "CampaignQuerySet":
        """Each with `pending_count`, how many signatures await a decision."""
        return self.annotate(pending_count=Count("signatures", filter=Q(signatures__state="pending")))
