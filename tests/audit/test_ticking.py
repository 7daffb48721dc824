"""Is the audit sealed by the clock that runs anyway, and does a crowd of rows not wait for its minute?"""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from hongyan.audit.actions import is_crowded
from hongyan.audit.actions import sealing as sealing_actions
from hongyan.audit.models import Seal
from hongyan.audit.verifying import verify
from hongyan.journeys.management.commands import tick
from tests.audit.conftest import fill

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_look_of_the_clock_seals(heads_file: Path) -> None:
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


def test_a_crowd_does_not_wait_for_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing_actions, "CROWD", 4)
    monkeypatch.setattr(tick, "GLANCE", 0.05)
    stop = threading.Event()

    def rest() -> None:
        tick.Command()._rest(stop, 30)
        connection.close()

    clock = threading.Thread(target=rest)
    clock.start()
    try:
        fill(3)
        time.sleep(0.3)
        assert not Seal.objects.exists()
        fill(3)
        until = time.monotonic() + 15
        while not Seal.objects.filter(stream="access").exists():
            assert time.monotonic() < until
            time.sleep(0.02)
    finally:
        stop.set()
        clock.join(20)


def test_a_sealing_that_fails_stops_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*, at: datetime) -> int:
        raise DatabaseError

    monkeypatch.setattr(tick, "seal_due", fail)
    tick.Command()._seal(True)
    with pytest.raises(DatabaseError):
        tick.Command()._seal(False)
