"""What are the figures of an organisation and of every organisation right below it, at this moment?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import Count, Q
from django.db.models.functions import Left

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.organizations import paths
from hongyan.organizations.models import Organization
from hongyan.reports import folded
from hongyan.reports.measures import (
    ACTIVE,
    ADDITIVE,
    HOSTED,
    RELATIVE,
    EachBranch,
    Measure,
    Scope,
    Side,
    Subtree,
    condition,
    measures_of,
)
from hongyan.statements import snapshot


@dataclass(frozen=True)
class Figures:
    """Every figure of one scope; a rate is None where there is nobody to take it of."""

    counts: Mapping[Measure, int]

    def __getitem__(self, measure: Measure | str) -> int:
        return self.counts[Measure(measure)]

    @property
    def check_in_rate(self) -> float | None:
        """Return who has checked in ÷ who is out, from 0 to 1."""
        return self._of_out(Measure.CHECKED_IN)

    @property
    def hosting_rate(self) -> float | None:
        """Return who is hosted ÷ who is out, from 0 to 1."""
        return self._of_out(Measure.HOSTED)

    @property
    def is_empty(self) -> bool:
        """Tell whether no figure counts anybody."""
        return not any(self.counts.values())

    def _of_out(self, measure: Measure) -> float | None:
        out = self.counts[Measure.OUT]
        return self.counts[measure] / out if out else None


@dataclass(frozen=True)
class Row:
    """The figures of one organisation right below, with all below it; or of the organisation by itself."""

    organization_id: int
    name: str
    figures: Figures
    is_own: bool = False


@dataclass(frozen=True)
class Overview:
    """The figures of an organisation and how they divide: the additive ones of `rows` add up to its own."""

    organization: Organization
    at: datetime
    figures: Figures
    rows: tuple[Row, ...]

    @property
    def own(self) -> Row | None:
        """Return what belongs to the organisation itself and to nobody below it."""
        return next((row for row in self.rows if row.is_own), None)

    @property
    def children(self) -> tuple[Row, ...]:
        """List the organisations right below."""
        return tuple(row for row in self.rows if not row.is_own)


@dataclass(frozen=True)
class _Query:
    """Figures counted in one pass; every one of their conditions implies `given`, which the index serves."""

    side: Side
    measures: tuple[Measure, ...]
    given: Q


# Figures by the path of a part of the tree.
Branches = dict[str, dict[Measure, int]]
_OPEN = ~Q(status=Status.CLOSED)
# What needs a join is counted apart, so that the join meets the few rows it is about.
_JOINED = (Measure.LATE_CHECK_IN, Measure.FALLBACK, Measure.OVERDUE)


def _plain(side: Side) -> tuple[Measure, ...]:
    return tuple(measure for measure in measures_of(side) if measure not in _JOINED)


def _queries(at: datetime) -> tuple[_Query, ...]:
    whole = Subtree("")  # the joined figures are additive: their conditions do not look at the scope
    return (
        _Query(Side.HOME, _plain(Side.HOME), _OPEN),
        _Query(Side.HOST, _plain(Side.HOST), ACTIVE & HOSTED),
        _Query(Side.HOLDER, _plain(Side.HOLDER), condition(Measure.ON_DESK, whole, at)),
        *(
            _Query(side, (measure,), condition(measure, whole, at))
            for side in Side
            for measure in measures_of(side)
            if measure in _JOINED
        ),
    )


def _counts(query: _Query, scope: Scope, prefix: str, measures: Iterable[Measure], at: datetime) -> Any:
    if len(query.measures) == 1:
        return {f"{prefix}{measure}": Count("pk") for measure in measures}
    return {
        f"{prefix}{measure}": Count("pk", filter=condition(measure, scope, at) or None)
        for measure in measures
    }


def _by_branch(path: str, at: datetime) -> tuple[Branches, dict[Measure, int]]:
    """Count every branch below a path, and what depends on the path's own bounds; one query per group."""
    width = len(path) + paths.WIDTH
    branches: Branches = {}
    relative = dict.fromkeys(RELATIVE, 0)
    scope = Subtree(path)
    for query in _queries(at):
        whole = [measure for measure in query.measures if measure in RELATIVE]
        rows = (
            Journey.objects.filter(scope.covers(query.side), query.given)
            .annotate(branch=Left(query.side, width))
            .values("branch")
            .annotate(
                **_counts(query, EachBranch(query.side, width), "each_", query.measures, at),
                **_counts(query, scope, "all_", whole, at),
            )
            .order_by()
        )
        for row in cast(Iterable[dict[str, Any]], rows):
            counts = branches.setdefault(row["branch"], dict.fromkeys(Measure, 0))
            for measure in query.measures:
                counts[measure] = row[f"each_{measure}"]
            for measure in whole:
                relative[measure] += row[f"all_{measure}"]
    return branches, relative


def _folded(path: str, until: datetime, at: datetime) -> tuple[Branches, dict[Measure, int]]:
    """Read the same from the folded figures; what belongs to the organisation itself is a branch, too."""
    found = folded.figures(path, until, at)
    branches = {part: counts for (part, is_self), counts in found.items() if is_self or part != path}
    whole = found.get((path, False), dict.fromkeys(Measure, 0))
    return (
        {part: counts for part, counts in branches.items() if any(counts.values())},
        {measure: whole[measure] for measure in RELATIVE},
    )


def rates(organization: Organization, at: datetime) -> Figures:
    """Count only what the rates of an organisation are made of, in few queries."""
    path = organization.path
    with snapshot():
        if folded.folded_until(path):
            return Figures(folded.of_home(path))
        conditions = {str(measure): condition(measure, Subtree(path), at) for measure in folded.RATED}
        found = Journey.objects.filter(Subtree(path).covers(Side.HOME), _OPEN).aggregate(
            **{name: Count("pk", filter=wanted) for name, wanted in conditions.items()}
        )
    return Figures({measure: found[measure] for measure in folded.RATED})


def overview(organization: Organization, at: datetime) -> Overview:
    """Count an organisation and each one right below it, in a constant number of queries."""
    with snapshot():
        return _overview(organization, at)


def _overview(organization: Organization, at: datetime) -> Overview:
    path = organization.path
    until = folded.folded_until(path)
    branches, relative = _folded(path, until, at) if until else _by_branch(path, at)
    totals = {
        measure: sum(counts[measure] for counts in branches.values()) if measure in ADDITIVE else 0
        for measure in Measure
    }
    nothing = dict.fromkeys(Measure, 0)
    rows = [
        Row(child.pk, child.short_name, Figures(branches.get(child.path, nothing)))
        for child in Organization.objects.filter(parent=organization).order_by("path")
        # An organisation that was closed stays as long as it counts anybody.
        if child.closed_at is None or child.path in branches
    ]
    if path in branches:
        rows.insert(0, Row(organization.pk, organization.short_name, Figures(branches[path]), is_own=True))
    return Overview(organization, at, Figures(totals | relative), tuple(rows))


__all__ = ["Figures", "Overview", "Row", "overview", "rates"]
