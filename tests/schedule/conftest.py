"""What do the tests of the schedule share?"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from hongyan.audit.models import Entry

HERE = "tests.schedule.jobs_for_tests."
ROOT = Path(__file__).parents[2]
Worker = subprocess.Popen[bytes]
Start = Callable[..., Worker]
Jobs = Callable[[Mapping[str, tuple[str, ...]]], None]


def noted(job: str) -> int:
    """Count the traces a job left."""
    return Entry.objects.filter(verb="noted", subject=f"job:{job}").count()


@pytest.fixture
def table(settings: Settings) -> Jobs:
    """Return a function that puts other jobs into the table: cron and the name of the handler."""

    def put(lines: Mapping[str, tuple[str, ...]]) -> None:
        settings.HONGYAN_JOBS = {
            name: (cron, *(HERE + word for word in words)) for name, (cron, *words) in lines.items()
        }

    return put


def until(condition: Callable[[], bool], what: str, seconds: float = 90) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited too long for: {what}"
        time.sleep(0.02)


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts a worker process; whatever still runs at the end is killed."""
    running: list[Worker] = []

    def run(
        jobs: Mapping[str, tuple[str, str]], *, lease: float = 60, fault: str = "", at: datetime | None = None
    ) -> Worker:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        name, moment = str(connection.settings_dict["NAME"]), at.isoformat() if at else ""
        command = [sys.executable, str(Path(__file__).with_name("worker.py")), name, str(lease)]
        running.append(subprocess.Popen([*command, json.dumps(jobs), fault, moment], env=environment))
        return running[-1]

    yield run
    for worker in running:
        worker.kill()
        worker.wait()
