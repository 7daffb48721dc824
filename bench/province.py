"""Which organisations, people and journeys does a bench work on: one province, the same in every run?

Every division of one province, from the root down to the villages, is an organisation with a desk (some
18,000, six levels). Some members are hosted already, so that routing has a past to learn from; the others are
away and awaited, each to check in once. Names are numbers: nobody is real.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from hongyan.demo.rows import count_on, insert
from hongyan.geography.actions import load_divisions
from hongyan.geography.codes import Level, is_zone, level_of, parent_of
from hongyan.geography.models import Division
from hongyan.journeys.models import Handoff, Journey, Transition
from hongyan.journeys.states import Answer, Purpose, Status, Verb
from hongyan.members.actions import appoint, issue_token, register_user
from hongyan.members.models import Member
from hongyan.members.roles import Role
from hongyan.members.sealing import seal_id_number, seal_phone
from hongyan.organizations import paths
from hongyan.organizations.kinds import Kind, Tier, can_host
from hongyan.organizations.models import Organization

PROVINCE = "62"
SETUP = "system:bench"
BEGAN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TIERS = {
    Level.PROVINCE: Tier.PROVINCE,
    Level.PREFECTURE: Tier.PREFECTURE,
    Level.COUNTY: Tier.COUNTY,
    Level.TOWN: Tier.TOWN,
    Level.VILLAGE: Tier.GRASSROOTS,
}
ORGANIZATION = (
    "id", "code", "name", "short_name", "kind", "tier", "parent_id", "path", "division_id", "has_desk",
    "can_host", "host_body", "address", "contact_name", "contact_phone", "created_at", "created_by",
    "closed_at", "closed_by",
)  # fmt: skip
MEMBER = (
    "id", "uid", "name", "sex", "ethnicity", "birth_on", "education", "category", "joined_on",
    "branch_id", "branch_path", "occupation", "phone_sealed", "phone_hash", "id_number_sealed",
    "id_number_hash", "emergency_contact", "emergency_phone_sealed", "is_exempt", "credential_number",
    "created_at", "created_by",
)  # fmt: skip
JOURNEY = (
    "id", "member_id", "status", "version", "home_id", "home_path", "host_id", "host_path", "holder_id",
    "holder_path", "due_at", "is_short", "reason", "departs_on", "destination_id", "destination_text",
    "employer", "talk_on", "talk_by", "party_group", "link_serial", "marked_at", "marked_by",
    "checked_in_at", "checked_in_by", "accepted_at", "accepted_by", "contacted_by", "lost_by",
    "closed_by", "close_reason",
)  # fmt: skip
HANDOFF = (
    "journey_id", "hop", "purpose", "sender_id", "receiver_id", "receiver_path", "common_path", "place",
    "sent_at", "sent_by", "due_at", "answer", "answered_at", "answered_by", "note", "explanation",
)  # fmt: skip
TRANSITION = (
    "journey_id", "number", "verb", "source", "target", "at", "by", "organization_id", "receiver_id",
    "home_path", "host_path", "destination", "note", "key",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """One organisation as the seeds need it."""

    pk: int
    path: str
    code: str


@dataclass(frozen=True)
class Province:
    """What was seeded: the villages, who may call, and the journeys that wait for a check-in."""

    villages: tuple[Place, ...]
    tokens: tuple[str, ...]
    awaiting: range

    def destination(self, journey: int) -> Place:
        """Return where the member of a journey will say that he is: never his home."""
        return self.villages[(journey * 7919 + 13) % len(self.villages)]


def _home(villages: tuple[Place, ...], journey: int) -> Place:
    return villages[(journey * 104_729) % len(villages)]


def _organizations() -> Iterator[tuple[Place, tuple[Any, ...]]]:
    """Yield every organisation of the province, parents first."""
    root = Place(1, paths.segment(0), "")
    known, children = {"": root}, {"": 0}
    yield root, _organization(root, None, Tier.NATION, desk=False)
    codes = Division.objects.order_by("level", "code").values_list("code", flat=True)
    for code in codes.filter(code__startswith=PROVINCE):
        if is_zone(code):
            continue
        above = known[parent_of(code) or ""]
        place = Place(len(known) + 1, above.path + paths.segment(children[above.code]), code)
        children[above.code] += 1
        known[code], children[code] = place, 0
        yield place, _organization(place, above.pk, TIERS[level_of(code)], desk=True)


def _organization(place: Place, parent: int | None, tier: Tier, *, desk: bool) -> tuple[Any, ...]:
    name = f"Organisation {place.code}"
    return (
        place.pk, f"B{place.pk:08d}", name, name, Kind.COMMITTEE, tier, parent, place.path,
        place.code or None, desk, can_host(Kind.COMMITTEE,  tier), "", "", "Desk", "0000-1000000",
        BEGAN, SETUP, None, "",
    )  # fmt: skip


def _member(number: int, home: Place) -> tuple[Any, ...]:
    uid = f"{number:032x}"
    return (
        number, uid, f"Member {number}", "male", "", date(1980,  1,  1), "", "full", date(2005,  7,  1),
        home.pk, home.path, "", seal_phone(f"100{number:08d}",  uid), f"{number:064x}",
        seal_id_number(f"X{number:017d}",  uid), f"{number:064x}", "", b"", False, "", BEGAN, SETUP,
    )  # fmt: skip


def _journey(number: int, home: Place, host: Place | None) -> tuple[Any, ...]:
    due = BEGAN + timedelta(days=3650)
    arrived, who = (BEGAN, SETUP) if host else (None, "")
    holder = host or home
    return (
        number, number, Status.HOSTED if host else Status.AWAITING, 3 if host else 1, home.pk,
        home.path, host.pk if host else None, host.path if host else "", holder.pk, holder.path, due,
        False, "work", date(2026,  3,  2), host.code if host else None, "", "", date(2026,  3,  1),
        "Desk", "", 1, BEGAN, SETUP, arrived, who, arrived, who, "", "", "", "",
    )  # fmt: skip


def _hop(number: int, home: Place, host: Place) -> tuple[Any, ...]:
    return (
        number, 2, Purpose.DISPATCH, home.pk, host.pk, host.path, paths.common(home.path,  host.path),
        host.code, BEGAN, SETUP, BEGAN + timedelta(days=2), Answer.ACCEPTED, BEGAN, SETUP, "", "{}",
    )  # fmt: skip


def _mark(number: int, home: Place) -> tuple[Any, ...]:
    return (
        number, 1, Verb.MARK, "", Status.AWAITING, BEGAN, SETUP, home.pk, None, home.path, "", "", "",
        None,
    )  # fmt: skip


def seed(*, awaiting: int, hosted: int, callers: int, below: str = PROVINCE) -> Province:
    """Fill an empty database: journeys 1…hosted are hosted, the next `awaiting` ones wait for a check-in."""
    with _careless():
        return _seeded(awaiting, hosted, callers, below)


@contextmanager
def _careless() -> Iterator[None]:
    """Let SQLite not wait for the disk while a database is seeded that nobody would miss."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        yield
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA synchronous=FULL")


def _seeded(awaiting: int, hosted: int, callers: int, below: str) -> Province:
    load_divisions(down_to=Level.VILLAGE, below=[below], by=SETUP, at=BEGAN)
    found = list(_organizations())
    insert(Organization, ORGANIZATION, (row for _, row in found))
    villages = tuple(place for place, _ in found if len(place.code) == Level.VILLAGE)
    made = Province(villages, (), range(hosted + 1, hosted + awaiting + 1))
    numbers = range(1, hosted + awaiting + 1)
    host = {number: made.destination(number) for number in range(1, hosted + 1)}
    homes = {number: _home(villages, number) for number in numbers}
    insert(Member, MEMBER, (_member(number, homes[number]) for number in numbers))
    insert(Journey, JOURNEY, (_journey(number, homes[number], host.get(number)) for number in numbers))
    insert(Handoff, HANDOFF, (_hop(number, homes[number], place) for number, place in host.items()))
    insert(Transition, TRANSITION, (_mark(number, homes[number]) for number in numbers))
    count_on(Organization, Member, Journey, Handoff, Transition)
    return Province(villages, tuple(_token(number) for number in range(callers)), made.awaiting)


def _token(number: int) -> str:
    """Let one more window system of the province call the API."""
    now = datetime.now(UTC)
    user = register_user(username=f"caller-{number}", name=f"Caller {number}", by=SETUP, at=now)
    department = Organization.objects.get(division_id=PROVINCE)
    appoint(
        user=user, role=Role.WINDOW, organization=department, from_on=BEGAN.date(), by="system:setup", at=now
    )
    return issue_token(user=user, name="bench", days=1, by=SETUP, at=now)
