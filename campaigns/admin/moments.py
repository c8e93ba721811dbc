"""Fields for days and times, as the browser offers them in the reader's own way."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", **options)


class MomentInput(forms.SplitDateTimeWidget):
    template_name = "admin/widgets/moment.html"

    def __init__(self) -> None:
        parts = [DayInput(attrs={"aria-label": _("Day")}), TimeInput(attrs={"aria-label": _("Time")})]
        forms.MultiWidget.__init__(self, parts)
