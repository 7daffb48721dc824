"""On which days of the year did people leave, check in and come to us, by the moves that never change?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import BooleanField, Count, DateField, F, Func
from django.db.models.query import QuerySet

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.models import Transition
from hongyan.journeys.states import Verb
from hongyan.organizations.models import Organization, under
from hongyan.reports.counting import DAY
from hongyan.reports.measures import FROM_ELSEWHERE

# Whole weeks, so that the picture of a year is a rectangle.
WEEKS = 53


class Happening(StrEnum):
    """What is counted day by day."""

    CHECKED_IN = "checked_in"
    MARKED = "marked"
    TAKEN_IN = "taken_in"


HAPPENING_LABELS = {
    Happening.CHECKED_IN: "报到",
    Happening.MARKED: "标记流出",
    Happening.TAKEN_IN: "接收流入",
}


_DAY = {vendor: template.format("%(expressions)s") for vendor, template in DAY.items()}


class _DayInShanghai(Func):
    """The day a moment falls on in China."""

    output_field = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Let SQLite shift and cut by itself."""
        return self.as_sql(compiler, connection, template=_DAY["sqlite"], **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Let PostgreSQL shift and cut."""
        return self.as_sql(compiler, connection, template=_DAY["postgresql"], **more)


class _Written(Func):
    """A condition whose words stand in the statement: SQLite takes an index of some rows by no parameter."""

    output_field = BooleanField()


# Word for word the conditions of the indexes `transition_left` and `transition_came`.
_LEFT = _Written(F("verb"), template="%(expressions)s IN ('mark', 'check_in')")
_CAME = _Written(F("verb"), template="%(expressions)s = 'accept'")


_OF_VERB = {Verb.MARK: Happening.MARKED, Verb.CHECK_IN: Happening.CHECKED_IN}


@dataclass(frozen=True)
class Year:
    """The days from a Monday up to today, with what happened on each; a day without anything is missing."""

    first: date
    last: date
    counts: Mapping[Happening, Mapping[date, int]]


def _by_day(moves: QuerySet[Transition], *fields: str) -> Iterable[tuple[Any, ...]]:
    days = moves.annotate(day=_DayInShanghai(F("at"))).values_list("day", *fields)
    return days.annotate(moves=Count("*")).order_by()


def year(organization: Organization, at: datetime) -> Year:
    """Count the moves of a scope by the day they were made, over the last 53 weeks, in two queries."""
    last = at.astimezone(SHANGHAI).date()
    first = last - timedelta(days=last.weekday() + 7 * (WEEKS - 1))
    since = datetime.combine(first, time(), SHANGHAI)
    lately = Transition.objects.filter(at__gte=since, at__lte=at)
    counts: dict[Happening, dict[date, int]] = {what: {} for what in Happening}
    left = lately.filter(_LEFT, under("home_path", organization.path))
    for day, verb, moves in _by_day(left, "verb"):
        counts[_OF_VERB[verb]][day] = moves
    came = lately.filter(_CAME, under("host_path", organization.path)).filter(FROM_ELSEWHERE)
    counts[Happening.TAKEN_IN] = dict(_by_day(came))
    return Year(first, last, counts)
