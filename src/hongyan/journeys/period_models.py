"""What is stored of the periods of the rules that an official changed?"""

from typing import ClassVar

from django.db import models


class PeriodChange(models.Model):
    """One change of a period of the rules, from a day on; rows are added and never changed."""

    # A field of `periods.Periods`.
    name = models.CharField(max_length=40)
    # 1, 2, 3 … for each period: of two who change it at once, one is told that the other was faster.
    number = models.PositiveIntegerField()
    value = models.IntegerField()
    from_on = models.DateField()
    settled_at = models.DateTimeField()
    settled_by = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "number"], name="period_changed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.number}: {self.value} from {self.from_on}"
