"""What do the pages show of the ladders: the steps, their history, and whom a change leaves alone?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from hongyan.journeys.ladder import DEFAULT_LADDERS, RULE_LABELS, WAY_LABELS, Rule, Step, Way
from hongyan.journeys.ladders import is_reminded_on, on_day
from hongyan.journeys.models import LadderChange
from hongyan.members.permissions import Actor, names_of
from hongyan.web.overview.filters import Filters, address, my_organization
from hongyan.web.overview.listing import select
from hongyan.web.rules.rows import SHOWN


@dataclass(frozen=True)
class Rung:
    """One step as people read it."""

    when: str
    way: str


@dataclass(frozen=True)
class Change:
    """One change, as people read it."""

    rungs: tuple[Rung, ...]
    from_on: date
    reason: str
    who: str
    at: datetime
    is_ahead: bool


@dataclass(frozen=True)
class Shown:
    """The ladder of one rule: its steps now, where they come from, what is settled and what was."""

    rule: Rule
    label: str
    steps: tuple[Step, ...]
    rungs: tuple[Rung, ...]
    by_default: tuple[Rung, ...]
    since: Change | None
    ahead: tuple[Change, ...]
    history: tuple[Change, ...]
    changes: int


@dataclass(frozen=True)
class Touched:
    """How many are being reminded now, how many of them on the day of the change; each opens its list."""

    running: int
    running_href: str
    on_the_day: int
    on_the_day_href: str

    @property
    def running_text(self) -> str:
        """Write the first count with separators."""
        return f"{self.running:,}"

    @property
    def on_the_day_text(self) -> str:
        """Write the second count with separators."""
        return f"{self.on_the_day:,}"


def rungs_of(steps: Iterable[tuple[str, int]]) -> tuple[Rung, ...]:
    """Say steps as people read them."""
    return tuple(
        Rung(f"出发后第{days}天" if days else "出发当天", WAY_LABELS[Way(way)]) for way, days in steps
    )


def _pairs(steps: Iterable[Step]) -> list[tuple[str, int]]:
    return [(step.way, step.delay_days) for step in steps]


def ladders_shown(today: date) -> list[Shown]:
    """List the ladder of every rule with its history, in two queries and one for the names."""
    rows = list(LadderChange.objects.order_by("from_on", "number").prefetch_related("steps"))
    names = names_of({row.changed_by for row in rows})
    return [_shown(rule, rows, names, today) for rule in Rule]


def _shown(rule: Rule, rows: Sequence[LadderChange], names: Mapping[str, str], today: date) -> Shown:
    mine = [_change(row, names, today) for row in rows if row.rule == rule]
    past = [one for one in mine if not one.is_ahead]
    steps = on_day(rule, today).steps
    return Shown(
        rule=rule,
        label=RULE_LABELS[rule],
        steps=steps,
        rungs=rungs_of(_pairs(steps)),
        by_default=rungs_of(_pairs(DEFAULT_LADDERS[rule].steps)),
        since=past[-1] if past else None,
        ahead=tuple(one for one in mine if one.is_ahead),
        history=tuple(sorted(mine, key=lambda one: one.at, reverse=True)[:SHOWN]),
        changes=len(mine),
    )


def _change(row: LadderChange, names: Mapping[str, str], today: date) -> Change:
    steps = sorted(row.steps.all(), key=lambda step: step.number)
    return Change(
        rungs_of((step.way, step.delay_days) for step in steps),
        row.from_on,
        row.reason,
        names.get(row.changed_by, row.changed_by),
        row.changed_at,
        row.from_on > today,
    )


def touched(from_on: date, actor: Actor, at: datetime) -> Touched:
    """Count whom the ladder reminds now, and whom on the day, in one query: by the lists the numbers open."""
    running = Filters(my_organization(actor), reminded=True)
    on_the_day = Filters(running.organization, reminded_on=from_on)
    counted = select(running, actor, at).aggregate(
        running=Count("pk"), on_the_day=Count("pk", filter=Q(is_reminded_on(from_on, at)))
    )
    return Touched(counted["running"], address(running), counted["on_the_day"], address(on_the_day))
