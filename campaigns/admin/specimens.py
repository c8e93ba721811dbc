"""How a signature appears in public, from the very lists of the public page."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from ..models import Organization, Signature
from ..views.signatories import apart

Kind, State = Signature.Kind, Signature.State


def specimen(signature: Signature, organization: Organization | None = None) -> dict[str, Any] | None:
    """What the lists of the public page need to show this signature alone: as it stands, or as it would if it were
    listed as that organization's, or without one as a new organization's. None for one that will not appear."""
    if signature.state not in {State.PENDING, State.LISTED}:
        return None
    organization = signature.organization or organization
    language, key = signature.campaign.language, organization.pk if organization else None
    listed = Signature.objects.as_on_page(language, key).get(pk=signature.pk)
    if not signature.is_public_by_name:
        return {"tally": tally_with(listed)}
    if signature.kind == Kind.ORGANIZATION:
        listed.organization = organization or Organization(name=signature.name, slug="new")
    return {**apart([listed]), "campaign": signature.campaign, "text": signature.campaign.in_force.statement(language)}


def specimens(signature: Signature, offered: Sequence[Organization | None]) -> list[dict[str, Any]]:
    """One for each of the organizations as whose it may be listed, in their order; one alone where it looks the same
    with every choice, none where it will not appear."""
    if not signature.is_public_by_name:
        offered = []
    looks = [specimen(signature, each) for each in offered or [None]]
    return [each for each in looks if each]


def tally_with(signature: Any) -> Any:
    """The tally of its campaign once this signature, whose name is withheld, is listed."""
    tally = signature.campaign.signatures.tally()
    if signature.state == State.LISTED or not signature.stands:
        return tally
    column = "organizations" if signature.kind == Kind.ORGANIZATION else "persons"
    more = {column: getattr(tally, column) + 1, "withheld": tally.withheld + 1}
    return dataclasses.replace(tally, **more)
