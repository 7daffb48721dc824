"""Do limits and single uses hold when eight processes of the program ask at the same moment?"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.installation import PATIENCE, Installation

pytestmark = pytest.mark.database
PROCESSES, EACH = 8, 10
SCRIPT = """
import json, sys, time, django
django.setup()
from datetime import UTC, datetime
from django.core.cache import cache
from hongyan.members.actions import LIMITS, spend
at = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
names = sys.argv[1].split(",")
# The connection is open and the modules are loaded before the start is given.
cache.get("warm")
print("ready", flush=True)
sys.stdin.readline()
passed = {name: sum(spend(name, about="10000000001", at=at) for _ in range(int(sys.argv[2]))) for name in names}
passed["once"] = sum(cache.add(f"used:{turn}", 1, timeout=600) for turn in range(int(sys.argv[2])))
passed["read, then written"] = 0
if len(sys.argv) > 3:
    for _ in range(int(sys.argv[2])):
        tried = cache.get("planted", 0)
        passed["read, then written"] += tried < 5
        # What every loaded machine does by itself now and then, between reading and writing.
        time.sleep(0.02)
        cache.set("planted", tried + 1, timeout=600)
print(json.dumps([passed, {name: LIMITS[name].times for name in names}]), flush=True)
"""
NAMES = "code_sent_to_phone,code_guessed,second_factor_guessed"


@pytest.fixture
def installation(tmp_path: Path, database_vendor: str) -> Installation:
    """Make an installation of its own, without anybody in it."""
    made = Installation(tmp_path, database_vendor)
    done = made.command("migrate")
    assert done.returncode == 0, done.stderr
    return made


def at_once(installation: Installation, *more: str) -> tuple[Counter[str], dict[str, int]]:
    """Let eight processes try ten times each, all beginning together; return what passed, and the limits."""
    environment = installation.environment | {"DJANGO_SETTINGS_MODULE": "hongyan.settings"}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, NAMES, str(EACH), *more],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(PROCESSES)
    ]  # fmt: skip
    for process in running:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    passed, limits = Counter[str](), dict[str, Any]()
    for process in running:
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        one, limits = json.loads(said)
        passed.update(one)
    return passed, limits


def test_eight_processes_pass_exactly_as_often_as_allowed(installation: Installation) -> None:
    passed, limits = at_once(installation)
    print(f"\n{PROCESSES} processes x {EACH}: {dict(passed)}, allowed {limits}")
    assert {name: passed[name] for name in limits} == limits
    # Each of ten marks is set once, whoever comes first: what makes a code serve once.
    assert passed["once"] == EACH
    rows = dict(installation.query("SELECT key, tried FROM members_attempts"))
    assert sorted(rows.values()) == [PROCESSES * EACH] * len(limits)


def test_a_planted_count_that_is_read_and_written_back_lets_more_through(installation: Installation) -> None:
    passed, _ = at_once(installation, "planted")
    assert passed["read, then written"] > 5
