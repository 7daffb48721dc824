"""Who looks after members at an organisation, who is away, and who stands in for him?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hongyan.members.models import Absence, Appointment, AppointmentQuerySet, User
from hongyan.members.roles import CARING, SPEAKERS, Role


@dataclass(frozen=True)
class CareDuty:
    """One appointment as a caretaker, with the absence of this day if there is one."""

    appointment: Appointment
    absence: Absence | None = None

    @property
    def user(self) -> User:
        """Return who holds it."""
        return self.appointment.user


def caring_at(organization_id: int, on: date) -> AppointmentQuerySet:
    """Keep the appointments that let somebody look after members at an organisation on a day."""
    valid = Appointment.objects.valid(on)
    return valid.filter(organization_id=organization_id, role__in=CARING, user__is_active=True)


def away_at(organization_id: int, on: date) -> dict[int, Absence]:
    """Find who is away from an organisation on a day, by person."""
    rows = Absence.objects.on(on).filter(appointment__in=caring_at(organization_id, on))
    return {
        row.appointment.user_id: row for row in rows.select_related("appointment", "deputy").order_by("pk")
    }


def care_duties(organization_id: int, on: date) -> list[CareDuty]:
    """List the caretakers of an organisation by name: never by how many each has."""
    away = away_at(organization_id, on)
    rows = caring_at(organization_id, on).filter(role=Role.CARETAKER).select_related("user")
    return [CareDuty(row, away.get(row.user_id)) for row in rows.order_by("user__name", "user_id", "pk")]


def spokesman(organization_id: int, on: date, *, but: Iterable[int] = ()) -> User | None:
    """Find who answers for an organisation: its secretary, else the next one in order."""
    rows = caring_at(organization_id, on).filter(role__in=SPEAKERS).exclude(user_id__in=list(but))
    ranked = sorted(rows.select_related("user"), key=lambda row: (SPEAKERS.index(Role(row.role)), row.pk))
    return ranked[0].user if ranked else None


def stand_in(user_id: int, organization_id: int, on: date) -> User | None:
    """Return who does somebody's duty of care while he is away; None when he is there, or nobody can."""
    away = away_at(organization_id, on)
    absence = away.get(user_id)
    if absence is None:
        return None
    deputy = absence.deputy
    if deputy and deputy.pk not in away and caring_at(organization_id, on).filter(user=deputy).exists():
        return deputy
    return spokesman(organization_id, on, but=away)
