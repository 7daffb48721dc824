"""When did each job run last, and which one is late or failing?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

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
    """Say of each job how it stands, in two queries however many there are."""
    table = jobs()
    newest = Run.objects.filter(scheduled=True, job__in=table).values("job", "state").annotate(last=Max("id"))
    rows = Run.objects.in_bulk([group["last"] for group in newest])
    runs = {(run.job, State(run.state)): run for run in rows.values()}
    return [_standing(job, runs, at) for job in table.values()]


def _standing(job: Job, runs: Mapping[tuple[str, State], Run], at: datetime) -> Standing:
    last = runs.get((job.name, State.DONE))
    return Standing(
        job=job,
        last=last,
        failed=runs.get((job.name, State.FAILED)),
        open=next((runs[job.name, state] for state in OPEN if (job.name, state) in runs), None),
        following=job.following(at),
        late=last is None or last.planned_at < job.latest(at - GRACE),
    )


def run_of(*, kind: str, key: str) -> Run | None:
    """Find queued work by its key, for a page that shows how far it has come."""
    return Run.objects.filter(job=kind, key=key).first()
