"""A campaign begins: the text that is frozen, then by a private link, in public, or in public from a time on."""

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Campaign
from .moments import MomentField
from .pages import INVALID, in_its_time, page
from .scope import Scoped

DONE = {
    "circulate": _("The campaign circulates: its private link stands below, for the groups that you invite."),
    "publish": _("The campaign is published."),
    "embargo": _("The campaign will publish itself at that time, to the second."),
}
CLOSED_BY_THEN = _("Signing closes before that time: the statement will be public, and closed.")


WAYS = [
    ("circulate", _("circulate it first: only who has the private link reads it and signs")),
    ("publish", _("publish it now: everybody reads it, and can sign")),
    ("embargo", _("let it publish itself at a time")),
]


class BeginForm(forms.Form):
    """Which verb, and for an embargo its moment in the campaign's time zone."""

    use_required_attribute = False

    how = forms.ChoiceField(
        label=_("How"),
        widget=forms.RadioSelect,
        choices=WAYS,
        error_messages={"required": _("Choose how the campaign begins.")},
    )
    until = MomentField(label=_("Public from"), required=False, widget=AdminSplitDateTime)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.fields["until"].initial = campaign.publish_at
        self.fields["until"].help_text = _("In the time zone of the campaign: %(zone)s.") % {"zone": campaign.time_zone}
        if campaign.is_circulating:
            how = self.fields["how"]
            assert isinstance(how, forms.ChoiceField)
            how.choices = WAYS[1:]

    def clean(self) -> None:
        if self.cleaned_data.get("how") == "embargo" and "until" not in self.errors:
            self._check_moment(self.cleaned_data.get("until"))

    def _check_moment(self, until: datetime.datetime | None) -> None:
        if until is None:
            self.add_error("until", _("Say from when it shall be public."))
        elif until <= timezone.now():
            self.add_error("until", _("That time has already passed."))

    def begin(self, by: Any, seen: dict[str, str]) -> bool:
        """Carries out the verb. False, with the reasons among the form's errors, when it is refused."""
        try:
            match self.cleaned_data["how"]:
                case "circulate":
                    self.campaign.circulate(by=by, seen=seen)
                case "publish":
                    self.campaign.publish(by=by, seen=seen)
                case "embargo":
                    self.campaign.embargo(self.cleaned_data["until"], by=by, seen=seen)
        except ValidationError as error:
            self.add_error(None, error)
            return False
        return True


@in_its_time
def publish(campaigns: Scoped, request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The text with which it begins, and how: of that text and no other."""
    back = HttpResponseRedirect(reverse("admin:campaigns_campaign_change", args=[campaign.pk]))
    if campaign.is_published:
        messages.info(request, _("The campaign is published already."))
        return back
    form = BeginForm(request.POST if request.method == "POST" else None, campaign=campaign)
    texts = campaign.texts_to_begin_with()
    seen = {code: request.POST.get(f"seen-{code}", "") for code in texts}
    if form.is_bound and form.is_valid() and form.begin(request.user, seen):
        messages.success(request, DONE[form.cleaned_data["how"]])
        if campaign.is_embargoed and campaign.is_closed_at(form.cleaned_data["until"]):
            messages.warning(request, CLOSED_BY_THEN)
        return back
    shown = [(statement, statement.digest()) for statement in texts.values()]
    context = {"campaign": campaign, "texts": shown, "form": form, "media": campaigns.media + form.media}
    return page(campaigns, request, "campaign/publish", _("Begin"), INVALID if form.is_bound else 200, **context)
