"""Letters about a person's own account at the desk."""

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import languages
from ..models import OutgoingMail, people
from .words import Letter, Untrue, absolute, composed, site

NOT_YOU = gettext_lazy("If it was not you, tell an administrator at once: somebody else may be in your account.")


FOR_THREE_DAYS = gettext_lazy("The link works for three days, and once.")


ABOUT_ACCOUNTS = {
    "invited_to_desk": (
        gettext_lazy("You are invited to the coordinators’ desk"),
        gettext_lazy("An administrator has opened an account for you. Choose a password, then set up a second factor."),
        FOR_THREE_DAYS,
    ),
    "password_forgotten": (
        gettext_lazy("Choose a new password"),
        gettext_lazy("Somebody, we hope you, asked for a new password. If it was not you, do nothing."),
        FOR_THREE_DAYS,
    ),
    "password_changed": (
        gettext_lazy("Your password was changed"),
        gettext_lazy("The password of your account was changed. Other sessions have ended."),
        NOT_YOU,
    ),
    "second_factor_added": (
        gettext_lazy("A second factor was added to your account"),
        gettext_lazy("A passkey or an app was added to your account. It can be used to sign in from now on."),
        NOT_YOU,
    ),
    "second_factor_removed": (
        gettext_lazy("A second factor was removed from your account"),
        gettext_lazy("A passkey or an app was removed from your account."),
        NOT_YOU,
    ),
    "recovery_codes_made": (
        gettext_lazy("You have new recovery codes"),
        gettext_lazy("New recovery codes were made for your account. The earlier ones do not work any more."),
        NOT_YOU,
    ),
    "second_factor_taken_back": (
        gettext_lazy("Your second factor was taken back"),
        gettext_lazy(
            "An administrator has taken back your passkeys, app and recovery codes. At your next sign-in you set up "
            "new ones."
        ),
        gettext_lazy("If you did not ask for this, tell another administrator at once."),
    ),
}


WITH_LINK = {"invited_to_desk", "password_forgotten"}


def to_person_of_the_desk(mail: OutgoingMail) -> EmailMultiAlternatives:
    """A letter about the reader's own account."""
    person = User.objects.filter(pk=mail.reference, is_active=True, is_staff=True).exclude(email="").first()
    if person is None:
        raise Untrue("the account is closed, or has no address")
    if mail.kind == "invited_to_desk" and person.has_usable_password():
        raise Untrue("a password is chosen already")
    subject, paragraph, closing = ABOUT_ACCOUNTS[mail.kind]
    with translation.override(languages.spoken(people.language_of(person.pk))):
        return composed(
            Letter(
                to=person.email,
                reply_to="",
                subject=str(subject),
                paragraphs=[str(paragraph)],
                facts=[(_("User name"), person.get_username()), (_("The desk"), absolute("admin:index"))],
                button=(_("Choose a password"), way_in(person)) if mail.kind in WITH_LINK else None,
                closing=[str(closing)],
                footer=_("You get this letter because of your account on %(site)s.") % {"site": site()},
            )
        )


def way_in(person: User) -> str:
    """The link behind which the person chooses a password."""
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return f"{settings.SITE_URL}{reverse('account_reset_password_from_key', kwargs=key)}"
