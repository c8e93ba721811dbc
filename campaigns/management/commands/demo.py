"""The whole of Undersigned on this machine, with nothing set up before."""

import secrets
import socket
import threading
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.servers.basehttp import run
from django.core.wsgi import get_wsgi_application

from campaigns.demo.load import load


class Command(BaseCommand):
    help = (
        "Try Undersigned with nothing set up: makes a local SQLite database under var/demo/, loads the statement of "
        "2018 and an example campaign, makes the coordinator “demo”, and serves it all on http://localhost. No mail "
        "leaves the machine; /demo/mailbox/ shows every letter. Run again, it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where to serve (default: 8000)")
        parser.add_argument("--password", help="the coordinator's password (default: a new random one, printed)")
        parser.add_argument("--no-serve", action="store_true", help="make the database, then end")

    def handle(self, *args: Any, port: int, password: str | None, no_serve: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo runs as “manage.py demo”, with DEMO=on in the environment.")
        if not no_serve:
            refuse_taken(port)
        settings.SITE_URL = f"http://localhost:{port}"
        call_command("migrate", verbosity=0)
        password = self.make_coordinator(password)
        load(User.objects.get(username="demo"))
        self.tell(settings.SITE_URL, password)
        if no_serve:
            return
        for program in ("send_mail", "run_schedule"):
            threading.Thread(target=call_command, args=[program], kwargs={"verbosity": 0}, daemon=True).start()
        try:
            run("localhost", port, get_wsgi_application(), threading=True)
        except KeyboardInterrupt:
            self.stdout.write("")

    def make_coordinator(self, password: str | None) -> str:
        """The coordinator's password: the one given, or one made at the first run and kept beside the database."""
        kept = settings.LOCAL_DIR / "password.secret"
        user, is_new = User.objects.get_or_create(
            username="demo", defaults={"is_staff": True, "is_superuser": True, "email": "demo@example.org"}
        )
        if is_new or password:
            password = password or secrets.token_urlsafe(12)
            user.set_password(password)
            user.save()
            kept.touch(mode=0o600)
            kept.write_text(password)
        return kept.read_text()

    def tell(self, site: str, password: str) -> None:
        heading = self.style.MIGRATE_HEADING
        self.stdout.write(
            f"\n{heading('Undersigned is ready.')}\n\n"
            f"  The statement     {site}/campaigns/interpol-2018/\n"
            f"  The desk          {site}/admin/   (user {self.style.SUCCESS('demo')}, "
            f"password {self.style.SUCCESS(password)})\n"
            f"  The mailbox       {site}/demo/mailbox/\n\n"
            f"  Kept in {settings.LOCAL_DIR}. Stop with Ctrl+C.\n"
        )


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("localhost", port))
        except OSError as error:
            raise CommandError(f"Port {port} cannot be used ({error.strerror}). Try: --port {port + 1}") from error
