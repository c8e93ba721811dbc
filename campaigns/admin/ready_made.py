"""Words for what coordinators say most often, to be sent as they stand or changed."""

from django.utils.translation import gettext_lazy as _

REASONS = [
    _("We could not make sure that your organization has signed. Please sign with an address of its own domain."),
    _("Your organization is on the list already, so nothing is lost."),
    _("The form names no organization that we could find. Please sign with its full name and its website."),
    _("This statement is signed by organizations only."),
]
HOWS = [
    _("Its own website names it and this address."),
    _("We reached it at a number or an address that we found ourselves."),
    _("We know it from earlier work together."),
    _("It stands in an official register."),
]
QUESTIONS = [
    _("Who in your organization decided to sign? Please answer from an address of its own domain, if it has one."),
    _("Is your organization the same as the one that we know by a similar name, or another?"),
    _("At which address on the web can we read about your organization?"),
]
