"""Put missed deadlines before the levels above, one level after the other; the duty stays where it is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from hongyan.journeys import periods
from hongyan.journeys.climbing import CLOCKS, Clock
from hongyan.journeys.models import Journey, Raise
from hongyan.journeys.raises import missed, still_open
from hongyan.journeys.terms import in_force
from hongyan.members.permissions import CLOCK
from hongyan.organizations import paths
from hongyan.organizations.models import Organization


def raise_due(*, at: datetime, limit: int = 500) -> int:
    """Put what was missed before the level above, and what still is before the next; return how many."""
    raised = sum(_begin(clock, at=at, limit=limit) for clock in CLOCKS)
    return raised + _climb(at=at, limit=limit)


def _desks_above(places: Iterable[str]) -> Mapping[str, Organization]:
    """Find for each path the nearest open organisation above it that has a desk, in one query."""
    wanted = set(places)
    above = {one for place in wanted for one in paths.chain(place) if one != place}
    desks = Organization.objects.open().filter(path__in=above, has_desk=True)
    by_path = {desk.path: desk for desk in desks}
    found = {}
    for place in wanted:
        chain = [one for one in paths.chain(place) if one != place and one in by_path]
        if chain:
            found[place] = by_path[max(chain, key=len)]
    return found


@transaction.atomic
def _begin(clock: Clock, *, at: datetime, limit: int) -> int:
    """Put newly missed deadlines before the level above those who owe them."""
    late = list(missed(clock, at).select_related(clock.debtor)[:limit])
    debtors = [(journey, getattr(journey, clock.debtor)) for journey in late]
    above = _desks_above(debtor.path for _, debtor in debtors)
    rows = [
        _raised(journey, clock, debtor, above.get(debtor.path) or debtor, 1, at)
        for journey, debtor in debtors
    ]
    return _write(rows)


def _raised(
    journey: Journey, clock: Clock, debtor: Organization, above: Organization, level: int, at: datetime
) -> Raise:
    return Raise(
        journey=journey,
        duty=clock.duty,
        deadline=getattr(journey, clock.column),
        level=level,
        debtor=debtor,
        organization=above,
        at=at,
        by=CLOCK.code,
        # Where nobody is above, the debtor itself is told, and it climbs no further.
        climbs_at=periods.raise_climbs(at, in_force(at)) if above != debtor else None,
    )


def _write(rows: Sequence[Raise]) -> int:
    """Write raises; what another worker has written in this moment is left out."""
    Raise.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def _climb(*, at: datetime, limit: int) -> int:
    """Put what a level has let lie for its days before the next one."""
    due = Raise.objects.filter(climbs_at__lte=at).order_by("climbs_at", "pk")
    ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    still = Raise.objects.filter(still_open(), pk__in=ids).select_related("organization")
    lasting = list(still)
    above = _desks_above(one.organization.path for one in lasting)
    rows = [
        Raise(
            journey_id=one.journey_id,
            duty=one.duty,
            deadline=one.deadline,
            level=one.level + 1,
            debtor_id=one.debtor_id,
            organization=above[one.organization.path],
            at=at,
            by=CLOCK.code,
            climbs_at=periods.raise_climbs(at, in_force(at)),
        )
        for one in lasting
        if one.organization.path in above
    ]
    Raise.objects.filter(pk__in=ids).update(climbs_at=None)
    _write(rows)
    return len(ids)
