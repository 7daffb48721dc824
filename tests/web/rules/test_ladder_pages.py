"""Do the pages of the ladder show its steps, what a change means, and take it or say what is wrong with it?"""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from hongyan.journeys import actions
from hongyan.journeys.ladder import DEFAULT_STEPS, Rule
from hongyan.journeys.models import LadderChange
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from tests.web.console.people import typed_value, words
from tests.web.signing_in import signed_in
from tests.world import NOW, SPARED, TODAY, World, add_member, journey_at

ADDRESS = "/rules/change-ladder/?rule=check_in"
PROVINCE = "province_department"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def now() -> object:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def browser(world: World, who: str = PROVINCE) -> Client:
    return signed_in(world.users[who], fresh=True)


def sent(**other: object) -> dict[str, object]:
    lines = {"way_1": "app", "day_1": "0", "way_2": "sms", "day_2": "2", "way_4": "call", "day_4": "5"}
    rest = {"from_on": TODAY.isoformat(), "reason": "少发短信", "expect": "0", "step": "change"}
    return {"rule": "check_in", **lines, **rest, **other}


def test_the_page_shows_the_steps_by_default_and_offers_to_change_them(world: World) -> None:
    client = browser(world)
    page = words(client.get("/rules/").content)
    assert "报到提醒步骤" in page
    assert "出发后第7天 · 短信" in page
    assert "默认步骤" in page
    form = client.get(ADDRESS).content
    for step in DEFAULT_STEPS:
        assert typed_value(form, f"day_{step.number}") == str(step.delay_days)
    assert typed_value(form, "expect") == "0"


def test_a_change_is_looked_at_confirmed_and_shown_with_who_when_and_why(world: World) -> None:
    client = browser(world)
    journey_at(world, Status.AWAITING, "chen")
    journey_at(world, Status.AWAITING, "luo")
    look = client.post(ADDRESS, sent(step="look", from_on=(TODAY + DAY).isoformat()))
    assert look.status_code == 200
    page = words(look.content)
    assert "请核对报到提醒步骤" in page
    assert "出发后第5天 · 联系人打电话" in page
    assert not LadderChange.objects.exists()
    assert typed_value(look.content, "reason") == "少发短信"
    assert client.post(ADDRESS, sent(), follow=True).redirect_chain == [("/rules/", 302)]
    page = words(client.get("/rules/").content)
    assert "出发后第2天 · 短信" in page
    assert world.users[PROVINCE].name in page.partition("报到提醒步骤")[2]
    assert "少发短信" in page
    # What is settled ahead is said, and the steps of today stay.
    later = sent(day_2="3", from_on=(TODAY + 9 * DAY).isoformat(), expect="1")
    assert client.post(ADDRESS, later).status_code == 302
    page = words(client.get("/rules/").content)
    assert "出发后第2天 · 短信" in page
    assert "出发后第3天短信" in page
    assert typed_value(client.get(ADDRESS).content, "day_2") == "2"


def test_each_number_of_the_look_opens_exactly_its_list(world: World) -> None:
    client = browser(world)
    add_member(world, "later", "贺远行", "village")
    add_member(world, "ill", "贺静养", "village")
    for who in ("chen", "ill"):
        journey_at(world, Status.AWAITING, who)
    Member.objects.filter(pk=world.members["ill"].pk).update(**SPARED)
    # He leaves in three days: nothing of his falls on tomorrow.
    journey_at(world, Status.PLANNED, "later")
    journey_at(world, Status.HOSTED, "luo")
    actions.change_ladder(
        rule=Rule.CHECK_IN, rungs=(("app", 0), ("call", 1)), from_on=TODAY, reason="试", expect=0,
        by=world.actor(PROVINCE), at=NOW,
    )  # fmt: skip
    add_member(world, "new", "贺新程", "village")
    journey_at(world, Status.AWAITING, "new")
    for days, people in ((0, 0), (1, 2), (4, 1), (7, 1), (2, 0)):
        on = (TODAY + days * DAY).isoformat()
        answer = client.post(ADDRESS, sent(step="look", from_on=on, expect="1"))
        touched = answer.context["touched"]
        assert (touched.running, touched.on_the_day) == (3, people), days
        for number, href in ((3, touched.running_href), (people, touched.on_the_day_href)):
            page = client.get(href)
            assert page.context["page"].count == number
    # What was held back comes on the day the clock looks again.
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        on = (TODAY + 2 * DAY).isoformat()
        answer = browser(world).post(ADDRESS, sent(step="look", from_on=on, expect="1"))
        assert answer.context["touched"].on_the_day == 2


def test_bad_input_keeps_what_was_typed(world: World) -> None:
    client = browser(world)
    for fields, status, sentence in (
        (sent(day_2="zwei"), 422, "请填出发后第几天"),
        (sent(day_2=""), 422, "请填出发后第几天"),
        (sent(day_2="181"), 422, "0 到 180"),
        (sent(way_2="pigeon"), 422, "请从列表里选一种提醒方式"),
        (sent(from_on="2026-13-01"), 422, "请按 2026-12-31 这样写日期"),
        (sent(reason=""), 422, "请写明为什么改"),
        (sent(reason="改" * 201), 422, "200 字以内"),
        (sent(way_1="", way_2="", way_4=""), 409, "一步都没有"),
        (sent(way_1="sms"), 409, "第一步要在出发当天"),
        (sent(day_2="9"), 409, "第3步的天数不对"),
        (sent(way_4=""), 409, "请留一步“联系人打电话”"),
        (sent(way_3="sms", day_3="2"), 409, "同一天用同一种方式"),
        (sent(from_on=(TODAY - DAY).isoformat()), 409, "不能早于今天"),
        (sent(from_on="9999-12-31"), 409, "三年以内"),
    ):
        for step in ("look", "change"):
            answer = client.post(ADDRESS, {**fields, "step": step})
            assert answer.status_code == status, fields
            assert sentence in words(answer.content), fields
            for name in ("day_2", "day_4", "reason", "from_on"):
                assert typed_value(answer.content, name) == str(fields[name])
    assert not LadderChange.objects.exists()


def test_going_back_to_edit_keeps_everything(world: World) -> None:
    answer = browser(world).post(ADDRESS, sent(step="edit"))
    assert answer.status_code == 200
    assert typed_value(answer.content, "day_4") == "5"
    assert typed_value(answer.content, "reason") == "少发短信"
    assert not LadderChange.objects.exists()


def test_whoever_was_slower_is_told_who_was_faster_and_twice_is_harmless(world: World) -> None:
    client = browser(world)
    assert client.post(ADDRESS, sent()).status_code == 302
    for again in (sent(), sent(day_2="3")):
        answer = client.post(ADDRESS, again)
        assert answer.status_code == 409
        assert world.users[PROVINCE].name in words(answer.content)
    assert client.post(ADDRESS, sent(expect="99")).status_code == 409
    assert LadderChange.objects.count() == 1


def test_for_everybody_else_the_page_does_not_exist_and_who_has_not_proved_himself_is_asked(
    world: World,
) -> None:
    for who in ("minqin_department", "village_secretary", "window_clerk", "observer"):
        client = signed_in(world.users[who], fresh=True)
        assert client.get(ADDRESS).status_code == 404
        assert client.post(ADDRESS, sent()).status_code == 404
    assert browser(world).get("/rules/change-ladder/?rule=gone").status_code == 404
    with time_machine.travel(NOW - timedelta(minutes=6), tick=False):
        stale = signed_in(world.users[PROVINCE])
    assert stale.post(ADDRESS, sent()).status_code == 302
    assert not LadderChange.objects.exists()


def test_the_look_and_the_page_ask_no_more_when_there_is_more(
    world: World, django_assert_max_num_queries: object
) -> None:
    client = browser(world)
    client.get("/rules/")
    for number in range(12):
        actions.change_ladder(
            rule=Rule.CHECK_IN, rungs=(("app", 0), ("call", number + 1)), from_on=TODAY, reason="试",
            expect=number, by=world.actor(PROVINCE), at=NOW,
        )  # fmt: skip
    for number in range(8):
        add_member(world, f"m{number}", f"贺{number}平", "village")
        journey_at(world, Status.AWAITING, f"m{number}")
    with django_assert_max_num_queries(22):  # type: ignore[operator]
        assert client.get("/rules/").status_code == 200
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        assert client.post(ADDRESS, sent(step="look", expect="12")).status_code == 200
