"""Whether the time of the answer tells that an address has signed: `uv run python -m tests.bench.timing`.

As many addresses that have signed as addresses that nobody knows, one after another in an order by chance, through the
whole application. A classifier that goes by time alone ranks each answer of the one kind against each of the other: the
area under its curve is 0.5 where it can only guess.
"""

import random
import sys
import time

from tests.bench.bed import database

# isort: split
from django.conf import settings
from django.db import connection
from django.test import Client

from campaigns.models import Campaign
from tests.builders import filled_form, make_campaign, make_listed

EACH = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
SIGN = "/campaigns/open-letter/sign/"
GUESSED = (0.45, 0.55)
WARM_UP = 30


def seconds(client: Client, address: str) -> float:
    """How long the answer to a form with the address took."""
    form = filled_form(organization_name="River Watch of the North", email=address)
    begin = time.perf_counter()
    answer = client.post(SIGN, form)
    took = time.perf_counter() - begin
    if answer.status_code != 302:
        raise RuntimeError(answer.status_code)
    return took


def area_under_curve(ones: list[float], others: list[float]) -> float:
    """How often one of the ones is greater than one of the others; of two alike each is it half of the time."""
    ranked = sorted([(value, 1) for value in ones] + [(value, 0) for value in others])
    ranks: dict[float, list[int]] = {}
    for rank, (value, _kind) in enumerate(ranked, start=1):
        ranks.setdefault(value, []).append(rank)
    total = sum(sum(ranks[value]) / len(ranks[value]) for value in ones)
    return (total - len(ones) * (len(ones) + 1) / 2) / (len(ones) * len(others))


def main() -> bool:
    settings.FORMS_OF_A_NETWORK = settings.LETTERS_OF_A_CAMPAIGN = settings.LETTERS_TO_A_DOMAIN = 10**9
    campaign: Campaign = make_campaign()
    known = [f"secretary@known-{number}.example.org" for number in range(EACH)]
    for number, address in enumerate(known):
        make_listed(campaign, f"Group {number}", email=address)
    unknown = [f"secretary@other-{number}.example.org" for number in range(EACH)]
    client = Client()
    for number in range(WARM_UP):
        seconds(client, f"secretary@warm-{number}.example.org")
    order = [(address, 1) for address in known] + [(address, 0) for address in unknown]
    random.SystemRandom().shuffle(order)
    took: dict[int, list[float]] = {0: [], 1: []}
    for address, kind in order:
        took[kind].append(seconds(client, address))
    area = area_under_curve(took[1], took[0])
    medians = [sorted(each)[len(each) // 2] * 1000 for each in (took[1], took[0])]
    sys.stdout.write(f"on {connection.vendor}: {EACH} known, median {medians[0]:.2f} ms; ")
    sys.stdout.write(f"{EACH} unknown, median {medians[1]:.2f} ms; area under the curve {area:.3f}\n")
    return GUESSED[0] <= area <= GUESSED[1]


if __name__ == "__main__":
    with database():
        holds = main()
    sys.exit(not holds)
