"""P7: what does it cost to find who is due (reminders, departures, deadlines), beside raw SQL by index?

The rows are those of journeys alone, written in bulk: the question reads nothing else. It is asked at two
sizes, ten times apart, with as many due: its cost has to follow what is due, not what exists. Finding them is
compared; that the program then makes an object of each row is shown beside it, for information.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from bench.measuring import QUICK_ROUNDS, ROUNDS, Comparison, Rounds, alternate
from hongyan.geography.models import Division
from hongyan.journeys.models import Journey
from hongyan.journeys.states import ON_THE_WAY, Status
from hongyan.members.models import Member, Sex
from hongyan.organizations.actions import found
from hongyan.organizations.kinds import Kind, Tier
from hongyan.organizations.models import Organization

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SETUP = "system:bench"
SIZES, QUICK_SIZES = (100_000, 1_000_000), (2_000, 20_000)
Question = Callable[[], list[int]]
# So many are due of each kind, however many there are; so many are taken at a time.
DUE, TAKEN, ASKED = 500, 500, 20


def measure(quick: bool) -> list[Comparison]:
    """Ask the three questions at both sizes, ours and the floor in turn."""
    home, found_so_far, lines = _home(), 0, list[Comparison]()
    turns_of: dict[int, Rounds] = {}
    for size in QUICK_SIZES if quick else SIZES:
        _fill(home, found_so_far, size)
        found_so_far = size
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        turns = {f"ours, {name}": _timed(_ours(rows)) for name, rows in OURS.items()}
        turns |= {f"raw SQL, {name}": _timed(question) for name, question in FLOORS.items()}
        turns |= {f"as objects, {name}": _timed(_loaded(rows)) for name, rows in OURS.items()}
        turns_of[size] = alternate(turns, QUICK_ROUNDS if quick else ROUNDS)
        lines += [_line(name, "ours", turns_of[size], size) for name in OURS]
        lines += [_line(name, "as objects", turns_of[size], size) for name in OURS]
    small, large = turns_of.values()
    return lines + [_growth(name, small, large) for name in OURS]


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
    for start in range(first, last, 20_000):
        numbers = range(start + 1, min(start + 20_000, last) + 1)
        with transaction.atomic():
            Member.objects.bulk_create([_member(number, home) for number in numbers])
            Journey.objects.bulk_create([_journey(number, home) for number in numbers], batch_size=5_000)


def _member(number: int, home: Organization) -> Member:
    return Member(
        pk=number, name=str(number), sex=Sex.MALE, branch=home, branch_path=home.path,
        phone_hash=str(number), id_number_hash=f"i{number}", created_at=NOW, created_by=SETUP,
    )  # fmt: skip


def _journey(number: int, home: Organization) -> Journey:
    late = number <= 3 * DUE
    kind = number % 3
    status = (Status.AWAITING, Status.DISPATCHING, Status.PLANNED)[kind]
    due = NOW + (-1 if late else 1) * timedelta(minutes=1 + number % 40_000)
    reminds = due if status == Status.AWAITING else None
    return Journey(
        pk=number, member_id=number, status=status, version=1, home=home, home_path=home.path, holder=home,
        holder_path=home.path, due_at=due, departs_on=NOW.date(), marked_at=NOW, marked_by=SETUP,
        remind_at=reminds, remind_from=NOW if reminds else None,
    )  # fmt: skip


def _late_desks() -> QuerySet[Journey]:
    return Journey.objects.filter(status__in=ON_THE_WAY, due_at__lt=NOW).order_by("due_at")[:TAKEN]


def _departing() -> QuerySet[Journey]:
    return Journey.objects.filter(status=Status.PLANNED, due_at__lt=NOW).order_by("due_at")[:TAKEN]


def _to_remind() -> QuerySet[Journey]:
    return Journey.objects.filter(remind_at__lte=NOW).order_by("remind_at", "pk")[:TAKEN]


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


_WAY = ", ".join(f"'{status}'" for status in ON_THE_WAY)
OURS = {"deadlines of desks": _late_desks, "departures": _departing, "reminders": _to_remind}
FLOORS = {
    "deadlines of desks": _raw(f"status IN ({_WAY}) AND status <> 'closed' AND due_at < %s", "due_at"),
    "departures": _raw("status = 'planned' AND due_at < %s", "due_at"),
    "reminders": _raw("remind_at <= %s", "remind_at, id"),
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
