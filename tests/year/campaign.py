"""Does a whole year keep every law and every promise, and what is the ladder worth? `run(count, seed)`."""

import time
from datetime import date, datetime, timedelta

from django.db import transaction

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.terms import forget
from tests.year.ground import build, enrol
from tests.year.report import figures, reminded
from tests.year.simulation import Year

# Of few journeys the laws are asked every day; of many, where a look takes seconds, every so many days.
DAILY = 2_000
FIRST = date(2026, 1, 5)


def passed(count: int, seed: int, *, ladder: bool = True, first: date = FIRST, days: int = 360) -> Year:
    """Build the ground, put people on it, and let a year pass."""
    at = datetime(2026, 1, 4, 9, tzinfo=SHANGHAI)
    forget()
    ground = build(at)
    members = enrol(ground, count, at)
    year = Year(
        ground, members, seed, first=first, days=days, ladder=ladder, every=1 if count <= DAILY else 7
    )
    year.run()
    return year


def run(count: int, seed: int) -> dict[str, float]:
    """Let the same year pass with the ladder and without it; print both, return what went wrong."""
    lines, wrong, begun = list[tuple[str, dict[str, float]]](), 0, time.monotonic()
    for ladder in (True, False):
        with transaction.atomic():
            start = time.monotonic()
            year = passed(count, seed, ladder=ladder)
            found = reminded(year)
            faults = [*year.violations, *found.duplicate, *found.missing]
            wrong += len(faults)
            print(f"{'with' if ladder else 'without'} the ladder: {year.actions_made} actions,"
                  f" {found.expected} reminders expected, {len(found.duplicate)} duplicate, {len(found.missing)} missing,"
                  f" {len(year.violations)} violations, refused {dict(year.refused)},"
                  f" {time.monotonic() - start:.0f} s")  # fmt: skip
            for fault in faults[:20]:
                print(f"   {fault}")
            lines.append(("with" if ladder else "without", figures(year)))
            transaction.set_rollback(True)
    for name in lines[0][1]:
        print(f"   {name}: " + " · ".join(f"{label} {found[name]:g}" for label, found in lines))
    print(f"   {timedelta(seconds=round(time.monotonic() - begun))} for both")
    return {"tried": 2 * count, "faults": wrong, "lost": 0}
