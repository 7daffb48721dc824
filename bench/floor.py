"""What would a check-in cost if nothing but its rows had to be written, in one raw transaction?

One UPDATE of the journey, one of the live hand-off it may have, one hand-off, one transition, one audit entry
and two notices, through the database's own driver (prepared by psycopg after its fifth use), with no rule
asked. tests/bench holds these rows to the ones the product writes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from pysqlite3 import dbapi2

from bench.clients import Work
from bench.province import PROVINCE, Place, Province
from hongyan.journeys.models import Journey
from hongyan.members.actions import token_digest
from hongyan.members.models import User
from hongyan.notifications.rows import COLUMNS as NOTICE
from hongyan.organizations.models import Organization

Run = Callable[[str, Sequence[Any]], Any]
_DUE = timedelta(days=2)
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"

SWAP = (
    "UPDATE journeys_journey SET destination_id = %s, status = 'dispatching', checked_in_at = %s,"
    " checked_in_by = %s, lost_at = NULL, lost_by = '', holder_id = %s, holder_path = %s, due_at = %s,"
    " home_due_at = %s, remind_from = NULL, remind_at = NULL, version = version + 1"
    " WHERE id = %s AND version = %s"
)
ANSWER = (
    "UPDATE journeys_handoff SET answer = 'superseded', answered_at = %s, answered_by = %s"
    " WHERE journey_id = %s AND answered_at IS NULL"
)
HOP = (
    "INSERT INTO journeys_handoff (journey_id, hop, purpose, sender_id, receiver_id, receiver_path,"
    " common_path, place, sent_at, sent_by, due_at, answer, answered_by, note, explanation)"
    " VALUES (%s, 2, 'dispatch', %s, %s, %s, %s, %s, %s, %s, %s, '', '', '', %s)"
)
MOVE = (
    "INSERT INTO journeys_transition (journey_id, number, verb, source, target, at, by, organization_id,"
    " receiver_id, home_path, host_path, destination, note, key)"
    " VALUES (%s, 2, 'check_in', 'awaiting', 'dispatching', %s, %s, %s, %s, %s, '', %s, '', %s)"
)
ENTRY = (
    "INSERT INTO audit_entry (at, actor, verb, subject, organization_id, details)"
    ' VALUES (%s, %s, \'check_in\', %s, %s, \'{"from":"awaiting","to":"dispatching"}\')'
)
NOTICES = f"INSERT INTO notifications_notice ({', '.join(NOTICE)}) VALUES " + ", ".join(
    [f"({', '.join(['%s'] * len(NOTICE))})"] * 2
)
_JOINED = (
    "SELECT j.*, m.*, h.*, d.* FROM journeys_journey j JOIN members_member m ON m.id = j.member_id"
    " JOIN organizations_organization h ON h.id = j.home_id"
    " JOIN organizations_organization d ON d.id = j.holder_id WHERE j.id = %s"
)
_TOKEN = "SELECT t.*, u.* FROM members_apitoken t JOIN members_user u ON u.id = t.user_id WHERE t.digest = %s"
_SEATS = (
    "SELECT a.*, o.* FROM members_appointment a JOIN organizations_organization o ON o.id = a.organization_id"
    " WHERE a.user_id = %s"
)
_SERVING = (
    "SELECT o.* FROM organizations_organization o"
    " WHERE o.division_id IN (%s, %s, %s, %s, %s) AND o.closed_at IS NULL"
)
_AREAS = "SELECT a.* FROM organizations_servicearea a WHERE a.division_id IN (%s, %s, %s, %s, %s)"
_PAST = (
    "SELECT receiver_id, answer, count(*) FROM journeys_handoff WHERE place IN (%s, %s, %s)"
    " AND answer IN ('accepted', 'redirected', 'sent_back', 'decided') GROUP BY 1, 2"
)


@dataclass(frozen=True)
class Floor:
    """Writes the rows of one check-in after the other; `explanation` is as long as a real one."""

    province: Province
    homes: dict[int, Place]
    desk: int
    caller: str
    user: int
    explanation: str
    # Turns a moment and a JSON text into what the driver takes.
    moment: Callable[[datetime], Any]

    def check_in(self, run: Run, journey: int) -> int:
        """Write one check-in and return how many journeys it met; the transaction is the caller's."""
        here, home = self.province.destination(journey), self.homes[journey]
        now = datetime.now(UTC)
        at, due, by = self.moment(now), self.moment(now + _DUE), self.caller
        met = run(SWAP, [here.code, at, by, here.pk, here.path, due, due, journey, 1]).rowcount
        run(ANSWER, [at, by, journey])
        shared = _shared(home.path, here.path)
        hop = [journey, home.pk, here.pk, here.path, shared, here.code, at, by, due, self.explanation]
        run(HOP, hop)
        key = f"api{journey:032x}{journey:032x}"
        run(MOVE, [journey, at, by, self.desk, here.pk, home.path, here.code, key])
        run(ENTRY, [at, by, f"journey:{journey}", self.desk])
        run(NOTICES, [*self._notice(journey, here, at, True), *self._notice(journey, home, at, False)])
        return int(met)

    def _notice(self, journey: int, to: Place, at: Any, arrived: bool) -> list[Any]:
        kind = "arrived_at_desk" if arrived else "sent_on"
        facts = f'{{"home": "Organisation {to.code}", "link": "/journeys/{journey}/", "due": "0000000000"}}'
        subject = f"journey:{journey}"
        return [kind, f"organization:{to.pk}", "app", b"", subject, facts, None, at, at, "sent", at]

    def read(self, run: Run, journey: int, token: str) -> None:
        """Read what a check-in cannot do without: who asks, the journey, and who serves the place."""
        code = self.province.destination(journey).code
        above = [code[:length] for length in (2, 4, 6, 9, 12)]
        run(_TOKEN, [token_digest(token)]).fetchone()
        run(_SEATS, [self.user]).fetchall()
        run(_JOINED, [journey]).fetchone()
        run(_SERVING, above).fetchall()
        run(_AREAS, above).fetchall()
        run(_PAST, above[2:]).fetchall()


def floor_of(province: Province, moment: Callable[[datetime], Any], explanation: str) -> Floor:
    """Collect what the floor needs to know, so that no round pays for finding it."""
    first, last = province.awaiting[0], province.awaiting[-1]
    rows = Journey.objects.filter(pk__range=(first, last))
    homes = {
        pk: Place(home, path, code or "")
        for pk, home, path, code in rows.values_list("pk", "home_id", "home_path", "home__division_id")
    }
    desk = Organization.objects.get(division_id=PROVINCE).pk
    user = User.objects.order_by("pk").values_list("pk", flat=True)[0]
    return Floor(province, homes, desk, f"user:{user}", user, explanation, moment)


def raw_postgresql(floor: Floor, url: str, *, reads: bool) -> Callable[[int], Work]:
    """Return what connects one client to PostgreSQL: each piece is one transaction, through psycopg alone."""

    def connect(number: int) -> Work:
        wire, token = psycopg.connect(url, autocommit=True), floor.province.tokens[0]

        def check_in(journey: int) -> bool:
            with wire.transaction():
                if reads:
                    floor.read(wire.execute, journey, token)
                return floor.check_in(wire.execute, journey) == 1

        return check_in

    return connect


def raw_sqlite(floor: Floor, file: str, *, reads: bool) -> Callable[[int], Work]:
    """Return what connects one client to SQLite: each piece is one transaction with the product's pragmas."""

    def connect(number: int) -> Work:
        wire, token = dbapi2.connect(file, timeout=20, isolation_level=None), floor.province.tokens[0]
        wire.executescript(PRAGMAS)
        known: dict[str, str] = {}

        def run(sql: str, parameters: Sequence[Any]) -> Any:
            marked = known.get(sql) or known.setdefault(sql, sql.replace("%s", "?"))
            return wire.execute(marked, parameters)

        def check_in(journey: int) -> bool:
            wire.execute("BEGIN IMMEDIATE")
            if reads:
                floor.read(run, journey, token)
            met = floor.check_in(run, journey)
            wire.execute("COMMIT")
            return met == 1

        return check_in

    return connect


def sqlite_moment(value: datetime) -> str:
    """Write a moment as Django keeps it in SQLite."""
    return value.replace(tzinfo=None).isoformat(" ")


def _shared(one: str, other: str) -> str:
    """Return the common beginning of two paths, in whole segments of four."""
    pairs = zip(one, other, strict=False)
    end = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
    return one[: end - end % 4]
