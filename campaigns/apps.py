from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")
    default = True


class DeskConfig(admin.AdminConfig):
    """Django's admin, with the desk as its site."""

    default_site = "campaigns.desk.Desk"
    default = False
