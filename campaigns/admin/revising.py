"""A new text version: see what differs, say of which kind it is, and act."""

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..differences import compare
from ..forms.fields import WordsField
from ..models import Campaign, TextVersion
from .moments import MomentField
from .pages import INVALID, in_its_time, page
from .scope import Scoped

Kind = TextVersion.Kind
USUAL_WEEKS = datetime.timedelta(weeks=1)


class ReviseForm(forms.Form):
    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("This"),
        widget=forms.RadioSelect,
        choices=[
            (Kind.WORDING, _("corrects wording: signatures stand, and every contact person is told")),
            (Kind.DEMANDS, _("changes what we ask: it is proposed to every signatory first")),
            (Kind.TRANSLATION, _("adds a translation: nobody is mailed")),
        ],
    )
    note = WordsField(
        label=_("Note"),
        help_text=_("What changed and why, in a sentence or two. It is public, and stands in the letters."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    deadline = MomentField(
        label=_("Answer by"),
        help_text=_("For a change of what we ask."),
        required=False,
        initial=lambda: timezone.now() + USUAL_WEEKS,
        widget=AdminSplitDateTime,
    )

    def clean(self) -> None:
        if self.cleaned_data.get("kind") == Kind.DEMANDS and not self.cleaned_data.get("deadline"):
            self.add_error("deadline", _("Say by when the signatories should answer."))

    def revise(self, campaign: Campaign, by: Any, seen: dict[str, str]) -> bool:
        """Carries out the verb. False, with the reasons among the form's errors, when it is refused."""
        note = self.cleaned_data["note"]
        try:
            match self.cleaned_data["kind"]:
                case Kind.WORDING:
                    campaign.correct_wording(by=by, note=note, seen=seen)
                case Kind.TRANSLATION:
                    campaign.add_translation(by=by, note=note, seen=seen)
                case Kind.DEMANDS:
                    campaign.propose(by=by, note=note, deadline=self.cleaned_data["deadline"], seen=seen)
        except ValidationError as error:
            self.add_error(None, error)
            return False
        return True


def lagging(campaign: Campaign) -> list[str]:
    """The public translations that stay as they are although the original has changed."""
    draft, public = campaign.draft_digests(), campaign.in_force.digests
    if draft[campaign.language] == public[campaign.language]:
        return []
    return [code for code, digest in public.items() if code != campaign.language and draft.get(code) == digest]


@in_its_time
def revise(campaigns: Scoped, request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The draft text beside what the public reads, and the kind of version that it shall become."""
    if not campaign.is_frozen:
        raise Http404
    form = ReviseForm(request.POST if request.method == "POST" else None)
    draft = campaign.draft_texts()
    seen = {code: request.POST.get(f"seen-{code}", "") for code in draft}
    if form.is_bound and form.is_valid() and form.revise(campaign, request.user, seen):
        messages.success(request, _("Done: the new version is frozen."))
        return HttpResponseRedirect(reverse("admin:campaigns_campaign_change", args=[campaign.pk]))
    public = {statement.language: statement for statement in campaign.in_force.statements()}
    context = {
        "campaign": campaign,
        "form": form,
        "compared": [(code, compare(public[code], draft[code])) for code in draft if code in public],
        "seen": campaign.draft_digests(),
        "lagging": lagging(campaign),
        "added": [code for code in draft if code not in public],
        "media": campaigns.media + form.media,
    }
    status = INVALID if form.is_bound else 200
    return page(campaigns, request, "campaign/revise", _("A new version of the text"), status, **context)
