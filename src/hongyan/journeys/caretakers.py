"""Which caretaker gets the next member of an organisation, and how many has each?"""

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from hongyan.journeys.locking import cases_first
from hongyan.journeys.models import Journey
from hongyan.journeys.sharing import Carer, next_one, share_out
from hongyan.journeys.states import Status
from hongyan.journeys.terms import in_force
from hongyan.members.caring import care_duties
from hongyan.organizations.locking import lock
from hongyan.organizations.models import Organization

# Somebody on his way home, or whose journey has ended, needs no caretaker any more.
CARED_FOR = (Status.HOSTED, Status.RELOCATING)


def loads_at(organization_id: int, at: datetime) -> dict[int, tuple[int, int]]:
    """Count, by caretaker of an organisation, whom he has now and whom he was given lately."""
    since = at - timedelta(days=in_force(at).fair_share_days)
    now, lately = Q(status__in=CARED_FOR), Q(caretaker_at__gt=since)
    rows = (
        Journey.objects.filter(now | lately, host_id=organization_id, caretaker__isnull=False)
        .values_list("caretaker_id")
        .annotate(load=Count("pk", filter=now), lately=Count("pk", filter=lately))
        .order_by()
    )
    return {person: (load, given) for person, load, given in rows}


def carers_at(organization_id: int, at: datetime) -> list[Carer]:
    """List the caretakers of an organisation who are there today, as the sharing out sees them."""
    loads = loads_at(organization_id, at)
    carers: dict[int, Carer] = {}
    for duty in care_duties(organization_id, timezone.localdate(at)):
        if duty.absence is None:
            person = duty.user.pk
            load, lately = loads.get(person, (0, 0))
            carers.setdefault(person, Carer(person, load, lately, duty.appointment.capacity))
    return list(carers.values())


def suggested(organization_id: int, at: datetime) -> int | None:
    """Suggest who should look after the next member there; None when nobody is there or has room."""
    one = next_one(carers_at(organization_id, at))
    return one.person if one else None


def chosen_for(organization: Organization, number: int, at: datetime) -> list[int | None]:
    """Choose caretakers for so many members of an organisation, in fair shares; None where nobody has room.

    Must run inside the transaction that writes the choice: whoever chooses at the same time waits for it.
    """
    cases_first()
    lock(organization.pk)
    return share_out(carers_at(organization.pk, at), number)
