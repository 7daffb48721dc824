"""Which handlers do the tests of the schedule run? They write into the audit, where nothing can be taken back."""

import os
import signal
import time
from datetime import datetime

from hongyan.audit.actions import record
from hongyan.schedule.actions import progress
from hongyan.schedule.models import Run

ACTOR = "system:clock"


def note(*, at: datetime) -> int:
    """Leave one trace per call."""
    record(actor=ACTOR, verb="noted", subject="job:note", at=at)
    return 1


def slow(*, at: datetime) -> int:
    """Leave a trace, and take a while."""
    record(actor=ACTOR, verb="noted", subject="job:slow", at=at)
    time.sleep(0.5)
    return 1


def broken(*, at: datetime) -> int:
    """Go wrong every time, with a sentence nobody may read in a log."""
    record(actor=ACTOR, verb="noted", subject="job:broken", at=at)
    raise ValueError("1" + "0" * 9 + "1")


LEFT = [0]


def full(*, at: datetime, limit: int) -> int:
    """Have more than one batch to do."""
    met = min(limit, LEFT[0])
    LEFT[0] -= met
    return met


def crowded() -> bool:
    """Say that much waits."""
    return True


def counted(run: Run, *, at: datetime) -> int:
    """Count to what was asked for, and say how far it has come."""
    total = int(run.arguments["until"])
    for number in range(total):
        progress(run=run, done=number + 1, total=total, at=at)
    return total


def dies_once(*, at: datetime) -> int:
    """Leave a trace and be killed, as by the kernel; the second time go through."""
    from hongyan.audit.models import Entry

    second = Entry.objects.filter(subject="job:dies").exists()
    record(actor=ACTOR, verb="noted", subject="job:dies", at=at)
    if not second:
        os.kill(os.getpid(), signal.SIGKILL)
    return 1
