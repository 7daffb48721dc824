"""Does the page of a return lead home to the end with one click each, and out again with one more?"""

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from hongyan.journeys import actions
from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey, Return
from hongyan.journeys.states import CloseReason, Status
from hongyan.members.models import Member
from tests.web.console.people import asked, browser_of, new_key, words
from tests.world import NOW, TODAY, World, came_home, journey_at

HOME, HOST = "village_secretary", "community_secretary"


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def page(world: World, who: str, journey: Journey) -> str:
    answer = browser_of(world, who).get(reverse("homecoming", args=[journey.pk]))
    assert answer.status_code == 200
    return words(answer.content)


def head(world: World, who: str, address: str) -> str:
    """Read the head of a page: its title and the tags beside it."""
    body = browser_of(world, who).get(address).content
    found = re.search(rb'<div class="head">.*?</div>', body, re.DOTALL)
    assert found
    return words(found[0])


def post(world: World, who: str, name: str, journey: Journey, **fields: str) -> str:
    journey.refresh_from_db()
    answer = browser_of(world, who).post(
        reverse(name, args=[journey.pk]), asked(journey, **fields), follow=True
    )
    return words(answer.content)


def test_three_things_one_click_each_then_the_end(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    Member.objects.filter(pk=journey.member_id).update(credential_number="甘流 0012")
    desk = words(browser_of(world, HOME).get("/desk/").content)
    assert "办理返回" in desk
    assert "还没有登记返回谈话" in page(world, HOME, journey)
    assert "已登记和陈某的返回谈话" in post(world, HOME, "hold_return_talk", journey)
    assert "还没写结束管理意见，最迟11月30日" in page(world, HOME, journey)
    assert "已登记查验陈某的证件" in post(world, HOME, "check_credential", journey)
    assert "已写好陈某的结束管理意见" in post(world, HOST, "write_closing", journey, note="表现良好")
    now = page(world, HOME, journey)
    assert "表现良好" in now
    assert "未完成" not in now
    assert "已办结" in post(world, HOME, "end", journey, reason="returned")
    assert Journey.objects.get(pk=journey.pk).status == Status.CLOSED


def test_the_host_finds_what_it_owes_on_its_desk_until_it_is_written(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    desk = words(browser_of(world, HOST).get("/desk/").content)
    assert "写结束管理意见" in desk
    assert "还剩 7 天" in desk
    assert "写结束管理意见" not in words(browser_of(world, HOME).get("/desk/").content)
    actions.write_closing(journey=journey, by=world.actor(HOST), at=NOW, note="表现良好")
    assert "写结束管理意见" not in words(browser_of(world, HOST).get("/desk/").content)


def test_the_host_writes_on_the_same_page_and_holds_no_talk(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    answer = browser_of(world, HOST).get(reverse("homecoming", args=[journey.pk])).content.decode()
    assert f'action="{reverse("write_closing", args=[journey.pk])}"' in answer
    assert f'action="{reverse("hold_return_talk", args=[journey.pk])}"' not in answer


def test_each_side_reads_its_own_duty_and_its_own_deadline(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    assert "请您写明他在这里的情况" in page(world, HOST, journey)
    at_home = page(world, HOME, journey)
    assert "请您和他谈" in at_home
    assert "已请天水南路社区党委写" in at_home
    address = reverse("homecoming", args=[journey.pk])
    assert "还剩 7 天" in head(world, HOST, address)
    assert "还剩 15 天" in head(world, HOME, address)
    actions.write_closing(journey=journey, by=world.actor(HOST), at=NOW, note="表现良好")
    assert "还剩" not in head(world, HOST, address)


def test_the_head_of_a_move_says_when_that_move_is_due(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    assert "还剩 7 天" in head(world, HOST, reverse("write_closing", args=[journey.pk]))
    assert "还剩 15 天" in head(world, HOME, reverse("hold_return_talk", args=[journey.pk]))
    assert "还剩" not in head(world, HOME, reverse("check_credential", args=[journey.pk]))


def test_a_bad_day_keeps_what_was_typed(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    address = reverse("hold_return_talk", args=[journey.pk])
    sent = asked(journey, talk_on="昨天", talk_by="苏明远", note="在外一切正常")
    answer = browser_of(world, HOME).post(address, sent)
    assert answer.status_code == 422
    assert "请写成 2026-11-23 这样的日期" in words(answer.content)
    assert "在外一切正常" in answer.content.decode()
    assert Return.objects.get(journey=journey).talked_at is None


def test_an_old_tab_is_told_who_was_faster(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    old = asked(journey)
    actions.hold_return_talk(journey=journey, by=world.actor("town_organiser"), at=NOW)
    answer = browser_of(world, HOME).post(reverse("hold_return_talk", args=[journey.pk]), old)
    assert answer.status_code == 409
    assert "邵文竹" in words(answer.content)


@pytest.fixture
def returned(world: World) -> Journey:
    journey = came_home(world, journey_at(world, Status.RETURNING))
    return actions.end(
        journey=journey, by=world.actor(HOME), at=NOW, reason=CloseReason.RETURNED, key="e" * 32
    )


def test_of_a_journey_that_is_over_no_return_is_awaited(world: World, returned: Journey) -> None:
    case = words(browser_of(world, HOME).get(reverse("journey", args=[returned.pk])).content)
    assert "返回时间未定" not in case
    assert "结束" in case
    assert "现住址" not in case
    assert "在外住址" in case


def test_home_sends_him_out_again_with_one_click(world: World, returned: Journey) -> None:
    browser = browser_of(world, HOME)
    assert "再次外出" in words(browser.get(reverse("journey", args=[returned.pk])).content)
    address = reverse("depart_again", args=[returned.pk])
    shown = words(browser.get(address).content)
    assert "甘肃省兰州市城关区" in shown
    assert "天水南路社区党委" in shown
    sent = {"key": new_key(), "departs_on": TODAY.isoformat()}
    answer = browser.post(address, sent, follow=True)
    assert "已登记陈某再次外出" in words(answer.content)
    again = Journey.objects.get(again_of=returned)
    assert (again.status, again.destination_id) == (Status.AWAITING, returned.destination_id)
    assert browser.post(address, sent).status_code == 302
    assert Journey.objects.filter(member_id=returned.member_id).count() == 2
    assert browser.post(address, {**sent, "key": new_key()}).status_code == 409


def test_a_day_that_makes_no_sense_is_refused_with_a_sentence(world: World, returned: Journey) -> None:
    sent = {"key": new_key(), "departs_on": TODAY.isoformat(), "expected_return_on": "2020-01-01"}
    answer = browser_of(world, HOME).post(reverse("depart_again", args=[returned.pk]), sent)
    assert answer.status_code == 409
    assert "预计返回时间早于外出时间" in words(answer.content)


def test_he_himself_is_back_at_the_last_place_with_one_tap(world: World, returned: Journey) -> None:
    phone = Client()
    link = path_for(returned)
    assert "再次外出" in words(phone.get(link).content)
    shown = words(phone.get(link + "again/").content)
    assert "直接由天水南路社区党委接收" in shown
    sent = {"key": new_key(), "where": "there"}
    answer = phone.post(link + "again/", sent, follow=True)
    assert "报到成功" in words(answer.content)
    again = Journey.objects.get(again_of=returned)
    assert (again.status, again.holder_id) == (Status.DISPATCHING, world["tianshui_south"].pk)
    # The same tap again: one journey, the same page.
    assert phone.post(link + "again/", sent).status_code == 302
    assert Journey.objects.filter(member_id=returned.member_id).count() == 2


def test_or_anywhere_else_by_the_usual_way(world: World, returned: Journey) -> None:
    phone, link = Client(), path_for(returned)
    answer = phone.post(link + "again/", {"key": new_key(), "where": "elsewhere"}, follow=True)
    assert "一键报到" in answer.content.decode()
    assert Journey.objects.get(again_of=returned).destination_id is None


def test_his_own_page_offers_it_too(world: World, returned: Journey) -> None:
    browser = browser_of(world, "chen")
    assert "again/" in browser.get("/m/").content.decode()
    actions.depart_again(journey=returned, by=world.actor("chen"), at=NOW)
    assert "again/" not in browser.get("/m/").content.decode()
