"""How does everybody else wait while an organisation changes, and who is it that changes it?"""

from django.db import connection

from hongyan.members.permissions import Actor
from hongyan.organizations.locking import lock
from hongyan.organizations.models import Organization
from hongyan.organizations.refusals import Refusal, Refused


def demand(refusal: Refusal | None) -> None:
    """Go no further when something speaks against it."""
    if refusal is not None:
        raise Refused(refusal)


def hold(organization: Organization, *others: Organization | None) -> None:
    """Lock whoever is met and read them as they are now: two who change the same wait for each other."""
    met = [organization, *(other for other in others if other)]
    if connection.vendor == "postgresql":
        # No case moves while paths are rewritten: a move begun before would write a path of before.
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE journeys_journey IN SHARE ROW EXCLUSIVE MODE")
    lock(*(one.pk for one in met))
    for one in met:
        one.refresh_from_db()


def seat_of(by: Actor) -> int | None:
    """Name the organisation somebody acts for."""
    return next((seat.organization_id for seat in by.seats), None)
