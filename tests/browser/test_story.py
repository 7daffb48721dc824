"""Does the article's first story walk in a real browser, from marking to acceptance, in at most twelve clicks?

The pictures of the README are taken here: HONGYAN_TEST_PICTURES names the folder they go to.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page

from hongyan.demo.cast import member_of
from hongyan.demo.loading import Scale, load
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.notifications.actions import deliver_due
from tests.browser.conftest import OFFICE, PHONE

# Before a house in 天水南路; what a phone of an ordinary make says of itself.
POSITION = (36.0537, 103.8343)
MOST_CLICKS = 12


class Walk:
    """Counts what people have to press, and takes a picture where the README wants one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clicks = 0

    def press(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def picture(self, page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=self.folder / f"{name}.png")


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    folder = Path(os.environ.get("HONGYAN_TEST_PICTURES", str(tmp_path)))
    folder.mkdir(parents=True, exist_ok=True)
    return Walk(folder)


def mark(walk: Walk, page: Page) -> None:
    page.goto("/")
    walk.picture(page, "01-sign-in")
    walk.press(page.get_by_role("button", name="村支部书记"))
    walk.press(page.get_by_role("link", name="标记流出").last)
    page.get_by_label("按姓名查找").fill("陈望川")
    walk.press(page.get_by_role("radio", name="陈望川"))
    page.get_by_label("去向").first.fill("甘肃省兰州市城关区天水南路社区")
    walk.picture(page, "02-mark")
    walk.press(page.get_by_role("button", name="标记流出"))
    if page.get_by_text("请确认去向").count():
        walk.press(page.get_by_role("button", name="标记流出"))
    walk.picture(page, "03-marked")


def check_in(walk: Walk, phone: Page) -> None:
    phone.goto("/demo/phone/?who=traveller")
    walk.picture(phone, "04-phone")
    walk.press(phone.locator(".bubble a").first)
    walk.picture(phone, "05-check-in")
    before = walk.clicks
    walk.press(phone.get_by_role("button", name="一键报到"))
    phone.get_by_role("button", name="确认报到").wait_for()
    walk.picture(phone, "06-confirm")
    walk.press(phone.get_by_role("button", name="确认报到"))
    assert walk.clicks - before == 2, "one tap and one confirmation"
    phone.get_by_text("天水南路社区").first.wait_for()
    walk.picture(phone, "07-answer")


def accept(walk: Walk, page: Page) -> None:
    page.goto("/sign-in/")
    walk.press(page.get_by_role("button", name="天水南路社区党委 · 林知春"))
    walk.picture(page, "08-desk")
    row = page.locator(".case", has_text="陈").filter(has_text="民勤").first
    walk.press(row.get_by_role("button", name="接收"))
    walk.picture(page, "09-accept")
    walk.press(page.get_by_role("link", name="现在指定微管家"))
    whom = page.get_by_label("微管家")
    whom.select_option(value=whom.locator("option", has_text="孟晓棠").get_attribute("value"))
    walk.press(page.locator("main form button.primary"))
    page.get_by_text("会收到通知；请您告诉微管家").wait_for()


@pytest.mark.django_db(transaction=True)
def test_the_first_story_from_marking_to_acceptance(visit: Callable[..., Page], walk: Walk) -> None:
    load(Scale.SMALL, at=timezone.now())
    mark(walk, visit(OFFICE))
    member = member_of("traveller")
    assert member is not None
    journey = Journey.objects.get(member=member)
    assert journey.status == Status.AWAITING
    # At night his message waits for the morning; the demo's phone shows it all the same.
    assert deliver_due(at=timezone.now()).sent >= 1
    check_in(walk, phone := visit(PHONE, position=POSITION, device_scale_factor=2, has_touch=True))
    journey.refresh_from_db()
    assert journey.status == Status.DISPATCHING
    assert journey.holder.division_id == "620102016006"
    accept(walk, desk := visit(OFFICE))
    journey.refresh_from_db()
    assert journey.status == Status.HOSTED
    assert journey.caretaker is not None
    print(f"{walk.clicks} clicks over all roles")
    assert walk.clicks <= MOST_CLICKS
    desk.goto(f"/journeys/{journey.pk}/")
    walk.picture(desk, "10-case")
    phone.goto("/m/")
    phone.get_by_text("天水南路社区").first.wait_for()
    walk.picture(phone, "12-member-home")
    boss = visit(OFFICE)
    boss.goto("/sign-in/")
    boss.get_by_role("button", name="省委组织部 甘肃省委组织部").click()
    boss.goto("/overview/")
    boss.wait_for_timeout(1500)
    walk.picture(boss, "11-overview")
