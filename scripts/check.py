"""Does the code keep the rules of the house that tools can judge: lint, format, types, layers, migrations?"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
GATES = (
    ("lint", ["ruff", "check", "--quiet"]),
    ("format", ["ruff", "format", "--check", "--quiet"]),
    ("types", ["mypy", "--no-error-summary"]),
    ("layers", ["lint-imports", "--no-cache"]),
    ("migrations", ["hongyan", "makemigrations", "--check", "--dry-run"]),
    ("system", ["hongyan", "system-check", "--fail-level", "WARNING"]),
)


def run(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """Run one gate; print its output only when it fails."""
    begun = time.monotonic()
    result = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = result.returncode == 0
    print(f"{name:<12}{'ok' if passed else 'FAILED':<8}{time.monotonic() - begun:5.1f} s", flush=True)
    if not passed:
        print(result.stdout, flush=True)
    return passed


def main() -> None:
    """Run every gate, also after one has failed; exit 1 if any did."""
    with tempfile.TemporaryDirectory(prefix="hongyan-check-") as data:
        # The settings read the environment: a check must neither see nor touch an installation.
        environment = {
            k: v for k, v in os.environ.items() if not k.startswith("HONGYAN_") and k != "DATABASE_URL"
        }
        environment["HONGYAN_DATA"] = data
        results = [run(name, command, environment) for name, command in GATES]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
