"""The nouns of Undersigned, one file each."""

from .attacks import Attack, Catch, Marks
from .boards import Board
from .campaigns import Campaign, Demand
from .candidates import Candidate
from .contacts import Contact
from .deliveries import Delivery, DeliveryEntry, DeliveryRecipient
from .erasures import Erasure
from .events import Event
from .evidence import Evidence, Sign
from .facing import Facing
from .imports import ImportBatch, ImportRow
from .invitations import Invitation
from .invitees import InvitationTally, LeftOut, Registered, Verdict
from .known_names import OrganizationName
from .limits import DayKey, Limited, RateLimit
from .listing import Tally
from .memberships import Membership, Role
from .merges import Foresight, Merge, decides_on, foresee
from .organizations import Organization
from .outbox import OutgoingMail
from .passes import LatePass
from .people import Person, Preference
from .proposals import Agreement, Proposal
from .questions import Question
from .queues import Place, Queue, Undoable, next_of, place_of, queues_of, undoable_of
from .remarks import Passage, Reading, Remark
from .reminders import Reminder
from .reports import Report
from .signatures import Signature
from .suppressions import Suppression
from .texts import NumberedDemand, Statement, TextVersion
from .themes import SiteTheme, ThemeText
from .translations import DemandTranslation, Translation, Writing
from .updates import Update, UpdateText

__all__ = [
    "Agreement",
    "Attack",
    "Board",
    "Campaign",
    "Candidate",
    "Catch",
    "Contact",
    "DayKey",
    "Delivery",
    "DeliveryEntry",
    "DeliveryRecipient",
    "Demand",
    "DemandTranslation",
    "Erasure",
    "Event",
    "Evidence",
    "Facing",
    "Foresight",
    "ImportBatch",
    "ImportRow",
    "Invitation",
    "InvitationTally",
    "LatePass",
    "LeftOut",
    "Limited",
    "Marks",
    "Membership",
    "Merge",
    "NumberedDemand",
    "Organization",
    "OrganizationName",
    "OutgoingMail",
    "Passage",
    "Person",
    "Place",
    "Preference",
    "Proposal",
    "Question",
    "Queue",
    "RateLimit",
    "Reading",
    "Registered",
    "Remark",
    "Reminder",
    "Report",
    "Role",
    "Sign",
    "Signature",
    "SiteTheme",
    "Statement",
    "Suppression",
    "Tally",
    "TextVersion",
    "ThemeText",
    "Translation",
    "Undoable",
    "Update",
    "UpdateText",
    "Verdict",
    "Writing",
    "decides_on",
    "foresee",
    "next_of",
    "place_of",
    "queues_of",
    "undoable_of",
]
