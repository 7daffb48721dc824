"""Mark a member as away, register his departure, end or cancel: what home does."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import ladder, ladders, periods
from hongyan.journeys.actions.coming_home import closing_asked, new_return, write_returns
from hongyan.journeys.actions.making import already_made, change, demand, make
from hongyan.journeys.models import Journey, Reason
from hongyan.journeys.reading import deepest_division, fresh
from hongyan.journeys.recording import AT_HOME, BACK, HEARD, Change, Collision, tell, write_first
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.return_rules import why_not_end, why_not_talk
from hongyan.journeys.rules import Standing, why_not_mark, why_not_resend
from hongyan.journeys.search_rules import why_not_remove
from hongyan.journeys.states import POWER, STATUS_LABELS, Answer, CloseReason, Status, Verb
from hongyan.journeys.telling import remind, resend, to_desk, to_member
from hongyan.journeys.terms import in_force
from hongyan.journeys.wording import day
from hongyan.members.models import Member
from hongyan.members.permissions import CLOCK, Actor


class Leave(TypedDict, total=False):
    """What may be known of a leave beyond its day."""

    expected_return_on: date | None
    reason: Reason | str
    destination_text: str
    employer: str
    talk_on: date | None
    talk_by: str


def mark(
    *,
    member: Member,
    by: Actor,
    at: datetime,
    departs_on: date,
    destination: str = "",
    key: str | None = None,
    **leave: Unpack[Leave],
) -> Journey:
    """Open a journey for a member of one's own branch and remind him to check in where he arrives."""
    done = already_made(key, Verb.MARK, by)
    if done:
        return done
    until = leave.get("expected_return_on")
    demand(
        why_not_mark(
            member=member, by=by, departs_on=departs_on, expected_return_on=until, destination=destination
        )
    )
    return open_journey(
        member=member, by=by, at=at, departs_on=departs_on, destination=destination, key=key, leave=leave
    )


def open_journey(
    *,
    member: Member,
    by: Actor,
    at: datetime,
    departs_on: date,
    destination: str,
    key: str | None,
    leave: Leave,
    again_of: Journey | None = None,
) -> Journey:
    """Write the journey of a member who may leave, first or again."""
    journey = new_journey(
        member=member,
        by=by,
        at=at,
        departs_on=departs_on,
        destination=division_of(destination),
        leave=leave,
        again_of=again_of,
    )
    return _open(journey, by=by, at=at, key=key)


def new_journey(
    *,
    member: Member,
    by: Actor,
    at: datetime,
    departs_on: date,
    destination: str | None,
    leave: Leave,
    again_of: Journey | None = None,
) -> Journey:
    """Return the journey of a member who leaves, not yet written, with his ladder not yet begun."""
    planned = departs_on > at.astimezone(SHANGHAI).date()
    return Journey(
        member=member,
        status=Status.PLANNED if planned else Status.AWAITING,
        home=member.branch,
        home_path=member.branch.path,
        holder=member.branch,
        holder_path=member.branch.path,
        due_at=periods.talk_due(departs_on, at)
        if planned
        else periods.check_in_due(departs_on, at, in_force(at)),
        is_short=periods.is_short(departs_on, leave.get("expected_return_on"), in_force(at)),
        departs_on=departs_on,
        destination_id=destination,
        marked_at=at,
        marked_by=by.code,
        again_of=again_of,
        **leave,
    )


def division_of(code: str) -> str | None:
    """Find the declared destination; a code nobody knows is refused, an empty one is not."""
    if not code:
        return None
    division = deepest_division(code)
    if not division:
        raise Refused(refuse(Why.DESTINATION_UNKNOWN))
    return division


def _open(journey: Journey, *, by: Actor, at: datetime, key: str | None) -> Journey:
    plan = opening(journey, by=by, at=at, key=key)

    try:
        with transaction.atomic():
            return write_first(journey, plan)
    except Collision:
        done = already_made(key, Verb.MARK, by)
        if done:
            return done
        # Another secretary marked him in the same moment: one open journey is all the database allows.
        already = Journey.objects.open().filter(member=journey.member).first()
        status = STATUS_LABELS[Status(already.status)] if already else STATUS_LABELS[Status.AWAITING]
        raise Refused(refuse(Why.ALREADY_AWAY, status=status)) from None


def opening(journey: Journey, *, by: Actor, at: datetime, key: str | None) -> Callable[[Journey], Change]:
    """Begin the ladder of a journey not yet written; return what its first move writes once it is."""
    seat = by.seat_over(POWER[Verb.MARK], journey.home_path)
    # Of the old and the ill nothing is demanded: their ladder stands still, home sees to them by itself.
    anchor = ladder.anchor_of(journey.departs_on, at)
    # Chosen here once and for all: a later change is for those who begin later.
    chosen = ladders.in_force(ladder.Rule.CHECK_IN, anchor)
    first = () if journey.member.is_exempt else ladder.at_once(chosen.steps)
    last, morning = first[-1] if first else None, periods.awake(anchor, in_force(at))
    journey.remind_from, journey.remind_step = anchor, last.number if last else 0
    journey.remind_at = ladder.next_moment(chosen.steps, last, anchor, at)
    journey.remind_ladder_id = chosen.pk

    def plan(saved: Journey) -> Change:
        return Change(
            verb=Verb.MARK,
            by=by.code,
            at=at,
            organization_id=seat.organization_id if seat else None,
            set={},
            key=key,
            # A message to somebody who has not left yet waits for the morning of his departure.
            told=[tell for step in first for tell in remind(saved, step, not_before=morning)],
            reminded=first,
        )

    return plan


def depart(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    talk_on: date | None = None,
    talk_by: str = "",
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Register that a member has left, with the talk before departure."""

    def plan(now: Journey, standing: Standing) -> Change:
        demand(why_not_talk(talk_on, at) if talk_on else None)
        left_on = min(now.departs_on, at.astimezone(SHANGHAI).date())
        columns = {
            "status": Status.AWAITING,
            # Who is abroad already is not asked to check in.
            "due_at": now.due_at if now.abroad_at else periods.check_in_due(left_on, at, in_force(at)),
            "departs_on": left_on,
            "talk_on": talk_on or now.talk_on,
            "talk_by": talk_by or now.talk_by,
        }
        return change(Verb.DEPART, by, at, standing, key, set=columns)

    return make(Verb.DEPART, journey, plan, by=by, key=key, expect=expect)


def depart_due(*, at: datetime, limit: int = 500) -> int:
    """Let everybody depart whose day of departure is over; return how many."""
    moved = 0
    for journey in Journey.objects.filter(status=Status.PLANNED, due_at__lt=at).order_by("due_at")[:limit]:
        try:
            key = f"departed:{journey.pk}:{journey.version}"
            depart(journey=journey, by=CLOCK, at=at, key=key, expect=journey.version)
            moved += 1
        except Refused:
            # Home was faster in this very moment.
            continue
    return moved


def start_return(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    note: str = "",
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Bring a member home: the host is told, home has the talk after the return to hold."""

    def plan(now: Journey, standing: Standing) -> Change:
        write_returns([new_return(now, at)])
        return return_started(now, standing, by=by, at=at, key=key, note=note)

    return make(Verb.START_RETURN, journey, plan, by=by, key=key, expect=expect)


def return_started(
    now: Journey, standing: Standing, *, by: Actor, at: datetime, key: str | None, note: str
) -> Change:
    """Return what bringing one member home writes."""
    due = periods.return_talk_due(at, in_force(at))
    columns = {
        **HEARD,
        **BACK,
        **AT_HOME,
        "status": Status.RETURNING,
        "holder_id": now.home_id,
        "holder_path": now.home_path,
        "due_at": due,
        "lost_at": None,
        "lost_by": "",
    }
    told = [to_desk(now, now.home, "returning", due=day(due))]
    told += (asked := closing_asked(now, at))
    if now.host and now.host_id != now.home_id and not asked:
        told.append(to_desk(now, now.host, "left"))
    if now.holder_id not in (now.home_id, now.host_id):
        told.append(to_desk(now, now.holder, "case_returned"))
    done: dict[str, Any] = {"answer": Answer.SUPERSEDED, "note": note, "told": told}
    return change(Verb.START_RETURN, by, at, standing, key, set=columns, **done)


def _closing(at: datetime, by: Actor, reason: CloseReason) -> dict[str, object]:
    return {
        **HEARD,
        **AT_HOME,
        "status": Status.CLOSED,
        "due_at": None,
        "closed_at": at,
        "closed_by": by.code,
        "close_reason": reason,
    }


def end(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    reason: CloseReason,
    note: str = "",
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """End a journey: returned, transferred, or removed by decision."""

    def plan(now: Journey, standing: Standing) -> Change:
        demand(why_not_end(now, reason, note, at))
        if reason == CloseReason.REMOVED and not note.strip():
            raise Refused(refuse(Why.REASON_MISSING))
        if reason == CloseReason.REMOVED:
            demand(why_not_remove(now))
        return ended(now, standing, reason, by=by, at=at, key=key, note=note)

    return make(Verb.END, journey, plan, by=by, key=key, expect=expect)


def ended(
    now: Journey,
    standing: Standing,
    reason: CloseReason,
    *,
    by: Actor,
    at: datetime,
    key: str | None,
    note: str,
) -> Change:
    """Return what ending one journey writes."""
    told = to_member(now, "ended")
    if now.host and now.host_id != now.home_id:
        told.append(to_desk(now, now.host, "hosting_ended"))
    done: dict[str, Any] = {"answer": Answer.SUPERSEDED, "note": note, "told": told}
    return change(Verb.END, by, at, standing, key, set=_closing(at, by, reason), **done)


def cancel(
    *, journey: Journey, by: Actor, at: datetime, note: str, key: str | None = None, expect: int | None = None
) -> Journey:
    """Take back a marking that was a mistake."""

    def plan(now: Journey, standing: Standing) -> Change:
        if not note.strip():
            raise Refused(refuse(Why.REASON_MISSING))
        told = to_member(now, "cancelled")
        if now.holder_id != now.home_id:
            told.append(to_desk(now, now.holder, "case_cancelled"))
        columns = _closing(at, by, CloseReason.CANCELLED)
        return change(
            Verb.CANCEL, by, at, standing, key, set=columns, answer=Answer.SUPERSEDED, note=note, told=told
        )

    return make(Verb.CANCEL, journey, plan, by=by, key=key, expect=expect)


def resend_link(*, journey: Journey, by: Actor, at: datetime, serial: int) -> Journey:
    """Send a member a new link; the older ones open nothing any more. `serial` is the link that was seen."""
    with transaction.atomic():
        now = fresh(journey.pk)
        demand(why_not_resend(now, by, at))
        # The same request twice, or two people at once: one new link.
        if Journey.objects.filter(pk=now.pk, link_serial=serial).update(link_serial=serial + 1):
            now.link_serial = serial + 1
            tell(resend(now), at=at)
            record(actor=by.code, verb="resend_link", subject=f"journey:{now.pk}", at=at)
    return now
