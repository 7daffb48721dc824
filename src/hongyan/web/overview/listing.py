"""Which journeys does a list hold, and what does each of its rows say to this viewer?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.db.models import F, Q
from django.db.models.query import QuerySet

from hongyan.geography.codes import Level
from hongyan.geography.models import Division
from hongyan.geography.names import full_name, name_of
from hongyan.journeys.ladders import is_reminded, is_reminded_on
from hongyan.journeys.models import Journey
from hongyan.journeys.states import STATUS_LABELS, Status
from hongyan.members.permissions import Actor
from hongyan.reports.flows import Direction, at_place
from hongyan.reports.history import stood_as
from hongyan.reports.measures import Scope, Side, late, selects
from hongyan.reports.stays import away
from hongyan.web.cards import Card, card_of, known_to
from hongyan.web.deadlines import Deadline, deadline
from hongyan.web.overview.filters import Filters

PAGE = 50
TONES = {
    Status.PLANNED: "",
    Status.AWAITING: "gold",
    Status.DISPATCHING: "blue",
    Status.HOSTED: "green",
    Status.RELOCATING: "blue",
    Status.RETURNING: "",
    Status.CLOSED: "",
}


@dataclass(frozen=True)
class Line:
    """One person in a list, as far as the viewer may know him."""

    journey: Journey
    card: Card
    status: str
    tone: str
    to: str
    place: str
    deadline: Deadline | None

    @property
    def is_lost(self) -> bool:
        """Tell whether nobody can reach him at present."""
        return self.journey.lost_at is not None and self.journey.status != Status.CLOSED


@dataclass(frozen=True)
class Page:
    """One page of a list; `count` is the whole list's."""

    lines: tuple[Line, ...]
    count: int
    number: int

    @property
    def last(self) -> int:
        """Return the number of the last page, at least 1."""
        return max(1, ceil(self.count / PAGE))

    @property
    def first_line(self) -> int:
        """Return the place of the first row in the whole list, from 1."""
        return (self.number - 1) * PAGE + 1


def _touching(scope: Scope, status: Status | None) -> Q:
    """Select the cases a scope has to do with; what has ended stays with its home alone."""
    at_home = scope.covers(Side.HOME)
    if status == Status.CLOSED:
        return at_home
    return ~Q(status=Status.CLOSED) & (at_home | scope.covers(Side.HOST) | scope.covers(Side.HOLDER))


def _wanted(filters: Filters, at: datetime) -> Q:
    if filters.measure and filters.on:
        return stood_as(filters.measure, filters.scope, filters.on)
    if filters.measure:
        return selects(filters.measure, filters.scope, at)
    return _touching(filters.scope, filters.status)


def ended_since(filters: Filters, actor: Actor, at: datetime) -> int:
    """Count who is in a past day's figure and no longer for this viewer: what ended stays with home."""
    if not filters.on:
        return 0
    wanted = _wanted(filters, at)
    seen = Journey.objects.visible_to(actor).filter(wanted).count()
    return Journey.objects.filter(wanted).count() - seen


def select(filters: Filters, actor: Actor, at: datetime) -> QuerySet[Journey]:
    """Select a list's journeys: for a figure exactly those the figure counts."""
    journeys = Journey.objects.visible_to(actor).filter(_wanted(filters, at))
    if filters.status:
        journeys = journeys.filter(status=filters.status)
    if filters.destination:
        journeys = journeys.filter(at_place(Direction.OUT, filters.destination, filters.exact))
    if filters.origin:
        journeys = journeys.filter(at_place(Direction.IN, filters.origin, filters.exact))
    journeys = journeys.filter(away(filters.away_from, filters.away_to, at))
    if filters.overdue:
        journeys = journeys.filter(late(at))
    if filters.reminded:
        journeys = journeys.filter(is_reminded())
    if filters.reminded_on:
        journeys = journeys.filter(is_reminded(), is_reminded_on(filters.reminded_on, at))
    if filters.text:
        # Only among names one may read: a search must not tell what the card hides.
        journeys = journeys.filter(known_to(actor), member__name__contains=filters.text)
    return journeys


def _place_name(division: Division | None) -> str:
    """Name a place from the province down; also one that county staff added to a town."""
    if division is None:
        return ""
    if name_of(division.code):
        return full_name(division.code)
    return full_name(division.code[: Level.TOWN]) + division.name


def _line(journey: Journey, actor: Actor, at: datetime) -> Line:
    status = Status(journey.status)
    place = _place_name(journey.destination)
    # While somebody moves on, his host is still the old one and the place already the new one.
    moving = "正前往：" if status == Status.RELOCATING and place else ""
    return Line(
        journey=journey,
        card=card_of(actor, journey),
        status=STATUS_LABELS[status],
        tone=TONES[status],
        to=journey.host.short_name if journey.host else place or "去向未定",
        place=f"{moving}{place}" if journey.host else "",
        deadline=deadline(journey.due_at, at, journey.member.is_exempt),
    )


def _in_order(pks: list[int]) -> Iterable[Journey]:
    rows = Journey.objects.select_related("member", "home", "host", "holder", "destination").in_bulk(pks)
    return (rows[pk] for pk in pks if pk in rows)


def page_of(journeys: QuerySet[Journey], wanted: int, actor: Actor, at: datetime) -> Page:
    """Read one page, the nearest deadline first, in three queries; past the end the last page."""
    count = journeys.count()
    number = min(max(wanted, 1), max(1, ceil(count / PAGE)))
    # The numbers first, from narrow rows; the wide rows of one page only afterwards.
    start = (number - 1) * PAGE
    ordered = journeys.order_by(F("due_at").asc(nulls_last=True), "pk").values_list("pk", flat=True)
    lines = tuple(_line(journey, actor, at) for journey in _in_order(list(ordered[start : start + PAGE])))
    return Page(lines, count, number)
