"""Links that open to whoever holds them."""

import secrets

SECRET_BYTES = 32


def new_secret() -> str:
    """What makes a link that nobody can guess."""
    return secrets.token_urlsafe(SECRET_BYTES)
