"""A campaign's frame, as it stands on other people's pages."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from . import languages
from .models import Campaign, Statement

THEMES = ("light", "dark")
HEIGHT = 420  # pixels, where no script gives the frame that of what is in it
WIDTH = 600


@dataclass(frozen=True)
class Frame:
    """A campaign in a language of the interface, its text in the same or the `named` one. Without a theme it is light
    or dark as the reader's screen."""

    campaign: Campaign
    interface: str
    named: str = ""
    theme: str = ""

    @classmethod
    def in_language(cls, campaign: Campaign, code: str, theme: str = "") -> "Frame":
        """All of it in that language, as far as there is a text and the interface speaks it."""
        interface = languages.spoken(code)
        is_near = code == interface or campaign.language_for(interface) == code
        return cls(campaign, interface, "" if is_near else code, theme)

    @property
    def text(self) -> Statement:
        return self.campaign.in_force.statement(self.named or self.campaign.language_for(self.interface))

    @property
    def path(self) -> str:
        with translation.override(self.interface):
            path = reverse("embed", args=[self.campaign.slug])
        asked = {name: value for name, value in [("in", self.named), ("theme", self.theme)] if value}
        return path + (f"?{urlencode(asked)}" if asked else "")

    def html(self, width: int | str = "100%", height: int = HEIGHT) -> str:
        context = {"address": settings.SITE_URL + self.path, "title": self.text.title, "width": width, "height": height}
        return render_to_string("campaigns/_frame.html", context).strip()

    @property
    def snippet(self) -> str:
        """For a page of somebody's own: the frame, and the script that gives it its height."""
        return f'{self.html()}\n<script src="{script()}" async></script>'


def script() -> str:
    """Under its plain name, which stays when the file changes: pages that we cannot change hold it."""
    return f"{settings.SITE_URL}{settings.STATIC_URL}campaigns/embed.js"
