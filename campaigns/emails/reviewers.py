"""Letters to those who decide in a campaign, about the campaign as a whole."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import Campaign, OutgoingMail
from .words import Letter, Untrue, composed, shortened


def to_reviewer(mail: OutgoingMail) -> EmailMultiAlternatives:
    """Readers have reported errors, and nobody has settled them yet."""
    campaign = Campaign.objects.get(pk=mail.reference)
    reviewer = campaign.reviewers().filter(pk=mail.recipient or 0).exclude(email="").first()
    if reviewer is None:
        raise Untrue("the person does not decide in this campaign any more, or has no address")
    waiting = campaign.reports.open().count()
    if not waiting:
        raise Untrue("every report is settled by now")
    title = campaign.text.title
    with translation.override(settings.LANGUAGE_CODE):
        words = ngettext(
            "%(count)s report of an error on the pages of “%(title)s” waits for somebody to look.",
            "%(count)s reports of errors on the pages of “%(title)s” wait for somebody to look.",
            waiting,
        )
        return composed(
            Letter(
                to=reviewer.email,
                reply_to=campaign.reply_to,
                subject=_("An error was reported: %(title)s") % {"title": shortened(title)},
                paragraphs=[words % {"count": waiting, "title": title}],
                button=(
                    _("Look at them"),
                    f"{settings.SITE_URL}{reverse('admin:campaigns_report_changelist')}"
                    f"?campaign__id__exact={campaign.pk}",
                ),
                footer=_("You get this letter because you coordinate this campaign on %(site)s.")
                % {"site": settings.SITE_URL},
            )
        )
