"""Rows inside the form of another record."""

from typing import Any

from django import forms


class LabelledFormSet(forms.BaseInlineFormSet):
    """In a table the heading of a column labels its fields for the eye; here each says its label itself, too."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = field.label
