"""What is stored of a generation of boundaries going live: what was chosen before, and what followed?"""

from typing import ClassVar

from django.db import models

from hongyan.geography.models import BoundaryGeneration


class SuccessorChoice(models.Model):
    """To which of several successors one thing goes when its division is split, chosen before going live."""

    generation = models.ForeignKey(BoundaryGeneration, models.CASCADE, related_name="choices")
    # Such as organization:12, station:5, or cases:620102016 for all open cases known no deeper than that.
    subject = models.CharField(max_length=48)
    successor = models.CharField("归到", max_length=12)
    chosen_at = models.DateTimeField()
    chosen_by = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["generation", "subject"], name="successor_chosen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.generation_id}: {self.subject} -> {self.successor}"


class FollowedRow(models.Model):
    """One value that followed its division when a generation went live, so that it can be given back."""

    generation = models.ForeignKey(BoundaryGeneration, models.CASCADE, related_name="followed")
    # The model's label, its row and column; the column is * for a row that another one took in.
    label = models.CharField(max_length=60)
    row = models.BigIntegerField()
    column = models.CharField(max_length=40)
    old = models.TextField()
    new = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["generation", "label", "column", "row"], name="followed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.label}:{self.row}.{self.column}"
