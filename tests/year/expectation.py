"""Which reminders must there be, and which digests? Worked out from the days alone, without asking the program.

The ladder as the domain has it: in the app and by message at once, by message after one day and after seven, a call
after ten; nothing after a sign of life; a day's rest (twenty hours) between two messages; nothing while the workers
stand still, and what was missed is made up for once they are back. Between nine in the evening and nine in the morning
no phone rings: a message made then waits for the morning, one in the app does not.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hongyan.geography.calendar import SHANGHAI

MORNING, NIGHT = time(9), time(21)
APP, MESSAGE, CALL = "app", "sms", "call"
AT_ONCE = ((1, APP), (2, MESSAGE))
LATER = ((3, 1, MESSAGE), (4, 7, MESSAGE), (5, 10, CALL))
REST = timedelta(hours=20)


@dataclass(frozen=True, order=True)
class Expected:
    """One step that must have been made: when, by which way, and from when its message may go."""

    step: int
    way: str
    at: datetime
    goes_at: datetime


def anchor_of(marked_at: datetime, departs_on: date) -> datetime:
    """Say from when the days count: the morning of the departure, never before somebody was marked."""
    return max(marked_at, datetime.combine(departs_on, MORNING, SHANGHAI))


def by_day(at: datetime) -> datetime:
    """Say when a phone may ring."""
    local = at.astimezone(SHANGHAI)
    day = local.date() + timedelta(days=local.time() >= NIGHT)
    quiet = local.time() >= NIGHT or local.time() < MORNING
    return datetime.combine(day, MORNING, SHANGHAI) if quiet else at


def steps(
    *,
    marked_at: datetime,
    departs_on: date,
    heard_at: datetime | None,
    looks: Sequence[datetime],
    ladder: bool = True,
) -> list[Expected]:
    """List the steps that must have been made, given the moments at which a worker looked."""
    anchor = anchor_of(marked_at, departs_on)
    made = [
        Expected(number, way, marked_at, by_day(anchor) if way == MESSAGE else marked_at)
        for number, way in AT_ONCE
    ]
    last = marked_at
    for number, days, way in LATER if ladder else ():
        due = max(last, anchor + timedelta(days=days))
        if way == MESSAGE:
            due = max(due, last + REST)
        place = bisect_left(looks, due)
        if place == len(looks) or (heard_at is not None and heard_at <= looks[place]):
            break
        last = looks[place]
        made.append(Expected(number, way, last, by_day(last) if way == MESSAGE else last))
    return made
