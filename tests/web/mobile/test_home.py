"""Does a member's own page pop up what he should do, name his people, and stay his own?"""

from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client

from hongyan.demo.cast import credential_of
from hongyan.journeys import actions
from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.notifications.models import Channel, Notice, State
from tests.web.mobile.pages import LIGHT
from tests.web.signing_in import sign_in
from tests.world import NOW, World, journey_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def morning() -> object:
    """Hold the clock where the cast was built."""
    with time_machine.travel(NOW, tick=False):
        yield


def enter(client: Client, world: World, key: str = "chen") -> None:
    """Sign a member in for his own pages."""
    sign_in(client, world.members[key])


def home(client: Client) -> str:
    """Read the member's page."""
    answer = client.get("/m/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_reminder_pops_up_until_it_is_read(client: Client, world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    enter(client, world)
    page = home(client)
    assert "<dialog open" in page
    assert "请您报到" in page
    assert "三雷镇三陶村党支部提醒您" in page
    notice = Notice.objects.get(subject=f"journey:{journey.pk}", channel=Channel.APP)
    for _ in range(2):
        assert client.post("/m/read/", {"notice": str(notice.pk)}).status_code == 302
    notice.refresh_from_db()
    assert notice.read_at == NOW
    page = home(client)
    assert "<dialog" not in page
    assert "去报到" in page


def test_somebody_elses_reminder_stays_unread(client: Client, world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    enter(client, world, "luo")
    notice = Notice.objects.get(subject=f"journey:{journey.pk}", channel=Channel.APP)
    for number in (str(notice.pk), "", "x", "9" * 30):
        client.post("/m/read/", {"notice": number})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_reading_needs_a_post_and_a_member(client: Client, world: World) -> None:
    assert client.post("/m/read/").status_code == 302
    enter(client, world)
    assert client.get("/m/read/").status_code == 405


def test_whoever_has_checked_in_is_not_reminded(client: Client, world: World) -> None:
    journey_at(world, Status.DISPATCHING)
    enter(client, world)
    assert "<dialog" not in home(client)


def test_a_hosted_member_sees_his_people_doors_and_ways_on(client: Client, world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    enter(client, world)
    page = home(client)
    for words in (
        "天水南路社区党委已接收您", "微管家", "孟晓棠", "林知春", "苏明远", "流动党员服务窗口", "8:30",
        "换地方", "返乡", "标记流出", "接收", f'href="{path_for(journey)}move/"',
    ):  # fmt: skip
        assert words in page, words
    for step in ("标记", "报到", "分办", "纳管"):
        assert f"<span>{step}</span>" in page


def test_notes_between_officials_are_not_shown(client: Client, world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    actions.send_back(
        journey=journey, by=world.actor("community_secretary"), at=NOW, note="电话打不通，请核实"
    )
    enter(client, world)
    page = home(client)
    assert "退回核实" in page
    assert "电话打不通" not in page


@pytest.mark.parametrize("status", list(Status))
def test_the_page_stands_in_every_status_and_is_light(
    client: Client, world: World, status: Status, django_assert_max_num_queries: object
) -> None:
    journey_at(world, status)
    enter(client, world)
    with django_assert_max_num_queries(LIGHT.queries):  # type: ignore[operator]
        answer = client.get("/m/")
    assert answer.status_code == 200
    assert LIGHT.excess(answer.content) == 0
    assert answer["Cache-Control"] == "no-store"


def test_a_member_who_never_went_away_sees_his_branch(client: Client, world: World) -> None:
    enter(client, world, "ning")
    page = home(client)
    assert "没有外出登记" in page
    assert "贺成林" in page


def test_the_open_journey_comes_before_the_ended_ones(client: Client, world: World) -> None:
    journey_at(world, Status.CLOSED)
    journey_at(world, Status.AWAITING)
    assert Journey.objects.count() == 2
    enter(client, world)
    assert "到了就报到" in home(client)


def test_strangers_and_officials_stay_outside(client: Client, world: World) -> None:
    assert client.get("/m/").status_code == 302
    sign_in(client, world.users["village_secretary"])
    assert client.get("/m/").status_code == 404


@pytest.fixture
def demo(settings: LazySettings, world: World) -> World:
    settings.DEMO = True
    Member.objects.filter(pk=world.members["chen"].pk).update(credential_number=credential_of("worker"))
    return world


def test_the_demo_phone_shows_what_arrived(client: Client, demo: World) -> None:
    journey = journey_at(demo, Status.AWAITING)
    page = client.get("/demo/phone/", {"who": "worker"}).content.decode()
    assert "【鸿雁】三雷镇三陶村党支部提醒您" in page
    assert f'href="{path_for(journey)}"' in page
    assert "正在发送" in page
    Notice.objects.filter(channel=Channel.SMS).update(not_before=NOW + timedelta(hours=3))
    page = client.get("/demo/phone/", {"who": "worker"}).content.decode()
    assert f'href="{path_for(journey)}"' in page
    assert "到时才发" in page
    Notice.objects.filter(channel=Channel.SMS).update(state=State.SENT, sent_at=NOW, address_sealed=b"")
    page = client.get("/demo/phone/").content.decode()
    assert "正在发送" not in page
    assert "陈同志" in page
    assert "陈望川" not in page


def test_the_demo_phone_shows_nobody_but_the_cast(client: Client, demo: World) -> None:
    journey = journey_at(demo, Status.AWAITING, "luo")
    for who in ("", "worker", "luo", str(demo.members["luo"].pk)):
        assert path_for(journey) not in client.get("/demo/phone/", {"who": who}).content.decode()


def test_there_is_no_demo_phone_elsewhere(client: Client, demo: World, settings: LazySettings) -> None:
    settings.DEMO = False
    assert client.get("/demo/phone/").status_code == 404


def test_how_a_position_is_used_is_said_to_everybody(client: Client) -> None:
    page = client.get("/about-position/").content.decode()
    assert "不保存坐标" in page
    assert "不同意也一样办" in page
