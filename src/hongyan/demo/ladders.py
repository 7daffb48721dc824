"""Which reminders has somebody had by now who is awaited and has not been heard of?"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hongyan.demo.lives import Life
from hongyan.journeys.ladder import DEFAULT_STEPS, Step, Way, after, moment_of
from hongyan.journeys.periods import DEFAULT, call_due
from hongyan.members.permissions import CLOCK

REMINDER = ("journey_id", "rule", "step", "anchor", "way", "at", "by", "due_at")


def made(life: Life) -> Iterator[tuple[Step, datetime]]:
    """List the steps made by now, each with its moment."""
    anchor, marked_at = life.row["remind_from"], life.row["marked_at"]
    for step in DEFAULT_STEPS if anchor else ():
        at = marked_at if step.delay_days == 0 else moment_of(step, anchor)
        if at <= life.now:
            yield step, at


def climb(life: Life) -> list[tuple[Any, ...]]:
    """Set the columns of the ladder and return the rows of its steps."""
    anchor, rows, last = life.row["remind_from"], [], 0
    for step, at in made(life):
        last, first = step.number, step.delay_days == 0
        by = life.row["marked_by"] if first else CLOCK.code
        until = call_due(at, DEFAULT) if step.way == Way.CALL else None
        rows.append((life.pk, step.rule.value, step.number, anchor, step.way.value, at, by, until))
    following = after(DEFAULT_STEPS, last) if anchor else None
    life.row["remind_step"] = last
    life.row["remind_at"] = moment_of(following, anchor) if following else None
    return rows
