"""The first account of a real site."""

import os
from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError


class Command(createsuperuser.Command):
    help = (
        "Make an administrator's account, the first of a site: asks for a name, an e-mail address and a password of at "
        "least 15 characters. With --noinput they come from --username, --email and DJANGO_SUPERUSER_PASSWORD."
    )

    def handle(self, *args: Any, **options: Any) -> str | None:
        if not options["interactive"]:
            try:
                validate_password(os.environ.get("DJANGO_SUPERUSER_PASSWORD", ""))
            except ValidationError as error:
                raise CommandError("; ".join(error.messages)) from error
        return super().handle(*args, **options)

    def get_input_data(self, field: Any, message: str, default: Any = None) -> Any:
        """As typed; an address without its capitals, as the sign-in page looks for it."""
        value = super().get_input_data(field, message, default)
        return value.lower() if field.name == "email" and value else value
