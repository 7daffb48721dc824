"""P7: what does it cost to find who is due (deadlines, reminders, raises, contacts …), beside raw SQL?

The rows are those of journeys alone, written by the set from one row as the model makes it: a million and ten
million, with as many due, for the cost has to follow what is due and not what exists. Only who is due has his
member's row, the others are never asked for theirs. Finding them is compared; that the program then makes an
object of each row is shown beside it, for information. Every question's plan is looked at: it may not walk
through the table.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from bench.measuring import QUICK_ROUNDS, ROUNDS, Comparison, Rounds, alternate
from hongyan.geography.models import Division
from hongyan.journeys.climbing import CLOCKS, Clock, Duty
from hongyan.journeys.models import Journey
from hongyan.journeys.raises import WITHIN, missed
from hongyan.journeys.states import ON_THE_WAY, Status
from hongyan.members.models import Member, Sex
from hongyan.organizations.actions import found
from hongyan.organizations.kinds import Kind, Tier
from hongyan.organizations.models import Organization

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SETUP = "system:bench"
SIZES, QUICK_SIZES = (1_000_000, 10_000_000), (2_000, 20_000)
Question = Callable[[], list[int]]
# So many are due of each kind, however many there are; so many are taken at a time.
DUE, TAKEN, ASKED = 500, 500, 20
KINDS = 4
CLOCK_OF: dict[Duty, Clock] = {clock.duty: clock for clock in CLOCKS}


def measure(quick: bool) -> list[Comparison]:
    """Ask every question at both sizes, ours and the floor in turn."""
    home, found_so_far, lines = _home(), 0, list[Comparison]()
    turns_of: dict[int, Rounds] = {}
    for size in QUICK_SIZES if quick else SIZES:
        _fill(home, found_so_far, size)
        found_so_far = size
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        for name, rows in OURS.items():
            _by_index(name, rows())
        turns = {f"ours, {name}": _timed(_ours(rows)) for name, rows in OURS.items()}
        turns |= {f"raw SQL, {name}": _timed(question) for name, question in FLOORS.items()}
        turns |= {f"as objects, {name}": _timed(_loaded(rows)) for name, rows in OURS.items()}
        turns_of[size] = alternate(turns, QUICK_ROUNDS if quick else ROUNDS)
        lines += [_line(name, "ours", turns_of[size], size) for name in OURS]
        lines += [_line(name, "as objects", turns_of[size], size) for name in OURS]
    small, large = turns_of.values()
    return lines + [_growth(name, small, large) for name in OURS]


def _by_index(name: str, rows: QuerySet[Journey]) -> None:
    """Refuse a plan that walks through all journeys: at ten million nobody would wait for it."""
    plan = rows.explain()
    if "Seq Scan on journeys_journey" in plan or "SCAN journeys_journey" in plan.replace("USING", "\n"):
        raise RuntimeError(f"{name} walks through the table:\n{plan}")


def _home() -> Organization:
    Division.objects.get_or_create(
        code="62",
        defaults={
            "name": "62", "level": 2, "source": "list", "valid_from": NOW.date(), "added_at": NOW,
            "added_by": SETUP,
        },
    )  # fmt: skip
    return found(
        code="bench", name="bench", kind=Kind.COMMITTEE, tier=Tier.PROVINCE, parent=None, division_id="62",
        has_desk=True, host_body="", contact_name="", contact_phone="", by=SETUP, at=NOW,
    )  # fmt: skip


def _fill(home: Organization, first: int, last: int) -> None:
    """Write journeys up to this number: DUE of each kind are due, all others later."""
    with transaction.atomic(), connection.cursor() as cursor:
        if first == 0:
            Member.objects.bulk_create([_member(number, home) for number in range(1, KINDS * DUE + 1)])
            Journey.objects.bulk_create([_journey(number, home) for number in range(1, KINDS + 1)])
            first = KINDS
        if connection.vendor == "postgresql":
            # The members of those who are not due are never looked for: their rows need not be there.
            cursor.execute("SET LOCAL session_replication_role = replica")
        with _without_indexes(cursor):
            for kind in range(KINDS):
                cursor.execute(_many_like(kind), [first + 1, last])


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Build the indexes once, after the rows."""
    made = []
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = 'journeys_journey'::regclass"
            " AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)"
        )
        made = cursor.fetchall()
    for name, _ in made:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in made:
        cursor.execute(definition)


def _many_like(kind: int) -> str:
    """Write the statement that adds all numbers of one kind, each like the first but for its moments."""
    postgresql = connection.vendor == "postgresql"
    sign = f"(CASE WHEN n <= {KINDS * DUE} THEN -1 ELSE 1 END)"
    minutes = f"{sign} * (1 + n %% 40000)"
    moment = f"'{NOW:%Y-%m-%d %H:%M:%S}'"
    due = (
        f"timestamptz {moment[:-1]}+00' + {minutes} * interval '1 minute'"
        if postgresql
        else f"datetime({moment}, ({minutes}) || ' minutes')"
    )
    own = {"id": "n", "member_id": "n"}
    own |= {name: f"CASE WHEN t.{name} IS NULL THEN NULL ELSE {due} END" for name in MOMENTS}
    names = [str(one.column) for one in Journey._meta.concrete_fields]
    numbers = (
        "generate_series(%s, %s) AS n"
        if postgresql
        else "(WITH RECURSIVE c(n) AS (VALUES(%s) UNION ALL SELECT n + 1 FROM c WHERE n < %s)"
        " SELECT n FROM c)"
    )
    return (
        f"INSERT INTO journeys_journey ({', '.join(names)})"
        f" SELECT {', '.join(own.get(name, f't.{name}') for name in names)}"
        f" FROM {numbers}, journeys_journey t"
        f" WHERE t.id = {kind or KINDS} AND n %% {KINDS} = {kind}"
    )


def _member(number: int, home: Organization) -> Member:
    return Member(
        pk=number, name=str(number), sex=Sex.MALE, branch=home, branch_path=home.path,
        phone_hash=str(number), id_number_hash=f"i{number}", created_at=NOW, created_by=SETUP,
    )  # fmt: skip


MOMENTS = ("due_at", "home_due_at", "remind_at")
STATUSES = (Status.AWAITING, Status.DISPATCHING, Status.PLANNED, Status.HOSTED)


def _journey(number: int, home: Organization) -> Journey:
    status = STATUSES[number % KINDS]
    due = NOW - timedelta(minutes=1 + number)
    row = Journey(
        pk=number, member_id=number, status=status, version=1, home=home, home_path=home.path, holder=home,
        holder_path=home.path, due_at=due, departs_on=NOW.date(), marked_at=NOW, marked_by=SETUP,
    )  # fmt: skip
    if status == Status.AWAITING:
        row.remind_at, row.remind_from = due, NOW
    if status == Status.HOSTED:
        row.host, row.host_path, row.home_due_at = home, home.path, due
    return row


def _late_desks() -> QuerySet[Journey]:
    return Journey.objects.filter(status__in=ON_THE_WAY, due_at__lt=NOW).order_by("due_at")[:TAKEN]


def _departing() -> QuerySet[Journey]:
    return Journey.objects.filter(status=Status.PLANNED, due_at__lt=NOW).order_by("due_at")[:TAKEN]


def _to_remind() -> QuerySet[Journey]:
    return Journey.objects.filter(remind_at__lte=NOW).order_by("remind_at", "pk")[:TAKEN]


def _to_raise() -> QuerySet[Journey]:
    return missed(CLOCK_OF[Duty.CHECK_IN], NOW)[:TAKEN]


def _to_contact() -> QuerySet[Journey]:
    return missed(CLOCK_OF[Duty.HOME_CONTACT], NOW)[:TAKEN]


def _ours(rows: Callable[[], QuerySet[Journey]]) -> Question:
    return lambda: list(rows().values_list("pk", flat=True))


def _loaded(rows: Callable[[], QuerySet[Journey]]) -> Question:
    return lambda: [journey.pk for journey in rows()]


def _raw(where: str, order: str) -> Question:
    """Ask the same by hand."""
    sql = f"SELECT id FROM journeys_journey WHERE {where} ORDER BY {order} LIMIT {TAKEN}"

    def question() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [NOW])
            return [int(row[0]) for row in cursor.fetchall()]

    return question


def _raw_missed(duty: Duty) -> Question:
    """Ask by hand which deadlines were missed and lie before nobody yet."""
    clock = CLOCK_OF[duty]
    statuses = ", ".join(f"'{status}'" for status in clock.statuses)
    sql = (
        f"SELECT j.id FROM journeys_journey j JOIN members_member m ON m.id = j.member_id"
        f" WHERE j.{clock.column} < %s AND j.{clock.column} > %s AND j.status IN ({statuses})"
        " AND NOT m.is_exempt"
        f" AND NOT EXISTS (SELECT 1 FROM journeys_raise r WHERE r.journey_id = j.id AND r.duty = '{duty}'"
        f" AND r.deadline = j.{clock.column} AND r.level = 1) ORDER BY j.{clock.column}, j.id LIMIT {TAKEN}"
    )

    def question() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [NOW, NOW - WITHIN])
            return [int(row[0]) for row in cursor.fetchall()]

    return question


_WAY = ", ".join(f"'{status}'" for status in ON_THE_WAY)
OURS = {
    "deadlines of desks": _late_desks,
    "departures": _departing,
    "reminders": _to_remind,
    "raises": _to_raise,
    "contacts": _to_contact,
}
FLOORS = {
    "deadlines of desks": _raw(f"status IN ({_WAY}) AND status <> 'closed' AND due_at < %s", "due_at"),
    "departures": _raw("status = 'planned' AND due_at < %s", "due_at"),
    "reminders": _raw("remind_at <= %s", "remind_at, id"),
    "raises": _raw_missed(Duty.CHECK_IN),
    "contacts": _raw_missed(Duty.HOME_CONTACT),
}


def _timed(question: Question) -> Callable[[], float]:
    """Return what measures one question: milliseconds; it must find everybody who is due."""

    def once() -> float:
        begin = time.perf_counter()
        found_now = question()
        spent = (time.perf_counter() - begin) * 1000
        if len(found_now) != DUE:
            raise AssertionError(f"{len(found_now)} were found, {DUE} are due")
        return spent

    # A few milliseconds are nothing on a shared machine: the quickest of some is what the question costs.
    def turn() -> float:
        return min(once() for _ in range(ASKED))

    return turn


def _line(name: str, whose: str, rounds: Rounds, size: int) -> Comparison:
    extra = "" if whose == "ours" else f", {whose}"
    return Comparison(
        number="P7",
        what=f"{name}, {DUE} due of {size:,}{extra}",
        beside="raw SQL by index",
        unit="ms",
        ours=rounds.middle(f"{whose}, {name}"),
        other=rounds.middle(f"raw SQL, {name}"),
        required=1.5 if whose == "ours" else None,
        more_is_better=False,
        spread=f"{rounds.spread(f'{whose}, {name}')}; {rounds.spread(f'raw SQL, {name}')}",
    )


def _growth(name: str, small: Rounds, large: Rounds) -> Comparison:
    """Put ten times as many rows beside the fewer: with as many due, it may cost hardly more."""
    return Comparison(
        number="P7",
        what=f"{name}, ten times as many rows",
        beside="the fewer rows",
        unit="ms",
        ours=large.middle(f"ours, {name}"),
        other=small.middle(f"ours, {name}"),
        required=2.0,
        more_is_better=False,
    )
