"""How a signatory comes onto the list. The campaign is locked: places and doubles are decided one at a time."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import domains, names
from .known_names import OrganizationName
from .listing import Kind, Shown, State
from .organizations import Organization, slug_at_random

if TYPE_CHECKING:
    from .signatures import Signature


def take(signature: "Signature", by: Any, organization: Organization | None) -> None:
    """Lists it as that organization's, or a new one's. Raises ValidationError where it is listed already."""
    organization = organization and organization.hold()
    refuse_double(signature, organization)
    take_next(signature, by, organization)


def take_next(signature: "Signature", by: Any, organization: Organization | None) -> None:
    """Takes the next place on the list."""
    if signature.kind == Kind.ORGANIZATION:
        signature.organization = organization or register(signature)
        signature.organization.know_as(signature.name, is_public=False)
    last = signature.campaign.signatures.aggregate(last=Max("position"))["last"] or 0
    signature.state, signature.position = State.LISTED, last + 1
    signature.decided_by, signature.decided_at = by, timezone.now()
    signature.save()


def register(signature: "Signature") -> Organization:
    """A new organization of this name; of a signature that is not public the registry tells the public nothing."""
    if signature.shown != Shown.PUBLIC:
        return Organization.objects.insert(Organization(name=signature.name, slug=slug_at_random()))
    country = signature.country.code or ""
    return Organization.objects.insert(Organization(name=signature.name, country=country, website=signature.website))


def refuse_double(signature: "Signature", organization: Organization | None) -> None:
    """Raises ValidationError where the signatory is listed already. A namesake is first given its own record."""
    listed = signature.campaign.signatures.listed().exclude(pk=signature.pk)
    if signature.kind == Kind.PERSON:
        double = listed.persons().filter(name__iexact=signature.name, affiliation__iexact=signature.affiliation)
    elif organization:
        double = listed.filter(organization=organization)
    else:
        double = listed.filter(organization__names__key=names.key(signature.name))
    if double.exists():
        raise ValidationError(
            _(
                "“%(name)s” is on the list already. If this is another of the same name, add it to the registry first "
                "and choose it here."
            ),
            code="double",
            params={"name": organization or signature.name},
        )


def may_be_taken_unseen(signature: "Signature") -> bool:
    """Whether the campaign lists without review, and nobody who is known could be meant.

    By a signature that is not public nothing is decided: who signs sees at once how it was decided.
    """
    if signature.campaign.reviews or signature.is_public_already():
        return False
    if names.warnings(signature.name, signature.website):
        return False
    return signature.kind == Kind.PERSON or not is_known(signature)


def is_known(signature: "Signature") -> bool:
    """Whether the registry has it by a public name or its domain. That is no word on what it has signed."""
    called_so = Q(names__in=OrganizationName.objects.in_public().filter(key=names.key(signature.name)))
    sites = {domains.of_website(signature.website), domains.of_email(signature.contact.email)} - {""}
    return Organization.objects.standing().filter(called_so | Q(domain__in=sites)).exists()
