"""Sealing anew what lies under an older one of CONTACT_KEYS, batch by batch, while the site goes on."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import BinaryField, Count, Model, Q, QuerySet
from django.db.models.functions import Substr

from . import sealing
from .models.contacts import place

logger = logging.getLogger("campaigns.rotation")

BATCH = 500


class Sealed(Protocol):
    """Something that holds sealed texts."""

    def count(self) -> Counter[bytes]:
        """How many texts there are under each key, by the key's head."""

    def reseal(self, batch: int) -> Iterator[int]:
        """Seals anew what is under an older key, so many rows at once, each batch in a transaction of its own; gives
        how many texts went with each. Rows that are held are waited for in batches of one alone: so no two who hold
        rows ever wait for each other."""


@dataclass(frozen=True)
class Table:
    """The rows of a model with their columns of sealed texts."""

    model: type[Model]
    columns: Sequence[str]

    def count(self) -> Counter[bytes]:
        counts: Counter[bytes] = Counter()
        for column in self.columns:
            heads = self.rows.exclude(**{column: b""}).order_by().values(head=head_of(column))
            for head, texts in heads.annotate(texts=Count("pk")).values_list("head", "texts"):
                counts[bytes(head)] += texts
        return counts

    def reseal(self, batch: int) -> Iterator[int]:
        after = Q()
        while keys := list(self.stale.filter(after).order_by("pk").values_list("pk", flat=True)[:batch]):
            yield self.reseal_rows(keys)
            after = Q(pk__gt=keys[-1])

    @transaction.atomic
    def reseal_rows(self, keys: list[int]) -> int:
        """Those of the rows that are still to do once they are held."""
        held = self.stale.filter(pk__in=keys).order_by("pk")
        held = held.select_for_update(no_key=True, skip_locked=len(keys) > 1)
        texts = 0
        for row in held.only("pk", *self.columns):
            changed = [column for column in self.columns if reseal_column(row, column)]
            row.save(update_fields=changed)
            texts += len(changed)
        return texts

    @property
    def rows(self) -> QuerySet[Any]:
        return self.model._base_manager.all()

    @property
    def stale(self) -> QuerySet[Any]:
        """The rows with a text under an older key."""
        is_stale = Q()
        for column in self.columns:
            is_stale |= Q(**{f"head_of_{column}__in": older_heads()})
        heads = {f"head_of_{column}": head_of(column) for column in self.columns}
        rows: QuerySet[Any] = self.rows.alias(**heads).filter(is_stale)
        return rows


def tables() -> list[Table]:
    """Every model with columns of sealed texts, which are told by their names: so none is forgotten."""
    found = {
        model: [field.name for field in model._meta.local_fields if is_sealed(field)] for model in apps.get_models()
    }
    return [Table(model, columns) for model, columns in found.items() if columns]


def unreadable(sealed: Sequence[Sealed]) -> int:
    """How many texts lie under a key that is none of CONTACT_KEYS."""
    known = {sealing.head(key) for key in settings.CONTACT_KEYS}
    return sum(texts for each in sealed for head, texts in each.count().items() if head not in known)


def is_sealed(field: Any) -> bool:
    return isinstance(field, BinaryField) and field.name.startswith("sealed_")


def head_of(column: str) -> Substr:
    return Substr(column, 1, sealing.HEAD_BYTES, output_field=BinaryField())


def older_heads() -> list[bytes]:
    return [sealing.head(key) for key in settings.CONTACT_KEYS[1:]]


def reseal_column(row: Model, column: str) -> bool:
    """Seals the text anew, without saving it; one under the newest key stays, and one that cannot be read."""
    sealed = bytes(getattr(row, column))
    if sealed[: sealing.HEAD_BYTES] not in older_heads():
        return False
    try:
        setattr(row, column, sealing.reseal(sealed, place(row, column), settings.CONTACT_KEYS))
    except sealing.Unreadable:
        logger.warning("%s cannot be read, and is left as it is", place(row, column))
        return False
    return True
