"""Forward, redirect, send back, escalate, decide: how a case finds the right desk."""

from datetime import datetime
from typing import Any

from hongyan.journeys import periods
from hongyan.journeys.actions.making import change, demand, lies_with, make
from hongyan.journeys.areas import home_desk
from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.recording import Change, Hop
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.rules import Standing, live_handoff, why_not_target
from hongyan.journeys.states import ON_THE_WAY, Answer, Purpose, Verb
from hongyan.journeys.telling import Tell, arrived, to_desk, to_member
from hongyan.journeys.terms import in_force
from hongyan.journeys.wording import SOMETHING, day
from hongyan.members.permissions import CLOCK, Actor
from hongyan.organizations import paths
from hongyan.organizations.kinds import AreaKind
from hongyan.organizations.models import Organization, ServiceArea
from hongyan.organizations.succession import heir_of


def _onwards(now: Journey, receiver: Organization, purpose: Purpose, at: datetime, note: str) -> Hop:
    """Open the next hop after the one that waits for an answer."""
    return after(live_handoff(now), now, receiver, purpose, at, note)


def after(
    live: Handoff | None, now: Journey, receiver: Organization, purpose: Purpose, at: datetime, note: str
) -> Hop:
    """Open the next hop; the evidence of the last one travels along, so nobody asks the member again."""
    explanation: dict[str, Any] = dict(live.explanation) if live else {}
    return Hop(
        receiver=receiver,
        purpose=purpose,
        due_at=periods.hop_due(at, in_force(at)),
        sender=now.holder,
        common_path=paths.common(now.holder_path, receiver.path),
        place=live.place if live else now.destination_id or "",
        note=note,
        explanation=explanation,
    )


# How each way of passing a case on ends the hand-off before it.
_ANSWERS = {
    Verb.FORWARD: Answer.FORWARDED,
    Verb.REDIRECT: Answer.REDIRECTED,
    Verb.SEND_BACK: Answer.SENT_BACK,
    Verb.ESCALATE: Answer.ESCALATED,
    Verb.DECIDE: Answer.DECIDED,
}


def _passed(
    verb: Verb, by: Actor, at: datetime, standing: Standing, key: str | None, *, hop: Hop, told: list[Tell]
) -> Change:
    """Build what passing a case on writes: the old hand-off answered, the new one on the receiver's desk."""
    return change(
        verb,
        by,
        at,
        standing,
        key,
        set=lies_with(hop),
        answer=_ANSWERS[verb],
        hop=hop,
        note=hop.note,
        told=told,
    )


def forward(
    *,
    journey: Journey,
    target: Organization,
    by: Actor,
    at: datetime,
    note: str = "",
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Pass a case on to an organisation below one's own."""

    def plan(now: Journey, standing: Standing) -> Change:
        demand(why_not_target(Verb.FORWARD, now, target, standing.seat))
        return forwarded(now, live_handoff(now), target, standing, by=by, at=at, note=note, key=key)

    return make(Verb.FORWARD, journey, plan, by=by, key=key, expect=expect)


def forwarded(
    now: Journey,
    live: Handoff | None,
    target: Organization,
    standing: Standing,
    *,
    by: Actor,
    at: datetime,
    note: str,
    key: str | None,
) -> Change:
    """Return what passing one case down writes."""
    decided = live is not None and live.purpose in (Purpose.DECISION, Purpose.BINDING)
    # Who was asked to decide and passes it down has decided.
    hop = after(live, now, target, Purpose.BINDING if decided else Purpose.DISPATCH, at, note)
    return _passed(Verb.FORWARD, by, at, standing, key, hop=hop, told=arrived(now, target, hop.due_at))


def redirect(
    *,
    journey: Journey,
    target: Organization,
    by: Actor,
    at: datetime,
    note: str,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Name a better organisation for a case that came to the wrong desk; the member does nothing."""

    def plan(now: Journey, standing: Standing) -> Change:
        if not note.strip():
            raise Refused(refuse(Why.REASON_MISSING))
        demand(why_not_target(Verb.REDIRECT, now, target, standing.seat))
        hop = _onwards(now, target, Purpose.DISPATCH, at, note)
        told: list[Tell] = arrived(now, target, hop.due_at)
        told += to_member(now, "redirected", target=target.short_name)
        return _passed(Verb.REDIRECT, by, at, standing, key, hop=hop, told=told)

    return make(Verb.REDIRECT, journey, plan, by=by, key=key, expect=expect)


def _open_or_above(organization: Organization | None, home: Organization) -> Organization:
    """Return a sender as it is now: closed meanwhile, its successor or nearest open parent answers for it."""
    now = heir_of(organization) if organization else None
    while now is not None and (now.closed_at or not now.has_desk):
        now = now.parent
    return now or home


def send_back(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    note: str,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Return a case to its sender for checking, with what has to be checked."""

    def plan(now: Journey, standing: Standing) -> Change:
        if not note.strip():
            raise Refused(refuse(Why.REASON_MISSING))
        live = live_handoff(now)
        sender = _open_or_above(live.sender if live else now.home, now.home)
        if sender.pk == now.holder_id:
            sender = now.home
        if sender.pk == now.holder_id:
            raise Refused(refuse(Why.TARGET_SAME, target=sender.short_name))
        hop = _onwards(now, sender, Purpose.CHECKING, at, note)
        told = [to_desk(now, sender, "returned", sender=now.holder.short_name, due=day(hop.due_at))]
        if sender.pk != now.home_id:
            told.append(to_desk(now, now.home, "sent_on", target=sender.short_name))
        return _passed(Verb.SEND_BACK, by, at, standing, key, hop=hop, told=told)

    return make(Verb.SEND_BACK, journey, plan, by=by, key=key, expect=expect)


def desk_above(organization: Organization) -> Organization | None:
    """Find the nearest organisation above that has a desk."""
    above = Organization.objects.open().above(paths.parent_of(organization.path)).filter(has_desk=True)
    return above.order_by("-path").first()


def fallback_for(journey: Journey) -> Organization | None:
    """Find the branch that keeps those nobody else can: nearest place first, then the closest origin."""
    place = journey.destination_id or ""
    origin = journey.home.division_id or ""
    rows = ServiceArea.objects.filter(
        kind=AreaKind.FALLBACK, organization__closed_at=None, organization__has_desk=True
    ).select_related("organization")
    fits = [
        row
        for row in rows
        if place.startswith(row.division_id) and (not row.origin_id or origin.startswith(row.origin_id))
    ]
    best = max(fits, key=lambda row: (len(row.division_id), len(row.origin_id or "")), default=None)
    return best.organization if best else None


def next_above(journey: Journey) -> Organization | None:
    """Find who takes a case that its desk cannot settle: the desk above, at the top the fallback branch."""
    above = desk_above(journey.holder)
    if above is not None:
        return above
    last = fallback_for(journey) or home_desk(journey)
    return None if last.pk == journey.holder_id else last


def _told_late(now: Journey, above: Organization, by: Actor) -> list[Tell]:
    """Tell everybody who waited for a desk that it was late and who has the case now."""
    told = to_member(now, "redirected", target=above.short_name)
    if by != CLOCK:
        return told
    live = live_handoff(now)
    waiting = {now.holder_id: now.holder}
    if live and live.sender:
        waiting[live.sender.pk] = live.sender
    return told + [to_desk(now, organization, "overdue", step=SOMETHING) for organization in waiting.values()]


def escalate(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    note: str = "",
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Put a case before the organisation above, asked by its desk or because its deadline has passed."""

    def plan(now: Journey, standing: Standing) -> Change:
        if by != CLOCK and not note.strip():
            raise Refused(refuse(Why.REASON_MISSING))
        above = next_above(now)
        if above is None:
            if by != CLOCK:
                raise Refused(refuse(Why.NOTHING_ABOVE))
            # The last desk keeps the case and a new deadline: nobody is ever without one.
            columns = {"due_at": periods.hop_due(at, in_force(at))}
            told = [to_desk(now, now.holder, "overdue", step=SOMETHING)]
            return change(Verb.ESCALATE, by, at, standing, key, set=columns, told=told)
        hop = _onwards(now, above, Purpose.DECISION, at, note)
        told = [*arrived(now, above, hop.due_at), *_told_late(now, above, by)]
        return _passed(Verb.ESCALATE, by, at, standing, key, hop=hop, told=told)

    return make(Verb.ESCALATE, journey, plan, by=by, key=key, expect=expect)


def escalate_overdue(*, at: datetime, limit: int = 500) -> int:
    """Escalate every case whose desk has let its deadline pass; return how many."""
    moved = 0
    late = Journey.objects.filter(status__in=ON_THE_WAY, due_at__lt=at).order_by("due_at")[:limit]
    for journey in late:
        try:
            escalate(
                journey=journey,
                by=CLOCK,
                at=at,
                # One deadline, one escalation, also when two clocks run.
                key=f"overdue:{journey.pk}:{journey.version}",
                expect=journey.version,
            )
            moved += 1
        except Refused:
            # Somebody acted in this very moment: then it is not late any more.
            continue
    return moved


def decide(
    *,
    journey: Journey,
    target: Organization,
    by: Actor,
    at: datetime,
    note: str,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Settle where a case belongs, as an organisation above the desks that could not agree."""

    def plan(now: Journey, standing: Standing) -> Change:
        if not note.strip():
            raise Refused(refuse(Why.REASON_MISSING))
        demand(why_not_target(Verb.DECIDE, now, target, standing.seat))
        hop = _onwards(now, target, Purpose.BINDING, at, note)
        told = arrived(now, target, hop.due_at)
        told.append(to_desk(now, now.holder, "sent_on", target=target.short_name))
        return _passed(Verb.DECIDE, by, at, standing, key, hop=hop, told=told)

    return make(Verb.DECIDE, journey, plan, by=by, key=key, expect=expect)
