"""Where did the members of an organisation go, and where did those it hosts come from?

Both spreads divide a figure of the overview by place, level by level: what is not known deeply enough stays
beside the places, so that every level adds up to the number one clicked.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from django.db.models import Case, Count, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce, Left
from django.db.models.query import QuerySet

from hongyan.geography.codes import Level, prefix_range
from hongyan.geography.names import FILLERS, children_of, name_of
from hongyan.journeys.models import Journey
from hongyan.organizations.models import Organization
from hongyan.reports import folded
from hongyan.reports.measures import Measure, Subtree, selects
from hongyan.statements import snapshot

MOST_LINES = 30
# Stands where a code stands, for those whose place nobody knows.
UNKNOWN = "none"


class Direction(StrEnum):
    """Which way one looks."""

    OUT = "out"
    IN = "in"


MEASURE_OF = {Direction.OUT: Measure.OUT, Direction.IN: Measure.IN}
# The column that holds the code of the other place.
FIELD_OF = {Direction.OUT: "destination_id", Direction.IN: "home__division_id"}


@dataclass(frozen=True)
class Place:
    """How many are at one place (or from it)."""

    code: str
    name: str
    count: int
    # Nothing lies below that could be told apart.
    is_last: bool


@dataclass(frozen=True)
class Spread:
    """A figure divided by the places right below `parent`; places + vague + unknown = total."""

    direction: Direction
    parent: str
    total: int
    places: tuple[Place, ...]
    # The parent itself is known, but not where in it.
    vague: int
    # No place is known at all; only at the top.
    unknown: int


@dataclass(frozen=True)
class Flow:
    """How many go from one place to another."""

    source: str
    target: str
    count: int


def _fillers(parent: str) -> list[str]:
    """List the prefectures that exist only in the code list: their counties stand in their place."""
    if len(parent) != Level.PROVINCE:
        return []
    return [code for code in children_of(parent) if name_of(code) in FILLERS]


def is_municipality(code: str) -> bool:
    """Tell whether a province has no prefectures but only counties."""
    below = children_of(code) if len(code) == Level.PROVINCE else ()
    return bool(below) and set(below) == set(_fillers(code))


def _inside(field: str, code: str) -> Q:
    low, high = prefix_range(code)
    return Q(**{f"{field}__gte": low, f"{field}__lt": high})


def _cut(field: str, parent: str) -> Any:
    """Cut a code to the level right below the parent, a level deeper where that one is a filler."""
    levels = list(Level)
    level = levels[levels.index(Level(len(parent))) + 1] if parent else Level.PROVINCE
    skipped = [When(_inside(field, code), then=Left(field, int(Level.COUNTY))) for code in _fillers(parent)]
    return Case(*skipped, default=Left(field, int(level))) if skipped else Left(field, int(level))


def at_place(direction: Direction, code: str, exactly: bool = False) -> Q:
    """Select the journeys to (or from) a place; `exactly`: the place itself, not what lies in it."""
    field = FIELD_OF[direction]
    if code == UNKNOWN:
        return Q(**{f"{field}__isnull": True})
    if exactly:
        # A province whose prefecture is a filler is no better known than the province itself.
        return Q(**{f"{field}__in": [code, *_fillers(code)]})
    return _inside(field, code) if code else Q()


def _counted(organization: Organization, direction: Direction, at: datetime) -> QuerySet[Journey]:
    predicate = selects(MEASURE_OF[direction], Subtree(organization.path), at)
    return Journey.objects.filter(predicate).order_by()


def _at_places(organization: Organization, direction: Direction, at: datetime, parent: str) -> dict[str, int]:
    """Count people by the place right below a division, one by one; in one query."""
    rows = (
        _counted(organization, direction, at)
        .filter(at_place(direction, parent))
        .annotate(place=Coalesce(_cut(FIELD_OF[direction], parent), Value("")))
        .values("place")
        .annotate(people=Count("pk"))
    )
    return {row["place"]: row["people"] for row in cast(Iterable[dict[str, Any]], rows)}


def _at_places_folded(organization: Organization, direction: Direction, parent: str) -> dict[str, int]:
    """Read the same from what is folded and what has moved since; in two queries."""
    counts: dict[str, int] = defaultdict(int)
    for rows, field in folded.at_places(organization.path, direction):
        inside = rows.filter(_inside(field, parent)) if parent else rows
        found = inside.annotate(place=_cut(field, parent)).values("place").order_by()
        for row in cast(Iterable[dict[str, Any]], found.annotate(number=Sum(folded.PEOPLE[rows.model]))):
            counts[row["place"]] += row["number"]
    return {place: number for place, number in counts.items() if number}


def spread(organization: Organization, direction: Direction, at: datetime, parent: str = "") -> Spread:
    """Divide who is out (or in) by the places right below a division, in three queries at most."""
    deep = len(parent) > Level.PREFECTURE
    with snapshot():
        if not deep and folded.folded_until(organization.path, folded.PLACES_BELOW):
            counts = _at_places_folded(organization, direction, parent)
        else:
            counts = _at_places(organization, direction, at, parent)
    total = sum(counts.values())
    unknown = counts.pop("", 0)
    vague = sum(counts.pop(code, 0) for code in [parent, *_fillers(parent)] if code)
    places = [
        Place(code, name_of(code) or code, count, len(code) >= Level.COUNTY or not children_of(code))
        for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return Spread(direction, parent, total, tuple(places), vague, unknown)


def destinations(organization: Organization, at: datetime, parent: str = "") -> Spread:
    """Say where those who are out went: by province, or by what lies right below `parent`."""
    return spread(organization, Direction.OUT, at, parent)


def origins(organization: Organization, at: datetime, parent: str = "") -> Spread:
    """Say where those who are hosted came from: by province, or by what lies right below `parent`."""
    return spread(organization, Direction.IN, at, parent)


def flows(
    organization: Organization, direction: Direction, at: datetime, parent: str = ""
) -> tuple[Flow, ...]:
    """Pair homes and destinations as far as both lie inside `parent`, at the level right below it."""
    home, away = FIELD_OF[Direction.IN], FIELD_OF[Direction.OUT]
    inside = _inside(home, parent) & _inside(away, parent) if parent else Q()
    rows = (
        _counted(organization, direction, at)
        .filter(inside)
        .annotate(source=_cut(home, parent), target=_cut(away, parent))
        .exclude(source=F("target"))
        .values("source", "target")
        .annotate(people=Count("pk"))
        .order_by("-people", "source", "target")[:MOST_LINES]
    )
    found = cast(Iterable[dict[str, Any]], rows)
    return tuple(Flow(row["source"], row["target"], row["people"]) for row in found)


__all__ = [
    "MEASURE_OF",
    "UNKNOWN",
    "Direction",
    "Flow",
    "Place",
    "Spread",
    "at_place",
    "destinations",
    "flows",
    "is_municipality",
    "origins",
    "spread",
]
