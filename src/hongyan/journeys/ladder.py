"""Which steps remind a member to check in, by which way and when: the rungs of the ladder, as data."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.refusals import Refusal, Why, refuse

MORNING = time(9)
# What an outage has held back is not sent in one heap: so much lies between two messages of one ladder.
GAP = timedelta(hours=20)
LONGEST_DAYS = 180
MOST_STEPS = 8


class Rule(StrEnum):
    """What a ladder reminds of."""

    CHECK_IN = "check_in"


class Way(StrEnum):
    """How a step reaches somebody."""

    APP = "app"
    SMS = "sms"
    CALL = "call"


RULE_LABELS = {Rule.CHECK_IN: "报到提醒步骤"}
WAY_LABELS = {Way.APP: "应用内提醒", Way.SMS: "短信", Way.CALL: "联系人打电话"}


@dataclass(frozen=True)
class Step:
    """One rung: so many days after the day of departure, by this way."""

    rule: Rule
    number: int
    way: Way
    delay_days: int


@dataclass(frozen=True)
class Ladder:
    """The steps of a rule for whoever begins from a day on; without a number those by default."""

    pk: int | None
    from_on: date
    steps: tuple[Step, ...]


# In the app and by message with the link at once, by SMS after a day and a week, then a person calls.
DEFAULT_STEPS: tuple[Step, ...] = (
    Step(Rule.CHECK_IN, 1, Way.APP, 0),
    Step(Rule.CHECK_IN, 2, Way.SMS, 0),
    Step(Rule.CHECK_IN, 3, Way.SMS, 1),
    Step(Rule.CHECK_IN, 4, Way.SMS, 7),
    Step(Rule.CHECK_IN, 5, Way.CALL, 10),
)


DEFAULT_LADDERS = {Rule.CHECK_IN: Ladder(None, date.min, DEFAULT_STEPS)}


def steps_from(rule: Rule, rungs: Iterable[tuple[Way, int]]) -> tuple[Step, ...]:
    """Make steps of the rungs of a ladder, from the first one up."""
    return tuple(Step(rule, number, way, days) for number, (way, days) in enumerate(rungs, 1))


def why_wrong(rungs: Sequence[tuple[str, int]], sms_a_day: int) -> Refusal | None:
    """Say why these rungs are no ladder; `sms_a_day` is what one number gets in a day, 0 without a limit."""
    if not rungs:
        return refuse(Why.LADDER_EMPTY)
    if len(rungs) > MOST_STEPS:
        return refuse(Why.LADDER_TOO_LONG, most=str(MOST_STEPS))
    for number, (way, _) in enumerate(rungs, 1):
        if way not in set(Way):
            return refuse(Why.STEP_WAY, number=str(number))
    if tuple(rungs[0]) != (Way.APP, 0):
        return refuse(Why.LADDER_FIRST)
    wrong = _why_wrong_days([(Way(way), days) for way, days in rungs], sms_a_day)
    if wrong is None and all(way != Way.CALL for way, _ in rungs):
        return refuse(Why.LADDER_CALLLESS)
    return wrong


def _why_wrong_days(rungs: Sequence[tuple[Way, int]], sms_a_day: int) -> Refusal | None:
    a_day = Counter(days for way, days in rungs if way == Way.SMS)
    for number, ((_, before), (_, days)) in enumerate(pairwise(rungs), 2):
        if not before <= days <= LONGEST_DAYS:
            return refuse(Why.STEP_ORDER, number=str(number), most=str(LONGEST_DAYS))
    for days, times in a_day.items():
        if sms_a_day and times > sms_a_day:
            return refuse(Why.STEP_SMS_LIMIT, day=str(days), times=str(times), most=str(sms_a_day))
    for number in range(2, len(rungs) + 1):
        if rungs[number - 1] in rungs[: number - 1]:
            return refuse(Why.STEP_TWICE, number=str(number))
    return None


def anchor_of(departs_on: date, at: datetime) -> datetime:
    """Say from when a ladder counts: the morning of the departure, never the past."""
    return max(at, datetime.combine(departs_on, MORNING, SHANGHAI)).replace(microsecond=0)


def moment_of(step: Step, anchor: datetime) -> datetime:
    """Say when a step is due."""
    return anchor + timedelta(days=step.delay_days)


def after(steps: Iterable[Step], number: int) -> Step | None:
    """Find the step that follows this number, None at the top of the ladder."""
    return next((step for step in steps if step.number > number), None)


def at_once(steps: Iterable[Step]) -> tuple[Step, ...]:
    """List the steps that are made in the moment somebody is marked."""
    found: list[Step] = []
    for step in steps:
        # A call is the work of somebody at home: it waits for the clock, and what follows it waits behind it.
        if step.delay_days > 0 or step.way == Way.CALL:
            break
        found.append(step)
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
    return next((step for step in steps if step.way == Way.CALL), None)


def key_of(rule: str, number: int, anchor: datetime, journey_id: int) -> str:
    """Name what one step sends for one journey: it is sent once under this name."""
    return f"remind:{rule}:{number}:{int(anchor.timestamp())}:journey:{journey_id}"
