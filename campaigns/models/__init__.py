"""The nouns of Undersigned, one file each."""

from .campaigns import Campaign, Demand
from .contacts import Contact
from .events import Event
from .organizations import Organization, OrganizationName
from .outbox import OutgoingMail
from .signatures import Signature, Tally
from .texts import NumberedDemand, Statement, TextVersion

__all__ = [
    "Campaign",
    "Contact",
    "Demand",
    "Event",
    "NumberedDemand",
    "Organization",
    "OrganizationName",
    "OutgoingMail",
    "Signature",
    "Statement",
    "Tally",
    "TextVersion",
]
