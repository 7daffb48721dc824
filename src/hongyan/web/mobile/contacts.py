"""Whom can a member call, and to which door can he go?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, IntegerField, QuerySet, Value, When

from hongyan.geography.codes import Level
from hongyan.members.models import Appointment, User
from hongyan.members.roles import ROLE_LABELS, Role
from hongyan.organizations.models import Organization, Station

# Who answers for an organisation, the first one found.
SPEAKERS = (Role.SECRETARY, Role.LIAISON, Role.ORGANISER, Role.DEPARTMENT)
NEAREST = 3


@dataclass(frozen=True)
class Contact:
    """An organisation with the one person to ask for and the number to call."""

    organization: str
    person: str
    duty: str
    phone: str
    address: str = ""


def contacts(organizations: Iterable[Organization | None], on: date) -> dict[int, Contact]:
    """Find the contact of each organisation, by its number, in one query."""
    wanted = {row.pk: row for row in organizations if row is not None}
    rows = Appointment.objects.valid(on).filter(organization_id__in=list(wanted), role__in=SPEAKERS)
    speaking: dict[int, Appointment] = {}
    for row in sorted(rows.select_related("user"), key=lambda row: SPEAKERS.index(Role(row.role))):
        speaking.setdefault(row.organization_id, row)
    return {pk: _contact(row, speaking.get(pk)) for pk, row in wanted.items()}


def _contact(organization: Organization, speaker: Appointment | None) -> Contact:
    name, address = organization.short_name, organization.address
    if speaker is None:
        return Contact(name, organization.contact_name, "联系人", organization.contact_phone, address)
    phone = speaker.user.phone or organization.contact_phone
    return Contact(name, speaker.user.name, ROLE_LABELS[Role(speaker.role)], phone, address)


def caretaker_contact(caretaker: User | None, host: Organization | None) -> Contact | None:
    """Return the caretaker as a contact, with the host's number when he has none of his own."""
    if caretaker is None or host is None:
        return None
    duty = ROLE_LABELS[Role.CARETAKER]
    return Contact(host.short_name, caretaker.name, duty, caretaker.phone or host.contact_phone)


def nearest_stations(code: str) -> QuerySet[Station]:
    """Return the three stations that share most of their place with this one, within its prefecture."""
    levels = [level for level in reversed(Level) if Level.PREFECTURE <= level <= len(code)]
    if not levels:
        return Station.objects.none()
    # Codes are prefixes: the longer the shared one, the nearer the door.
    near = Case(
        *(
            When(division__code__startswith=code[:level], then=Value(rank))
            for rank, level in enumerate(levels)
        ),
        default=Value(len(levels)),
        output_field=IntegerField(),
    )
    prefecture = code[: Level.PREFECTURE]
    inside = Station.objects.filter(division_id__gte=prefecture, division_id__lt=prefecture + ":")
    return inside.filter(organization__closed_at=None).order_by(near, "tier", "pk")[:NEAREST]
