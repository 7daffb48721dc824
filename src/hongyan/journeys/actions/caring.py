"""Whose members have no caretaker yet, and who gets which of them?"""

from collections import defaultdict
from datetime import datetime

from hongyan.journeys.actions.together import Locked, Together, locked, move_together, tell_members
from hongyan.journeys.caretakers import CARED_FOR, chosen_for
from hongyan.journeys.models import Journey, JourneyQuerySet
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.journeys.states import PARTY_LABELS, Party, Verb
from hongyan.journeys.wording import SHARED_OUT
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization
from hongyan.statements import in_turn


def without_caretaker(organization_id: int) -> JourneyQuerySet:
    """Select the members an organisation has taken in and given nobody to keep in touch with."""
    return Journey.objects.filter(host_id=organization_id, status__in=CARED_FOR, caretaker=None)


def _seat(organization: Organization, by: Actor) -> Seat:
    seat = by.seat_at(Power.ACCEPT, organization.path)
    if seat is None:
        party = PARTY_LABELS[Party.HOST]
        raise Refused(refuse(Why.NOT_YOURS, party=party, holder=organization.short_name))
    return seat


def assign_caretakers(*, organization: Organization, by: Actor, at: datetime) -> int:
    """Give everybody without a caretaker one, in fair shares; return how many found one.

    Whoever is left has nobody with room: he waits for somebody to be appointed or to be given more room.
    """
    seat = _seat(organization, by)
    with in_turn():
        waiting = locked(without_caretaker(organization.pk))
        chosen = chosen_for(organization, len(waiting), at)
        given: dict[int, list[Locked]] = defaultdict(list)
        for journey, person in zip(waiting, chosen, strict=True):
            if person is not None:
                given[person].append(journey)
        move = Together(Verb.NAME_CARETAKER, by.code, at, seat.organization_id, SHARED_OUT)
        columns = {"caretaker_at": at, "caretaker_by": by.code}
        moved = move_together(
            move, [(some, {"caretaker_id": person, **columns}) for person, some in given.items()]
        )
        numbers = [journey.pk for some in given.values() for journey in some]
        tell_members(numbers, "caretaker_named", at=at, host=organization.short_name)
    return moved
