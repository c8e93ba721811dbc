"""The coordinators' desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from .campaigns import CampaignAdmin
from .deliveries import DeliveryAdmin, UpdateAdmin
from .imports import ImportBatchAdmin
from .organizations import OrganizationAdmin
from .people import PersonAdmin
from .records import EventAdmin, OutgoingMailAdmin
from .reports import ReportAdmin
from .signatures import SignatureAdmin
from .themes import SiteThemeAdmin
from .translations import TranslationAdmin

__all__ = [
    "CampaignAdmin",
    "DeliveryAdmin",
    "EventAdmin",
    "ImportBatchAdmin",
    "OrganizationAdmin",
    "OutgoingMailAdmin",
    "PersonAdmin",
    "ReportAdmin",
    "SignatureAdmin",
    "SiteThemeAdmin",
    "TranslationAdmin",
    "UpdateAdmin",
]

admin.site.index_title = _("The coordinators’ desk")
