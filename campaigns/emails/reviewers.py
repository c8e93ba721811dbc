"""Letters to those who decide in a campaign, about the campaign as a whole."""

from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import languages
from ..models import Campaign, OutgoingMail, people
from .words import Letter, Untrue, absolute, composed, page_of, shortened, site


def to_reviewer(mail: OutgoingMail) -> EmailMultiAlternatives:
    campaign = Campaign.objects.get(pk=mail.reference)
    reviewer = campaign.reviewers().filter(pk=mail.recipient or 0).exclude(email="").first()
    if reviewer is None:
        raise Untrue("the person does not decide in this campaign any more, or has no address")
    with translation.override(languages.spoken(people.language_of(reviewer.pk))), timezone.override(campaign.zone):
        words = LETTERS[mail.kind](campaign)
        words.to, words.reply_to = reviewer.email, campaign.reply_to
        words.footer = _("You get this letter because you coordinate this campaign on %(site)s.") % {"site": site()}
        return composed(words)


def report_awaits(campaign: Campaign) -> Letter:
    """Readers have reported errors, and nobody has settled them yet."""
    waiting = campaign.reports.open().count()
    if not waiting:
        raise Untrue("every report is settled by now")
    title = campaign.text.title
    words = ngettext(
        "%(count)s report of an error on the pages of “%(title)s” waits for somebody to look.",
        "%(count)s reports of errors on the pages of “%(title)s” wait for somebody to look.",
        waiting,
    )
    reports = f"{settings.SITE_URL}{reverse('admin:campaigns_report_changelist')}?campaign__id__exact={campaign.pk}"
    return Letter(
        subject=_("An error was reported: %(title)s") % {"title": shortened(title)},
        paragraphs=[words % {"count": waiting, "title": title}],
        button=(_("Look at them"), reports),
    )


def campaign_published(campaign: Campaign) -> Letter:
    """The embargo has ended."""
    if not campaign.is_published:
        raise Untrue("the campaign is not public")
    when = date_format(timezone.localtime(campaign.publish_at), "DATETIME_FORMAT")
    title = campaign.text.title
    return Letter(
        subject=_("It is public: %(title)s") % {"title": shortened(title)},
        paragraphs=[
            _("“%(title)s” has been public since %(when)s (%(zone)s), as you had set.")
            % {"title": title, "when": when, "zone": campaign.time_zone}
        ],
        facts=[(_("The page"), page_of(campaign, campaign.language))],
        button=(_("See how it stands"), absolute("admin:campaigns_campaign_change", campaign.pk)),
    )


def change_asked(campaign: Campaign) -> Letter:
    """Invited groups would sign another text, and wait for an answer."""
    waiting = campaign.invitations.unanswered().count()
    if not waiting:
        raise Untrue("every group that asks for a change is answered by now")
    title = campaign.text.title
    words = ngettext(
        "%(count)s invited group asks for a change of “%(title)s”, and waits for your answer.",
        "%(count)s invited groups ask for a change of “%(title)s”, and wait for your answer.",
        waiting,
    )
    return Letter(
        subject=_("A change is asked for: %(title)s") % {"title": shortened(title)},
        paragraphs=[words % {"count": waiting, "title": title}],
        button=(_("Read what they ask"), absolute("admin:campaigns_campaign_change", campaign.pk)),
    )


LETTERS: dict[str, Callable[[Campaign], Letter]] = {
    "report_awaits": report_awaits,
    "campaign_published": campaign_published,
    "change_asked": change_asked,
}
