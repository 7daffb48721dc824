"""Is the audit sealed by the schedule that runs anyway, and does a crowd of rows not wait for its minute?"""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from pytest_django import Settings

from hongyan.audit.actions import is_crowded
from hongyan.audit.actions import sealing as sealing_actions
from hongyan.audit.models import Seal
from hongyan.audit.verifying import verify
from hongyan.schedule import working
from hongyan.schedule.models import Run
from tests.audit.conftest import fill

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sealing_only(settings: Settings) -> None:
    """Let the schedule do nothing but seal, once a year unless a crowd waits."""
    settings.HONGYAN_JOBS = {"seal": ("0 3 1 1 *", *settings.HONGYAN_JOBS["seal"][1:])}


def test_one_look_of_the_clock_seals(heads_file: Path, sealing_only: None) -> None:
    fill(3)
    call_command("tick")
    assert sum(Seal.objects.values_list("rows", flat=True)) == 6
    assert len(heads_file.read_bytes().splitlines()) == 2
    assert verify(heads=[heads_file]).findings == []


def test_a_crowd_is_seen_and_gone_once_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_crowded()
    monkeypatch.setattr(sealing_actions, "CROWD", 4)
    fill(3)
    assert not is_crowded()
    fill(1)
    assert is_crowded()
    sealing_actions.seal_due(at=datetime.now(UTC))
    assert not is_crowded()


def test_a_crowd_does_not_wait_for_the_planned_moment(
    monkeypatch: pytest.MonkeyPatch, sealing_only: None
) -> None:
    monkeypatch.setattr(sealing_actions, "CROWD", 4)
    monkeypatch.setattr(working, "GLANCE", 0.05)
    worker = working.Worker()

    def work() -> None:
        worker.go_on(every=0.02)
        connection.close()

    clock = threading.Thread(target=work)
    clock.start()
    try:
        _wait(lambda: Run.objects.filter(state="done").exists())
        fill(3)
        time.sleep(0.3)
        assert not Seal.objects.exists()
        fill(3)
        _wait(lambda: Seal.objects.filter(stream="access").exists())
    finally:
        worker.stop.set()
        clock.join(20)


def _wait(condition: object) -> None:
    until = time.monotonic() + 15
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_sealing_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch, sealing_only: None) -> None:
    def fail(*, at: datetime) -> int:
        raise DatabaseError

    monkeypatch.setattr("hongyan.audit.actions.seal_due", fail)
    call_command("tick")
    assert Run.objects.get().last_error == "DatabaseError"
