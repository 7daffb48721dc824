"""Is everything the server acknowledged still there after it was killed in the middle of writing?"""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.installation import PATIENCE, Installation
from tests.faults.writers import Writers

# No fixture of Django's: the installation has a database of its own. Still, it must hold on both.
pytestmark = pytest.mark.database
ENOUGH = 40


@pytest.fixture
def installation(loaded: Installation) -> Iterator[Installation]:
    """Start the server, and leave none behind."""
    loaded.start()
    yield loaded
    if loaded.process and loaded.process.poll() is None:
        loaded.kill()


def writers_of(installation: Installation) -> Writers:
    """Let the province's department write on journeys that are hosted."""
    hosted = installation.query(
        "SELECT id FROM journeys_journey WHERE status = 'hosted' ORDER BY id LIMIT 24"
    )
    return Writers(installation.api, installation.token("province_department"), [row[0] for row in hosted])


def until_enough(writers: Writers, more: int = ENOUGH) -> None:
    """Wait until so many more writes were acknowledged."""
    goal, until = writers.count + more, time.monotonic() + PATIENCE
    while writers.count < goal:
        assert time.monotonic() < until, f"only {writers.count} acknowledged; {writers.refused[:3]}"
        time.sleep(0.02)


def promised_by(writers: Writers) -> set[tuple[int, int]]:
    """List every (journey, version) the server acknowledged."""
    return {(journey, version) for journey, versions in writers.acknowledged.items() for version in versions}


def lost(installation: Installation, writers: Writers) -> set[tuple[int, int]]:
    """List what was acknowledged and is not in the database."""
    stored = installation.query(
        "SELECT journey_id, number FROM journeys_transition WHERE verb = 'contact' AND note LIKE '%已通话'"
    )
    return promised_by(writers) - {(journey, number) for journey, number in stored}


def assert_nothing_lost(installation: Installation, writers: Writers) -> None:
    """Find every acknowledged move in the database, and every law obeyed."""
    assert lost(installation, writers) == set()
    assert writers.refused == []
    assert installation.check() == []


def test_nothing_acknowledged_is_lost_when_everything_is_killed(installation: Installation) -> None:
    writers = writers_of(installation)
    before = installation.query("SELECT count(*) FROM journeys_transition")[0][0]
    writers.start()
    until_enough(writers)
    installation.kill()
    writers.stop()
    assert writers.unanswered
    installation.start()
    writers.send_again()
    assert_nothing_lost(installation, writers)
    # A request without an answer was carried out before the kill or by the second try, never by both.
    after = installation.query("SELECT count(*) FROM journeys_transition")[0][0]
    assert after - before == len(promised_by(writers))


def test_a_killed_worker_is_replaced_and_nothing_is_lost(installation: Installation) -> None:
    writers = writers_of(installation)
    writers.start()
    until_enough(writers)
    web = installation.children()[0]
    os.kill(installation.children(web)[-1], signal.SIGKILL)
    until_enough(writers)
    os.kill(web, signal.SIGKILL)
    installation.wait()
    until_enough(writers)
    writers.stop()
    installation.wait()
    writers.send_again()
    assert_nothing_lost(installation, writers)


def test_nothing_is_left_running_when_the_parent_is_gone(installation: Installation) -> None:
    assert installation.process
    children = installation.children()
    assert len(children) == 3
    family = children + installation.children(children[0])
    installation.process.kill()
    installation.process.wait()
    until = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{number}/exe").exists() for number in family):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_it_stops_when_told_to(installation: Installation) -> None:
    children = installation.children()
    assert installation.stop() == 0
    assert not any(Path(f"/proc/{number}/exe").exists() for number in children)
    assert "鸿雁已启动" in (installation.folder / "serve.log").read_text(encoding="utf-8")


def test_a_planted_loss_is_caught(loaded: Installation) -> None:
    writers = Writers(loaded.api, "", [1], acknowledged={1: [10_000]})
    assert lost(loaded, writers) == {(1, 10_000)}
