"""Does every notice arrive though workers are killed, and only once though several work?"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from hongyan.notifications.models import Notice, State
from hongyan.notifications.sending import THREADS
from tests.notifications.conftest import Queue, sms_settings
from tests.notifications.stub_gateways import Gateway

ROOT = Path(__file__).parents[2]
NOTICES = 60
Worker = subprocess.Popen[bytes]
Start = Callable[..., Worker]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start(gateway: Gateway) -> Iterator[Start]:
    """Return a function that starts a worker process; whatever still runs at the end is killed."""
    running: list[Worker] = []

    def run(*, lease: float, fault: str = "") -> Worker:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "HONGYAN_CHANNELS": json.dumps({"sms": "hongyan.notifications.channels.sms"}),
            "HONGYAN_SMS": json.dumps({**sms_settings(gateway), "timeout": 5}),
        }
        name = str(connection.settings_dict["NAME"])
        command = [sys.executable, str(Path(__file__).with_name("worker.py")), name, str(lease), fault]
        running.append(subprocess.Popen(command, env=environment))
        return running[-1]

    yield run
    for worker in running:
        worker.kill()
        worker.wait()


def fill(queue: Queue) -> None:
    for number in range(1, NOTICES + 1):
        queue(number, at=datetime.now(UTC))


def until(condition: Callable[[], bool], what: str, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited too long for: {what}"
        time.sleep(0.02)


def all_marked() -> bool:
    return not Notice.objects.exclude(state=State.SENT).exists()


def kill_in_the_middle(worker: Worker, gateway: Gateway, after: int) -> None:
    """Wait until the provider has `after` letters, then kill the worker as the kernel would."""
    until(lambda: len(gateway.accepted) >= after, f"{after} letters")
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def lost(gateway: Gateway) -> int:
    """Count the notices that never reached the provider."""
    return NOTICES - len(gateway.times())


def test_killed_workers_lose_nothing(queue: Queue, gateway: Gateway, start: Start) -> None:
    gateway.delay = 0.1
    fill(queue)
    for after in (5, 20):
        kill_in_the_middle(start(lease=3), gateway, after)
        assert not all_marked(), "the kill came too late to prove anything"
    start(lease=3)
    until(all_marked, "every notice to be marked as sent")
    assert lost(gateway) == 0
    assert gateway.problems == []
    # Twice at most what was on its way when the two workers died, under the same client id.
    assert sum(gateway.times().values()) - NOTICES <= 2 * 2 * THREADS


def test_the_check_would_notice_marking_before_sending(queue: Queue, gateway: Gateway, start: Start) -> None:
    gateway.delay = 0.1
    fill(queue)
    kill_in_the_middle(start(lease=3, fault="mark_first"), gateway, 5)
    start(lease=3)
    until(all_marked, "every notice to be marked as sent")
    assert lost(gateway) > 0


def test_two_workers_send_each_notice_once(queue: Queue, gateway: Gateway, start: Start) -> None:
    gateway.delay = 0.01
    fill(queue)
    start(lease=60)
    start(lease=60)
    until(all_marked, "every notice to be marked as sent")
    assert set(gateway.times().values()) == {1}
    assert len(gateway.times()) == NOTICES


def test_the_check_would_notice_a_missing_lease(queue: Queue, gateway: Gateway, start: Start) -> None:
    gateway.delay = 0.01
    fill(queue)
    start(lease=60, fault="no_lease")
    start(lease=60, fault="no_lease")
    until(lambda: max(gateway.times().values(), default=0) > 1, "a notice sent twice")


def test_a_worker_told_to_stop_finishes_what_it_holds(queue: Queue, gateway: Gateway, start: Start) -> None:
    gateway.delay = 0.1
    fill(queue)
    worker = start(lease=60)
    until(lambda: len(gateway.accepted) >= 3, "the first letters")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=10) == 0
    states = set(Notice.objects.values_list("state", flat=True))
    assert states == {State.SENT, State.WAITING}
    assert Notice.objects.filter(state=State.SENT).count() == len(gateway.accepted) < NOTICES
