"""Which steps does a ladder have that begins on a day, and may somebody change them?

A ladder goes on by the steps it began with (`Journey.remind_ladder`): a change counts for those that begin
later. Each process remembers all of them, so that a move asks the database for no step; what is once written
never changes, so a number that is not known yet is simply looked up.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import ClassVar

from django.db.models import Q

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.ladder import DEFAULT_LADDERS, Ladder, Rule, Step, Way, call_of, steps_from, why_wrong
from hongyan.journeys.models import Journey, ReminderStep
from hongyan.journeys.refusals import Refusal, Why, refuse
from hongyan.journeys.terms import FRESH_SECONDS, topmost_seat
from hongyan.members.permissions import Actor
from hongyan.notifications.limits import limits_of
from hongyan.notifications.models import Channel

# Nobody settles further ahead than that.
AHEAD = timedelta(days=3 * 366)
Rungs = Sequence[tuple[str, int]]


@dataclass
class _Remembered:
    """What this process knows: every changed ladder in the order in which they come into force."""

    ladders: ClassVar[tuple[tuple[str, Ladder], ...]] = ()
    until: ClassVar[float] = 0.0


def _read() -> tuple[tuple[str, Ladder], ...]:
    rows = ReminderStep.objects.order_by("ladder__from_on", "ladder__number", "ladder_id", "number")
    columns = ("ladder__rule", "ladder_id", "ladder__from_on", "number", "way", "delay_days")
    found = []
    for (rule, pk, from_on), steps in groupby(rows.values_list(*columns), key=lambda row: row[:3]):
        rungs = [Step(Rule(rule), number, Way(way), days) for *_, number, way, days in steps]
        found.append((rule, Ladder(pk, from_on, tuple(rungs))))
    return tuple(found)


def _changed() -> tuple[tuple[str, Ladder], ...]:
    now = time.monotonic()
    if now >= _Remembered.until:
        # In this order: another thread may look in between.
        _Remembered.ladders = _read()
        _Remembered.until = now + FRESH_SECONDS
    return _Remembered.ladders


def forget() -> None:
    """Ask the database at the next look: a change was made here."""
    _Remembered.until = 0.0


def in_force(rule: Rule, at: datetime) -> Ladder:
    """Return the ladder for whoever begins at a moment; of changes for one day the last one counts."""
    return on_day(rule, at.astimezone(SHANGHAI).date())


def on_day(rule: Rule, day: date) -> Ladder:
    """Return the ladder for whoever begins on a day."""
    begun = [ladder for known, ladder in _changed() if known == rule and ladder.from_on <= day]
    return begun[-1] if begun else DEFAULT_LADDERS[rule]


def steps_of(journey: Journey) -> tuple[Step, ...]:
    """Return the steps a journey began with."""
    pk = journey.remind_ladder_id
    if pk is None:
        return DEFAULT_LADDERS[Rule.CHECK_IN].steps
    known = _by_number().get(pk)
    if known is None:
        # Another process has begun it with a change that this one has not heard of.
        forget()
        known = _by_number()[pk]
    return known.steps


def _by_number() -> dict[int | None, Ladder]:
    return {ladder.pk: ladder for _, ladder in _changed()}


def callless() -> list[int]:
    """Name the ladders in which nobody calls: only from before a call had to be among the steps."""
    return [ladder.pk for _, ladder in _changed() if ladder.pk and call_of(ladder.steps) is None]


def why_not_change_ladder(
    rule: Rule, rungs: Rungs, from_on: date, reason: str, by: Actor, at: datetime
) -> Refusal | None:
    """Say why the steps of a rule cannot become these."""
    if topmost_seat(by) is None:
        return refuse(Why.NOT_TOPMOST)
    limits = limits_of(Channel.SMS)
    wrong = why_wrong(rungs, limits.number if limits else 0)
    if wrong:
        return wrong
    today = at.astimezone(SHANGHAI).date()
    if from_on < today:
        return refuse(Why.LADDER_BACKWARDS)
    if from_on > today + AHEAD:
        return refuse(Why.LADDER_TOO_FAR)
    if not reason.strip():
        return refuse(Why.LADDER_REASON)
    ways = [(Way(way), days) for way, days in rungs]
    same = on_day(rule, from_on).steps == steps_from(rule, ways)
    return refuse(Why.LADDER_SAME) if same else None


def is_reminded() -> Q:
    """Match the journeys in which another step is to come; of the old and the ill nothing is demanded."""
    return Q(remind_at__isnull=False, member__is_exempt=False)


def is_reminded_on(day: date, at: datetime) -> Q:
    """Match the journeys of which a step falls on a day, by the steps each began with."""
    begins = datetime.combine(day, datetime.min.time(), SHANGHAI)
    ends = begins + timedelta(days=1)
    if begins <= at:
        # What an outage or the rest between two messages has held back comes today.
        return Q(remind_at__lt=ends)
    found = Q(pk__in=[])
    for ladder in (DEFAULT_LADDERS[Rule.CHECK_IN], *_by_number().values()):
        for step in ladder.steps:
            delay = timedelta(days=step.delay_days)
            anchors = Q(remind_from__gte=begins - delay, remind_from__lt=ends - delay)
            found |= Q(remind_ladder=ladder.pk, remind_step__lt=step.number) & anchors
    return found
