"""What a document is refused with."""

from django.core.exceptions import ValidationError


class Unreadable(ValidationError):
    """The file cannot be read as a document; the message says why to the one who brought it."""
