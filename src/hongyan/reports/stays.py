"""How long have those been away who are out, and those who are with us: band by band?"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.models import Journey
from hongyan.organizations.models import Organization
from hongyan.reports.flows import MEASURE_OF, Direction
from hongyan.reports.measures import Subtree, selects

# Nobody is asked about longer than a long life.
LONGEST = 1200


@dataclass(frozen=True)
class Band:
    """From so many full months away until less than so many; None where it does not end."""

    low: int | None
    high: int | None


# They divide everybody: who has not left yet comes first, and the last one has no end.
BANDS = (
    Band(None, 0),
    Band(0, 3),
    Band(3, 6),
    Band(6, 12),
    Band(12, 24),
    Band(24, 36),
    Band(36, 60),
    Band(60, None),
)


@dataclass(frozen=True)
class Stay:
    """How many have been away for one band of time."""

    band: Band
    count: int


@dataclass(frozen=True)
class Stays:
    """A figure divided by how long people have been away: the bands add up to it."""

    direction: Direction
    bands: tuple[Stay, ...]

    @property
    def total(self) -> int:
        """Return the figure that is divided."""
        return sum(stay.count for stay in self.bands)


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def away(low: int | None, high: int | None, at: datetime) -> Q:
    """Select who left at least `low` and less than `high` full months ago; `high` 0 is who has not left."""
    today, chosen = at.astimezone(SHANGHAI).date(), Q()
    if low is not None:
        chosen &= Q(departs_on__lte=months_before(today, min(low, LONGEST)))
    if high is not None:
        chosen &= Q(departs_on__gt=months_before(today, min(high, LONGEST)))
    return chosen


def stays(organization: Organization, direction: Direction, at: datetime) -> Stays:
    """Divide the people who are out (or in) by how long they have been away, in one query."""
    counted = Journey.objects.filter(selects(MEASURE_OF[direction], Subtree(organization.path), at))
    said = {
        f"band{number}": Count("pk", filter=away(band.low, band.high, at))
        for number, band in enumerate(BANDS)
    }
    row = counted.aggregate(**said)
    return Stays(direction, tuple(Stay(band, row[f"band{number}"]) for number, band in enumerate(BANDS)))
