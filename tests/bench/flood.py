"""What a flood of scripted signings from one network comes to: `uv run python -m tests.bench.flood`.

First 10,000 forms from one network, all in order; then, from another, 500 people behind one shared address. Prints what
was let pass, which letters were sent and what became public. A run that goes over the full hour has two hours' share.
"""

import sys
from collections import Counter

from tests.bench.bed import database

# isort: split
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.models import OutgoingMail, Signature
from tests.builders import filled_form, make_campaign

SIGN = "/campaigns/open-letter/sign/"
FLOOD = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
CROWD = 500


def answers(client: Client, network: str, number: int) -> Counter[int]:
    """How often each status came, of so many groups that sign from the network."""
    told = Counter[int]()
    for each in range(number):
        address = f"secretary@group-{each}-of-{network.replace('.', '-')}.org"
        form = filled_form(organization_name=f"Group {each}", website="", email=address)
        told[client.post(SIGN, form, REMOTE_ADDR=network).status_code] += 1
    return told


def letters_sent() -> int:
    call_command("send_mail", "--once", verbosity=0)
    return OutgoingMail.objects.exclude(sent_at=None).count()


def main() -> bool:
    make_campaign()
    client, begin = Client(), timezone.now()
    flood = answers(client, "203.0.113.7", FLOOD)
    sent, hours = letters_sent(), 1 + timezone.now().hour - begin.hour
    public = Signature.objects.in_public().count() + Signature.objects.queue().count()
    crowd = answers(client, "198.51.100.9", CROWD)
    sys.stdout.write(f"on {connection.vendor}: {FLOOD:,} from one network: {dict(flood)}; {sent} letters sent, ")
    sys.stdout.write(f"{settings.FORMS_OF_A_NETWORK} may be in an hour, {hours} touched; {public} public or queued\n")
    sys.stdout.write(f"{CROWD} people behind one address: {dict(crowd)}\n")
    return sent <= settings.FORMS_OF_A_NETWORK * hours and public == 0 and crowd == {302: CROWD}


if __name__ == "__main__":
    with database():
        holds = main()
    sys.exit(not holds)
