"""A form that strangers send."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.utils.translation import gettext_lazy as _

from .. import tokens

FASTEST_SECONDS = 1
OLDEST_SECONDS = 24 * 3600


class OpenedForm(forms.Form):
    """A form that strangers send. A hidden field catches programs; another tells beside what it was opened, and when.

    `stand` is that beside which it stands now.
    """

    leave_empty = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    opened = forms.CharField(widget=forms.HiddenInput, required=False)

    other_stand = _("The text has changed since you opened this form. Read it again before you sign.")

    def __init__(self, *args: Any, stand: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stand = stand
        self.fields["opened"].initial = tokens.opened(stand)

    def clean_leave_empty(self) -> str:
        if self.cleaned_data["leave_empty"]:
            raise ValidationError(_("This field is there to catch programs. Please empty it and send the form again."))
        return ""

    def clean(self) -> None:
        try:
            stand, age = tokens.text_beside(self.cleaned_data.get("opened", ""))
        except BadSignature:
            stand, age = "", OLDEST_SECONDS + 1
        if age > OLDEST_SECONDS:
            self._open_anew(_("This form was open for more than a day. Look it through and send it again."))
        elif stand != self.stand:
            self._open_anew(self.other_stand)
        elif age < FASTEST_SECONDS:
            self.add_error(None, _("That was faster than we expect of people. Wait a moment and send it again."))

    def _open_anew(self, message: Any) -> None:
        self.data = {**dict(self.data.items()), "opened": tokens.opened(self.stand)}
        self.add_error(None, message)
