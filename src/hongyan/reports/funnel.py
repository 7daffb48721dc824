"""How far have those come who were marked in the last months, and how long did each step take?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.query import QuerySet

from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.states import CloseReason, Purpose
from hongyan.organizations.models import Organization, under

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
    """The way from marking to hosting of everybody marked in the last `days` days."""

    days: int
    stages: tuple[Stage, ...]

    @property
    def marked(self) -> int:
        """Return how many were marked."""
        return self.stages[0].count


def _marked(path: str, at: datetime) -> QuerySet[Journey]:
    """Select who was marked lately; a marking that was taken back was a mistake, not a step."""
    since = at - timedelta(days=DAYS)
    return Journey.objects.filter(
        under("home_path", path), is_short=False, marked_at__gte=since, marked_at__lte=at
    ).exclude(close_reason=CloseReason.CANCELLED)


def _median(journeys: QuerySet[Journey], start: str, end: str, count: int) -> timedelta | None:
    """Pick the (lower) median duration between two moments in the database; `count` rows have both."""
    if not count:
        return None
    took = ExpressionWrapper(F(end) - F(start), output_field=DurationField())
    middle = (count - 1) // 2
    chosen: timedelta = (
        journeys.annotate(took=took).order_by("took").values_list("took", flat=True)[middle : middle + 1][0]
    )
    return max(chosen, timedelta(0))


def funnel(organization: Organization, at: datetime) -> Funnel:
    """Count the steps from marking to hosting, in three queries."""
    marked = _marked(organization.path, at)
    reached = Handoff.objects.filter(
        journey=OuterRef("pk"), purpose__in=(Purpose.DISPATCH, Purpose.BINDING), receiver__can_host=True
    )
    checked_in = Q(checked_in_at__isnull=False)
    accepted = checked_in & Q(accepted_at__isnull=False)
    counts = marked.aggregate(
        marked=Count("pk"),
        checked_in=Count("pk", filter=checked_in),
        at_branch=Count("pk", filter=accepted | checked_in & Q(Exists(reached))),
        accepted=Count("pk", filter=accepted),
    )
    medians = {
        Step.CHECKED_IN: _median(
            marked.filter(checked_in), "marked_at", "checked_in_at", counts["checked_in"]
        ),
        Step.ACCEPTED: _median(marked.filter(accepted), "checked_in_at", "accepted_at", counts["accepted"]),
    }
    stages = tuple(
        Stage(
            step, STEP_LABELS[step], counts[step], counts[step] / (counts["marked"] or 1), medians.get(step)
        )
        for step in Step
    )
    return Funnel(DAYS, stages)
