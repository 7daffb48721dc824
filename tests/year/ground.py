"""Where does the simulated year take place: a small Gansu with every level, a fallback branch, and places outside."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from hongyan.geography.names import children_of, full_name, towns_of
from hongyan.members.actions import register_user
from hongyan.members.actions.enrolling_many import Newcomer, enrol_many
from hongyan.members.models import Member
from hongyan.members.permissions import Actor, Seat, himself
from hongyan.members.roles import Role
from hongyan.members.sealing import id_number_hash
from hongyan.organizations.actions import found, serve_area
from hongyan.organizations.kinds import AreaKind, Kind, Tier, can_host
from hongyan.organizations.models import Organization
from tests.world import SETUP, load_divisions

PROVINCE = "62"
# Counties per prefecture, towns per county, villages per town.
WIDTHS = (2, 2, 4)
OUTSIDE = {"330109": "浙江省杭州市萧山区", "650102": "新疆维吾尔自治区乌鲁木齐市天山区"}
TIERS = (Tier.PROVINCE, Tier.PREFECTURE, Tier.COUNTY, Tier.TOWN, Tier.GRASSROOTS)


@dataclass
class Ground:
    """The organisations of the year, and in whose name each acts."""

    code: str
    organizations: dict[int, Organization] = field(default_factory=dict)
    villages: list[Organization] = field(default_factory=list)
    outside: dict[str, Organization] = field(default_factory=dict)
    known: dict[tuple[int, str], Organization] = field(default_factory=dict)

    def actor(self, pk: int) -> Actor:
        """Build whoever works for an organisation."""
        one = self.organizations[pk]
        role = Role.SECRETARY if can_host(one.kind, one.tier) else Role.DEPARTMENT
        return Actor(self.code, seats=(Seat(role, one.pk, one.path, one.short_name),))

    def actors(self, pks: Iterable[int]) -> Actor:
        """Build somebody who works for all of these organisations."""
        return Actor(self.code, seats=tuple(seat for pk in sorted(set(pks)) for seat in self.actor(pk).seats))

    @property
    def hosts(self) -> list[Organization]:
        """List the branches that look after people, the one far away among them."""
        return [one for one in self.organizations.values() if can_host(one.kind, one.tier)]

    def near(self, pk: int, place: str, slow: Collection[int]) -> Organization:
        """Find the village near a place that a level above passes a case to: one that answers, if it can."""
        key = (pk, place)
        if key not in self.known:
            below = self.below(pk)
            quick = [one for one in below if one.pk not in slow] or below
            self.known[key] = max(quick, key=lambda one: (_shared(one.division_id or "", place), -one.pk))
        return self.known[key]

    def below(self, pk: int) -> list[Organization]:
        """List the villages under an organisation."""
        return [one for one in self.villages if one.path.startswith(self.organizations[pk].path)]


def _shared(one: str, other: str) -> int:
    return next((number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def _codes() -> list[tuple[str, ...]]:
    """Choose the divisions: real codes, a few of each level."""
    counties, towns, villages = WIDTHS
    chosen: list[tuple[str, ...]] = []
    for prefecture in children_of(PROVINCE):
        for county in [code for code in children_of(prefecture) if towns_of(code)][:counties]:
            full = [town for town, _ in towns_of(county) if len(children_of(town)) >= villages][:towns]
            for town in full:
                chosen += [(prefecture, county, town, village) for village in children_of(town)[:villages]]
    return chosen


def build(at: datetime) -> Ground:
    """Found every organisation through the real actions."""
    chains = _codes()
    load_divisions([code for chain in chains for code in chain] + list(OUTSIDE) + ["6501"])
    user = register_user(username="year", name="年年", by=SETUP, at=at)
    ground, known = Ground(f"user:{user.pk}"), dict[str, Organization]()

    def put(
        code: str, parent: Organization | None, tier: Tier, *, desk: bool = True, kind: Kind = Kind.COMMITTEE
    ) -> Organization:
        name = full_name(code)
        known[code] = found(
            code=f"year-{code}-{kind}", name=f"{name}党组织", kind=kind, tier=tier, parent=parent, division_id=code,
            has_desk=desk, host_body="依托单位" if kind == Kind.MOBILE_BRANCH else "", contact_name="值班员",
            contact_phone="0000-1000000", by=SETUP, at=at,
        )  # fmt: skip
        ground.organizations[known[code].pk] = known[code]
        return known[code]

    top = put(PROVINCE, None, Tier.PROVINCE)
    for chain in chains:
        parent = top
        for code, tier in zip(chain, TIERS[1:], strict=True):
            parent = known.get(code) or put(code, parent, tier)
        ground.villages.append(parent)
    for code in OUTSIDE:
        ground.outside[code] = put(code, None, Tier.COUNTY, desk=False)
    fallback = put("6501", known[chains[0][0]], Tier.GRASSROOTS, kind=Kind.MOBILE_BRANCH)
    serve_area(
        organization=fallback,
        kind=AreaKind.FALLBACK,
        division_id="6501",
        origin_id=chains[0][0],
        by=SETUP,
        at=at,
    )
    return ground


def enrol(ground: Ground, count: int, at: datetime) -> list[Member]:
    """Put so many invented members on the rosters of the villages, evenly."""
    people = []
    for number in range(count):
        branch = ground.villages[number % len(ground.villages)]
        number_of = f"620621{number:011d}A"
        people.append(
            Newcomer(
                name=f"何{'一二三四五六七八九十'[number % 10]}",
                sex="male",
                ethnicity="汉族",
                birth_on="1985-07-01",
                education="",
                category="full",
                joined_on="2010-07-01",
                branch=branch.pk,
                branch_path=branch.path,
                phone=f"100{number:08d}",
                id_number=number_of,
                id_number_hash=id_number_hash(number_of),
            )  # fmt: skip
        )
    enrol_many(people=people, by=SETUP, at=at)
    return list(Member.objects.select_related("branch").order_by("pk"))


__all__ = ["Ground", "build", "enrol", "himself"]
