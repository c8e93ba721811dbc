"""Organizations, and the names by which they are known."""

import secrets
from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from anyascii import anyascii
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.validators import URLValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from .. import domains, lookalikes, names
from .candidates import Candidate, Lookup, Reason, Sought, most_alike
from .events import Event
from .known_names import LONGEST_NAME, OrganizationName, tidy

if TYPE_CHECKING:
    from .arrivals import SignatureQuerySet
    from .signatures import Signature


MOST_WORDS_SOUGHT = 10


def slug_at_random() -> str:
    return f"organization-{secrets.token_hex(4)}"


def logo_path(logo: str) -> str:
    """Where the storage keeps the picture of that random name."""
    return f"logos/{logo}.png"


def delete_logo(logo: str) -> None:
    """Deletes the picture, unless another record shows it: a merge lets two share one."""
    if logo and not Organization.objects.filter(logo=logo).exists():
        default_storage.delete(logo_path(logo))


class OrganizationQuerySet(models.QuerySet["Organization"]):
    @transaction.atomic
    def register(self, name: str, *, country: str = "", website: str = "", language: str = "") -> "Organization":
        """A new organization, known by this one name."""
        organization = self.insert(Organization(name=name, country=country, website=website))
        organization.know_as(name, language=language)
        return organization

    def insert(self, organization: "Organization") -> "Organization":
        """Saves a new organization under an address of its own: its name in ASCII, with a few letters if that is taken.

        The database decides what is taken, so that two at once both find their place.
        """
        organization.clean()
        organization.slug = organization.slug or slugify(anyascii(organization.name))[:100] or slug_at_random()
        try:
            with transaction.atomic():
                organization.save(force_insert=True)
        except IntegrityError:
            organization.slug = f"{organization.slug}-{secrets.token_hex(4)}"
            organization.save(force_insert=True)
        return organization

    @transaction.atomic
    def add(self, organization: "Organization", by: Any) -> None:
        """Saves a new organization that a coordinator has written down. What a signature or a list brings is recorded
        with these."""
        self.insert(organization)
        Event.objects.record(Event.Verb.REGISTERED, organization=organization, by=by)

    def search(self, text: str) -> "OrganizationQuerySet":
        """Those that have every word of `text` in their names, in any script, or as an acronym; or that website."""
        words = names.key(text).split()[:MOST_WORDS_SOUGHT]
        found = self if words else self.none()
        for word in words:
            known = OrganizationName.objects.filter(Q(key__contains=word) | Q(initials=word))
            found = found.filter(Q(pk__in=known.values("organization")) | Q(website__icontains=word))
        domain = domains.of_website(text.strip()) if "." in text else ""
        return found | self.filter(domain=domain) if domain else found

    def with_listed_count(self, known: "SignatureQuerySet") -> "OrganizationQuerySet":
        """Each with `listed_count`, the number of statements on whose lists it stands by a signature that is known."""
        listed = Q(signatures__state="listed", signatures__in=known)
        return self.annotate(listed_count=models.Count("signatures", filter=listed))

    def standing(self) -> "OrganizationQuerySet":
        """Those that are not merged into another."""
        return self.filter(merged_into=None)

    def public(self) -> "OrganizationQuerySet":
        """Those that have a page of their own: they signed something that everybody may read, and are not hidden."""
        signed = apps.get_model("campaigns", "Signature").objects.published()
        return self.standing().filter(is_hidden=False, pk__in=signed.values("organization"))

    def candidates(self, name: str, website: str = "", email: str = "", country: str = "") -> list[Candidate]:
        """The known organizations that a signatory of this name may be, strongest reason first, each once.

        `country` is ISO 3166 alpha-2. Costs four queries; reads every name's words.
        """
        return self.candidates_for([Sought(name, website, email, country)])[0]

    def candidates_for(self, many: Sequence[Sought]) -> list[list[Candidate]]:
        """For each that is sought its candidates, in as many queries as for one."""
        every_name = OrganizationName.objects.every_words()
        return self._look_up(many, [most_alike(sought.name, every_name) for sought in many])

    def identified_by(self, many: Sequence[Sought]) -> list[list[Candidate]]:
        """As `candidates_for`, without those that only look alike; costs far less."""
        return self._look_up(many, [{} for _sought in many])

    def _look_up(self, many: Sequence[Sought], alike: list[dict[str, float]]) -> list[list[Candidate]]:
        keys = {names.key(sought.name) for sought in many}
        acronyms = {acronym for sought in many for acronym in names.acronyms(sought.name)}
        sites = {domains.of_website(sought.website) for sought in many}
        sites |= {domains.of_email(sought.email) for sought in many}
        looks = {words for best in alike for words in best}
        known = OrganizationName.objects.filter(organization__in=self.standing())
        meant = known.filter(Q(key__in=keys | acronyms) | Q(initials__in=keys) | Q(words__in=looks))
        pks = set(meant.values_list("organization", flat=True))
        found = self.standing().filter(Q(pk__in=pks) | Q(domain__in=sites - {""}))
        lookup = Lookup(found.order_by("id").prefetch_related("names"))
        return [lookup.candidates(sought, best) for sought, best in zip(many, alike, strict=True)]

    def resembled(self, domain: str) -> "Organization | None":
        """The one whose domain this one is almost. Reads every domain."""
        sites = self.standing().exclude(domain="")
        known = lookalikes.resembled(domain, list(sites.order_by("pk").values_list("domain", flat=True)))
        return sites.filter(domain=known).first() if known else None

    def warnings(self, name: str, website: str = "") -> list[str | Promise]:
        """As `names.warnings`, and of a name or a website that is almost a known one's.

        Reads every domain, and the keys of the verified.
        """
        sites = self.standing().exclude(domain="").values_list("domain", flat=True)
        found = names.warnings(name, website, sites if website else ())
        verified = OrganizationName.objects.filter(organization__in=self.standing().exclude(verified_at=None))
        if names.resembles(name, verified.values_list("key", flat=True)):
            found.append(_("The name is one letter away from that of a verified organization."))
        return found


class Organization(models.Model):
    name = models.CharField(_("name"), max_length=LONGEST_NAME, validators=[names.validate])
    slug = models.SlugField(_("address"), max_length=120, unique=True, editable=False)
    country = CountryField(_("country"), blank=True)
    website = models.URLField(
        _("website"), blank=True, max_length=300, validators=[URLValidator(schemes=["http", "https"])]
    )
    domain = models.CharField(max_length=253, blank=True, editable=False, db_index=True)
    logo = models.CharField(_("logo"), max_length=100, blank=True, editable=False, db_index=True)
    logo_from = models.ForeignKey(
        "Signature", models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("logo brought by")
    )
    is_hidden = models.BooleanField(
        _("hidden"), default=False, editable=False, help_text=_("Its own public page is not shown.")
    )
    verified_at = models.DateTimeField(_("verified"), null=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("by")
    )
    verified_how = models.CharField(_("how it was verified"), max_length=300, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="merged", verbose_name=_("merged into")
    )

    IDENTITY = {"name", "country", "website"}

    signatures: "SignatureQuerySet"
    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = tidy(self.name)
        self.domain = domains.of_website(self.website)

    @property
    def is_public(self) -> bool:
        """Whether it has a page of its own."""
        return Organization.objects.public().filter(pk=self.pk).exists()

    @property
    def is_bare(self) -> bool:
        """Whether nothing would be lost with it."""
        return not (self.signatures.exists() or self.merges.exists() or self.merged_into_id)

    def doubles(self) -> list[Candidate]:
        """Other records that may be the same organization, by any of its names."""
        called = self.names.values_list("name", flat=True) or [self.name]
        many = [Sought(name, self.website, "", self.country.code or "") for name in called]
        best: dict[Organization, Candidate] = {}
        for each in chain.from_iterable(Organization.objects.candidates_for(many)):
            best[each.organization] = max(best.get(each.organization, each), each, key=lambda one: one.score)
        best.pop(self, None)
        return sorted(best.values(), key=lambda each: -each.score)

    @property
    def standing(self) -> "Organization":
        """The record in which this one stands now: itself, or what it was merged into."""
        return self.merged_into.standing if self.merged_into else self

    def is_surely(self, sought: Sought, reason: Reason) -> bool:
        """Whether `sought` may be linked to it without a person, found by name or website and no other record so found.

        It is verified, neither country nor website contradicts, and nothing is made to look like something else. Found
        by name, the two names agree word by word; a name of a single word is many a section's: it needs the country's
        word besides. Found by website, both are its front page, and the name says no more than a known one, or less.
        """
        if self.verified_at is None or (sought.country and self.country and self.country.code != sought.country):
            return False
        if names.warnings(sought.name, sought.website):
            return False
        known = [each.name for each in self.names.all()]
        if reason == Reason.WEBSITE:
            is_front = not domains.section(sought.website) and not domains.section(self.website)
            return is_front and names.shares_house(sought.name, known, self.country.code or "")
        website = domains.of_website(sought.website)
        if reason != Reason.KEY or (website and self.domain and website != self.domain):
            return False
        is_one_word = " " not in names.key(sought.name)
        acronyms = filter(names.is_acronym, known)
        return names.agree(sought.name, self.name, acronyms) and not (
            is_one_word and self.country.code != sought.country
        )

    def know_as(self, name: str, language: str = "", is_public: bool = True) -> bool:
        """Adds a name by which it is found again. False for a spelling of one that is there, which adds nothing.

        `is_public` says that the public may read it always. Else it may while the organization stands by it on a list.
        """
        kind = OrganizationName.Kind.ACRONYM if names.is_acronym(name) else OrganizationName.Kind.OFFICIAL
        known = OrganizationName(organization=self, name=name, language=language, kind=kind, is_public=is_public)
        known.clean()
        if self.names.filter(key=known.key).exists():
            return False
        known.save()
        return True

    @transaction.atomic
    def change(self, fields: list[str], by: Any) -> None:
        """Keeps what was changed in these fields. Where they say who it is, it must be verified anew."""
        if not fields:
            return
        self.save(update_fields=[*fields, "domain"])
        Event.objects.record(Event.Verb.CHANGED, organization=self, by=by, fields=fields)
        if self.IDENTITY & set(fields):
            self.doubt(by)

    def record_names(self, by: Any) -> None:
        """Records that the names by which it is known were changed."""
        Event.objects.record(Event.Verb.NAMED, organization=self, by=by)

    @transaction.atomic
    def unregister(self, by: Any) -> None:
        """Deletes the record, with its logo. What was recorded of it stays."""
        Event.objects.record(Event.Verb.UNREGISTERED, organization=self, by=by)
        transaction.on_commit(partial(delete_logo, self.logo))
        self.delete()

    @transaction.atomic
    def verify(self, by: Any, how: str) -> None:
        """Keeps who made sure that it is what it says it is, when and how. Raises ValidationError without a how."""
        if not how.strip():
            raise ValidationError(_("Say how you made sure."))
        self.lock()
        if self.verified_at and (self.verified_by, self.verified_how) == (by, how):
            return
        self.verified_at, self.verified_by, self.verified_how = timezone.now(), by, how
        self.save(update_fields=["verified_at", "verified_by", "verified_how"])
        Event.objects.record(Event.Verb.VERIFIED, organization=self, by=by)

    @transaction.atomic
    def doubt(self, by: Any) -> None:
        """Takes the verification back."""
        self.lock()
        if self.verified_at is None:
            return
        self.verified_at, self.verified_by, self.verified_how = None, None, ""
        self.save(update_fields=["verified_at", "verified_by", "verified_how"])
        Event.objects.record(Event.Verb.DOUBTED, organization=self, by=by)

    @transaction.atomic
    def hide(self, by: Any) -> None:
        """Takes its own page from the public, for a group in danger."""
        self.lock()
        if self.is_hidden:
            return
        self.is_hidden = True
        self.save(update_fields=["is_hidden"])
        Event.objects.record(Event.Verb.HIDDEN, organization=self, by=by)

    @transaction.atomic
    def unhide(self, by: Any) -> None:
        """Gives its page back to the public."""
        self.lock()
        if not self.is_hidden:
            return
        self.is_hidden = False
        self.save(update_fields=["is_hidden"])
        Event.objects.record(Event.Verb.UNHIDDEN, organization=self, by=by)

    @transaction.atomic
    def set_logo(self, image: bytes, by: Any = None, signature: "Signature | None" = None) -> None:
        """Shows this picture, as logos.redraw gives it, under a new random name. `signature` is whose contact person
        sent it, where no coordinator did."""
        record = self.hold()
        before, record.logo, record.logo_from = record.logo, secrets.token_hex(16), signature
        default_storage.save(logo_path(record.logo), ContentFile(image))
        record.save(update_fields=["logo", "logo_from"])
        Event.objects.record(Event.Verb.LOGO_SET, signature=signature, organization=record, by=by)
        transaction.on_commit(partial(delete_logo, before))

    @transaction.atomic
    def remove_logo(self, by: Any = None, signature: "Signature | None" = None) -> None:
        """Takes the picture away, here and from every record that shares it by a merge."""
        record = self.hold()
        if not record.logo:
            return
        before, record.logo, record.logo_from = record.logo, "", None
        record.save(update_fields=["logo", "logo_from"])
        Organization.objects.filter(logo=before).update(logo="")
        Event.objects.record(Event.Verb.LOGO_REMOVED, signature=signature, organization=record, by=by)
        transaction.on_commit(partial(delete_logo, before))

    def open_logo(self) -> File:
        """The picture as a file. Raises FileNotFoundError where there is none."""
        if not self.logo:
            raise FileNotFoundError
        return default_storage.open(logo_path(self.logo))

    @transaction.atomic
    def readdress(self, by: Any) -> None:
        """Gives its page a new address, of the name that the public reads now; the old one leads nowhere any more."""
        self.lock()
        shown = self.names.in_public().first()
        self.slug = f"{slugify(anyascii(shown.name))[:100]}-{secrets.token_hex(4)}" if shown else slug_at_random()
        self.save(update_fields=["slug"])
        Event.objects.record(Event.Verb.READDRESSED_PAGE, organization=self, by=by)

    def fill(self, values: dict[str, Any]) -> None:
        """Takes over what it lacks itself."""
        for field, value in values.items():
            setattr(self, field, value)
        self.clean()
        self.save(update_fields=[*values, "domain"])

    def empty(self, fields: list[str]) -> None:
        """Gives up what it had taken over."""
        blank = Organization()
        self.fill({field: getattr(blank, field) for field in fields})

    def hold(self) -> "Organization":
        """The record in which this one stands now, held until the transaction ends."""
        while True:
            self.refresh_from_db()
            standing = self.standing
            standing.lock()
            self.refresh_from_db()
            if self.standing == standing:
                return standing

    def lock(self) -> None:
        """Reads the row anew and holds it until the transaction ends; others may still refer to it meanwhile."""
        self.refresh_from_db(from_queryset=Organization.objects.select_for_update(no_key=True))
