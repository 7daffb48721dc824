"""What does the link in a message open, and does checking in need one tap and one confirmation?"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from hongyan.journeys import actions
from hongyan.journeys.links import path_for
from hongyan.journeys.models import Handoff, Journey, Transition
from hongyan.journeys.states import Status, Verb
from hongyan.web.middleware import MEMBER
from tests.web.mobile.pages import CHENGGUAN, LIGHT, POSITION, hidden
from tests.world import NOW, World, arrival, journey_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def morning() -> object:
    """Hold the clock where the cast was built."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def awaiting(world: World) -> Journey:
    return journey_at(world, Status.AWAITING)


def confirm(client: Client, journey: Journey, **more: str) -> dict[str, str]:
    """Tap and reach the confirmation; return the fields of its form."""
    page = client.post(path_for(journey) + "place/", {**POSITION, **more})
    assert page.status_code == 200
    return hidden(page.content.decode(), "check-in")


def test_the_link_says_who_asks_and_offers_both_ways(client: Client, awaiting: Journey) -> None:
    page = client.get(path_for(awaiting)).content.decode()
    for words in (
        "三雷镇三陶村党支部",
        "苏明远",
        "陈同志",
        "一键报到",
        "手动选择地址",
        "不保存坐标",
        "请党支部帮我办理",
    ):
        assert words in page
    assert "陈望川" not in page
    assert "tel:" in page


def test_a_tap_and_a_confirmation_check_in(client: Client, awaiting: Journey, world: World) -> None:
    page = client.post(path_for(awaiting) + "place/", POSITION).content.decode()
    assert "城关区" in page
    assert "确认报到" in page
    assert "城关区委组织部" in page
    fields = hidden(page, "check-in")
    done = client.post(path_for(awaiting) + "check-in/", fields, follow=True)
    awaiting.refresh_from_db()
    assert awaiting.status == Status.DISPATCHING
    assert awaiting.holder == world["chengguan"]
    answer = done.content.decode()
    for words in (
        "报到成功",
        "城关区委组织部",
        "周景行",
        "0000-1000000",
        "11月25日",
        "天水南路社区流动党员服务窗口",
        "8:30",
    ):
        assert words in answer
    assert client.session[MEMBER] == awaiting.member_id


def test_a_community_typed_on_the_same_page_goes_straight_there(
    client: Client, awaiting: Journey, world: World
) -> None:
    fields = confirm(client, awaiting) | {"community": "天水南路社区"}
    client.post(path_for(awaiting) + "check-in/", fields)
    awaiting.refresh_from_db()
    assert awaiting.holder == world["tianshui_south"]
    assert awaiting.destination_id == "620102016006"
    assert awaiting.destination_text == "天水南路社区"
    assert Handoff.objects.get(journey=awaiting).explanation["straight"]


def test_what_is_typed_elsewhere_is_asked_about_and_nothing_is_lost(
    client: Client, awaiting: Journey
) -> None:
    fields = confirm(client, awaiting) | {"community": "安宁区培黎街道", "employer": "西北机器厂"}
    asked = client.post(path_for(awaiting) + "check-in/", fields).content.decode()
    assert "对不上" in asked
    assert 'value="620102"' in asked
    assert 'value="620105001"' in asked
    assert "西北机器厂" in asked
    awaiting.refresh_from_db()
    assert awaiting.status == Status.AWAITING


def test_a_community_nobody_knows_stays_as_text(client: Client, awaiting: Journey, world: World) -> None:
    fields = confirm(client, awaiting) | {"community": "新修的那个小区"}
    client.post(path_for(awaiting) + "check-in/", fields)
    awaiting.refresh_from_db()
    assert (awaiting.holder, awaiting.destination_text) == (world["chengguan"], "新修的那个小区")


def test_a_double_tap_is_one_check_in(client: Client, awaiting: Journey) -> None:
    fields = confirm(client, awaiting)
    answers = [client.post(path_for(awaiting) + "check-in/", fields).status_code for _ in range(3)]
    assert answers == [302, 302, 302]
    assert Transition.objects.filter(journey=awaiting, verb=Verb.CHECK_IN).count() == 1
    assert not Transition.objects.filter(journey=awaiting, verb=Verb.RELOCATE).exists()


def test_two_tabs_are_one_check_in(client: Client, awaiting: Journey) -> None:
    first, second = confirm(client, awaiting), confirm(client, awaiting)
    assert first["key"] != second["key"]
    assert client.post(path_for(awaiting) + "check-in/", first).status_code == 302
    late = client.post(path_for(awaiting) + "check-in/", second)
    assert late.status_code == 409
    assert "报到成功" in late.content.decode()
    assert Transition.objects.filter(journey=awaiting).count() == 2


@pytest.mark.parametrize(
    "fault",
    [{"place": "x"}, {"place": ""}, {"expect": ""}, {"expect": "99"}, {"key": "x" * 200, "expect": "²"}],
)
def test_a_mangled_confirmation_changes_nothing(
    client: Client, awaiting: Journey, fault: dict[str, str]
) -> None:
    answer = client.post(path_for(awaiting) + "check-in/", confirm(client, awaiting) | fault)
    assert answer.status_code == 409
    awaiting.refresh_from_db()
    assert awaiting.status == Status.AWAITING


def test_a_place_confirmed_too_late_is_asked_again(client: Client, awaiting: Journey) -> None:
    fields = confirm(client, awaiting)
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        answer = client.post(path_for(awaiting) + "check-in/", fields)
    assert answer.status_code == 409
    assert "一键报到" in answer.content.decode()


def test_checking_in_needs_a_post(client: Client, awaiting: Journey) -> None:
    assert client.get(path_for(awaiting) + "check-in/").status_code == 405
    assert client.get(path_for(awaiting) + "place/").status_code == 302


def test_opening_the_link_signs_nobody_in(client: Client, awaiting: Journey) -> None:
    client.get(path_for(awaiting))
    client.post(path_for(awaiting) + "place/", POSITION)
    assert MEMBER not in client.session


def test_a_forged_link_says_what_to_do(client: Client, awaiting: Journey) -> None:
    for path in (path_for(awaiting)[:-4] + "abc/", "/r/x/", "/r/1-1:1:1/"):
        page = client.get(path)
        assert page.status_code == 404
        assert "请从短信里重新点开" in page.content.decode()


def test_an_expired_link_says_what_to_do(client: Client, awaiting: Journey) -> None:
    path = path_for(awaiting)
    with time_machine.travel(NOW + timedelta(days=61), tick=False):
        page = client.get(path)
    assert page.status_code == 410
    assert "已过期" in page.content.decode()


def test_a_replaced_link_says_what_to_do(client: Client, awaiting: Journey, world: World) -> None:
    path = path_for(awaiting)
    later = NOW + timedelta(hours=1)
    awaiting = actions.resend_link(
        journey=awaiting, by=world.actor("village_secretary"), at=later, serial=awaiting.link_serial
    )
    assert client.get(path).status_code == 410
    assert client.post(path + "check-in/", {}).status_code == 410
    assert client.get(path_for(awaiting)).status_code == 200


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.PLANNED, ["到了地方，点一下", "一键报到"]),
        (Status.DISPATCHING, ["报到成功", "天水南路社区党委", "林知春", "换地方", "返乡"]),
        (Status.HOSTED, ["天水南路社区党委已接收您", "孟晓棠", "换地方", "返乡"]),
        (Status.RELOCATING, ["新地方已登记", "解放中路社区党委", "仍由天水南路社区党委负责"]),
        (Status.RETURNING, ["已告诉党支部您要返乡", "到家后和三雷镇三陶村党支部谈一次话"]),
        (Status.CLOSED, ["这段外出已结束", "标记撤销"]),
    ],
)
def test_a_link_opened_again_shows_how_things_stand(
    client: Client, world: World, status: Status, words: list[str]
) -> None:
    page = client.get(path_for(journey_at(world, status))).content.decode()
    assert [word for word in words if word not in page] == []


def test_moving_on_needs_the_place_only(client: Client, world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    before = (journey.employer, journey.reason, journey.departs_on)
    assert "换到新地方了" in client.get(path_for(journey) + "move/").content.decode()
    page = client.post(path_for(journey) + "place/", {"address": "平凉市崆峒区解放中路社区"}).content.decode()
    client.post(path_for(journey) + "check-in/", hidden(page, "check-in"))
    journey.refresh_from_db()
    assert journey.status == Status.RELOCATING
    assert journey.holder == world["liberation_middle"]
    assert (journey.employer, journey.reason, journey.departs_on) == before


def test_moving_before_checking_in_leads_to_checking_in(client: Client, awaiting: Journey) -> None:
    assert client.get(path_for(awaiting) + "move/").status_code == 302


def test_going_home_takes_one_confirmation(client: Client, world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    page = client.get(path_for(journey) + "return/").content.decode()
    fields = hidden(page, "return")
    for _ in range(2):
        assert client.post(path_for(journey) + "return/", fields).status_code == 302
    journey.refresh_from_db()
    assert journey.status == Status.RETURNING
    assert Transition.objects.filter(journey=journey, verb=Verb.START_RETURN).count() == 1
    assert client.get(path_for(journey) + "return/").status_code == 302


def test_a_stale_return_says_who_was_faster(client: Client, world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    fields = hidden(client.get(path_for(journey) + "return/").content.decode(), "return")
    actions.relocate(
        journey=journey, arrival=arrival(CHENGGUAN, tier="B"), by=world.actor("chen"), at=NOW, expect=None
    )
    answer = client.post(path_for(journey) + "return/", fields)
    assert answer.status_code == 409
    assert "换地方" in answer.content.decode()


@pytest.mark.parametrize("status", [Status.AWAITING, Status.DISPATCHING, Status.HOSTED])
def test_pages_are_light_and_few_queries(
    client: Client, world: World, status: Status, django_assert_max_num_queries: object
) -> None:
    journey = journey_at(world, status)
    with django_assert_max_num_queries(LIGHT.queries):  # type: ignore[operator]
        page = client.get(path_for(journey))
    assert LIGHT.excess(page.content) == 0
    # The first tap also writes his consent down, with its version and in the audit.
    with django_assert_max_num_queries(LIGHT.queries + 2):  # type: ignore[operator]
        client.post(path_for(journey) + "place/", POSITION)
    with django_assert_max_num_queries(LIGHT.queries):  # type: ignore[operator]
        step = client.post(path_for(journey) + "place/", POSITION)
    assert LIGHT.excess(step.content) == 0
    with django_assert_max_num_queries(LIGHT.queries):  # type: ignore[operator]
        client.post(path_for(journey) + "place/", {"address": "兰州市城关区天水南路社区"})


def test_a_planted_weight_is_caught() -> None:
    assert LIGHT.assets() > 10_000
    assert LIGHT.excess(b"x" * 60_000) > 0


def test_every_changing_form_carries_its_key_version_and_token(client: Client, awaiting: Journey) -> None:
    page = client.post(path_for(awaiting) + "place/", POSITION).content.decode()
    fields = hidden(page, "check-in")
    assert re.fullmatch(r"[0-9a-f]{32}", fields["key"])
    assert fields["expect"] == str(awaiting.version)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path_for(awaiting) + "check-in/", fields).status_code == 403
