"""How far have those come who were marked in the last months, and how long did each step take?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.query import QuerySet

from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.states import CloseReason, Purpose
from hongyan.organizations.models import Organization, under
from hongyan.reports.models import Pace

DAYS = 90


class Step(StrEnum):
    """One step of the way; each holds only those who made the step before."""

    MARKED = "marked"
    CHECKED_IN = "checked_in"
    AT_BRANCH = "at_branch"
    ACCEPTED = "accepted"


STEP_LABELS = {
    Step.MARKED: "标记",
    Step.CHECKED_IN: "报到",
    Step.AT_BRANCH: "派到支部",
    Step.ACCEPTED: "纳管",
}


@dataclass(frozen=True)
class Stage:
    """One step: how many came so far, which part of the marked that is, and the median time it took."""

    step: Step
    label: str
    count: int
    share: float
    median: timedelta | None = None


@dataclass(frozen=True)
class Funnel:
    """The way from marking to hosting of everybody marked in the last `days` days, as it was at a moment."""

    days: int
    at: datetime
    stages: tuple[Stage, ...]

    @property
    def marked(self) -> int:
        """Return how many were marked."""
        return self.stages[0].count


# Of those who made both steps: from when to when one took.
TOOK = {Step.CHECKED_IN: ("marked_at", "checked_in_at"), Step.ACCEPTED: ("checked_in_at", "accepted_at")}
_MADE = {
    Step.CHECKED_IN: Q(checked_in_at__isnull=False),
    Step.ACCEPTED: Q(checked_in_at__isnull=False, accepted_at__isnull=False),
}
# A pace older than this is not shown; whoever takes it every hour has then been silent for a day.
OLDEST = timedelta(hours=26)


def marked_lately(at: datetime) -> QuerySet[Journey]:
    """Select who was marked lately; a marking that was taken back was a mistake, not a step."""
    since = at - timedelta(days=DAYS)
    return Journey.objects.filter(is_short=False, marked_at__gte=since, marked_at__lte=at).exclude(
        close_reason=CloseReason.CANCELLED
    )


def steps_made() -> dict[str, Count]:
    """Count each step, by its name; each holds only those who made the step before."""
    reached = Handoff.objects.filter(
        journey=OuterRef("pk"), purpose__in=(Purpose.DISPATCH, Purpose.BINDING), receiver__can_host=True
    )
    came, taken = _MADE[Step.CHECKED_IN], _MADE[Step.ACCEPTED]
    return {
        Step.MARKED: Count("pk"),
        Step.CHECKED_IN: Count("pk", filter=came),
        Step.AT_BRANCH: Count("pk", filter=taken | came & Q(Exists(reached))),
        Step.ACCEPTED: Count("pk", filter=taken),
    }


def durations(journeys: QuerySet[Journey], step: Step) -> QuerySet[Journey, Any]:
    """Keep those who made a step, with how long it `took`."""
    start, end = TOOK[step]
    took = ExpressionWrapper(F(end) - F(start), output_field=DurationField())
    return journeys.filter(_MADE[step]).annotate(took=took)


def _median(journeys: QuerySet[Journey], step: Step, count: int) -> timedelta | None:
    """Pick the (lower) median of a step's `count` durations in the database."""
    if not count:
        return None
    middle = (count - 1) // 2
    took: Any = durations(journeys, step)
    chosen: timedelta = took.order_by("took").values_list("took", flat=True)[middle : middle + 1][0]
    return chosen


def funnel(organization: Organization, at: datetime) -> Funnel:
    """Say how far and how fast people came: of the upper levels as it was taken last, below as it is now."""
    kept = Pace.objects.filter(path=organization.path, paced_at__gt=at - OLDEST, paced_at__lte=at).first()
    return _kept(kept) if kept else _now(organization, at)


def _now(organization: Organization, at: datetime) -> Funnel:
    marked = marked_lately(at).filter(under("home_path", organization.path))
    counts = marked.aggregate(**steps_made())
    medians = {step: _median(marked, step, counts[step]) for step in TOOK}
    return _funnel(at, counts, medians)


def _kept(pace: Pace) -> Funnel:
    counts = {str(step): getattr(pace, step) for step in Step}
    medians = {Step.CHECKED_IN: pace.check_in_took, Step.ACCEPTED: pace.accept_took}
    return _funnel(pace.paced_at, counts, medians)


def _funnel(at: datetime, counts: Mapping[str, int], medians: Mapping[Step, timedelta | None]) -> Funnel:
    whole = counts[Step.MARKED] or 1
    stages = []
    for step in Step:
        took = medians.get(step)
        spent = max(took, timedelta(0)) if took is not None else None
        stages.append(Stage(step, STEP_LABELS[step], counts[step], counts[step] / whole, spent))
    return Funnel(DAYS, at, tuple(stages))
