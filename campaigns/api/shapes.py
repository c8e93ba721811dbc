"""How each thing is written as data. The document that describes the API is made of these same classes."""

import datetime
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Self, TypeVar

from django.urls import reverse
from django.utils import timezone

from .. import models
from ..models.listing import Kind, Line
from ..templatetags.statements import absolute

T = TypeVar("T")


@dataclass(frozen=True)
class Said:
    """What the document says of a value beside its type."""

    description: str = ""
    format: str = ""
    pattern: str = ""


Link = Annotated[str, Said(format="uri")]
Website = Annotated[str, Said("An address on the web, or empty.")]
Country = Annotated[str, Said("ISO 3166-1 alpha-2, or empty.", pattern="^([A-Z]{2})?$")]
Language = Annotated[str, Said("The code of a language, or empty where nobody has said it.")]
Markdown = Annotated[str, Said("Markdown.")]
Fingerprint = Annotated[str, Said(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a list, and where its next part is; null at the end."""

    items: list[T]
    next: Link | None


@dataclass(frozen=True)
class CampaignInBrief:
    """A campaign as lists name it, in its original language."""

    slug: str
    title: str
    addressee: str
    summary: str
    language: str
    languages: list[str]
    published_at: datetime.datetime
    closes_at: datetime.datetime | None
    is_open: bool
    signature_count: Annotated[int, Said("How many have signed what is asked now.")]
    page: Link
    api: Link

    @classmethod
    def of(cls, campaign: Any) -> Self:
        return cls(**in_brief(campaign, campaign.listed_count))


def in_brief(campaign: models.Campaign, signature_count: int) -> dict[str, Any]:
    text = campaign.text
    return {
        "slug": campaign.slug,
        "title": text.title,
        "addressee": text.addressee,
        "summary": text.summary,
        "language": campaign.language,
        "languages": campaign.in_force.languages,
        "published_at": campaign.publish_at,
        "closes_at": campaign.closes_at,
        "is_open": campaign.is_open,
        "signature_count": signature_count,
        "page": absolute(campaign.address()),
        "api": absolute(reverse("api_campaign", args=[campaign.slug])),
    }


@dataclass(frozen=True)
class Text:
    """The statement in one language, with the fingerprint of exactly this text."""

    language: str
    is_original: bool
    title: str
    addressee: str
    summary: str
    body: Markdown
    date: datetime.date
    fingerprint: Fingerprint
    page: Link
    canonical: Annotated[Link, Said("The bytes of which the fingerprint is the SHA-256.")]
    letter: Annotated[Link, Said("The letter as PDF.")]

    @classmethod
    def of(cls, campaign: models.Campaign, text: models.Statement) -> Self:
        code, number = text.language, campaign.in_force.number
        return cls(
            language=code,
            is_original=code == campaign.language,
            title=text.title,
            addressee=text.addressee,
            summary=text.summary,
            body=text.body,
            date=text.date,
            fingerprint=campaign.in_force.digest(code),
            page=absolute(campaign.address_in(code)),
            canonical=absolute(campaign.address("canonical", number, code)),
            letter=absolute(campaign.address_in(code, "letter")),
        )


@dataclass(frozen=True)
class Outcome:
    """What became of a demand, and the number of the update that tells it."""

    outcome: models.Update.Outcome
    date: datetime.date
    update: int


@dataclass(frozen=True)
class Demand:
    """One thing that the statement asks. Its key stays the same in every version; its number may change."""

    key: str
    number: int
    texts: Annotated[dict[str, Markdown], Said("By the codes of their languages.")]
    outcome: Outcome | None

    @classmethod
    def of(
        cls, demand: models.NumberedDemand, texts: list[models.Statement], outcomes: dict[str, models.Update]
    ) -> Self:
        told = outcomes.get(demand.key)
        return cls(
            key=demand.key,
            number=demand.number,
            texts={text.language: each.text for text in texts for each in text.demands if each.key == demand.key},
            outcome=Outcome(models.Update.Outcome(told.outcome), told.date, told.pk) if told else None,
        )


@dataclass(frozen=True)
class Counts:
    """How many have signed what is asked now, and of how many of these the public does not read the names; and how many
    are listed for an earlier text only, and not counted."""

    organizations: int
    persons: int
    withheld: int
    earlier: int

    @classmethod
    def of(cls, tally: models.Tally) -> Self:
        return cls(tally.organizations, tally.persons, tally.withheld, tally.earlier)


@dataclass(frozen=True)
class Delivered:
    """The last delivery of the letter, and where anyone can check it."""

    at: datetime.datetime
    fingerprint: Fingerprint
    page: Link

    @classmethod
    def of(cls, campaign: Any) -> Self | None:
        """Of a campaign as `for_readers` gives it; None before any delivery."""
        if not campaign.delivered_as:
            return None
        page = absolute(reverse("delivery", args=[campaign.delivered_as]))
        return cls(campaign.delivered_at, campaign.delivered_as, page)


@dataclass(frozen=True)
class Campaign(CampaignInBrief):
    """A campaign with its text in every language, the original first, and what became of it."""

    time_zone: str
    version: Annotated[int, Said("The number of the text version in force.")]
    texts: list[Text]
    demands: list[Demand]
    counts: Counts
    names_withheld: Annotated[bool, Said("Whether all names are withheld, until a delivery or earlier.")]
    delivered: Delivered | None
    signatories: Link
    updates: Link

    @classmethod
    def whole(cls, campaign: models.Campaign, tally: models.Tally, outcomes: dict[str, models.Update]) -> Self:
        texts = list(campaign.texts_to_begin_with().values())
        return cls(
            **in_brief(campaign, tally.total),
            time_zone=campaign.time_zone,
            version=campaign.in_force.number,
            texts=[Text.of(campaign, text) for text in texts],
            demands=[Demand.of(demand, texts, outcomes) for demand in campaign.text.demands],
            counts=Counts.of(tally),
            names_withheld=campaign.names_withheld,
            delivered=Delivered.of(campaign),
            signatories=absolute(reverse("api_signatories", args=[campaign.slug])),
            updates=absolute(reverse("api_updates", args=[campaign.slug])),
        )


@dataclass(frozen=True)
class Signatory:
    """One name of the public list, as it was listed."""

    name: str
    language: Language
    kind: Kind
    affiliation: Annotated[str, Said("Of a person, and for identification only.")]
    country: Country
    website: Website
    public_since: Annotated[datetime.date, Said("In the time zone of the campaign.")]
    version: Annotated[int, Said("The number of the text version that was signed.")]
    stands: Annotated[bool, Said("Whether it is under what is asked now; only then it is counted.")]
    supplement: Annotated[int, Said("After which delivery it joined; 0 before any.")]
    organization: Annotated[Link | None, Said("The organization, where it has a page of its own.")]

    @classmethod
    def of(cls, line: Line, zone: datetime.tzinfo) -> Self:
        slug = line.organization_slug
        return cls(
            name=line.name,
            language=line.name_language or "",
            kind=Kind(line.kind),
            affiliation=line.affiliation,
            country=line.country,
            website=line.website,
            public_since=timezone.localdate(line.since, zone),
            version=line.version_number,
            stands=line.stands,
            supplement=line.supplement,
            organization=absolute(reverse("api_organization", args=[slug])) if slug else None,
        )


@dataclass(frozen=True)
class UpdateText:
    """An update's words in one language."""

    language: str
    title: str
    text: Markdown


@dataclass(frozen=True)
class Update:
    """What happened after: news, the addressee's reply, or the outcome of a demand, which is told by its key."""

    id: int
    kind: models.Update.Kind
    date: datetime.date
    published_at: datetime.datetime
    demand: str | None
    outcome: models.Update.Outcome | None
    source: Website
    document: Annotated[Link | None, Said("The reply as PDF.")]
    texts: list[UpdateText]
    page: Link

    @classmethod
    def of(cls, update: models.Update, campaign: models.Campaign) -> Self:
        assert update.published_at
        return cls(
            id=update.pk,
            kind=models.Update.Kind(update.kind),
            date=update.date,
            published_at=update.published_at,
            demand=update.demand_key or None,
            outcome=models.Update.Outcome(update.outcome) if update.outcome else None,
            source=update.source,
            document=absolute(reverse("reply", args=[update.pk])) if update.document else None,
            texts=[UpdateText(words.language, words.title, words.text) for words in update.texts.all()],
            page=absolute(f"{campaign.address()}#update-{update.pk}"),
        )


@dataclass(frozen=True)
class KnownName:
    """A name by which an organization is known in public."""

    name: str
    language: Language
    kind: models.OrganizationName.Kind


@dataclass(frozen=True)
class Signed:
    """A statement that an organization has signed in public."""

    title: str
    language: str
    name: Annotated[str, Said("Under which name the organization is on its list.")]
    signed_on: datetime.date
    version: int
    stands: bool
    page: Link
    api: Link

    @classmethod
    def of(cls, signature: Any) -> Self:
        """Of a signature as `of_its_page` gives it."""
        campaign = signature.campaign
        return cls(
            title=campaign.text.title,
            language=campaign.language,
            name=signature.name,
            signed_on=timezone.localdate(signature.signed_at),
            version=signature.version_number,
            stands=signature.stands,
            page=absolute(campaign.address()),
            api=absolute(reverse("api_campaign", args=[campaign.slug])),
        )


@dataclass(frozen=True)
class Organization:
    """An organization, by the name at the head of its page, and what it has signed in public, the newest statements
    first."""

    name: str
    slug: str
    country: Country
    website: Website
    logo: Link | None
    names: list[KnownName]
    signed: Page[Signed]
    page: Link

    @classmethod
    def of(cls, organization: models.Organization, names: list[models.OrganizationName], signed: Page[Signed]) -> Self:
        return cls(
            name=names[0].name if names else signed.items[0].name,
            slug=organization.slug,
            country=organization.country.code or "",
            website=organization.website,
            logo=absolute(reverse("logo", args=[organization.logo])) if organization.logo else None,
            names=[KnownName(each.name, each.language, models.OrganizationName.Kind(each.kind)) for each in names],
            signed=signed,
            page=absolute(reverse("organization", args=[organization.slug])),
        )


@dataclass(frozen=True)
class Problem:
    """Why there is no answer, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
