"""The coordinators' desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from .campaigns import CampaignAdmin
from .organizations import OrganizationAdmin
from .records import EventAdmin, OutgoingMailAdmin
from .signatures import SignatureAdmin

__all__ = ["CampaignAdmin", "EventAdmin", "OrganizationAdmin", "OutgoingMailAdmin", "SignatureAdmin"]

admin.site.site_header = admin.site.site_title = _("Undersigned")
admin.site.index_title = _("The coordinators’ desk")
