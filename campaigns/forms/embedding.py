"""What a page of somebody else's, or a program of theirs, asks to have a campaign's frame."""

from typing import Any

from django import forms
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from .. import languages
from ..embedding import HEIGHT, WIDTH, Frame
from ..models import Campaign


class FrameForm(forms.Form):
    """How the frame shall look. What is not said stays as it is offered first."""

    language = forms.ChoiceField(label=_("Language"))
    theme = forms.ChoiceField(
        label=_("Colours"),
        required=False,
        choices=[("", _("as the reader’s screen")), ("light", _("light")), ("dark", _("dark"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, campaign: Campaign, asked: Any) -> None:
        offered = {"language": get_language() or "", "theme": ""}
        said = {name: asked[name] for name in offered if name in asked}
        super().__init__({**offered, **said})
        self.campaign = campaign
        names = {code: get_language_info(code)["name_local"] for code in campaign.in_force.content}
        self.fields["language"].choices = list({**dict(languages.choices()), **names}.items())  # type: ignore[attr-defined]

    @property
    def frame(self) -> Frame:
        """As it was asked for."""
        return Frame.in_language(self.campaign, self.cleaned_data["language"], self.cleaned_data["theme"])


class OEmbedForm(forms.Form):
    """What oEmbed (oembed.com) lets a program ask."""

    url = forms.CharField(max_length=2000)
    format = forms.CharField(required=False, max_length=20)
    maxwidth = forms.IntegerField(required=False, min_value=1)
    maxheight = forms.IntegerField(required=False, min_value=1)

    @property
    def size(self) -> dict[str, int]:
        """Width and height of the frame, no larger than asked."""
        asked = self.cleaned_data
        return {"width": min(WIDTH, asked["maxwidth"] or WIDTH), "height": min(HEIGHT, asked["maxheight"] or HEIGHT)}
