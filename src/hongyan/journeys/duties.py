"""What would stay behind when somebody leaves an appointment, and who could take it?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from hongyan.journeys.models import Journey, JourneyQuerySet
from hongyan.members.caring import away_at, caring_at, spokesman
from hongyan.members.models import Appointment, User
from hongyan.members.roles import CARING

# Until the next day's first look nobody is blamed for a duty that ended at midnight.
GRACE = timedelta(days=1)
NONE = timedelta(0)


@dataclass(frozen=True)
class OpenDuties:
    """What somebody has open at an organisation, and who would take it."""

    # Members he alone keeps in touch with; none while another duty there lets him go on.
    members: int
    # Cases on the organisation's desk: they stay there, with those who are left.
    on_desk: int
    # Whoever may be named as his successor, and who takes over when nobody is.
    successors: tuple[User, ...]
    otherwise: User | None


def keeps_caring(appointment: Appointment, on: date) -> bool:
    """Tell whether another duty at the same organisation lets somebody go on looking after his members."""
    rows = caring_at(appointment.organization_id, on).filter(user_id=appointment.user_id)
    return rows.exclude(pk=appointment.pk).exists()


def cared_for_by(user_id: int, organization_id: int) -> JourneyQuerySet:
    """Select the open journeys of which somebody is the caretaker at an organisation."""
    return Journey.objects.open().filter(host_id=organization_id, caretaker_id=user_id)


def possible_successors(organization_id: int, on: date, *, but: Iterable[int]) -> list[User]:
    """List who may take over at an organisation: whoever looks after members there and is not away."""
    out = [*but, *away_at(organization_id, on)]
    rows = caring_at(organization_id, on).exclude(user_id__in=out).select_related("user")
    return list({row.user_id: row.user for row in rows.order_by("user__name", "pk")}.values())


def left_behind(appointment: Appointment, on: date) -> OpenDuties:
    """Say what is open in somebody's hands when this appointment ends."""
    user_id, organization_id = appointment.user_id, appointment.organization_id
    stays = keeps_caring(appointment, on) or appointment.role not in CARING
    return OpenDuties(
        members=0 if stays else cared_for_by(user_id, organization_id).count(),
        on_desk=Journey.objects.on_desk(organization_id).count(),
        successors=tuple(possible_successors(organization_id, on, but=[user_id])),
        otherwise=spokesman(organization_id, on, but=[user_id]),
    )


def without_duty(on: date, grace: timedelta = NONE) -> JourneyQuerySet:
    """Select the open journeys whose caretaker has no duty of care at their host any more."""
    valid = Q(until_on=None) | Q(until_on__gte=on - grace)
    held = Appointment.objects.filter(
        valid,
        user_id=OuterRef("caretaker_id"),
        organization_id=OuterRef("host_id"),
        role__in=CARING,
        revoked_at=None,
        from_on__lte=on,
        user__is_active=True,
    )
    return Journey.objects.open().filter(~Exists(held), caretaker__isnull=False)
