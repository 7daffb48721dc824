"""Who is asked about somebody who was found, and by when?"""

from dataclasses import dataclass
from datetime import datetime

from hongyan.geography.codes import Level
from hongyan.journeys import periods
from hongyan.journeys.models import Handoff
from hongyan.journeys.terms import in_force
from hongyan.organizations import paths
from hongyan.organizations.kinds import Tier
from hongyan.organizations.models import Organization


@dataclass(frozen=True)
class Desk:
    """Whose answer is awaited until when; `handoff` when a journey's own clock already runs."""

    holder: Organization
    due_at: datetime
    handoff: Handoff | None = None


def outside_desk(home: str, finder: Organization, at: datetime) -> Desk:
    """Choose who asks about somebody no roster names: the county he names, else the county that found him."""
    due_at = periods.outside_answer_due(at, in_force(at))
    if len(home) >= Level.COUNTY:
        county = home[: Level.COUNTY]
        rows = Organization.objects.open().filter(division_id=county, tier=Tier.COUNTY, has_desk=True)
        named = rows.order_by("path").first()
        if named:
            return Desk(named, due_at)
    above = Organization.objects.open().above(finder.path).filter(has_desk=True)
    return Desk(above.filter(tier=Tier.COUNTY).first() or above.order_by("-path").first() or finder, due_at)


def next_above(holder: Organization) -> Organization | None:
    """Return the nearest organisation above that works on the platform."""
    chain = list(paths.chain(paths.parent_of(holder.path)))
    rows = Organization.objects.open().filter(path__in=chain, has_desk=True)
    return rows.order_by("-path").first()
