"""Do all tests pass on SQLite, and those that reach the database on PostgreSQL too?"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = [
    str(Path(sys.executable).with_name("pytest")),
    "-q",
    "-n",
    "auto",
    "--maxprocesses",
    "8",
    "--durations=25",
]
RUNS: tuple[tuple[str, list[str]], ...] = (
    ("sqlite", []),
    # Browser tests prove the pages: what they reach below is run on both databases by the other tests.
    ("postgresql", ["-m", "database and not browser"]),
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def run(database: str, options: list[str]) -> tuple[bool, str]:
    """Run pytest on one database; return whether it passed and its closing line."""
    print(f"\n── tests on {database} ──", flush=True)
    environment = os.environ | {"HONGYAN_TEST_DATABASE": database, "PYTHONUNBUFFERED": "1"}
    closing = "no closing line"
    with subprocess.Popen(
        [*PYTEST, *options, *sys.argv[1:]], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if line.strip():
                closing = COLOUR.sub("", line).strip().strip("= ")
    return process.returncode == 0, closing


def main() -> None:
    """Run both, also when the first failed; the last line repeats how each one closed."""
    results = [(database, *run(database, options)) for database, options in RUNS]
    print(" · ".join(f"{database}: {closing}" for database, _, closing in results))
    sys.exit(0 if all(passed for _, passed, _ in results) else 1)


if __name__ == "__main__":
    main()
