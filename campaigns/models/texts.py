"""The statement's text, and its frozen versions."""

import datetime
import hashlib
import json
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.conf.global_settings import LANGUAGES
from django.db import models
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _


def languages() -> list[tuple[str, Any]]:
    """The languages in which a statement can be written: code, and name in the language of the one who looks."""
    return [(code, _(name)) for code, name in LANGUAGES]


def nearest(reader: str, texts: Iterable[str]) -> str:
    """That of the texts' languages which is the reader's own, or a variety of it; empty where there is none."""
    near = sorted(code for code in texts if code.partition("-")[0] == reader or code == reader)
    return reader if reader in near else next(iter(near), "")


@dataclass(frozen=True)
class NumberedDemand:
    key: str
    number: int
    text: str


@dataclass(frozen=True)
class Statement:
    """A statement in one language: what a reader reads and a signatory signs, whether still a draft or frozen."""

    language: str
    date: datetime.date
    addressee: str
    title: str
    summary: str
    body: str
    demands: tuple[NumberedDemand, ...]

    @property
    def direction(self) -> str:
        """rtl or ltr, as its language is written."""
        return "rtl" if get_language_info(self.language)["bidi"] else "ltr"

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Self:
        return cls(
            **{
                **content,
                "date": datetime.date.fromisoformat(content["date"]),
                "demands": tuple(NumberedDemand(**demand) for demand in content["demands"]),
            }
        )

    def to_content(self) -> dict[str, Any]:
        """Plain JSON values, every text in NFC with LF line ends."""
        content: dict[str, Any] = composed({**asdict(self), "date": self.date.isoformat()})
        return content

    def settled(self) -> Self:
        """The same statement as it would be frozen, so that two are compared by what they say."""
        return self.from_content(self.to_content())

    def canonical(self) -> bytes:
        """The bytes whose SHA-256 is the fingerprint: JSON in UTF-8 with sorted keys and no spaces."""
        return json.dumps(self.to_content(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def digest(self) -> str:
        """The SHA-256 of the canonical bytes in hexadecimal, 64 characters."""
        return hashlib.sha256(self.canonical()).hexdigest()


def composed(value: Any) -> Any:
    """The JSON value with every text in it in NFC and with LF line ends."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
        case dict():
            return {key: composed(item) for key, item in value.items()}
        case list() | tuple():
            return [composed(item) for item in value]
    return value


class TextVersionQuerySet(models.QuerySet["TextVersion"]):
    def in_force(self) -> "TextVersionQuerySet":
        """Those that are or were the text; a proposal that is open or was dropped is not among them."""
        return self.filter(models.Q(proposal=None) | models.Q(proposal__outcome="adopted"))

    def public(self, since: datetime.datetime) -> "list[TextVersion]":
        """Those that were the text at the moment of publication or later, oldest first."""
        history = list(self.in_force().select_related("proposal").order_by("number"))
        before = [version for version in history if version.in_force_since < since]
        return history[max(len(before) - 1, 0) :]

    def corrections_after(self, version: "TextVersion") -> "TextVersionQuerySet":
        """The corrections of wording since that version, of the edition that it belongs to."""
        later = self.filter(kind=TextVersion.Kind.WORDING, edition=version.edition, number__gt=version.number)
        return later.order_by("number")


class TextVersion(models.Model):
    """A frozen, numbered copy of a statement. A trigger refuses its UPDATE, DELETE and TRUNCATE."""

    class Kind(models.TextChoices):
        FIRST = "first", _("the first text")
        WORDING = "wording", _("corrects wording")
        DEMANDS = "demands", _("changes what we ask")
        TRANSLATION = "translation", _("adds a translation")

    campaign = models.ForeignKey("Campaign", models.PROTECT, related_name="text_versions", verbose_name=_("campaign"))
    number = models.PositiveIntegerField(_("number"))
    edition = models.PositiveIntegerField(_("edition"), help_text=_("It rises only when what is asked changes."))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    note = models.CharField(_("note"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("frozen"))
    content = models.JSONField(_("content"))
    digests = models.JSONField(_("fingerprints"))

    objects = TextVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("text version")
        verbose_name_plural = _("text versions")
        ordering = ["campaign", "number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="text_version_numbered_once")]

    def __str__(self) -> str:
        return str(_("version %(number)s") % {"number": self.number})

    @property
    def in_force_since(self) -> datetime.datetime:
        """When it became the text: when it was frozen or, if it was proposed first, adopted."""
        proposal = getattr(self, "proposal", None)
        return proposal.ended_at if proposal and proposal.ended_at else self.created_at

    @property
    def languages(self) -> list[str]:
        """The codes of the languages in which it can be read."""
        return sorted(self.digests)

    def statements(self) -> list[Statement]:
        """The statement in every language of the version, by the language's code."""
        return [self.statement(language) for language in self.languages]

    def language_near(self, reader: str) -> str:
        return nearest(reader, self.content)

    def statement(self, language: str) -> Statement:
        """The statement in one of the version's languages. Raises KeyError for another."""
        return Statement.from_content(self.content[language])

    def digest(self, language: str) -> str:
        """The fingerprint of that language's text: a SHA-256 in hexadecimal."""
        digest: str = self.digests[language]
        return digest

    def stand(self, language: str) -> str:
        """What one signs: the edition and that language's fingerprint. A translation may stay as it is while what is
        asked changes in the original."""
        return f"{self.edition} {self.digest(language)}"
