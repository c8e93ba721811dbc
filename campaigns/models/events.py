"""The record: who did what, and when. Rows are only ever added; a trigger refuses all else."""

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .telling import Line, tell

if TYPE_CHECKING:
    from .campaigns import Campaign
    from .organizations import Organization
    from .signatures import Signature

MOST_WORDS_SOUGHT = 10


class EventQuerySet(models.QuerySet["Event"]):
    def record(
        self,
        verb: str,
        campaign: "Campaign | None" = None,
        signature: "Signature | None" = None,
        *,
        organization: "Organization | None" = None,
        by: Any = None,
        **details: Any,
    ) -> "Event":
        """Adds an event. `by` is the coordinator, None for the public; `details` hold no personal data."""
        campaign = signature.campaign if signature and campaign is None else campaign
        about = {"campaign": campaign, "signature": signature, "organization": organization}
        return self.create(verb=verb, who=by, at=timezone.now(), details=details, **about)

    def record_export(
        self, what: str, ending: str, count: int, *, by: Any, campaign: "Campaign | None" = None
    ) -> "Event":
        """Adds that so many rows of `what`, of the exports in words, went out as a file of that ending."""
        return self.record(Event.Verb.EXPORTED, campaign, by=by, what=what, format=ending, rows=count)

    def record_for_each(
        self, verb: str, campaign: "Campaign", signatures: Iterable[int], *, by: Any = None, **details: Any
    ) -> None:
        """Adds an event for each of the campaign's signatures, by their keys; else as `record`."""
        about = {"verb": verb, "campaign": campaign, "who": by, "at": timezone.now(), "details": details}
        events = (Event(signature_id=pk, **about) for pk in signatures)
        while batch := list(islice(events, 1000)):
            self.bulk_create(batch)

    def concerning(self, campaign: "Campaign") -> "EventQuerySet":
        """Those of the campaign and its signatures, and of each organization since it signed here."""
        signed = apps.get_model("campaigns", "Signature").objects.filter(
            campaign=campaign, organization=OuterRef("organization"), submitted_at__lte=OuterRef("at")
        )
        return self.filter(Q(campaign=campaign) | Q(Exists(signed), campaign=None))

    def of_campaigns(self, campaigns: "models.QuerySet[Campaign]") -> "EventQuerySet":
        """Those of the campaigns, and those of no campaign."""
        return self.filter(Q(campaign=None) | Q(campaign__in=campaigns))

    def with_words(self, text: str) -> "EventQuerySet":
        """Those that have each word in the name of signatory, organization or coordinator, or in what was done."""
        found = self
        for word in text.split()[:MOST_WORDS_SOUGHT]:
            verbs = [verb.value for verb in Event.Verb if word.casefold() in str(verb.label).casefold()]
            named = Q(signature__name__icontains=word) | Q(organization__name__icontains=word)
            found = found.filter(named | Q(who__username__icontains=word) | Q(verb__in=verbs))
        return found

    def before(self, event: "Event") -> "EventQuerySet":
        """Those that come after it where the newest come first."""
        return self.filter(Q(at__lt=event.at) | Q(at=event.at, pk__lt=event.pk))

    def lines(self) -> list[Line]:
        """As a timeline tells them, in their order."""
        return tell(self.select_related("who"))


class Event(models.Model):
    class Verb(models.TextChoices):
        CREATED = "created", _("began the campaign")
        EDITED = "edited", _("edited the campaign")
        TEXT_BROUGHT = "text brought", _("brought the text of the statement")
        DELETED = "deleted", _("deleted the draft campaign")
        TRANSLATION_EDITED = "translation edited", _("worked on a translation")
        TRANSLATION_SHARED = "translation shared", _("opened a translators’ link")
        TRANSLATION_RENEWED = "translation renewed", _("renewed a translators’ link, which ended the old one")
        TRANSLATION_UNSHARED = "translation unshared", _("ended a translators’ link")
        TRANSLATION_DELETED = "translation deleted", _("deleted a translation")
        CIRCULATED = "circulated", _("began to circulate the campaign")
        LINK_RENEWED = "link renewed", _("renewed the private link; the old one ended")
        EMBARGOED = "embargoed", _("set the time at which the campaign publishes itself")
        EMBARGO_LIFTED = "embargo lifted", _("lifted the embargo")
        PUBLISHED = "published", _("published the campaign")
        CORRECTED = "corrected", _("corrected the wording of the text")
        TRANSLATED = "translated", _("added a translation to the text")
        PROPOSED = "proposed", _("proposed a change of what we ask")
        ADOPTED = "adopted", _("made the proposal the text")
        DROPPED = "dropped", _("dropped the proposal")
        DRAFT_SHARED = "draft shared", _("opened a draft link")
        DRAFT_RENEWED = "draft link renewed", _("renewed the draft link, which ended the old one")
        DRAFT_ENDED = "draft link ended", _("ended the draft link")
        REMARKED = "remarked", _("left a remark on the draft")
        REMARK_SETTLED = "remark settled", _("settled a remark on the draft")
        REMARK_DISCARDED = "remark discarded", _("deleted a remark on the draft")
        DELIVERED = "delivered", _("delivered the letter")
        RECEIPT_NOTED = "receipt noted", _("noted what came back of a delivery")
        TAKEN_OUT = "taken out", _("took a name out of a delivered list")
        UPDATE_WRITTEN = "update written", _("worked on the draft of an update")
        UPDATE_DELETED = "update deleted", _("deleted the draft of an update")
        UPDATED = "updated", _("published an update")
        CLOSED = "closed", _("closed the campaign for signature")
        ADMITTED = "admitted", _("opened a link for one late group")
        TIMED = "timed", _("set the time until which the campaign takes signatures")
        REOPENED = "reopened", _("reopened the campaign for signature")
        NAMES_WITHHELD = "names withheld", _("withheld all names until the delivery")
        NAMES_SHOWN = "names shown", _("showed the names that were withheld")
        ANSWERS_TIMED = "answers timed", _("set the time until which invited groups are to answer")
        GROUPS_INVITED = "groups invited", _("invited groups")
        REMINDERS_SET = "reminders set", _("set the times of reminders")
        REMINDED = "reminded", _("reminded the silent")
        DECIDES_LATER = "decides later", _("told by when it decides on the invitation")
        CHANGE_ASKED = "change asked", _("asked for a change of the text")
        CHANGE_ANSWERED = "change answered", _("answered a group that asks for a change")
        INVITATION_DECLINED = "not this time", _("said “not this time” to the invitation")
        INVITATION_ENDED = "invitation ended", _("took an invitation back")
        INVITATIONS_STOPPED = "invitations stopped", _("asked for no more invitations")
        INVITATIONS_RESUMED = "invitations resumed", _("took back that it wants no more invitations")
        ERASED = "erased", _("erased what is kept no longer")
        APPOINTED = "appointed", _("gave a person a role")
        DISMISSED = "dismissed", _("took a role from a person")
        SUBMITTED = "submitted", _("sent the form")
        READDRESSED = "readdressed", _("corrected the address before confirming")
        RESENT = "resent", _("asked for the confirmation letter again")
        CONFIRMED = "confirmed", _("confirmed the address")
        ACCEPTED = "accepted", _("accepted the signature")
        DECLINED = "declined", _("did not accept the signature")
        UNDONE = "undone", _("took the decision back")
        ASKED = "asked", _("asked the contact person")
        UNASKED = "unasked", _("took the question back")
        ANSWERED = "answered", _("answered the coordinators’ question")
        ADDED = "added", _("added the signature for the group")
        RENAMED = "renamed", _("corrected the listed name")
        AGREED = "agreed", _("agreed to the new text")
        REFUSED = "refused", _("did not agree to the new text")
        WITHDRAWN = "withdrawn", _("withdrew the signature")
        REMOVED = "removed", _("removed the signature")
        ATTACK_CLEARED = "attack cleared", _("cleared an attack")
        ATTACK_UNDONE = "attack undone", _("brought back what was cleared as an attack")
        DISCARDED = "discarded", _("set the request aside as an attack")
        RESTORED = "restored", _("brought the request back")
        REPORTED = "reported", _("reported an error")
        REPORTER_SEEN = "reporter seen", _("looked at the address of one who reported an error")
        SETTLED = "settled", _("settled a report of an error")
        DOUBLED = "doubled", _("took the signature off the list, where its organization stands by another")
        RELISTED = "relisted", _("put the signature back on the list")
        NEWS_ENDED = "news ended", _("asked for no more news")
        CONTACT_CORRECTED = "contact corrected", _("corrected who the contact person is")
        MOVE_ASKED = "move asked", _("asked for letters to go to another address")
        MOVED = "moved", _("confirmed another address for letters")
        CONTACT_ERASED = "contact erased", _("erased the data of the contact person, at that person’s own wish")
        ADDRESS_SEEN = "address seen", _("looked at the contact person’s address")
        EXPORTED = "exported", _("exported a file")
        CONTACTS_EXPORTED = "contacts exported", _("exported the contact persons")
        REGISTERED = "registered", _("registered the organization")
        UNREGISTERED = "unregistered", _("deleted the organization’s record")
        NAMED = "named", _("changed the names by which the organization is known")
        CHANGED = "changed", _("changed the organization’s record")
        VERIFIED = "verified", _("verified the organization")
        DOUBTED = "doubted", _("took the verification back")
        READDRESSED_PAGE = "page readdressed", _("gave the organization’s page a new address")
        HIDDEN = "hidden", _("hid the organization’s page")
        UNHIDDEN = "unhidden", _("showed the organization’s page again")
        MERGED = "merged", _("merged another record into the organization")
        UNMERGED = "unmerged", _("undid the merge")
        LOGO_SET = "logo set", _("set the organization’s logo")
        LOGO_REMOVED = "logo removed", _("removed the organization’s logo")
        INITIATOR = "initiator", _("named the group among the initiators")
        NO_INITIATOR = "no initiator", _("took the group from the initiators")
        IMPORTED = "imported", _("brought a list of organizations")
        LIST_FORGOTTEN = "list forgotten", _("forgot a list that was brought")
        INVITED = "invited", _("invited a person to the desk")
        ENTRUSTED = "entrusted", _("changed a person’s account")
        FACTOR_TAKEN = "factor taken back", _("took a person’s second factor back")
        ACCOUNT_CLOSED = "account closed", _("closed a person’s account")
        ACCOUNT_REOPENED = "account reopened", _("reopened a person’s account")
        THEMED = "themed", _("changed the look of the site")

    # The record outlives what it speaks of, so its references are kept without the database holding them.
    campaign = models.ForeignKey(
        "Campaign", models.DO_NOTHING, db_constraint=False, null=True, related_name="events", verbose_name=_("campaign")
    )
    signature = models.ForeignKey(
        "Signature",
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="events",
        verbose_name=_("signature"),
    )
    organization = models.ForeignKey(
        "Organization",
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="events",
        verbose_name=_("organization"),
    )
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("coordinator")
    )
    verb = models.CharField(_("what"), max_length=20, choices=Verb)
    at = models.DateTimeField(_("when"))
    details = models.JSONField(_("details"), default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at", "-id"], name="event_newest_first")]

    def __str__(self) -> str:
        return str(self.get_verb_display())

    @property
    def sentence(self) -> str:
        """What was done, in words; who did it stands before."""
        return tell([self])[0].sentence
