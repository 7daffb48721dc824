"""Who is registered and given his first duty in one step, so that neither exists without the other?"""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from hongyan.members.actions.appointing import appoint
from hongyan.members.actions.enrolling import register_user
from hongyan.members.models import Appointment
from hongyan.members.permissions import Actor
from hongyan.members.refusals import Refused, Why, refuse
from hongyan.members.roles import Role
from hongyan.members.rules import why_not_appoint
from hongyan.organizations.models import Organization


@transaction.atomic
def register_and_appoint(
    *,
    username: str,
    name: str,
    phone: str = "",
    role: Role,
    organization: Organization,
    by: Actor,
    at: datetime,
    from_on: date,
    until_on: date | None = None,
) -> Appointment:
    """Register somebody new and give him a duty; his signed invitation lets him set a password."""
    on = timezone.localdate(at)
    refusal = why_not_appoint(
        user=None, role=role, organization=organization, by=by, on=on, from_on=from_on, until_on=until_on
    )
    if refusal:
        # Asked first: nobody is registered for a duty he cannot have.
        raise Refused(refusal)
    try:
        with transaction.atomic():
            user = register_user(username=username, name=name, phone=phone, by=by.code, at=at)
    except IntegrityError:
        raise Refused(refuse(Why.USERNAME_TAKEN, username=username)) from None
    return appoint(
        user=user, role=role, organization=organization, by=by, at=at, from_on=from_on, until_on=until_on
    )
