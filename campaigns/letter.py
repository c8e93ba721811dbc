"""A text version and its signatories, set as a letter: HTML, then PDF."""

import contextlib
import datetime
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from . import languages, qr
from .models import Campaign, Delivery, DeliveryEntry, Signature, Statement
from .models.listing import ListingQuerySet

FONTS = {
    "font:sans": files("fontpkg_noto_sans") / "files" / "NotoSans[wdth,wght].ttf",
    "font:sans-italic": files("fontpkg_noto_sans") / "files" / "NotoSans-Italic[wdth,wght].ttf",
    "font:arabic": files("fontpkg_amiri") / "files" / "Amiri-Regular.ttf",
    "font:arabic-bold": files("fontpkg_amiri") / "files" / "Amiri-Bold.ttf",
}

MOST_LOGOS = 12
END_OF_PNG = b"IEND\xaeB`\x82"

Row = TypeVar("Row")


class Unavailable(Exception):
    """Nothing can be set on this machine; the words say what to install."""


@dataclass(frozen=True)
class Signatory:
    """One line of the list at the end of the letter."""

    name: str
    kind: str
    affiliation: str


@dataclass(frozen=True)
class Logo:
    """The logo of an initiator, as PNG, and whose it is."""

    name: str
    image: bytes


@dataclass(frozen=True)
class Letter:
    """All that stands on the paper. Without `fingerprint` it is not delivered yet, and says as of when it holds."""

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

    def pdf(self) -> bytes:
        """The letter as tagged PDF (PDF/UA-1). Raises Unavailable where the system lacks Pango."""
        weasyprint, fonts = press()
        with translation.override(languages.spoken(self.statement.language)):
            html = render_to_string("campaigns/letter.html", {"letter": self, "qr": self.qr()})
        style = weasyprint.CSS(string=sheet("letter"), url_fetcher=fetcher(), font_config=fonts)
        pictures = {f"logo:{place}": logo.image for place, logo in enumerate(self.logos)}
        document = weasyprint.HTML(string=html, url_fetcher=fetcher(pictures))
        pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", stylesheets=[style], font_config=fonts)
        return pdf

    def qr(self) -> SafeString:
        """The address as a QR code in SVG, with error correction for print."""
        return qr.inline(self.address)


def of_campaign(campaign: Campaign, language: str) -> Letter:
    """The letter as it would be delivered at this minute."""
    organizations, persons = split(campaign.signatures.standing().in_public(), of_signature)
    return Letter(
        statement=campaign.in_force.statement(language),
        digest=campaign.in_force.digest(language),
        organizations=organizations,
        persons=persons,
        withheld=campaign.signatures.tally().withheld,
        at=timezone.now(),
        address=settings.SITE_URL + address_of(campaign, language),
        logos=logos_of(campaign.signatures.standing()),
    )


def of_delivery(delivery: Delivery, language: str, for_addressee: bool = False, salutation: str = "") -> Letter:
    """The letter as it was delivered; a name that was taken out since is counted as withheld."""
    entries = [entry for entry in delivery.entries.all() if entry.words and (for_addressee or entry.is_public)]
    organizations, persons = split(entries, of_entry)
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
        logos=logos_of(delivery.campaign.signatures.filter(deliveries__in=entries)),
    )


def address_of(campaign: Campaign, language: str) -> str:
    """Where everybody will read the text in that language, or the nearest to it."""
    interface = languages.spoken(language)
    with translation.override(interface):
        if campaign.language_for(interface) == language:
            return reverse("campaign", args=[campaign.slug])
        return reverse("campaign_in", args=[campaign.slug, language])


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


def split(rows: Iterable[Row], signatory: Callable[[Row], Signatory]) -> tuple[list[Signatory], list[Signatory]]:
    """The lines of the letter, organizations and persons apart."""
    lines = [signatory(row) for row in rows]
    persons = [line for line in lines if line.kind == Signature.Kind.PERSON]
    return [line for line in lines if line.kind != Signature.Kind.PERSON], persons


def of_signature(signature: Signature) -> Signatory:
    return Signatory(signature.name, signature.kind, signature.affiliation)


def of_entry(entry: DeliveryEntry) -> Signatory:
    words = entry.words or {}
    return Signatory(words["name"], words["kind"], words["affiliation"])


def press() -> tuple[Any, Any]:
    """WeasyPrint, and where it keeps the fonts of one document. Raises Unavailable where the system lacks Pango."""
    try:
        import weasyprint  # noqa: PLC0415 - takes 1.5 seconds, and needs Pango from the system
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    except OSError as error:
        raise Unavailable("This needs Pango on the server (Debian: libpangoft2-1.0-0).") from error
    return weasyprint, FontConfiguration()


@functools.cache
def sheet(name: str) -> str:
    """The style sheet of that name."""
    found = finders.find(f"campaigns/{name}.css")
    assert isinstance(found, str)
    with open(found, encoding="utf-8") as file:
        return file.read()


def fetcher(pictures: Mapping[str, bytes] = MappingProxyType({})) -> Any:
    """A fetcher that knows our fonts and these PNG pictures by their addresses, and refuses every other."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 - see press

    class OurOwn(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url in pictures:
                return URLFetcherResponse(url, pictures[url], {"Content-Type": "image/png"})
            if url not in FONTS:
                raise ValueError("nothing is fetched for a letter")
            return URLFetcherResponse(url, FONTS[url].read_bytes(), {"Content-Type": "font/ttf"})

    return OurOwn()
