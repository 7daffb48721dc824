"""Write down by how much the figures changed on each day, from the moves that happened: facts that stay."""

from django.db import connection

from hongyan.reports import counting
from hongyan.reports.counting import DATED, DAY
from hongyan.reports.measures import Side, side_of

NEW_MOVES, DAY_CHANGES = "reports_newmove", "reports_daychange"


def settle_days() -> None:
    """Add the moves that the days do not know yet; the caller's transaction sees one moment."""
    _add(counting.moves())
    _run(f"DELETE FROM {NEW_MOVES}")


def settle_all_days() -> None:
    """Write all days anew, from every move there ever was."""
    _run(f"DELETE FROM {NEW_MOVES}")
    _run(f"DELETE FROM {DAY_CHANGES}")
    _add(counting.moves(new=False))


def _add(source: str) -> None:
    for side in Side:
        measures = [measure for measure in DATED if side_of(measure) == side]
        if not measures:
            continue
        names = [counting.column(measure) for measure in measures]
        found = counting.dated_sums(source, measures, DAY[connection.vendor])
        more = ", ".join(f"{name} = {DAY_CHANGES}.{name} + excluded.{name}" for name in names)
        _run(
            f"INSERT INTO {DAY_CHANGES} (path, day, {', '.join(names)})"
            f" SELECT path, day, {', '.join(names)} FROM ({found}) AS found"
            f" WHERE true ON CONFLICT (path, day) DO UPDATE SET {more}"
        )


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
