"""Are the figures of the overview what one gets by counting every journey by hand?

A second count, in Python and without the predicates of `measures`, so that a mistake in those shows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from hongyan.journeys.models import Journey
from hongyan.organizations import paths
from hongyan.organizations.kinds import Kind, Tier
from hongyan.organizations.models import Organization
from hongyan.reports.flows import MEASURE_OF, Direction, spread
from hongyan.reports.history import figures_on
from hongyan.reports.laws import Violation, shown
from hongyan.reports.measures import ADDITIVE, CONSERVED, Measure
from hongyan.reports.models import Fold, NewMove
from hongyan.reports.overview import Overview, overview

COLUMNS = (
    "status", "home_path", "host_path", "holder_path", "is_short", "lost_at", "checked_in_at", "due_at",
    "member__is_exempt", "host__kind",
)  # fmt: skip
# Of towns, villages and places outside a sample; their rows in the overview above are compared always.
SAMPLE = 40
_TOP = (Tier.NATION, Tier.PROVINCE)
Counts = Mapping[str, Counter[Measure]]
Tally = defaultdict[str, Counter[Measure]]


@dataclass(frozen=True)
class Fact:
    """What one journey says, as far as figures are concerned."""

    status: str
    home_path: str
    host_path: str
    holder_path: str
    is_short: bool
    is_lost: bool
    has_checked_in: bool
    is_late: bool
    host_kind: str


def facts(at: datetime) -> Iterator[Fact]:
    """Read every open journey."""
    for row in Journey.objects.open().values_list(*COLUMNS).iterator(5000):
        status, home, host, holder, is_short, lost_at, checked_in_at, due_at, is_exempt, kind = row
        late = due_at is not None and due_at < at and not is_exempt
        yield Fact(
            status,
            home,
            host,
            holder,
            is_short,
            lost_at is not None,
            checked_in_at is not None,
            late,
            kind or "",
        )


def _of_home(fact: Fact) -> Iterator[Measure]:
    """Name the figures a journey counts in at its home, wherever the scope ends."""
    if fact.is_short:
        yield Measure.SHORT
        return
    yield Measure.OUT
    waiting = fact.status in ("planned", "awaiting")
    if fact.has_checked_in:
        yield Measure.CHECKED_IN
    if waiting:
        yield Measure.AWAITING
        if fact.is_late:
            yield Measure.LATE_CHECK_IN
    if fact.status == "dispatching":
        yield Measure.DISPATCHING
    if fact.status in ("hosted", "relocating"):
        yield Measure.HOSTED
    elif not fact.is_lost:
        yield Measure.IN_TRANSIT
    if fact.status == "returning":
        yield Measure.RETURNING
    if fact.is_lost:
        yield Measure.OUT_OF_CONTACT


def recount(found: Iterable[Fact]) -> Counts:
    """Count every figure at every organisation (by path) that counts anybody."""
    # What does not depend on where a scope ends is counted where it stands, then added up level by level.
    own: Tally = defaultdict(Counter)
    scoped: Tally = defaultdict(Counter)
    for fact in found:
        for measure in _of_home(fact):
            own[fact.home_path][measure] += 1
        for measure in _of_desk(fact):
            own[fact.holder_path][measure] += 1
        if fact.status in ("hosted", "relocating") and not fact.is_short:
            _count_hosted(fact, own, scoped)
    for path, counts in own.items():
        for above in paths.chain(path):
            scoped[above].update(counts)
    return dict(scoped)


def _of_desk(fact: Fact) -> Iterator[Measure]:
    """Name the figures a journey counts in at the desk that owes its next step."""
    if fact.status in ("dispatching", "relocating"):
        yield Measure.ON_DESK
    if fact.is_late:
        yield Measure.OVERDUE


def _count_hosted(fact: Fact, own: Tally, scoped: Tally) -> None:
    """Count somebody who is hosted: at his host, and at every scope that holds one of the two places."""
    if not fact.is_lost:
        for path in paths.chain(fact.home_path):
            scoped[path][Measure.WITHIN if fact.host_path.startswith(path) else Measure.OUTSIDE] += 1
    if fact.host_kind == Kind.MOBILE_BRANCH:
        own[fact.host_path][Measure.FALLBACK] += 1
    if fact.home_path.startswith(fact.host_path):
        return
    own[fact.host_path][Measure.IN] += 1
    for path in paths.chain(fact.host_path):
        if not fact.home_path.startswith(path):
            scoped[path][Measure.IN_FROM_OUTSIDE] += 1


def _differences(counts: Counts, seen: Overview) -> Iterator[tuple[str, str]]:
    """Compare one overview with the recount: its own figures, its rows, and that they divide."""
    organization = seen.organization
    mine = counts.get(organization.path, Counter())
    for measure in Measure:
        if seen.figures[measure] != mine[measure]:
            yield (
                f"organization:{organization.pk}",
                f"{measure}: shows {seen.figures[measure]}, counted {mine[measure]}",
            )
        total = sum(row.figures[measure] for row in seen.rows)
        if measure in ADDITIVE and total != seen.figures[measure]:
            yield (
                f"organization:{organization.pk}",
                f"{measure}: {seen.figures[measure]} divides into {total}",
            )


def _row_differences(counts: Counts, seen: Overview, path_of: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    for row in seen.children:
        theirs = counts.get(path_of[row.organization_id], Counter())
        for measure in Measure:
            if row.figures[measure] != theirs[measure]:
                yield (
                    f"organization:{row.organization_id}",
                    f"{measure}: its row shows {row.figures[measure]}, counted {theirs[measure]}",
                )


def unconserved(counts: Counts) -> Iterator[tuple[str, str]]:
    """Find the scopes where a whole is not the sum of its parts."""
    for path, mine in counts.items():
        for whole, parts in CONSERVED:
            total = sum(mine[part] for part in parts)
            if mine[whole] != total:
                yield path, f"{whole}: {mine[whole]} is not {' + '.join(parts)} = {total}"


def unknown_paths(counts: Counts, known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Find the paths that journeys are counted under although no organisation stands there."""
    for path in sorted(set(counts) - set(known)):
        yield path, "no organisation stands here"


def _chosen(counts: Counts, everything: bool) -> list[Organization]:
    """Choose whose overview is compared: all that have others below, or of those outside or low a sample."""
    parents = set(Organization.objects.values_list("parent_id", flat=True))
    every = Organization.objects.order_by("path").iterator(5000)
    counting = [row for row in every if row.path in counts]
    if everything:
        return counting
    upper = [row for row in counting if row.pk in parents and (row.tier in _TOP or row.has_desk)]
    upper = [row for row in upper if row.tier not in (Tier.TOWN, Tier.GRASSROOTS)]
    chosen = {row.pk for row in upper}
    lower = [row for row in counting if row.pk not in chosen]
    return upper + lower[:: max(1, len(lower) // SAMPLE)]


def _days_differ(seen: Overview, on: Mapping[Measure, int]) -> Iterator[tuple[str, str]]:
    """Compare the sum of an organisation's days with its figures of this moment."""
    for measure, summed in on.items():
        if seen.figures[measure] != summed:
            yield (
                f"organization:{seen.organization.pk}",
                f"{measure}: shows {seen.figures[measure]}, its days sum up to {summed}",
            )


def _places_differ(seen: Overview, at: datetime) -> Iterator[tuple[str, str]]:
    """Compare the places of an organisation with the figure they divide."""
    for direction in Direction:
        figure, total = seen.figures[MEASURE_OF[direction]], spread(seen.organization, direction, at).total
        if figure != total:
            yield f"organization:{seen.organization.pk}", f"{direction}: {figure} is at {total} places"


def differences(at: datetime, *, everything: bool = False) -> tuple[list[Violation], int]:
    """Compare the overview with a second count; return what differs, and how many figures were compared."""
    counts = recount(facts(at))
    path_of = dict(Organization.objects.values_list("pk", "path"))
    found = shown("figures add up", unconserved(counts))
    found += shown("figures belong to an organisation", unknown_paths(counts, path_of.values()))
    differing: list[tuple[str, str]] = []
    compared = 0
    chosen = _chosen(counts, everything)
    # What has moved since the last fold is in no day yet.
    is_settled = Fold.objects.exists() and not NewMove.objects.exists()
    days = figures_on([one.path for one in chosen], timezone.localdate(at)) if is_settled else {}
    for organization in chosen:
        seen = overview(organization, at)
        compared += len(Measure) * (1 + len(seen.children))
        differing += _differences(counts, seen)
        differing += _row_differences(counts, seen, path_of)
        differing += _places_differ(seen, at)
        if is_settled:
            differing += _days_differ(seen, days[organization.path])
    return found + shown("the overview shows what can be counted", differing), compared
