"""How far the harnesses go: a few seconds' worth in CI, and all of it with UNDERSIGNED_FULL=1."""

import os

FULL = bool(os.environ.get("UNDERSIGNED_FULL"))


def how_many(short: int, full: int) -> int:
    return full if FULL else short
