"""What stands at each address of the API."""

from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from .. import models
from ..models.listing import Place
from . import shapes
from .answers import operation
from .paging import Paging
from .shapes import Page


def published(slug: str) -> Any:
    """The campaign of that name, whose capitals count for nothing."""
    return get_object_or_404(models.Campaign.objects.for_readers().published(), slug=slug.lower())


@operation
def campaigns(paging: Paging) -> Page[shapes.CampaignInBrief]:
    """The published campaigns, the newest first."""
    rows = models.Campaign.objects.published().newest(before=paging.place(datetime, int))
    rows = rows.select_related("current_version").with_listed_count()
    return paging.page(rows, shapes.CampaignInBrief.of, lambda each: (each.publish_at, each.pk))


@operation
def campaign(slug: str) -> shapes.Campaign:
    """A campaign: its text in every language, its demands with their outcomes, and how many have signed."""
    campaign = published(slug)
    return shapes.Campaign.whole(campaign, campaign.signatures.tally(), campaign.updates.outcomes())


@operation
def signatories(slug: str, paging: Paging) -> Page[shapes.Signatory]:
    """The public list of a campaign's signatories, in its order."""
    campaign = published(slug)
    place = paging.place(int, str, int)
    rows: Any = campaign.signatures.on_page(campaign.language).after(place and Place(*place)).lines()
    return paging.page(rows, lambda line: shapes.Signatory.of(line, campaign.zone), Place.of)


@operation
def updates(slug: str, paging: Paging) -> Page[shapes.Update]:
    """What has happened since a campaign began, the newest first."""
    campaign = published(slug)
    rows = campaign.updates.public().before(paging.place(date, int)).prefetch_related("texts")
    return paging.page(
        rows,
        lambda update: shapes.Update.of(update, campaign),
        lambda update: (update.date, update.pk),
    )


def standing_at(slug: str) -> models.Organization:
    """The record in which the one of that name stands, where it is public: one query more for each merge beyond two."""
    known = models.Organization.objects.select_related("merged_into__merged_into").filter(slug=slug.lower()).first()
    return get_object_or_404(models.Organization.objects.public(), pk=known.standing.pk if known else 0)


@operation
def organization(slug: str, paging: Paging) -> shapes.Organization:
    """An organization, and the statements that it has signed in public."""
    organization = standing_at(slug)
    rows: Any = organization.signatures.of_its_page().by_statement(before=paging.place(datetime, int))
    signed = paging.page(rows, shapes.Signed.of, lambda each: (each.campaign.publish_at, each.campaign_id))
    names = list(organization.names.in_public())
    if not (names or signed.items):  # the last one was withdrawn since
        raise Http404
    return shapes.Organization.of(organization, names, signed)


@operation
def nowhere() -> None:
    """Any other address."""
    raise Http404
