"""Who asked not to be invited any more. An address is kept as a keyed hash only: it is recognised, and never read."""

from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .events import Event

if TYPE_CHECKING:
    from .campaigns import Campaign


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    @transaction.atomic
    def stop(self, index: str, campaign: "Campaign | None" = None) -> None:
        """The address of that index is not to be invited any more: by the campaign, or without one by any."""
        _suppression, is_new = self.get_or_create(email_index=index, campaign=campaign)
        if is_new:
            Event.objects.record(Event.Verb.INVITATIONS_STOPPED, campaign)

    @transaction.atomic
    def resume(self, index: str, campaign: "Campaign | None" = None) -> None:
        """Takes that back."""
        ended, _models = self.filter(email_index=index, campaign=campaign).delete()
        if ended:
            Event.objects.record(Event.Verb.INVITATIONS_RESUMED, campaign)

    def covering(self, campaign: "Campaign") -> "SuppressionQuerySet":
        """Those that the campaign has to mind: its own, and those against all."""
        return self.filter(Q(campaign=campaign) | Q(campaign=None))

    def stands(self, index: str, campaign: "Campaign | None") -> bool:
        """Whether the address of that index has asked exactly this."""
        return self.filter(email_index=index, campaign=campaign).exists()


class Suppression(models.Model):
    email_index = models.CharField(max_length=64)
    campaign = models.ForeignKey(
        "Campaign", models.CASCADE, null=True, related_name="suppressions", verbose_name=_("campaign")
    )
    since = models.DateTimeField(_("since"), default=timezone.now)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("address not to be invited")
        verbose_name_plural = _("addresses not to be invited")
        constraints = [
            models.UniqueConstraint(fields=["email_index", "campaign"], name="one_suppression_of_a_campaign"),
            models.UniqueConstraint(
                fields=["email_index"], condition=Q(campaign=None), name="one_suppression_of_all_campaigns"
            ),
        ]

    def __str__(self) -> str:
        return str(_("since %(day)s") % {"day": self.since.date()})
