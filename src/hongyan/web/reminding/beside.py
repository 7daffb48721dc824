"""Is it time for the side that does not hold the case to speak with the member, too?"""

from datetime import datetime, timedelta

from django.db.models import Q, When
from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.journeys.states import ON_THE_WAY, Status
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import Power
from hongyan.web.reminding.searches import search_due

SOON = timedelta(days=3)


def contacts_beside(seat: Seat, until: datetime) -> Q:
    """Select the cases whose contact this organisation owes although another one holds them."""
    here = seat.organization_id
    home = Q(home_id=here, home_due_at__lt=until, status__in=(*ON_THE_WAY, Status.HOSTED))
    host = Q(host_id=here, host_due_at__lt=until, status=Status.RELOCATING)
    return (home | host) & ~Q(holder_id=here)


def beside_due(actor: Actor, journey: Journey) -> datetime | None:
    """Return until when this viewer's side owes a contact soon, beside whoever holds the case."""
    mine = {seat.organization_id for seat in actor.seats_for(Power.MARK)}
    if journey.holder_id in mine:
        return None
    sides = ((journey.home_id, journey.home_due_at), (journey.host_id, journey.host_due_at))
    until = timezone.now() + SOON
    return next((due for place, due in sides if place in mine and due and due < until), None)


def contact_due(actor: Actor, journey: Journey) -> datetime | None:
    """Return until when this viewer's side owes a contact, whether it holds the case or not."""
    searched = search_due(journey, None) if journey.status == Status.HOSTED else None
    if searched:
        return searched
    mine = {seat.organization_id for seat in actor.seats_for(Power.MARK)}
    if journey.holder_id in mine and journey.status == Status.HOSTED:
        return journey.due_at
    return beside_due(actor, journey)


def due_beside(actor: Actor, until: datetime) -> tuple[When, When]:
    """Write what `beside_due` says of one case as conditions for a list."""
    mine = [seat.organization_id for seat in actor.seats_for(Power.MARK)]
    elsewhere = ~Q(holder_id__in=mine)
    home = elsewhere & Q(home_id__in=mine, home_due_at__lt=until)
    host = elsewhere & Q(host_id__in=mine, host_due_at__lt=until)
    return When(home, then="home_due_at"), When(host, then="host_due_at")
