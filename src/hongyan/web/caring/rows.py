"""What does one read of the people who look after members at an organisation?"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from hongyan.journeys.actions.caring import without_caretaker
from hongyan.journeys.caretakers import loads_at
from hongyan.members.caring import away_at, care_duties, caring_at
from hongyan.members.models import Absence, Appointment, User
from hongyan.members.permissions import Actor
from hongyan.members.roles import ROLE_LABELS, Power, Role
from hongyan.members.rules import why_not_set_capacity, why_not_share_out
from hongyan.notifications.texts import said_day
from hongyan.organizations.models import Organization


@dataclass(frozen=True)
class CaretakerLine:
    """One caretaker: how many he has, how many he can have, whether he is there."""

    appointment: Appointment
    load: int
    lately: int
    absence: Absence | None
    to_come: tuple[Absence, ...]
    why_not: str

    @property
    def is_full(self) -> bool:
        """Tell whether he is given nobody more by the program."""
        return self.load >= self.appointment.capacity


@dataclass(frozen=True)
class CaretakersPage:
    """Everything the page of an organisation's caretakers shows."""

    organization: Organization
    lines: tuple[CaretakerLine, ...]
    waiting: int
    may_assign: bool
    may_set: bool


@dataclass(frozen=True)
class Duty:
    """What somebody's duty of care is and how many he has, in words; whether he has room for no more."""

    words: str
    full: bool


def caring_words(organization_id: int, at: datetime) -> dict[int, Duty]:
    """Say it of everybody who may look after members there, by person."""
    on = timezone.localdate(at)
    loads, away = loads_at(organization_id, at), away_at(organization_id, on)
    found: dict[int, Duty] = {}
    for row in caring_at(organization_id, on).order_by("pk"):
        role, (load, _) = Role(row.role), loads.get(row.user_id, (0, 0))
        number = f"{load}/{row.capacity} 人" if role == Role.CARETAKER else f"{load} 人"
        full = role == Role.CARETAKER and load >= row.capacity
        words = f"{ROLE_LABELS[role]}，{number}{'，已满' if full else ''}"
        if absence := away.get(row.user_id):
            words += f"，到 {said_day(absence.until_on)}不在"
        if role == Role.CARETAKER or row.user_id not in found:
            found[row.user_id] = Duty(words, full)
    return found


def _to_come(organization: Organization, on: date) -> dict[int, list[Absence]]:
    rows = Absence.objects.filter(
        appointment__organization=organization, from_on__gt=on, ended_at=None
    ).select_related("deputy")
    found: dict[int, list[Absence]] = {}
    for row in rows.order_by("from_on", "pk"):
        found.setdefault(row.appointment_id, []).append(row)
    return found


def page_of(organization: Organization, actor: Actor, at: datetime) -> CaretakersPage:
    """Read the page; the caretakers stand by name, because this is no ranking."""
    on = timezone.localdate(at)
    loads, to_come, lines = loads_at(organization.pk, at), _to_come(organization, on), list[CaretakerLine]()
    for duty in care_duties(organization.pk, on):
        row = duty.appointment
        row.organization = organization
        refusal = why_not_set_capacity(row, actor, on)
        load, lately = loads.get(row.user_id, (0, 0))
        coming = tuple(to_come.get(row.pk, ()))
        words = refusal.sentence if refusal else ""
        lines.append(CaretakerLine(row, load, lately, duty.absence, coming, words))
    waiting = without_caretaker(organization.pk).count()
    may_assign = actor.seat_at(Power.ACCEPT, organization.path) is not None
    may_set = why_not_share_out(organization, actor) is None
    return CaretakersPage(organization, tuple(lines), waiting, may_assign, may_set)


def deputies_of(appointment: Appointment, on: date) -> list[User]:
    """List who may stand in for somebody: whoever else looks after members there and is not away himself."""
    away = away_at(appointment.organization_id, on)
    rows = caring_at(appointment.organization_id, on).exclude(user_id__in=[appointment.user_id, *away])
    return list(
        {row.user_id: row.user for row in rows.select_related("user").order_by("user__name")}.values()
    )
