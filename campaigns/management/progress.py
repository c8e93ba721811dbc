"""How far a long command is."""

import time
from typing import Any

QUIET_SECONDS = 2.0
BETWEEN_SECONDS = 0.5


class Progress:
    """Says it on stderr: nothing in the first two seconds, then twice a second at most."""

    def __init__(self, stderr: Any) -> None:
        self.stderr = stderr
        self.began = self.told = time.monotonic()

    def __call__(self, words: str) -> None:
        now = time.monotonic()
        if now - self.began > QUIET_SECONDS and now - self.told > BETWEEN_SECONDS:
            self.told = now
            self.stderr.write(words)
