"""The small forms of the board: when the silent are reminded, and the answer to a group that asks for a change."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from ..models import Campaign, Invitation, Reminder
from ..models.questions import LONGEST_WORDS
from .moments import DayInput, TimeInput, refuse_far

ROWS = 3
MOST_ROWS = 60


class ReminderForm(forms.Form):
    """A day and a time of the campaign's time zone; both empty for none."""

    use_required_attribute = False

    day = forms.DateField(label=_("Day"), required=False, widget=DayInput, validators=[refuse_far])
    at = forms.TimeField(label=_("Time"), required=False, widget=TimeInput)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign

    @property
    def moment(self) -> tuple[datetime.date, datetime.time] | None:
        day, at = self.cleaned_data.get("day"), self.cleaned_data.get("at")
        return (day, at) if day and at else None

    def clean(self) -> None:
        if self.errors:
            return
        if self.moment:
            self._refuse(*self.moment)
        elif self.cleaned_data["day"]:
            self.add_error("at", _("Say at what time."))
        elif self.cleaned_data["at"]:
            self.add_error("day", _("Say on which day."))

    def _refuse(self, day: datetime.date, at: datetime.time) -> None:
        try:
            Reminder(campaign=self.campaign, day=day, at=at).refuse()
        except ValidationError as error:
            self.add_error("day", error)


class RemindersFormSet(BaseFormSet):
    """All reminders that are still to come: what is emptied here is not sent."""

    @classmethod
    def of(cls, campaign: Campaign, planned: Sequence[Reminder], sent: Any = None) -> "RemindersFormSet":
        initial = [{"day": reminder.day, "at": reminder.at} for reminder in planned]
        extra = max(1, ROWS - len(initial))
        made = formset_factory(ReminderForm, formset=cls, extra=extra, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
        made_so: Any = made(
            sent, initial=None if sent else initial, prefix="reminders", form_kwargs={"campaign": campaign}
        )
        made_so.campaign = campaign
        forms: RemindersFormSet = made_so
        return forms

    campaign: Campaign

    @property
    def moments(self) -> list[tuple[datetime.date, datetime.time]]:
        return [form.moment for form in self.forms if form.moment]

    def clean(self) -> None:
        """Refuses two on one day, beside the second."""
        if any(self.errors):
            return
        seen = set[datetime.date]()
        for form in self.forms:
            day = form.cleaned_data.get("day")
            if day in seen:
                form.add_error("day", _("At most one reminder a day: choose another day."))
            seen |= {day} - {None}

    def plan(self, by: Any) -> bool:
        """Carries out the verb. False, with the reason among the errors, when it is refused."""
        try:
            Reminder.objects.plan(self.campaign, self.moments, by=by)
        except ValidationError as error:
            self.non_form_errors().extend(error.messages)
            return False
        return True


class AnswerForm(forms.Form):
    use_required_attribute = False

    words = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write something first.")},
    )

    def __init__(self, data: Any = None, *, invitation: Invitation) -> None:
        super().__init__(data, auto_id=f"answer-{invitation.pk}-%s")
        self.invitation = invitation

    def answer(self, by: Any) -> bool:
        """Carries out the verb. False, with the reason beside the field, when it is refused."""
        try:
            self.invitation.answer(self.cleaned_data["words"], by=by)
        except ValidationError as error:
            self.add_error("words", error)
            return False
        return True
