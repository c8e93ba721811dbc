"""Letters to invited groups, one function each, and the one that says that such a group has signed."""

from collections.abc import Callable

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .. import languages, tokens
from ..models import Invitation, OutgoingMail, Signature, Suppression
from ..models.reminders import GRACE
from .signatories import letter, own_page, signing_facts, title_of, to_contact
from .words import Letter, Untrue, absolute, composed, shortened, site


def to_invited(mail: OutgoingMail) -> EmailMultiAlternatives:
    known = Invitation.objects.standing().select_related("campaign__current_version", "organization")
    invitation = known.filter(pk=mail.reference).first()
    if invitation is None:
        raise Untrue("the invitation was taken back, or erased")
    campaign = invitation.campaign
    if mail.kind != "invitation_answered":  # that one the group has asked for
        refuse_unasked(invitation)
    if mail.kind == "invitation_reminder":
        refuse_untimely(invitation, mail)
    with translation.override(languages.spoken(invitation.language)), timezone.override(campaign.zone):
        words = LETTERS[mail.kind](invitation)
        words.to, words.reply_to = invitation.email, campaign.reply_to
        words.footer = because(invitation)
        words.stop = tokens.make_stop(invitation)
        return composed(words)


def invitation(invitation: Invitation) -> Letter:
    refuse_decided(invitation)
    campaign = invitation.campaign
    title = campaign.in_force.statement(invitation.language).title
    paragraphs = [
        greeting(invitation),
        _("The coordinators of the joint statement “%(title)s” invite %(name)s to sign it.")
        % {"title": title, "name": invitation.name or _("your organization")},
        _("By your own link you can read it whole and sign it, say by when you decide, or ask for a change."),
    ]
    return Letter(
        subject=_("Will you sign? %(title)s") % {"title": shortened(title)},
        paragraphs=[] if campaign.invitation_words else paragraphs,
        markdown=campaign.invitation_words,
        facts=facts(invitation),
        button=(_("Read it, and answer"), page_of(invitation)),
        closing=closing(),
    )


def invitation_reminder(invitation: Invitation) -> Letter:
    if invitation.state != Invitation.State.SILENT:
        raise Untrue("the group has answered")
    campaign = invitation.campaign
    if campaign.is_past_deadline:
        raise Untrue("the time for answers has passed")
    title = campaign.in_force.statement(invitation.language).title
    invited_on = date_format(timezone.localtime(invitation.invited_at), "DATE_FORMAT")
    paragraphs = [
        greeting(invitation),
        _("On %(day)s we invited %(name)s to sign the joint statement “%(title)s”, and have not heard from you yet.")
        % {"day": invited_on, "title": title, "name": invitation.name or _("your organization")},
        _("If you need more time, or will not sign, a word behind the link is enough, and no reminder follows."),
    ]
    return Letter(
        subject=_("We have not heard from you yet: %(title)s") % {"title": shortened(title)},
        paragraphs=[] if campaign.reminder_words else paragraphs,
        markdown=campaign.reminder_words,
        facts=facts(invitation),
        button=(_("Read it, and answer"), page_of(invitation)),
        closing=closing(),
    )


def invitation_answered(invitation: Invitation) -> Letter:
    if invitation.state != Invitation.State.ASKS or not invitation.answered_at:
        raise Untrue("the group asks for no change any more, or for another")
    title = invitation.campaign.in_force.statement(invitation.language).title
    return Letter(
        subject=_("The answer to what you asked: %(title)s") % {"title": shortened(title)},
        paragraphs=[
            greeting(invitation),
            _("You asked for a change of “%(title)s”. Its coordinators answer:") % {"title": title},
        ],
        quote=invitation.answer_words,
        facts=[(_("You wrote"), invitation.words), *facts(invitation)[1:]],
        button=(_("Read it, and answer"), page_of(invitation)),
        closing=[_("To write back, simply answer this letter.")],
    )


UNASKED = ["invitation", "invitation_reminder"]
LETTERS: dict[str, Callable[[Invitation], Letter]] = {
    "invitation": invitation,
    "invitation_reminder": invitation_reminder,
    "invitation_answered": invitation_answered,
}


@letter
def signed_by_invitation(signature: Signature, mail: OutgoingMail) -> Letter:
    """To the invited address, which need not be that of the one who pressed the button: the link can be forwarded."""
    if signature.state not in {Signature.State.PENDING, Signature.State.LISTED}:
        raise Untrue(f"the signature is {signature.state} by now")
    title = title_of(signature)
    paragraphs = [
        _("“%(title)s” was signed by the link in our invitation to this address. There is nothing left to confirm.")
        % {"title": title}
    ]
    if signature.told_state == Signature.State.PENDING:
        paragraphs.append(_("A coordinator looks at every signature. You will get a letter when it is decided."))
    return to_contact(
        signature,
        subject=_("You have signed: %(title)s") % {"title": shortened(title)},
        paragraphs=paragraphs,
        facts=signing_facts(signature),
        button=(_("See your signature"), own_page(signature)),
        closing=[
            _("That page is yours: there you can withdraw at any time."),
            _("If nobody of you has signed, withdraw it there and answer this letter."),
        ],
    )


def refuse_unasked(invitation: Invitation) -> None:
    campaign = invitation.campaign
    if Suppression.objects.covering(campaign).filter(email_index=invitation.email_index).exists():
        raise Untrue("the address asked for no more invitations")
    if not campaign.is_open:
        raise Untrue("the campaign takes no signatures any more")


def refuse_untimely(invitation: Invitation, mail: OutgoingMail) -> None:
    """A reminder goes on its own day or not at all, as the only letter of that day, and to who has not signed."""
    campaign = invitation.campaign
    if not campaign.invitations.unsigned(campaign).filter(pk=invitation.pk).exists():
        raise Untrue("the group has signed otherwise")
    if not any(reminder.is_its_day for reminder in campaign.reminders.filter(pk=mail.occasion)):
        raise Untrue("the day of the reminder is over")
    today = timezone.localtime(timezone=campaign.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    others = OutgoingMail.objects.filter(kind__in=UNASKED, reference=invitation.pk).exclude(pk=mail.pk)
    if others.filter(sent_at__gte=today + GRACE).exists():
        raise Untrue("the group got another letter today")


def refuse_decided(invitation: Invitation) -> None:
    if invitation.state in {Invitation.State.SIGNED, Invitation.State.DECLINED}:
        raise Untrue("the group has answered")


def greeting(invitation: Invitation) -> str:
    return _("Dear %(person)s,") % {"person": invitation.person} if invitation.person else _("Dear colleagues,")


def facts(invitation: Invitation) -> list[tuple[str, str]]:
    """What is asked of the group, and until when."""
    campaign = invitation.campaign
    text = campaign.in_force.statement(invitation.language)
    told = [(_("Statement"), text.title), (_("Addressed to"), text.addressee)]
    if campaign.deadline and not campaign.is_past_deadline:
        told.append((_("Please answer by"), campaign.deadline_in_words))
    return told


def closing() -> list[str]:
    return [
        _("The link is your organization’s own: who has it can answer for you. Opening it changes nothing."),
        _("For anything else, simply answer this letter: a coordinator reads it."),
    ]


def because(invitation: Invitation) -> str:
    words = _(
        "We write to you because the coordinators of this statement have invited %(name)s through %(site)s. Your "
        "answer goes to %(reply_to)s."
    )
    name = invitation.name or _("your organization")
    return words % {"name": name, "site": site(), "reply_to": invitation.campaign.reply_to}


def page_of(invitation: Invitation) -> str:
    return absolute("invitation", tokens.make_invitation(invitation))
