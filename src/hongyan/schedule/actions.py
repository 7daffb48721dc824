"""Plan runs, queue work, take runs for one worker, finish them, let the old ones go.

A run is taken by a conditional update that writes a token and an end: whoever dies leaves a lease that runs
out, and the next worker begins anew. So a handler may be called twice, and must do no harm by it. A planned
moment that nobody was there for is not made up for: the latest one stands for all that were missed.
"""

import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from hongyan.schedule.jobs import Job, jobs
from hongyan.schedule.models import OPEN, Run, State

CLOCK = "system:clock"
# How long a worker may be silent; it says every few seconds that it is still there.
LEASE = timedelta(seconds=60)
# How long to wait after the first, second … try; after the last one the run has failed.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
_CODE = re.compile(r"[\w.:-]{0,96}")


class LeaseLost(Exception):
    """Somebody else has this run now, or nobody shall have it any more."""


def _overtake(job: Job, moment: datetime, at: datetime) -> None:
    """Let a later moment stand for an earlier one that did not begin, or whose worker is gone."""
    gone = Q(state=State.LEASED, leased_until__lte=at)
    Run.objects.filter(
        Q(state=State.WAITING) | gone, job=job.name, scheduled=True, planned_at__lt=moment
    ).update(state=State.SUPERSEDED, leased_until=None, finished_at=at)


def _planned(job: Job, moment: datetime, at: datetime) -> Run:
    return Run(
        job=job.name,
        key=moment.isoformat(),
        scheduled=True,
        planned_at=moment,
        queued_at=at,
        queued_by=CLOCK,
        not_before=moment,
    )


def plan_due(*, at: datetime) -> int:
    """Write a run for the latest planned moment of each job that has none yet; return how many looked new.

    Two workers may do so at once: the database takes one row per moment, and one open run per job.
    """
    wanted = {(job.name, moment.isoformat()): (job, moment) for job, moment in _latest(at)}
    known = Run.objects.filter(job__in={name for name, _ in wanted}, key__in={key for _, key in wanted})
    missing = set(wanted) - set(known.values_list("job", "key"))
    for name in sorted(missing):
        job, moment = wanted[name]
        with transaction.atomic():
            _overtake(job, moment, at)
            Run.objects.bulk_create([_planned(job, moment, at)], ignore_conflicts=True)
    return len(missing)


def _latest(at: datetime) -> Sequence[tuple[Job, datetime]]:
    return [(job, job.latest(at).astimezone(at.tzinfo)) for job in jobs().values()]


def plan_early(*, job: Job, at: datetime) -> None:
    """Let a job begin before its moment, because much waits; nothing happens while it runs anyway."""
    Run.objects.bulk_create([_planned(job, at, at)], ignore_conflicts=True)


def queue(*, kind: str, key: str, arguments: Mapping[str, int | str], by: str, at: datetime) -> Run:
    """Queue a piece of work once per key; it begins when the transaction of the caller has ended.

    Arguments are ids and codes: what is personal stays in rows of its own.
    """
    wrong = [name for name, value in arguments.items() if not _CODE.fullmatch(str(value))]
    if wrong:
        raise ValueError(f"arguments of {kind} that are no ids: {', '.join(wrong)}")
    run = Run(
        job=kind,
        key=key,
        scheduled=False,
        arguments=dict(arguments),
        planned_at=at,
        queued_at=at,
        queued_by=by,
        not_before=at,
    )
    Run.objects.bulk_create([run], ignore_conflicts=True)
    return Run.objects.get(job=kind, key=key)


def queue_again(*, run: Run, by: str, at: datetime) -> bool:
    """Give queued work that has failed another round of tries; return whether it had failed."""
    failed = Run.objects.filter(pk=run.pk, scheduled=False, state=State.FAILED)
    return bool(
        failed.update(
            state=State.WAITING, attempts=0, not_before=at, finished_at=None, queued_at=at, queued_by=by
        )
    )


def take_due(*, at: datetime, limit: int, scheduled: bool, lease: timedelta = LEASE) -> list[Run]:
    """Take up to `limit` due runs for this worker alone; return them."""
    if limit <= 0:
        return []
    expired = Q(state=State.LEASED, leased_until__lte=at)
    due = Q(state=State.WAITING, not_before__lte=at)
    token = secrets.token_hex(16)
    # Without a transaction first: most looks find nothing, and on SQLite each would wait for the writers.
    if not Run.objects.filter(expired | due, scheduled=scheduled).exists():
        return []
    with transaction.atomic():
        # PostgreSQL skips what another worker is taking; on SQLite writers take turns anyway.
        found = Run.objects.select_for_update(skip_locked=True).filter(expired | due, scheduled=scheduled)
        runs = list(found.order_by("not_before", "id")[:limit])
        # Whoever killed so many workers has had his tries.
        hopeless = [run.pk for run in runs if run.attempts > len(BACKOFF)]
        Run.objects.filter(expired | due, pk__in=hopeless).update(
            state=State.FAILED, leased_until=None, finished_at=at, last_error="WorkerLost"
        )
        for run in runs:
            if run.pk not in hopeless:
                Run.objects.filter(expired | due, pk=run.pk).update(
                    state=State.LEASED,
                    lease_token=token,
                    leased_until=at + lease,
                    attempts=run.attempts + 1,
                    started_at=at,
                )
    mine = Run.objects.filter(pk__in=[run.pk for run in runs], lease_token=token, state=State.LEASED)
    return list(mine.order_by("not_before", "id"))


def keep(*, runs: Collection[Run], at: datetime, lease: timedelta = LEASE) -> int:
    """Say that this worker is still at these runs; return how many are still its own."""
    ours = Q(pk__in=[])
    for run in runs:
        ours |= Q(pk=run.pk, lease_token=run.lease_token)
    return Run.objects.filter(ours, state=State.LEASED).update(leased_until=at + lease)


def progress(*, run: Run, done: int, total: int, at: datetime) -> None:
    """Write down how far queued work has come; raises LeaseLost when it is no longer this worker's."""
    held = Run.objects.filter(pk=run.pk, lease_token=run.lease_token, state=State.LEASED)
    if not held.update(done=done, total=total, leased_until=at + LEASE):
        raise LeaseLost


def finish(*, run: Run, count: int, at: datetime) -> bool:
    """Mark a run as done; return whether it was still this worker's."""
    held = Run.objects.filter(pk=run.pk, lease_token=run.lease_token, state=State.LEASED)
    return bool(held.update(state=State.DONE, leased_until=None, finished_at=at, count=count, last_error=""))


def fail(*, run: Run, error: str, at: datetime) -> None:
    """Plan the next try of a run that went wrong, or let it fail.

    A job whose next planned moment comes before the next try needs none: that moment is the try.
    """
    held = Run.objects.filter(pk=run.pk, lease_token=run.lease_token, state=State.LEASED)
    again = at + BACKOFF[run.attempts - 1] if run.attempts <= len(BACKOFF) else None
    job = jobs().get(run.job) if run.scheduled else None
    if job and again and job.following(at) <= again:
        again = None
    if again is None:
        held.update(state=State.FAILED, leased_until=None, finished_at=at, last_error=error)
    else:
        held.update(state=State.WAITING, leased_until=None, not_before=again, last_error=error)


def forget_runs(*, before: datetime) -> int:
    """Delete runs that ended before that moment, but the last ones of each job; return how many."""
    last = Run.objects.values("job", "state").annotate(last=Max("id")).values_list("last", flat=True)
    old = Run.objects.exclude(state__in=OPEN).filter(finished_at__lt=before)
    return old.exclude(pk__in=list(last)).delete()[0]
