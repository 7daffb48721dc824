"""How are figures said on a page: with their words, the list each opens, and the number it is a part of?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from hongyan.geography.codes import Level, parent_of
from hongyan.geography.names import FILLERS, name_of
from hongyan.members.permissions import Actor
from hongyan.organizations.models import Organization
from hongyan.reports.flows import MEASURE_OF, UNKNOWN, Direction, Flow, Spread, is_municipality
from hongyan.reports.funnel import Funnel
from hongyan.reports.measures import CONSERVED, MEANING_LABELS, MEASURE_LABELS, Measure
from hongyan.reports.overview import Figures, Overview, Row
from hongyan.web.overview.filters import Filters, address, may_look_into

SIX = (
    (Measure.OUT, (Measure.SHORT,)),
    (Measure.IN, (Measure.IN_FROM_OUTSIDE,)),
    (Measure.AWAITING, (Measure.LATE_CHECK_IN,)),
    (Measure.DISPATCHING, (Measure.ON_DESK,)),
    (Measure.HOSTED, (Measure.FALLBACK,)),
    (Measure.OUT_OF_CONTACT, (Measure.OVERDUE,)),
)
COLUMNS = (
    Measure.OUT,
    Measure.IN,
    Measure.AWAITING,
    Measure.DISPATCHING,
    Measure.OVERDUE,
    Measure.OUT_OF_CONTACT,
)
# Beside these two stands the part of those who are out that is counted by the other.
RATES = {Measure.AWAITING: Measure.CHECKED_IN, Measure.HOSTED: Measure.HOSTED}
# What is late or lost is said in red, but only when there is any.
ALARMING = (Measure.LATE_CHECK_IN, Measure.OVERDUE, Measure.OUT_OF_CONTACT)


@dataclass(frozen=True)
class Number:
    """One figure on a page: its word, its meaning, how many, and the list that shows exactly these."""

    label: str
    meaning: str
    count: int
    href: str
    alarming: bool = False
    share: str = ""

    @property
    def text(self) -> str:
        """Write the count with separators."""
        return f"{self.count:,}"


@dataclass(frozen=True)
class Rate:
    """A part of those who are out, with both numbers it is made of."""

    percent: str
    # From 0 to 100, for the bar.
    width: str
    part: str
    whole: str


@dataclass(frozen=True)
class TableRow:
    """One line of the table of organisations."""

    name: str
    href: str
    numbers: tuple[Number, ...]
    check_in: Rate | None
    hosting: Rate | None


def percent(part: int, whole: int) -> str:
    """Write a share; what is not all is never rounded up to all, nor what is something down to nothing."""
    if not whole:
        return "—"
    share = 100 * part / whole
    if part < whole:
        share = min(share, 99.9)
    return f"{max(share, 0.1) if part else 0:.1f}%"


def number(measure: Measure, figures: Figures, organization: Organization, own: bool = False) -> Number:
    """Say one figure of an organisation."""
    count = figures[measure]
    href = address(Filters(organization, own=own, measure=measure))
    alarming = bool(count) and measure in ALARMING
    return Number(MEASURE_LABELS[measure], MEANING_LABELS[measure], count, href, alarming)


def rate(figures: Figures, measure: Measure) -> Rate | None:
    """Say which part of those who are out a figure holds."""
    part, out = figures[measure], figures[Measure.OUT]
    if not out:
        return None
    return Rate(percent(part, out), f"{100 * part / out:.2f}", f"{part:,}", f"{out:,}")


def cards(seen: Overview) -> list[tuple[Number, list[Number], Rate | None]]:
    """Say the six figures, each with the one that belongs beside it and its rate."""
    return [
        (
            number(main, seen.figures, seen.organization),
            [number(more, seen.figures, seen.organization) for more in beside],
            rate(seen.figures, RATES[main]) if main in RATES else None,
        )
        for main, beside in SIX
    ]


def conserved(seen: Overview) -> list[tuple[Number, str, str]]:
    """Say of what those who are out are made up: each part with the start and the width of its bar."""
    whole, parts = CONSERVED[0]
    out = seen.figures[whole] or 1
    start, said = 0.0, []
    for part in parts:
        width = 100 * seen.figures[part] / out
        said.append((number(part, seen.figures, seen.organization), f"{start:.2f}", f"{width:.2f}"))
        start += width
    return said


def table(seen: Overview) -> list[TableRow]:
    """Say the figures of the organisation itself and of each one right below, in the order of the tree."""
    return [
        _table_row(row, seen.organization)
        for row in seen.rows
        # Nearly every organisation has no people but those below it: a line of noughts would say nothing.
        if not row.is_own or any(row.figures[measure] for measure in COLUMNS)
    ]


def _table_row(row: Row, parent: Organization) -> TableRow:
    whose = parent if row.is_own else Organization(pk=row.organization_id)
    return TableRow(
        name="本级直属" if row.is_own else row.name,
        href="" if row.is_own else reverse("overview", args=[row.organization_id]),
        numbers=tuple(number(measure, row.figures, whose, row.is_own) for measure in COLUMNS),
        check_in=rate(row.figures, Measure.CHECKED_IN),
        hosting=rate(row.figures, Measure.HOSTED),
    )


def trail(organization: Organization, actor: Actor) -> list[tuple[str, str]]:
    """List the organisations above, with an address where this person may look into them."""
    above = Organization.objects.above(organization.path).exclude(pk=organization.pk).order_by("path")
    return [
        (row.short_name, reverse("overview", args=[row.pk]) if may_look_into(row, actor) else "")
        for row in above
    ]


def _median(took: timedelta | None) -> str:
    if took is None:
        return ""
    days = took / timedelta(days=1)
    if took < timedelta(hours=1):
        return "中位不到 1 小时"
    return f"中位 {days:.1f} 天" if days >= 1 else f"中位 {took / timedelta(hours=1):.0f} 小时"


def steps(way: Funnel) -> list[dict[str, str]]:
    """Say each step of the funnel with its bar."""
    return [
        {
            "label": stage.label,
            "count": f"{stage.count:,}",
            "percent": percent(stage.count, way.marked),
            "height": f"{100 * stage.share:.2f}",
            "top": f"{100 - 100 * stage.share:.2f}",
            "median": _median(stage.median),
        }
        for stage in way.stages
    ]


def place_address(
    organization: Organization, direction: Direction, code: str = "", data: bool = False
) -> str:
    """Write the address of the spread over what lies right below a place; `data` for the map."""
    name = "overview_places" if data else "overview"
    query = {"direction": str(direction), **({"code": code} if code else {})}
    return f"{reverse(name, args=[organization.pk])}?{urlencode(query)}{'' if data else '#places'}"


def place_list(
    organization: Organization, direction: Direction, code: str, count: int, exact: bool = False
) -> Number:
    """Say how many are at a place, with their list."""
    where = {"destination" if direction == Direction.OUT else "origin": code}
    filters = Filters(organization, measure=MEASURE_OF[direction], exact=exact, **where)  # type: ignore[arg-type]
    return Number("", "", count, address(filters))


def place_rows(found: Spread, organization: Organization) -> list[dict[str, Any]]:
    """Say where people are, with what is not known so deeply at the end."""
    most = max((place.count for place in found.places), default=1)
    rows = [
        {
            "name": place.name,
            "code": place.code,
            "deeper": "" if place.is_last else place_address(organization, found.direction, place.code),
            "number": place_list(organization, found.direction, place.code, place.count),
            "percent": percent(place.count, found.total),
            "width": f"{100 * place.count / most:.2f}",
        }
        for place in found.places
    ]
    for code, count, name in (
        (found.parent, found.vague, "未填到下一级"),
        (UNKNOWN, found.unknown, "地点未登记"),
    ):
        if count:
            said = place_list(organization, found.direction, code, count, exact=code != UNKNOWN)
            rows.append({"name": name, "number": said, "percent": percent(count, found.total)})
    return rows


def place_trail(organization: Organization, direction: Direction, code: str) -> list[tuple[str, str]]:
    """List the places above the one looked at, each with its address; the last one is where we are."""
    said = [("全国", place_address(organization, direction))]
    codes = [above for above in (code[:2], code[:4], code) if above and len(above) <= len(code)]
    for step in dict.fromkeys(codes):
        name = name_of(step) or step
        if name not in FILLERS:
            said.append((name, place_address(organization, direction, step)))
    return said


def map_file(code: str) -> str:
    """Name the map on which what lies right below a place is drawn."""
    if not code:
        return "china"
    counties = len(code) > Level.PROVINCE or is_municipality(code)
    return f"{code[:2]}-counties" if counties else code[:2]


def _is_between(line: Flow, parent: str) -> bool:
    """Tell whether both ends are known as deeply as the map shows them."""
    ends = (line.source, line.target)
    return all(code and len(code) > len(parent) and name_of(code) not in FILLERS for code in ends)


def _line(line: Flow, found: Spread, organization: Organization) -> dict[str, Any]:
    filters = Filters(
        organization, measure=MEASURE_OF[found.direction], origin=line.source, destination=line.target
    )
    return {
        "source": line.source,
        "target": line.target,
        "from": name_of(line.source) or line.source,
        "to": name_of(line.target) or line.target,
        "count": line.count,
        "list": address(filters),
    }


def map_facts(found: Spread, organization: Organization, lines: Iterable[Flow]) -> Mapping[str, Any]:
    """Give the map what it draws: the outlines' name, the places with their lists, the lines."""
    above = parent_of(found.parent) if found.parent else None
    return {
        "map": map_file(found.parent),
        "code": found.parent,
        "up": place_address(organization, found.direction, above or "") if found.parent else "",
        "total": found.total,
        "places": [
            {
                "code": row["code"],
                "name": row["name"],
                "count": row["number"].count,
                "list": row["number"].href,
                "deeper": row["deeper"],
            }
            for row in place_rows(found, organization)
            if "code" in row
        ],
        "lines": [_line(line, found, organization) for line in lines if _is_between(line, found.parent)],
    }
