"""Can a database that already notes what moves be migrated on? SQLite refuses to remake a table a trigger names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Begins an SQLite database as it stood when the triggers came, then alters a table they name and migrates on.
BEGUN = ("reports", "0002")


def manage(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the product on an SQLite database of its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HONGYAN_")}
    inherited.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**inherited, "HONGYAN_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def test_a_database_of_an_earlier_day_is_migrated_on(tmp_path: Path) -> None:
    for words in (("migrate", *BEGUN, "-v0"), ("migrate", "-v0")):
        done = manage(tmp_path, *words)
        assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("table", ["organizations_organization", "members_member"])
def test_a_planted_remaking_under_the_triggers_is_refused(tmp_path: Path, table: str) -> None:
    assert manage(tmp_path, "migrate", "-v0").returncode == 0
    script = (
        "from django.db import connection;"
        f"connection.cursor().execute('CREATE TABLE anew AS SELECT * FROM {table}');"
        f"connection.cursor().execute('DROP TABLE {table}');"
        f"connection.cursor().execute('ALTER TABLE anew RENAME TO {table}')"
    )
    done = manage(tmp_path, "shell", "-c", script)
    assert "error in trigger" in done.stderr
