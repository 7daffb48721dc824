"""Does the story of 乌鲁木齐 hold in a browser: the fallback branch, a letter to a district, its answer?"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from hongyan.exchange.models import Letter
from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from tests.browser.conftest import OFFICE, PHONE, Visitors
from tests.browser.test_console import sign_in
from tests.world import NOW, World, arrival, build_world, journey_at

TIANSHAN = "650102"


@pytest.fixture
def world(transactional_db: None) -> World:
    """Build the cast; the server's thread must see it."""
    return build_world()


def picture(page: Page, name: str) -> None:
    """Keep a picture where HONGYAN_TEST_PICTURES says, for people to look at."""
    folder = os.environ.get("HONGYAN_TEST_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def fits(page: Page, width: int) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") <= width)


def test_a_member_who_moves_often_is_kept_by_the_branch_in_urumqi(world: World, visit: Visitors) -> None:
    journey = journey_at(world, Status.AWAITING)
    journey = actions.check_in(
        journey=journey, arrival=arrival(TIANSHAN, "B"), by=world.actor("chen"), at=NOW
    )
    # Nobody in the district is on the platform: the branch of his own prefecture in that city has him.
    assert journey.holder_id == world["wuwei_in_urumqi"].pk
    page = sign_in(visit(OFFICE), "liaison_secretary")
    page.goto(f"/journeys/{journey.pk}/")
    picture(page, "urumqi_case")
    page.get_by_role("link", name="发联系函").first.click()
    # The district is the first suggestion, chosen already.
    assert page.locator('input[name="receiver"]:checked').count() == 1
    picture(page, "urumqi_ask")
    page.get_by_role("button", name="生成联系函").click()
    code = page.locator(".code").inner_text()
    assert re.fullmatch(r"([A-Z0-9]{4}-){3}[A-Z0-9]{4}", code)
    assert "陈某" in page.locator(".sheet").inner_text()
    assert page.locator(".qr svg").bounding_box()
    picture(page, "urumqi_paper")
    _print(page)
    _answer_on_a_phone(visit, code)
    now = Journey.objects.get(pk=journey.pk)
    # The district knows him, but he moves on every few weeks: the branch takes him in itself.
    assert now.status == Status.DISPATCHING
    page.goto(f"/letters/{Letter.objects.get().pk}/")
    assert "不在我处" in page.inner_text("main")
    picture(page, "urumqi_letter")
    page.goto("/letters/")
    picture(page, "letters")
    page.goto(f"/journeys/{journey.pk}/accept/")
    page.get_by_role("button", name="接收").click()
    page.wait_for_url("**/desk/")
    now = Journey.objects.get(pk=journey.pk)
    assert (now.status, now.host_id) == (Status.HOSTED, world["wuwei_in_urumqi"].pk)
    phone = sign_in(visit(PHONE), "liaison_secretary")
    for address, name in ((f"/journeys/{journey.pk}/", "case_phone"), ("/letters/", "letters_phone")):
        phone.goto(address)
        assert fits(phone, PHONE["width"])
        picture(phone, name)


def _print(page: Page) -> None:
    """Look at the letter as the printer gets it: one page, no menus, black on white."""
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size({"width": 680, "height": 1010})
    assert page.locator(".top").is_hidden()
    assert page.locator(".noprint").first.is_hidden()
    height = page.evaluate("document.querySelector('.sheet').getBoundingClientRect().height")
    # A4 less its margins, at 96 dots per inch.
    assert height <= 1123 - 2 * 14 / 25.4 * 96
    picture(page, "urumqi_print")
    page.emulate_media(media="screen")
    page.set_viewport_size(OFFICE)


def _answer_on_a_phone(visit: Visitors, code: str) -> None:
    """Scan the code with a phone that has never been here."""
    phone = visit(PHONE)
    phone.goto(f"/receipt/?code={code}")
    assert "陈某" not in phone.inner_text("main")
    picture(phone, "receipt_door")
    phone.get_by_role("button", name="查看来函").click()
    assert "陈某" in phone.inner_text("main")
    assert fits(phone, PHONE["width"])
    picture(phone, "receipt")
    phone.get_by_text("不在我处").click()
    phone.get_by_role("button", name="提交回函").click()
    assert "请写明情况" in phone.inner_text("main")
    phone.get_by_role("textbox", name="说明").fill("他在各县来回跑运输，请由驻地党支部管理")
    phone.get_by_role("button", name="提交回函").click()
    assert "已收到回函" in phone.inner_text("main")
    picture(phone, "receipt_done")
