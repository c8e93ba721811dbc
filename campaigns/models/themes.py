"""How the site looks, and what it says of itself on every page."""

import hashlib
import time
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.db import DatabaseError, InterfaceError, models, transaction
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from .. import colours, languages, markdown, names
from ..colours import Scheme
from .events import Event

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

KEPT_SECONDS = 5
LOGO_HEIGHT = 36  # of the page's pixels
LONGEST_FOOTER, LONGEST_NOTICE = 1_000, 20_000


def validate_contact(contact: str) -> None:
    """Refuses what is neither an e-mail address nor an https address."""
    try:
        (EmailValidator() if "@" in contact and "/" not in contact else URLValidator(schemes=["https"]))(contact)
    except ValidationError as error:
        raise ValidationError(_("Write an e-mail address, or an address that begins with https://.")) from error


@lru_cache(maxsize=1)
def as_of(_moment: int) -> "SiteTheme":
    return SiteTheme.objects.the_one()


class SiteThemeQuerySet(models.QuerySet["SiteTheme"]):
    def the_one(self) -> "SiteTheme":
        """The site's theme; on a site that has set nothing, an empty one that is not saved."""
        return self.prefetch_related("texts").first() or SiteTheme()


class SiteTheme(models.Model):
    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name of the site"), max_length=80, blank=True, validators=[names.validate])
    logo = models.BinaryField(_("logo"), default=bytes)
    accent = models.CharField(
        _("colour of links and buttons"),
        max_length=7,
        blank=True,
        validators=[colours.validate],
        help_text=_("Such as #1d4e89; empty for ours. On a dark screen a lighter shade stands for it."),
    )
    band = models.CharField(
        _("colour of the band at the top"),
        max_length=7,
        blank=True,
        validators=[colours.validate],
        help_text=_("Empty for no band. The name stands on it in black or white, as is read better."),
    )
    security_contact = models.CharField(
        _("where to report a hole in the site’s security"),
        max_length=200,
        blank=True,
        validators=[validate_contact],
        help_text=_("An e-mail address or a page. It is public, in security.txt."),
    )

    texts: "RelatedManager[ThemeText]"
    objects = SiteThemeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("look of the site")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_theme")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuses an accent in which links or buttons could not be read."""
        self.name = names.tidy(self.name)
        if self.accent and not colours.is_written(self.accent):
            return  # which its field says already
        found = self.light.contrast_of_links
        if found >= colours.ENOUGH:
            return
        words = _(
            "On the page this colour has a contrast of %(found)s to 1, and links need %(needed)s to 1. The nearest "
            "shade that would do is %(nearest)s."
        )
        told = {
            "found": number_format(found, 1),
            "needed": number_format(colours.ENOUGH, 1),
            "nearest": colours.darkened(self.accent, colours.LIGHT.tint),
        }
        raise ValidationError({"accent": ValidationError(words, params=told)})

    @classmethod
    def current(cls) -> "SiteTheme":
        """The site's theme as it was a few seconds ago at most: pages ask for it at no query. Nobody changes this one.

        Where the database is away it is an empty one, so that the page which says so can be read.
        """
        try:
            return as_of(int(time.monotonic() / KEPT_SECONDS))
        except (DatabaseError, InterfaceError):
            return cls()

    @staticmethod
    def forget() -> None:
        """The next page that this process writes asks the database again; other processes do so within seconds."""
        as_of.cache_clear()

    @property
    def title(self) -> str:
        return self.name or gettext("Undersigned")

    @property
    def security_address(self) -> str:
        """Where to report a hole, as an address to open."""
        contact = self.security_contact or settings.SECURITY_CONTACT
        return f"mailto:{contact}" if "@" in contact and ":" not in contact else contact

    @cached_property
    def light(self) -> Scheme:
        return colours.light(self.accent, self.band)

    @cached_property
    def dark(self) -> Scheme:
        return colours.dark(self.accent, self.band)

    @cached_property
    def digest(self) -> str:
        """Names the colours in the address of the style sheet; empty where they are ours."""
        if not (self.accent or self.band):
            return ""
        return hashlib.sha256(repr((self.light, self.dark)).encode()).hexdigest()[:16]

    @cached_property
    def logo_name(self) -> str:
        """By which the picture is asked for: another picture has another; empty where there is none."""
        return hashlib.sha256(self.logo).hexdigest()[:16] if self.logo else ""

    @cached_property
    def logo_size(self) -> tuple[int, int]:
        """Width and height at which a page shows it, from the PNG's own head."""
        head = bytes(self.logo[16:24])
        width, height = int.from_bytes(head[:4]), int.from_bytes(head[4:])
        return max(LOGO_HEIGHT, round(LOGO_HEIGHT * width / height)), LOGO_HEIGHT

    @cached_property
    def written(self) -> dict[str, "ThemeText"]:
        """The texts by their languages."""
        return {} if self._state.adding else {text.language: text for text in self.texts.all()}

    @property
    def footer(self) -> "ThemeText | None":
        return self.said("footer")

    @property
    def legal_notice(self) -> "ThemeText | None":
        return self.said("legal_notice")

    def said(self, part: str) -> "ThemeText | None":
        """The text that has this part in the reader's language; else in English, or the first that there is."""
        wanted = [get_language() or "", *(code for code, _name in languages.choices())]
        found = [self.written[code] for code in wanted if code in self.written]
        return next((text for text in found if getattr(text, part)), None)

    @transaction.atomic
    def change(self, fields: Sequence[str], texts: Iterable["ThemeText"], by: Any) -> None:
        """Keeps what these fields hold now, and these texts; one that says nothing goes."""
        changed = [*fields, *(["texts"] if (texts := list(texts)) else [])]
        if not changed:
            return
        SiteTheme.objects.bulk_create([SiteTheme()], ignore_conflicts=True)
        SiteTheme.objects.select_for_update().get()
        self.save(force_update=True, update_fields=fields)
        for text in texts:
            text.keep(self)
        Event.objects.record(Event.Verb.THEMED, by=by, fields=changed)
        self.forget()


class ThemeText(models.Model):
    theme = models.ForeignKey(SiteTheme, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=12, choices=languages.choices)
    footer = models.TextField(
        _("text at the foot of each page"),
        max_length=LONGEST_FOOTER,
        blank=True,
        validators=[markdown.refuse_html],
        help_text=_("In Markdown: who you are, in a line or two."),
    )
    legal_notice = models.TextField(
        _("legal notice"),
        max_length=LONGEST_NOTICE,
        blank=True,
        validators=[markdown.refuse_html],
        help_text=_("In Markdown. It gets a page of its own, to which the foot of each page leads."),
    )

    class Meta:
        verbose_name = _("text of the site")
        verbose_name_plural = _("texts of the site")
        constraints = [models.UniqueConstraint(fields=["theme", "language"], name="one_theme_text_a_language")]

    def __str__(self) -> str:
        return str(self.get_language_display())

    def keep(self, theme: SiteTheme) -> None:
        """Saves it in place of the theme's text in that language, or takes that away where it says nothing."""
        if not (self.footer or self.legal_notice):
            theme.texts.filter(language=self.language).delete()
            return
        said = {"footer": self.footer, "legal_notice": self.legal_notice}
        theme.texts.update_or_create(language=self.language, defaults=said)
