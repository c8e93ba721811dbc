"""What is new, as Atom: campaigns, what has happened in one, and the names that joined its list.

Links and ids are absolute by SITE_URL. A feed speaks the interface's language, an entry that of its own words.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Atom1Feed, get_tag_uri
from django.utils.html import escape, linebreaks
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from .markdown import render
from .models import Campaign, Signature, SiteTheme, UpdateText
from .spreadsheets import without_controls
from .views.doors import by_either_door
from .views.keeping import kept_while_same

NEWEST = 50
# The date in the id of what has none of its own: the site's list of campaigns, and when an empty one last changed.
BEGINNING = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Entry:
    """A new thing: what it is called, in which language where that is known, and where it is read."""

    title: str
    language: str
    html: str
    path: str
    begun: datetime.datetime
    published: datetime.datetime
    updated: datetime.datetime
    place: str = ""

    @property
    def id(self) -> str:
        """The same for ever: by the day on which its campaign became public."""
        return get_tag_uri(settings.SITE_URL + (self.place or self.path), self.begun)


class Atom(Atom1Feed):
    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"]} if item["language"] else {}

    def latest_post_date(self) -> datetime.datetime:
        """When something in it was new last; of an empty feed, when it began."""
        updated: list[datetime.datetime] = [each["updateddate"] for each in self.items]
        return max(updated, default=self.feed["began"])


class NewestFeed(Feed):
    """A feed of `Entry`s, as each kind of it gives them."""

    feed_type = Atom

    @method_decorator([require_safe, kept_while_same])
    def __call__(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        response: HttpResponse = super().__call__(request, *args, **options)
        return response

    def author_name(self) -> str:
        return SiteTheme.current().title

    def path(self, campaign: Campaign | None) -> str:
        raise NotImplementedError

    def page(self, campaign: Campaign | None) -> str:
        raise NotImplementedError

    def link(self, campaign: Campaign | None) -> str:
        return f"{settings.SITE_URL}{self.page(campaign)}"

    def feed_url(self, campaign: Campaign | None) -> str:
        return f"{settings.SITE_URL}{self.path(campaign)}"

    def feed_guid(self, campaign: Campaign | None) -> str:
        return get_tag_uri(self.feed_url(campaign), began(campaign))

    def feed_extra_kwargs(self, campaign: Campaign | None) -> dict[str, Any]:
        return {"began": began(campaign)}

    def item_title(self, item: Entry) -> str:
        return without_controls(item.title)

    def item_description(self, item: Entry) -> str:
        return without_controls(item.html)

    def item_link(self, item: Entry) -> str:
        return f"{settings.SITE_URL}{item.path}"

    def item_guid(self, item: Entry) -> str:
        return item.id

    def item_pubdate(self, item: Entry) -> datetime.datetime:
        return item.published

    def item_updateddate(self, item: Entry) -> datetime.datetime:
        return item.updated

    def item_extra_kwargs(self, item: Entry) -> dict[str, Any]:
        return {"language": item.language}


def began(campaign: Campaign | None) -> datetime.datetime:
    """When it became public; without one, when the first may have."""
    return (campaign and campaign.publish_at) or BEGINNING


class NewCampaigns(NewestFeed):
    title = _("Joint statements")

    def path(self, campaign: Campaign | None) -> str:
        return reverse("feed")

    def page(self, campaign: Campaign | None) -> str:
        return reverse("home")

    def items(self) -> list[Entry]:
        campaigns = Campaign.objects.published().newest().select_related("current_version__proposal")
        return [self.entry(campaign) for campaign in campaigns[:NEWEST]]

    def entry(self, campaign: Campaign) -> Entry:
        text = campaign.in_force.statement(campaign.language_for(get_language() or ""))
        return Entry(
            title=text.title,
            language=text.language,
            html=linebreaks(text.summary or text.addressee, autoescape=True),
            path=campaign.address(),
            begun=began(campaign),
            published=began(campaign),
            updated=max(began(campaign), campaign.in_force.in_force_since),
        )


class OfACampaign(NewestFeed):
    """A feed of one campaign that is public; any other is not there."""

    @method_decorator(by_either_door)
    def __call__(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        return super().__call__(request, campaign)

    def get_object(self, request: HttpRequest, campaign: Campaign) -> Campaign:
        return campaign

    def called(self, campaign: Campaign) -> str:
        """The statement's title, in the reader's language where it has one."""
        return without_controls(campaign.in_force.statement(campaign.language_for(get_language() or "")).title)


class Updates(OfACampaign):
    def title(self, campaign: Campaign) -> str:
        return f"{gettext('What has happened')}: {self.called(campaign)}"

    def path(self, campaign: Campaign | None) -> str:
        assert campaign
        return reverse("updates_feed", args=[campaign.slug])

    def page(self, campaign: Campaign | None) -> str:
        assert campaign
        return campaign.address()

    def items(self, campaign: Campaign) -> list[Entry]:
        news = UpdateText.objects.public_in(campaign, campaign.language_for(get_language() or ""))
        newest = sorted(news, key=lambda words: (words.update.published_at, words.update_id), reverse=True)
        return [self.entry(campaign, words) for words in newest[:NEWEST]]

    def entry(self, campaign: Campaign, words: UpdateText) -> Entry:
        published = words.update.published_at
        assert published
        return Entry(
            title=words.title,
            language=words.language,
            html=render(words.text),
            path=f"{campaign.address()}#update-{words.update_id}",
            begun=began(campaign),
            published=published,
            updated=published,
        )


class NewSignatories(OfACampaign):
    def title(self, campaign: Campaign) -> str:
        return gettext("Signatories: %(title)s") % {"title": self.called(campaign)}

    def path(self, campaign: Campaign | None) -> str:
        assert campaign
        return reverse("signatories_feed", args=[campaign.slug])

    def page(self, campaign: Campaign | None) -> str:
        assert campaign
        return campaign.address("signatories")

    def items(self, campaign: Campaign) -> list[Entry]:
        language = campaign.language_for(get_language() or "")
        listed: Iterable[Any] = campaign.signatures.standing().on_page(language).newest()[:NEWEST]
        return [self.entry(campaign, signature, language) for signature in listed]

    def entry(self, campaign: Campaign, signature: Any, language: str) -> Entry:
        organization = signature.public_organization
        said = [signature.affiliation, signature.country.name] if is_person(signature) else [signature.country.name]
        return Entry(
            title=signature.name_here or signature.name,
            language=language if signature.name_here else signature.name_language or "",
            html=escape(", ".join(filter(None, said))),
            path=reverse("organization", args=[organization.slug]) if organization else self.page(campaign),
            place=f"{self.page(campaign)}#{signature.pk}",
            begun=began(campaign),
            published=signature.public_since,
            updated=signature.public_since,
        )


def is_person(signature: Signature) -> bool:
    return signature.kind == Signature.Kind.PERSON
