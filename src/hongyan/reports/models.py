"""What is kept of figures: counted already for the upper levels of the tree, and what has moved since.

`Shift` is written by the database itself whenever a journey comes to count differently, in the transaction of
the move (actions/triggers.py); `actions.fold_due` adds the shifts up. A figure is what was folded plus what
was not yet.
"""

from typing import ClassVar

from django.db import models

from hongyan.organizations.models import PathField


class Shift(models.Model):
    """What one open journey counted as before a change (-1), or counts as after it (+1); nobody by name."""

    home_path = PathField(fact=True)
    host_path = PathField(fact=True)
    holder_path = PathField(fact=True)
    status = models.CharField(max_length=12)
    is_short = models.BooleanField()
    is_lost = models.BooleanField()
    has_checked_in = models.BooleanField()
    is_exempt = models.BooleanField()
    # Hosted by a 流动党员党支部.
    is_fallback = models.BooleanField()
    # Every open journey has one; but a note must not be what forbids another.
    due_at = models.DateTimeField(null=True)
    # Codes of divisions, empty where nobody knows.
    destination = models.CharField(max_length=12)
    origin = models.CharField(max_length=12)
    weight = models.SmallIntegerField()

    def __str__(self) -> str:
        return f"{self.weight:+d} {self.status} {self.home_path}"


class Tally(models.Model):
    """The figures of one organisation with all below it, or (`is_self`) without; folded."""

    path = PathField(fact=True)
    # The organisation right above; of a row that is itself only, its own path: a page reads one range.
    above = PathField(fact=True)
    is_self = models.BooleanField()
    n_out = models.IntegerField(db_default=0)
    n_checked_in = models.IntegerField(db_default=0)
    n_awaiting = models.IntegerField(db_default=0)
    n_late_check_in = models.IntegerField(db_default=0)
    n_dispatching = models.IntegerField(db_default=0)
    n_hosted = models.IntegerField(db_default=0)
    n_returning = models.IntegerField(db_default=0)
    n_within = models.IntegerField(db_default=0)
    n_in_transit = models.IntegerField(db_default=0)
    n_outside = models.IntegerField(db_default=0)
    n_out_of_contact = models.IntegerField(db_default=0)
    n_short = models.IntegerField(db_default=0)
    n_in = models.IntegerField(db_default=0)
    n_in_from_outside = models.IntegerField(db_default=0)
    n_fallback = models.IntegerField(db_default=0)
    n_on_desk = models.IntegerField(db_default=0)
    n_overdue = models.IntegerField(db_default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["path", "is_self"], name="tally_once")]
        indexes: ClassVar = [models.Index(fields=["above"], name="tally_above")]

    def __str__(self) -> str:
        return f"{self.path}{'.' if self.is_self else ''}"


class PlaceTally(models.Model):
    """How many of an organisation's people are at one place (out), or came from it (in); folded."""

    path = PathField(fact=True)
    direction = models.CharField(max_length=3)
    # A county, or whatever coarser place is known; empty where none is.
    code = models.CharField(max_length=6, blank=True)
    people = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["path", "direction", "code"], name="place_tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.direction} {self.code}"


class NewMove(models.Model):
    """A move that the days do not know yet; written by the database itself, as shifts are."""

    transition_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.transition_id}"


class DayChange(models.Model):
    """By how much the figures of an organisation with all below it changed on one day."""

    path = PathField(fact=True)
    day = models.DateField()
    n_out = models.IntegerField(db_default=0)
    n_awaiting = models.IntegerField(db_default=0)
    n_dispatching = models.IntegerField(db_default=0)
    n_hosted = models.IntegerField(db_default=0)
    n_returning = models.IntegerField(db_default=0)
    n_in = models.IntegerField(db_default=0)
    n_in_from_outside = models.IntegerField(db_default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["path", "day"], name="day_change_once")]

    def __str__(self) -> str:
        return f"{self.path} {self.day}"


class Pace(models.Model):
    """How far and how fast those came who were marked in the last months below an upper organisation."""

    path = PathField(fact=True, unique=True)
    paced_at = models.DateTimeField()
    marked = models.IntegerField()
    checked_in = models.IntegerField()
    at_branch = models.IntegerField()
    accepted = models.IntegerField()
    # Medians, for those who made the step.
    check_in_took = models.DurationField(null=True)
    accept_took = models.DurationField(null=True)

    def __str__(self) -> str:
        return f"{self.path} {self.paced_at}"


class Fold(models.Model):
    """Up to which moment what is late was folded; one row, and the lock of whoever folds."""

    late_until = models.DateTimeField()
    folded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.late_until}"
