"""Who is given which duty, where and until when?"""

from datetime import date, datetime

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.members.models import Appointment, User
from hongyan.members.roles import Role
from hongyan.organizations.models import Organization


@transaction.atomic
def appoint(
    *,
    user: User,
    role: Role,
    organization: Organization,
    by: str,
    at: datetime,
    from_on: date,
    until_on: date | None = None,
) -> Appointment:
    """Give somebody a duty at an organisation."""
    appointment = Appointment.objects.create(
        user=user,
        role=role,
        organization=organization,
        from_on=from_on,
        until_on=until_on,
        created_at=at,
        created_by=by,
    )
    details = {"role": str(role), "appointment": appointment.pk}
    subject = f"user:{user.pk}"
    record(actor=by, verb="appoint", subject=subject, organization=organization.pk, details=details, at=at)
    return appointment
