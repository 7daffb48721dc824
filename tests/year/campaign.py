"""Does a whole year keep every law and every promise, and what is the ladder worth? `run(count, seed)`.

The year passes twice, with the ladder of reminders and without it, each time in a process of its own with a database
of its own (in memory, where the machine has such a folder): `variants.py`.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.terms import forget
from tests.year.ground import build, enrol
from tests.year.judging import EVERY, Judge
from tests.year.picture import drawn
from tests.year.report import Told, curve, figures, reminded
from tests.year.simulation import Year

FIRST = date(2026, 1, 5)
DAYS = 365
ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "assurance" / "year.json"
PICTURE = ROOT / "assurance" / "year.svg"
MEMORY = Path("/dev/shm")  # noqa: S108 - a database that nobody keeps
VARIANTS = {"with": True, "without": False}


@dataclass(frozen=True)
class Result:
    """What one variant of the year came to."""

    figures: dict[str, float]
    curve: list[tuple[int, float]]
    actions: dict[str, int]
    refused: dict[str, int]
    expected: int
    digests: int
    duplicate: list[str]
    missing: list[str]
    violations: list[str]
    evenings: int
    whole_checks: int
    seconds: float


def prepared(
    count: int,
    seed: int,
    *,
    ladder: bool = True,
    first: date = FIRST,
    days: int = DAYS,
    every: int = EVERY,
    faulty: dict[str, str] | None = None,
) -> Year:
    """Build the ground and put people on it."""
    at = datetime(2026, 1, 4, 9, tzinfo=SHANGHAI)
    forget()
    ground = build(at)
    members = enrol(ground, count, at)
    year = Year(ground, members, seed, first=first, days=days, ladder=ladder, faulty=faulty or {})
    year.judge = Judge(every=every, days=days)
    return year


def passed(year: Year) -> Result:
    """Let a year pass and say what it came to."""
    begun, judge = time.monotonic(), year.judge
    assert isinstance(judge, Judge)
    year.run()
    found, told = reminded(year), Told.of(year)
    return Result(
        figures=figures(year, told),
        curve=curve(told),
        actions=dict(year.actions_made),
        refused=dict(year.refused),
        expected=found.expected,
        digests=year.digests,
        duplicate=found.duplicate,
        missing=found.missing,
        violations=year.violations,
        evenings=judge.evenings,
        whole_checks=judge.whole,
        seconds=round(time.monotonic() - begun, 1),
    )


def alone(count: int, seed: int, *, ladder: bool, into: Path) -> None:
    """Let one variant pass in this process, say how far it is, and leave what it came to."""
    year, begun = prepared(count, seed, ladder=ladder), time.monotonic()
    name = "with" if ladder else "without"

    said = 0

    def progress(number: int, year: Year) -> None:
        nonlocal said
        for fault in year.violations[said:]:
            print(f"{name} the ladder: {fault}", flush=True)
        said = len(year.violations)
        if number % 10 == 9:
            made = sum(year.actions_made.values())
            print(f"{name} the ladder: day {number + 1}, {made} moves asked for, {len(year.leaves)} journeys,"
                  f" {len(year.violations)} violations, {time.monotonic() - begun:.0f} s,"
                  f" {time.process_time():.0f} s of a processor", flush=True)  # fmt: skip

    year.progress = progress
    into.write_text(json.dumps(asdict(passed(year)), ensure_ascii=False), encoding="utf-8")


def _start(name: str, count: int, seed: int, into: Path, folder: Path) -> subprocess.Popen[str]:
    known = {one: value for one, value in os.environ.items() if not one.startswith("PYTEST_")}
    own = {
        "HONGYAN_TEST_COUNT": str(count),
        "HONGYAN_TEST_SEED": str(seed),
        "HONGYAN_TEST_VARIANT": name,
        "HONGYAN_TEST_RESULT": str(into),
        "HONGYAN_TEST_DATABASE": "sqlite",
        "TMPDIR": str(folder),
    }
    target = ["tests/year/variants.py", "-o", "python_functions=variant_*", "-o", "python_files=variants.py"]
    command = [sys.executable, "-m", "pytest", *target, "-n0", "-q", "-s", "--show-capture=no"]
    return subprocess.Popen(command, cwd=ROOT, env=known | own, text=True)  # noqa: S603 - our own


def run(count: int, seed: int) -> dict[str, float]:
    """Let the same year pass with the ladder and without it, side by side; print both, return what was wrong."""
    begun, results = time.monotonic(), dict[str, Result]()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        files = {name: Path(folder) / f"{name}.json" for name in VARIANTS}
        started = [_start(name, count, seed, file, Path(folder)) for name, file in files.items()]
        codes = [one.wait() for one in started]
        for name, file in files.items():
            if file.exists():
                results[name] = Result(**json.loads(file.read_text(encoding="utf-8")))
    faults = sum(_faults(name, result) for name, result in results.items())
    if len(results) == len(VARIANTS):
        _leave(results)
    print(f"   {timedelta(seconds=round(time.monotonic() - begun))} for both")
    unfinished = sum(code != 0 for code in codes)
    tried = sum(int(one.figures["journeys"]) for one in results.values())
    return {"tried": tried, "faults": 0, "lost": faults + unfinished}


def _faults(name: str, result: Result) -> int:
    """Say what one variant came to, and return how much was wrong."""
    wrong = [*result.violations, *result.duplicate, *result.missing]
    print(f"{name} the ladder: {sum(result.actions.values())} moves asked for, refused {result.refused},"
          f" {result.expected} reminders expected, {len(result.duplicate)} duplicate, {len(result.missing)} missing,"
          f" {result.digests} digests expected, {len(result.violations)} violations on {result.evenings} evenings,"
          f" {result.whole_checks} of them of everything, {result.seconds:.0f} s")  # fmt: skip
    for fault in wrong[:20]:
        print(f"   {fault}")
    return len(wrong)


def _leave(results: dict[str, Result]) -> None:
    """Print the figures of both beside each other, and leave them with their picture."""
    for figure in results["with"].figures:
        print(
            f"   {figure}: " + " · ".join(f"{name} {one.figures[figure]:g}" for name, one in results.items())
        )
    RESULTS.parent.mkdir(exist_ok=True)
    said = {name: asdict(one) for name, one in results.items()}
    RESULTS.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
    PICTURE.write_text(drawn({name: one.curve for name, one in results.items()}), encoding="utf-8")
    print(f"   {RESULTS.relative_to(ROOT)} · {PICTURE.relative_to(ROOT)}")
