"""The answers of an invited group."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Invitation
from ..models.questions import LONGEST_WORDS
from .fields import WordsField
from .signing import SignForm


class InvitedForm(SignForm):
    """The sign form as an invited group finds it: filled in with what its invitation knows."""

    def __init__(
        self, *args: Any, invitation: Invitation, initial: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        record = invitation.organization and invitation.organization.standing
        known = {
            "organization_name": record.name if record else invitation.name,
            "country": record.country.code if record else "",
            "website": record.website if record else "",
            "contact_name": invitation.person,
            "email": invitation.email,
        }
        super().__init__(*args, campaign=invitation.campaign, initial={**known, **(initial or {})}, **kwargs)
        self.fields["email"].help_text = _(
            "With the address to which we wrote, your signature needs no confirming. To another one we send a link."
        )


class DecideLaterForm(forms.Form):
    """By when an invited group will know."""

    use_required_attribute = False

    by_day = forms.DateField(
        label=_("We decide by"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Choose a day."), "invalid": _("Write the day as 2026-12-31.")},
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean_by_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["by_day"]
        self.invitation.refuse_day(day)
        return day


class WordsForm(forms.Form):
    """What an invited group writes instead of signing."""

    use_required_attribute = False

    words = WordsField(
        label=_("What would you change, and why?"),
        max_length=LONGEST_WORDS,
        error_messages={"required": _("Write what you would change first.")},
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].widget.attrs.pop("maxlength", None)


class NotThisTimeForm(WordsForm):
    words = WordsField(
        label=_("Why not? (optional)"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
