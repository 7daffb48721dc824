"""Does the article's story of the observer walk in a browser: poster, phone, home, park?

兰州新区化工园区: an observer prints the poster of his company; an employee nobody has marked scans it, confirms on
his own phone and comes forward; his village marks and confirms him in one step; the park takes him in.
"""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from hongyan.demo.cast import member_of
from hongyan.demo.found import COMPANY
from hongyan.demo.loading import Scale, load
from hongyan.finding.models import Company, Finding
from hongyan.finding.posters import poster_path
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.reports.laws import broken
from tests.browser.conftest import OFFICE, PHONE
from tests.browser.test_story import Walk, walk

__all__ = ["walk"]


def enter(page: Page, card: str) -> None:
    page.goto("/sign-in/")
    page.get_by_role("button", name=card).click()


def print_poster(walk: Walk, page: Page) -> None:
    enter(page, "企业观察员")
    walk.picture(page, "observer-01-page")
    page.get_by_role("link", name="打印海报").click()
    page.get_by_role("heading", name="流动党员").wait_for()
    walk.picture(page, "observer-02-poster")
    # A printed page is black on white and carries nothing but the poster.
    page.emulate_media(media="print")
    walk.picture(page, "observer-03-printed")
    assert page.get_by_role("button", name="打印").count() == 0


def come_forward(walk: Walk, phone: Page) -> None:
    phone.goto(poster_path(Company.objects.get(name=COMPANY)))
    walk.picture(phone, "observer-04-scanned")
    phone.get_by_label("您的姓名").fill("安知许")
    phone.get_by_label("您的手机号码").fill("10000000009")
    phone.get_by_role("button", name="发短信到我的手机").click()
    phone.get_by_role("heading", name="请看短信").wait_for()
    walk.picture(phone, "observer-05-sent")
    phone.goto("/demo/phone/?who=technician")
    phone.locator(".bubble a").first.click()
    phone.get_by_role("heading", name="是您本人吗").wait_for()
    walk.picture(phone, "observer-06-confirm")
    phone.get_by_role("button", name="是我，同意报到").click()
    phone.get_by_role("heading", name="已登记").wait_for()
    walk.picture(phone, "observer-07-came")


def confirm_at_home(walk: Walk, page: Page) -> None:
    enter(page, "村支部书记")
    page.goto("/found/?of=asked")
    walk.picture(page, "observer-08-asked")
    page.get_by_role("link", name="安知许").click()
    walk.picture(page, "observer-09-answer")
    page.get_by_role("button", name="是他，确认").click()
    page.get_by_text("已确认，他的事已转给登记的组织接收").wait_for()


def accept_at_the_park(walk: Walk, page: Page, journey: Journey) -> None:
    enter(page, "化工园区党支部")
    page.goto(f"/journeys/{journey.pk}/accept/")
    page.get_by_role("button", name="接收").last.click()
    page.get_by_text("由兰州新区化工园区联合党支部纳管").wait_for()
    page.goto("/found/companies/")
    page.get_by_text("扫码后填写手机号 1 次").wait_for()
    walk.picture(page, "observer-10-companies")
    page.goto("/found/")
    walk.picture(page, "observer-11-found")


def estimate(walk: Walk, page: Page) -> None:
    enter(page, "县委组织部（流出地）")
    page.goto("/found/estimate/")
    page.get_by_role("heading", name="推算还有多少人没找到").wait_for()
    walk.picture(page, "observer-12-estimate")


@pytest.mark.django_db(transaction=True)
def test_the_story_of_the_observer(visit: Callable[..., Page], walk: Walk) -> None:
    load(Scale.SMALL, at=timezone.now())
    print_poster(walk, visit(OFFICE))
    come_forward(walk, visit(PHONE, device_scale_factor=2, has_touch=True))
    finding = Finding.objects.get(source="poster")
    member = member_of("technician")
    assert finding.member == member
    confirm_at_home(walk, visit(OFFICE))
    journey = Journey.objects.get(member=member)
    assert (journey.status, journey.holder, journey.employer) == (
        Status.DISPATCHING,
        finding.organization,
        COMPANY,
    )
    accept_at_the_park(walk, visit(OFFICE), journey)
    journey.refresh_from_db()
    assert journey.status == Status.HOSTED
    # The observer's own page says the same as before: he never learns an outcome.
    observer = visit(OFFICE)
    enter(observer, "企业观察员")
    assert "安知许" not in observer.content()
    estimate(walk, visit(OFFICE))
    assert not broken()
