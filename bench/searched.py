"""Which organisations and people is a search tried on: a country of numbers, the same in every run?

Every division down to the towns is an organisation, and below the towns as many branches as are asked for.
Names are put together from lists, so that some are common and some are rare; nobody is real. Every fourth
member is away, half of those are hosted somewhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from bench.province import BEGAN, JOURNEY, SETUP
from hongyan.demo.people import invented_name
from hongyan.demo.rows import count_on, insert, roomy
from hongyan.geography.codes import Level
from hongyan.geography.names import name_of, upper
from hongyan.initials import name_initials, place_initials
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.members.sealing import PHONE, tail_finder
from hongyan.organizations import paths
from hongyan.organizations.kinds import Kind, Tier, can_host
from hongyan.organizations.models import Organization
from hongyan.vault.sealing import hasher, sealer

TIERS = {2: Tier.PROVINCE, 4: Tier.PREFECTURE, 6: Tier.COUNTY, 9: Tier.TOWN}
FOUNDED = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
ORGANIZATION = (
    "id", "code", "name", "short_name", "initials", "kind", "tier", "parent_id", "path", "has_desk",
    "can_host", "created_at", "created_by",
)  # fmt: skip
MEMBER = (
    "id", "uid", "name", "initials", "sex", "branch_id", "branch_path", "phone_sealed", "phone_hash",
    "phone_tail", "id_number_sealed", "id_number_hash", "created_at", "created_by",
)  # fmt: skip
FIRST, SECOND = "东西南北上下前后大小新老高长红白青石", "湾沟坪岭河桥庄堡寨塘关泉台川峪店营桑"


@dataclass(frozen=True)
class Place:
    """One organisation as the seeds need it."""

    pk: int
    path: str
    name: str
    full: str


@dataclass(frozen=True)
class Country:
    """What was seeded."""

    places: dict[str, Place]
    branches: list[Place]
    phones: tuple[str, ...]


def seed(*, organizations: int, members: int) -> Country:
    """Fill an empty database."""
    with roomy(), transaction.atomic():
        country = _ground(organizations)
        draw = Random(20)  # noqa: S311 -- the same people in every run, not a secret
        insert(Member, MEMBER, _members(country.branches, members, draw))
        insert(Journey, JOURNEY, _journeys(country.branches, members))
    count_on(Organization, Member, Journey)
    return country


def phone_of(number: int) -> str:
    """Make somebody's phone number."""
    return f"100{number * 7_654_321 % 100_000_000:08d}"


def _ground(count: int) -> Country:
    root = Place(1, paths.segment(0), "全国党组织", "")
    known, children = {"": root}, {"": 0}
    rows = [_organization(root, None, Tier.NATION)]

    def plant(code: str, above: str, name: str, tier: Tier) -> Place:
        parent = known[above]
        path = parent.path + paths.segment(children[above])
        children[above] += 1
        place = Place(len(rows) + 1, path, name, parent.full + name)
        rows.append(_organization(place, parent.pk, tier))
        known[code], children[code] = place, 0
        return place

    for code, name in sorted(_names().items(), key=lambda one: (len(one[0]), one[0])):
        above = next(code[:level] for level in (6, 4, 2, 0) if level < len(code) and code[:level] in known)
        plant(code, above, name, TIERS[len(code)])
    towns = [code for code in known if len(code) == Level.TOWN]
    number = 0
    while len(rows) < count:
        town = towns[number % len(towns)]
        name = f"{FIRST[number % 18]}{SECOND[number // 18 % 18]}村党支部"
        plant(f"{town}{number // len(towns):03d}", town, name, Tier.GRASSROOTS)
        number += 1
    insert(Organization, ORGANIZATION, rows)
    branches = [place for code, place in known.items() if len(code) == Level.VILLAGE]
    return Country({code: place for code, place in known.items() if len(code) < Level.VILLAGE}, branches, ())


def _names() -> dict[str, str]:
    return {code: name_of(code) or code for code in upper() if len(code) in TIERS}


def _organization(place: Place, parent: int | None, tier: Tier) -> tuple[Any, ...]:
    kind = Kind.BRANCH if tier == Tier.GRASSROOTS else Kind.COMMITTEE
    return (
        place.pk, f"S{place.pk:08d}", place.full or place.name, place.name, place_initials(place.name), kind,
        tier, parent, place.path, True, can_host(kind, tier), FOUNDED, SETUP,
    )  # fmt: skip


def _members(branches: list[Place], count: int, draw: Random) -> Iterator[tuple[Any, ...]]:
    seal, hashed, tail_of = sealer(PHONE), hasher("phone"), tail_finder()
    for number in range(1, count + 1):
        # Those of a branch one after the other, as a roster brings them.
        home, name = branches[number * len(branches) // (count + 1)], invented_name(draw)
        uid, phone = f"{number:032x}", phone_of(number)
        yield (
            number, uid, name, name_initials(name), "male", home.pk, home.path, seal(phone, uid),
            hashed(phone), tail_of(phone), b"", f"{number:064x}", FOUNDED, SETUP,
        )  # fmt: skip


def _journeys(branches: list[Place], members: int) -> Iterator[tuple[Any, ...]]:
    due = BEGAN + timedelta(days=3650)
    for number in range(1, members // 4 + 1):
        member = number * 4
        home = branches[member * len(branches) // (members + 1)]
        host = branches[number * 104_729 % len(branches)] if number % 2 else None
        arrived, who = (BEGAN, SETUP) if host else (None, "")
        holder = host or home
        yield (
            number, member, Status.HOSTED if host else Status.AWAITING, 3 if host else 1, home.pk, home.path,
            host.pk if host else None, host.path if host else "", holder.pk, holder.path, due, False, "work",
            date(2026, 3, 2), None, "", "", date(2026, 3, 1), "Desk", "", 1, BEGAN, SETUP, arrived, who,
            arrived, who, "", "", "", "",
        )  # fmt: skip
