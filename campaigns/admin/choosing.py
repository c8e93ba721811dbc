"""As which organization a signature is listed: one that is known, or a new one."""

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext

from ..models import Candidate, Organization

NEW = "new"
Choices = list[tuple[str, str]]


def listing_choices(name: str, candidates: list[Candidate]) -> Choices:
    """As which organization a name may be listed: each that is known, with the reason, or a new one."""
    known = [
        (
            str(each.organization.pk),
            gettext("Existing: %(name)s – %(reason)s")
            % {"name": in_a_line(each.organization), "reason": each.reason.label},
        )
        for each in candidates
    ]
    return [*known, (NEW, gettext("New: %(name)s") % {"name": name})]


def in_a_line(organization: Organization) -> str:
    """What tells it from its namesakes."""
    verified = gettext("verified") if organization.verified_at else ""
    return " · ".join(filter(None, [organization.name, organization.country.name, organization.website, verified]))


def offer(form: forms.Form, choices: Choices | Callable[[], Choices]) -> None:
    field = form.fields["organization"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
    field.error_messages["invalid_choice"] = gettext("What you chose is not there any more: look again.")
