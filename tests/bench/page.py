"""What the letter weighs and how soon it is read on a slow phone: `uv run python -m tests.bench.page`.

The phone: a CPU four times slower, 1.6 Mbit/s, 150 ms. DATABASE_URL says on which database; SQLite without.
"""

import os
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "on")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread
django.setup()

from django.db import connection  # noqa: E402 - Django is set up first
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from campaigns import cursors  # noqa: E402
from tests.browser.conftest import ALONE, CHROMIUM  # noqa: E402
from tests.builders import make_campaign, make_many_listed  # noqa: E402
from tests.serving import served  # noqa: E402

FEW, MANY = 25, 40_000
HEAVIER_AT_MOST = 1.3
LETTER_WITHIN_MS = 1_000
ROUNDS = 7
COUNTRIES = ["UA", "FR", "DE", "PL", "GB", "GE", "IT", "ES", "AM", "BE", "NL", "SE"]
SEARCHES = ["?q=watch", "?q=39999", "?q=nobody", "?country=FR", "?by=name", "?by=country"]
AFTER_HALF = f"?after={cursors.write((2, '', MANY // 2, '', ''))}"
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 200_000}
WATCH = """
  window.seen = { shift: 0 };
  new PerformanceObserver((list) => { for (const each of list.getEntries()) seen.shift += each.value; })
    .observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => { for (const each of list.getEntries()) seen.largest = each.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
"""


def fill() -> None:
    body = "\n\n".join(["We have *read* your plan, and what it would mean for the people we work for."] * 12)
    demands = tuple(f"Do this, number {number}, before the year ends." for number in range(1, 6))
    for slug, number in (("few", FEW), ("many", MANY)):
        campaign = make_campaign(slug=slug, body=body, demands=demands)
        make_many_listed(campaign, number, "Watch {} of " + slug, countries=COUNTRIES, website="https://a.example.org")


def fetched(address: str) -> tuple[int, float]:
    """The bytes of the body in Brotli, and the milliseconds that it took."""
    begin = time.perf_counter()
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(asked) as response:
        return len(response.read()), (time.perf_counter() - begin) * 1000


def median_ms(address: str) -> float:
    fetched(address)
    return statistics.median(fetched(address)[1] for _round in range(ROUNDS))


def looked_at(chromium: Browser, address: str) -> dict[str, Any]:
    """When a slow phone paints first and largest, in milliseconds, and how much moves."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, is_mobile=True, device_scale_factor=2)
    page = context.new_page()
    slow = context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send("Network.emulateNetworkConditions", SLOW)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(WATCH)
    page.goto(address, wait_until="load")
    page.wait_for_timeout(500)
    seen: dict[str, Any] = page.evaluate(
        "({ ...seen, first: performance.getEntriesByName('first-contentful-paint')[0].startTime })"
    )
    context.close()
    return seen


def main() -> bool:
    fill()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as site, sync_playwright() as playwright:
        few, many = f"{site}/campaigns/few/", f"{site}/campaigns/many/"
        weights = [fetched(address)[0] for address in (few, many)]
        sys.stdout.write(f"on {connection.vendor}\n")
        sys.stdout.write(f"page of {FEW}: {weights[0]:,} bytes; of {MANY:,}: {weights[1]:,} bytes\n")
        for address in (few, many, *(f"{many}signatories/{search}" for search in [*SEARCHES, AFTER_HALF])):
            sys.stdout.write(f"{address.removeprefix(site)}: {median_ms(address):.0f} ms\n")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ALONE)
        looked_at(chromium, few)
        looks = [looked_at(chromium, few) for _round in range(ROUNDS)]
        chromium.close()
    median = {each: statistics.median(look[each] for look in looks) for each in ("first", "largest", "shift")}
    sys.stdout.write(f"a slow phone: first paint {median['first']:.0f} ms, largest {median['largest']:.0f} ms, ")
    sys.stdout.write(f"layout shift {median['shift']:.3f}\n")
    is_light = weights[1] <= HEAVIER_AT_MOST * weights[0]
    return is_light and median["largest"] < LETTER_WITHIN_MS and median["shift"] == 0


if __name__ == "__main__":
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = f"{tempfile.mkdtemp()}/bench.sqlite3"  # threads share a file
    connection.creation.create_test_db(verbosity=0)
    try:
        holds = main()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    sys.exit(not holds)
