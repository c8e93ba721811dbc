"""A text that was written elsewhere is brought into the draft: a look at it, part by part, then taking it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .. import documents
from ..models import Campaign, Demand
from .one_line import OneLineField
from .pages import CONFLICT, INVALID, page

if TYPE_CHECKING:
    from .campaigns import CampaignAdmin

LONGEST_PASTE = 200_000
LONGEST_MARKUP = 1_000_000  # pasting.js takes no longer one along
LONGEST_DEMAND = Demand._meta.get_field("text").max_length or 0


class BringForm(forms.Form):
    """The text, as a file or pasted; of a pasted one the clipboard's HTML too, where a script could take it along."""

    use_required_attribute = False

    file = forms.FileField(
        label=_("A Word document (.docx)"),
        required=False,
        max_length=200,
        help_text=_("At most 10 MB. Pictures and comments stay behind; tracked changes are taken as accepted."),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )
    text = forms.CharField(
        label=_("Or paste the text here"),
        required=False,
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
    )
    html = forms.CharField(required=False, max_length=LONGEST_MARKUP, widget=forms.HiddenInput)

    document: documents.Document

    def clean(self) -> None:
        file, text = self.cleaned_data.get("file"), self.cleaned_data.get("text", "")
        if self.errors:
            return
        if bool(file) == bool(text):
            words = (
                _("Bring a file or paste a text, not both.") if file else _("Bring a file, or paste the text below.")
            )
            self.add_error("file", words)
            return
        try:
            self.document = from_file(file) if file else from_clipboard(self.cleaned_data["html"], text)
        except documents.Unreadable as error:
            self.add_error("file" if file else "text", error)


def from_file(file: Any) -> documents.Document:
    if file.size > documents.LARGEST_BYTES:
        raise documents.too_large()
    return documents.from_word(file.read())


def from_clipboard(html: str, text: str) -> documents.Document:
    return documents.from_markup(html) if html else documents.from_text(text)


class TakeForm(forms.Form):
    """What is taken: the title, and which parts of the text are its demands. The text itself comes back as it went."""

    use_required_attribute = False

    title = OneLineField(
        label=_("Title"), max_length=300, widget=forms.TextInput(attrs={"dir": "auto", "class": "vTextField"})
    )
    body = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    demands = forms.TypedMultipleChoiceField(
        required=False, coerce=int, widget=forms.CheckboxSelectMultiple, label=_("Which parts are demands?")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blocks = documents.blocks(lines_of(self["body"].value()))
        may_be = [(place, place) for place, block in enumerate(self.blocks) if not block.is_heading]
        field = self.fields["demands"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = may_be

    @classmethod
    def of(cls, document: documents.Document, campaign: Campaign) -> "TakeForm":
        """With what is likely: the title that was found, and the parts that look like demands ticked."""
        form = cls(initial={"title": document.title or campaign.title, "body": document.body})
        form.initial["demands"] = sorted(documents.probable(form.blocks))
        return form

    def parts(self) -> list[tuple[documents.Block, Any]]:
        """Each part of the text with its tick; a heading has none."""
        ticks = iter(self["demands"])
        return [(block, None if block.is_heading else next(ticks)) for block in self.blocks]

    def clean_body(self) -> str:
        return lines_of(self.cleaned_data["body"])

    def clean_demands(self) -> list[int]:
        places: list[int] = self.cleaned_data["demands"]
        if any(len(self.blocks[place].demand) > LONGEST_DEMAND for place in places):
            raise ValidationError(_("A demand has more than 2,000 characters. Untick it, and write it shorter later."))
        return places

    def bring(self, campaign: Campaign, by: Any) -> bool:
        """Carries out the verb. False, with the reason above the form, when it is refused."""
        places = sorted(self.cleaned_data["demands"])
        demands = [self.blocks[place].demand for place in places]
        body = documents.without(self.cleaned_data["body"], places)
        try:
            campaign.bring_text(by, self.cleaned_data["title"], body, demands)
        except ValidationError as error:
            self.add_error(None, error)
            return False
        return True


def lines_of(text: str | None) -> str:
    """The text with the line ends that it had before a browser sent it."""
    return (text or "").replace("\r\n", "\n")


def bring_text(desk: "CampaignAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Two steps at one address. Nothing is kept before the second."""
    campaign = desk.row(request, pk)
    if "take" in request.POST:
        return take(desk, request, campaign)
    form = BringForm(request.POST, request.FILES) if request.method == "POST" else BringForm()
    if form.is_bound and form.is_valid():
        return look(desk, request, campaign, TakeForm.of(form.document, campaign), notices=form.document.notices)
    is_draft = not campaign.is_frozen
    status = (INVALID if form.is_bound else 200) if is_draft else CONFLICT
    context = {"campaign": campaign, "form": form, "is_draft": is_draft, "longest": LONGEST_MARKUP}
    return page(desk, request, "campaign/bring_text", _("Bring a text"), status, **context)


def take(desk: "CampaignAdmin", request: HttpRequest, campaign: Campaign) -> HttpResponse:
    form = TakeForm(request.POST)
    if not form.is_valid():
        return look(desk, request, campaign, form, INVALID)
    if not form.bring(campaign, by=request.user):
        return look(desk, request, campaign, form, CONFLICT)
    messages.success(request, _("The text is in the draft. Read it through, and see what else it needs."))
    return HttpResponseRedirect(reverse("admin:campaigns_campaign_change", args=[campaign.pk]))


def look(
    desk: "CampaignAdmin", request: HttpRequest, campaign: Campaign, form: TakeForm, status: int = 200, **context: Any
) -> HttpResponse:
    """The text as it would be taken, part by part, with a tick beside each."""
    title = _("Look at the text")
    return page(desk, request, "campaign/look_at_text", title, status, campaign=campaign, form=form, **context)
