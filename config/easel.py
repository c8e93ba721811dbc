"""What stands ready in the process from which each drawing is forked: see campaigns/drawings.py."""

import contextlib

import django

django.setup()

from campaigns import card, letter, poster  # noqa: E402, F401 - Django is set up first

with contextlib.suppress(OSError):  # without Pango, which whoever draws then says
    import weasyprint  # noqa: F401
