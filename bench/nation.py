"""Which tree and which journeys does a bench of the nation work on, from ten thousand to ten million?

Every province, prefecture and county of the country has a committee; below each county stand towns, below
each town villages: some 580,000 organisations on six levels. Journeys are added set by set, spread evenly
over homes and hosts; ten million are what the nation's hundred million members would have. Nobody is real.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from bench.bulk import is_postgresql, like, moment, numbers, without_indexes
from bench.province import ORGANIZATION, SETUP
from hongyan.demo.rows import count_on, insert
from hongyan.geography.actions import load_divisions
from hongyan.geography.codes import Level, is_zone, level_of, parent_of
from hongyan.geography.models import Division
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member, Sex
from hongyan.organizations import paths
from hongyan.organizations.kinds import Kind, Tier, can_host
from hongyan.organizations.models import Organization
from hongyan.reports.actions import triggers

TOWNS, VILLAGES = 13, 14
TIERS = {Level.PROVINCE: Tier.PROVINCE, Level.PREFECTURE: Tier.PREFECTURE, Level.COUNTY: Tier.COUNTY}
# Of twenty journeys so many stand so; the last one is a short absence.
STATUSES = (
    *[Status.HOSTED] * 14,
    *[Status.AWAITING] * 3,
    Status.DISPATCHING,
    Status.RETURNING,
    Status.AWAITING,
)
TWENTY = len(STATUSES)


def _codes(counties: int) -> list[str]:
    """List every province and prefecture, and so many counties."""
    codes = Division.objects.order_by("level", "code").values_list("code", flat=True)
    above = [code for code in codes if not is_zone(code) and len(code) < Level.COUNTY]
    return above + [code for code in codes if not is_zone(code) and len(code) == Level.COUNTY][:counties]


class Nation:
    """The tree, and how many journeys there are so far."""

    def __init__(self, now: datetime, counties: int = 10_000) -> None:
        """Write the organisations; fewer counties make a small tree for a test of the bench."""
        self.now, self.journeys = now.astimezone(UTC), 0
        load_divisions(down_to=Level.COUNTY, by=SETUP, at=self.now)
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE bench_village (place bigint PRIMARY KEY, id bigint, path text, code text,"
                " county_id bigint, county_path text)"
            )
        villages: list[tuple[Any, ...]] = []
        insert(Organization, ORGANIZATION, self._organizations(_codes(counties), villages))
        count_on(Organization)
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bench_village VALUES (%s, %s, %s, %s, %s, %s)", villages)
        self.villages = len(villages)

    def _organizations(self, codes: list[str], villages: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        known, below, last = {"": ("", 1)}, {"": 0}, 1
        known[""] = (paths.segment(0), 1)
        yield self._row(1, None, paths.segment(0), Tier.NATION, None)
        for code in codes:
            path, parent = known[parent_of(code) or ""]
            last += 1
            mine = (path + paths.segment(below[parent_of(code) or ""]), last)
            below[parent_of(code) or ""] += 1
            known[code], below[code] = mine, 0
            yield self._row(last, parent, mine[0], TIERS[level_of(code)], code)
            if level_of(code) == Level.COUNTY:
                for row in self._below(mine, code, last, villages):
                    last = row[0]
                    yield row

    def _below(
        self, county: tuple[str, int], code: str, last: int, villages: list[tuple[Any, ...]]
    ) -> Iterator[tuple[Any, ...]]:
        for town in range(TOWNS):
            last += 1
            above, path = last, county[0] + paths.segment(town)
            yield self._row(last, county[1], path, Tier.TOWN, code)
            for village in range(VILLAGES):
                last += 1
                here = path + paths.segment(village)
                villages.append((len(villages), last, here, code, county[1], county[0]))
                yield self._row(last, above, here, Tier.GRASSROOTS, code)

    def _row(self, pk: int, parent: int | None, path: str, tier: Tier, code: str | None) -> tuple[Any, ...]:
        name = f"Organisation {pk}"
        return (
            pk, f"B{pk:08d}", name, name, Kind.COMMITTEE, tier, parent, path, code, tier != Tier.NATION,
            can_host(Kind.COMMITTEE, tier), "", "", "Desk", "0000-1000000", self.now, SETUP, None, "",
        )  # fmt: skip

    def grow(self, size: int) -> None:
        """Add journeys, and their members, up to so many."""
        first, self.journeys = self.journeys + 1, size
        if first == 1:
            self._first()
            first = TWENTY + 1
        with connection.schema_editor() as editor:
            triggers.take_down(editor)
        connection.disable_constraint_checking()
        with transaction.atomic(), connection.cursor() as cursor:
            if is_postgresql():
                cursor.execute("SET LOCAL session_replication_role = replica")
            for model, own in ((Member, self._member()), (Journey, self._journey())):
                with without_indexes(cursor, model._meta.db_table):
                    self._fill(cursor, model, own, first, size)
        connection.enable_constraint_checking()
        with connection.schema_editor() as editor:
            triggers.stand(editor)
        count_on(Member, Journey)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _fill(self, cursor: Any, model: Any, own: dict[str, str], first: int, last: int) -> None:
        """Write a million at a time, so that no one statement has to hold them all."""
        for start in range(first, last + 1, 1_000_000):
            source = (
                f"{numbers()} JOIN {model._meta.db_table} t ON t.id = 1 + (n - 1) %% {TWENTY}"
                f" JOIN bench_village h ON h.place = (n * 104729) %% {self.villages}"
                f" JOIN bench_village g ON g.place = (n * 7919 + 13) %% {self.villages}"
            )
            cursor.execute(like(model, own, source), [start, min(last, start + 999_999)])

    def _first(self) -> None:
        """Write the first of each kind; all others are like them."""
        home = Organization.objects.get(pk=1)
        rows = range(1, TWENTY + 1)
        Member.objects.bulk_create(
            Member(
                pk=number, uid=f"{number:032x}", name=f"Member {number}", sex=Sex.MALE, branch=home,
                branch_path=home.path, phone_hash=f"p{number}", id_number_hash=f"i{number}",
                created_at=self.now, created_by=SETUP,
            )
            for number in rows
        )  # fmt: skip
        Journey.objects.bulk_create(self._like_no_other(number, home) for number in rows)
        with connection.cursor() as cursor:
            for model, own in ((Member, self._member()), (Journey, self._journey())):
                self._settle(cursor, model, own)

    def _like_no_other(self, number: int, home: Organization) -> Journey:
        status = STATUSES[(number - 1) % TWENTY]
        row = Journey(
            pk=number, member_id=number, status=status, version=1, home=home, home_path=home.path,
            holder=home, holder_path=home.path, due_at=self.now, departs_on=self.now.date(),
            marked_at=self.now, marked_by=SETUP, is_short=number == TWENTY,
        )  # fmt: skip
        if status in (Status.HOSTED, Status.DISPATCHING, Status.RETURNING):
            row.checked_in_at, row.checked_in_by = self.now, SETUP
        if status in (Status.HOSTED, Status.RETURNING):
            row.accepted_at, row.accepted_by = self.now, SETUP
        if status == Status.HOSTED:
            row.host, row.host_path = home, home.path
        return row

    def _settle(self, cursor: Any, model: Any, own: dict[str, str]) -> None:
        """Move the first of each kind to where numbers like theirs belong."""
        table = model._meta.db_table
        names = [name for name in own if name != "id"]
        for number in range(1, TWENTY + 1):
            chosen = ", ".join(f"{own[name]} AS {name}" for name in names)
            cursor.execute(
                f"SELECT {chosen} FROM (SELECT %s AS n) AS c JOIN {table} t ON t.id = n"
                f" JOIN bench_village h ON h.place = (n * 104729) %% {self.villages}"
                f" JOIN bench_village g ON g.place = (n * 7919 + 13) %% {self.villages}",
                [number],
            )
            sets = ", ".join(f"{name} = %s" for name in names)
            cursor.execute(f"UPDATE {table} SET {sets} WHERE id = %s", [*cursor.fetchone(), number])

    def _member(self) -> dict[str, str]:
        unique = {"uid": "u", "phone_hash": "p", "id_number_hash": "i"}
        own = {name: f"'{sign}' || n" for name, sign in unique.items()}
        return {"id": "n", "branch_id": "h.id", "branch_path": "h.path", "name": "'Member ' || n", **own}

    def _journey(self) -> dict[str, str]:
        """Say what differs from journey to journey: places by status, moments over two years."""
        hosted = f"t.status = '{Status.HOSTED}'"
        came, day = "t.checked_in_at IS NOT NULL", 1440
        marked = f"-(n * 53) %% {730 * day} - {20 * day}"
        late = f"CASE WHEN n %% {TWENTY} = 4 THEN -1 - n %% {30 * day} ELSE 1 + (n * 37) %% {45 * day} END"
        desk = (
            f"CASE WHEN {hosted} THEN g.{{0}} WHEN t.status = '{Status.DISPATCHING}' THEN g.county_{{0}}"
            " ELSE h.{0} END"
        )
        arrived = moment(self.now, f"{marked} + {day} * (1 + n %% 9)")
        lost = "n %% 33 = 7"
        return {
            "id": "n",
            "member_id": "n",
            "home_id": "h.id",
            "home_path": "h.path",
            "host_id": f"CASE WHEN {hosted} THEN g.id END",
            "host_path": f"CASE WHEN {hosted} THEN g.path ELSE '' END",
            "holder_id": desk.format("id"),
            "holder_path": desk.format("path"),
            "destination_id": f"CASE WHEN {came} THEN g.code ELSE substr(g.code, 1, 2) END",
            "due_at": moment(self.now, late),
            "marked_at": moment(self.now, marked),
            "checked_in_at": f"CASE WHEN {came} THEN {arrived} END",
            "accepted_at": (
                "CASE WHEN t.accepted_at IS NOT NULL THEN"
                f" {moment(self.now, f'{marked} + {day} * (10 + n %% 7)')} END"
            ),
            "lost_at": f"CASE WHEN {lost} THEN {moment(self.now, f'-{day}')} END",
            "lost_by": f"CASE WHEN {lost} THEN '{SETUP}' ELSE '' END",
        }
