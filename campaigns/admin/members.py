"""The people of one campaign, and their roles in it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from ..models import Campaign, Membership, Role
from ..models.texts import languages
from .deliveries import number_in
from .pages import INVALID, page

if TYPE_CHECKING:
    from .campaigns import CampaignAdmin


class AppointForm(forms.Form):
    use_required_attribute = False

    user = forms.CharField(
        label=_("Person"),
        max_length=254,
        help_text=_("The user name or the e-mail address. Who has no account yet is invited by an administrator."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (Role.REVIEWER, _("reviewer: decides on signatures")),
            (Role.TRANSLATOR, _("translator: writes the translation into one language, and sees nothing else")),
            (Role.OWNER, _("owner: does everything in this campaign, its people and delivering too")),
        ],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=lambda: [("", "—"), *languages()], help_text=_("Of a translator.")
    )

    def clean_user(self) -> Any:
        """The person who is so called. They are not listed, so that nobody reads who works on other campaigns."""
        called = self.cleaned_data["user"]
        here = get_user_model().objects.filter(is_active=True, is_staff=True)
        person = here.filter(Q(username__iexact=called) | Q(email__iexact=called)).first()
        if person is None:
            raise ValidationError(_("Nobody at the desk has this name or address."))
        return person

    def appoint(self, campaign: Campaign, by: Any) -> bool:
        """Carries out the verb. False, with the reason beside the field, when it is refused."""
        try:
            Membership.objects.appoint(campaign, by=by, **self.cleaned_data)
        except ValidationError as error:
            self.add_error("language", error)
            return False
        return True


def members(desk: "CampaignAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Who works on the campaign; gives a role, or takes one back."""
    campaign = desk.row(request, pk)
    if "end" in request.POST:
        end(request, get_object_or_404(campaign.memberships, pk=number_in(request.POST, "end")))
        return HttpResponseRedirect(request.path)
    form = AppointForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and form.appoint(campaign, by=request.user):
        messages.success(request, _("The role is given."))
        return HttpResponseRedirect(request.path)
    status = INVALID if form.is_bound else 200
    known = campaign.memberships.select_related("user")
    title = _("People of the campaign")
    return page(desk, request, "campaign/members", title, status, campaign=campaign, members=known, form=form)


def end(request: HttpRequest, membership: Membership) -> None:
    try:
        membership.end(by=request.user)
        messages.success(request, _("The role is taken back."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
