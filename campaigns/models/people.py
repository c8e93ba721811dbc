"""The people of the desk: Django's users, always staff. The record names them by number, never by address."""

import time
from collections.abc import Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .. import languages
from .events import Event
from .outbox import OutgoingMail

Verb = Event.Verb


class Person(User):
    """Django's user, by the desk's word for it."""

    class Meta:
        proxy = True
        verbose_name = _("person")
        verbose_name_plural = _("people")


class Preference(models.Model):
    """What a person of the desk has chosen for themselves."""

    person = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="preference", verbose_name=_("person")
    )
    language = models.CharField(_("language"), max_length=12, choices=languages.choices)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self.get_language_display())


def language_of(person: int | None) -> str:
    """The language that the person of that key has chosen; empty where none was."""
    return Preference.objects.filter(person=person or 0).values_list("language", flat=True).first() or ""


def choose_language(person: Any, language: str) -> None:
    """The desk opens in it after signing in, and letters to the person come in it. It concerns nobody else, so the
    record does not tell of it."""
    Preference.objects.update_or_create(person=person, defaults={"language": language})


@transaction.atomic
def invite(person: User, by: Any) -> None:
    """Saves the new `person`, who chooses a password by the link in the letter. It comes, and the desk opens, in the
    language that the desk speaks to who invites, until they choose another."""
    person.is_staff = True
    person.set_unusable_password()
    person.save()
    choose_language(person, languages.spoken(get_language() or ""))
    send_invitation(person, by)


def invite_again(person: User, by: Any) -> None:
    if person.has_usable_password():
        raise ValidationError(_("This person has chosen a password already."))
    send_invitation(person, by)


def send_invitation(person: User, by: Any) -> None:
    Event.objects.record(Verb.INVITED, by=by, person=person.pk)
    write(person, "invited_to_desk")


def write(person: User, kind: str) -> None:
    """Queues a letter about the account, to the person; several of a kind within a minute become one."""
    OutgoingMail.objects.queue(kind, person, recipient=person, occasion=int(time.time() / 60))


@transaction.atomic
def change(person: User, fields: Sequence[str], by: Any) -> None:
    """Saves the named fields."""
    person.save(update_fields=list(fields))
    Event.objects.record(Verb.ENTRUSTED, by=by, person=person.pk, fields=list(fields))


@transaction.atomic
def take_second_factor_back(person: User, by: Any) -> None:
    """Who has lost telephone and recovery codes sets up a new second factor at the next sign-in."""
    refuse_oneself(person, by)
    person = User.objects.select_for_update().get(pk=person.pk)
    taken, _models = Authenticator.objects.filter(user=person).delete()
    if taken:
        Event.objects.record(Verb.FACTOR_TAKEN, by=by, person=person.pk)
        write(person, "second_factor_taken_back")


@transaction.atomic
def close(person: User, by: Any) -> None:
    """Ends the account and its sessions at once. What the person did stays on the record."""
    refuse_oneself(person, by)
    if User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        Event.objects.record(Verb.ACCOUNT_CLOSED, by=by, person=person.pk)


@transaction.atomic
def reopen(person: User, by: Any) -> None:
    if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        Event.objects.record(Verb.ACCOUNT_REOPENED, by=by, person=person.pk)


def refuse_oneself(person: User, by: Any) -> None:
    if person.pk == by.pk:
        raise ValidationError(_("Not for yourself: ask another administrator."))
