"""Letters to contact persons and coordinators, one function each."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .. import differences, languages, tokens
from ..models import (
    Campaign,
    Delivery,
    OutgoingMail,
    Proposal,
    Signature,
    Statement,
    TextVersion,
    Update,
    UpdateText,
    people,
)
from ..models.listing import BY_THE_GROUP
from .words import Letter, Untrue, absolute, composed, page_of, shortened, signed_by, site

Writer = Callable[[Signature, OutgoingMail], Letter]


LETTERS: dict[str, Writer] = {}


def letter(writer: Writer) -> Writer:
    LETTERS[writer.__name__] = writer
    return writer


def to_signatory_or_coordinator(mail: OutgoingMail) -> EmailMultiAlternatives:
    signature = (
        Signature.objects.select_related("campaign", "contact", "text_version").filter(pk=mail.reference).first()
    )
    if signature is None:
        raise Untrue("the signature was erased")
    with translation.override(language_of(signature, mail)):
        return composed(LETTERS[mail.kind](signature, mail))


def language_of(signature: Signature, mail: OutgoingMail) -> str:
    """A coordinator's own; a contact person's, as they read our pages when they signed, else that of the text."""
    if mail.recipient:
        return languages.spoken(people.language_of(mail.recipient))
    contact = getattr(signature, "contact", None)
    return languages.spoken(contact.notice_language if contact else "", signature.language)


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
    if signature.is_public_already():
        closing.insert(
            0,
            _(
                "A signature in this name is on the public list already. If you confirm, the coordinators will see "
                "both and keep one."
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
    title = title_of(signature)
    if signature.is_public_by_name:
        subject, fate = _("Your signature is public"), _("This name now stands under “%(title)s”:")
    else:
        subject, fate = _("Your signature counts"), _("This name now counts under “%(title)s”, and is not public:")
    paragraphs = [fate % {"title": title}]
    if signature.text_version.edition != signature.campaign.in_force.edition:
        paragraphs.append(
            _(
                "What it asks has changed since you signed. Until you agree to the change your name stands apart, "
                "under the text that you signed, and is not counted; a second letter asks you."
            )
        )
    if signature.campaign.names_withheld:
        paragraphs.append(signature.campaign.word_on_names)
    if signature.source not in {*BY_THE_GROUP, Signature.Source.IMPORT}:
        paragraphs.insert(0, _("You gave your word to a coordinator, who took the signature down for you."))
    return to_contact(
        signature,
        subject=subject,
        paragraphs=paragraphs,
        facts=[*signing_facts(signature), (_("The page"), page_of(signature.campaign, signature.language))],
        button=(_("See your signature"), own_page(signature)),
        closing=[_("On that page you can withdraw at any time. To correct something, answer this letter.")],
    )


@letter
def statement_published(signature: Signature, mail: OutgoingMail) -> Letter:
    if signature.state not in {Signature.State.PENDING, Signature.State.LISTED} or not signature.campaign.is_published:
        raise Untrue("the signature has ended, or the statement is not public")
    title = title_of(signature)
    return to_contact(
        signature,
        subject=_("The statement you signed is public: %(title)s") % {"title": shortened(title)},
        paragraphs=[_("“%(title)s”, which you were among the first to sign, is public now.") % {"title": title}],
        facts=[*signing_facts(signature), (_("The page"), page_of(signature.campaign, signature.language))],
        button=(_("Read it, and pass it on"), page_of(signature.campaign, signature.language)),
        closing=[_("Your own page stays where it is: %(page)s") % {"page": own_page(signature)}],
    )


@letter
def signature_declined(signature: Signature, mail: OutgoingMail) -> Letter:
    require_state(signature, Signature.State.DECLINED)
    return to_contact(
        signature,
        subject=_("Your signature could not be accepted"),
        paragraphs=[
            _("The coordinators of “%(title)s” could not accept the signature of %(name)s. They write:")
            % {"title": title_of(signature), "name": signature.name}
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
            % {"title": title_of(signature), "name": signature.name}
        ],
        quote=signature.reason,
        facts=[(_("Correction in public"), signature.correction)] if signature.correction else [],
        closing=[_("If this rests on a mistake, answer this letter.")],
    )


@letter
def signature_renamed(signature: Signature, mail: OutgoingMail) -> Letter:
    require_state(signature, Signature.State.LISTED)
    return to_contact(
        signature,
        subject=_("Your listed name was corrected"),
        paragraphs=[_("A coordinator has corrected how your name stands under the statement:")],
        facts=[
            (_("Statement"), title_of(signature)),
            (_("As signed"), signature.name_as_signed),
            (_("As listed now"), signature.name),
        ],
        button=(_("See your signature"), own_page(signature)),
        closing=[_("If the name is not right, answer this letter.")],
    )


@letter
def signature_awaits(signature: Signature, mail: OutgoingMail) -> Letter:
    require_state(signature, Signature.State.PENDING)
    campaign = signature.campaign
    return to_coordinator(
        mail,
        campaign,
        subject=_("A signature awaits you: %(title)s") % {"title": shortened(campaign.text.title)},
        paragraphs=[
            _("An address was confirmed, and a signature under “%(title)s” awaits your decision.")
            % {"title": campaign.text.title}
        ],
        facts=[(_("Signatory"), signature.name), (_("Website"), signature.website or "—")],
        button=(_("Decide"), review_page(signature)),
    )


@letter
def signature_asked(signature: Signature, mail: OutgoingMail) -> Letter:
    question = signature.questions.open().filter(pk=mail.occasion).first()
    if question is None:
        raise Untrue("the question takes no answer any more")
    return to_contact(
        signature,
        subject=_("A question about your signature"),
        paragraphs=[
            _("Before the coordinators of “%(title)s” decide on the signature of %(name)s, they ask you:")
            % {"title": title_of(signature), "name": signature.name}
        ],
        quote=question.words,
        button=(_("Answer"), own_page(signature)),
        closing=[
            _("Please answer on that page: then everybody who decides can read it. Your signature waits meanwhile.")
        ],
    )


@letter
def question_answered(signature: Signature, mail: OutgoingMail) -> Letter:
    require_state(signature, Signature.State.PENDING)
    campaign = signature.campaign
    return to_coordinator(
        mail,
        campaign,
        subject=_("Your question was answered: %(title)s") % {"title": shortened(campaign.text.title)},
        paragraphs=[
            _("The contact person has answered the question about a signature under “%(title)s”.")
            % {"title": campaign.text.title}
        ],
        facts=[(_("Signatory"), signature.name)],
        button=(_("Read and decide"), review_page(signature)),
    )


@letter
def text_corrected(signature: Signature, mail: OutgoingMail) -> Letter:
    if not signature.may_be_withdrawn:
        raise Untrue(f"the signature is {signature.state} by now")
    version = TextVersion.objects.get(pk=mail.occasion)
    before = version.campaign.text_versions.in_force().filter(number__lt=version.number).last()
    return to_contact(
        signature,
        subject=_("The wording of a statement you signed was corrected"),
        paragraphs=[
            _("The wording of “%(title)s” was corrected. What it asks is the same.") % {"title": title_of(signature)},
            _("Your signature stands.")
            if signature.text_version.edition == version.edition
            else _("Your signature stays as it was, under an earlier text."),
        ],
        quote=version.note,
        changes=differences.between(before, version, signature.language, signature.campaign.language),
        facts=[(_("Fingerprint of the text now"), version.digest(signature.language))],
        button=(_("See your signature"), own_page(signature)),
        closing=[_("If you do not stand by the corrected text, you can withdraw on that page.")],
    )


@letter
def text_proposed(signature: Signature, mail: OutgoingMail) -> Letter:
    require_state(signature, Signature.State.LISTED)
    proposal = Proposal.objects.select_related("version", "campaign").get(pk=mail.occasion)
    if signature.proposal_to_answer != proposal:
        raise Untrue("the proposal takes no more answers")
    joining, title = proposal.text_to_join, title_of(signature)
    facts = [(_("Fingerprint of that text"), joining.digest(signature.language))]
    if proposal.outcome == Proposal.Outcome.OPEN:
        subject = _("A statement you signed is to change: do you agree?")
        opening = _("The coordinators of “%(title)s” propose to change what it asks. They write:") % {"title": title}
        deadline = date_format(timezone.localtime(proposal.deadline), "DATETIME_FORMAT")
        facts.insert(0, (_("Please answer by"), f"{deadline} {timezone.get_current_timezone_name()}"))
    else:
        subject = _("A statement you signed has changed: do you agree?")
        opening = _("What “%(title)s” asks has changed since you signed. The coordinators write:") % {"title": title}
    return to_contact(
        signature,
        subject=subject,
        paragraphs=[opening],
        quote=proposal.version.note,
        changes=differences.between(signature.text_version, joining, signature.language, signature.campaign.language),
        facts=facts,
        button=(_("Agree, or not"), own_page(signature)),
        closing=[silence()],
    )


def silence() -> str:
    return _(
        "Silence is not consent: without your answer your signature stays under the text that you signed, apart from "
        "those who agreed, and is not counted with them."
    )


@letter
def delivered(signature: Signature, mail: OutgoingMail) -> Letter:
    delivery = Delivery.objects.select_related("campaign", "text_version").get(pk=mail.occasion)
    version = delivery.text_version
    language = version.language_near(signature.language) or delivery.campaign.language
    return to_contact(
        signature,
        subject=_("The statement you signed was delivered"),
        paragraphs=[
            _(
                "“%(title)s” was delivered to its addressee. You are one of its witnesses: keep this letter. With the "
                "fingerprint below anyone can prove what was delivered, and in whose name."
            )
            % {"title": version.statement(language).title}
        ],
        facts=[(_("Fingerprint of the delivered list"), delivery.fingerprint)],
        button=(_("See what was delivered"), absolute("delivery", delivery.fingerprint)),
    )


@letter
def update(signature: Signature, mail: OutgoingMail) -> Letter:
    require_state(signature, Signature.State.LISTED)
    news = Update.objects.get(pk=mail.occasion)
    texts = UpdateText.objects.public_in(signature.campaign, signature.language)
    text = next((each for each in texts if each.update_id == news.pk), None)
    contact = getattr(signature, "contact", None)
    if contact is None or not contact.wants_updates or text is None:
        raise Untrue("the contact person asks for no news")
    return to_contact(
        signature,
        subject=_("News of a statement you signed: %(title)s") % {"title": shortened(text.title)},
        paragraphs=[],
        quote=text.title,
        markdown=text.text,
        facts=outcome_facts(news, text_of(signature)),
        button=(_("Read it on the page"), page_of(signature.campaign, signature.language) + f"#update-{news.pk}"),
        closing=[
            _("You asked for news when you signed. On your own page you can end it: %(page)s")
            % {"page": own_page(signature)}
        ],
    )


def outcome_facts(news: Update, statement: Statement) -> list[tuple[str, str]]:
    """Of which demand the update tells what, and where it can be read."""
    demands = {demand.key: demand for demand in statement.demands}
    facts = []
    if demand := demands.get(news.demand_key):
        facts.append((_("Demand %(number)s") % {"number": demand.number}, demand.text))
        facts.append((_("Outcome"), str(news.get_outcome_display())))
    if news.source:
        facts.append((_("Source"), news.source))
    return facts


def to_contact(signature: Signature, **words: Any) -> Letter:
    contact = getattr(signature, "contact", None)
    if contact is None or not contact.email:
        raise Untrue("the contact person was erased")
    campaign = signature.campaign
    return Letter(
        to=contact.email,
        reply_to=campaign.reply_to,
        footer=signed_by(campaign),
        **words,
    )


def to_coordinator(mail: OutgoingMail, campaign: Campaign, **words: Any) -> Letter:
    coordinator = get_user_model().objects.filter(pk=mail.recipient or 0, is_active=True).exclude(email="").first()
    if coordinator is None:
        raise Untrue("the coordinator has no address any more")
    footer = _("You get this letter because you coordinate this campaign on %(site)s.") % {"site": site()}
    return Letter(to=coordinator.email, reply_to=campaign.reply_to, footer=footer, **words)


def review_page(signature: Signature) -> str:
    return absolute("admin:campaigns_signature_change", signature.pk)


def signing_facts(signature: Signature) -> list[tuple[str, str]]:
    """What the group signed, with the fingerprint that proves the text."""
    facts = [
        (_("Signatory"), signature.name),
        (_("Statement"), signature.text_version.statement(signature.language).title),
        (_("Fingerprint of the text"), signature.text_version.digest(signature.language)),
    ]
    if signature.name != signature.name_as_signed:
        facts.insert(1, (_("As signed"), signature.name_as_signed))
    if signature.affiliation:
        facts.insert(1, (_("For identification only"), signature.affiliation))
    return facts


def text_of(signature: Signature) -> Statement:
    """The statement now, in the language in which the group signed."""
    campaign = signature.campaign
    return campaign.in_force.statement(campaign.language_for(signature.language))


def title_of(signature: Signature) -> str:
    return text_of(signature).title


def require_state(signature: Signature, state: str) -> None:
    if signature.state != state:
        raise Untrue(f"the signature is {signature.state} by now")


def own_page(signature: Signature) -> str:
    if getattr(signature, "contact", None) is None:
        raise Untrue("the contact person was erased")
    return absolute("own_page", tokens.make(signature, tokens.OWN_PAGE))
