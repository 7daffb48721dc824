"""What were the figures of an organisation at the end of any day, and how did they go from month to month?

The days are summed up from the moves that happened, in the tree as it stood when they happened; they never
change afterwards. A day is complete a minute after it ended.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.models import Transition
from hongyan.journeys.states import Status
from hongyan.reports import counting
from hongyan.reports.counting import DATED
from hongyan.reports.measures import FROM_ELSEWHERE, Measure, Scope, Side, side_of
from hongyan.reports.models import DayChange

DatedFigures = Mapping[Measure, int]
_OF_STATUS = {
    Measure.AWAITING: Q(target__in=(Status.PLANNED, Status.AWAITING)),
    Measure.DISPATCHING: Q(target=Status.DISPATCHING),
    Measure.HOSTED: Q(target__in=(Status.HOSTED, Status.RELOCATING)),
    Measure.RETURNING: Q(target=Status.RETURNING),
}


@dataclass(frozen=True)
class Point:
    """The figures of an organisation at the end of one day."""

    day: date
    figures: DatedFigures


def figures_on(paths: Iterable[str], day: date) -> Mapping[str, DatedFigures]:
    """Return the figures of some parts of the tree at the end of a day, in one query."""
    wanted = list(paths)
    sums = {counting.column(measure): Sum(counting.column(measure)) for measure in DATED}
    named = {f"sum_{name}": total for name, total in sums.items()}
    rows: Any = (
        DayChange.objects.filter(path__in=wanted, day__lte=day).order_by().values("path").annotate(**named)
    )
    nothing = dict.fromkeys(DATED, 0)
    found = {
        row["path"]: {measure: row[f"sum_{counting.column(measure)}"] for measure in DATED} for row in rows
    }
    return {path: found.get(path, nothing) for path in wanted}


def monthly(path: str, until: date, months: int = 12) -> list[Point]:
    """Return the figures at the end of each of the last months, and of the last day itself; in one query."""
    names = [counting.column(measure) for measure in DATED]
    changes: Any = DayChange.objects.filter(path=path, day__lte=until).order_by("day")
    rows = iter(list(changes.values_list("day", *names)))
    points, sums, row = [], [0] * len(DATED), next(rows, None)
    for day in _month_ends(until, months):
        while row is not None and row[0] <= day:
            sums = [have + more for have, more in zip(sums, row[1:], strict=True)]
            row = next(rows, None)
        points.append(Point(day, dict(zip(DATED, sums, strict=True))))
    return points


def _month_ends(until: date, months: int) -> list[date]:
    ends, first = [until], until.replace(day=1)
    for _ in range(months):
        ends.append(first - timedelta(days=1))
        first = ends[-1].replace(day=1)
    return ends[::-1]


def stood_as(measure: Measure, scope: Scope, day: date) -> Q:
    """Select the journeys that a figure of a scope counted at the end of a day."""
    ends = datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)
    later = Transition.objects.filter(journey=OuterRef("journey"), number__gt=OuterRef("number"), at__lt=ends)
    facts = Transition.objects.filter(_dated(measure, scope), journey=OuterRef("pk"), at__lt=ends)
    return Q(Exists(facts.filter(~Exists(later))), is_short=False)


def _dated(measure: Measure, scope: Scope) -> Q:
    """Say of a move what `measures` says of a journey."""
    if measure not in DATED:
        raise ValueError(f"{measure} is not known of other days")
    here = scope.covers(side_of(measure)) & ~Q(target=Status.CLOSED)
    if side_of(measure) == Side.HOST:
        came = here & _OF_STATUS[Measure.HOSTED] & FROM_ELSEWHERE
        return came & ~scope.covers(Side.HOME) if measure == Measure.IN_FROM_OUTSIDE else came
    return here & _OF_STATUS.get(measure, Q())


__all__ = ["DATED", "Point", "figures_on", "monthly", "stood_as"]
