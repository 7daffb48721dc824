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
from hongyan.journeys.recording import HEARD, tell
from hongyan.journeys.telling import to_desk
from hongyan.journeys.terms import in_force
from hongyan.members.permissions import Actor
from hongyan.notifications.actions import withdraw


def say_abroad(*, journey: Journey, by: Actor, at: datetime) -> Journey:
    """Remember that a member is abroad and tell home, desk and host; said twice it is told once.

    Nothing moves: a desk or host that has his case decides what follows. Whom nobody has taken in home keeps,
    with one contact every half year. Neither the country nor an address is asked for.
    """
    with transaction.atomic():
        # Two taps at once: the second waits here and then finds that it has been said.
        Journey.objects.select_for_update().get(pk=journey.pk)
        now = fresh(journey.pk)
        demand(why_not_say_abroad(now, by))
        if said_abroad_at(now):
            return now
        answering = {place.pk: place for place in (now.home, now.holder, now.host) if place}
        tell([to_desk(now, place, KIND) for place in answering.values()], at=at)
        # A reminder to check in would ask for what he cannot do there.
        columns: dict[str, Any] = {"abroad_at": at, "abroad_by": by.code, **HEARD}
        if now.status in KEPT_BY_HOME:
            columns["due_at"] = periods.abroad_contact_due(at, in_force(at))
        Journey.objects.filter(pk=now.pk).update(**columns)
        heard_again(journey_id=now.pk, by=by.code, at=at)
        withdraw(subject=f"journey:{now.pk}", kind="check_in_reminder", at=at)
        record(actor=by.code, verb="say_abroad", subject=f"journey:{now.pk}", at=at)
    return fresh(journey.pk)
