"""Organizations, and the names by which they are known."""

import secrets

from django.core.validators import URLValidator
from django.db import IntegrityError, models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from .. import names


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
        organization.slug = slugify(organization.name)[:100] or f"organization-{secrets.token_hex(4)}"
        try:
            with transaction.atomic():
                organization.save(force_insert=True)
        except IntegrityError:
            organization.slug = f"{organization.slug}-{secrets.token_hex(4)}"
            organization.save(force_insert=True)
        return organization

    def candidates(self, name: str, website: str = "") -> "OrganizationQuerySet":
        """The known organizations that a signatory of this name or website may be."""
        alike = models.Q(names__key=names.key(name))
        if website:
            alike |= models.Q(website=website)
        return self.filter(alike).distinct().order_by("id")


class Organization(models.Model):
    name = models.CharField(_("name"), max_length=200, validators=[names.validate])
    slug = models.SlugField(_("address"), max_length=120, unique=True, editable=False)
    country = CountryField(_("country"), blank=True)
    website = models.URLField(
        _("website"), blank=True, max_length=300, validators=[URLValidator(schemes=["http", "https"])]
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def know_as(self, name: str, language: str = "") -> None:
        """Adds a name by which it is found again; a spelling of one that is there adds nothing."""
        self.names.get_or_create(key=names.key(name), defaults={"name": name, "language": language})


class OrganizationName(models.Model):
    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official name")
        TRANSLATION = "translation", _("translation")
        TRANSLITERATION = "transliteration", _("transliteration")
        ACRONYM = "acronym", _("acronym")
        FORMER = "former", _("former name")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="names", verbose_name=_("organization"))
    name = models.CharField(_("name"), max_length=200, validators=[names.validate])
    language = models.CharField(_("language"), max_length=12, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.OFFICIAL)
    key = models.CharField(_("key"), max_length=800, editable=False, db_index=True)

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key"],
                name="organization_name_known_once",
                violation_error_message=_("The organization is already known by this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = names.tidy(self.name)
        self.key = names.key(self.name)
