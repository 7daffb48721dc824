"""Which tests elsewhere in the suite fail without a guard or a filter that no cell of the matrix misses?

`killing_tests.tsv` names one test for each such mutant. `ask_elsewhere` runs these tests in a process of their own, in
which this module is a plugin of pytest: each test once with the mutant it is named for, and once without.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.conventions.tree import ROOT

NAMED = ROOT / "tests" / "web" / "matrix" / "killing_tests.tsv"
# What the other process is told: which mutants each test is asked about, and where it leaves what it found.
ASKED, FOUND = "HONGYAN_TEST_MUTANTS", "HONGYAN_TEST_KILLS"


def killing_tests() -> dict[str, str]:
    """Read which test is named as the killer of which mutant."""
    lines = NAMED.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


def ask_elsewhere(named: Mapping[str, str]) -> set[str]:
    """Run the test named for each mutant with it and without; return the mutants that were really killed."""
    if not named:
        return set()
    wanted: dict[str, list[str]] = {}
    for key, test in named.items():
        wanted.setdefault(test, []).append(key)
    with tempfile.TemporaryDirectory(prefix="hongyan-mutants-") as folder:
        asked, found = Path(folder) / "asked.json", Path(folder) / "found.json"
        asked.write_text(json.dumps(wanted), encoding="utf-8")
        known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        words = ["-n0", "-q", "-p", "no:cacheprovider", "-p", "tests.web.matrix.elsewhere"]
        subprocess.run(
            [sys.executable, "-m", "pytest", *wanted, *words],
            cwd=ROOT,
            env={**known, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", ASKED: str(asked), FOUND: str(found)},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        # Without this file a test was not found, or the process broke off: then nothing is proven.
        return set(json.loads(found.read_text(encoding="utf-8"))) if found.exists() else set()


class Killing:
    """Runs each test with the mutants it is named for, and once more without any."""

    def __init__(self) -> None:
        # Models can be imported only after the suite's first conftest has chosen a database.
        from tests.web.matrix.mutants import mutants

        self.wanted: dict[str, list[str]] = json.loads(Path(os.environ[ASKED]).read_text(encoding="utf-8"))
        self.mutants = {one.key: one for one in mutants()}
        self.killed: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Put a test's own protocol in the place of the usual one."""
        dying = []
        for key in self.wanted.get(item.nodeid, ()):
            with self.mutants[key].apply():
                if _fails(item) == "call":
                    dying.append(key)
        if _fails(item) == "":
            self.killed += dying
        item.session._setupstate.teardown_exact(nextitem)
        return True

    def pytest_sessionfinish(self) -> None:
        """Leave what was killed for whoever asked."""
        Path(os.environ[FOUND]).write_text(json.dumps(self.killed), encoding="utf-8")


def _fails(item: Any) -> str:
    """Run a test once; tell in which phase it failed, empty when it passed."""
    if not item._request:
        item._initrequest()
    # Whatever is wider than this one test stays set up for the next time.
    around = SimpleNamespace(listchain=lambda: item.listchain()[:-1])
    reports = runtestprotocol(item, log=False, nextitem=around)  # type: ignore[arg-type]
    return next((str(report.when) for report in reports if not report.passed), "")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin, when somebody has asked."""
    if ASKED in os.environ:
        session.config.pluginmanager.register(Killing(), "killing")
