"""The record in words: who did what, on what. No detail stands on a screen as it is kept."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .campaigns import Campaign
    from .events import Event
    from .organizations import Organization
    from .signatures import Signature

# Who did what nobody of the desk did: groups by the links in their letters, readers on public pages, who holds a
# link, commands.
BY_THE_GROUP = {
    "submitted",
    "readdressed",
    "resent",
    "confirmed",
    "answered",
    "agreed",
    "refused",
    "withdrawn",
    "news ended",
    "contact corrected",
    "move asked",
    "moved",
    "contact erased",
    "logo set",
    "logo removed",
    "decides later",
    "change asked",
    "not this time",
    "invitations stopped",
    "invitations resumed",
}
BY_A_READER = {"reported"}
BY_A_HOLDER = {
    "remarked": _("one who holds the draft link"),
    "translation edited": _("one who holds the translators’ link"),
}
BY_COMMAND = {"invited", "imported"}

# Of which model the names of fields are, in details, by verb.
FIELDS_OF = {
    "edited": "campaigns.Campaign",
    "translation edited": "campaigns.Translation",
    "update written": "campaigns.Update",
    "receipt noted": "campaigns.DeliveryRecipient",
    "changed": "campaigns.Organization",
    "entrusted": settings.AUTH_USER_MODEL,
    "themed": "campaigns.SiteTheme",
}


@dataclass(frozen=True)
class Line:
    """One event as a timeline tells it. What it was about is there as long as it exists."""

    event: "Event"
    who: str
    sentence: str
    campaign: "Campaign | None"
    signature: "Signature | None"
    organization: "Organization | None"

    @property
    def speaks_of_erased(self) -> bool:
        """Whether it was about a signature that is no longer there."""
        return self.signature is None and self.event.signature_id is not None


def tell(events: Iterable["Event"]) -> list[Line]:
    """The events in words, in at most five queries besides their own."""
    events = list(events)
    campaigns = rows("Campaign", [event.campaign_id for event in events])
    signatures = rows("Signature", [event.signature_id for event in events])
    merged = [event.details.get("merged") for event in events]
    organizations = rows("Organization", [*(event.organization_id for event in events), *merged])
    people = rows(settings.AUTH_USER_MODEL, [event.details.get("person") for event in events])
    return [
        Line(
            event,
            actor(event, signatures.get(event.signature_id)),
            sentence(event, {"person": people, "merged": organizations}),
            campaigns.get(event.campaign_id),
            signatures.get(event.signature_id),
            organizations.get(event.organization_id),
        )
        for event in events
    ]


def rows(model: str, keys: Iterable[int | None]) -> dict[Any, Any]:
    """Those that are still there, by their keys."""
    wanted = {key for key in keys if key}
    named = model if "." in model else f"campaigns.{model}"
    return apps.get_model(named)._default_manager.in_bulk(wanted) if wanted else {}


def actor(event: "Event", signature: "Signature | None") -> str:
    """Who it was: a person of the desk by name, else in a word."""
    if event.who:
        return str(event.who)
    if event.verb in BY_A_READER:
        return gettext("a reader")
    if event.verb in BY_A_HOLDER:
        return str(BY_A_HOLDER[event.verb])
    if event.verb in BY_COMMAND:
        return gettext("a command")
    if event.verb not in BY_THE_GROUP:
        return gettext("by itself")
    return gettext("the signatory") if signature and signature.kind == "person" else gettext("the group")


def sentence(event: "Event", named: dict[str, dict[Any, Any]]) -> str:
    """What was done, then the details that matter; `named` are the rows that details point at."""
    told = event.details
    said = [str(rows.get(told[name]) or gettext("one that is gone")) for name, rows in named.items() if name in told]
    said += [say(told[name]) for name, say in WORDS.items() if name in told]
    said += [field_name(event.verb, field) for field in told.get("fields", [])]
    details = ", ".join(filter(None, said))
    return f"{event.get_verb_display()}: {details}" if details else str(event.get_verb_display())


def field_name(verb: str, field: str) -> str:
    """As its form names it; the name that is kept, where there is no such field any more."""
    try:
        found: Any = apps.get_model(FIELDS_OF[verb])._meta.get_field(field)
    except (KeyError, FieldDoesNotExist):
        return field
    return str(found.related_model._meta.verbose_name_plural if found.auto_created else found.verbose_name)


def moment(words: Any, value: str) -> str:
    when = date_format(timezone.localtime(datetime.datetime.fromisoformat(value)), "DATETIME_FORMAT")
    return str(words) % {"when": when}


def until(value: str) -> str:
    return moment(_("until %(when)s"), value) if value else gettext("until a coordinator closes it")


def label(model: str, field: str, value: str) -> str:
    """What the model calls one of its field's choices."""
    return str(dict(apps.get_model("campaigns", model)._meta.get_field(field).choices).get(value, value))


def language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"]) if code else ""
    except KeyError:
        return code


def numbered(words: Any, number: int) -> str:
    return str(words) % {"number": number}


def counted(words: Any, count: int) -> str:
    """Words for so many; none for nothing."""
    return str(words % {"count": count}) if count else ""


EXPORTS: dict[str, Any] = {
    "signatures": _("the signatures"),
    "organizations": _("organizations"),
    "timeline": _("the timeline"),
}

ERASED: dict[str, Any] = {
    "requests": _("requests that nobody confirmed"),
    "invitations": _("invitations"),
    "remarks": _("remarks on the draft"),
    "set aside": _("requests that were set aside"),
    "phrases": _("words by which attacks were found"),
    "undecided": _("requests that nobody decided on"),
    "persons": _("names of persons who are on no list"),
    "contacts": _("contact persons"),
    "reports": _("reports of errors"),
    "recipients": _("addresses to which letters were delivered"),
    "files": _("files of lists"),
    "list rows": _("rows of lists that were brought"),
}

# Each detail in words, by its name. What is not here is kept for the program and never shown.
WORDS: dict[str, Callable[[Any], str]] = {
    "version": partial(numbered, _("version %(number)s")),
    "number": partial(numbered, _("delivery %(number)s")),
    "delivery": partial(numbered, _("delivery %(number)s")),
    "kind": partial(label, "Update", "kind"),
    "source": partial(label, "Signature", "source"),
    "role": partial(label, "Membership", "role"),
    "language": language,
    "languages": lambda codes: ", ".join(map(language, codes)),
    "until": until,
    "answers_until": lambda value: until(value) if value else gettext("without one"),
    "day": lambda value: date_format(datetime.date.fromisoformat(value), "DATE_FORMAT"),
    "deadline": partial(moment, _("answers by %(when)s")),
    "late": lambda is_late: gettext("by the link for one late group") if is_late else "",
    "begun": lambda is_begun: gettext("a new one") if is_begun else "",
    "what": lambda what: str(EXPORTS[what]),
    "erased": lambda what: str(ERASED[what]),
    "format": str.upper,
    "file": str,
    "page": str,
    "corrected": lambda is_corrected: gettext("with a public correction") if is_corrected else "",
    "demands": partial(counted, ngettext_lazy("%(count)s demand", "%(count)s demands", "count")),
    "signatories": partial(counted, ngettext_lazy("%(count)s name", "%(count)s names", "count")),
    "recipients": partial(counted, ngettext_lazy("%(count)s recipient", "%(count)s recipients", "count")),
    "agreed": partial(counted, ngettext_lazy("%(count)s agreed", "%(count)s agreed", "count")),
    "invitations": partial(counted, ngettext_lazy("%(count)s group", "%(count)s groups", "count")),
    "reminders": partial(counted, ngettext_lazy("%(count)s reminder", "%(count)s reminders", "count")),
    "count": partial(counted, ngettext_lazy("%(count)s request", "%(count)s requests", "count")),
    "rows": partial(counted, ngettext_lazy("%(count)s row", "%(count)s rows", "count")),
    "new": partial(counted, ngettext_lazy("%(count)s registered", "%(count)s registered", "count")),
    "known": partial(counted, ngettext_lazy("%(count)s known already", "%(count)s known already", "count")),
    "names": partial(counted, ngettext_lazy("%(count)s name learnt", "%(count)s names learnt", "count")),
    "listed": partial(counted, ngettext_lazy("%(count)s listed", "%(count)s listed", "count")),
    "left_out": partial(counted, ngettext_lazy("%(count)s left out", "%(count)s left out", "count")),
}
