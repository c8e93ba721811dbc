"""What was erased: no more than which rows, so that a restored backup does not bring them back."""

from collections.abc import Iterable

from django.apps import apps
from django.db import models
from django.utils import timezone

AT_ONCE = 500


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def record(self, model: str, rows: Iterable[int]) -> None:
        """The rows of the model, such as "contact", were erased now. One that was erased before counts from now."""
        self.bulk_create(
            (Erasure(model=model, row=row) for row in rows),
            batch_size=AT_ONCE,
            update_conflicts=True,
            unique_fields=["model", "row"],
            update_fields=["erased_at"],
        )

    def replay(self) -> int:
        """Erases again every row of these that is there, and gives how many were."""
        return sum(
            apps.get_model("campaigns", label)
            ._base_manager.filter(pk__in=self.filter(model=label).values("row"))
            .delete()[0]
            for label in self.order_by().values_list("model", flat=True).distinct()
        )


class Erasure(models.Model):
    model = models.CharField(max_length=40)
    row = models.BigIntegerField()
    erased_at = models.DateTimeField(default=timezone.now)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "row"], name="one_erasure_of_a_row")]

    def __str__(self) -> str:
        return f"{self.model} {self.row}"
