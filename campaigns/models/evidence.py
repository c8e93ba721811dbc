"""What speaks for a signature and what against it: the short sentences that a coordinator reads before deciding."""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from .. import domains, lookalikes, names
from .campaigns import Campaign
from .candidates import IDENTIFYING, Candidate, Reason
from .listing import BY_THE_GROUP, Kind, State
from .organizations import Organization

if TYPE_CHECKING:
    from .contacts import Contact
    from .signatures import Signature

MOST_ALIKE = 6
MOST_SIGNED = 12
TITLES_NAMED = 3
HOUR, MINUTE = datetime.timedelta(hours=1), datetime.timedelta(minutes=1)
# So many others that are like it, or that came in the same minute, are no chance any more.
MANY, FLOOD = 2, 10


class Sign(models.TextChoices):
    FOR = "for", gettext_lazy("speaks for it")
    AGAINST = "against", gettext_lazy("speaks against it")
    UNKNOWN = "unknown", gettext_lazy("not known")


@dataclass(frozen=True)
class Evidence:
    """One thing that is known of a signature; `code` says which, `organization` whom the sentence names."""

    code: str
    sign: Sign
    text: str
    organization: Organization | None = None


UNSURE = gettext_lazy(
    "We could not make sure that this comes from the organization that it names. Please sign with an address of your "
    "organization’s own domain."
)
SEVERAL = gettext_lazy(
    "We got several requests like this one within a short time. If it was meant, please write to us from an address of "
    "your organization’s own domain."
)
# What an applicant can do about it, the gravest first. Of a signature that is not public it tells nothing.
REASONS = {
    "disguised_mail": UNSURE,
    "foreign_mail": UNSURE,
    "disguised_name": gettext_lazy(
        "Please write the name and the website exactly as your organization writes them, and sign again."
    ),
    "twin_in_public": gettext_lazy(
        "This name is on the list already, and each signatory stands there once. If yours is another organization, "
        "please write to us from an address of its own domain."
    ),
    "twin": UNSURE,
    "same_address": gettext_lazy(
        "Another request came from this address, in another name. Please write to us for whom you sign."
    ),
    "free_mail": gettext_lazy(
        "Please sign with an address of your organization’s own domain, so that we can see that it is you."
    ),
    "same_text": SEVERAL,
    "same_mail": SEVERAL,
    "same_website": SEVERAL,
    "same_minute": SEVERAL,
}
LIKE_IT = {
    "same_text": ngettext_lazy(
        "%(count)s other request within an hour of it has the same comment.",
        "%(count)s other requests within an hour of it have the same comment.",
        "count",
    ),
    "same_mail": ngettext_lazy(
        "%(count)s other request within an hour of it came from the same mail domain.",
        "%(count)s other requests within an hour of it came from the same mail domain.",
        "count",
    ),
    "same_website": ngettext_lazy(
        "%(count)s other request within an hour of it gives a website of the same domain.",
        "%(count)s other requests within an hour of it give a website of the same domain.",
        "count",
    ),
    "same_minute": ngettext_lazy(
        "%(count)s other request came within a minute of it.",
        "%(count)s other requests came within a minute of it.",
        "count",
    ),
}


def reason_suggested_by(found: Sequence[Evidence]) -> str:
    """The words of a refusal for the gravest thing that speaks against it; empty where nothing does."""
    against = {each.code for each in found if each.sign == Sign.AGAINST}
    return next((str(words) for code, words in REASONS.items() if code in against), "")


def gather(signature: "Signature", campaigns: QuerySet[Campaign]) -> list[Evidence]:
    """All that is known, by what it is about. Signatures that are not public are named of its own campaign and of
    these `campaigns` only.

    Costs some sixteen queries, however many there are; reads every known name's words and every known domain.
    """
    contact = getattr(signature, "contact", None)
    candidates = signature.candidates()[:MOST_ALIKE] if signature.kind == Kind.ORGANIZATION else []
    domain = contact.domain if contact else ""
    found = [of_confirming(signature), of_mail(signature, domain, candidates)]
    if signature.kind == Kind.ORGANIZATION:
        found += [of_role(contact), *of_registry(candidates, domain)]
        found += of_what_they_signed(signature, candidates, campaigns, domain)
    found += of_name(signature)
    found += of_twins(signature, contact)
    found += of_twins_in_another_script(signature, candidates)
    found += of_the_hour(signature, contact)
    return found


def of_confirming(signature: "Signature") -> Evidence:
    if signature.source not in BY_THE_GROUP or signature.confirmed_at is None:
        return Evidence("confirmed", Sign.UNKNOWN, _("The address was not confirmed by a letter of ours."))
    moment = date_format(timezone.localtime(signature.confirmed_at), "DATETIME_FORMAT")
    return Evidence("confirmed", Sign.FOR, _("The address was confirmed on %(moment)s.") % {"moment": moment})


def of_role(contact: "Contact | None") -> Evidence:
    if contact is None or not contact.role:
        return Evidence("role", Sign.UNKNOWN, _("The contact person does not say in which role they sign."))
    return Evidence("role", Sign.UNKNOWN, _("The contact person says to be “%(role)s”.") % {"role": contact.role})


def of_mail(signature: "Signature", domain: str, candidates: Sequence[Candidate]) -> Evidence:
    """Whose the domain of the address is. The address itself is not told."""
    if not domain:
        return Evidence("mail", Sign.UNKNOWN, _("No domain of an e-mail address is known."))
    meant = [each.organization for each in candidates if each.reason in IDENTIFYING and each.organization.domain]
    if foreign := not domains.is_free_mail(domain) and of_foreign_mail(signature, domain, meant):
        return foreign
    own = next((each for each in meant if each.domain == domain), None)
    if own:
        told = _("The address is at %(domain)s, the domain of “%(name)s”.")
        return Evidence("own_domain", Sign.FOR, told % {"domain": domain, "name": own}, own)
    if domains.is_free_mail(domain):
        return of_free_mail(domain, meant)
    return of_disguised_mail(domain) or of_another_domain(signature, domain, meant)


def of_foreign_mail(signature: "Signature", domain: str, meant: Sequence[Organization]) -> Evidence | None:
    """Where the name is that of a verified organization, and the domain is not: whoever else's it may be."""
    key = names.key(signature.name)
    called_so = [each for each in meant if key in {known.key for known in each.names.all()}]
    verified = next((each for each in called_so if each.verified_at), None)
    if verified is None or domain in {each.domain for each in called_so}:
        return None
    if disguised := of_disguised_mail(domain):
        return disguised
    told = _("The address is at %(domain)s; that of “%(name)s”, which is verified, is %(own)s.")
    words = {"domain": domain, "name": verified, "own": verified.domain}
    return Evidence("foreign_mail", Sign.AGAINST, told % words, verified)


def of_free_mail(domain: str, meant: Sequence[Organization]) -> Evidence:
    if not meant:
        told = _("The address is at the free-mail provider %(domain)s.")
        return Evidence("free_mail", Sign.UNKNOWN, told % {"domain": domain})
    told = _("The address is at the free-mail provider %(domain)s, though “%(name)s” has a domain of its own, %(own)s.")
    words = {"domain": domain, "name": meant[0], "own": meant[0].domain}
    return Evidence("free_mail", Sign.AGAINST, told % words, meant[0])


def of_disguised_mail(domain: str) -> Evidence | None:
    """Where the domain is made to look like another."""
    if known := Organization.objects.resembled(domain):
        told = _("The address is at %(domain)s, which is almost %(own)s, the domain of “%(name)s”.")
        words = {"domain": domain, "own": known.domain, "name": known}
        return Evidence("disguised_mail", Sign.AGAINST, told % words, known)
    if lookalikes.of_website(domain, ()):
        told = _("The address is at %(domain)s, which mixes alphabets.")
        return Evidence("disguised_mail", Sign.AGAINST, told % {"domain": domain})
    return None


def of_another_domain(signature: "Signature", domain: str, meant: Sequence[Organization]) -> Evidence:
    if meant:
        told = _("The address is at %(domain)s; of “%(name)s” we know %(own)s.")
        words = {"domain": domain, "name": meant[0], "own": meant[0].domain}
        return Evidence("another_domain", Sign.UNKNOWN, told % words, meant[0])
    if domain == domains.of_website(signature.website):
        told = _("The address is at %(domain)s, as is the website that they gave.")
        return Evidence("own_domain", Sign.FOR, told % {"domain": domain})
    told = _("The address is at %(domain)s; whose that is we do not know.")
    return Evidence("another_domain", Sign.UNKNOWN, told % {"domain": domain})


def is_spoken_for(organization: Organization, domain: str) -> bool:
    """Whether who writes from this domain writes from the organization's own; a name alone anybody can type."""
    return bool(domain) and organization.domain == domain


def of_registry(candidates: Sequence[Candidate], domain: str) -> Iterator[Evidence]:
    """Which known organizations may be meant, each with the reason."""
    if not any(each.identifies for each in candidates):
        yield Evidence("new", Sign.UNKNOWN, _("No organization of this name, website or mail domain is known."))
    for each in candidates:
        words = {"name": each.organization, "reason": each.reason.label}
        if each.reason == Reason.LIKENESS:
            told = _("The name looks like that of “%(name)s”, which is known.")
            yield Evidence("looks_alike", Sign.UNKNOWN, told % words, each.organization)
        elif each.organization.verified_at is None:
            told = _("“%(name)s” is known (%(reason)s), but not verified.")
            yield Evidence("known", Sign.UNKNOWN, told % words, each.organization)
        else:
            sign = Sign.FOR if is_spoken_for(each.organization, domain) else Sign.UNKNOWN
            told = _("“%(name)s” is known (%(reason)s) and verified.")
            yield Evidence("known", sign, told % words, each.organization)


def of_what_they_signed(
    signature: "Signature", candidates: Sequence[Candidate], campaigns: QuerySet[Campaign], domain: str
) -> Iterator[Evidence]:
    """Which other statements those who may be meant have signed, as far as it may be told."""
    meant = {each.organization.pk: each.organization for each in candidates if each.reason in IDENTIFYING}
    if not meant:
        return
    signatures = type(signature).objects
    told = signatures.published() | signatures.listed().filter(campaign__in=campaigns)
    others = told.filter(organization__in=meant).exclude(campaign=signature.campaign)
    titles: dict[int, list[str]] = {}
    for other in others.select_related("campaign__current_version").order_by("-decided_at", "-id")[:MOST_SIGNED]:
        titles.setdefault(other.organization_id or 0, []).append(f"“{other.campaign.text.title}”")
    for pk, signed in titles.items():
        named = ", ".join(signed[:TITLES_NAMED]) + (", …" if len(signed) > TITLES_NAMED else "")
        words = {"name": meant[pk], "titles": named}
        sign = Sign.FOR if is_spoken_for(meant[pk], domain) else Sign.UNKNOWN
        yield Evidence("signed", sign, _("“%(name)s” has signed %(titles)s.") % words, meant[pk])


def of_name(signature: "Signature") -> list[Evidence]:
    """What in the name or the website is made to look like another's."""
    warnings = Organization.objects.warnings(signature.name, signature.website)
    return [Evidence("disguised_name", Sign.AGAINST, str(warning)) for warning in warnings]


def of_twins(signature: "Signature", contact: "Contact | None") -> Iterator[Evidence]:
    """Who is on the list, or waits, and seems to be the same signatory."""
    own = contact.email_index if contact else ""
    for twin in signature.twins().select_related("organization", "contact").order_by("state", "pk")[:MOST_ALIKE]:
        is_listed = twin.state == State.LISTED
        if own and own == getattr(getattr(twin, "contact", None), "email_index", "") and twin.key != signature.key:
            listed = _("“%(name)s”, from the same address, is on the list already.")
            told = listed if is_listed else _("“%(name)s”, from the same address, waits too.")
            yield Evidence("same_address", Sign.AGAINST, told % {"name": twin.name}, twin.organization)
        else:
            yield of_twin(twin, _("“%(name)s” is on the list already.") if is_listed else _("“%(name)s” waits too."))


def of_twins_in_another_script(signature: "Signature", candidates: Sequence[Candidate]) -> Iterator[Evidence]:
    """Who is on the list in letters of another alphabet, by a name that sounds like this one."""
    sounds = [each.organization for each in candidates if each.reason == Reason.LIKENESS]
    foreign = [each for each in sounds if lookalikes.scripts(each.name).isdisjoint(lookalikes.scripts(signature.name))]
    for twin in signature.campaign.signatures.listed().filter(organization__in=foreign).select_related("organization"):
        yield of_twin(twin, _("“%(name)s” is on the list already; it may be the same in another script."))


def of_twin(twin: "Signature", told: str) -> Evidence:
    is_in_public = twin.state == State.LISTED and twin.is_public_by_name
    code = "twin_in_public" if is_in_public else "twin"
    return Evidence(code, Sign.AGAINST, told % {"name": twin.name}, twin.organization)


def of_the_hour(signature: "Signature", contact: "Contact | None") -> Iterator[Evidence]:
    """How many requests like it were sent within an hour of it, whatever has become of them."""
    alike = {code: Count("pk", filter=like) for code, like in likenesses(signature, contact).items() if like}
    near = signature.campaign.signatures.sent_within(HOUR, signature.submitted_at).exclude(pk=signature.pk)
    for code, count in near.aggregate(**alike).items():
        fewest, many = (MANY, FLOOD) if code == "same_minute" else (1, MANY)
        if count >= fewest:
            sign = Sign.AGAINST if count >= many else Sign.UNKNOWN
            yield Evidence(code, sign, LIKE_IT[code] % {"count": count})


def likenesses(signature: "Signature", contact: "Contact | None") -> dict[str, Q]:
    """What makes another request like it; an empty condition where nothing could."""
    own_mail = contact.domain_index if contact and not domains.is_free_mail(contact.domain) else ""
    website = domains.of_website(signature.website)
    minute = (signature.submitted_at - MINUTE, signature.submitted_at + MINUTE)
    return {
        "same_text": Q(comment=signature.comment) if signature.comment.strip() else Q(),
        "same_mail": Q(contact__domain_index=own_mail) if own_mail else Q(),
        "same_website": Q(website__iregex=pattern_of(website)) if website else Q(),
        "same_minute": Q(submitted_at__range=minute),
    }


def pattern_of(domain: str) -> str:
    """What the addresses of all websites of that registrable domain match, in ASCII or in letters."""
    spellings = "|".join(re.escape(each) for each in {domain, domains.in_letters(domain)})
    return rf"^https?://([^/?#]*\.)?({spellings})\.?(:[0-9]+)?([/?#]|$)"
