"""What is stored of a missed deadline that lies before the levels above."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hongyan.journeys.climbing import DUTY_LABELS
from hongyan.organizations.models import Organization


class Raise(models.Model):
    """One missed deadline before one level above; the duty itself stays with the debtor."""

    journey = models.ForeignKey("journeys.Journey", models.PROTECT, related_name="raises")
    duty = models.CharField(max_length=16, choices=[(d.value, v) for d, v in DUTY_LABELS.items()])
    # Which deadline was missed: a raise is open as long as the journey still has this one.
    deadline = models.DateTimeField()
    level = models.PositiveSmallIntegerField()
    debtor = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    # When the next level hears of it; empty once it has, or when there is none.
    climbs_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["journey", "duty", "deadline", "level"], name="raise_once"),
            models.CheckConstraint(name="raise_has_level", condition=Q(level__gte=1)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "deadline"], name="raise_desk"),
            models.Index(fields=["climbs_at"], name="raise_climb", condition=Q(climbs_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id}/{self.duty}:{self.level}"
