"""Is everything in order on this evening: the laws of `hongyan check`, and is nobody left late?

Every evening all laws look at everything that changed since the evening before: the journeys with a changed row, all
journeys of their members, and every row about them, under the very names the laws ask for. Every so many days, after
the outage and at the end the whole of `hongyan check` looks at the whole database, figures included.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from hongyan.journeys.models import Journey
from hongyan.journeys.states import ON_THE_WAY
from hongyan.reports.laws import OTHERS, Violation, broken, shown
from hongyan.reports.recount import differences
from tests.year.simulation import Year
from tests.year.temper import DAY, OUTAGE

EVERY = 30
SEALS = "the audit's fence stands and its newest seals hold"
# What has a journey of its own, by table: the column that names it.
OF_A_JOURNEY = {
    "journeys_handoff": "journey_id",
    "journeys_transition": "journey_id",
    "journeys_reminder": "journey_id",
    "journeys_raise": "journey_id",
    "journeys_return": "journey_id",
    "journeys_search": "journey_id",
    "exchange_letter": "journey_id",
}
# What is about a journey, by the text of its subject.
ABOUT = ("audit_entry", "notifications_notice")


class Judge:
    """Looks at what changed since it looked last."""

    def __init__(self, *, every: int = EVERY, days: int) -> None:
        self.every, self.last = every, days - 1
        self.whole = 0
        self.evenings = 0
        unwatch()
        watch()

    def __call__(self, year: Year, at: datetime, number: int) -> Iterator[str]:
        """Say what is wrong on this evening."""
        stands_still = OUTAGE[0] <= at < OUTAGE[1]
        back = not stands_still and OUTAGE[0] <= at - DAY * 2 < OUTAGE[1]
        if not _in_parts() or number % self.every == self.every - 1 or number == self.last or back:
            self.whole += 1
            found = [*broken(), *differences(at)[0]]
            forget()
        else:
            found = broken_among_changed()
        self.evenings += 1
        yield from (f"{at:%m-%d} {one.law}: {one.subject} {one.found}" for one in found)
        if not stands_still and year.looks:
            # The last look has put before the level above whatever was late then.
            late = Journey.objects.filter(status__in=ON_THE_WAY, due_at__lt=year.looks[-1])
            yield from (f"{at:%m-%d} left late: journey:{pk}" for pk in late.values_list("pk", flat=True))


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _in_parts() -> bool:
    return connection.vendor == "sqlite"


def watch() -> None:
    """Note from now on each journey of which any row or organisation changes, by triggers of this connection."""
    if not _in_parts():
        return
    _run("CREATE TEMP TABLE touched (id INTEGER PRIMARY KEY)")
    keys = {"journeys_journey": "id", **OF_A_JOURNEY}
    for table, column in keys.items():
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            note = f"INSERT OR IGNORE INTO touched VALUES ({row}.{column});"
            _run(f"CREATE TEMP TRIGGER t_{table}_{event} AFTER {event} ON main.{table} BEGIN {note} END")
    for table in ABOUT:
        for event, rows in (("INSERT", ("NEW",)), ("UPDATE", ("NEW", "OLD"))):
            note = "".join(
                f"INSERT OR IGNORE INTO touched SELECT CAST(substr({row}.subject, 9) AS INTEGER)"
                f" WHERE {row}.subject LIKE 'journey:%%';"
                for row in rows
            )
            _run(f"CREATE TEMP TRIGGER t_{table}_{event} AFTER {event} ON main.{table} BEGIN {note} END")
    note = (
        "INSERT OR IGNORE INTO touched SELECT id FROM journeys_journey"
        " WHERE NEW.id IN (home_id, host_id, holder_id);"
    )
    _run(f"CREATE TEMP TRIGGER t_places AFTER UPDATE ON main.organizations_organization BEGIN {note} END")


def unwatch() -> None:
    """Take the triggers away; a connection lives longer than a year."""
    if not _in_parts():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_temp_master WHERE type = 'trigger'")
        names = [name for (name,) in cursor.fetchall()]
    _run(*(f"DROP TRIGGER temp.{name}" for name in names), "DROP TABLE IF EXISTS temp.touched")


def forget() -> None:
    """Let everything count as looked at."""
    if _in_parts():
        _run("DELETE FROM touched")


def broken_among_changed() -> list[Violation]:
    """Let every law look at what changed, and the seals at all: what they seal lies in rows of all journeys."""
    with changed():
        found = [one for one in broken() if one.law != SEALS]
    return found + shown(SEALS, dict(OTHERS)[SEALS]())


@contextmanager
def changed() -> Iterator[None]:
    """Let every question of this connection see of journeys only what changed, and what belongs to it."""
    if not _in_parts():
        yield
        return
    _run(
        "CREATE TEMP TABLE people AS SELECT DISTINCT member_id AS id FROM main.journeys_journey"
        " WHERE id IN (SELECT id FROM touched)",
        "CREATE TEMP TABLE looked AS SELECT id FROM main.journeys_journey"
        " WHERE member_id IN (SELECT id FROM people)",
        "CREATE TEMP TABLE subjects AS SELECT 'journey:' || id AS name FROM"
        " (SELECT id FROM looked UNION SELECT id FROM touched)",
        "CREATE TEMP TABLE journeys_journey AS SELECT * FROM main.journeys_journey"
        " WHERE id IN (SELECT id FROM looked)",
        *(
            f"CREATE TEMP TABLE {table} AS SELECT * FROM main.{table}"
            f" WHERE {column} IN (SELECT id FROM looked)"
            for table, column in OF_A_JOURNEY.items()
        ),
        *(
            f"CREATE TEMP TABLE {table} AS SELECT * FROM main.{table}"
            " WHERE subject IN (SELECT name FROM subjects)"
            for table in ABOUT
        ),
    )
    try:
        yield
    finally:
        tables = ("people", "looked", "subjects", "journeys_journey", *OF_A_JOURNEY, *ABOUT)
        _run(*(f"DROP TABLE temp.{table}" for table in tables))
        forget()
