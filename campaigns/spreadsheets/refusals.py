"""What a file is refused with."""

from django.core.exceptions import ValidationError


class Unreadable(ValidationError):
    """The file cannot be read as a spreadsheet; the message says why to the one who brought it."""
