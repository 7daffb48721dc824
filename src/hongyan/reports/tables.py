"""What stands in the tables of figures an organisation reports, for itself and for each one right below?

Who is out and who is in are the figures of the overview (`measures`), divided further; so the tables agree
with it and with one another: docs/figures.md says how.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from django.db.models import BooleanField, Case, Count, Q, Value, When
from django.db.models.functions import Coalesce, Left
from django.db.models.query import QuerySet

from hongyan.geography.codes import Level
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.organizations import paths
from hongyan.organizations.kinds import Kind
from hongyan.organizations.models import Organization
from hongyan.reports.measures import Measure, Subtree, selects
from hongyan.reports.occupations import Occupation, occupation_of
from hongyan.reports.standing import Ground, ground


class Figure(StrEnum):
    """One figure of the tables."""

    OUT = "out"
    OUT_BEYOND = "out_beyond"
    OUT_INSIDE = "out_inside"
    OUT_ACROSS = "out_across"
    OUT_NEAR = "out_near"
    OUT_VAGUE = "out_vague"
    OUT_UNKNOWN = "out_unknown"
    IN = "in"
    IN_BEYOND = "in_beyond"
    IN_ELSEWHERE = "in_elsewhere"
    IN_COUNTY = "in_county"
    IN_AWAY = "in_away"
    AWAY_BEYOND = "away_beyond"
    AWAY_BEYOND_PEOPLE = "away_beyond_people"
    AWAY_INSIDE = "away_inside"
    AWAY_INSIDE_PEOPLE = "away_inside_people"
    HOSTS = "hosts"
    SPECIAL = "special"
    KEPT = "kept"
    KEPT_INSIDE = "kept_inside"
    KEPT_BEYOND = "kept_beyond"
    HELD = "held"
    EMPLOYED = "employed"


Counts = Counter[str]


@dataclass(frozen=True)
class Line:
    """The figures of one organisation right below with all below it; or of the organisation by itself."""

    organization_id: int
    name: str
    counts: Counts
    is_own: bool = False


@dataclass(frozen=True)
class Table:
    """The figures of an organisation and the lines they are the sums of."""

    organization: Organization
    at: datetime
    total: Counts
    lines: tuple[Line, ...]


def _reach(home: str, away: str) -> tuple[Figure, ...]:
    """Say how far somebody went, by the codes of both places: the figure and the one it is a part of."""
    if not away:
        return (Figure.OUT_UNKNOWN,)
    if not home or home[: Level.PROVINCE] != away[: Level.PROVINCE]:
        return (Figure.OUT_BEYOND,)
    if min(len(home), len(away)) < Level.PREFECTURE:
        return (Figure.OUT_INSIDE, Figure.OUT_VAGUE)
    same = home[: Level.PREFECTURE] == away[: Level.PREFECTURE]
    return (Figure.OUT_INSIDE, Figure.OUT_NEAR if same else Figure.OUT_ACROSS)


def _out(organization: Organization, at: datetime) -> QuerySet[Journey]:
    return Journey.objects.filter(selects(Measure.OUT, Subtree(organization.path), at)).order_by()


def _read(rows: Any) -> Iterable[dict[str, Any]]:
    return cast(Iterable[dict[str, Any]], rows)


_PLACE = Coalesce(Left("destination_id", int(Level.PREFECTURE)), Value(""))


def _those_out(
    organization: Organization, at: datetime, upper: Ground, width: int
) -> Iterator[tuple[str, Counts]]:
    """Count who is out by the branch he belongs to and how far he went, in one query."""
    rows = (
        _out(organization, at)
        .annotate(branch=Left("home_path", max(width, upper.width)), place=_PLACE)
        .values("branch", "place")
        .annotate(people=Count("pk"))
    )
    for row in _read(rows):
        reach = _reach(upper.code(row["branch"]), row["place"])
        yield row["branch"], Counter(dict.fromkeys((Figure.OUT, *reach), row["people"]))


def _origin(upper: Ground, home: str, host: str) -> tuple[Figure, ...]:
    """Say from how far somebody came, by where both organisations stand in the tree."""
    if upper.province(home) != upper.province(host):
        return (Figure.KEPT, Figure.IN_BEYOND, Figure.KEPT_BEYOND)
    near = upper.unit(home) == upper.unit(host)
    return (Figure.KEPT, Figure.IN_COUNTY if near else Figure.IN_ELSEWHERE, Figure.KEPT_INSIDE)


def _those_in(
    organization: Organization, at: datetime, upper: Ground, width: int, away: frozenset[int]
) -> Iterator[tuple[str, Counts]]:
    """Count who is in by the branch that hosts him and where he came from, and the hosts, in two queries."""
    found = Journey.objects.filter(selects(Measure.IN, Subtree(organization.path), at)).order_by()
    is_away = Case(
        When(host_id__in=away, then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    rows = (
        found.annotate(
            branch=Left("host_path", max(width, upper.width)),
            origin=Left("home_path", upper.width),
            away=is_away if away else Value(False),
        )
        .values("branch", "origin", "away")
        .annotate(people=Count("pk"))
    )
    for row in _read(rows):
        parts = (Figure.IN_AWAY,) if row["away"] else _origin(upper, row["origin"], row["branch"])
        yield row["branch"], Counter(dict.fromkeys((Figure.IN, *parts), row["people"]))
    hosts = (
        found.exclude(host_id__in=away)
        .annotate(branch=Left("host_path", width))
        .values("branch", "host__kind")
        .annotate(hosts=Count("host", distinct=True))
    )
    for row in _read(hosts):
        counted = {Figure.HOSTS: row["hosts"], kind_word(row["host__kind"]): row["hosts"]}
        yield row["branch"], Counter(counted)


def kind_word(kind: str) -> str:
    """Name the figure that counts the hosts of one kind."""
    return f"hosts_{kind}"


@dataclass(frozen=True)
class MobileBranch:
    """One 流动党员党支部: where it stands in the tree, how far from home, and how many it keeps."""

    pk: int
    path: str
    is_away: bool
    is_beyond: bool
    people: int


def managed(branches: Iterable[int]) -> dict[int, int]:
    """Count whom each of these branches keeps: those it hosts, and those whose membership lies there."""
    wanted = list(branches)
    hosted = Journey.objects.filter(host_id__in=wanted, status__in=(Status.HOSTED, Status.RELOCATING))
    own = Member.objects.filter(branch_id__in=wanted, erased_at=None, merged_into=None)
    counts: Counter[int] = Counter()
    for rows, whose in ((hosted, "host_id"), (own, "branch_id")):
        counts.update(dict(rows.order_by().values_list(whose).annotate(number=Count("pk"))))
    return counts


def mobile_branches(organization: Organization) -> list[MobileBranch]:
    """Find the 流动党员党支部 in a subtree: those founded elsewhere, and those for whoever comes here."""
    rows = Organization.objects.under(organization.path).open().filter(kind=Kind.MOBILE_BRANCH)
    found = list(rows.values_list("pk", "path", "division_id", "parent__division_id"))
    people = managed(pk for pk, *_ in found)
    return [
        MobileBranch(pk, path, *_far(place or "", home or ""), people.get(pk, 0))
        for pk, path, place, home in found
    ]


def _far(place: str, home: str) -> tuple[bool, bool]:
    away = bool(place and home) and not place.startswith(home)
    return away, away and place[: Level.PROVINCE] != home[: Level.PROVINCE]


def _of_branches(found: Iterable[MobileBranch]) -> Iterator[tuple[str, Counts]]:
    for one in found:
        if not one.is_away:
            yield one.path, Counter({Figure.SPECIAL: 1})
        elif one.is_beyond:
            yield one.path, Counter({Figure.AWAY_BEYOND: 1, Figure.AWAY_BEYOND_PEOPLE: one.people})
        else:
            yield one.path, Counter({Figure.AWAY_INSIDE: 1, Figure.AWAY_INSIDE_PEOPLE: one.people})


def table(organization: Organization, at: datetime) -> Table:
    """Count an organisation and each one right below it, in a fixed number of queries."""
    width, upper = len(organization.path) + paths.WIDTH, ground()
    branches = mobile_branches(organization)
    away = frozenset(one.pk for one in branches if one.is_away)
    sums: dict[str, Counts] = {}
    for path, counts in (
        *_those_out(organization, at, upper, width),
        *_those_in(organization, at, upper, width, away),
        *_of_branches(branches),
    ):
        sums.setdefault(path[:width], Counter()).update(counts)
    return Table(organization, at, sum(sums.values(), Counter()), tuple(_lines(organization, sums)))


def _lines(organization: Organization, sums: Mapping[str, Counts]) -> Iterator[Line]:
    """Name the lines in the order of the tree; who is closed stays as long as it counts anybody."""
    if organization.path in sums:
        yield Line(organization.pk, organization.short_name, sums[organization.path], is_own=True)
    for child in Organization.objects.filter(parent=organization).order_by("path"):
        if child.closed_at is None or child.path in sums:
            yield Line(child.pk, child.short_name, sums.get(child.path, Counter()))


def yearly(organization: Organization, at: datetime) -> dict[Occupation, Counts]:
    """Count who is out by what he did before: how far he went, who holds a credential, who named a unit."""
    upper = ground()
    rows = (
        _out(organization, at)
        .annotate(branch=Left("home_path", upper.width), place=_PLACE)
        .values("branch", "place", "member__occupation")
        .annotate(
            people=Count("pk"),
            held=Count("pk", filter=~Q(member__credential_number="")),
            employed=Count("pk", filter=~Q(employer="")),
        )
    )
    found: dict[Occupation, Counts] = {one: Counter() for one in Occupation}
    for row in _read(rows):
        counts = found[occupation_of(row["member__occupation"])]
        for figure in (Figure.OUT, *_reach(upper.code(row["branch"]), row["place"])):
            counts[figure] += row["people"]
        counts[Figure.HELD] += row["held"]
        counts[Figure.EMPLOYED] += row["employed"]
    return found
