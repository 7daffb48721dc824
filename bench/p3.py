"""P3 and P4: what do the overview and the desk cost from ten thousand journeys to ten million, at each level?

The same pages of the same organisations at each size, with a thousand moves not yet folded; beside them the
figures counted on demand from the journeys' paths, which is what they would cost otherwise (once where it
takes long). T18: no scope may cost more than the whole.
"""

import time
from collections.abc import Callable
from datetime import datetime
from statistics import median

from django.db import connection
from django.utils import timezone

from bench import pages
from bench.measuring import QUICK_ROUNDS, ROUNDS, Comparison, Rounds, alternate, percentile
from bench.nation import Nation
from bench.province import SETUP
from hongyan.members.actions import appoint, register_user
from hongyan.members.roles import Role
from hongyan.organizations.models import Organization
from hongyan.reports import overview as counting
from hongyan.reports.actions import count_anew, fold_due, pace_due
from hongyan.reports.flows import Direction, _at_places
from hongyan.reports.models import Shift

SIZES, QUICK_SIZES = (10_000, 100_000, 1_000_000, 10_000_000), (500, 2_000)
# Moves that a page meets unfolded: each takes one row away and adds one.
UNFOLDED = 500
GROWTH, MILLION, MILLISECONDS = 1.5, 1_000_000, 50.0
LEVELS = ("nation", "province", "prefecture", "county", "town", "village")
# Counting this many on demand takes so long that once must do.
LONG = 1_000_000


def measure(quick: bool) -> list[Comparison]:
    """Grow the nation step by step, and ask for every page at each size."""
    nation = Nation(timezone.now().replace(microsecond=0), counties=3 if quick else 10_000)
    scopes = _scopes()
    cookies = {level: _signed_in(level, row) for level, row in scopes.items()}
    lines: list[Comparison] = []
    reached: dict[int, Rounds] = {}
    for size in QUICK_SIZES if quick else SIZES:
        nation.grow(size)
        lines += _prepared(size)
        turns = {}
        for level, row in scopes.items():
            turns[f"overview, {level}"] = pages.timed(f"/overview/{row.pk}/", cookies[level], times=3)
            turns[f"desk, {level}"] = pages.timed("/desk/", cookies[level], times=3)
        reached[size] = alternate(turns, QUICK_ROUNDS if quick else ROUNDS)
        lines += [_on_demand(level, row, size) for level, row in scopes.items()]
        lines += _widths(reached[size], size)
        if size == MILLION:
            lines += [_slowest(level, row, cookies[level]) for level, row in scopes.items()]
    return lines + _growth(reached)


def _scopes() -> dict[str, Organization]:
    """Walk down from the nation to one village, always to the child with most below it."""
    found, row = {}, Organization.objects.get(pk=1)
    for level in LEVELS:
        found[level] = row
        row = Organization.objects.filter(parent=row).order_by("path").first() or row
    return found


def _signed_in(level: str, organization: Organization) -> str:
    now = timezone.now()
    user = register_user(username=f"bench-{level}", name=f"Bench {level}", by=SETUP, at=now)
    appoint(
        user=user,
        role=Role.SECRETARY if level == "village" else Role.DEPARTMENT,
        organization=organization,
        from_on=now.date(),
        by="system:setup",
        at=now,
    )
    return pages.signed_in(user)


def _prepared(size: int) -> list[Comparison]:
    """Count everything anew, and let a page meet what is not yet folded; say what both took."""
    took = {}
    for name, action in (("all counted anew", count_anew), ("all paces taken", pace_due)):
        begin = time.perf_counter()
        action(at=timezone.now())
        took[name] = time.perf_counter() - begin
    _move()
    begin = time.perf_counter()
    folded = fold_due(at=timezone.now())
    took[f"a fold of {folded:,} notes"] = time.perf_counter() - begin
    _move()
    if Shift.objects.count() != 2 * UNFOLDED:
        raise RuntimeError("nothing was noted: a figure would mean nothing")
    return [
        Comparison("P3", f"{name}, {size:,} journeys", "", "s", spent, more_is_better=False)
        for name, spent in took.items()
    ]


def _move() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journeys_journey SET is_short = NOT is_short WHERE id <= %s", [UNFOLDED])


def _timed(call: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        spent.append((time.perf_counter() - begin) * 1000)
    return median(spent)


def _on_demand(level: str, organization: Organization, size: int) -> Comparison:
    """Put the figures and places as they are read beside the same counted from the journeys."""
    at = timezone.now()
    ours = _timed(lambda: counting.overview(organization, at), ROUNDS)
    times = 1 if size >= LONG and level in LEVELS[:2] else 3
    other = _timed(lambda: _counted(organization, at), times)
    return Comparison(
        number="P3",
        what=f"figures, {level}, {size:,} journeys",
        beside="counted on demand, with places",
        unit="ms",
        ours=ours,
        other=other,
        more_is_better=False,
    )


def _counted(organization: Organization, at: datetime) -> None:
    counting._by_branch(organization.path, at)
    _at_places(organization, Direction.OUT, at, "")


def _widths(rounds: Rounds, size: int) -> list[Comparison]:
    """T18: put every scope beside the whole."""
    return [
        Comparison(
            number="P3" if kind == "overview" else "P4",
            what=f"{kind}, {level}, {size:,} journeys",
            beside="nation",
            unit="ms",
            ours=rounds.middle(f"{kind}, {level}"),
            other=rounds.middle(f"{kind}, nation"),
            more_is_better=False,
            spread=rounds.spread(f"{kind}, {level}"),
        )
        for kind in ("overview", "desk")
        for level in LEVELS
    ]


def _slowest(level: str, organization: Organization, cookie: str) -> Comparison:
    page = pages.timed(f"/overview/{organization.pk}/", cookie, times=1)
    spent = [page() for _ in range(40)]
    return Comparison(
        number="P3",
        what=f"overview, {level}, {MILLION:,} journeys, p95 of 40",
        beside="budget",
        unit="ms",
        ours=percentile(spent, 0.95),
        other=MILLISECONDS,
        required=1,
        more_is_better=False,
    )


def _growth(reached: dict[int, Rounds]) -> list[Comparison]:
    """Put the most journeys beside the fewest."""
    least, most = min(reached), max(reached)
    return [
        Comparison(
            number="P3" if kind == "overview" else "P4",
            what=f"{kind}, {level}, {most:,} journeys",
            beside=f"{least:,} journeys",
            unit="ms",
            ours=reached[most].middle(f"{kind}, {level}"),
            other=reached[least].middle(f"{kind}, {level}"),
            required=GROWTH if kind == "overview" else None,
            more_is_better=False,
            spread=f"{reached[most].spread(f'{kind}, {level}')}; {reached[least].spread(f'{kind}, {level}')}",
        )
        for kind in ("overview", "desk")
        for level in LEVELS
    ]
