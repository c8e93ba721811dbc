"""What was erased, by number: after a restore it is erased again, so that what is gone stays gone."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound=models.Model)


class Erasable(models.QuerySet[Row]):
    """Rows that go for good one day, each with its number on the list."""

    @transaction.atomic
    def erase(self) -> None:
        keys = list(self.order_by().values_list("pk", flat=True))
        Erasure.objects.record(str(self.model._meta.model_name), keys)
        self.model._default_manager.filter(pk__in=keys).delete()


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def record(self, model: str, rows: Iterable[int]) -> None:
        """Writes down that these rows of the model, such as "contact", were erased now, if not for the first time."""
        self.bulk_create(
            [Erasure(model=model, row=row) for row in rows],
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["model", "row"],
            update_fields=["erased_at"],
        )

    @transaction.atomic
    def replay(self) -> int:
        """Erases again every row of the list that is there, as after a restore, and gives how many.

        No new row gets the number of one that was erased, or the next replay would take it for that one.
        """
        erased = 0
        for model, last in self.order_by().values_list("model").annotate(models.Max("row")):
            kind: Any = apps.get_model("campaigns", model)
            there = kind._default_manager.filter(pk__in=self.filter(model=model).values("row"))
            erased += there.count()
            there.erase()
            give_no_more(kind, last)
        return erased


class Erasure(models.Model):
    """One row that was erased. It says nothing of what was in it."""

    model = models.CharField(_("kind"), max_length=40)
    row = models.BigIntegerField(_("number"))
    erased_at = models.DateTimeField(_("erased"), default=timezone.now)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [models.UniqueConstraint(fields=["model", "row"], name="row_erased_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.row}"


def give_no_more(model: type[models.Model], last: int) -> None:
    """No new row of the model gets a number up to `last`."""
    pk: Any = model._meta.pk
    while pk.remote_field:
        pk = pk.remote_field.model._meta.pk
    table = pk.model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(numbers, GREATEST(nextval(numbers), %s)) "
                "FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS numbers) AS of_the_table",
                [last, table, pk.column],
            )
            return
        cursor.execute("UPDATE sqlite_sequence SET seq = MAX(seq, %s) WHERE name = %s", [last, table])
        if cursor.rowcount == 0:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
