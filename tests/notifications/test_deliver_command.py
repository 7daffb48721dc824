"""Does the command send what is due, and does a worker outlive a bad pass?"""

import signal
import threading
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from hongyan.notifications.actions import Delivery
from hongyan.notifications.management.commands import deliver
from hongyan.notifications.models import Notice, State
from tests.notifications.conftest import Queue


@pytest.mark.django_db
def test_one_run_sends_everything_due(queue: Queue, settings: Settings, tmp_path: Path) -> None:
    settings.HONGYAN_CHANNELS = {"sms": "hongyan.notifications.channels.console"}
    settings.HONGYAN_OUTBOX = tmp_path / "outbox.jsonl"
    for number in range(1, 6):
        queue(number, at=datetime.now(UTC))
    said = StringIO()
    call_command("deliver", limit=2, stdout=said)
    assert said.getvalue().count("已发出") == 3
    assert not Notice.objects.exclude(state=State.SENT).exists()
    assert len((tmp_path / "outbox.jsonl").read_text(encoding="utf-8").splitlines()) == 5


@pytest.mark.django_db
def test_failed_notices_are_queued_again_on_request(queue: Queue, settings: Settings, tmp_path: Path) -> None:
    settings.HONGYAN_CHANNELS = {"sms": "hongyan.notifications.channels.console"}
    settings.HONGYAN_OUTBOX = tmp_path / "outbox.jsonl"
    queue(1)
    Notice.objects.update(state=State.FAILED, attempts=5)
    said = StringIO()
    call_command("deliver", retry_failed=True, stdout=said)
    assert "重新排队 1 条" in said.getvalue()
    assert Notice.objects.get().state == State.SENT


def test_a_failing_pass_ends_one_run_but_never_a_worker(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, passes = threading.Event(), list[int]()
    sentence = "the row of 10012345678"

    def failing(**_: Any) -> Delivery:
        passes.append(1)
        if len(passes) >= 3:
            stop.set()
        raise OSError(sentence)

    monkeypatch.setattr(deliver, "deliver_due", failing)
    monkeypatch.setattr(threading, "Event", lambda: stop)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(OSError, match="the row"):
        call_command("deliver")
    passes.clear()
    call_command("deliver", forever=True, every=0.01)
    assert len(passes) == 3
    assert "a pass failed: OSError" in caplog.text
    assert "10012345678" not in caplog.text
