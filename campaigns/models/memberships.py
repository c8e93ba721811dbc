"""Who works on which campaign, and as what."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .events import Event
from .texts import languages

if TYPE_CHECKING:
    from .campaigns import Campaign


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    REVIEWER = "reviewer", _("reviewer")
    TRANSLATOR = "translator", _("translator")


class MembershipQuerySet(models.QuerySet["Membership"]):
    @transaction.atomic
    def appoint(self, campaign: "Campaign", user: Any, by: Any, role: str = Role.OWNER, language: str = "") -> None:
        """Gives a person a role in a campaign; a translator's is for one language, into which a translation is begun.

        Raises ValidationError for a translator without a language or with the original's, and for any other role with
        one.
        """
        if (role == Role.TRANSLATOR) != bool(language):
            raise ValidationError(_("A translator needs a language, and only a translator."))
        if language == campaign.language:
            raise ValidationError(_("This is the original’s own language."))
        if language:
            campaign.translations.get_or_create(language=language)
        _membership, is_new = self.get_or_create(campaign=campaign, user=user, role=role, language=language)
        if is_new:
            Event.objects.record(Event.Verb.APPOINTED, campaign, by=by, person=user.pk, role=role, language=language)


class Membership(models.Model):
    campaign = models.ForeignKey("Campaign", models.CASCADE, related_name="memberships", verbose_name=_("campaign"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    language = models.CharField(_("language"), max_length=12, blank=True, choices=languages)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["role", "id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "user", "role", "language"], name="one_membership_of_a_kind"),
            models.CheckConstraint(
                condition=Q(role="translator", language__gt="") | (~Q(role="translator") & Q(language="")),
                name="translator_has_a_language",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    @transaction.atomic
    def end(self, by: Any) -> None:
        """Takes the role back. Raises ValidationError for the last owner."""
        self.campaign.lock()
        owners = self.campaign.memberships.filter(role=Role.OWNER, user__is_active=True)
        if self.role == Role.OWNER and not owners.exclude(pk=self.pk).exists():
            raise ValidationError(_("A campaign keeps an owner: name another first."))
        ended, _models = Membership.objects.filter(pk=self.pk).delete()
        if ended:
            details: dict[str, Any] = {"person": self.user_id, "role": self.role, "language": self.language}
            Event.objects.record(Event.Verb.DISMISSED, self.campaign, by=by, **details)
