"""When did each job run last, and which one is late or failing?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hongyan.schedule.jobs import Job, jobs
from hongyan.schedule.models import OPEN, Run, State

# So long after its planned moment a job may still be on its way.
GRACE = timedelta(minutes=15)


@dataclass(frozen=True)
class Standing:
    """How one job stands now."""

    job: Job
    # The last run that went well, the last one that did not, the one under way.
    last: Run | None
    failed: Run | None
    open: Run | None
    following: datetime
    late: bool

    @property
    def failing(self) -> bool:
        """Tell whether what it did last went wrong."""
        if self.open and self.open.last_error:
            return True
        return bool(self.failed and (self.last is None or self.failed.planned_at > self.last.planned_at))


def standings(*, at: datetime) -> Sequence[Standing]:
    """Say of each job how it stands."""
    return [_standing(job, at) for job in jobs().values()]


def _standing(job: Job, at: datetime) -> Standing:
    runs = Run.objects.filter(job=job.name, scheduled=True)
    last = runs.filter(state=State.DONE).order_by("-planned_at").first()
    wanted = job.latest(at - GRACE)
    return Standing(
        job=job,
        last=last,
        failed=runs.filter(state=State.FAILED).order_by("-planned_at").first(),
        open=runs.filter(state__in=OPEN).order_by("-planned_at").first(),
        following=job.following(at),
        late=last is None or last.planned_at < wanted,
    )


def run_of(*, kind: str, key: str) -> Run | None:
    """Find queued work by its key, for a page that shows how far it has come."""
    return Run.objects.filter(job=kind, key=key).first()
