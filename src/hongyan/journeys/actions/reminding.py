"""Take the next step of the ladder with everybody who has not been heard of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from hongyan.journeys import periods
from hongyan.journeys.ladder import Step, Way, after, call_of, next_moment
from hongyan.journeys.ladders import callless, steps_of
from hongyan.journeys.models import Journey
from hongyan.journeys.telling import REMINDER, remind
from hongyan.journeys.terms import in_force
from hongyan.members.permissions import CLOCK
from hongyan.notifications.actions import notify_many
from hongyan.notifications.channels import carries
from hongyan.notifications.models import Channel, Notice, State
from hongyan.notifications.texts import CLOSED

BATCH = 200
# So far back it is looked for messages that failed; an older one has had its call by the ladder itself.
FAILED_WITHIN = timedelta(days=10)
# Of whom nothing hard is asked, the ladder is looked at so often: it goes on when his exemption has ended.
LOOK_AGAIN = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """One journey whose next step is due, with the step of the ladder it began with: None above the last."""

    journey: Journey
    step: Step | None


def remind_due(*, at: datetime, limit: int = 500) -> int:
    """Take the next step with everybody who is due, and call whom no message reaches; return how many.

    A step is made once: its row is unique, so a second worker, or one that begins anew after a crash,
    leaves it out. After an outage messages keep a day between them.
    """
    made = 0
    while made < limit:
        taken = _take(at=at, limit=min(BATCH, limit - made))
        made += taken
        if not taken:
            break
    return made + call_instead(at=at, limit=limit)


@transaction.atomic
def _take(*, at: datetime, limit: int) -> int:
    """Take one step with some of those who are due, in one transaction."""
    rows = Journey.objects.filter(remind_at__lte=at).order_by("remind_at", "pk")
    # PostgreSQL passes over what another worker has in hand; on SQLite writers take turns anyway.
    rows = rows.select_related("member", "home").select_for_update(of=("self",), skip_locked=True)
    found = list(rows[:limit])
    _spare([journey.pk for journey in found if journey.member.is_exempt], at)
    due = [Due(one, after(steps_of(one), one.remind_step)) for one in found if not one.member.is_exempt]
    new = _insert([(one.journey, one.step) for one in due if one.step], at)
    _send(due, new, at)
    _advance(due, at)
    return len(found)


def _spare(numbers: Sequence[int], at: datetime) -> None:
    """Leave the ladders of the old and the ill where they are, and look again: an exemption may end."""
    if numbers:
        Journey.objects.filter(pk__in=numbers).update(remind_at=at + LOOK_AGAIN)


def _insert(made: Iterable[tuple[Journey, Step]], at: datetime) -> set[tuple[int, int]]:
    """Write the steps made; return (journey, step) of those nobody had made before."""
    rows: list[Any] = []
    for journey, step in made:
        until = periods.call_due(at, in_force(at)) if step.way == Way.CALL else None
        values = (journey.pk, step.rule, step.number, journey.remind_from, step.way, at, CLOCK.code, until)
        rows += (_value(value) for value in values)
    if not rows:
        return set()
    marks = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s)"] * (len(rows) // 8))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journeys_reminder (journey_id, rule, step, anchor, way, at, by, due_at)"
            f" VALUES {marks} ON CONFLICT (journey_id, rule, anchor, step) DO NOTHING"
            " RETURNING journey_id, step",
            rows,
        )
        return {(int(journey), int(step)) for journey, step in cursor.fetchall()}


def _value(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _send(due: Iterable[Due], new: set[tuple[int, int]], at: datetime) -> None:
    """Put the messages of the steps just made into the outbox; whom none can reach is called."""
    told = []
    unreachable = []
    for one in due:
        if one.step is None or (one.journey.pk, one.step.number) not in new or one.step.way == Way.CALL:
            continue
        tells = remind(one.journey, one.step)
        told += tells
        if not tells:
            unreachable.append(one.journey)
    # What a person reads in the app wakes nobody.
    told.sort(key=lambda tell: tell.channel)
    for channel, group in groupby(told, key=lambda tell: tell.channel):
        waits = None if channel == Channel.APP else periods.awake(at, in_force(at))
        drafts = [tell.draft for tell in group]
        notify_many(kind=REMINDER, channel=channel, drafts=drafts, at=at, not_before=waits)
    _call(unreachable, at)


def _advance(due: Sequence[Due], at: datetime) -> None:
    """Write into each journey which step was made and when the next one is due."""
    going: list[tuple[Any, ...]] = []
    over: list[tuple[Any, ...]] = []
    for one in due:
        number = one.step.number if one.step else one.journey.remind_step
        anchor = one.journey.remind_from
        following = next_moment(steps_of(one.journey), one.step, anchor, at) if one.step and anchor else None
        (going if following else over).append((one.journey.pk, number, following))
    for rows, sets in ((going, "remind_at = v.due"), (over, "remind_at = NULL")):
        if not rows:
            continue
        width = 3 if rows is going else 2
        marks = ", ".join([f"({', '.join(['%s'] * width)})"] * len(rows))
        names = "id, step, due" if rows is going else "id, step"
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH v({names}) AS (VALUES {marks}) UPDATE journeys_journey"
                f" SET remind_step = v.step, {sets} FROM v WHERE journeys_journey.id = v.id",
                [_value(value) for row in rows for value in row[:width]],
            )


def _call(journeys: Iterable[Journey], at: datetime) -> int:
    """Let a person call earlier than the ladder would: no message reaches these members."""
    calls = [(journey, call_of(steps_of(journey))) for journey in journeys]
    return len(_insert([(journey, call) for journey, call in calls if call], at))


@transaction.atomic
def call_instead(*, at: datetime, limit: int) -> int:
    """Bring the call forward for everybody whom no message reaches any more; return how many."""
    undelivered = Q(pk__in=_undelivered(Channel.SMS, at))
    silent = Journey.objects.filter(undelivered | _closed_to_messages(at), remind_from__lte=at)
    silent = silent.filter(member__is_exempt=False).exclude(remind_ladder__in=callless())
    uncalled = silent.exclude(reminders__way=Way.CALL).order_by("pk")[:limit]
    return _call(uncalled, at)


def _undelivered(channel: Channel, at: datetime) -> set[int]:
    """Name the journeys whose reminder by this channel did not arrive, for another reason than his wish."""
    failed = Notice.objects.filter(
        kind=REMINDER,
        state=State.FAILED,
        channel=channel,
        not_before__gt=at - FAILED_WITHIN,
        subject__startswith="journey:",
    ).exclude(last_error=CLOSED)
    return {int(subject.partition(":")[2]) for subject in failed.values_list("subject", flat=True)}


def _closed_to_messages(at: datetime) -> Q:
    """Match the journeys of those who have closed SMS and whom WeChat does not reach."""
    closed = Q(member__sms_closed_at__isnull=False)
    if not carries(Channel.WECHAT, REMINDER):
        return closed
    unbound = Q(member__wechat_sealed=b"") | Q(member__wechat_closed_at__isnull=False)
    return closed & (unbound | Q(pk__in=_undelivered(Channel.WECHAT, at)))
