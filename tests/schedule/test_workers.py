"""Does each job run once though two workers run, and again though one is killed?"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from hongyan.schedule.models import Run, State
from hongyan.web.serving import children
from tests.schedule.conftest import HERE, noted

ROOT = Path(__file__).parents[2]
Worker = subprocess.Popen[bytes]
Start = Callable[..., Worker]
# Once a year, so that a test never meets the next moment.
YEARLY = "0 3 1 1 *"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts a worker process; whatever still runs at the end is killed."""
    running: list[Worker] = []

    def run(*jobs: str, lease: float = 60, fault: str = "") -> Worker:
        table = {name: (YEARLY, HERE + name) for name in jobs}
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        name = str(connection.settings_dict["NAME"])
        command = [sys.executable, str(Path(__file__).with_name("worker.py")), name, str(lease)]
        running.append(subprocess.Popen([*command, json.dumps(table), fault], env=environment))
        return running[-1]

    yield run
    for worker in running:
        worker.kill()
        worker.wait()


def until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited too long for: {what}"
        time.sleep(0.02)


def all_done(count: int) -> bool:
    return Run.objects.filter(state=State.DONE).count() == count


def test_two_workers_run_each_job_once(start: Start) -> None:
    workers = [start("note", "slow"), start("note", "slow")]
    until(lambda: all_done(2), "both jobs")
    time.sleep(1)
    assert (noted("note"), noted("slow")) == (1, 1)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    assert [worker.wait(timeout=20) for worker in workers] == [0, 0]


def test_the_check_would_notice_a_missing_lease(start: Start) -> None:
    start("slow", fault="no_lease")
    start("slow", fault="no_lease")
    until(lambda: noted("slow") > 1, "a job that ran twice")


def test_a_job_whose_worker_was_killed_runs_again_and_the_others_are_not_held_up(start: Start) -> None:
    first = start("dies_once", "note", lease=2)
    assert first.wait(timeout=60) == -signal.SIGKILL
    assert not all_done(2)
    start("dies_once", "note", lease=2)
    until(lambda: all_done(2), "both jobs")
    assert noted("dies") == 2
    assert Run.objects.get(job="dies_once").attempts == 2


def test_a_worker_that_is_alive_keeps_a_job_longer_than_its_lease(start: Start) -> None:
    start("slow", lease=0.3)
    start("slow", lease=0.3)
    until(lambda: all_done(1), "the slow job")
    assert noted("slow") == 1


def test_an_installation_keeps_the_schedule_unless_it_runs_elsewhere() -> None:
    assert [child.name for child in children("127.0.0.1", 8000, 1)] == ["web", "deliver", "tick"]
    assert [child.name for child in children("127.0.0.1", 8000, 1, web_only=True)] == ["web"]
