"""Change the steps of a rule for ladders that begin from a day on; those that run go on as they began."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from hongyan.audit.actions import record
from hongyan.journeys import ladders
from hongyan.journeys.actions.making import demand
from hongyan.journeys.ladder import RULE_LABELS, Rule, Way, steps_from
from hongyan.journeys.models import LadderChange, ReminderStep
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.terms import topmost_seat
from hongyan.journeys.wording import moment
from hongyan.members.permissions import Actor, names_of


def _faster(rule: Rule) -> Refused:
    """Say who changed these steps since the page was opened."""
    last = LadderChange.objects.filter(rule=rule).order_by("number").last()
    if last is None:
        return Refused(refuse(Why.UNKNOWN))
    who = names_of([last.changed_by]).get(last.changed_by, last.changed_by)
    return Refused(refuse(Why.STALE, who=who, when=moment(last.changed_at), what=RULE_LABELS[rule]))


def change_ladder(
    *,
    rule: Rule,
    rungs: ladders.Rungs,
    from_on: date,
    reason: str,
    expect: int,
    by: Actor,
    at: datetime,
) -> LadderChange:
    """Let a rule have other steps from a day on; `expect` is how many changes of it the page knew."""
    # What other processes did lately counts when it is decided whether this changes anything.
    ladders.forget()
    refusal, seat = ladders.why_not_change_ladder(rule, rungs, from_on, reason, by, at), topmost_seat(by)
    # In this order: what somebody else has just saved may be why nothing is left to change.
    if seat and LadderChange.objects.filter(rule=rule).count() != expect:
        raise _faster(rule)
    demand(refusal)
    change = LadderChange(
        rule=rule,
        number=expect + 1,
        from_on=from_on,
        reason=reason.strip(),
        changed_at=at,
        changed_by=by.code,
    )
    try:
        with transaction.atomic():
            _write(change, rule, rungs, seat.organization_id if seat else None)
            transaction.on_commit(ladders.forget)
    except IntegrityError:
        raise _faster(rule) from None
    ladders.forget()
    return change


def _write(change: LadderChange, rule: Rule, rungs: ladders.Rungs, organization: int | None) -> None:
    change.save(force_insert=True)
    steps = steps_from(rule, [(Way(way), days) for way, days in rungs])
    ReminderStep.objects.bulk_create(
        ReminderStep(ladder=change, number=step.number, way=step.way, delay_days=step.delay_days)
        for step in steps
    )
    record(
        actor=change.changed_by,
        verb="change_ladder",
        subject=f"ladder:{change.pk}",
        organization=organization,
        details={"rule": rule.value, "from_on": change.from_on.isoformat(), "steps": len(steps)},
        at=change.changed_at,
    )
