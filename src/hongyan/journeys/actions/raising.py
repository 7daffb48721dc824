"""Put missed deadlines before the levels above, one level after the other; the duty stays where it is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import transaction

from hongyan.journeys import periods
from hongyan.journeys.climbing import CLOCKS, Clock
from hongyan.journeys.models import Journey, Raise
from hongyan.journeys.raises import missed, still_open
from hongyan.journeys.telling import to_desk
from hongyan.journeys.terms import in_force
from hongyan.journeys.wording import day
from hongyan.members.permissions import CLOCK
from hongyan.notifications.actions import notify_many
from hongyan.notifications.models import Channel
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
    late = list(missed(clock, at).select_related("home", clock.debtor)[:limit])
    debtors = [(journey, _read(journey, clock.debtor)) for journey in late]
    above = _desks_above(debtor.path for _, debtor in debtors)
    rows = [
        _raised(journey, clock, debtor, above.get(debtor.path) or debtor, 1, at)
        for journey, debtor in debtors
    ]
    if clock.notice:
        _tell(clock, rows, at)
    return _write(rows)


def _read(journey: Journey, lookup: str) -> Any:
    """Read what a clock names, on the journey or on a row of its own beside it."""
    return attrgetter(lookup.replace("__", "."))(journey)


def _tell(clock: Clock, rows: Sequence[Raise], at: datetime) -> None:
    """Tell who missed it and who is above, each once, however many workers see it."""
    drafts = [
        to_desk(
            row.journey, place, clock.notice, due=day(row.deadline), host=row.debtor.short_name
        ).draft._replace(dedupe_key=f"{clock.notice}:{row.journey_id}:{row.deadline:%Y%m%d%H%M}:{place.pk}")
        for row in rows
        for place in {row.debtor.pk: row.debtor, row.organization.pk: row.organization}.values()
    ]
    notify_many(kind=clock.notice, channel=Channel.APP, drafts=drafts, at=at)


def _raised(
    journey: Journey, clock: Clock, debtor: Organization, above: Organization, level: int, at: datetime
) -> Raise:
    return Raise(
        journey=journey,
        duty=clock.duty,
        deadline=_read(journey, clock.column),
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
