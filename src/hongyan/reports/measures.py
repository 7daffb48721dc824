"""What does each figure count: one predicate per figure, used for counting, for listing and for the laws.

A journey belongs to a figure of a scope when it stands on the figure's side of that scope (its home, its
host or the desk that holds it lies there) and fulfils the figure's condition. Figures of people leave short
absences out, which are counted apart; figures of work (what is on a desk, what is late) hold every open case,
so that they agree with the desk. docs/figures.md says the same in words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.db.models import F, Q
from django.db.models.functions import Left, Length
from django.db.models.lookups import Exact

from hongyan.journeys.states import Status
from hongyan.organizations.kinds import Kind
from hongyan.organizations.models import Organization, under


class Measure(StrEnum):
    """One figure; the same word is the key of the figure and the address of its list."""

    OUT = "out"
    CHECKED_IN = "checked_in"
    AWAITING = "awaiting"
    LATE_CHECK_IN = "late_check_in"
    DISPATCHING = "dispatching"
    HOSTED = "hosted"
    RETURNING = "returning"
    WITHIN = "within"
    IN_TRANSIT = "in_transit"
    OUTSIDE = "outside"
    OUT_OF_CONTACT = "out_of_contact"
    SHORT = "short"
    IN = "in"
    IN_FROM_OUTSIDE = "in_from_outside"
    FALLBACK = "fallback"
    ON_DESK = "on_desk"
    OVERDUE = "overdue"


MEASURE_LABELS = {
    Measure.OUT: "流出",
    Measure.CHECKED_IN: "已报到",
    Measure.AWAITING: "待报到",
    Measure.LATE_CHECK_IN: "超期未报到",
    Measure.DISPATCHING: "分办中",
    Measure.HOSTED: "已纳管",
    Measure.RETURNING: "返回中",
    Measure.WITHIN: "在本范围内纳管",
    Measure.IN_TRANSIT: "在途",
    Measure.OUTSIDE: "在外地纳管",
    Measure.OUT_OF_CONTACT: "失联关注",
    Measure.SHORT: "短期外出",
    Measure.IN: "流入",
    Measure.IN_FROM_OUTSIDE: "外来流入",
    Measure.FALLBACK: "兜底在管",
    Measure.ON_DESK: "待接收",
    Measure.OVERDUE: "超期",
}

# The sentence under a list's title: what exactly is counted.
MEANING_LABELS = {
    Measure.OUT: "组织关系在本范围、目前外出的党员（不含短期外出）。",
    Measure.CHECKED_IN: "流出党员中，已在到达地报到的。",
    Measure.AWAITING: "流出党员中，拟外出或已外出、还没有报到的。",
    Measure.LATE_CHECK_IN: "待报到党员中，已过报到期限的（不作硬性要求的党员除外）。",
    Measure.DISPATCHING: "流出党员中，已报到、正在逐级分办的。",
    Measure.HOSTED: "流出党员中，已有党组织接收的（含正在接续的）。",
    Measure.RETURNING: "流出党员中，正在返回的。",
    Measure.WITHIN: "流出党员中，由本范围内的党组织纳管、保持联系的。",
    Measure.IN_TRANSIT: "流出党员中，拟外出、待报到、分办中和返回中，且保持联系的。",
    Measure.OUTSIDE: "流出党员中，由本范围以外的党组织纳管、保持联系的。",
    Measure.OUT_OF_CONTACT: "流出党员中，目前联系不上、列入关注的。",
    Measure.SHORT: "外出不满六个月的党员，单独统计。",
    Measure.IN: "由本范围内的党组织纳管、组织关系不在接收组织的党员。",
    Measure.IN_FROM_OUTSIDE: "流入党员中，组织关系在本范围以外的。",
    Measure.FALLBACK: "由本范围内的流动党员党支部兜底纳管的党员。",
    Measure.ON_DESK: "正在本范围内各级组织分办、等待接收的党员。",
    Measure.OVERDUE: "下一步由本范围内的组织办理、已过期限的（不作硬性要求的党员除外）。",
}


class Side(StrEnum):
    """Through which of its three organisations a journey belongs to a scope."""

    HOME = "home_path"
    HOST = "host_path"
    HOLDER = "holder_path"


class Scope(Protocol):
    """Some part of the tree, asked whether a path column lies in it."""

    def covers(self, field: str) -> Q:
        """Select the journeys whose path in this column lies in the scope."""
        ...


@dataclass(frozen=True)
class Subtree:
    """An organisation and everything below it."""

    path: str

    def covers(self, field: str) -> Q:
        """Select by one index range."""
        return under(field, self.path)


@dataclass(frozen=True)
class Itself:
    """An organisation without anything below it."""

    path: str

    def covers(self, field: str) -> Q:
        """Select by equality."""
        return Q(**{field: self.path})


@dataclass(frozen=True)
class EachBranch:
    """For every row the branch of the tree it stands in on one side, cut at a width: all children at once."""

    side: Side
    width: int

    def covers(self, field: str) -> Q:
        """Select the rows in which the column lies in the row's own branch."""
        return Q() if field == self.side else Q(Exact(Left(field, self.width), Left(self.side, self.width)))


ACTIVE = ~Q(status=Status.CLOSED) & Q(is_short=False)
HOSTED = Q(status__in=(Status.HOSTED, Status.RELOCATING))
IN_TOUCH = Q(lost_at=None)
# Whose home organisation itself hosts him has not come from anywhere.
FROM_ELSEWHERE = ~Q(Exact(Left("home_path", Length("host_path")), F("host_path")))


def late(at: datetime) -> Q:
    """Late is what has passed its deadline; from the old and the ill nothing is demanded."""
    return Q(due_at__lt=at, member__is_exempt=False)


Condition = Callable[[Scope, datetime], Q]
_AWAITING = Q(status__in=(Status.PLANNED, Status.AWAITING))
_MOBILE_BRANCHES = Organization.objects.filter(kind=Kind.MOBILE_BRANCH)

DEFINITIONS: dict[Measure, tuple[Side, Condition]] = {
    Measure.OUT: (Side.HOME, lambda scope, at: ACTIVE),
    Measure.CHECKED_IN: (Side.HOME, lambda scope, at: ACTIVE & Q(checked_in_at__isnull=False)),
    Measure.AWAITING: (Side.HOME, lambda scope, at: ACTIVE & _AWAITING),
    Measure.LATE_CHECK_IN: (Side.HOME, lambda scope, at: ACTIVE & _AWAITING & late(at)),
    Measure.DISPATCHING: (Side.HOME, lambda scope, at: ACTIVE & Q(status=Status.DISPATCHING)),
    Measure.HOSTED: (Side.HOME, lambda scope, at: ACTIVE & HOSTED),
    Measure.RETURNING: (Side.HOME, lambda scope, at: ACTIVE & Q(status=Status.RETURNING)),
    Measure.WITHIN: (Side.HOME, lambda scope, at: ACTIVE & IN_TOUCH & HOSTED & scope.covers(Side.HOST)),
    Measure.IN_TRANSIT: (Side.HOME, lambda scope, at: ACTIVE & IN_TOUCH & ~HOSTED),
    Measure.OUTSIDE: (Side.HOME, lambda scope, at: ACTIVE & IN_TOUCH & HOSTED & ~scope.covers(Side.HOST)),
    Measure.OUT_OF_CONTACT: (Side.HOME, lambda scope, at: ACTIVE & ~IN_TOUCH),
    Measure.SHORT: (Side.HOME, lambda scope, at: ~Q(status=Status.CLOSED) & Q(is_short=True)),
    Measure.IN: (Side.HOST, lambda scope, at: ACTIVE & HOSTED & FROM_ELSEWHERE),
    Measure.IN_FROM_OUTSIDE: (
        Side.HOST,
        lambda scope, at: ACTIVE & HOSTED & FROM_ELSEWHERE & ~scope.covers(Side.HOME),
    ),
    Measure.FALLBACK: (Side.HOST, lambda scope, at: ACTIVE & HOSTED & Q(host__in=_MOBILE_BRANCHES)),
    Measure.ON_DESK: (Side.HOLDER, lambda scope, at: Q(status__in=(Status.DISPATCHING, Status.RELOCATING))),
    Measure.OVERDUE: (Side.HOLDER, lambda scope, at: ~Q(status=Status.CLOSED) & late(at)),
}

# They depend on where the scope ends, so the children's figures need not add up to the parent's.
RELATIVE = frozenset({Measure.WITHIN, Measure.OUTSIDE, Measure.IN_FROM_OUTSIDE})
ADDITIVE = frozenset(Measure) - RELATIVE

# Laws of conservation, for every scope: the first is the sum of the others, and no journey is in two of them.
CONSERVED: tuple[tuple[Measure, tuple[Measure, ...]], ...] = (
    (Measure.OUT, (Measure.WITHIN, Measure.IN_TRANSIT, Measure.OUTSIDE, Measure.OUT_OF_CONTACT)),
    (Measure.OUT, (Measure.AWAITING, Measure.DISPATCHING, Measure.HOSTED, Measure.RETURNING)),
)


def side_of(measure: Measure) -> Side:
    """Return through which path column a figure's journeys belong to a scope."""
    return DEFINITIONS[measure][0]


def condition(measure: Measure, scope: Scope, at: datetime) -> Q:
    """Return a figure's condition without the side it is counted on."""
    return DEFINITIONS[measure][1](scope, at)


def selects(measure: Measure, scope: Scope, at: datetime) -> Q:
    """Return the whole predicate: which journeys a figure of this scope counts at this moment."""
    return scope.covers(side_of(measure)) & condition(measure, scope, at)


def measures_of(side: Side) -> tuple[Measure, ...]:
    """List the figures counted on one side."""
    return tuple(measure for measure in Measure if side_of(measure) == side)
