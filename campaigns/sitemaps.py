"""Where search engines begin: campaigns in each language of their texts, organizations and the site's own pages in each
of the interface's. From these they come to all others, such as the lists of names."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as written
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from . import languages
from .models import Campaign, Organization
from .templatetags.languages import campaign_alternates
from .views.keeping import kept_while_same

X_DEFAULT = "x-default"


class InLanguages(Sitemap):
    """Each thing stands at an address for each of its languages, and each address names all the others."""

    limit = 50  # of a part, which stays well under a megabyte: each thing takes 8 kB in all its languages

    @cached_property
    def paginator(self) -> Paginator:
        items: Any = self.items()
        return Paginator(items, self.limit)

    def places(self, item: Any) -> list[tuple[str, str]]:
        """Where the item is read, by language; `x-default` where none is named."""
        raise NotImplementedError

    def changed(self, item: Any) -> datetime.datetime | None:
        return None

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        return [entry for item in self.paginator.page(page).object_list for entry in self.entries(item)]

    def entries(self, item: Any) -> list[dict[str, Any]]:
        alternates = [{"lang_code": code, "location": address} for code, address in self.places(item)]
        addresses = dict.fromkeys(each["location"] for each in alternates)
        return [
            {"item": item, "location": address, "lastmod": self.changed(item), "alternates": alternates}
            for address in addresses
        ]


class InTheInterfaces(InLanguages):
    def path(self, item: Any) -> str:
        """Where it stands in English."""
        raise NotImplementedError

    def places(self, item: Any) -> list[tuple[str, str]]:
        path = self.path(item)
        spoken = [(code, languages.in_language(path, code)) for code, _name in languages.choices()]
        return [(code, settings.SITE_URL + here) for code, here in [*spoken, (X_DEFAULT, path)]]


class Pages(InTheInterfaces):
    def items(self) -> list[str]:
        return ["home", "privacy"]

    def path(self, item: str) -> str:
        return reverse(item)


class Campaigns(InLanguages):
    def items(self) -> Any:
        return Campaign.objects.published().newest().select_related("current_version__proposal")

    def places(self, item: Campaign) -> list[tuple[str, str]]:
        return campaign_alternates(item)

    def changed(self, item: Campaign) -> datetime.datetime:
        assert item.publish_at
        return max(item.publish_at, item.in_force.in_force_since)


class Organizations(InTheInterfaces):
    def items(self) -> Any:
        return Organization.objects.public().order_by("pk")

    def path(self, item: Organization) -> str:
        return reverse("organization", args=[item.slug])


SECTIONS: dict[str, type[Sitemap]] = {"pages": Pages, "campaigns": Campaigns, "organizations": Organizations}


@require_safe
@kept_while_same
def sitemap(request: HttpRequest) -> HttpResponse:
    """All of them at once or, where they are many, where the parts are."""
    sections: dict[str, Any] = {name: kind() for name, kind in SECTIONS.items()}
    pages = {name: each.paginator.num_pages for name, each in sections.items()}
    if set(pages.values()) == {1}:
        return written(request, sections).render()
    parts = [
        {"location": f"{settings.SITE_URL}{reverse('sitemap_section', args=[name])}?p={page}"}
        for name, count in pages.items()
        for page in range(1, count + 1)
    ]
    return render(request, "sitemap_index.xml", {"sitemaps": parts}, content_type="application/xml")


@require_safe
@kept_while_same
def section(request: HttpRequest, section: str) -> HttpResponse:
    """One part, of the page `?p=`."""
    if section not in SECTIONS:
        raise Http404
    return written(request, {**SECTIONS}, section=section).render()
