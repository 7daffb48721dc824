"""Whom does one call at an organisation, and on which number: the same answer on every page?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hongyan.members.caring import away_at, stand_in
from hongyan.members.models import Appointment, User
from hongyan.members.roles import ROLE_LABELS, SPEAKERS, Role
from hongyan.notifications.texts import said_day
from hongyan.organizations.models import Organization


@dataclass(frozen=True)
class Contact:
    """An organisation with the one person to ask for and the number to call."""

    organization: str
    person: str
    duty: str
    phone: str
    address: str = ""

    @property
    def line(self) -> str:
        """Say person and number in one line; "" when neither is known."""
        return " ".join(part for part in (self.person, self.phone) if part)


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


def caretaker_contact(caretaker: User | None, host: Organization | None, on: date) -> Contact | None:
    """Return the caretaker as a contact; while he is away, whoever stands in for him."""
    if caretaker is None or host is None:
        return None
    duty, absence = ROLE_LABELS[Role.CARETAKER], away_at(host.pk, on).get(caretaker.pk)
    there = stand_in(caretaker.pk, host.pk, on) if absence else None
    if absence:
        until = said_day(absence.until_on)
        duty = f"代管（微管家{caretaker.name}到{until}不在）" if there else f"微管家（到{until}不在）"
    person = there or caretaker
    return Contact(host.short_name, person.name, duty, person.phone or host.contact_phone)


def contact_of(organization: Organization, on: date) -> Contact:
    """Find the contact of one organisation."""
    return contacts([organization], on)[organization.pk]
