"""Whom does one call at an organisation, and on which number: the same answer on every page?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hongyan.members.models import Appointment, User
from hongyan.members.roles import ROLE_LABELS, Role
from hongyan.organizations.models import Organization

# Who answers for an organisation, the first one found.
SPEAKERS = (Role.SECRETARY, Role.LIAISON, Role.ORGANISER, Role.DEPARTMENT)


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


def caretaker_contact(caretaker: User | None, host: Organization | None) -> Contact | None:
    """Return the caretaker as a contact, with the host's number when he has none of his own."""
    if caretaker is None or host is None:
        return None
    duty = ROLE_LABELS[Role.CARETAKER]
    return Contact(host.short_name, caretaker.name, duty, caretaker.phone or host.contact_phone)


def contact_of(organization: Organization, on: date) -> Contact:
    """Find the contact of one organisation."""
    return contacts([organization], on)[organization.pk]
