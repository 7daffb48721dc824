"""Who of our people is home, is coming, is not, has not answered: counts and the lists they open."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Substr
from django.utils import timezone

from hongyan.journeys.festivals import festival_at
from hongyan.journeys.models import Journey, Visit
from hongyan.journeys.states import AWAY
from hongyan.journeys.visit_models import Said, VisitState
from hongyan.journeys.wording import said_days
from hongyan.members.permissions import Actor
from hongyan.members.roles import Power
from hongyan.organizations.models import Organization, under
from hongyan.web.cards import Card, card_of
from hongyan.web.console.places_said import destination_of
from hongyan.web.deadlines import Deadline, deadline

PER_PAGE = 50
# So many stand beside the desk; the rest is one tap away.
BESIDE = 5
SILENT, LATE = "silent", "late"
# In the order of the tabs: what is to be done now comes first.
GROUPS = {
    VisitState.BACK.value: "已回来",
    VisitState.PLANNED.value: "要回来",
    LATE: "过期未走",
    VisitState.UNDECIDED.value: "还没定",
    VisitState.NOT_COMING.value: "不回",
    SILENT: "还没回答",
    VisitState.AWAY.value: "已返回工作地",
}
_ANSWERED = [state.value for state in VisitState if state != VisitState.ASKED]
_WIDTH = 4


@dataclass(frozen=True)
class Line:
    """One person of the list: who, from where, which days, by whose word."""

    journey: Journey
    card: Card
    home: str
    destination: str
    days: str
    said: str
    deadline: Deadline | None


@dataclass(frozen=True)
class Row:
    """One organisation below: each of its numbers opens its list; no row is better than another."""

    organization: Organization
    numbers: tuple[tuple[str, str, int], ...]


def away_from(path: str) -> QuerySet[Journey]:
    """Select those who are away from branches in a subtree."""
    return Journey.objects.filter(status__in=AWAY).home_under(path)


def _answers(path: str, year: int) -> QuerySet[Visit]:
    return Visit.objects.filter(under("journey__home_path", path), year=year, journey__status__in=AWAY)


def in_group(path: str, year: int, group: str) -> QuerySet[Journey]:
    """Select one group, with the days of the visit beside each journey."""
    everybody = away_from(path)
    if group == SILENT:
        said = Visit.objects.filter(journey=OuterRef("pk"), year=year, state__in=_ANSWERED)
        return everybody.filter(~Exists(said)).order_by("home_path", "pk")
    which = Q(visits__year=year, visits__state=VisitState.BACK if group == LATE else group)
    rows = everybody.filter(which)
    if group == LATE:
        rows = rows.filter(visit_due_at__isnull=False)
    rows = rows.annotate(
        first=F("visits__expected_from"), last=F("visits__expected_until"), said=F("visits__said_by")
    )
    return rows.order_by("first", "home_path", "pk")


def counts_of(path: str, year: int) -> dict[str, int]:
    """Count each group of a subtree, in two queries."""
    return _spread(path, year, len(path)).get(path, {})


def _spread(path: str, year: int, length: int) -> dict[str, dict[str, int]]:
    """Count each group by the beginning of the home's path, up to a length."""
    key = Substr("journey__home_path", 1, length)
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    answers = _answers(path, year).annotate(key=key, late=F("journey__visit_due_at"))
    parts = answers.values("key", "state").annotate(number=Count("pk"), overdue=Count("late")).order_by()
    for part in parts:
        if part["state"] in _ANSWERED:
            found[part["key"]][part["state"]] += part["number"]
            found[part["key"]][SILENT] -= part["number"]
        if part["state"] == VisitState.BACK:
            found[part["key"]][LATE] += part["overdue"]
    away = away_from(path).annotate(key=Substr("home_path", 1, length)).values("key")
    for each in away.annotate(number=Count("pk")).order_by():
        found[each["key"]][SILENT] += each["number"]
    return {place: {group: numbers[group] for group in GROUPS} for place, numbers in found.items()}


def rows_below(organization: Organization, year: int) -> list[Row]:
    """Count each group of every organisation below, in the order of the tree; empty at the bottom."""
    below = list(Organization.objects.open().filter(parent=organization).order_by("path"))
    if not below:
        return []
    found = _spread(organization.path, year, len(organization.path) + _WIDTH)
    places = [organization, *below] if organization.path in found else below
    return [
        Row(place, tuple((group, label, found[place.path][group]) for group, label in GROUPS.items()))
        for place in places
        if place.path in found
    ]


def days_of(path: str, year: int) -> list[tuple[date, int]]:
    """Count who comes by day."""
    coming = _answers(path, year).filter(state=VisitState.PLANNED)
    counted = coming.values_list("expected_from").annotate(number=Count("pk")).order_by("expected_from")
    return [(day, number) for day, number in counted if day]


def lines_of(journeys: Iterable[Journey], actor: Actor, at: datetime) -> list[Line]:
    """Say each of these people; those who have not answered have no days."""
    return [_line(journey, actor, at) for journey in journeys]


def _line(journey: Journey, actor: Actor, at: datetime) -> Line:
    first, last = getattr(journey, "first", None), getattr(journey, "last", None)
    said = getattr(journey, "said", "")
    return Line(
        journey=journey,
        card=card_of(actor, journey),
        home=journey.home.short_name,
        destination=destination_of(journey),
        days=said_days(first, last) if first and last else "",
        said=Said(said).label if said else "",
        deadline=deadline(journey.visit_due_at, at),
    )


def near(journeys: QuerySet[Journey]) -> QuerySet[Journey]:
    """Read journeys with what a line says of them."""
    return journeys.select_related("member", "home", "host", "holder", "destination")


def hosted_home(actor: Actor, year: int) -> QuerySet[Journey]:
    """Select whom one's own organisations host and who is home now, or is coming there."""
    scope = Q(pk__in=[])
    for path in actor.visible_paths:
        scope |= under("host_path", path)
    states = [VisitState.BACK, VisitState.PLANNED]
    rows = Journey.objects.filter(scope, status__in=AWAY)
    rows = rows.filter(visits__year=year, visits__state__in=states).annotate(
        first=F("visits__expected_from"), last=F("visits__expected_until"), said=F("visits__said_by")
    )
    return rows.order_by(F("visit_until").asc(nulls_last=True), F("visits__expected_from"), "pk")


def going_home(actor: Actor, at: datetime) -> list[Line]:
    """Say the first of whom one hosts who is home or goes there, while the festival's window is open."""
    feast = festival_at(at)
    if not feast.is_open(timezone.localdate(at)) or not actor.seats_for(Power.CARE):
        return []
    return lines_of(near(hosted_home(actor, feast.year))[:BESIDE], actor, at)


def picked(values: Sequence[str]) -> list[int]:
    """Read which journeys were ticked; what is no number counts as none."""
    return [int(text) for text in values[:1000] if text.isascii() and text.isdigit() and len(text) < 19]
