"""Which signatures: the words in which pages, the desk and the letter ask for them."""

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import collation
from .erasures import Erasable

if TYPE_CHECKING:
    from .campaigns import Campaign
    from .signatures import Signature  # noqa: F401 - whose rows they are

CONFIRM_WITHIN = datetime.timedelta(days=7)
# A correction of wording changes nothing of what a group has signed; a new edition does.
STANDS = Q(text_version__edition=F("campaign__current_version__edition"))

# Of what is listed, that which everybody may read by name: all public names, lists, searches and counts go by this.
BY_NAME = Q(shown="public", campaign__names_withheld=False)


class State(models.TextChoices):
    UNCONFIRMED = "unconfirmed", _("unconfirmed")
    PENDING = "pending", _("waiting for you")
    LISTED = "listed", _("listed")
    DECLINED = "declined", _("not accepted")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REMOVED = "removed", _("removed")
    DISCARDED = "discarded", _("set aside as an attack")


# A signature that came so far stands no more, and does not come to stand by itself.
ENDED = frozenset({State.DECLINED, State.WITHDRAWN, State.REMOVED, State.DISCARDED})


class Kind(models.TextChoices):
    ORGANIZATION = "organization", _("an organization")
    PERSON = "person", _("a person, in their own name")


class Shown(models.TextChoices):
    PUBLIC = "public", _("in public")
    ADDRESSEE = "addressee", _("to the addressee only")
    COUNTED = "counted", _("only counted")


class Source(models.TextChoices):
    FORM = "form", _("form")
    INVITATION = "invitation", _("invitation")
    IMPORT = "import", _("imported list")
    EMAIL = "email", _("e-mail")
    TELEPHONE = "telephone", _("telephone")
    PAPER = "paper", _("paper")


# What a group sends itself, so that its address is proven and a coordinator decides.
BY_THE_GROUP = frozenset({Source.FORM, Source.INVITATION})


# So many names are sorted for each language of readers; longer lists stand in one order for all.
MOST_SORTED = 400


def as_read(reader: str, signatures: list[Any]) -> list[Any]:
    """All the rows of `in_list_order`, named as on a page; those that go by name as that reader looks for them. Of a
    longer list the database's own order stands."""
    if len(signatures) > MOST_SORTED:
        return signatures

    return sorted(signatures, key=lambda each: place_as_read(reader, each))


def place_as_read(reader: str, signature: Any) -> tuple[Any, ...]:
    name = collation.key(signature.name_here or signature.name, reader) if signature.sort_name else ()
    return signature.tier, name, signature.position


class Place(NamedTuple):
    """Where a signature stands in the order of the list, whatever becomes of it."""

    tier: int
    sort_name: str
    position: int

    @classmethod
    def of(cls, signature: Any) -> Self:
        return cls(signature.tier, signature.sort_name, signature.position)


class Line(NamedTuple):
    """One name of the public list, with all that is written of it as data, and its place."""

    name: str
    name_here: str | None
    name_language: str | None
    kind: str
    affiliation: str
    country: str
    website: str
    since: datetime.datetime
    version_number: int
    stands: bool
    supplement: int
    organization_slug: str
    key: str
    tier: int
    sort_name: str
    position: int


@dataclass(frozen=True)
class Tally:
    """How many stand under a campaign's text, how many of them the public does not see by name, and how many are
    listed on an earlier text only, who are not counted."""

    organizations: int
    persons: int
    withheld: int
    earlier: int

    @property
    def total(self) -> int:
        return self.organizations + self.persons


class ListingQuerySet(Erasable["Signature"]):
    def listed(self) -> Self:
        return self.filter(state=State.LISTED)

    def not_ended(self) -> Self:
        """Those that stand, or may still come to stand."""
        in_time = Q(state=State.UNCONFIRMED, submitted_at__gte=timezone.now() - CONFIRM_WITHIN)
        return self.filter(in_time | Q(state__in=[State.PENDING, State.LISTED]))

    def expired(self) -> Self:
        """Those whose addresses were not confirmed in time."""
        return self.filter(state=State.UNCONFIRMED, submitted_at__lt=timezone.now() - CONFIRM_WITHIN)

    def undecided(self, ended_before: datetime.date) -> Self:
        """Those that still wait for a decision in campaigns that ended before that day."""
        return self.filter(state=State.PENDING, campaign__ends_on__lt=ended_before)

    def set_aside(self, before: datetime.datetime) -> Self:
        """Those that were cleared away with an attack before that moment."""
        return self.filter(state=State.DISCARDED, attack__at__lt=before)

    def going_whole(self) -> Self:
        """Those of which nothing stays without their contact persons: nobody confirmed them, or they are in the own
        name of a person who stands on no list, was never delivered, and of whom no public correction speaks."""
        own_name = Q(kind=Kind.PERSON, state__in=ENDED, correction="", deliveries=None)
        return self.filter(Q(state=State.UNCONFIRMED) | own_name)

    def confirmed(self) -> Self:
        """Those that stand or wait for a decision: their contact persons are told what happens to the text."""
        return self.filter(state__in=[State.PENDING, State.LISTED])

    def in_public(self) -> Self:
        """Those whose names everybody may read, in the order of the list, each with `stands` and `supplement`."""
        public = self.listed().filter(BY_NAME)
        return public.marked_standing().marked_supplement().in_list_order()

    def in_list_order(self) -> Self:
        """Initiators first, then who signed before publication, then the others by time or by name, as their campaign
        says. Each has its `tier` and `sort_name`."""
        follows_by_name = Q(campaign__list_order="name", is_initiator=False, is_first=False)
        return self.annotate(
            tier=Case(When(is_initiator=True, then=0), When(is_first=True, then=1), default=2),
            sort_name=Case(When(follows_by_name, then=F("key")), default=Value("")),
        ).order_by("tier", "sort_name", "position", "id")

    def newest(self) -> Self:
        """Those that were listed last come first."""
        return self.order_by("-position", "-id")

    def after(self, place: Any) -> Self:
        """Those that follow a place, or a signature, of `in_list_order`; all, without one."""
        if place is None:
            return self
        tier, name, position = Place.of(place)
        return self.filter(
            Q(tier__gt=tier) | Q(tier=tier, sort_name__gt=name) | Q(tier=tier, sort_name=name, position__gt=position)
        )

    def published(self) -> Self:
        """Those of all campaigns whose names everybody may read now."""
        campaigns = apps.get_model("campaigns", "Campaign").objects.published()
        return self.listed().filter(BY_NAME, campaign__in=campaigns)

    def known_in(self, campaigns: "models.QuerySet[Campaign]") -> Self:
        """Those of the campaigns, and those of others that everybody may read."""
        return self.filter(Q(campaign__in=campaigns) | Q(pk__in=self.model._default_manager.published().values("pk")))

    def on_page(self, language: str) -> Self:
        """Those in public as a page in this language lists them."""
        return self.in_public().named_in(language)

    def lines(self) -> Any:
        """Each of `on_page` as a `Line`: a long list is read in a fraction of the time that signatures take."""
        has_a_page = When(organization__is_hidden=False, then=F("organization__slug"))
        since = Greatest("decided_at", "campaign__publish_at")
        lines = self.annotate(since=since, organization_slug=Case(has_a_page, default=Value("")))
        return lines.values_list(*Line._fields, named=True)

    def newest_on_page(self, language: str) -> Self:
        """Those of `on_page` that stand under what is asked now, who came last first."""
        return self.standing().on_page(language).order_by("-position", "-id")

    def named_in(self, language: str) -> Self:
        """Each with its organization, and named as by `marked_names`."""
        return self.select_related("organization").marked_names(language, OuterRef("organization"))

    def as_on_page(self, language: str, organization: int | None) -> Self:
        """Each with all that a page in this language would list of it, were it in public as that organization's."""
        return self.marked_standing().marked_supplement().marked_names(language, Value(organization))

    def marked_names(self, language: str, organization: Any) -> Self:
        """Each with `name_here`, the organization's name in that language where it has one other than the listed name,
        and `name_language`, that of the listed name where a coordinator has said it. Who is hidden stands as listed."""
        names = apps.get_model("campaigns", "OrganizationName").objects
        known = names.in_language(language).filter(organization=organization, organization__is_hidden=False)
        is_in_it = Exists(known.filter(name=OuterRef("name")))
        name_here = Case(When(~is_in_it, then=Subquery(known.order_by("rank", "id").values("name")[:1])))
        listed = names.filter(organization=organization, name=OuterRef("name"))
        return self.annotate(name_here=name_here, name_language=Subquery(listed.values("language")[:1]))

    def page_one(self, language: str, size: int, newest: int) -> Self:
        """What the campaign's page tells of, in one query: the first `size` of `on_page`, the `newest` that came onto
        the list, the initiators that come later on it, and those that are `corrected`."""
        public = self.listed().filter(BY_NAME)
        first = Q(pk__in=public.in_list_order().values("pk")[:size])
        last = Q(pk__in=public.order_by("-position", "-id").values("pk")[:newest])
        others = Q(pk__in=public.filter(is_initiator=True).values("pk")) | Q(pk__in=self.corrected().values("pk"))
        page = self.filter(first | last | others).marked_standing().marked_supplement().named_in(language)
        return page.in_list_order()

    def corrected(self) -> Self:
        """Those of whose removal a public correction tells."""
        return self.filter(state=State.REMOVED).exclude(correction="")

    def of_its_page(self) -> Self:
        """What an organization's own page tells of it: what it signed in public, the newest first."""
        published = self.published().marked_standing().select_related("campaign__current_version")
        return published.order_by(Coalesce("confirmed_at", "submitted_at").desc(), "-id")

    def by_statement(self, before: tuple[datetime.datetime, int] | None = None) -> Self:
        """The newest statement first; from those before a time of publication and a campaign's key, if told."""
        order = self.order_by("-campaign__publish_at", "-campaign")
        if before is None:
            return order
        moment, campaign = before
        same = Q(campaign__publish_at=moment, campaign__lt=campaign)
        return order.filter(Q(campaign__publish_at__lt=moment) | same)

    def initiators(self) -> Self:
        """The organizations that initiated the statement and have a logo to show, in the order of the list."""
        shows = {"organization__is_hidden": False, "is_initiator": True}
        return self.in_public().select_related("organization").filter(**shows).exclude(organization__logo="")

    def named(self) -> Self:
        """Those whose names the addressee reads, in the order of the list."""
        return self.exclude(shown=Shown.COUNTED).in_list_order()

    def standing(self) -> Self:
        """Those listed under what is asked now; the others are on an earlier text and have not agreed to this one."""
        return self.listed().filter(STANDS)

    def marked_standing(self) -> Self:
        """Each with `stands`, whether it is under what is asked now, and the number of the version that it is under."""
        return self.annotate(stands=STANDS, version_number=F("text_version__number"))

    def organizations(self) -> Self:
        return self.filter(kind=Kind.ORGANIZATION)

    def persons(self) -> Self:
        return self.filter(kind=Kind.PERSON)

    def marked_supplement(self) -> Self:
        """Each with `supplement`, the number of the supplementary list that it is on; 0 before any delivery."""
        entries = apps.get_model("campaigns", "DeliveryEntry").objects
        named = entries.filter(delivery=OuterRef("pk"), signature=OuterRef(OuterRef("pk")))
        deliveries = apps.get_model("campaigns", "Delivery").objects
        earlier = deliveries.filter(~Exists(named), campaign=OuterRef("campaign"))
        return self.annotate(supplement=Coalesce(Subquery(earlier.order_by("-number").values("number")[:1]), 0))

    def unreviewed(self) -> Self:
        """Those on which no coordinator has decided, whether their addresses are confirmed or not."""
        return self.filter(state__in=[State.UNCONFIRMED, State.PENDING])

    def sent_within(self, span: datetime.timedelta, moment: datetime.datetime) -> Self:
        """Those whose form was sent so shortly before or after the moment."""
        return self.filter(submitted_at__range=(moment - span, moment + span))

    def marked_awaiting(self) -> Self:
        """Each with `awaits`, whether a coordinator has to decide on it."""
        return self.annotate(awaits=Q(state=State.PENDING))

    def record_export(self, ending: str, by: Any) -> None:
        """Records in each campaign how many of its signatures went out as a file of that ending."""
        events = apps.get_model("campaigns", "Event").objects
        for row in self.order_by().values("campaign").annotate(count=Count("pk")):
            campaign = apps.get_model("campaigns", "Campaign").objects.get(pk=row["campaign"])
            events.record_export("signatures", ending, row["count"], by=by, campaign=campaign)

    def tally(self) -> Tally:
        return Tally(
            **self.listed().aggregate(
                organizations=Count("pk", filter=STANDS & Q(kind=Kind.ORGANIZATION)),
                persons=Count("pk", filter=STANDS & Q(kind=Kind.PERSON)),
                withheld=Count("pk", filter=STANDS & ~BY_NAME),
                earlier=Count("pk", filter=~STANDS),
            )
        )
