"""Add what has moved since the last time to the figures of the upper levels, or count them all anew.

One folder at a time, everything in one transaction that sees one moment: what it adds up is exactly what it
takes away, and a page sees either both or neither.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection

from hongyan.organizations import paths
from hongyan.reports import counting
from hongyan.reports.actions.dating import settle_all_days, settle_days
from hongyan.reports.counting import PLACE_TALLY, SHIFTS, TALLY
from hongyan.reports.measures import Measure, Side, measures_of
from hongyan.reports.models import Fold, Shift
from hongyan.statements import in_turn

# With so many not yet folded a page begins to feel them.
MUCH = 5_000
# PostgreSQL's word for "somebody else has changed what this transaction saw".
_MET_ANOTHER = "40001"


def is_much_unfolded() -> bool:
    """Tell whether so much has moved that one should not wait for the next planned moment."""
    return Shift.objects.order_by()[MUCH : MUCH + 1].exists()


def fold_due(*, at: datetime) -> int:
    """Fold what has moved and what has become late since the last time; return how many shifts there were."""
    try:
        with in_turn():
            _see_one_moment()
            before = Fold.objects.select_for_update().first()
            return _fold(before, at) if before else _count_anew(at)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != _MET_ANOTHER:
            raise
        # Somebody else has just folded the same.
        return 0


def count_anew(*, at: datetime) -> int:
    """Forget what was folded and count every open journey; return how many shifts that stands for."""
    with in_turn():
        _see_one_moment()
        list(Fold.objects.select_for_update())
        return _count_anew(at)


def _see_one_moment() -> None:
    """Let all statements of this transaction see the same rows; on SQLite nobody else writes meanwhile."""
    # Inside somebody else's transaction it is too late to ask for it; a test's has nobody beside it.
    if connection.vendor == "postgresql" and not connection.savepoint_ids:
        _run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _run(sql: str, parameters: Sequence[Any] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return int(cursor.rowcount)


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _fold(before: Fold, at: datetime) -> int:
    # The shifts first, judged late by the moment of the figures they change; then what has become late since.
    _add(SHIFTS, before.late_until)
    folded = _run(f"DELETE FROM {SHIFTS}")
    settle_days()
    if at > before.late_until:
        _add_late(before.late_until, at)
    Fold.objects.filter(pk=before.pk).update(late_until=max(at, before.late_until), folded_at=at)
    return folded


def _count_anew(at: datetime) -> int:
    gone = _run(f"DELETE FROM {SHIFTS}")
    for table in (TALLY, PLACE_TALLY):
        _run(f"DELETE FROM {table}")
    Fold.objects.all().delete()
    settle_all_days()
    _add(counting.journeys(), at)
    Fold.objects.create(late_until=at, folded_at=at)
    return gone


def _add(source: str, late_until: datetime) -> None:
    """Add the rows of a source to all figures."""
    for side in Side:
        sql = _folded_sums(source, measures_of(side))
        _run(sql, [_moment(late_until)] * sql.count("%s"))
    for direction in counting.PLACES:
        _run(_folded_places(source, direction))


def _add_late(since: datetime, until: datetime) -> None:
    """Add whose deadline has passed in between and who still waits."""
    for measure in (Measure.LATE_CHECK_IN, Measure.OVERDUE):
        sql = _folded_sums(
            counting.journeys(), (measure,), "s.due_at >= %s AND s.due_at < %s AND NOT s.is_exempt"
        )
        _run(sql, [_moment(until), _moment(since), _moment(until)])


def _folded_sums(source: str, measures: Sequence[Measure], where: str = "true") -> str:
    """Write the statement that adds figures of one side to the rows of `Tally`."""
    names = [counting.column(measure) for measure in measures]
    return (
        f"INSERT INTO {TALLY} (path, above, is_self, {', '.join(names)}) SELECT path,"
        f" CASE WHEN is_self THEN path ELSE substr(path, 1, length(path) - {paths.WIDTH}) END, is_self,"
        f" {', '.join(names)} FROM ({counting.sums(source, measures, counting.upper(), where)}) AS found"
        f" WHERE true ON CONFLICT (path, is_self) DO UPDATE SET {_more(TALLY, names)}"
    )


def _folded_places(source: str, direction: str) -> str:
    """Write the statement that adds people to the rows of `PlaceTally`."""
    return (
        f"INSERT INTO {PLACE_TALLY} (path, direction, code, people) SELECT path, direction, code, people"
        f" FROM ({counting.places(source, direction)}) AS found"
        f" WHERE true ON CONFLICT (path, direction, code) DO UPDATE SET {_more(PLACE_TALLY, ['people'])}"
    )


def _more(table: str, names: Iterable[str]) -> str:
    return ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in names)
