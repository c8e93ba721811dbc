"""Each kind of database has a module with `MEMBER`, its name in a backup, `dump` and `load`."""

from types import ModuleType

from django.db import connection

from . import postgresql, sqlite


def of_this_site() -> ModuleType:
    return {"postgresql": postgresql, "sqlite": sqlite}[connection.vendor]
