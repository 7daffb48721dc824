"""While many write and several seal, is every row sealed exactly once, and none behind a seal's back?"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from django.db import connection, transaction

from hongyan.audit import heads
from hongyan.audit.actions import record, record_access, seal_due
from hongyan.audit.actions import sealing as sealing_actions
from hongyan.audit.models import AccessLog, Entry, Seal, Stream
from hongyan.audit.verifying import Kind, verify
from hongyan.statements import in_turn
from tests.audit.conftest import AT, fill

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, DEEDS = 4, 60


def in_threads(*jobs: Callable[[], None]) -> None:
    """Run jobs at once, each with a connection of its own, and raise what any of them raised."""

    def alone(job: Callable[[], None]) -> None:
        try:
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(alone, job) for job in jobs]:
            done.result(120)


def test_writers_and_sealers_at_once(heads_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Transactions of different length, some rolled back, while three sealers run over each other."""
    monkeypatch.setattr(sealing_actions, "CHUNK", 7)
    finished = [Event() for _ in range(WRITERS)]

    def write(number: int) -> Callable[[], None]:
        def job() -> None:
            for deed in range(DEEDS):
                with in_turn():
                    record(actor=f"user:{number}", verb="accept", subject=f"journey:{deed}", at=AT)
                    record_access(
                        viewer=f"user:{number}", people=["member:1", "member:2"], purpose="desk", at=AT
                    )
                    time.sleep(0.001 * ((deed * number) % 5))
                    if deed % 10 == 9:
                        transaction.set_rollback(True)
            finished[number].set()

        return job

    def seal() -> None:
        while not all(event.is_set() for event in finished):
            seal_due(at=datetime.now(UTC))
        seal_due(at=datetime.now(UTC))

    in_threads(*(write(number) for number in range(WRITERS)), seal, seal, seal)
    deeds = WRITERS * DEEDS * 9 // 10
    assert (Entry.objects.count(), AccessLog.objects.count()) == (deeds, 2 * deeds)
    report = verify(heads=[heads_file])
    assert report.findings == []
    for stream, rows in ((Stream.ENTRY, deeds), (Stream.ACCESS, 2 * deeds)):
        checked = report.checked[stream]
        assert (checked.rows, checked.unsealed) == (rows, 0)
        assert sum(Seal.objects.filter(stream=stream).values_list("rows", flat=True)) == rows
        assert checked.batches > 5
    # Each head is exported once, in the order of the chain.
    lines = [heads.read_line(line) for line in heads_file.read_bytes().splitlines()]
    assert len(lines) == len(set(lines)) == Seal.objects.count()


def _slow_and_fast(seal: Callable[[], int]) -> int:
    """Seal while a writer with a low number is still at it and one with a higher number is done."""
    begun, go = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            record(actor="user:1", verb="accept", subject="journey:1", at=AT)
            begun.set()
            assert go.wait(20)

    sealed = []

    def rest() -> None:
        assert begun.wait(20)
        try:
            if connection.vendor == "postgresql":
                record(actor="user:2", verb="accept", subject="journey:2", at=AT)
            sealed.append(seal())
        finally:
            go.set()

    in_threads(slow, rest)
    return int(sealed[0])


def test_a_slow_writer_is_waited_for_and_waits_for_nobody() -> None:
    fill(1)
    assert seal_due(at=AT) == 2
    begun = time.monotonic()
    assert _slow_and_fast(lambda: seal_due(at=AT, patience=0.3)) == 0
    assert time.monotonic() - begun < 10
    assert seal_due(at=AT) == (2 if connection.vendor == "postgresql" else 1)
    assert verify().findings == []


def test_a_planted_sealer_that_does_not_wait_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing_actions, "_writers", lambda stream: set())
    sealed = _slow_and_fast(lambda: seal_due(at=AT, patience=0.3))
    seal_due(at=AT)
    found = {finding.kind for finding in verify().findings}
    if connection.vendor == "postgresql":
        assert sealed == 1
        assert found == {Kind.ADDED}
    else:
        # One writer at a time: there is nobody to wait for.
        assert (sealed, found) == (0, set())


def test_two_sealers_never_fork_the_chain() -> None:
    fill(40)

    def seal() -> None:
        seal_due(at=AT + timedelta(days=1))

    in_threads(*[seal] * 6)
    assert verify().findings == []
    assert [seal.number for seal in Seal.objects.filter(stream="entry")] == [1]


def test_verifying_keeps_no_writer_waiting(heads_file: Path) -> None:
    fill(50)
    seal_due(at=AT)
    stop = Event()

    def write() -> None:
        while not stop.is_set():
            fill(3)
            seal_due(at=AT)

    def look() -> None:
        try:
            for _ in range(5):
                assert verify().findings == []
        finally:
            stop.set()

    in_threads(write, look)


def test_what_a_rollback_takes_back_is_never_exported(heads_file: Path) -> None:
    with transaction.atomic():
        fill(2)
        assert seal_due(at=AT) == 4
        transaction.set_rollback(True)
    assert not heads_file.exists()
    assert not Seal.objects.exists()
