"""A member says that he is abroad: no desk there can take him, so those who deal with his case are told."""

from datetime import datetime

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.journeys.abroad import KIND, said_abroad_at, why_not_say_abroad
from hongyan.journeys.actions.making import demand
from hongyan.journeys.models import Journey
from hongyan.journeys.reading import fresh
from hongyan.journeys.recording import HEARD, tell
from hongyan.journeys.telling import to_desk
from hongyan.members.permissions import Actor
from hongyan.notifications.actions import withdraw


def say_abroad(*, journey: Journey, by: Actor, at: datetime) -> Journey:
    """Tell home, the desk his case lies on and the host that a member is abroad; said twice it is told once.

    Nothing moves: he is where he was on paper, home stays responsible, a person decides what follows. Neither
    the country nor an address is asked for.
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
        Journey.objects.filter(pk=now.pk).update(**HEARD)
        withdraw(subject=f"journey:{now.pk}", kind="check_in_reminder", at=at)
        record(actor=by.code, verb="say_abroad", subject=f"journey:{now.pk}", at=at)
    return now
