"""What are the figures of the upper levels: what was folded, has moved and has become late since?

Everything must be read in one moment (`statements.snapshot`), or a fold in between would be seen twice or not
at all.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.query import QuerySet

from hongyan.organizations import paths
from hongyan.organizations.models import under
from hongyan.reports import counting
from hongyan.reports.counting import SHIFTS, TALLY
from hongyan.reports.measures import FROM_ELSEWHERE, HOSTED, Measure, Side, measures_of, side_of
from hongyan.reports.models import Fold, PlaceTally, Shift
from hongyan.statements import Statement, rows_of

RATED = (Measure.OUT, Measure.CHECKED_IN, Measure.HOSTED)
LATE = (Measure.LATE_CHECK_IN, Measure.OVERDUE)
_TALLIED = f"SELECT path, is_self, {', '.join(map(counting.column, Measure))} FROM {TALLY}"
# The number of people a row stands for.
PEOPLE = {PlaceTally: "people", Shift: "weight"}
# An organisation of these levels has its places folded; those below it are not shown with it.
PLACES_BELOW = counting.PLACES_DEPTH + 1
_PLACES = {
    "out": (Side.HOME, "destination", Q(is_short=False)),
    "in": (Side.HOST, "origin", Q(is_short=False) & HOSTED & FROM_ELSEWHERE),
}
# A row of a page: the path of a part of the tree, or (True) of an organisation without what lies below it.
Key = tuple[str, bool]


def folded_until(path: str, depth: int = counting.FIGURES_DEPTH) -> datetime | None:
    """Return until when the figures of an organisation's page know who is late; none when not folded."""
    if not 0 < len(path) < depth * paths.WIDTH:
        return None
    return Fold.objects.values_list("late_until", flat=True).first()


def figures(path: str, until: datetime, at: datetime) -> Mapping[Key, dict[Measure, int]]:
    """Return the figures of an organisation, of each one right below, of itself only; in one round trip."""
    asked = [*_asked(path, until, at)]
    counts: dict[Key, dict[Measure, int]] = defaultdict(lambda: dict.fromkeys(Measure, 0))
    for (measures, sign, _), found in zip(asked, rows_of([one for _, _, one in asked]), strict=True):
        for part, is_self, *numbers in found:
            mine = counts[part, bool(is_self)]
            for measure, number in zip(measures, numbers, strict=True):
                mine[measure] += sign * int(number)
    return counts


def of_home(path: str) -> dict[Measure, int]:
    """Return what the rates of an organisation are made of; one round trip."""
    names = ", ".join(map(counting.column, RATED))
    shifted = counting.sums(SHIFTS, RATED, counting.Levels((len(path),)), _under(Side.HOME))
    found = rows_of(
        [
            (f"SELECT path, is_self, {names} FROM {TALLY} WHERE path = %s AND NOT is_self", [path]),
            (shifted, [path, path + paths.END]),
        ]
    )
    counts = dict.fromkeys(RATED, 0)
    for _, _, *numbers in (row for rows in found for row in rows):
        for measure, number in zip(RATED, numbers, strict=True):
            counts[measure] += int(number)
    return counts


def at_places(path: str, direction: str) -> Iterator[tuple[QuerySet[Any], str]]:
    """Yield the rows that count an organisation's people by place, and their column with its code."""
    side, field, condition = _PLACES[direction]
    yield PlaceTally.objects.filter(path=path, direction=direction).exclude(people=0), "code"
    yield Shift.objects.filter(under(side, path), condition), field


def _asked(path: str, until: datetime, at: datetime) -> Iterator[tuple[Sequence[Measure], int, Statement]]:
    """Yield what is asked: which figures, whether they are added or taken away, and the query."""
    yield tuple(Measure), 1, (f"{_TALLIED} WHERE above = %s", [path])
    yield tuple(Measure), 1, (f"{_TALLIED} WHERE path = %s AND NOT is_self", [path])
    for side in Side:
        sql = counting.sums(SHIFTS, measures_of(side), counting.page_of(path), _under(side))
        late = [_moment(until)] * (sql.count("%s") - 2)
        yield measures_of(side), 1, (sql, [*late, path, path + paths.END])
    # Usually a minute's worth: what has become late since; of a moment before, what had not yet.
    first, last, sign = (until, at, 1) if at >= until else (at, until, -1)
    for measure in LATE:
        # The path is compared so that no index of it serves: the index of deadlines is the narrow one here.
        side = side_of(measure)
        where = f"s.due_at >= %s AND s.due_at < %s AND substr(s.{side}, 1, {len(path)}) = %s"
        sql = counting.sums(counting.journeys(), (measure,), counting.page_of(path), where)
        yield (
            (measure,),
            sign,
            (sql, [_moment(last), _moment(first), _moment(last), path]),
        )


def _under(side: Side) -> str:
    return f"s.{side} >= %s AND s.{side} < %s"


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
