"""Change a step of the reminder ladder; whoever is being reminded goes on by the changed one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from hongyan.audit.actions import record
from hongyan.journeys.actions.making import demand
from hongyan.journeys.ladder import LONGEST_DAYS, Step, after, with_changes
from hongyan.journeys.models import Journey, ReminderStep
from hongyan.journeys.reading_steps import steps_of
from hongyan.journeys.refusals import Refusal, Why, refuse
from hongyan.journeys.terms import topmost_seat
from hongyan.members.permissions import Actor


def why_not_change_step(step: Step, by: Actor) -> Refusal | None:
    """Say why a step cannot be like this: only the topmost department changes it, and days go upwards."""
    if topmost_seat(by) is None:
        return refuse(Why.NOT_TOPMOST)
    steps = with_changes([*steps_of(step.rule), step])
    days = [one.delay_days for one in steps if one.is_active]
    fits = days == sorted(days) and 0 <= step.delay_days <= LONGEST_DAYS
    return None if fits else refuse(Why.STEP_ORDER)


def change_step(*, step: Step, by: Actor, at: datetime) -> ReminderStep:
    """Let a step be another way, another day, or none; who changed it and when is kept."""
    demand(why_not_change_step(step, by))
    with transaction.atomic():
        row, _ = ReminderStep.objects.update_or_create(
            rule=step.rule,
            number=step.number,
            defaults={
                "way": step.way,
                "delay_days": step.delay_days,
                "is_active": step.is_active,
                "changed_at": at,
                "changed_by": by.code,
            },
        )
        _plan_anew(step)
        details = {"way": step.way.value, "days": step.delay_days, "number": step.number}
        subject = f"reminder_step:{row.pk}"
        record(actor=by.code, verb="change_step", subject=subject, details=details, at=at)
    return row


def _plan_anew(step: Step) -> None:
    """Let everybody whose next step this is, or was, wait for what comes next now."""
    steps = steps_of(step.rule)
    running = Journey.objects.filter(remind_from__isnull=False)
    for number in range(step.number):
        following = after(steps, number)
        due = F("remind_from") + timedelta(days=following.delay_days) if following else None
        running.filter(remind_step=number).update(remind_at=due)
