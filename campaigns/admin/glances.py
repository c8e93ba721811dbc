"""How a campaign stands, at the head of its page: a row of figures, small charts, and the letters that are stuck."""

import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from .. import charts
from ..models import Campaign
from ..models.glance import Glance


def at_a_glance(campaign: Campaign) -> dict[str, Any]:
    """What the template `_glance.html` shows; nothing while nobody has sent the form."""
    glance = Glance.of(campaign)
    if not glance.states:
        return {}
    today = timezone.localdate()
    last = min(today, timezone.localdate(campaign.closes_at)) if campaign.closes_at else today
    return {
        "glance": glance,
        "figures": figures(glance, campaign),
        "charts": [
            charts.columns(_("Listed, by day"), glance.days, last),
            charts.bars(_("Listed, by country"), _("Country"), glance.countries),
            charts.bars(_("All requests, by state"), _("State"), glance.states),
            charts.bars(_("Listed, by how they arrived"), _("Came by"), glance.sources),
        ],
    }


def figures(glance: Glance, campaign: Campaign) -> list[dict[str, Any]]:
    """Each with its `value`, what it means, and where it leads, if anywhere."""
    waits, signatures = glance.reviews, reverse("admin:campaigns_signature_changelist")
    waiting = f"{signatures}?campaign__id__exact={campaign.pk}&state__exact=pending"
    return [
        {"value": glance.listed, "label": _("listed")},
        {"value": waits.waiting, "label": _("waiting for you"), "address": waiting},
        {"value": lasting(waits.longest_waiting), "label": _("the longest waiting")},
        {"value": lasting(waits.median), "label": _("until a decision, in half of the reviews")},
        {"value": lasting(waits.slow), "label": _("until a decision, in nine of ten")},
        {"value": glance.letters_waiting, "label": _("letters waiting")},
        {"value": glance.letters_given_up, "label": _("letters given up")},
    ]


def lasting(span: datetime.timedelta | None) -> str:
    """How long in its largest unit, such as “3 days”, and not less than a minute."""
    if span is None:
        return "—"
    now = timezone.now()
    return str(timesince(now - max(span, datetime.timedelta(minutes=1)), now, depth=1))
