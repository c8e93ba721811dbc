"""The coordinators' manual, docs/coordinators.md, inside the desk."""

from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

MANUAL = Path(settings.BASE_DIR) / "docs" / "coordinators.md"
PICTURES = MANUAL.with_suffix("")
PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


def manual(request: HttpRequest) -> HttpResponse:
    """The page. Its pictures stand beside it, as they do in the file."""
    title, text = MANUAL.read_text(encoding="utf-8").removeprefix("# ").split("\n", 1)
    # The file is our own, part of this program, and its parser takes no HTML.
    context = {**admin.site.each_context(request), "title": title, "text": SafeString(PARSER.render(text))}
    return render(request, "admin/manual.html", context)


def picture(request: HttpRequest, name: str) -> FileResponse:
    try:
        return FileResponse((PICTURES / f"{name}.png").open("rb"), content_type="image/png")
    except FileNotFoundError as error:
        raise Http404 from error
