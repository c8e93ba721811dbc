"""A report of an error."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import AddressField, WordsField
from .opened import OpenedForm


class ReportForm(OpenedForm):
    words = WordsField(
        label=_("What is wrong?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    email = AddressField(
        label=_("Your e-mail address (optional)"),
        help_text=_("Only for an answer to you. Who coordinates the statement can read it; it is kept encrypted."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )

    other_stand = _("This form was opened from another page. Look it through and send it again.")
    field_order = ["words", "email", "leave_empty", "opened"]
