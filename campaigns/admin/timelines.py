"""The record of one campaign: who did what, when, on what; searched, and taken along as a file."""

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..desk import is_key
from ..models import Campaign, Event
from ..models.events import EventQuerySet
from ..models.telling import tell
from ..spreadsheets import FORMATS
from .exports import at, pieces
from .pages import INVALID, page

if TYPE_CHECKING:
    from .campaigns import CampaignAdmin

LINES_ON_A_PAGE = 50
HEADINGS = [_("When"), _("Who"), _("What"), _("Signature"), _("Organization")]


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SearchForm(forms.Form):
    """Which events of a campaign."""

    use_required_attribute = False

    q = forms.CharField(label=_("Words"), required=False, max_length=200)
    verb = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("anything")), *Event.Verb.choices])
    who: Any = forms.ModelChoiceField(queryset=None, label=_("Who"), required=False, empty_label=_("anybody"))
    since = forms.DateField(label=_("From"), required=False, widget=DayInput)
    until = forms.DateField(label=_("Until"), required=False, widget=DayInput)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.events = Event.objects.concerning(campaign)
        people = self.fields["who"]
        assert isinstance(people, forms.ModelChoiceField)
        people.queryset = people_of(campaign)

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            raise ValidationError(_("The last day comes before the first."))

    def found(self) -> EventQuerySet:
        """Those that were sought, the newest first; none while something is not in order."""
        if not self.is_valid():
            return self.events.none()
        sought = self.cleaned_data
        found = self.events.with_words(sought["q"])
        if sought["verb"]:
            found = found.filter(verb=sought["verb"])
        if sought["who"]:
            found = found.filter(who=sought["who"])
        if sought["since"]:
            found = found.filter(at__gte=midnight(sought["since"]))
        if sought["until"]:
            found = found.filter(at__lt=midnight(sought["until"] + datetime.timedelta(days=1)))
        return found.order_by("-at", "-pk")


def people_of(campaign: Campaign) -> QuerySet[Any]:
    """The people of the campaign, now or by what they did."""
    acted = Event.objects.filter(campaign=campaign, who=OuterRef("pk"))
    member = campaign.memberships.filter(user=OuterRef("pk"))
    return get_user_model().objects.filter(Exists(member) | Exists(acted)).order_by("username")


def midnight(day: datetime.date) -> datetime.datetime:
    """When the day begins, in the site's time zone."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def timeline(desk: "CampaignAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """A page of what happened, the newest first; the next begins after the last event of this one."""
    campaign = desk.row(request, pk, "view")
    form = SearchForm(request.GET, campaign=campaign)
    found = form.found()
    if last := last_seen(request):
        found = found.before(last)
    lines = found[: LINES_ON_A_PAGE + 1].lines()
    sought = request.GET.copy()
    sought.pop("after", None)
    context = {
        "campaign": campaign,
        "form": form,
        "lines": lines[:LINES_ON_A_PAGE],
        "sought": sought.urlencode(),
        "after": lines[LINES_ON_A_PAGE - 1].event.pk if len(lines) > LINES_ON_A_PAGE else None,
        "is_first": last is None,
    }
    status = 200 if form.is_valid() else INVALID
    return page(desk, request, "campaign/timeline", _("Timeline"), status, **context)


def last_seen(request: HttpRequest) -> Event | None:
    """The event after which the page begins, as its address says."""
    after = request.GET.get("after", "")
    return Event.objects.filter(pk=after).first() if is_key(after) else None


def export_timeline(desk: "CampaignAdmin", request: HttpRequest, pk: int, ending: str) -> HttpResponseBase:
    """What was found, as a spreadsheet, the oldest first."""
    campaign = desk.row(request, pk, "view")
    form = SearchForm(request.GET, campaign=campaign)
    if ending not in FORMATS or not form.is_valid():
        raise Http404
    found = form.found()
    export = Event.objects.record_export("timeline", ending, found.count(), by=request.user, campaign=campaign)
    rows = timeline_rows(found.filter(pk__lt=export.pk))
    return FORMATS[ending](f"{campaign.slug}-timeline", HEADINGS, rows)


def timeline_rows(events: EventQuerySet) -> Iterator[list[str]]:
    for some in pieces(events.select_related("who")):
        for line in tell(some):
            signature, organization = line.signature or "", line.organization or ""
            yield [at(line.event.at), line.who, line.sentence, str(signature), str(organization)]
