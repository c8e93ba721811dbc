"""The logo that a contact person brings for its organization."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .organizations import Organization

if TYPE_CHECKING:
    from .signatures import Signature


@transaction.atomic
def bring(signature: "Signature", image: bytes) -> None:
    """Shows the picture, as logos.redraw gives it, for the organization. Raises ValidationError as `refuse` does."""
    if signature.organization:
        signature.organization.hold()
    refuse(signature)
    assert signature.organization
    signature.organization.set_logo(image, signature=signature)


@transaction.atomic
def take_back(signature: "Signature") -> None:
    """Raises ValidationError where the contact person did not bring it."""
    if signature.organization:
        signature.organization.hold()
    if signature.organization is None or not may_take_back(signature):
        raise ValidationError(_("Others have brought the logo. Write to the coordinators if it should go."))
    signature.organization.remove_logo(signature=signature)


def refuse(signature: "Signature") -> None:
    """Raises ValidationError unless its organization has a public page by it, and no logo that others brought."""
    published = type(signature).objects.published().filter(pk=signature.pk)
    if not published.filter(organization__is_hidden=False).exists():
        raise ValidationError(_("Your organization has no public page on which a logo could stand."))
    if not published.filter(Q(organization__logo="") | Q(organization__logo_from=signature)).exists():
        raise ValidationError(_("Others have brought the logo. Write to the coordinators if it should change."))


def may_bring(signature: "Signature") -> bool:
    try:
        refuse(signature)
    except ValidationError:
        return False
    return True


def may_take_back(signature: "Signature") -> bool:
    """Whether its contact person brought the logo, and so may always take it back."""
    return Organization.objects.exclude(logo="").filter(signatures=signature, logo_from=signature).exists()
