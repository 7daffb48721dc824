"""P7: what does it cost to find who is due (deadlines, reminders, raises, contacts …), beside raw SQL?

The rows are those of journeys alone, written by the set from one row as the model makes it: a million and ten
million, with as many due, for the cost has to follow what is due and not what exists. Who is due has his
member's row and of the others every hundredth, so that the planner knows how far the numbers reach.

Finding all who are due is compared. The program takes them by batches and makes an object of each row: what
finding one batch costs, where building the query weighs most, and what the objects cost is shown beside,
for information. Every plan is looked at: it may not walk through the table.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from bench.bulk import like, moment, numbers, without_indexes
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
from hongyan.schedule.jobs import FULL

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SETUP = "system:bench"
SIZES, QUICK_SIZES = (1_000_000, 10_000_000), (40_000, 400_000)
Question = Callable[[], list[int]]
# So many are due of each kind, however many there are; so many the schedule takes at a time.
DUE, TAKEN, ASKED = 5_000, FULL, 20
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
        turns = {}
        for name, rows in OURS.items():
            turns[f"ours, {name}"] = _timed(_ours(rows), DUE)
            turns[f"raw SQL, {name}"] = _timed(_raw(FLOORS[name], DUE), DUE)
            turns[f"ours by the batch, {name}"] = _timed(_ours(rows, TAKEN), TAKEN)
            turns[f"raw SQL by the batch, {name}"] = _timed(_raw(FLOORS[name], TAKEN), TAKEN)
            turns[f"as objects by the batch, {name}"] = _timed(_loaded(rows, TAKEN), TAKEN)
        turns_of[size] = alternate(turns, QUICK_ROUNDS if quick else ROUNDS)
        for extra in ("", " by the batch"):
            lines += [_line(name, "ours", extra, turns_of[size], size) for name in OURS]
        lines += [_line(name, "as objects", " by the batch", turns_of[size], size) for name in OURS]
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
    if first == 0:
        # In a transaction of their own: no index is built while foreign keys still wait to be looked at.
        with transaction.atomic():
            Member.objects.bulk_create([_member(number, home) for number in range(1, KINDS * DUE + 1)])
            Journey.objects.bulk_create([_journey(number, home) for number in range(1, KINDS + 1)])
        first = KINDS
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The members of those who are not due are never looked for: their rows need not be there.
            cursor.execute("SET LOCAL session_replication_role = replica")
        with without_indexes(cursor, "journeys_journey"):
            for kind in range(KINDS):
                cursor.execute(_many_like(kind), [first + 1, last])
    with transaction.atomic():
        numbers = range(max(first, KINDS * DUE) // 100 * 100 + 100, last + 1, 100)
        Member.objects.bulk_create([_member(number, home) for number in numbers], batch_size=5_000)


def _many_like(kind: int) -> str:
    """Write the statement that adds all numbers of one kind, each like the first but for its moments."""
    sign = f"(CASE WHEN n <= {KINDS * DUE} THEN -1 ELSE 1 END)"
    due = moment(NOW, f"{sign} * (1 + n %% 40000)")
    own = {"id": "n", "member_id": "n"}
    own |= {name: f"CASE WHEN t.{name} IS NULL THEN NULL ELSE {due} END" for name in MOMENTS}
    source = f"{numbers()}, journeys_journey t WHERE t.id = {kind or KINDS} AND n %% {KINDS} = {kind}"
    return like(Journey, own, source)


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
    return Journey.objects.filter(status__in=ON_THE_WAY, due_at__lt=NOW).order_by("due_at")


def _departing() -> QuerySet[Journey]:
    return Journey.objects.filter(status=Status.PLANNED, due_at__lt=NOW).order_by("due_at")


def _to_remind() -> QuerySet[Journey]:
    return Journey.objects.filter(remind_at__lte=NOW).order_by("remind_at", "pk")


def _to_raise() -> QuerySet[Journey]:
    return missed(CLOCK_OF[Duty.CHECK_IN], NOW)


def _to_contact() -> QuerySet[Journey]:
    return missed(CLOCK_OF[Duty.HOME_CONTACT], NOW)


def _ours(rows: Callable[[], QuerySet[Journey]], limit: int | None = None) -> Question:
    return lambda: list(rows().values_list("pk", flat=True)[:limit])


def _loaded(rows: Callable[[], QuerySet[Journey]], limit: int) -> Question:
    return lambda: [journey.pk for journey in rows()[:limit]]


@dataclass(frozen=True)
class Floor:
    """The same question by hand: condition, order, values."""

    where: str
    order: str
    values: tuple[datetime, ...] = (NOW,)


def _raw(floor: Floor, limit: int) -> Question:
    """Ask the same by hand."""
    end = "" if limit == DUE else f" LIMIT {limit}"
    sql = f"SELECT j.id FROM journeys_journey j {floor.where} ORDER BY {floor.order}{end}"

    def question() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(sql, floor.values)
            return [int(row[0]) for row in cursor.fetchall()]

    return question


def _missed(duty: Duty) -> Floor:
    """Ask by hand which deadlines were missed and lie before nobody yet."""
    clock = CLOCK_OF[duty]
    statuses = ", ".join(f"'{status}'" for status in clock.statuses)
    guests = " AND NOT m.is_guest" if clock.debtor == "home" else ""
    where = (
        "JOIN members_member m ON m.id = j.member_id"
        f" WHERE j.{clock.column} < %s AND j.{clock.column} > %s AND j.status IN ({statuses})"
        f" AND NOT m.is_exempt{guests}"
        f" AND NOT EXISTS (SELECT 1 FROM journeys_raise r WHERE r.journey_id = j.id AND r.duty = '{duty}'"
        f" AND r.deadline = j.{clock.column} AND r.level = 1)"
    )
    return Floor(where, f"j.{clock.column}, j.id", (NOW, NOW - WITHIN))


_WAY = ", ".join(f"'{status}'" for status in ON_THE_WAY)
OURS = {
    "deadlines of desks": _late_desks,
    "departures": _departing,
    "reminders": _to_remind,
    "raises": _to_raise,
    "contacts": _to_contact,
}
FLOORS = {
    "deadlines of desks": Floor(f"WHERE status IN ({_WAY}) AND status <> 'closed' AND due_at < %s", "due_at"),
    "departures": Floor("WHERE status = 'planned' AND due_at < %s", "due_at"),
    "reminders": Floor("WHERE remind_at <= %s", "remind_at, id"),
    "raises": _missed(Duty.CHECK_IN),
    "contacts": _missed(Duty.HOME_CONTACT),
}


def _timed(question: Question, expected: int) -> Callable[[], float]:
    """Return what measures one question: milliseconds; it must find as many as are expected."""

    def once() -> float:
        begin = time.perf_counter()
        found_now = question()
        spent = (time.perf_counter() - begin) * 1000
        if len(found_now) != expected:
            raise AssertionError(f"{len(found_now)} were found, not {expected}")
        return spent

    # A few milliseconds are nothing on a shared machine: the quickest of some is what the question costs.
    def turn() -> float:
        return min(once() for _ in range(ASKED))

    return turn


def _line(name: str, whose: str, extra: str, rounds: Rounds, size: int) -> Comparison:
    said = {"": f"{DUE:,} due of {size:,}", " by the batch": f"a batch of {TAKEN} of {size:,}"}[extra]
    own, beside = f"{whose}{extra}, {name}", f"raw SQL{extra}, {name}"
    return Comparison(
        number="P7",
        what=f"{name}, {said}" + ("" if whose == "ours" else f", {whose}"),
        beside="raw SQL by index",
        unit="ms",
        ours=rounds.middle(own),
        other=rounds.middle(beside),
        required=None if extra else 1.5,
        more_is_better=False,
        spread=f"{rounds.spread(own)}; {rounds.spread(beside)}",
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
