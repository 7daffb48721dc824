"""Does each job run once though two workers run, and again though one is killed?"""

import signal
import time

import pytest

from hongyan.schedule.models import Run, State
from hongyan.web.serving import children
from tests.schedule.conftest import HERE, Start, noted, until

# Once a year, so that a test never meets the next moment.
YEARLY = "0 3 1 1 *"

pytestmark = pytest.mark.django_db(transaction=True)


def yearly(*jobs: str) -> dict[str, tuple[str, str]]:
    return {name: (YEARLY, HERE + name) for name in jobs}


def all_done(count: int) -> bool:
    return Run.objects.filter(state=State.DONE).count() == count


def test_two_workers_run_each_job_once(start: Start) -> None:
    workers = [start(yearly("note", "slow")), start(yearly("note", "slow"))]
    until(lambda: all_done(2), "both jobs")
    time.sleep(1)
    assert (noted("note"), noted("slow")) == (1, 1)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(timeout=20) for worker in workers] == [0, 0]


def test_the_check_would_notice_a_missing_lease(start: Start) -> None:
    start(yearly("slow"), fault="no_lease")
    start(yearly("slow"), fault="no_lease")
    until(lambda: noted("slow") > 1, "a job that ran twice")


def test_a_job_whose_worker_was_killed_runs_again_and_the_others_are_not_held_up(start: Start) -> None:
    first = start(yearly("dies_once", "note"), lease=2)
    assert first.wait(timeout=60) == -signal.SIGKILL
    assert not all_done(2)
    start(yearly("dies_once", "note"), lease=2)
    until(lambda: all_done(2), "both jobs")
    assert noted("dies") == 2
    assert Run.objects.get(job="dies_once").attempts == 2


def test_a_worker_that_is_alive_keeps_a_job_longer_than_its_lease(start: Start) -> None:
    start(yearly("slow"), lease=0.3)
    start(yearly("slow"), lease=0.3)
    until(lambda: all_done(1), "the slow job")
    assert noted("slow") == 1


def test_an_installation_keeps_the_schedule_unless_it_runs_elsewhere() -> None:
    assert [child.name for child in children("127.0.0.1", 8000, 1)] == ["web", "deliver", "tick"]
    assert [child.name for child in children("127.0.0.1", 8000, 1, web_only=True)] == ["web"]
