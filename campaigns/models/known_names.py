"""The names by which organizations are known."""

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from .. import names
from .texts import languages

LONGEST_NAME = 200


def tidy(name: str) -> str:
    """The name as it is kept. Raises ValidationError for one that only its composed form makes too long."""
    tidied = names.tidy(name)
    if len(tidied) > LONGEST_NAME:
        raise ValidationError({"name": _("Write the name with at most 200 characters.")})
    return tidied


class Lines(models.Aggregate):
    """All the values as lines of one text: many times as fast as a row for each."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, %(line_end)s)"
    output_field = models.TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        return self.as_sql(compiler, connection, line_end="CHR(10)", **extra_context)

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", line_end="CHAR(10)", **extra_context)


class OrganizationNameQuerySet(models.QuerySet["OrganizationName"]):
    def every_words(self) -> list[str]:
        """The words of each name, by which likeness is measured."""
        return (self.aggregate(lines=Lines("words"))["lines"] or "").split("\n")

    def in_language(self, language: str) -> "OrganizationNameQuerySet":
        """The public names in it that are of today, each with `rank`: the official one has the least."""
        kinds = OrganizationName.Kind
        order = [kinds.OFFICIAL, kinds.TRANSLATION, kinds.TRANSLITERATION]
        ranks = Case(*(When(kind=kind, then=rank) for rank, kind in enumerate(order)))
        return self.in_public().filter(language=language, kind__in=order).annotate(rank=ranks)

    def in_public(self) -> "OrganizationNameQuerySet":
        """Those that everybody may read, by a coordinator's word or because it stands so on a list now: first the one
        at its head, then the others by language."""
        signed = apps.get_model("campaigns", "Signature").objects.published()
        signed_so = Exists(signed.filter(organization=OuterRef("organization"), name=OuterRef("name")))
        place = Case(When(name=F("organization__name"), then=0), default=1)
        return self.filter(Q(is_public=True) | signed_so).order_by(place, "language", "id")


class OrganizationName(models.Model):
    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official name")
        TRANSLATION = "translation", _("translation")
        TRANSLITERATION = "transliteration", _("transliteration")
        ACRONYM = "acronym", _("acronym")
        FORMER = "former", _("former name")

    organization = models.ForeignKey(
        "Organization", models.CASCADE, related_name="names", verbose_name=_("organization")
    )
    name = models.CharField(_("name"), max_length=LONGEST_NAME, validators=[names.validate])
    language = models.CharField(_("language"), max_length=12, blank=True, choices=languages)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.OFFICIAL)
    is_public = models.BooleanField(
        _("public"),
        default=True,
        help_text=_("Always on its page. Else only while it stands by this name on a public list."),
    )
    key = models.CharField(_("key"), max_length=names.KEY_CHARACTERS, editable=False, db_index=True)
    words = models.CharField(max_length=names.KEY_CHARACTERS, editable=False, db_index=True)
    initials = models.CharField(max_length=names.INITIALS_CHARACTERS, blank=True, editable=False, db_index=True)

    objects = OrganizationNameQuerySet.as_manager()

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
        self.name = tidy(self.name)
        self.key, self.words = names.key(self.name), names.in_order(names.key(self.name))
        self.initials = names.initials(self.name)
