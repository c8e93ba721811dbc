"""Passes for late groups: what lets one group sign after the close."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .signatures import Signature


class LatePassQuerySet(models.QuerySet["LatePass"]):
    def usable(self) -> "LatePassQuerySet":
        return self.filter(signature=None, expires_at__gt=timezone.now())


class LatePass(models.Model):
    """What lets one group sign after the close. Its link is a signed token of its number."""

    campaign = models.ForeignKey("Campaign", models.CASCADE, related_name="late_passes", verbose_name=_("campaign"))
    expires_at = models.DateTimeField(_("good until"))
    signature = models.OneToOneField(
        "Signature", models.CASCADE, null=True, related_name="late_pass", verbose_name=_("signature")
    )

    objects = LatePassQuerySet.as_manager()

    class Meta:
        verbose_name = _("pass for a late group")
        verbose_name_plural = _("passes for late groups")

    def __str__(self) -> str:
        return str(_("good until %(day)s") % {"day": self.expires_at.date()})

    def use(self, signature: "Signature") -> None:
        """Raises ValidationError when it was used already, or has expired."""
        if not LatePass.objects.usable().filter(pk=self.pk).update(signature=signature):
            raise ValidationError(_("This link for a late group was used already, or has expired."), code="closed")
