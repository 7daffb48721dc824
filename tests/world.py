"""The named cast: the few organisations and people that every test talks about; all of them invented."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from hongyan.geography.codes import Level, ancestors_of
from hongyan.geography.models import Division
from hongyan.geography.names import name_of
from hongyan.journeys import actions
from hongyan.journeys.areas import Arrival
from hongyan.journeys.models import Journey
from hongyan.journeys.states import CloseReason, Status
from hongyan.members.actions import appoint, enrol, register_user
from hongyan.members.models import Member, Sex, User
from hongyan.members.permissions import Actor, himself, official
from hongyan.members.roles import Role
from hongyan.organizations.actions import found, open_station, serve_area
from hongyan.organizations.kinds import AreaKind, Kind, StationTier, Tier
from hongyan.organizations.models import Organization
from tests.remembering import remembered

# A Monday morning.
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
# Written by hand where a test wants no more than somebody of whom nothing hard is asked.
SPARED = {"is_exempt": True, "exempt_review_on": TODAY.replace(year=2029)}
SETUP = "system:setup"

TIANSHUI_SOUTH = "620102016006"
LIBERATION_MIDDLE = "620802001001"

# By key: name, kind, tier, parent, division, whether it has a desk.
ORGANIZATIONS = {
    "nation": ("全国党组织", Kind.COMMITTEE, Tier.NATION, None, None, False),
    "gansu": ("甘肃省委组织部", Kind.COMMITTEE, Tier.PROVINCE, "nation", "62", True),
    "lanzhou": ("兰州市委组织部", Kind.COMMITTEE, Tier.PREFECTURE, "gansu", "6201", True),
    "chengguan": ("城关区委组织部", Kind.COMMITTEE, Tier.COUNTY, "lanzhou", "620102", True),
    "tuanjie": ("团结新村街道党工委", Kind.WORK_COMMITTEE, Tier.TOWN, "chengguan", "620102016", True),
    "tianshui_south": ("天水南路社区党委", Kind.COMMITTEE, Tier.GRASSROOTS, "tuanjie", TIANSHUI_SOUTH, True),
    "weiyuan_road": ("渭源路社区党委", Kind.COMMITTEE, Tier.GRASSROOTS, "tuanjie", "620102016001", True),
    "anning": ("安宁区委组织部", Kind.COMMITTEE, Tier.COUNTY, "lanzhou", "620105", True),
    "wuwei": ("武威市委组织部", Kind.COMMITTEE, Tier.PREFECTURE, "gansu", "6206", True),
    "minqin": ("民勤县委组织部", Kind.COMMITTEE, Tier.COUNTY, "wuwei", "620621", True),
    "minqin_town": ("民勤县三雷镇党委", Kind.COMMITTEE, Tier.TOWN, "minqin", "620621100", True),
    "village": ("三雷镇三陶村党支部", Kind.BRANCH, Tier.GRASSROOTS, "minqin_town", "620621100200", True),
    "next_village": ("三雷镇邻村党支部", Kind.BRANCH, Tier.GRASSROOTS, "minqin_town", "620621100201", True),
    "wuwei_in_urumqi": ("武威驻乌鲁木齐流动党员党支部", Kind.MOBILE_BRANCH, Tier.GRASSROOTS, "wuwei", "6501", True),
    "pingliang": ("平凉市委组织部", Kind.COMMITTEE, Tier.PREFECTURE, "gansu", "6208", True),
    "kongtong": ("崆峒区委组织部", Kind.COMMITTEE, Tier.COUNTY, "pingliang", "620802", True),
    "dongguan": ("东关街道党工委", Kind.WORK_COMMITTEE, Tier.TOWN, "kongtong", "620802001", True),
    "liberation_middle": (
        "解放中路社区党委", Kind.COMMITTEE, Tier.GRASSROOTS, "dongguan", LIBERATION_MIDDLE, True,
    ),
    "jingning": ("静宁县委组织部", Kind.COMMITTEE, Tier.COUNTY, "pingliang", "620826", True),
    "jingning_park": (
        "静宁工业园区流动党员党支部", Kind.MOBILE_BRANCH, Tier.GRASSROOTS, "jingning", "620826", True,
    ),
    "xinjiang": ("新疆维吾尔自治区党组织", Kind.COMMITTEE, Tier.PROVINCE, "nation", "65", False),
    "urumqi_tianshan": ("乌鲁木齐市天山区党组织", Kind.COMMITTEE, Tier.COUNTY, "xinjiang", "650102", False),
    "zhejiang": ("浙江省党组织", Kind.COMMITTEE, Tier.PROVINCE, "nation", "33", False),
    "xiaoshan": ("杭州市萧山区党组织", Kind.COMMITTEE, Tier.COUNTY, "zhejiang", "330109", False),
}  # fmt: skip

# By key: name, role, organisation.
OFFICIALS = {
    "village_secretary": ("苏明远", Role.SECRETARY, "village"),
    "next_village_secretary": ("贺成林", Role.SECRETARY, "next_village"),
    "town_organiser": ("邵文竹", Role.ORGANISER, "minqin_town"),
    "minqin_department": ("章一帆", Role.DEPARTMENT, "minqin"),
    "chengguan_department": ("周景行", Role.DEPARTMENT, "chengguan"),
    "anning_department": ("田禾", Role.DEPARTMENT, "anning"),
    "lanzhou_department": ("方若谷", Role.DEPARTMENT, "lanzhou"),
    "street_organiser": ("白静", Role.ORGANISER, "tuanjie"),
    "community_secretary": ("林知春", Role.SECRETARY, "tianshui_south"),
    "other_community_secretary": ("秦岳", Role.SECRETARY, "weiyuan_road"),
    "window_clerk": ("程小满", Role.WINDOW, "tianshui_south"),
    "caretaker": ("孟晓棠", Role.CARETAKER, "tianshui_south"),
    "province_department": ("关山", Role.DEPARTMENT, "gansu"),
    "liaison_secretary": ("郝望", Role.LIAISON, "wuwei_in_urumqi"),
    "liberation_secretary": ("殷若彤", Role.SECRETARY, "liberation_middle"),
    "park_secretary": ("乔木生", Role.SECRETARY, "jingning_park"),
    "observer": ("鲁一鸣", Role.OBSERVER, "jingning_park"),
}


def load_divisions(codes: list[str]) -> None:
    """Put these divisions and everything above them into the database."""
    wanted = {above for code in codes for above in (*ancestors_of(code), code)}
    Division.objects.bulk_create(
        [
            Division(
                code=code,
                name=name_of(code) or code,
                level=Level(len(code)),
                parent_id=max(
                    (other for other in wanted if code.startswith(other) and other != code), default=None
                ),
                source="list",
                valid_from=date(2023, 1, 1),
                added_at=NOW,
                added_by=SETUP,
            )
            for code in sorted(wanted)
        ]
    )


@dataclass
class World:
    """Everybody and everything a test may name."""

    organizations: dict[str, Organization] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Organization:
        return self.organizations[key]

    def actor(self, key: str) -> Actor:
        """Build the actor of one of the officials, or of a member for himself."""
        return official(self.users[key], TODAY) if key in self.users else himself(self.members[key])


_serial = count(1)


def add_member(world: World, key: str, name: str, branch: str) -> Member:
    """Put an invented member on a branch's roster: an ID number nobody can have, a phone that rings nowhere."""
    number = next(_serial)
    member = enrol(
        name=name,
        sex=Sex.MALE,
        branch=world[branch],
        phone=f"100{number:08d}",
        # A letter no checksum yields: such a number cannot be anybody's.
        id_number=f"620621{number:011d}A",
        by=SETUP,
        at=NOW,
        occupation="农民",
    )
    world.members[key] = member
    return member


def _found_all(world: World) -> None:
    for key, (name, kind, tier, parent, division, has_desk) in ORGANIZATIONS.items():
        world.organizations[key] = found(
            code=key,
            name=name,
            kind=kind,
            tier=tier,
            parent=world.organizations.get(parent or ""),
            division_id=division,
            has_desk=has_desk,
            host_body="依托单位" if kind == Kind.MOBILE_BRANCH else "",
            contact_name="值班员",
            contact_phone="0000-1000000",
            by=SETUP,
            at=NOW,
        )


def _give_areas(world: World) -> None:
    serve_area(
        organization=world["wuwei_in_urumqi"],
        kind=AreaKind.FALLBACK,
        division_id="6501",
        origin_id="6206",
        by=SETUP,
        at=NOW,
    )
    serve_area(
        organization=world["jingning_park"],
        kind=AreaKind.WORKPLACE,
        division_id="620826",
        workplaces="静宁工业园区\n金果食品有限公司",
        by=SETUP,
        at=NOW,
    )
    open_station(
        organization=world["tianshui_south"],
        tier=StationTier.WINDOW,
        name="天水南路社区流动党员服务窗口",
        division_id=TIANSHUI_SOUTH,
        address="天水南路社区党群服务中心一楼",
        hours="工作日 8:30–18:00",
        phone="0000-1000001",
        by=SETUP,
        at=NOW,
    )


def _appoint_all(world: World) -> None:
    for key, (name, role, organization) in OFFICIALS.items():
        user = register_user(username=key, name=name, by=SETUP, at=NOW)
        from_on = TODAY - timedelta(days=30)
        appoint(user=user, role=role, organization=world[organization], from_on=from_on, by=SETUP, at=NOW)
        world.users[key] = user


@remembered
def build_world() -> World:
    """Build the cast through the real actions; every test may change its own."""
    world = World()
    load_divisions(
        [row[4] for row in ORGANIZATIONS.values() if row[4]] + ["330109", "650102", "620105002009"]
    )
    _found_all(world)
    _give_areas(world)
    _appoint_all(world)
    add_member(world, "chen", "陈望川", "village")
    add_member(world, "luo", "罗小川", "village")
    add_member(world, "ning", "宁致和", "next_village")
    return world


def arrival(code: str = TIANSHUI_SOUTH, tier: str = "A", **rest: object) -> Arrival:
    """Make the place a member has confirmed."""
    return Arrival(code=code, tier=tier, reason="本人确认", **rest)  # type: ignore[arg-type]


def journey_at(world: World, status: Status, member: str = "chen", at: datetime = NOW) -> Journey:
    """Walk the real actions until a journey stands at this status."""
    home, me = world.actor("village_secretary"), world.actor(member)
    departs_on = TODAY + timedelta(days=3) if status == Status.PLANNED else TODAY
    journey = actions.mark(
        member=world.members[member],
        by=home,
        at=at,
        departs_on=departs_on,
        destination="620102",
        talk_on=TODAY,
    )
    if status in (Status.PLANNED, Status.AWAITING):
        return journey
    journey = actions.check_in(journey=journey, arrival=arrival(), by=me, at=at)
    if status == Status.DISPATCHING:
        return journey
    if status == Status.CLOSED:
        return actions.cancel(journey=journey, by=home, at=at, note="误标")
    journey = actions.accept(
        journey=journey, by=world.actor("community_secretary"), at=at, caretaker=world.users["caretaker"]
    )
    if status == Status.RELOCATING:
        return actions.relocate(journey=journey, arrival=arrival(LIBERATION_MIDDLE), by=me, at=at)
    if status == Status.RETURNING:
        return actions.start_return(journey=journey, by=me, at=at)
    return journey


def came_home(world: World, journey: Journey, at: datetime = NOW) -> Journey:
    """Hold the talk after the return, and let the host say how hosting ended: then a journey may end."""
    home = world.actor("village_secretary")
    journey = actions.hold_return_talk(journey=journey, by=home, at=at, note="在外一切正常")
    if journey.host_id != world["tianshui_south"].pk:
        return journey
    host = world.actor("community_secretary")
    return actions.write_closing(journey=journey, by=host, at=at, note="参加组织生活正常")


__all__ = [
    "NOW",
    "SETUP",
    "TODAY",
    "CloseReason",
    "World",
    "add_member",
    "arrival",
    "build_world",
    "came_home",
    "journey_at",
]
