"""A remark on the draft text."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .. import names
from ..models import Passage, remarks
from .fields import NameField
from .opened import OpenedForm


class RemarkForm(OpenedForm):
    """A remark on one passage of a draft, under which it stands."""

    use_required_attribute = False

    name = NameField(
        label=_("Your name or group"), widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"})
    )
    words = forms.CharField(
        label=_("Your remark"),
        max_length=remarks.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    other_stand = _(
        "What you remark on has been rewritten since you opened this page. Read it again; your words are kept here."
    )
    field_order = ["words", "name", "leave_empty", "opened"]

    def __init__(self, *args: Any, passage: Passage, **kwargs: Any) -> None:
        super().__init__(*args, stand=passage.stand, auto_id=f"%s-{passage.place}", **kwargs)
        self.passage = passage
        self.fields["words"].widget.attrs.pop("maxlength", None)

    def clean_words(self) -> str:
        """The lines as they were typed. Word processors divide them in ways of their own."""
        lines = self.cleaned_data["words"].splitlines()
        if any(names.hidden(char) for line in lines for char in line.replace("\t", " ")):
            raise ValidationError(_("Take out the invisible control characters, and type the words anew if need be."))
        return "\n".join(lines)
