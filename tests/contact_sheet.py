"""Every public page at three widths, light, dark and printed, in three languages.

`uv run python -m tests.contact_sheet [folder]` draws nine sheets, one for each language and medium, into the folder, or
into contact-sheets/ among the system's temporary files. A page stands there as on a phone, a tablet and a desk.
"""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

SCRATCH = tempfile.TemporaryDirectory(prefix="undersigned-sheets-")
os.environ["DATABASE_URL"] = f"sqlite:///{SCRATCH.name}/pages.sqlite3"

from django.core.management import call_command  # noqa: E402
from django.test import override_settings  # noqa: E402
from PIL import Image, ImageDraw, ImageFont  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

import tests.conftest  # noqa: E402, F401 - sets Django up, with secrets of this run alone
from tests.builders import make_coordinator  # noqa: E402
from tests.public_pages import LANGUAGES, load_pages  # noqa: E402
from tests.serving import served  # noqa: E402

SHOWN = {360: 216, 768: 288, 1280: 384}  # how wide each width stands on the sheet
MEDIA: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "print": {"color_scheme": "light", "media": "print"},
}
Medium = Literal["screen", "print"]
REFUSED = "sign, to correct"
HEIGHT, LABEL, GAP, PAGES_A_ROW = 720, 28, 16, 4


@contextmanager
def site() -> Iterator[tuple[str, dict[str, str]]]:
    """Where the pages are served, and the address of each."""
    folder = Path(SCRATCH.name)
    with override_settings(MEDIA_ROOT=folder / "media"), served(folder / "static") as address:
        call_command("migrate", verbosity=0)
        yield address, load_pages(make_coordinator())


def seen(page: Page, address: str, medium: Medium, is_refused: bool) -> Iterator[Image.Image]:
    """The page at each width, as high as there is room for on the sheet."""
    page.emulate_media(media="screen")
    page.goto(address)
    if is_refused:
        page.locator("main form .button").last.click()
        page.locator(".problems").wait_for()
    page.emulate_media(media=medium)
    for width, shown in SHOWN.items():
        most = HEIGHT * width // shown
        page.set_viewport_size({"width": width, "height": 800})
        height = min(most, page.evaluate("document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scrollTo(0, 0)")
        picture = Image.open(io.BytesIO(page.screenshot()))
        yield picture.resize((shown, max(1, height * shown // width)), Image.Resampling.LANCZOS)


def sheet(page: Page, prefix: str, medium: Medium, pages: dict[str, str]) -> Image.Image:
    across = sum(SHOWN.values()) + GAP * (len(SHOWN) + 1)
    rows = -(-len(pages) // PAGES_A_ROW)
    whole = Image.new("RGB", (across * PAGES_A_ROW, (HEIGHT + LABEL + GAP) * rows), "#8a8d91")
    pen, face = ImageDraw.Draw(whole), ImageFont.load_default(18)
    for place, (name, address) in enumerate(pages.items()):
        left, top = across * (place % PAGES_A_ROW) + GAP, (HEIGHT + LABEL + GAP) * (place // PAGES_A_ROW)
        pen.text((left, top + 4), name, fill="#000", font=face)
        for picture in seen(page, prefix + address, medium, name == REFUSED):
            whole.paste(picture, (left, top + LABEL))
            left += picture.width + GAP
    return whole


def draw(browser: Browser, address: str, pages: dict[str, str], folder: Path) -> None:
    for medium, given in MEDIA.items():
        for language, prefix in LANGUAGES.items():
            context = browser.new_context(base_url=address, color_scheme=given["color_scheme"], locale=language)
            page = context.new_page()
            file = folder / f"{language}-{medium}.png"
            sheet(page, prefix, given.get("media", "screen"), pages).save(file)
            context.close()
            sys.stdout.write(f"{file}\n")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with site() as (address, pages), sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        draw(browser, address, {**pages, REFUSED: pages["sign"]}, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "contact-sheets"))
