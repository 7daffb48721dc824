"""Does an export come in to its last row, and none twice, when its writing is killed in the middle of a chunk?"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.faults.installation import PATIENCE, Installation
from tests.roster.campaign import planned, write_export

# No fixture of Django's: the loaded has a database of its own. Still, it must hold on both.
pytestmark = pytest.mark.database
COUNTY = "demo-620621"
ROWS = 12_000


def people(loaded: Installation) -> int:
    """Count the roster, past the program."""
    return int(loaded.query("SELECT count(*) FROM members_member")[0][0])


def chunks(loaded: Installation) -> tuple[int, int, int]:
    """Count chunks that were written, chunks that wait, and the rows of the written ones."""
    asked = (
        "SELECT count(applied_at), count(*) - count(applied_at), coalesce(sum(written), 0) FROM roster_chunk"
    )
    done, left, written = loaded.query(asked)[0]
    return done, left, written


def halves(loaded: Installation, before: int) -> int:
    """Count the people who came in with no written chunk, or did not come in with one."""
    return people(loaded) - before - chunks(loaded)[2]


@pytest.fixture
def before(loaded: Installation) -> int:
    """Count who was there before anybody began to write."""
    return people(loaded)


@pytest.fixture
def writing(loaded: Installation) -> Iterator["subprocess.Popen[bytes]"]:
    """Begin to let an export in, as an operator does from the shell."""
    county = loaded.query(f"SELECT path FROM organizations_organization WHERE code = '{COUNTY}'")[0][0]
    branches = loaded.query(
        "SELECT name FROM organizations_organization WHERE kind = 'branch' AND closed_at IS NULL"
        f" AND path LIKE '{county}%' ORDER BY path LIMIT 20"
    )
    file = loaded.folder / "export.csv"
    write_export(file, ROWS, [name for (name,) in branches])
    words = ["roster", str(file), "--organization", COUNTY, "--user", "minqin_department", "--write"]
    process = subprocess.Popen(
        [sys.executable, "-m", "hongyan", *words], env=loaded.environment, start_new_session=True
    )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_killed_export_comes_in_to_its_last_row(
    loaded: Installation, before: int, writing: "subprocess.Popen[bytes]"
) -> None:
    until = time.monotonic() + PATIENCE
    while not chunks(loaded)[0]:
        assert time.monotonic() < until
        assert writing.poll() is None
        time.sleep(0.01)
    # The next chunk is being written at this moment.
    os.killpg(writing.pid, signal.SIGKILL)
    writing.wait()
    done, left, _ = chunks(loaded)
    assert left, "it was killed too late to tell"
    assert halves(loaded, before) == 0

    assert loaded.command("roster", "--resume").returncode == 0
    expected = planned(ROWS, again=False)
    assert chunks(loaded) == (done + left, 0, expected["new"])
    assert halves(loaded, before) == 0
    assert loaded.check() == []

    loaded.execute("UPDATE roster_chunk SET written = written - 1 WHERE number = 1")
    assert halves(loaded, before) == 1
