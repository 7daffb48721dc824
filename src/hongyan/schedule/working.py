"""How does one process carry runs out: several at a time, none of them in another's way?"""

import logging
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone
from django.utils.module_loading import import_string

from hongyan.schedule import actions
from hongyan.schedule.actions import LEASE, LeaseLost
from hongyan.schedule.jobs import call, jobs, queued_handler
from hongyan.schedule.models import Run

log = logging.getLogger("hongyan.schedule")
# So many jobs of the table at a time, and beside them so much queued work: neither waits for the other.
HANDS = {True: 3, False: 2}
# How often a worker says that it is still there, within a lease.
BEATS = 4
# How often to see whether much waits.
GLANCE = 5.0
Now = Callable[[], datetime]


def report(what: str, error: Exception) -> None:
    """Log the trace without the sentence: a database's sentence may repeat what stands in a row."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s failed: %s\n%s", what, type(error).__name__, where)


def _done(run: Run, now: Now, stop: threading.Event) -> int:
    """Do the work of a run and return how many rows it met."""
    # What this process remembers between two runs may have changed: the schedule does not know what it is.
    for name in settings.HONGYAN_REFRESHED:
        import_string(name)()
    if not run.scheduled:
        return int(queued_handler(run.job)(run, at=now()) or 0)
    return call(jobs()[run.job].handler, now(), lambda: not stop.is_set())


def carry_out(run: Run, *, now: Now = timezone.now, stop: threading.Event | None = None) -> bool:
    """Carry one run out and write down how it ended; return whether it went well."""
    try:
        count = _done(run, now, stop or threading.Event())
    except LeaseLost:
        log.warning("%s: somebody else has this run now", run)
        return False
    except Exception as error:  # noqa: BLE001 - the next job must not wait for this one's trouble
        report(str(run), error)
        actions.fail(run=run, error=type(error).__name__, at=now())
        return False
    return actions.finish(run=run, count=count, at=now())


def work_once(*, now: Now = timezone.now) -> int:
    """Plan and carry out everything that is due now, one after the other; return how many rows were met."""
    actions.plan_due(at=now())
    met = 0
    for scheduled in (True, False):
        while runs := actions.take_due(at=now(), limit=1, scheduled=scheduled):
            carry_out(runs[0], now=now)
            met += Run.objects.get(pk=runs[0].pk).count
    return met


class Worker:
    """Goes on until told to stop: plans, takes, carries out in threads, says that it is still there."""

    def __init__(self, *, lease: timedelta = LEASE, now: Now = timezone.now) -> None:
        """Remember for how long a run is taken, and by which clock."""
        self.lease, self.now = lease, now
        self.stop = threading.Event()
        self.busy = dict[int, Run]()
        self.lock = threading.Lock()
        self.glanced = 0.0

    def go_on(self, *, every: float) -> None:
        """Work until `stop` is set."""
        beating = threading.Thread(target=self._beat, daemon=True)
        beating.start()
        with ThreadPoolExecutor(sum(HANDS.values())) as hands:
            while not self.stop.is_set():
                self.look(hands)
                self.stop.wait(every)

    def look(self, hands: ThreadPoolExecutor) -> None:
        """Plan what is due and take as much as there are free hands; a failing look is only logged."""
        close_old_connections()
        try:
            self._plan()
            for scheduled, room in HANDS.items():
                with self.lock:
                    free = room - sum(run.scheduled is scheduled for run in self.busy.values())
                for run in actions.take_due(at=self.now(), limit=free, scheduled=scheduled, lease=self.lease):
                    with self.lock:
                        self.busy[run.pk] = run
                    hands.submit(self._carry, run)
        except Exception as error:  # noqa: BLE001 - a database that is away comes back
            report("a look", error)

    def _plan(self) -> None:
        actions.plan_due(at=self.now())
        if abs(self.now().timestamp() - self.glanced) < GLANCE:
            return
        self.glanced = self.now().timestamp()
        for job in jobs().values():
            if job.early and import_string(job.early)():
                actions.plan_early(job=job, at=self.now())

    def _carry(self, run: Run) -> None:
        close_old_connections()
        try:
            carry_out(run, now=self.now, stop=self.stop)
        except Exception as error:  # noqa: BLE001 - what could not be written down runs out with its lease
            report(str(run), error)
        finally:
            with self.lock:
                self.busy.pop(run.pk, None)
            close_old_connections()

    def _beat(self) -> None:
        """Say every quarter of a lease that this process is alive, as long as it is."""
        while not self.stop.wait(self.lease.total_seconds() / BEATS):
            with self.lock:
                runs = list(self.busy.values())
            if not runs:
                continue
            try:
                close_old_connections()
                actions.keep(runs=runs, at=self.now(), lease=self.lease)
            except Exception as error:  # noqa: BLE001 - on SQLite the writer may be this very process
                report("a sign of life", error)
        connection.close()
