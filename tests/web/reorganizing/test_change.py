"""Is an organisation changed on a page: looked at first, done once, explained afterwards?"""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from hongyan.audit.models import AccessLog
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.organizations.models import Organization
from tests.web.console.people import browser_of, words
from tests.web.signing_in import signed_in
from tests.world import NOW, World, journey_at

DEPARTMENT = "minqin_department"


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
    assert "三雷镇邻村党支部接续" in text
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
