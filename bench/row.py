"""How does one row of the table run: in a process, a folder and a database of its own?"""

import importlib
import json
import os
import sys
import tempfile
from pathlib import Path

from bench import postgres


def prepare(database: str, folder: Path) -> None:
    """Point the settings at a fresh database, start it, and make its tables."""
    for name in [name for name in os.environ if name.startswith("HONGYAN_")]:
        # An installation's own settings must not leak into a bench.
        del os.environ[name]
    (folder / "data" / "static").mkdir(parents=True)
    os.environ["HONGYAN_DATA"] = str(folder / "data")
    os.environ["DJANGO_SETTINGS_MODULE"] = "hongyan.settings"
    os.environ.pop("DATABASE_URL", None)
    if database == "postgresql":
        os.environ["DATABASE_URL"] = postgres.start(folder)
    import django
    from django.core.management import call_command

    django.setup()
    if database:
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)


def main() -> None:
    """Run `python -m bench.row p1 postgresql full /path/of/answer.json`."""
    name, database, size, answer = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="hongyan-bench-") as folder:
        prepare("" if database == "none" else database, Path(folder))
        row = importlib.import_module(f"bench.{name}")
        found = [line.plain() for line in row.measure(size == "quick")]
    Path(answer).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
