"""Clearing an attack: say by which marks it is known, look at what has them, then set it aside; or bring it back."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .. import domains, names
from ..models import Attack, Campaign, Catch, Marks
from .moments import MomentField
from .pages import CONFLICT, INVALID, page

if TYPE_CHECKING:
    from .campaigns import CampaignAdmin

ATTACKS_ON_A_PAGE = 20
MOST_NAMED = 20


class MarksForm(forms.Form):
    use_required_attribute = False

    domain = forms.CharField(
        label=_("Domain"), required=False, max_length=300, help_text=_("Of the e-mail address, or of the website.")
    )
    phrase = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=200,
        help_text=_("In the name, the affiliation, the word to you, or the website’s address."),
    )
    since = MomentField(label=_("Sent from"), required=False, widget=AdminSplitDateTime)
    until = MomentField(label=_("Sent until"), required=False, widget=AdminSplitDateTime)

    def clean_domain(self) -> str:
        """The registrable domain of what was typed: a domain, a mail address, or a website's address."""
        typed = self.cleaned_data["domain"].strip()
        domain = domains.site(typed.rpartition("@")[2])
        if typed and not domain:
            raise ValidationError(_("Write a domain such as example.org."))
        return domain

    def clean_phrase(self) -> str:
        return names.tidy(self.cleaned_data["phrase"])

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", _("This is before the time from which they were sent."))
        if not self.errors and not any(self.cleaned_data.values()):
            self.add_error(None, _("Give one mark at least."))

    def marks(self) -> Marks:
        return Marks(**self.cleaned_data)


def campaign_of(desk: "CampaignAdmin", request: HttpRequest, pk: int) -> Campaign:
    """The campaign, for one who decides on its signatures. Raises Http404 and PermissionDenied."""
    campaign: Campaign = desk.row(request, pk, "view")
    if not request.user.has_perm("campaigns.change_signature", campaign):
        raise PermissionDenied
    return campaign


def clear_attack(desk: "CampaignAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Counts first, then asks, then sets aside what was counted."""
    campaign = campaign_of(desk, request, pk)
    form = MarksForm(request.POST if request.method == "POST" else None, initial=request.GET.dict())
    context: dict[str, Any] = {"campaign": campaign, "form": form, "attacks": attacks_on(campaign)}
    status = INVALID if form.is_bound else 200
    if form.is_bound and form.is_valid():
        status = 200
        if "clear" in request.POST:
            try:
                attack = Attack.objects.clear(campaign, form.marks(), request.user, request.POST.get("seen", ""))
            except ValidationError as error:
                context["refusal"], status = error, CONFLICT
            else:
                words = ngettext("%(count)s request is set aside.", "%(count)s requests are set aside.", attack.count)
                messages.success(request, words % {"count": attack.count})
                return HttpResponseRedirect(request.path)
        catch = Catch(campaign, form.marks())
        context |= {"catch": catch, "known": catch.known.most_common(MOST_NAMED)}
    media = desk.media + form.media
    return page(desk, request, "campaign/attack", _("Clear an attack"), status, **{**context, "media": media})


def attacks_on(campaign: Campaign) -> Any:
    """What was cleared before, the newest first."""
    return campaign.attacks.with_what_is_left().select_related("by", "undone_by")[:ATTACKS_ON_A_PAGE]


def undo_attack(desk: "CampaignAdmin", request: HttpRequest, pk: int, attack: int) -> HttpResponse:
    """Brings back what was set aside."""
    cleared = get_object_or_404(campaign_of(desk, request, pk).attacks, pk=attack)
    try:
        cleared.undo(by=request.user)
        messages.success(request, _("The requests are back where they were."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return HttpResponseRedirect(reverse("admin:campaigns_campaign_attack", args=[pk]))
