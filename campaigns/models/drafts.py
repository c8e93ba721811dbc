"""The draft, as a text that was written elsewhere takes its place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .events import Event

if TYPE_CHECKING:
    from .campaigns import Campaign


@transaction.atomic
def bring_text(campaign: "Campaign", by: Any, title: str, body: str, demands: Sequence[str]) -> None:
    campaign.lock()
    if campaign.stage != campaign.Stage.DRAFT:
        raise ValidationError(_("The campaign is past its draft: what was frozen holds on to its demands."))
    if (campaign.title, campaign.body, texts(campaign)) == (title, body, [*demands]):
        return
    campaign.title, campaign.body = title, body
    campaign.save(update_fields=["title", "body"])
    put_demands(campaign, demands)
    Event.objects.record(Event.Verb.TEXT_BROUGHT, campaign, by=by, demands=len(demands))


def put_demands(campaign: "Campaign", demands: Sequence[str]) -> None:
    """One that is worded as before stays, with its translations; the others go."""
    known = {demand.text: demand for demand in campaign.demands.all()}
    kept = []
    for position, text in enumerate(demands, start=1):
        demand = known.pop(text, None) or campaign.demands.model(campaign=campaign, text=text)
        demand.position = position
        demand.save()
        kept.append(demand.pk)
    campaign.demands.exclude(pk__in=kept).delete()


def texts(campaign: "Campaign") -> list[str]:
    return [demand.text for demand in campaign.demands.all()]
