"""What is written to the log, by the site, its commands and gunicorn: without the links that are somebody's own, e-mail
addresses, and the addresses of visitors."""

import logging
import re
from typing import Any

# A link of somebody's own, by what stands before its secret part.
PLACES = "signatures|invitations/stop|invitations|circulate|drafts|translate|reset/key"
SECRET = re.compile(rf"(/(?:{PLACES})/|[?&](?:token|late)=)[^/\s?#'\"<>&]+")
EMAIL = re.compile(r"[^\s<>()\[\]'\"=:,;/]+@\[?[^\s<>()\[\]'\"=:,;/]+")
VISITOR = re.compile(r"\bip=\S+")


def masked(line: str) -> str:
    return VISITOR.sub("ip=…", EMAIL.sub("…@…", SECRET.sub(r"\1…", line)))


class Masked(logging.Formatter):
    """As any formatter, tracebacks included, but for what nobody is to read in a log."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.Masked", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "gunicorn.error": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
