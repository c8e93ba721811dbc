"""The document with two columns, when a translator brings it back."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from .. import documents
from ..documents import two_columns
from ..models import Translation
from ..models.facing import digest
from .translating import LONGEST_PASSAGE, MOST_ASTRAY, composed_text


class BringingForm(forms.Form):
    """Sent together with the form of the translation, so that what is typed there is kept: it comes into that form,
    and only from there, once it was looked over, into the translation."""

    use_required_attribute = False

    document = forms.FileField(
        label=_("Bring the document back"),
        max_length=200,
        help_text=_("A Word document (.docx) of at most 10 MB. You see it in this form before anything is saved."),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )

    def __init__(self, data: QueryDict | None = None, files: Any = None, *, translation: Translation) -> None:
        is_brought = data is not None and "bring" in data
        super().__init__(data if is_brought else None, files if is_brought else None)
        self.typed, self.translation = data, translation

    def clean_document(self) -> two_columns.Brought:
        file = self.cleaned_data["document"]
        if file.size > documents.LARGEST_BYTES:
            raise documents.too_large()
        brought = two_columns.read(file.read(), self.translation)
        longest = max(map(len, brought.astray), default=0)
        if longest > LONGEST_PASSAGE:
            words = _("It has %(count)s characters, and may have %(most)s at most.")
            raise ValidationError(words, params={"count": longest, "most": LONGEST_PASSAGE})
        if len(brought.astray) > MOST_ASTRAY:
            raise ValidationError(_("Most of its rows are not of this text. Bring the document that you got here."))
        return brought

    @property
    def filled_in(self) -> QueryDict | None:
        """What is in the form of the translation: what was typed there and, over it, what stands in the document. A
        cell that is empty, or as the passage is now, takes nothing away."""
        if not self.is_valid() or self.typed is None:
            return self.typed
        brought, filled = self.cleaned_data["document"], self.typed.copy()
        astray = list(brought.astray)
        for each in self.translation.beside().to_translate:
            name, text = f"text-{each.key}", brought.texts.get(each.key, "")
            typed = composed_text(filled.get(name, each.text))
            if text in {"", each.text}:
                filled[name] = typed
            else:
                filled[name] = text
                astray += {typed} - {"", each.text, text}
        for text in astray:
            filled[f"text-brought-{digest(text)}"] = text
        return filled
