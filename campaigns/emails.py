"""One function per letter. A letter is written when it is sent, from what is true then."""

from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formataddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from . import tokens
from .models import OutgoingMail, Signature


class Untrue(Exception):
    """What the letter would say is no longer so, or there is nobody left to write to."""


@dataclass
class Letter:
    """The words of a letter; the templates emails/letter.txt and .html set them."""

    to: str
    reply_to: str
    subject: str
    paragraphs: list[str]
    quote: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    button: tuple[str, str] | None = None
    closing: list[str] = field(default_factory=list)
    footer: str = ""


Writer = Callable[[Signature, OutgoingMail], Letter]
LETTERS: dict[str, Writer] = {}


def letter(writer: Writer) -> Writer:
    LETTERS[writer.__name__] = writer
    return writer


def render(mail: OutgoingMail) -> EmailMultiAlternatives:
    """The letter as it is sent, in the language of the one who reads it. Raises Untrue."""
    signature = (
        Signature.objects.select_related("campaign", "contact", "text_version").filter(pk=mail.reference).first()
    )
    if signature is None:
        raise Untrue("the signature was erased")
    with translation.override(settings.LANGUAGE_CODE if mail.recipient else signature.language):
        words = LETTERS[mail.kind](signature, mail)
        context = {"letter": words, "site_url": settings.SITE_URL, "language": translation.get_language()}
        message = EmailMultiAlternatives(
            subject=words.subject,
            body=render_to_string("emails/letter.txt", context),
            to=[words.to],
            reply_to=[words.reply_to],
            headers={
                "Message-ID": f"<{mail.pk}@{urlsplit(settings.SITE_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        message.attach_alternative(render_to_string("emails/letter.html", context), "text/html")
    return message


@letter
def confirm_signature(signature: Signature, mail: OutgoingMail) -> Letter:
    if signature.state != Signature.State.UNCONFIRMED or signature.is_expired:
        raise Untrue("the address is confirmed already, or its time has passed")
    paragraphs = [
        _("Somebody, we hope you, asked to put this name under a joint statement:"),
    ]
    closing = [
        _("The link works for seven days. Opening it changes nothing: the page asks you first."),
        _("If it was not you, do nothing: without the button no name is listed, and this request is erased."),
    ]
    if signature.twins().exists():
        closing.insert(
            0,
            _(
                "A signature in this name is with the coordinators already. If you confirm, they will see both and "
                "keep one."
            ),
        )
    return to_contact(
        signature,
        subject=_("Please confirm your address"),
        paragraphs=paragraphs,
        facts=signing_facts(signature),
        button=(_("Look and confirm"), own_page(signature)),
        closing=closing,
    )


@letter
def signature_listed(signature: Signature, mail: OutgoingMail) -> Letter:
    require_state(signature, Signature.State.LISTED)
    title = signature.campaign.text.title
    if signature.shown == Signature.Shown.PUBLIC:
        subject, fate = _("Your signature is public"), _("This name now stands under “%(title)s”:")
    else:
        subject, fate = _("Your signature counts"), _("This name now counts under “%(title)s”, and is not public:")
    paragraphs = [fate % {"title": title}]
    if signature.source not in {Signature.Source.FORM, Signature.Source.IMPORT}:
        paragraphs.insert(0, _("You gave your word to a coordinator, who took the signature down for you."))
    return to_contact(
        signature,
        subject=subject,
        paragraphs=paragraphs,
        facts=[*signing_facts(signature), (_("The page"), absolute("campaign", signature.campaign.slug))],
        button=(_("See your signature"), own_page(signature)),
        closing=[_("On that page you can withdraw at any time. To correct something, answer this letter.")],
    )


@letter
def signature_declined(signature: Signature, mail: OutgoingMail) -> Letter:
    require_state(signature, Signature.State.DECLINED)
    return to_contact(
        signature,
        subject=_("Your signature could not be accepted"),
        paragraphs=[
            _("The coordinators of “%(title)s” could not accept the signature of %(name)s. They write:")
            % {"title": signature.campaign.text.title, "name": signature.name}
        ],
        quote=signature.reason,
        closing=[_("Nothing was published. If this rests on a mistake, answer this letter.")],
    )


@letter
def signature_removed(signature: Signature, mail: OutgoingMail) -> Letter:
    require_state(signature, Signature.State.REMOVED)
    return to_contact(
        signature,
        subject=_("Your signature was removed"),
        paragraphs=[
            _("The coordinators of “%(title)s” have taken the name %(name)s off the list. They write:")
            % {"title": signature.campaign.text.title, "name": signature.name}
        ],
        quote=signature.reason,
        closing=[_("If this rests on a mistake, answer this letter.")],
    )


@letter
def signature_renamed(signature: Signature, mail: OutgoingMail) -> Letter:
    require_state(signature, Signature.State.LISTED)
    return to_contact(
        signature,
        subject=_("Your listed name was corrected"),
        paragraphs=[_("A coordinator has corrected how your name stands under the statement:")],
        facts=[(_("As signed"), signature.name_as_signed), (_("As listed now"), signature.name)],
        button=(_("See your signature"), own_page(signature)),
        closing=[_("If the name is not right, answer this letter.")],
    )


@letter
def signature_awaits(signature: Signature, mail: OutgoingMail) -> Letter:
    require_state(signature, Signature.State.PENDING)
    coordinator = get_user_model().objects.filter(pk=mail.recipient or 0, is_active=True).exclude(email="").first()
    if coordinator is None:
        raise Untrue("the coordinator has no address any more")
    campaign = signature.campaign
    return Letter(
        to=coordinator.email,
        reply_to=campaign.reply_to,
        subject=_("A signature awaits you: %(title)s") % {"title": shortened(campaign.text.title)},
        paragraphs=[
            _("An address was confirmed, and a signature under “%(title)s” awaits your decision.")
            % {"title": campaign.text.title}
        ],
        facts=[(_("Signatory"), signature.name), (_("Website"), signature.website or "—")],
        button=(
            _("Decide"),
            settings.SITE_URL + reverse("admin:campaigns_signature_change", args=[signature.pk]),
        ),
        footer=_("You get this letter because you coordinate this campaign on %(site)s.") % {"site": settings.SITE_URL},
    )


def to_contact(signature: Signature, **words: Any) -> Letter:
    contact = getattr(signature, "contact", None)
    if contact is None or not contact.email:
        raise Untrue("the contact person was erased")
    campaign = signature.campaign
    return Letter(
        to=formataddr((contact.name, contact.email)) if contact.name.isascii() else contact.email,
        reply_to=campaign.reply_to,
        footer=_("The coordinators of this statement write to you through %(site)s. Your answer goes to %(reply_to)s.")
        % {"site": settings.SITE_URL, "reply_to": campaign.reply_to},
        **words,
    )


def signing_facts(signature: Signature) -> list[tuple[str, str]]:
    """What the group signed, with the fingerprint that proves the text."""
    facts = [
        (_("Signatory"), signature.name),
        (_("Statement"), signature.text_version.statement(signature.language).title),
        (_("Fingerprint of the text"), signature.text_version.digest(signature.language)),
    ]
    if signature.affiliation:
        facts.insert(1, (_("For identification only"), signature.affiliation))
    return facts


def require_state(signature: Signature, state: str) -> None:
    if signature.state != state:
        raise Untrue(f"the signature is {signature.state} by now")


def own_page(signature: Signature) -> str:
    return absolute("own_page", tokens.make(signature, tokens.OWN_PAGE))


def absolute(view: str, *args: Any) -> str:
    return f"{settings.SITE_URL}{reverse(view, args=args)}"


def shortened(title: str, characters: int = 80) -> str:
    return title if len(title) <= characters else f"{title[: characters - 1].rstrip()}…"
