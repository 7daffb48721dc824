"""Which periods are in force at a moment, and may somebody change one?

Officials change them (`actions.settle`); each process remembers all changes for a few seconds, so a move
reads them without asking the database and no process is behind for longer than that.
"""

import time
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from django.utils import timezone

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.models import PeriodChange
from hongyan.journeys.periods import ANY, BOUNDS, DEFAULT, NAMES, PERIOD_LABELS, Periods, unit
from hongyan.journeys.refusals import Refusal, Why, refuse
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import Power
from hongyan.organizations import paths
from hongyan.organizations.models import Organization

# So long a process may not know of a change that another one made.
FRESH_SECONDS = 3.0


@dataclass
class _Remembered:
    """What this process knows: every change in the order in which they come into force."""

    changes: ClassVar[tuple[tuple[date, str, int], ...]] = ()
    until: ClassVar[float] = 0.0


def _changes() -> tuple[tuple[date, str, int], ...]:
    now = time.monotonic()
    if now >= _Remembered.until:
        rows = PeriodChange.objects.order_by("from_on", "pk").values_list("from_on", "name", "value")
        # In this order: another thread may look in between.
        _Remembered.changes = tuple(rows)
        _Remembered.until = now + FRESH_SECONDS
    return _Remembered.changes


def forget() -> None:
    """Ask the database at the next look: a change was made here."""
    _Remembered.until = 0.0


def in_force(at: datetime | None = None) -> Periods:
    """Return the periods in force at a moment; without one, now."""
    changes = _changes()
    if not changes:
        return DEFAULT
    day = (at or timezone.now()).astimezone(SHANGHAI).date()
    # A name that a later version of the program no longer knows says nothing.
    return replace(DEFAULT, **{name: value for on, name, value in changes if on <= day and name in NAMES})


def topmost_seat(actor: Actor) -> Seat | None:
    """Return the seat with which somebody settles periods: nobody on the platform stands above it."""
    for seat in actor.seats_for(Power.SETTLE):
        above = Organization.objects.open().above(paths.parent_of(seat.path))
        if not above.filter(has_desk=True).exists():
            return seat
    return None


def why_not_settle(name: str, value: int, from_on: date, by: Actor, at: datetime) -> Refusal | None:
    """Say why a period cannot be changed like this."""
    if topmost_seat(by) is None:
        return refuse(Why.NOT_TOPMOST)
    words = {"label": PERIOD_LABELS[name], "unit": unit(name)}
    least, most = BOUNDS.get(name, ANY)
    if not least <= value <= most:
        return refuse(Why.OUT_OF_BOUNDS, **words, least=str(least), most=str(most))
    today = at.astimezone(SHANGHAI).date()
    if from_on < today:
        return refuse(Why.SETTLED_BACKWARDS)
    moment = datetime.combine(from_on, datetime.min.time(), SHANGHAI)
    if getattr(in_force(moment), name) == value:
        return refuse(Why.SETTLED_ALREADY, **words, value=str(value))
    return None
