"""The first account of a real site."""

from django.contrib.auth.management.commands import createsuperuser


class Command(createsuperuser.Command):
    help = (
        "Make an administrator's account, the first of a site: asks for a name, an e-mail address and a password of at "
        "least 15 characters. With --noinput they come from --username, --email and DJANGO_SUPERUSER_PASSWORD."
    )
