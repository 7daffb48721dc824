"""Does routing rank workplace, residence and fallback as the rules say, and does it say why?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.journeys import actions
from hongyan.journeys.areas import home_desk, route
from hongyan.journeys.models import Journey
from hongyan.journeys.routing import Area, Desk, Evidence, Past, candidates, choose, last_resort
from hongyan.organizations import paths
from hongyan.organizations.kinds import AreaKind
from tests.world import LIBERATION_MIDDLE, NOW, TIANSHUI_SOUTH, TODAY, World, arrival

PROVINCE = Desk(1, "00000000", "省", True, False)
CITY = Desk(2, "000000000000", "市", True, False)
COUNTY = Desk(3, "0000000000000000", "县", True, False)
TOWN = Desk(4, "00000000000000000000", "街道", True, False)
HOUSE = Desk(5, "000000000000000000000000", "社区", True, True)
BESIDE = Desk(6, "000000000000000000000001", "邻社区", True, True)
PARK = Desk(7, "00000000000000000001", "园区", True, True)
AWAY = Desk(8, "00000001", "外省", False, False)
TERRITORY = [
    Area(PROVINCE, AreaKind.TERRITORY, "62"),
    Area(CITY, AreaKind.TERRITORY, "6201"),
    Area(COUNTY, AreaKind.TERRITORY, "620102"),
    Area(TOWN, AreaKind.TERRITORY, "620102016"),
    Area(HOUSE, AreaKind.TERRITORY, "620102016006"),
]
WORKPLACE = Area(PARK, AreaKind.WORKPLACE, "620102", ("雁滩物流园", "顺达物流有限公司"))


def at(code: str, chance: float = 1.0, **rest: object) -> Evidence:
    return Evidence(places=((code, chance),), **rest)  # type: ignore[arg-type]


def test_a_known_community_gets_the_case_straight() -> None:
    way = choose(at("620102016006"), TERRITORY)
    assert way
    assert (way.desk, way.straight) == (HOUSE, True)


@pytest.mark.parametrize("employer", ["顺达物流", "兰州顺达物流有限责任公司", "雁滩物流园三号库"])
def test_the_workplace_comes_before_the_residence(employer: str) -> None:
    way = choose(at("620102016006", employer=employer), [*TERRITORY, WORKPLACE])
    assert way
    assert (way.desk, way.straight) == (PARK, True)
    assert "单位党组织优先" in way.reason


def test_another_employer_leaves_the_residence_first() -> None:
    way = choose(at("620102016006", employer="金桥餐馆"), [*TERRITORY, WORKPLACE])
    assert way
    assert way.desk == HOUSE


def test_a_county_alone_stops_at_the_county() -> None:
    way = choose(at("620102"), TERRITORY[:3])
    assert way
    assert (way.desk, way.straight) == (COUNTY, False)


def test_memory_ranks_but_never_sends_straight() -> None:
    often = Area(HOUSE, AreaKind.TERRITORY, "620102016006", share=0.9)
    seldom = Area(BESIDE, AreaKind.TERRITORY, "620102016001", share=0.1)
    evidence = at("620102", past={HOUSE.pk: Past(accepted=9), BESIDE.pk: Past(accepted=1)})
    way = choose(evidence, [*TERRITORY[:3], seldom, often])
    assert way
    assert (way.desk, way.straight) == (COUNTY, False)
    hosts = [item.desk for item in way.suggestions if item.desk.can_host]
    assert hosts == [HOUSE, BESIDE]


def test_a_desk_that_sent_its_cases_on_is_not_sure_any_more() -> None:
    evidence = at("620102016006", past={HOUSE.pk: Past(accepted=0, sent_on=9)})
    way = choose(evidence, TERRITORY)
    assert way
    assert not way.straight
    assert "改派" in next(item.reason for item in way.suggestions if item.desk == HOUSE)


def test_one_case_sent_on_does_not_keep_a_named_community_from_its_people() -> None:
    once, twice = (at("620102016006", past={HOUSE.pk: Past(0, number)}) for number in (1, 2))
    first, then = choose(once, TERRITORY), choose(twice, TERRITORY)
    assert first
    assert (first.desk, first.straight) == (HOUSE, True)
    assert then
    assert not then.straight


def test_a_place_without_any_desk_goes_to_the_fallback_of_its_people_only() -> None:
    areas = [Area(AWAY, AreaKind.TERRITORY, "65"), Area(PARK, AreaKind.FALLBACK, "6501", origin="6206")]
    ours = choose(at("650102", origin="620621100200"), areas)
    assert ours
    assert ours.desk == PARK
    theirs = at("650102", origin="620825100200")
    assert choose(theirs, areas) is None
    assert last_resort(theirs, areas, COUNTY).desk == COUNTY


CODES = st.sampled_from(["62", "6201", "620102", "620102016", "620102016006", "6502", "330109"])


@given(
    places=st.lists(st.tuples(CODES, st.floats(0, 1)), max_size=3),
    employer=st.sampled_from(["", "顺达物流", "金桥餐馆"]),
    accepted=st.integers(0, 50),
    sent_on=st.integers(0, 50),
)
def test_whatever_the_evidence_the_order_is_total_and_the_desk_is_one(
    places: list[tuple[str, float]], employer: str, accepted: int, sent_on: int
) -> None:
    before = Past(accepted, sent_on)
    evidence = Evidence(tuple(places), employer=employer, past={HOUSE.pk: before, PARK.pk: before})
    areas = [*TERRITORY, WORKPLACE, Area(AWAY, AreaKind.TERRITORY, "65")]
    ranked = candidates(evidence, areas)
    assert ranked == candidates(evidence, list(reversed(areas)))
    assert len({item.desk.pk for item in ranked}) == len(ranked)
    assert all(0 < item.probability <= 1 for item in ranked)
    way = choose(evidence, areas)
    assert way is None or way.desk.has_desk
    assert way is None or not way.straight or way.desk.can_host


@given(st.lists(st.integers(0, 36**4 - 1), max_size=6), st.lists(st.integers(0, 36**4 - 1), max_size=6))
def test_the_common_path_covers_both(one: list[int], other: list[int]) -> None:
    first, second = ("".join(map(paths.segment, numbers)) for numbers in (one, other))
    shared = paths.common(first, second)
    assert first.startswith(shared)
    assert second.startswith(shared)
    assert paths.common(second, first) == shared


def marked(world: World, **rest: object) -> Journey:
    return actions.mark(
        member=world.members["chen"],
        by=world.actor("village_secretary"),
        at=NOW,
        departs_on=TODAY,
        **rest,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("code", "employer", "expected", "straight"),
    [
        (TIANSHUI_SOUTH, "", "tianshui_south", True),
        (LIBERATION_MIDDLE, "", "liberation_middle", True),
        ("620102016", "", "tuanjie", False),
        ("620102", "", "chengguan", False),
        ("6201", "", "lanzhou", False),
        ("62", "", "gansu", False),
        ("620826", "金果食品", "jingning_park", True),
        ("620826", "", "jingning", False),
        ("650102", "", "wuwei_in_urumqi", True),
        ("330109", "", "minqin", False),
    ],
)
def test_the_places_of_the_article_go_where_they_should(
    world: World, code: str, employer: str, expected: str, straight: bool
) -> None:
    way = route(marked(world), arrival(code, employer=employer))
    assert (way.desk.pk, way.straight) == (world[expected].pk, straight), way.reason
    assert way.reason.strip()


def test_home_looks_after_places_without_the_platform_at_the_county(world: World) -> None:
    assert home_desk(marked(world)) == world["minqin"]


def test_a_check_in_costs_few_statements(world: World, django_assert_max_num_queries: object) -> None:
    journey, me = marked(world), world.actor("chen")
    # The savepoint of the test's own transaction counts two; the rest are 5 reads and the writes.
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        actions.check_in(journey=journey, arrival=arrival(), by=me, at=NOW, key="k")


def test_an_outline_serves_who_is_inside_and_nobody_else() -> None:
    park = Area(PARK, AreaKind.WORKPLACE, "620102", zone=7)
    zone = Area(BESIDE, AreaKind.TERRITORY, "620102", zone=8)
    inside = choose(at("620102", zones=frozenset({7})), [*TERRITORY[:3], park, zone])
    assert inside
    assert (inside.desk, inside.straight) == (PARK, True)
    assert "服务区域" in inside.reason
    outside = choose(at("620102"), [*TERRITORY[:3], park, zone])
    assert outside
    assert outside.desk == COUNTY
    assert BESIDE not in [item.desk for item in outside.suggestions]
