"""How a signatory comes onto the list. The campaign is locked: places and doubles are decided one at a time."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import domains, names
from .events import Event
from .known_names import OrganizationName
from .listing import Kind, Shown, State
from .organizations import Organization, slug_at_random

if TYPE_CHECKING:
    from .signatures import Signature


def take(signature: "Signature", by: Any, organization: Organization | None) -> dict[str, Any]:
    """Lists it as that organization's, or a new one's. Raises ValidationError where it is listed already.

    Gives the keys of what came into the registry with it: of a new organization as `registered`, of a name that a known
    one had not as `learnt`.
    """
    organization = organization and held(organization)
    refuse_double(signature, organization)
    return take_next(signature, by, organization)


def take_next(signature: "Signature", by: Any, organization: Organization | None) -> dict[str, Any]:
    """Takes the next place on the list, and gives what `take` gives."""
    brought: dict[str, Any] = {}
    if signature.kind == Kind.ORGANIZATION:
        signature.organization = organization or register(signature)
        is_new_name = signature.organization.know_as(signature.name, is_public=False)
        if organization is None:
            brought["registered"] = signature.organization.pk
        elif is_new_name:
            brought["learnt"] = organization.names.latest("pk").pk
    last = signature.campaign.signatures.aggregate(last=Max("position"))["last"] or 0
    signature.state, signature.position = State.LISTED, last + 1
    signature.is_first = signature.campaign.was_unpublished_at(signature.submitted_at)
    signature.decided_by, signature.decided_at = by, timezone.now()
    signature.save()
    return brought


def held(organization: Organization) -> Organization:
    """The record in which it stands now, held. Raises ValidationError where it has left the registry."""
    try:
        return organization.hold()
    except Organization.DoesNotExist:
        words = _("“%(name)s” is not in the registry any more. Look again at what is known.")
        raise ValidationError(words, params={"name": organization.name}) from None


def give_back(organization: Organization, brought: dict[str, Any], by: Any) -> None:
    """Takes out of the registry what came into it with a place, as `take` gave it, unless others have built on it.

    `verified` is the key of the event by which the organization was verified in the same act.
    """
    organization.lock()
    events_since = organization.events.exclude(pk=brought.get("verified", 0))
    is_left_alone = organization.is_bare and organization.names.count() == 1 and not events_since.exists()
    if is_left_alone and organization.pk == brought.get("registered"):
        organization.delete()
        return
    learnt = organization.names.filter(pk=brought.get("learnt", 0), is_public=False).first()
    if learnt and learnt.key not in map(names.key, organization.signatures.values_list("name", flat=True)):
        learnt.delete()
    last_word = organization.events.filter(verb__in=[Event.Verb.VERIFIED, Event.Verb.DOUBTED]).first()
    if last_word and last_word.pk == brought.get("verified"):
        organization.doubt(by)


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
    sites = {domains.of_website(signature.website), domains.of_email(signature.sought().email)} - {""}
    return Organization.objects.standing().filter(called_so | Q(domain__in=sites)).exists()
