"""Inviting groups: what was pasted or chosen is read and shown first, and then invited."""

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .. import addresses, languages
from ..addresses import Entry
from ..emails import invitations as letters
from ..emails.words import Letter
from ..forms.fields import WordsField
from ..models import Campaign, Invitation, Registered, Verdict
from ..models.contacts import masked
from ..models.invitees import refuse_too_many
from ..models.inviting import LONGEST_LETTER
from ..templatetags.statements import language_named
from .invitees import Chosen
from .moments import MomentField, MomentInput
from .pages import INVALID, for_deciders, page
from .scope import Scoped

LONGEST_PASTE = 200_000
SHOW_AND_DO = {"look", "invite"}
# The letters of which the words can be set, by the fields that hold them.
WORDS = {"invitation_words": letters.invitation, "reminder_words": letters.invitation_reminder}
# What is sent beside what a coordinator writes.
BUTTONS = {*SHOW_AND_DO, "search", "choose", "seen", "q", "csrfmiddlewaretoken"}


class InviteForm(forms.Form):
    use_required_attribute = False

    lines = forms.CharField(
        label=_("Names and addresses"),
        required=False,
        strip=False,
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_(
            "One group a line, as mail programs and spreadsheets copy them: “River Watch <office@river.example.org>”, "
            "an address alone, or columns."
        ),
    )
    answer_by = MomentField(label=_("Answers by"), required=False, widget=MomentInput)
    language = forms.ChoiceField(label=_("Language of the letter"))
    invitation_words = WordsField(
        label=_("Words of the invitation"),
        required=False,
        max_length=LONGEST_LETTER,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Markdown. Empty: our own words, in the language of the letter. Time, link and sender are added."),
    )
    reminder_words = WordsField(
        label=_("Words of the reminder"),
        required=False,
        max_length=LONGEST_LETTER,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Markdown. Empty: our own words, in the language of the letter. Time, link and sender are added."),
    )

    def __init__(self, data: Any = None, *, campaign: Campaign) -> None:
        super().__init__(data, initial={name: getattr(campaign, name) for name in ("language", "answer_by", *WORDS)})
        self.campaign = campaign
        self.fields["answer_by"].help_text = _("In the time zone of the campaign: %(zone)s.") % {
            "zone": zone_of(campaign)
        }
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [(code, language_named(code)) for code in campaign.texts_to_begin_with()]
        for name, write in WORDS.items():
            self.fields[name].widget.attrs["placeholder"] = own_words(campaign, write)

    def clean_answer_by(self) -> datetime.datetime | None:
        moment: datetime.datetime | None = self.cleaned_data["answer_by"]
        if moment:
            self.campaign.refuse_moment(moment)
        return moment

    def clean(self) -> None:
        """Refuses what cannot be invited to now."""
        if "answer_by" in self.errors:
            return
        try:
            self.planned().refuse_inviting()
        except ValidationError as error:
            self.add_error(None, error)

    def planned(self) -> Campaign:
        """The campaign as it would be, for what is shown before anything is written."""
        planned = copy(self.campaign)
        for name in ("answer_by", *WORDS):
            setattr(planned, name, self.cleaned_data.get(name))
        return planned

    def entries(self) -> list[Entry]:
        return addresses.read(self.cleaned_data["lines"])

    def invite(self, entries: Sequence[Entry], by: Any) -> list[Verdict] | None:
        """Carries out the verbs, all or nothing. None, with the reason among the form's errors, when one is refused."""
        given = self.cleaned_data
        try:
            with transaction.atomic():
                self.campaign.ask_by(given["answer_by"], by=by)
                self.campaign.word_letters(given["invitation_words"], given["reminder_words"], by=by)
                return Invitation.objects.invite(self.campaign, entries, by=by, language=given["language"])
        except ValidationError as error:
            self.add_error(None, error)
            return None


@dataclass(frozen=True)
class Line:
    """A verdict as the page tells it."""

    verdict: Verdict

    @property
    def number(self) -> int | None:
        """The pasted line; none for an organization of the registry."""
        return None if isinstance(self.verdict.entry, Registered) else self.verdict.entry.line

    @property
    def organization(self) -> str:
        return self.verdict.entry.organization

    @property
    def person(self) -> str:
        """Sealed when it is invited, and greeted in the letter."""
        return self.verdict.entry.person

    @property
    def address(self) -> str:
        """In clear only where it was pasted here."""
        entry = self.verdict.entry
        return masked(entry.address) if isinstance(entry, Registered) else entry.address


@dataclass(frozen=True)
class Outcome:
    """What became of the lines, or would."""

    verdicts: list[Verdict]

    @property
    def invited(self) -> list[Line]:
        return [Line(verdict) for verdict in self.verdicts if verdict.invites]

    @property
    def left_out(self) -> list[Line]:
        return [Line(verdict) for verdict in self.verdicts if not verdict.invites]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """How many are left out for each reason, the most first."""
        return Counter(str(line.verdict.reason) for line in self.left_out).most_common()

    @property
    def pasted(self) -> str:
        """The lines that were left out, to be corrected and looked at again."""
        return "\n".join(line.verdict.entry.words for line in self.left_out if line.number)


@for_deciders
def invite(campaigns: Scoped, request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Shows what would become of each line; then, of what was seen and nothing else, invites."""
    sent = request.POST if request.method == "POST" else None
    form, chosen = InviteForm(sent, campaign=campaign), Chosen(request, campaigns.campaigns(request, "view"))
    if not SHOW_AND_DO & request.POST.keys():
        return shown(campaigns, request, campaign, form=form, chosen=chosen)
    entries = whole(form, chosen)
    if entries and "invite" in request.POST and request.POST.get("seen") == fingerprint(request.POST):
        if verdicts := form.invite(entries, by=request.user):
            return invited(campaigns, request, campaign, Outcome(verdicts))
        entries = []
    if not entries:
        return shown(campaigns, request, campaign, INVALID, form=form, chosen=chosen)
    outcome = Outcome(Invitation.objects.judge(campaign, entries))
    looked = {"outcome": outcome, "seen": fingerprint(request.POST), **foresight(form, outcome)}
    return shown(campaigns, request, campaign, form=form, chosen=chosen, **looked)


def shown(
    campaigns: Scoped, request: HttpRequest, campaign: Campaign, status: int = 200, **context: Any
) -> HttpResponse:
    return page(campaigns, request, "campaign/invite", _("Invite groups"), status, campaign=campaign, **context)


def whole(form: InviteForm, chosen: Chosen) -> list[Entry]:
    """All entries, pasted and chosen; none, with the reasons among the errors, while something lacks."""
    if not all([form.is_valid(), chosen.is_whole()]):
        return []
    entries = [*form.entries(), *chosen.entries()]
    if not entries:
        form.add_error("lines", _("Paste an address at least, or choose an organization."))
    try:
        refuse_too_many(entries)
    except ValidationError as error:
        form.add_error("lines", error)
        return []
    return entries


def invited(campaigns: Scoped, request: HttpRequest, campaign: Campaign, outcome: Outcome) -> HttpResponse:
    """The board, or what was left out, to be corrected."""
    count = len(outcome.invited)
    words = ngettext("%(count)s group is invited.", "%(count)s groups are invited.", count) % {"count": count}
    if not outcome.left_out:
        messages.success(request, words)
        return HttpResponseRedirect(reverse("admin:campaigns_campaign_board", args=[campaign.pk]))
    form = InviteForm(campaign=campaign)
    form.initial["lines"] = outcome.pasted
    chosen = Chosen.nobody(request)
    return shown(campaigns, request, campaign, form=form, chosen=chosen, outcome=outcome, done=words)


def foresight(form: InviteForm, outcome: Outcome) -> dict[str, Any]:
    """The time for answers in words, and the letter as the first group would get it."""
    planned = form.planned()
    told: dict[str, Any] = {"planned": planned, "in_utc": in_utc(planned.deadline) if planned.deadline else ""}
    if outcome.invited:
        told["letter"] = specimen(planned, form.cleaned_data["language"], outcome.invited[0].verdict.entry)
    return told


def specimen(planned: Campaign, language: str, entry: Entry) -> Letter:
    invitation = Invitation(campaign=planned, language=language, name=entry.organization)
    invitation.person = entry.person
    with translation.override(languages.spoken(language)):
        return letters.invitation(invitation)


def own_words(campaign: Campaign, write: Callable[[Invitation], Letter]) -> str:
    """What the letter says where no words of its own are set, in the statement's language."""
    plain = copy(campaign)
    plain.answer_by = plain.closes_at = None
    plain.invitation_words = plain.reminder_words = ""
    invitation = Invitation(campaign=plain, language=campaign.language)
    invitation.person = ""
    with translation.override(languages.spoken(campaign.language)):
        return "\n\n".join(filter(None, write(invitation).paragraphs))


def zone_of(campaign: Campaign) -> str:
    """The time zone, and how far it is from UTC now: “Europe/Kyiv (UTC+02:00)”."""
    offset = timezone.localtime(timezone=campaign.zone).strftime("%z")
    return f"{campaign.time_zone} (UTC{offset[:3]}:{offset[3:]})"


def in_utc(moment: datetime.datetime) -> str:
    local = timezone.localtime(moment, datetime.UTC)
    words = {"weekday": date_format(local, "l"), "day": date_format(local, "DATE_FORMAT"), "time": f"{local:%H:%M}"}
    return gettext("%(weekday)s, %(day)s, %(time)s UTC") % words


def fingerprint(sent: QueryDict) -> str:
    """Of all that a coordinator wrote and chose, so that nothing is invited but what was looked at."""
    written: Iterable[tuple[str, list[Any]]] = sorted((k, v) for k, v in sent.lists() if k not in BUTTONS)
    return hashlib.sha256(json.dumps(list(written)).encode()).hexdigest()
