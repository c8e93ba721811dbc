"""Takes the pictures of the README and of the coordinators' manual, from a demo of its own.

Run in the checkout, with Chromium on the machine: uv run python docs/take_pictures.py
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHECKOUT = Path(__file__).resolve().parent.parent
PASSWORD = "for the pictures alone"  # noqa: S105 - of a demo that lives as long as this program


@contextmanager
def demo() -> Iterator[str]:
    """The address of a fresh demo, in a copy of the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "undersigned"
        shutil.copytree(CHECKOUT, copy, ignore=shutil.ignore_patterns("var", ".git", ".venv", "__pycache__", ".*cache"))
        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "manage.py", "demo", "--port", str(port), "--password", PASSWORD]
        server = subprocess.Popen(command, cwd=copy, env={**os.environ, "DEMO": "on"}, stdout=subprocess.DEVNULL)  # noqa: S603
        try:
            wait_for(f"http://localhost:{port}/", server)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The demo did not start.")


def sign_in(page: Page) -> None:
    page.goto("/admin/")
    page.fill("[name=login]", "demo")
    page.fill("[name=password]", PASSWORD)
    page.click("button:text-is('Sign in')")


def deliver(page: Page) -> None:
    """Delivers the example by hand, and opens the page on which it can be checked."""
    page.click("a:text-is('Deliver the letter')")
    page.fill("[name=form-0-name]", "The council of Example Town")
    page.select_option("[name=form-0-channel]", "hand")
    page.click("button:has-text('Deliver')")
    page.goto(page.locator("a[href*='/deliveries/']").first.get_attribute("href") or "")


def picture(page: Page, name: str, height: int = 760) -> None:
    page.screenshot(path=CHECKOUT / "docs" / name, clip={"x": 0, "y": 0, "width": 1280, "height": height})


def main() -> None:
    with demo() as site, sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(base_url=site, viewport={"width": 1280, "height": 900}, color_scheme="light")
        page.goto("/campaigns/interpol-2018/")
        picture(page, "campaign.png", height=900)
        sign_in(page)
        page.click("a:has-text('Decide')")
        picture(page, "coordinators/decision.png")
        page.goto("/admin/campaigns/campaign/")
        page.click("a:has-text('Example: keep')")
        picture(page, "coordinators/campaign.png")
        page.goto("/admin/")
        page.click("a:has-text('invited have answered')")
        picture(page, "coordinators/board.png")
        page.goto("/admin/campaigns/campaign/")
        page.click("a:has-text('Example: keep')")
        deliver(page)
        picture(page, "coordinators/delivery.png", height=900)
        browser.close()


if __name__ == "__main__":
    main()
