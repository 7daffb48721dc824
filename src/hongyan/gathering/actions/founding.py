"""Found a 流动党员党支部 step by step: home proposes, the destination is consulted, home decides."""

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction

from hongyan.audit.actions import record
from hongyan.gathering.actions.joining import ask
from hongyan.gathering.kinds import UNDER_WAY, Consultation, State, StepVerb
from hongyan.gathering.models import Founding, FoundingMember, FoundingStep, Gathering
from hongyan.gathering.refusals import Refusal, Refused, Why, refuse
from hongyan.gathering.rules import (
    Plan,
    chosen,
    fits_above,
    home_seat,
    why_not_again,
    why_not_answer,
    why_not_decide,
    why_not_drop,
    why_not_named,
    why_not_people,
    why_not_plan,
)
from hongyan.gathering.telling import sides, tell_founding
from hongyan.gathering.together import fitting, mobile_branches
from hongyan.geography.calendar import after_working_days
from hongyan.journeys.terms import in_force
from hongyan.members.models import Category
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.actions import found, serve_area
from hongyan.organizations.kinds import AreaKind, Kind, Tier
from hongyan.organizations.models import Organization

NOTE = 300


def due(at: datetime) -> datetime:
    """Say until when the side that is asked should have answered."""
    return after_working_days(at, in_force(at).consult_working_days)


def demand(refusal: Refusal | None) -> None:
    """Stop here when there is a reason to refuse."""
    if refusal is not None:
        raise Refused(refusal)


def step(
    founding: Founding,
    verb: StepVerb,
    by: Actor,
    at: datetime,
    *,
    organization_id: int | None = None,
    answer: str = "",
    note: str = "",
) -> None:
    """Write down one step for both sides, and for the audit."""
    FoundingStep.objects.create(
        founding=founding,
        verb=verb,
        organization_id=organization_id,
        answer=answer,
        note=note.strip()[:NOTE],
        at=at,
        by=by.code,
    )
    record(
        actor=by.code,
        verb=verb,
        subject=f"founding:{founding.pk}",
        organization=organization_id or founding.gathering.home_id,
        details={"answer": answer} if answer else {},
        at=at,
    )


def fresh(founding: Founding, expect: int | None) -> Founding:
    """Read a founding as it is now, for this writer alone; refuse when somebody was faster."""
    rows = Founding.objects.select_related(
        "gathering__home", "gathering__host", "gathering__place", "gathering__branch", "holder", "superior"
    )
    now = rows.select_for_update(of=("self",)).get(pk=founding.pk)
    if expect is not None and now.version != expect:
        raise Refused(refuse(Why.STALE))
    return now


def asked_side(gathering: Gathering) -> Organization:
    """Choose who answers for the destination; if nobody works on the platform, home writes it down."""
    host = gathering.host
    return host if host and host.has_desk and host.closed_at is None else gathering.home


def propose_branch(
    *, gathering: Gathering, plan: Plan, by: Actor, at: datetime, key: str | None = None
) -> Founding:
    """Propose a branch and put it to the destination."""
    done = Founding.objects.filter(key=key).first() if key else None
    if done:
        demand(None if done.proposed_by == by.code else refuse(Why.KEY_REUSED))
        return done
    try:
        with transaction.atomic():
            return _proposed(gathering, plan, by, at, key)
    except IntegrityError:
        # Somebody else has proposed one for these two places in this very moment.
        raise Refused(refuse(Why.UNDER_WAY)) from None


def _proposed(gathering: Gathering, plan: Plan, by: Actor, at: datetime, key: str | None) -> Founding:
    rows = Gathering.objects.select_related("home", "host", "place", "branch")
    now = rows.select_for_update(of=("self",)).get(pk=gathering.pk)
    plan = replace(plan, journeys=chosen(now, plan.people))
    refusal = why_not_plan(now, plan, by)
    if refusal or plan.superior is None:
        raise Refused(refusal or refuse(Why.SUPERIOR_OUTSIDE, organization=now.home.short_name))
    holder, seat = asked_side(now), home_seat(now, by)
    founding = Founding.objects.create(
        gathering=now,
        name=plan.name.strip(),
        host_kind=plan.host_kind,
        host_body=plan.host_body.strip(),
        host_organization=plan.host_organization,
        address=plan.address.strip(),
        phone=plan.phone.strip(),
        superior=plan.superior,
        holder=holder,
        holder_path=holder.path,
        due_at=due(at),
        key=key,
        proposed_at=at,
        proposed_by=by.code,
    )
    _take_people(founding, plan)
    step(founding, StepVerb.PROPOSE, by, at, organization_id=seat.organization_id if seat else None)
    if holder.pk != now.home_id:
        tell_founding(founding, holder, "founding_asked", at)
    return founding


def _take_people(founding: Founding, plan: Plan) -> None:
    FoundingMember.objects.filter(founding=founding).delete()
    FoundingMember.objects.bulk_create(
        FoundingMember(
            founding=founding,
            journey=journey,
            is_full=journey.member.category == Category.FULL,
            is_secretary=pk == plan.secretary,
            on_committee=pk in plan.committee or (bool(plan.committee) and pk == plan.secretary),
        )
        for pk, journey in sorted(plan.journeys.items())
    )


@transaction.atomic
def answer_consultation(
    *, founding: Founding, answer: str, note: str, by: Actor, at: datetime, expect: int | None = None
) -> Founding:
    """Answer for the destination, or write down what it answered outside the platform; then home decides."""
    now = fresh(founding, expect)
    demand(why_not_answer(now, by))
    outside = now.holder_id == now.gathering.home_id
    if answer not in set(Consultation) or (not note.strip() and (answer != Consultation.AGREES or outside)):
        raise Refused(refuse(Why.NOTE_MISSING))
    seat = by.seat_over(Power.GATHER, now.holder_path)
    home = now.gathering.home
    now.consultation, now.consultation_note = answer, note.strip()[:NOTE]
    now.consulted_at, now.consulted_by = at, by.code
    now.state, now.version = State.ANSWERED, now.version + 1
    now.holder, now.holder_path, now.due_at = home, home.path, due(at)
    now.save()
    who = seat.organization_id if seat else None
    step(now, StepVerb.ANSWER, by, at, organization_id=who, answer=answer, note=note)
    if not outside:
        tell_founding(now, home, "founding_answered", at)
    return now


@transaction.atomic
def consult_again(
    *, founding: Founding, note: str, by: Actor, at: datetime, expect: int | None = None
) -> Founding:
    """Ask the destination once more that has asked to wait; its first answer stays among the steps."""
    now = fresh(founding, expect)
    demand(why_not_again(now, by))
    if not note.strip():
        raise Refused(refuse(Why.NOTE_MISSING))
    holder = asked_side(now.gathering)
    now.consultation, now.consultation_note, now.consulted_at, now.consulted_by = "", "", None, ""
    now.state, now.version = State.CONSULTING, now.version + 1
    now.holder, now.holder_path, now.due_at = holder, holder.path, due(at)
    now.save()
    step(now, StepVerb.AGAIN, by, at, organization_id=now.gathering.home_id, note=note)
    if holder.pk != now.gathering.home_id:
        tell_founding(now, holder, "founding_asked", at)
    return now


@transaction.atomic
def drop_founding(
    *, founding: Founding, note: str, by: Actor, at: datetime, expect: int | None = None
) -> Founding:
    """Give a founding up, saying why; the suggestion stays as long as it holds."""
    now = fresh(founding, expect)
    demand(why_not_drop(now, by))
    if not note.strip():
        raise Refused(refuse(Why.NOTE_MISSING))
    now.state, now.version, now.due_at = State.DROPPED, now.version + 1, None
    now.dropped_at, now.dropped_by, now.dropped_reason = at, by.code, note.strip()[:NOTE]
    now.save()
    step(now, StepVerb.DROP, by, at, organization_id=now.gathering.home_id, note=note)
    for side in sides(now.gathering)[1:]:
        tell_founding(now, side, "founding_dropped", at)
    return now


@transaction.atomic
def found_branch(*, founding: Founding, by: Actor, at: datetime, expect: int | None = None) -> Founding:
    """Decide for home: the organisation stands, and each of its people is asked whether he joins it."""
    now = fresh(founding, expect)
    demand(why_not_decide(now, by))
    gathering = now.gathering
    # Whoever founds at the same time waits here: two branches of one home in one place are one too many.
    Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=gathering.home_id)
    plan = _as_of_now(now)
    there = fitting(mobile_branches(), gathering.home, gathering.place_id)
    demand(refuse(Why.BRANCH_THERE, branch=there.short_name) if there else None)
    above = now.superior
    demand(None if fits_above(above) else refuse(Why.SUPERIOR_OUTSIDE, organization=above.short_name))
    demand(why_not_named(above, now.name) or why_not_people(gathering, plan))
    branch = _standing(now, plan, by, at)
    now.branch, now.founded_at, now.founded_by = branch, at, by.code
    now.state, now.version, now.due_at = State.FOUNDED, now.version + 1, None
    now.save()
    _take_people(now, plan)
    Gathering.objects.filter(pk=gathering.pk).update(branch=branch)
    step(now, StepVerb.FOUND, by, at, organization_id=gathering.home_id)
    for journey in plan.journeys.values():
        ask(branch=branch, journey=journey, by=by, at=at)
    for side in {row.pk: row for row in (*sides(gathering)[1:], above)}.values():
        tell_founding(now, side, "branch_founded", at)
    return now


def _as_of_now(founding: Founding) -> Plan:
    """Read the proposal with those of its people who are still there."""
    rows = {row.journey_id: row for row in founding.people.all()}
    journeys = chosen(founding.gathering, rows)
    return Plan(
        name=founding.name,
        host_kind=founding.host_kind,
        host_body=founding.host_body,
        address=founding.address,
        phone=founding.phone,
        superior=founding.superior,
        secretary=next((pk for pk, row in rows.items() if row.is_secretary), 0),
        people=list(journeys),
        committee=[pk for pk, row in rows.items() if row.on_committee and pk in journeys],
        journeys=journeys,
    )


def _next_code(gathering: Gathering) -> str:
    """Return the next code for a branch of this home in this place; it is locked meanwhile."""
    start = f"LD{gathering.home.division_id}-{gathering.place_id}-"
    return f"{start}{Organization.objects.filter(code__startswith=start).count() + 1}"


def _standing(founding: Founding, plan: Plan, by: Actor, at: datetime) -> Organization:
    gathering = founding.gathering
    branch = found(
        code=_next_code(gathering),
        name=founding.name,
        kind=Kind.MOBILE_BRANCH,
        tier=Tier.GRASSROOTS,
        parent=founding.superior,
        division_id=gathering.place_id,
        host_body=founding.host_body,
        address=founding.address,
        contact_name=plan.journeys[plan.secretary].member.name,
        contact_phone=founding.phone,
        by=by.code,
        at=at,
    )
    # Whoever comes there from this home later is offered it, after workplace and residence.
    serve_area(
        organization=branch,
        kind=AreaKind.FALLBACK,
        division_id=gathering.place_id,
        origin_id=gathering.home.division_id,
        by=by.code,
        at=at,
    )
    return branch


__all__ = [
    "UNDER_WAY",
    "answer_consultation",
    "consult_again",
    "drop_founding",
    "found_branch",
    "propose_branch",
]
