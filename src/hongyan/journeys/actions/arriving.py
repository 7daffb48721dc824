"""Check in, be found, move on: how a member's place becomes a case on a desk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from hongyan.journeys import periods
from hongyan.journeys.actions.making import change, lies_with, make
from hongyan.journeys.areas import Arrival, route
from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.reading import deepest_division
from hongyan.journeys.recording import BACK, HEARD, NOT_VISITING, Change, Hop
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.routing import RULE_VERSION, Route
from hongyan.journeys.rules import Standing, arrival_to_confirm
from hongyan.journeys.states import Answer, Purpose, Status, Verb
from hongyan.journeys.telling import arrived, to_desk
from hongyan.journeys.terms import in_force
from hongyan.journeys.wording import confirmed_by_home, day, found_by, works_at
from hongyan.members.permissions import Actor
from hongyan.organizations import paths
from hongyan.organizations.models import Organization


def explained(arrival: Arrival, way: Route) -> dict[str, Any]:
    """Write down why a case goes where it goes, with everything needed to question it later."""
    return {
        "rule": RULE_VERSION,
        "generation": arrival.generation,
        "tier": arrival.tier,
        "place": arrival.code,
        "reason": way.reason,
        "straight": way.straight,
        "suggestions": [
            {
                "organization": item.desk.pk,
                "name": item.desk.short_name,
                "probability": item.probability,
                "kind": str(item.kind),
                "reason": item.reason,
                "has_desk": item.desk.has_desk,
                "can_host": item.desk.can_host,
            }
            for item in way.suggestions[:8]
        ],
    }


def _hop_to(journey: Journey, arrival: Arrival, at: datetime) -> Hop:
    """Route an arrival and open its hand-off."""
    way = route(journey, arrival)
    return hop_along(way, explained(arrival, way), journey, arrival, at)


def hop_along(way: Route, why: dict[str, Any], journey: Journey, arrival: Arrival, at: datetime) -> Hop:
    """Open the hand-off to where an arrival was routed."""
    receiver = way.desk
    return Hop(
        receiver=receiver,
        purpose=Purpose.DISPATCH,
        due_at=periods.hop_due(at, in_force(at)),
        sender=journey.home,
        common_path=paths.common(journey.home_path, receiver.path),
        place=arrival.code,
        explanation=why,
    )


def place_columns(arrival: Arrival) -> dict[str, Any]:
    """Return the columns a confirmed place sets; what was not said again stays (T27)."""
    if not arrival.code:
        raise Refused(refuse(Why.PLACE_UNDECIDED))
    division = deepest_division(arrival.code)
    if not division:
        raise Refused(refuse(Why.DESTINATION_UNKNOWN))
    columns: dict[str, Any] = {"destination_id": division}
    if arrival.text:
        columns["destination_text"] = arrival.text
    if arrival.employer:
        columns["employer"] = arrival.employer
    return columns


def check_in(
    *,
    journey: Journey,
    arrival: Arrival,
    by: Actor,
    at: datetime,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Check a member in at the place he confirmed and send his case to the right desk."""

    def plan(now: Journey, standing: Standing) -> Change:
        place = place_columns(arrival)
        return checked_in(now, standing, place, _hop_to(now, arrival, at), by=by, at=at, key=key)

    return make(Verb.CHECK_IN, journey, plan, by=by, key=key, expect=expect)


def checked_in(
    now: Journey,
    standing: Standing,
    place: Mapping[str, Any],
    hop: Hop,
    *,
    by: Actor,
    at: datetime,
    key: str | None,
) -> Change:
    """Return what checking one member in writes."""
    columns = {
        **place,
        **(NOT_VISITING if now.visit_until else {}),
        **HEARD,
        **BACK,
        # A guest's home keeps in touch where it works: on its own installation.
        "home_due_at": None if now.member.is_guest else periods.contact_due(at, in_force(at)),
        "status": Status.DISPATCHING,
        "checked_in_at": at,
        "checked_in_by": by.code,
        "lost_at": None,
        "lost_by": "",
        **lies_with(hop),
    }
    told = arrived(now, hop.receiver, hop.due_at)
    # A destination may have found him in the same hours; his own word is better.
    return change(
        Verb.CHECK_IN, by, at, standing, key, set=columns, answer=Answer.SUPERSEDED, hop=hop, told=told
    )


def relocate(
    *,
    journey: Journey,
    arrival: Arrival,
    by: Actor,
    at: datetime,
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Check in at another place: the old host answers for the member until the new one accepts."""

    def plan(now: Journey, standing: Standing) -> Change:
        place = place_columns(arrival)
        return relocated(now, standing, place, _hop_to(now, arrival, at), by=by, at=at, key=key)

    return make(Verb.RELOCATE, journey, plan, by=by, key=key, expect=expect)


def relocated(
    now: Journey,
    standing: Standing,
    place: Mapping[str, Any],
    hop: Hop,
    *,
    by: Actor,
    at: datetime,
    key: str | None,
) -> Change:
    """Return what checking one member in at another place writes."""
    hosted = now.status in (Status.HOSTED, Status.RELOCATING)
    columns = {
        **place,
        **(NOT_VISITING if now.visit_until else {}),
        **BACK,
        "status": Status.RELOCATING if hosted else Status.DISPATCHING,
        "lost_at": None,
        "lost_by": "",
        **lies_with(hop),
    }
    told = arrived(now, hop.receiver, hop.due_at)
    if now.host and hosted:
        told.append(to_desk(now, now.host, "relocating"))
    done: dict[str, Any] = {"answer": Answer.SUPERSEDED, "hop": hop, "told": told}
    return change(Verb.RELOCATE, by, at, standing, key, set=columns, **done)


def find(
    *,
    journey: Journey,
    by: Actor,
    at: datetime,
    note: str = "",
    employer: str = "",
    key: str | None = None,
    expect: int | None = None,
) -> Journey:
    """Report to home that the destination has found a member who did not check in, and where he works."""

    def plan(now: Journey, standing: Standing) -> Change:
        # Only an organisation finds: the table names no other party.
        finder = Organization.objects.get(pk=cast(int, standing.organization_id))
        hop = Hop(
            receiver=now.home,
            purpose=Purpose.ARRIVAL,
            due_at=periods.hop_due(at, in_force(at)),
            sender=finder,
            common_path=paths.common(now.home_path, finder.path),
            place=finder.division_id or "",
            note=note,
            explanation=_found(finder, employer),
        )
        told = [to_desk(now, now.home, "found", sender=finder.short_name, due=day(hop.due_at))]
        # Home's clock is the shorter of the two: somebody is waiting for its word.
        columns = {"due_at": min(now.due_at or hop.due_at, hop.due_at)}
        return change(Verb.FIND, by, at, standing, key, set=columns, hop=hop, note=note, told=told)

    return make(Verb.FIND, journey, plan, by=by, key=key, expect=expect)


def _found(finder: Organization, employer: str) -> dict[str, Any]:
    reason = works_at(employer, finder.short_name) if employer else found_by(finder.short_name)
    known = {"rule": RULE_VERSION, "reason": reason}
    return {**known, "employer": employer} if employer else known


def _by_workplace(journey: Journey, place: str, employer: str) -> list[dict[str, Any]]:
    """Suggest to the finder who takes in the people of this workplace."""
    if not employer or not place:
        return []
    arrival = Arrival(code=place, tier="B", employer=employer)
    suggestions: list[dict[str, Any]] = explained(arrival, route(journey, arrival))["suggestions"]
    return suggestions


def _confirmed(journey: Journey, arrival: Handoff, finder: Organization, at: datetime) -> Hop:
    """Open the hand-off to whoever found a member, with what he said of his workplace."""
    employer = str(arrival.explanation.get("employer", ""))
    return Hop(
        receiver=finder,
        purpose=Purpose.DISPATCH,
        due_at=periods.hop_due(at, in_force(at)),
        sender=journey.home,
        common_path=paths.common(journey.home_path, finder.path),
        place=arrival.place,
        explanation={
            "rule": RULE_VERSION,
            "tier": "A",
            "place": arrival.place,
            "reason": confirmed_by_home(finder.short_name),
            "straight": True,
            "suggestions": _by_workplace(journey, arrival.place, employer),
        },
    )


def confirm(
    *, journey: Journey, by: Actor, at: datetime, key: str | None = None, expect: int | None = None
) -> Journey:
    """Confirm that the person a destination found is ours: his case goes to the finder's desk."""

    def plan(now: Journey, standing: Standing) -> Change:
        arrival, finder = arrival_to_confirm(now)
        hop = _confirmed(now, arrival, finder, at)
        columns = {
            **HEARD,
            **BACK,
            "home_due_at": periods.contact_due(at, in_force(at)),
            "status": Status.DISPATCHING,
            "checked_in_at": at,
            "checked_in_by": arrival.sent_by,
            "lost_at": None,
            "lost_by": "",
            **lies_with(hop),
        }
        if arrival.place and (division := deepest_division(arrival.place)):
            columns["destination_id"] = division
        if employer := arrival.explanation.get("employer"):
            columns["employer"] = employer
        told = arrived(now, finder, hop.due_at)
        return change(
            Verb.CONFIRM, by, at, standing, key, set=columns, answer=Answer.CONFIRMED, hop=hop, told=told
        )

    return make(Verb.CONFIRM, journey, plan, by=by, key=key, expect=expect)


def deny(
    *, journey: Journey, by: Actor, at: datetime, note: str, key: str | None = None, expect: int | None = None
) -> Journey:
    """Tell the finder that the person he met is not ours, or is not there: the journey goes on waiting."""

    def plan(now: Journey, standing: Standing) -> Change:
        if not note.strip():
            raise Refused(refuse(Why.REASON_MISSING))
        _, finder = arrival_to_confirm(now)
        told = [to_desk(now, finder, "denied")]
        waiting = Status(now.status) == Status.AWAITING
        due_at = periods.talk_due(now.departs_on, at)
        if now.abroad_at:
            due_at = periods.abroad_contact_due(at, in_force(at))
        elif waiting:
            due_at = periods.check_in_due(now.departs_on, at, in_force(at))
        return change(
            Verb.DENY,
            by,
            at,
            standing,
            key,
            set={"due_at": due_at},
            answer=Answer.DENIED,
            note=note,
            told=told,
        )

    return make(Verb.DENY, journey, plan, by=by, key=key, expect=expect)
