"""A member is abroad: no desk there can take him, so whoever has his case is told and home keeps him."""

from datetime import datetime
from typing import Any

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.journeys import periods
from hongyan.journeys.abroad import KEPT_BY_HOME, KIND, said_abroad_at, why_not_say_abroad
from hongyan.journeys.actions.making import demand
from hongyan.journeys.actions.searching import heard_again
from hongyan.journeys.models import Journey
from hongyan.journeys.reading import fresh
from hongyan.journeys.recording import HEARD, Change, tell, write
from hongyan.journeys.states import ON_THE_WAY, POWER, Answer, Status, Verb
from hongyan.journeys.telling import to_desk
from hongyan.journeys.terms import in_force
from hongyan.members.permissions import Actor
from hongyan.notifications.actions import withdraw


def say_abroad(*, journey: Journey, by: Actor, at: datetime) -> Journey:
    """Remember that a member is abroad and tell home, desk and host; said twice it is told once.

    Whom nobody has taken in home keeps, with one contact every half year: a desk that still looked for a
    branch gives the case up. A host keeps whom it has. Neither the country nor an address is asked for.
    """
    with transaction.atomic():
        # Two taps at once: the second waits here and then finds that it has been said.
        Journey.objects.select_for_update().get(pk=journey.pk)
        now = fresh(journey.pk)
        demand(why_not_say_abroad(now, by))
        if said_abroad_at(now) and now.status not in ON_THE_WAY:
            return now
        answering = {place.pk: place for place in (now.home, now.holder, now.host) if place}
        tell([to_desk(now, place, KIND) for place in answering.values()], at=at)
        # A reminder to check in would ask for what he cannot do there.
        columns: dict[str, Any] = {"abroad_at": at, "abroad_by": by.code, **HEARD}
        if now.status in ON_THE_WAY:
            _recall(now, columns, by, at)
        else:
            if now.status in KEPT_BY_HOME:
                columns["due_at"] = periods.abroad_contact_due(at, in_force(at))
            Journey.objects.filter(pk=now.pk).update(**columns)
        heard_again(journey_id=now.pk, by=by.code, at=at)
        withdraw(subject=f"journey:{now.pk}", kind="check_in_reminder", at=at)
        record(actor=by.code, verb="say_abroad", subject=f"journey:{now.pk}", at=at)
    return fresh(journey.pk)


def _recall(now: Journey, columns: dict[str, Any], by: Actor, at: datetime) -> None:
    """Take the case off the desk: back to home, or to the host who answers until another accepts."""
    due_at = periods.abroad_contact_due(at, in_force(at))
    keeper = now.home
    if now.status == Status.RELOCATING and now.host:
        columns |= {"status": Status.HOSTED, "host_due_at": due_at, "home_due_at": due_at}
        keeper = now.host if now.host.has_desk else now.home
    else:
        columns |= {"status": Status.AWAITING, "home_due_at": None}
    columns |= {"due_at": due_at, "holder_id": keeper.pk, "holder_path": keeper.path}
    seat = by.seat_over(POWER[Verb.CONTACT], now.home_path)
    write(
        now,
        Change(
            verb=Verb.RECALL,
            by=by.code,
            at=at,
            organization_id=seat.organization_id if seat else None,
            set=columns,
            answer=Answer.SUPERSEDED,
        ),
    )
