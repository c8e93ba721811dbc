"""The sealed secrets of second factors, under a new key."""

import base64
from collections import Counter
from collections.abc import Iterator
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction

from .. import sealing
from ..rotation import older_heads


class SecondFactors:
    """Secrets of apps and seeds of recovery codes, as allauth keeps them: texts among the other values of `data`."""

    def count(self) -> Counter[bytes]:
        values = (value for factor in Authenticator.objects.all() for value in factor.data.values())
        return Counter(head for value in values if (head := head_of(value)))

    def reseal(self, batch: int) -> Iterator[int]:
        """All of them in one transaction, whatever the batch: there are a few for each of the staff."""
        with transaction.atomic():
            held = Authenticator.objects.order_by("pk").select_for_update(no_key=True, skip_locked=batch > 1)
            yield sum(reseal_factor(factor) for factor in held)


def reseal_factor(factor: Authenticator) -> int:
    adapter = get_adapter()
    stale = [name for name, value in factor.data.items() if head_of(value) in older_heads()]
    try:
        factor.data |= {name: adapter.encrypt(adapter.decrypt(factor.data[name])) for name in stale}
    except sealing.Unreadable:
        return 0
    factor.save(update_fields=["data"])
    return len(stale)


def head_of(value: Any) -> bytes:
    """With what the value begins, if it is a sealed text; else nothing."""
    try:
        found = base64.b64decode(value, validate=True)[: sealing.HEAD_BYTES]
    except (TypeError, ValueError):
        return b""
    return found if found.startswith(sealing.FORMAT) else b""
