"""What does each page of figures print?"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict

from hongyan.geography.codes import Level, is_code
from hongyan.geography.names import name_of
from hongyan.journeys.states import STATUS_LABELS
from hongyan.members.permissions import Actor
from hongyan.notifications.texts import said_day
from hongyan.organizations.models import Organization
from hongyan.reports.flows import UNKNOWN, Direction, spread
from hongyan.reports.funnel import funnel
from hongyan.reports.measures import MEANING_LABELS, MEASURE_LABELS, Measure
from hongyan.reports.overview import overview
from hongyan.web.overview import dating, listing, showing
from hongyan.web.overview.filters import Filters, address, export_address, read_filters
from hongyan.web.overview.lengths import away_words

DIRECTION_LABELS = {Direction.OUT: "去了哪里", Direction.IN: "从哪里来"}


def direction_of(params: QueryDict, otherwise: Direction = Direction.OUT) -> Direction:
    """Read which way one looks."""
    said = params.get("direction", "")
    return Direction(said) if said in set(Direction) else otherwise


def place_of(params: QueryDict) -> str:
    """Read whose inside is looked at: a province or a prefecture; anything else is the whole country."""
    code = params.get("code", "")
    known = is_code(code) and len(code) <= Level.PREFECTURE and name_of(code) is not None
    return code if known else ""


def places(organization: Organization, direction: Direction, code: str, at: datetime) -> dict[str, Any]:
    """Fill the part of the page that says where people are."""
    found = spread(organization, direction, at, code)
    return {
        "organization": organization,
        "direction": direction,
        "turns": [
            (label, showing.place_address(organization, way), way == direction)
            for way, label in DIRECTION_LABELS.items()
        ],
        "place_trail": showing.place_trail(organization, direction, code),
        "place_rows": showing.place_rows(found, organization),
        "place_total": f"{found.total:,}",
        "map_address": showing.place_address(organization, direction, code, data=True),
        "map_file": showing.map_file(code),
    }


def figures(request: HttpRequest, organization: Organization, actor: Actor, at: datetime) -> dict[str, Any]:
    """Fill the whole overview of an organisation."""
    seen = overview(organization, at)
    # A community whose own people all stay at home is asked about by those who came.
    mostly = Direction.IN if not seen.figures[Measure.OUT] and seen.figures[Measure.IN] else Direction.OUT
    direction, way = direction_of(request.GET, mostly), funnel(organization, at)
    return {
        **places(organization, direction, place_of(request.GET), at),
        "at": at,
        "trail": showing.trail(organization, actor),
        "cards": dating.cards(seen, at),
        "parent": organization.parent,
        "month_end": dating.last_month_end(at),
        "parts": showing.conserved(seen),
        "out": showing.number(Measure.OUT, seen.figures, organization),
        "columns": [(MEASURE_LABELS[measure], MEANING_LABELS[measure]) for measure in showing.COLUMNS],
        "table": showing.table(seen),
        "steps": showing.steps(way),
        "marked": f"{way.marked:,}",
        "some_marked": bool(way.marked),
        "days": way.days,
        "paced_at": way.at if way.at != at else None,
    }


def _place_word(code: str, exact: bool) -> str:
    if code == UNKNOWN:
        return "地点未登记"
    return f"{name_of(code) or code}{'（未填到下一级）' if exact else ''}"


def _chips(filters: Filters) -> list[tuple[str, str]]:
    """List what came with the address and has no field of its own, each with the address without it."""
    said = []
    if filters.own:
        said.append(("只看本级直属", address(filters, own="")))
    if filters.destination:
        word = _place_word(filters.destination, filters.exact)
        said.append((f"去向：{word}", address(filters, destination="", exact="")))
    if filters.origin:
        word = _place_word(filters.origin, filters.exact)
        said.append((f"来自：{word}", address(filters, origin="", exact="")))
    if filters.on:
        said.append((f"{said_day(filters.on)}当天的情况", address(filters, on="")))
    away = away_words(filters.away_from, filters.away_to)
    if away:
        said.append((f"外出时间：{away}", address(filters, away_from="", away_to="")))
    return said


def people(request: HttpRequest, actor: Actor, at: datetime) -> dict[str, Any]:
    """Fill the list of people."""
    filters = read_filters(request.GET, actor)
    wanted = request.GET.get("page", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 1
    page = listing.page_of(listing.select(filters, actor, at), number, actor, at)
    return {
        "filters": filters,
        "page": page,
        "count": f"{page.count:,}",
        "title": MEASURE_LABELS[filters.measure] if filters.measure else "流动党员",
        "meaning": MEANING_LABELS[filters.measure] if filters.measure else "",
        "measures": [(str(measure), label) for measure, label in MEASURE_LABELS.items()],
        "statuses": [(str(status), label) for status, label in STATUS_LABELS.items()],
        "chips": _chips(filters),
        "ended": listing.ended_since(filters, actor, at),
        "earlier": address(filters, page=page.number - 1) if page.number > 1 else "",
        "later": address(filters, page=page.number + 1) if page.number < page.last else "",
        "trail": showing.trail(filters.organization, actor),
        "export": export_address(filters, actor),
        "fewer": address(Filters(filters.organization)),
    }
