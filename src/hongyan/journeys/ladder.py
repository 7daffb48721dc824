"""Which steps remind a member to check in, by which way and when: the rungs of the ladder, as data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from hongyan.geography.calendar import SHANGHAI

MORNING = time(9)
# What an outage has held back is not sent in one heap: so much lies between two messages of one ladder.
GAP = timedelta(hours=20)
LONGEST_DAYS = 180


class Rule(StrEnum):
    """What a ladder reminds of."""

    CHECK_IN = "check_in"


class Way(StrEnum):
    """How a step reaches somebody."""

    APP = "app"
    SMS = "sms"
    CALL = "call"


WAY_LABELS = {Way.APP: "应用内提醒", Way.SMS: "短信", Way.CALL: "联系人打电话"}


@dataclass(frozen=True)
class Step:
    """One rung: so many days after the day of departure, by this way."""

    rule: Rule
    number: int
    way: Way
    delay_days: int
    is_active: bool = True


# In the app and by message with the link at once, by SMS after a day and a week, then a person calls.
DEFAULT_STEPS: tuple[Step, ...] = (
    Step(Rule.CHECK_IN, 1, Way.APP, 0),
    Step(Rule.CHECK_IN, 2, Way.SMS, 0),
    Step(Rule.CHECK_IN, 3, Way.SMS, 1),
    Step(Rule.CHECK_IN, 4, Way.SMS, 7),
    Step(Rule.CHECK_IN, 5, Way.CALL, 10),
)


def with_changes(changed: Iterable[Step]) -> tuple[Step, ...]:
    """Put what officials have changed over what holds by default, in order."""
    steps = {(step.rule, step.number): step for step in (*DEFAULT_STEPS, *changed)}
    return tuple(steps[key] for key in sorted(steps))


def anchor_of(departs_on: date, at: datetime) -> datetime:
    """Say from when a ladder counts: the morning of the departure, never the past."""
    return max(at, datetime.combine(departs_on, MORNING, SHANGHAI)).replace(microsecond=0)


def moment_of(step: Step, anchor: datetime) -> datetime:
    """Say when a step is due."""
    return anchor + timedelta(days=step.delay_days)


def after(steps: Iterable[Step], number: int) -> Step | None:
    """Find the step that follows this number, None at the top of the ladder."""
    return next((step for step in steps if step.is_active and step.number > number), None)


def at_once(steps: Iterable[Step]) -> tuple[Step, ...]:
    """List the steps that are made in the moment somebody is marked."""
    found: list[Step] = []
    for step in steps:
        if step.is_active and step.delay_days > 0:
            break
        found += [step] if step.is_active and step.way != Way.CALL else []
    return tuple(found)


def next_moment(steps: Iterable[Step], made: Step | None, anchor: datetime, at: datetime) -> datetime | None:
    """Say when the step after the one just made is due, None when there is none."""
    following = after(steps, made.number if made else 0)
    if following is None:
        return None
    due = moment_of(following, anchor)
    both_messages = made is not None and made.way == following.way == Way.SMS
    return max(due, at + GAP) if both_messages else due


def call_of(steps: Iterable[Step]) -> Step | None:
    """Find the step in which a person calls: it comes earlier when no message arrives."""
    return next((step for step in steps if step.is_active and step.way == Way.CALL), None)


def key_of(rule: str, number: int, anchor: datetime, journey_id: int) -> str:
    """Name what one step sends for one journey: it is sent once under this name."""
    return f"remind:{rule}:{number}:{int(anchor.timestamp())}:journey:{journey_id}"
