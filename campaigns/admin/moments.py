"""Fields for days and times, as the browser offers them in the reader's own way."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FARTHEST_YEARS = 10


def refuse_far(day: datetime.date) -> None:
    """Raises ValidationError for a day so far off that it can only be mistyped; the last ones of the calendar cannot be
    shown in every time zone."""
    if abs(day.year - timezone.localdate().year) > FARTHEST_YEARS:
        words = _("That is more than %(count)s years away. Look at the year.")
        raise ValidationError(words, params={"count": FARTHEST_YEARS})


class MomentField(forms.SplitDateTimeField):
    """A day and a time that are not far off."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        day, _time = self.fields
        day.validators.append(refuse_far)


# For the `formfield_overrides` of an admin.
MOMENTS: dict[type[Any], Any] = {models.DateTimeField: {"form_class": MomentField}}


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
