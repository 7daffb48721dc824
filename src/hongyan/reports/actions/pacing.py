"""Take the pace of the upper organisations: how far and how fast came those who were marked lately."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.db.models import Count, F, Window
from django.db.models.functions import Left, RowNumber
from django.db.models.query import QuerySet

from hongyan.journeys.models import Journey
from hongyan.organizations import paths
from hongyan.reports.funnel import TOOK, Step, durations, marked_lately, steps_made
from hongyan.reports.models import Pace
from hongyan.statements import in_turn, snapshot

# Nation, province, prefecture: below, so few are marked that one counts them when asked.
DEPTH = 3
_FIELD = {Step.CHECKED_IN: "check_in_took", Step.ACCEPTED: "accept_took"}


def pace_due(*, at: datetime) -> int:
    """Take every pace anew; return how many organisations have one."""
    # Looked up without a lock: on SQLite nobody else could write meanwhile.
    with snapshot():
        found = [row for level in range(1, DEPTH + 1) for row in _level(level * paths.WIDTH, at)]
    with in_turn():
        Pace.objects.all().delete()
        Pace.objects.bulk_create(found, batch_size=500)
    return len(found)


def _level(width: int, at: datetime) -> list[Pace]:
    """Count every part of the tree of one width, in three queries."""
    marked = marked_lately(at).annotate(part=Left("home_path", width)).order_by()
    values: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in cast(Iterable[dict[str, Any]], marked.values("part").annotate(**steps_made())):
        values[row["part"]] |= {str(step): row[step] for step in Step}
    for step in TOOK:
        for part, took in _medians(marked, step):
            values[part][_FIELD[step]] = took
    return [Pace(path=part, paced_at=at, **row) for part, row in values.items() if len(part) == width]


def _medians(marked: QuerySet[Journey], step: Step) -> Iterable[tuple[str, Any]]:
    """Pick the (lower) median of each part of the tree."""
    placed = durations(marked, step).annotate(
        place=Window(RowNumber(), partition_by="part", order_by="took"),
        among=Window(Count("pk"), partition_by="part"),
    )
    return placed.filter(place=(F("among") + 1) / 2).values_list("part", "took")
