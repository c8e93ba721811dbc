"""A text version and its signatories, set as a letter: HTML, then PDF."""

import contextlib
import datetime
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from anyascii import anyascii
from django.conf import settings
from django.db.models import Value
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from . import emoji, languages, qr
from .drawings import Drawing
from .models import Campaign, Delivery, DeliveryEntry, Signature, Statement, Tally
from .models.listing import ListingQuerySet, as_read
from .typefaces import Typecase, Unavailable

MOST_LOGOS = 12
MOST_IN_COLUMNS = 400  # names; more of them are run on, which takes a fifth of the time and half of the paper
MOST_BEFORE_DELIVERY = 1000  # names on a letter of the moment, so that it is set in a few seconds
FIRST_NAMES = 200  # of a list that is longer
END_OF_PNG = b"IEND\xaeB`\x82"

ENGLISH = "en"
WORD = re.compile(r"(?:[^\s<>&;=\"]|[\x0b\x1c-\x1f\x85\u2028\u2029])+")
WORDS_OF_PAGE = re.compile(r">[^<]+")
ENDLESS = re.compile(r"[^\s<>&;]{200}(?=[^\W_])")  # some lines; never before a mark
MAY_BREAK = "\u200b"

Names = dict[int, list[str]]


@dataclass(frozen=True)
class Signatory:
    """One line of the list at the end of the letter."""

    name: str
    kind: str
    affiliation: str
    known_as: tuple[str, ...] = ()
    is_respelt: bool = False

    def printed(self, lacking: frozenset[str]) -> "Signatory":
        """As it can stand where no font has these characters: by another of its names, else in Latin letters."""
        if lacking.isdisjoint(self.name + self.affiliation):
            return self
        name = next((name for name in (self.name, *self.known_as) if lacking.isdisjoint(name)), self.name)
        return replace(
            self, name=respelt(name, lacking), affiliation=respelt(self.affiliation, lacking), is_respelt=True
        )


@dataclass(frozen=True)
class Logo:
    """The logo of an initiator, as PNG, and whose it is."""

    name: str
    image: bytes


@dataclass(frozen=True)
class Letter(Drawing):
    """All that stands on the paper. Without `fingerprint` it is not delivered yet, and says as of when it holds. With a
    `tally`, only the first names of so many are on it, and all of them at `list_address`."""

    style: ClassVar[str] = "letter"
    content_type: ClassVar[str] = "application/pdf"

    statement: Statement
    digest: str
    organizations: Sequence[Signatory]
    persons: Sequence[Signatory]
    withheld: int
    at: datetime.datetime
    address: str
    fingerprint: str = ""
    salutation: str = ""
    logos: Sequence[Logo] = ()
    is_without_names: bool = False  # all are withheld
    tally: Tally | None = None
    list_address: str = ""

    @property
    def signatories(self) -> list[Signatory]:
        return [*self.organizations, *self.persons]

    @property
    def more(self) -> int:
        """How many names stand in the whole list alone."""
        return self.tally.total - self.tally.withheld - len(self.signatories) if self.tally else 0

    @property
    def is_run_on(self) -> bool:
        return len(self.signatories) > MOST_IN_COLUMNS

    @property
    def count_respelt(self) -> int:
        return sum(each.is_respelt for each in self.signatories)

    def contents(self) -> Iterable[str]:
        """As of the day, so that a letter on which nothing changes is set once a day, and never says an older one."""
        yield replace(self, at=self.at.replace(hour=0, minute=0, second=0, microsecond=0)).html()
        yield str([each.known_as for each in self.signatories])
        yield from (hashlib.sha256(logo.image).hexdigest() for logo in self.logos)

    def draw(self) -> bytes:
        """The letter as tagged PDF (PDF/UA-1). Raises Unavailable where Pango is missing, or a font for the text."""
        case = Typecase(self.style)
        if not case.can_set(self.statement.title + self.statement.body):
            raise Unavailable(
                _("The server has no font for the script of this text (Debian: fonts-noto-core, fonts-noto-cjk).")
            )
        html = self.printed(case).html()
        pictures = {f"logo:{place}": logo.image for place, logo in enumerate(self.logos)}
        return case.pdf(breakable(respelt(html, case.lacking(html), escape)), pictures=pictures)

    def printed(self, case: Typecase) -> "Letter":
        """The same, each name as it can stand in these fonts."""
        written = [words for each in self.signatories for words in (each.name, each.affiliation, *each.known_as)]
        lacking = case.lacking("".join(written))
        organizations = [each.printed(lacking) for each in self.organizations]
        return replace(self, organizations=organizations, persons=[each.printed(lacking) for each in self.persons])

    def html(self) -> str:
        """The page, in the words of the interface's language that is nearest to the text's."""
        with translation.override(languages.spoken(self.statement.language)):
            return render_to_string("campaigns/letter.html", {"letter": self, "qr": self.qr()})

    def qr(self) -> SafeString:
        """The address as a QR code in SVG, with error correction for print."""
        return qr.inline(self.address)


def of_campaign(campaign: Campaign, language: str) -> Letter:
    """The letter as it would be delivered at this minute; of a long list the first names."""
    tally = campaign.signatures.tally()
    public = tally.total - tally.withheld
    printed = public if public <= MOST_BEFORE_DELIVERY else FIRST_NAMES
    signatures = campaign.signatures.standing().in_public()[:printed]
    known = other_names(signatures, language)
    listed = as_read(language, list(signatures.annotate(name_here=Value(""))))
    organizations, persons = split(of_signature(signature, known) for signature in listed)
    return Letter(
        statement=campaign.in_force.statement(language),
        digest=campaign.in_force.digest(language),
        organizations=organizations,
        persons=persons,
        withheld=tally.withheld,
        at=timezone.now(),
        address=settings.SITE_URL + address_of(campaign, language),
        logos=logos_of(campaign.signatures.standing()),
        is_without_names=campaign.names_withheld,
        tally=tally if public > printed else None,
        list_address=settings.SITE_URL + address_of(campaign, language, "signatories"),
    )


def of_delivery(delivery: Delivery, language: str, for_addressee: bool = False, salutation: str = "") -> Letter:
    """The letter as it was delivered; a name that was taken out since is counted as withheld."""
    entries = [entry for entry in delivery.entries.all() if entry.words and (for_addressee or entry.is_public)]
    signatures = delivery.campaign.signatures.filter(deliveries__in=entries)
    known = other_names(signatures, language)
    organizations, persons = split(of_entry(entry, known) for entry in entries)
    return Letter(
        statement=delivery.text_version.statement(language),
        digest=delivery.text_version.digest(language),
        organizations=organizations,
        persons=persons,
        withheld=delivery.counted - len(entries),
        at=delivery.at,
        address=settings.SITE_URL + address_of_delivery(delivery, language),
        fingerprint=delivery.fingerprint,
        salutation=salutation,
        logos=logos_of(signatures),
    )


def address_of(campaign: Campaign, language: str, page: str = "campaign") -> str:
    """Where everybody will read the text, or its list, in that language, or the nearest to it."""
    interface = languages.spoken(language)
    with translation.override(interface):
        if campaign.language_for(interface) == language:
            return reverse(page, args=[campaign.slug])
        return reverse(f"{page}_in", args=[campaign.slug, language])


def address_of_delivery(delivery: Delivery, language: str) -> str:
    with translation.override(languages.spoken(language)):
        return reverse("delivery", args=[delivery.fingerprint])


def logos_of(signatures: ListingQuerySet) -> list[Logo]:
    """The initiators' logos as the public sees them now; one whose file is missing or cut short is left out."""
    found = []
    for signature in signatures.initiators()[:MOST_LOGOS]:
        assert signature.organization
        with contextlib.suppress(OSError), signature.organization.open_logo() as file:
            found.append(Logo(signature.name, file.read()))
    return [logo for logo in found if logo.image.endswith(END_OF_PNG)]


def split(lines: Iterable[Signatory]) -> tuple[list[Signatory], list[Signatory]]:
    """The lines of the letter, organizations and persons apart."""
    organizations: list[Signatory] = []
    persons: list[Signatory] = []
    for line in lines:
        (persons if line.kind == Signature.Kind.PERSON else organizations).append(line)
    return organizations, persons


def of_signature(signature: Signature, known: Names) -> Signatory:
    return Signatory(signature.name, signature.kind, signature.affiliation, tuple(known.get(signature.pk, ())))


def of_entry(entry: DeliveryEntry, known: Names) -> Signatory:
    words = entry.words or {}
    return Signatory(words["name"], words["kind"], words["affiliation"], tuple(known.get(entry.signature_id, ())))


def other_names(signatures: ListingQuerySet, language: str) -> Names:
    """By signature, what its organization is called in that language and in English, as far as everybody may know."""
    found: Names = {}
    for code in dict.fromkeys([language, ENGLISH]):
        named: Any = signatures.named_in(code)
        for pk, name in named.values_list("pk", "name_here"):
            found.setdefault(pk, []).extend([name] if name else [])
    return found


def respelt(text: str, lacking: frozenset[str], written: Callable[[str], str] = str) -> str:
    """The text with words in Latin letters where they have a character that is lacking."""
    return WORD.sub(lambda word: word[0] if lacking.isdisjoint(word[0]) else written(in_latin(word[0])), text)


def in_latin(word: str) -> str:
    """The word in Latin letters, an emoji in the words that it is called by; an ellipsis where nothing is known."""
    letters = "".join(char if char.isprintable() else " " for char in anyascii(word))
    return emoji.in_words(letters) or "…"


def breakable(html: str) -> str:
    """The page with places to break in words of several lines, which take long to set by the square of their length."""
    return WORDS_OF_PAGE.sub(lambda words: ENDLESS.sub(rf"\g<0>{MAY_BREAK}", words[0]), html)


@dataclass(frozen=True)
class Unprintable:
    """What this server cannot print of a letter as it is written."""

    names: Sequence[str]
    languages: Sequence[str]


def unprintable(campaign: Campaign) -> Unprintable:
    """Of what would be delivered now. Raises Unavailable where no letter can be set at all."""
    case = Typecase("letter")
    names = [str(name) for name in campaign.signatures.standing().named().values_list("name", flat=True)]
    lacking = case.lacking("".join(names))
    texts = [text.language for text in campaign.in_force.statements() if not case.can_set(text.title + text.body)]
    return Unprintable([name for name in names if not lacking.isdisjoint(name)], texts)
