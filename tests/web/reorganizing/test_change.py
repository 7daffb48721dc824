"""Is an organisation changed on a page: looked at first, done once, explained afterwards?"""

import re
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from hongyan.audit.models import AccessLog
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Appointment, Member
from hongyan.organizations.models import Organization
from tests.web.console.people import browser_of, ticks, words
from tests.web.signing_in import signed_in
from tests.world import NOW, World, add_member, journey_at

DEPARTMENT = "minqin_department"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def fresh(world: World) -> Client:
    return signed_in(world.users[DEPARTMENT], fresh=True)


def page(world: World, which: str = "village") -> str:
    return reverse("change_organization", args=[world[which].pk])


def merging(world: World, **rest: str) -> dict[str, str]:
    return {
        "kind": "merge",
        "successor": str(world["next_village"].pk),
        "reason": "民组发〔2026〕3号",
        **rest,
    }


def test_one_looks_first_and_nothing_moves(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    answer = fresh(world).post(page(world), merging(world, step="look"))
    text = words(answer.content)
    assert answer.status_code == 200
    for wanted in ("确认合并", "三雷镇邻村党支部", "党员", "服务范围", "民组发〔2026〕3号"):
        assert wanted in text
    assert Journey.objects.get(pk=journey.pk).home == world["village"]


def test_one_confirmation_moves_everything_and_twice_is_told(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    browser = fresh(world)
    sent = merging(world, step="change", successor_code="next_village")
    answer = browser.post(page(world), sent, follow=True)
    text = words(answer.content)
    assert "已于2026年11月23日撤销" in text
    assert "三雷镇邻村党支部承接" in text
    assert Journey.objects.get(pk=journey.pk).home == world["next_village"]
    again = browser.post(page(world), sent)
    assert again.status_code == 409
    assert "已经撤销或并入其他组织" in words(again.content)
    # The successor's secretary has the case, with its history.
    case = words(
        browser_of(world, "next_village_secretary").get(reverse("journey", args=[journey.pk])).content
    )
    assert "三雷镇三陶村党支部并入三雷镇邻村党支部" in case
    gained = browser_of(world, DEPARTMENT).get(reverse("organization", args=[world["next_village"].pk]))
    assert "组织沿革" in words(gained.content)


def test_what_is_missing_is_said_and_what_was_typed_stays(world: World) -> None:
    browser = fresh(world)
    answer = browser.post(page(world), {"kind": "merge", "reason": "民组发3号", "step": "look"})
    assert answer.status_code == 422
    assert "请选择一个组织" in words(answer.content)
    assert "民组发3号" in answer.content.decode()
    far = browser.post(page(world), merging(world, step="look", successor="", successor_code="jingning_park"))
    assert "在您的管理范围没有这个代码的组织" in words(far.content)
    town = {"kind": "merge", "successor_code": "minqin_town", "reason": "批复", "step": "change"}
    refused = browser.post(page(world), town)
    assert refused.status_code == 409
    assert "不是支部一级" in words(refused.content)


def test_members_are_chosen_for_a_new_branch_and_the_look_is_recorded(world: World) -> None:
    browser, before = fresh(world), AccessLog.objects.count()
    assert "陈望川" in words(browser.get(page(world) + "?kind=split").content)
    assert AccessLog.objects.count() == before + 2
    chosen = {"members": [world.members["chen"].pk], "name": "三陶村东党支部", "code": "east"}
    answer = browser.post(page(world), {"kind": "split", "reason": "批复", "step": "change", **chosen})
    assert answer.status_code == 302
    assert Member.objects.get(pk=world.members["chen"].pk).branch == Organization.objects.get(code="east")


def parts(world: World) -> dict[str, list[str]]:
    """Choose one group of the community with its caretaker."""
    duty = Appointment.objects.get(user=world.users["caretaker"])
    return {"groups": ["第一党小组"], "staff": [str(duty.pk)]}


def test_groups_and_their_caretaker_are_split_off_after_one_look(world: World) -> None:
    one, two = journey_at(world, Status.HOSTED), journey_at(world, Status.HOSTED, "luo")
    Journey.objects.filter(pk=one.pk).update(party_group="第一党小组")
    browser = signed_in(world.users["lanzhou_department"], fresh=True)
    where = page(world, "tianshui_south")
    text = words(browser.get(where + "?kind=split").content)
    for wanted in ("第一党小组", "1 人", "罗小川", "微管家孟晓棠", "林知春"):
        assert wanted in text
    sent = {"kind": "split", "name": "东社区党委", "reason": "批复", **parts(world)}
    # What was ticked stays ticked when something is missing.
    again = browser.post(where, {**sent, "code": "", "name": "", "step": "look"})
    assert ticks(again.content) == parts(world)
    look = browser.post(where, {**sent, "code": "east", "step": "look"})
    text = words(look.content)
    assert "1 名纳管的党员、1 个任职" in text
    assert "1 人仍由原微管家联系，0 人由新组织重新安排" in text
    assert "留下的 1 人的微管家要走" in text
    hidden = dict(HIDDEN.findall(look.content.decode()))
    assert hidden["groups"] == "第一党小组"
    assert browser.post(where, {**sent, "code": "east", "step": "change"}).status_code == 302
    one, two = Journey.objects.get(pk=one.pk), Journey.objects.get(pk=two.pk)
    assert (one.host, one.caretaker) == (Organization.objects.get(code="east"), world.users["caretaker"])
    assert (two.host, two.caretaker) == (world["tianshui_south"], world.users["community_secretary"])


def test_half_a_group_is_said_before_and_who_is_gone_is_refused(world: World) -> None:
    for who in ("chen", "luo"):
        journey = journey_at(world, Status.HOSTED, who)
        Journey.objects.filter(pk=journey.pk).update(party_group="第一党小组")
    browser = signed_in(world.users["lanzhou_department"], fresh=True)
    where = page(world, "tianshui_south")
    sent = {"kind": "split", "name": "东社区党委", "code": "east", "reason": "批复", "step": "look"}
    look = words(browser.post(where, {**sent, "hosted": [str(journey.pk)]}).content)
    assert "第一党小组只分过去 1 人" in look
    assert "1 人由新组织重新安排" in look
    refused = browser.post(where, {**sent, "hosted": ["999999"], "groups": ["没有的组"]})
    assert refused.status_code == 422
    assert "已不由这个组织纳管" in words(refused.content)
    nobody = browser.post(where, {**sent, "step": "change"})
    assert nobody.status_code == 409
    assert "请选择分到新组织的党员、党小组或纳管党员" in words(nobody.content)


def test_a_new_name_is_told_on_the_case(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    sent = {"kind": "rename", "name": "三雷镇陶村党支部", "reason": "地名更改", "step": "change"}
    assert fresh(world).post(page(world), sent).status_code == 302
    case = browser_of(world, "village_secretary").get(reverse("journey", args=[journey.pk]))
    assert "三雷镇三陶村党支部改名为三雷镇陶村党支部" in words(case.content)


def test_whoever_is_not_a_department_above_finds_no_page(world: World) -> None:
    for who in ("village_secretary", "town_organiser", "community_secretary"):
        browser = signed_in(world.users[who], fresh=True)
        assert browser.get(page(world)).status_code == 404
    assert fresh(world).get(page(world, "minqin")).status_code == 404
    assert "组织调整" not in words(
        browser_of(world, "village_secretary")
        .get(reverse("organization", args=[world["village"].pk]))
        .content
    )


def test_people_of_one_name_are_told_apart_by_their_month_of_birth(world: World) -> None:
    people = [add_member(world, f"twin{number}", "某", "village") for number in range(3)]
    Member.objects.filter(pk=people[0].pk).update(name="同名", birth_on=date(1971, 4, 2))
    Member.objects.filter(pk=people[1].pk).update(name="同名", birth_on=date(1988, 12, 9))
    Member.objects.filter(pk=people[2].pk).update(name="独名", birth_on=date(1964, 7, 1))
    text = words(fresh(world).get(page(world) + "?kind=split").content)
    assert "同名 1971年4月生" in text
    assert "同名 1988年12月生" in text
    assert "独名" in text
    assert "1964年7月" not in text
