"""P6: how near does a surge, routed level by level, come to set-based SQL that asks no rule?"""

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.db import connection, transaction

from bench.measuring import QUICK_ROUNDS, ROUNDS, Comparison, Rounds, alternate
from bench.province import PROVINCE, Province, seed
from hongyan.journeys import actions
from hongyan.journeys.areas import Arrival
from hongyan.journeys.models import Journey
from hongyan.members.permissions import Actor, Seat
from hongyan.members.roles import Role
from hongyan.notifications.rows import COLUMNS as NOTICE
from hongyan.organizations.models import Organization

REQUIRED, AIM = 0.3, 0.6
COUNTY, DUE = "620102", timedelta(days=2)
ACCEPTS, SECONDS = 5_000, 2.0
FLOOR = "set-based SQL, the same rows, no rule"
# The levels a case goes down: its county's desk, the town's, the village's.
LEVELS = (6, 9, 12)


@dataclass
class Surge:
    """So many members of one province who arrive in one county at once."""

    province: Province
    size: int
    ids: Iterator[int]
    desks: dict[str, Organization] = field(default_factory=dict)
    villages: list[Organization] = field(default_factory=list)

    def take(self) -> dict[int, Organization]:
        """Return the next members, each with the village he will end up in."""
        picked = [next(self.ids) for _ in range(self.size)]
        return {pk: self.villages[pk % len(self.villages)] for pk in picked}

    def level(self, village: Organization, digits: int) -> Organization:
        """Return the desk above a village at one level."""
        return self.desks[str(village.division_id)[:digits]]


def _surge(province: Province, size: int) -> Surge:
    rows = Organization.objects.filter(division__code__startswith=COUNTY)
    desks = {str(row.division_id): row for row in rows}
    villages = [row for code, row in sorted(desks.items()) if len(code) == LEVELS[-1]]
    return Surge(province, size, iter(province.awaiting), desks, villages)


def _official(role: Role, place: Organization) -> Actor:
    return Actor(code="user:1", seats=(Seat(role, place.pk, place.path, place.short_name),), user_id=1)


def ours(surge: Surge) -> float:
    """Check everybody in, pass everybody down level by level; return moves a second."""
    going, now, number = surge.take(), datetime.now(UTC), f"{os.getpid()}-{time.monotonic_ns()}"
    province = Organization.objects.get(division_id=PROVINCE)
    began = time.perf_counter()
    arrivals = dict.fromkeys(going, Arrival(code=COUNTY, tier="B", reason="本人确认"))
    clerk = _official(Role.WINDOW, province)
    moved = len(actions.check_in_many(arrivals=arrivals, by=clerk, at=now, key=number).done)
    for above, below in zip(LEVELS, LEVELS[1:], strict=False):
        desks: defaultdict[str, dict[int, Organization]] = defaultdict(dict)
        for pk, village in going.items():
            desks[str(village.division_id)[:above]][pk] = surge.level(village, below)
        for code, targets in desks.items():
            picked = dict.fromkeys(targets)
            organiser = _official(Role.ORGANISER, surge.desks[code])
            key = f"{number}-{below}"
            outcome = actions.forward_many(picked=picked, targets=targets, by=organiser, at=now, key=key)
            moved += len(outcome.done)
    took = time.perf_counter() - began
    if moved != len(going) * len(LEVELS):
        raise RuntimeError(f"only {moved} moves were made: a figure would mean nothing")
    return moved / took


# What one level's moves change and add, one statement each for all of them.
SWAP = (
    "UPDATE journeys_journey AS j SET status = 'dispatching', holder_id = s.receiver, holder_path = s.path,"
    " due_at = %(due)s, checked_in_at = %(now)s, checked_in_by = 'user:1', version = version + 1"
    " FROM bench_surge s WHERE s.id = j.id"
)
ANSWER = (
    "UPDATE journeys_handoff SET answer = 'forwarded', answered_at = %(now)s, answered_by = 'user:1'"
    " WHERE answered_at IS NULL AND journey_id IN (SELECT id FROM bench_surge)"
)
HOP = (
    "INSERT INTO journeys_handoff (journey_id, hop, purpose, sender_id, receiver_id, receiver_path,"
    " common_path, place, sent_at, sent_by, due_at, answer, answered_by, note, explanation)"
    " SELECT s.id, %(level)s,"
    " 'dispatch', j.home_id, s.receiver, s.path, substr(s.path, 1, 8), %(place)s, %(now)s, 'user:1', %(due)s,"
    " '', '', '', %(why)s FROM bench_surge s JOIN journeys_journey j ON j.id = s.id"
)
MOVE = (
    "INSERT INTO journeys_transition (journey_id, number, verb, source, target, at, by, organization_id,"
    " receiver_id, home_path, host_path, destination, note, key) SELECT s.id, %(level)s, 'forward',"
    " 'awaiting', 'dispatching', %(now)s, 'user:1', s.receiver, s.receiver, j.home_path, '', %(place)s, '',"
    " %(key)s || s.id"
    " FROM bench_surge s JOIN journeys_journey j ON j.id = s.id"
)
ENTRY = (
    "INSERT INTO audit_entry (at, actor, verb, subject, organization_id, details) SELECT %(now)s, 'user:1',"
    " 'forward', 'journey:' || id, receiver, %(details)s FROM bench_surge"
)
TOLD = (
    f"INSERT INTO notifications_notice ({', '.join(NOTICE)}) SELECT %(kind)s, 'organization:' || receiver,"
    " 'app', %(none)s, 'journey:' || id, %(facts)s, NULL, %(now)s, %(now)s, 'sent', %(now)s FROM bench_surge"
)


def _load(cursor: Any, targets: dict[int, Organization]) -> None:
    rows = [(pk, place.pk, place.path) for pk, place in targets.items()]
    cursor.execute("DELETE FROM bench_surge")
    if connection.vendor == "postgresql":
        with cursor.copy("COPY bench_surge (id, receiver, path) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    cursor.executemany("INSERT INTO bench_surge VALUES (%s, %s, %s)", rows)


def _floor_step(level: int, targets: dict[int, Organization], now: Any, due: Any) -> int:
    """Write what one level's moves write."""
    words = {
        "now": now, "due": due, "level": level, "place": COUNTY, "none": b"",
        "key": f"floor-{time.monotonic_ns()}-", "details": '{"from":"awaiting","to":"dispatching"}',
        "why": '{"rule": "routing-1", "tier": "B", "suggestions": []}',
        "facts": '{"home": "Organisation 62", "link": "/journeys/1/", "due": "0000000000"}',
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        _load(cursor, targets)
        cursor.execute(SWAP, words)
        met = int(cursor.rowcount)
        for sql in (ANSWER, HOP, MOVE, ENTRY):
            cursor.execute(sql, words)
        for kind in ("arrived_at_desk", "sent_on"):
            cursor.execute(TOLD, {**words, "kind": kind})
    return met


def floor(surge: Surge) -> float:
    """Write the same rows for the same members, set by set; return moves a second."""
    going, now = surge.take(), datetime.now(UTC)
    stored = [connection.ops.adapt_datetimefield_value(one) for one in (now, now + DUE)]
    began, moved = time.perf_counter(), 0
    for level, digits in enumerate(LEVELS, 2):
        targets = {pk: surge.level(village, digits) for pk, village in going.items()}
        moved += _floor_step(level, targets, *stored)
    took = time.perf_counter() - began
    if moved != len(going) * len(LEVELS):
        raise RuntimeError(f"only {moved} moves were made: a figure would mean nothing")
    return moved / took


def _accepts(surge: Surge, rounds: int) -> list[float]:
    """Bring five thousand to one community and let it accept them in one go; return seconds of each round."""
    village, seconds, number = surge.villages[0], [], count(1)
    clerk, secretary = _official(Role.WINDOW, village), _official(Role.SECRETARY, village)
    for _ in range(rounds):
        ids = [next(surge.ids) for _ in range(ACCEPTS)]
        arrival = Arrival(code=str(village.division_id), tier="A", reason="本人确认")
        actions.check_in_many(arrivals=dict.fromkeys(ids, arrival), by=clerk, at=datetime.now(UTC))
        picked = dict(Journey.objects.filter(pk__in=ids).values_list("pk", "version"))
        began = time.perf_counter()
        key, at = f"accepts-{next(number)}", datetime.now(UTC)
        outcome = actions.accept_many(picked=picked, by=secretary, at=at, key=key)
        seconds.append(time.perf_counter() - began)
        if len(outcome.done) != ACCEPTS:
            raise RuntimeError(f"{len(outcome.refused)} were refused: a figure would mean nothing")
    return seconds


def measure(quick: bool) -> list[Comparison]:
    """Let the product and plain SQL take turns, each on members of its own."""
    rounds, size = (QUICK_ROUNDS, 2_000) if quick else (ROUNDS, 20_000)
    wanted = 2 * rounds * size + 3 * ACCEPTS
    surge = _surge(seed(awaiting=wanted, hosted=2_000, callers=1), size)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_surge (id bigint PRIMARY KEY, receiver bigint, path text)")
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
    reached = alternate({"ours": lambda: ours(surge), FLOOR: lambda: floor(surge)}, rounds)
    seconds = sorted(_accepts(surge, 3))
    return [_compared(size, reached), _budget(seconds)]


def _compared(size: int, reached: Rounds) -> Comparison:
    return Comparison(
        "P6",
        f"moves of {size:,} check-ins, level by level ({connection.vendor})",
        FLOOR,
        "/s",
        reached.middle("ours"),
        reached.middle(FLOOR),
        required=REQUIRED,
        aim=AIM,
        spread=f"{reached.spread('ours')}; {reached.spread(FLOOR)}",
    )


def _budget(seconds: list[float]) -> Comparison:
    return Comparison(
        "P6",
        f"{ACCEPTS:,} accepts in one go, all audited ({connection.vendor})",
        "budget",
        "s",
        seconds[1],
        SECONDS,
        required=1.0,
        more_is_better=False,
        spread=f"{seconds[0]:.2f}-{seconds[-1]:.2f}",
    )
