"""A file to be checked."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LARGEST_LIST_BYTES = 8_000_000


class CheckForm(forms.Form):
    """A file that claims to be a delivered list."""

    list = forms.FileField(label=_("The file of a delivered list"), max_length=200)

    def clean_list(self) -> Any:
        file = self.cleaned_data["list"]
        if file.size > LARGEST_LIST_BYTES:
            raise ValidationError(_("The file is too large to be checked here. The script takes larger ones."))
        return file
