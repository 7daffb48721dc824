"""Does every way of saying where one is lead to a confirmation, a question or a kind word — never to a dead end?"""

from datetime import date

import pytest
import time_machine
from django.test import Client

from hongyan.geography.codes import Level
from hongyan.geography.models import Division, Source
from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from tests.web.mobile.pages import AGREED, LIGHT, POSITION, hidden
from tests.world import NOW, SETUP, World, journey_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
FAR = {"accuracy": "60", "crs": "wgs84", "age": "1"}


@pytest.fixture
def morning() -> object:
    """Hold the clock where the cast was built."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def journey(world: World) -> Journey:
    return journey_at(world, Status.AWAITING)


def step(client: Client, journey: Journey, **fields: str) -> str:
    """Send one step and return the page that answers."""
    answer = client.post(path_for(journey) + "place/", {**AGREED, **fields})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "请党支部帮我办理" in page
    assert "tel:0000-1000000" in page
    return page


def test_tier_a_an_address_names_the_community_that_takes_him_in(
    client: Client, journey: Journey, world: World
) -> None:
    page = step(client, journey, address="兰州市城关区天水南路社区")
    for words in (
        "甘肃省兰州市城关区",
        "团结新村街道天水南路社区",
        "由它就近关照您",
        "天水南路社区党委",
        "确认报到",
    ):
        assert words in page
    client.post(path_for(journey) + "check-in/", hidden(page, "check-in"))
    journey.refresh_from_db()
    assert journey.holder == world["tianshui_south"]
    assert journey.destination_text == "兰州市城关区天水南路社区"


def test_tier_a_position_and_address_together(client: Client, journey: Journey) -> None:
    page = step(client, journey, address="天水南路社区", **POSITION)
    assert "天水南路社区党委" in page


def test_tier_b_the_county_with_two_fields_that_may_stay_empty(client: Client, journey: Journey) -> None:
    page = step(client, journey, **POSITION)
    for words in (
        "城关区",
        "附近",
        "您住在哪个社区或街道",
        "您在哪个单位上班",
        "可不填",
        "由它为您确定最近的党支部",
    ):
        assert words in page
    assert "required" not in page


def test_tier_c_one_question_with_few_buttons(client: Client, journey: Journey, world: World) -> None:
    page = step(client, journey, lat="36.05", lng="103.86", accuracy="5000", crs="wgs84", age="1")
    assert "下面哪个地方" in page
    assert 'value="620102"' in page
    assert "说不清，先报到到甘肃省兰州市" in page
    assert page.count('class="btn block" name="code"') <= 3
    confirm = step(client, journey, code="6201")
    assert "兰州市委组织部" in confirm
    client.post(path_for(journey) + "check-in/", hidden(confirm, "check-in"))
    journey.refresh_from_db()
    assert journey.holder == world["lanzhou"]


def test_tier_c_without_candidates_opens_the_list_of_that_prefecture(
    client: Client, journey: Journey
) -> None:
    page = step(client, journey, address="兰州市")
    assert "/by-hand/?in=620105" in page
    assert "安宁区" in page


def test_a_name_borne_by_several_places_is_asked_about(client: Client, journey: Journey) -> None:
    page = step(client, journey, address="鼓楼区")
    assert page.count('class="btn block" name="code"') == 2
    assert "南京市鼓楼区" in page


@pytest.mark.parametrize(
    ("lat", "lng", "words"),
    [
        ("20.0", "117.0", "在海上"),
        ("48.85", "2.35", "在境外"),
        ("103.8", "36.05", "请"),
        ("nan", "103.8", "请"),
        ("999", "999", "请"),
        ("x", "", "没有收到位置"),
        ("", "", "没有收到位置"),
    ],
)
def test_a_useless_position_leads_to_the_choice_by_hand(
    client: Client, journey: Journey, lat: str, lng: str, words: str
) -> None:
    page = step(client, journey, lat=lat, lng=lng, **FAR)
    assert words in page
    assert "写下您现在的住址" in page or "请问您现在在" in page
    assert "确认报到" not in page


@pytest.mark.parametrize("problem", ["denied", "timeout", "unavailable", "insecure", "<script>", ""])
def test_no_position_is_no_problem(client: Client, journey: Journey, problem: str) -> None:
    page = step(client, journey, problem=problem)
    assert "写下您现在的住址" in page
    assert "一级一级选" in page
    assert "就在甘肃省兰州市城关区" in page
    assert "<script>" not in page.replace("<script src", "")


def test_a_nonsense_address_is_kept_and_explained(client: Client, journey: Journey) -> None:
    page = step(client, journey, address="哈哈<b>哈")
    assert "哈哈&lt;b&gt;哈" in page
    assert "甘肃省兰州市城关区" in page


def test_an_old_or_coarse_position_is_only_a_hint(client: Client, journey: Journey) -> None:
    page = step(client, journey, **{**POSITION, "age": "4000"})
    assert "只能作参考" in page
    assert "确认报到" not in page


def test_gcj02_is_understood_when_labelled(client: Client, journey: Journey) -> None:
    # The same square as a Chinese map would give it, 500 m off.
    page = step(client, journey, lat="36.056", lng="103.836", accuracy="40", crs="gcj02", age="2")
    assert "城关区" in page
    assert "确认报到" in page


def test_position_and_address_that_contradict_are_asked_about(client: Client, journey: Journey) -> None:
    page = step(client, journey, address="杭州市萧山区", **POSITION)
    assert "对不上" in page
    assert 'value="620102"' in page
    assert 'value="330109"' in page
    confirm = step(client, journey, code="330109")
    assert "浙江省杭州市萧山区" in confirm
    assert "由它联系当地党组织" in confirm


def test_a_place_off_the_platform_is_looked_after_from_home(
    client: Client, journey: Journey, world: World
) -> None:
    confirm = step(client, journey, address="杭州市萧山区")
    answer = client.post(path_for(journey) + "check-in/", hidden(confirm, "check-in"), follow=True)
    journey.refresh_from_db()
    assert journey.holder == world["minqin"]
    assert "还没有接入平台" in answer.content.decode()
    assert "章一帆" in answer.content.decode()


def test_what_county_staff_added_is_found_by_name(client: Client, journey: Journey) -> None:
    Division.objects.create(
        code="620102016901",
        name="新安置社区居委会",
        level=Level.VILLAGE,
        parent_id="620102016",
        source=Source.STAFF,
        valid_from=date(2026, 1, 1),
        added_at=NOW,
        added_by=SETUP,
    )
    page = step(client, journey, address="兰州市城关区团结新村街道新安置社区")
    assert "团结新村街道新安置社区" in page


def test_the_lists_lead_from_province_to_town(client: Client, journey: Journey) -> None:
    path = path_for(journey) + "place/by-hand/"
    for within, below in (("", "62"), ("62", "6201"), ("6201", "620102")):
        page = client.get(path, {"in": within})
        assert f'href="{path}?in={below}"' in page.content.decode()
        assert len(page.content) <= 20_000
    last = client.get(path, {"in": "620102"}).content.decode()
    assert 'value="620102016"' in last
    assert "只知道在甘肃省兰州市城关区" in last
    assert "团结新村街道" in step(client, journey, code="620102016")


@pytest.mark.parametrize(
    "within", ["11", "46", "50", "4419", "6202", "71", "62x", "99", "620102016", "' or 1"]
)
def test_every_list_has_a_way_on(client: Client, journey: Journey, within: str) -> None:
    page = client.get(path_for(journey) + "place/by-hand/", {"in": within})
    assert page.status_code == 200
    assert len(page.content) <= 20_000
    assert (
        page.content.decode().count('name="code" value="') + page.content.decode().count("/by-hand/?in=") >= 1
    )


@pytest.mark.parametrize("code", ["99", "6201021", "62010201600x", "٦٢", "\x00", "9" * 300])
def test_a_choice_nobody_offered_leads_to_the_lists(client: Client, journey: Journey, code: str) -> None:
    assert "写下您现在的住址" in step(client, journey, code=code)


def test_steps_are_light(client: Client, journey: Journey) -> None:
    for sent in ({"address": "兰州市"}, {"address": "鼓楼区"}, {"problem": "denied"}):
        answer = client.post(path_for(journey) + "place/", sent)
        assert LIGHT.excess(answer.content) == 0
