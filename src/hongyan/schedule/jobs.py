"""Which jobs are there, and at which moments are they planned?

A job is a line of `settings.HONGYAN_JOBS`: its name, when (a cron expression, on the clock of Shanghai), and
the dotted name of its handler. A handler takes `at=` and returns how many rows it met; one that also takes
`limit=` is called again as long as it comes back full. It must do no harm when it is called twice.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim
from django.conf import settings
from django.utils.module_loading import import_string

SHANGHAI = ZoneInfo("Asia/Shanghai")
# So many rows a handler with a limit takes at a time.
FULL = 500


@dataclass(frozen=True)
class Job:
    """One line of the table: what runs when."""

    name: str
    cron: str
    handler: str
    # Of a dotted name: tells whether so much waits that the planned moment is too far.
    early: str = ""

    def latest(self, at: datetime) -> datetime:
        """Return the last planned moment that is not after `at`."""
        # The library looks for moments before the one it is given; a moment itself counts.
        after = at.astimezone(SHANGHAI).replace(microsecond=0) + timedelta(seconds=1)
        return next(CronSim(self.cron, after, reverse=True))

    def following(self, at: datetime) -> datetime:
        """Return the first planned moment after `at`."""
        return next(CronSim(self.cron, at.astimezone(SHANGHAI)))


def jobs() -> dict[str, Job]:
    """List the jobs of this installation by name."""
    lines: Mapping[str, Iterable[str]] = settings.HONGYAN_JOBS
    return {name: Job(name, *line) for name, line in lines.items()}


def call(handler: str, at: datetime, going_on: Callable[[], bool]) -> int:
    """Call a job's handler, again as long as it comes back full and nobody says stop; return its count."""
    function: Callable[..., int | None] = import_string(handler)
    if "limit" not in inspect.signature(function).parameters:
        return int(function(at=at) or 0)
    total = 0
    while True:
        met = int(function(at=at, limit=FULL) or 0)
        total += met
        if met < FULL or not going_on():
            return total


def queued_handler(kind: str) -> Callable[..., Any]:
    """Return what does the work of a kind that is queued: it takes the run and `at=`, and returns a count."""
    handler: Callable[..., Any] = import_string(settings.HONGYAN_QUEUED[kind])
    return handler
