"""The statement's text, and its frozen versions."""

import datetime
import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.conf.global_settings import LANGUAGES
from django.db import models
from django.utils.translation import gettext_lazy as _


def languages() -> list[tuple[str, Any]]:
    """The languages in which a statement can be written: code and name."""
    return LANGUAGES


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


class TextVersion(models.Model):
    """A frozen, numbered copy of a statement. A trigger refuses its UPDATE, DELETE and TRUNCATE."""

    campaign = models.ForeignKey("Campaign", models.PROTECT, related_name="text_versions", verbose_name=_("campaign"))
    number = models.PositiveIntegerField(_("number"))
    created_at = models.DateTimeField(_("frozen"))
    content = models.JSONField(_("content"))
    digests = models.JSONField(_("fingerprints"))

    class Meta:
        verbose_name = _("text version")
        verbose_name_plural = _("text versions")
        ordering = ["campaign", "number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="text_version_numbered_once")]

    def __str__(self) -> str:
        return str(_("version %(number)s") % {"number": self.number})

    def statement(self, language: str) -> Statement:
        """The statement in one of the version's languages. Raises KeyError for another."""
        return Statement.from_content(self.content[language])

    def digest(self, language: str) -> str:
        """The fingerprint of that language's text: a SHA-256 in hexadecimal."""
        digest: str = self.digests[language]
        return digest
