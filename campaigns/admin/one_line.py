"""Titles and the like, which stand in the heads of letters and of pages."""

from typing import Any

from django import forms

from .. import names

ON_ONE_LINE = {"title", "addressee"}


class OneLineField(forms.CharField):
    """A text on one line: a break that was pasted along is a space."""

    def to_python(self, value: Any) -> str:
        return names.tidy(super().to_python(value) or "")
