"""Does the story of the Spring Festival hold in a browser: he says he comes, home plans for twenty, he leaves?"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page

from hongyan.journeys.links import path_for
from hongyan.journeys.models import Guest, Journey, Visit
from hongyan.journeys.states import Status
from hongyan.journeys.visit_models import VisitState
from tests.browser.conftest import OFFICE, PHONE, Visitors
from tests.browser.test_beyond import fits, picture
from tests.browser.test_console import sign_in
from tests.world import NOW, TODAY, World, add_member, build_world, journey_at

LAST = TODAY + timedelta(days=9)


@pytest.fixture
def world(transactional_db: None) -> Iterator[World]:
    """Build the cast; the server's thread must see it, and by the same clock."""
    with time_machine.travel(NOW, tick=True):
        yield build_world()


def _fill(page: Page) -> None:
    page.fill("#from", TODAY.isoformat())
    page.fill("#until", LAST.isoformat())


def test_he_says_he_comes_home_plans_for_twenty_and_he_leaves_again(world: World, visit: Visitors) -> None:
    for number in range(19):
        add_member(world, f"m{number}", f"甲{number}", "village")
        journey_at(world, Status.HOSTED, f"m{number}")
    journey = journey_at(world, Status.HOSTED)
    phone, address = visit(PHONE), f"{path_for(journey)}visit/"
    phone.goto(address)
    picture(phone, "festival_question_390")
    assert fits(phone, 390)
    _fill(phone)
    phone.get_by_role("button", name="回", exact=True).click()
    phone.get_by_role("heading", name="回家过节").wait_for()
    picture(phone, "festival_back_390")
    _home_plans(visit)
    phone.get_by_role("button", name="已返回工作地").click()
    phone.get_by_role("heading", name="已知道您回到工作地").wait_for()
    assert Visit.objects.get(journey=journey).state == VisitState.AWAY
    assert Journey.objects.get(pk=journey.pk).status == Status.HOSTED


def _home_plans(visit: Visitors) -> None:
    """See that he is home, note the nineteen others, plan a talk with all twenty."""
    page = sign_in(visit(OFFICE), "village_secretary")
    page.goto("/festival/")
    assert "陈望川" in page.inner_text("main")
    page.goto("/festival/?state=silent")
    page.get_by_label("本页全选").check()
    _fill(page)
    page.get_by_role("button", name="登记", exact=True).click()
    page.goto("/festival/?state=back")
    picture(page, "festival_back_1366")
    page.get_by_label("本页全选").check()
    page.get_by_role("button", name="安排谈话或活动").click()
    page.fill('input[name="on"]', LAST.isoformat())
    page.fill('input[name="place"]', "村党群服务中心")
    picture(page, "festival_plan_1366")
    page.get_by_role("button", name="安排并邀请").click()
    page.get_by_text("邀请了 20 人").wait_for()
    assert Guest.objects.count() == 20
    picture(page, "festival_meeting_1366")
    _on_a_phone(visit)


def _on_a_phone(visit: Visitors) -> None:
    """Look at the same as the department and as the host, on a phone and at a desk."""
    for who, address in (("minqin_department", "/festival/"), ("community_secretary", "/festival/hosted/")):
        for size, width in ((PHONE, 390), (OFFICE, 1366)):
            page = sign_in(visit(size), who)
            page.goto(address)
            assert fits(page, width)
            picture(page, f"festival_{who}_{width}")
