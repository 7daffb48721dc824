"""Who took over from an organisation that exists no more?"""

from collections.abc import Iterable
from datetime import datetime

from hongyan.organizations import paths
from hongyan.organizations.kinds import ChangeKind
from hongyan.organizations.models import Organization, OrganizationChange

ENDS = (ChangeKind.MERGE, ChangeKind.CLOSE)
# Longer chains of successors than this would be a ring.
MOST = 20


def last_change(organization: Organization) -> OrganizationChange | None:
    """Return the change by which an organisation ended."""
    rows = OrganizationChange.objects.filter(organization=organization, kind__in=ENDS)
    return rows.select_related("successor").order_by("-pk").first()


def changes_around(places: Iterable[str], since: datetime) -> list[OrganizationChange]:
    """List the new names and new places, since a day, of the organisations at these paths and above them."""
    chains = {path for place in places for path in paths.chain(place)}
    rows = OrganizationChange.objects.filter(to_path__in=chains, at__gte=since)
    kinds = (ChangeKind.RENAME, ChangeKind.MOVE)
    return list(rows.filter(kind__in=kinds).select_related("successor").order_by("-pk")[:MOST])


def heir_of(organization: Organization) -> Organization:
    """Return the organisation itself while it stands, else whoever took over, from one to the next."""
    now = organization
    for _ in range(MOST):
        change = last_change(now) if now.closed_at else None
        if change is None or change.successor is None:
            return now
        now = change.successor
    return now
