"""An observer names a colleague: nothing is registered before the colleague's own word, and nobody learns his answer."""

import pytest
from playwright.sync_api import Page

from hongyan.finding import actions
from hongyan.finding.models import Company, Finding, Referral
from hongyan.finding.posters import referral_path
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.sealing import phone_of
from tests.browser.conftest import OFFICE, PHONE, Visitors
from tests.browser.test_console import sign_in
from tests.world import NOW, World, build_world, journey_at

COMPANY = "金果食品有限公司"


@pytest.fixture
def world(transactional_db: None) -> World:
    """Build the cast; the server's thread must see it."""
    made = build_world()
    actions.add_company(
        organization=made["jingning_park"],
        name=COMPANY,
        place="620826",
        by=made.actor("park_secretary"),
        at=NOW,
    )
    return made


def enter(page: Page) -> None:
    """Enter as the observer."""
    page.goto("/sign-in/")
    page.locator('button[value="observer"]').click()
    page.wait_for_url("**/observer/")


def name_him(page: Page, name: str, phone: str) -> None:
    """Name a colleague; the page says the same whoever he is."""
    enter(page)
    page.get_by_role("link", name="推荐一名同事").click()
    page.get_by_label("姓名").fill(name)
    page.get_by_label("他的手机号码").fill(phone)
    page.get_by_label("本人知道并愿意").check()
    page.get_by_role("button", name="发短信请他确认").click()
    page.get_by_text("已提交").first.wait_for()


def test_a_named_colleague_speaks_for_himself_and_the_observer_reads_nothing(
    world: World, visit: Visitors
) -> None:
    journey = journey_at(world, Status.AWAITING)
    number = phone_of(world.members["chen"])
    observer = visit(OFFICE)
    enter(observer)
    # Naming others is shut until the park opens it.
    assert observer.get_by_role("link", name="推荐一名同事").count() == 0
    park = sign_in(visit(OFFICE), "park_secretary")
    park.goto("/found/companies/")
    park.get_by_role("button", name="开放推荐").click()
    park.get_by_text("已开放").first.wait_for()

    name_him(observer, "陈望川", number)
    assert not Finding.objects.exists()
    assert Journey.objects.get(pk=journey.pk).status == Status.AWAITING
    assert "陈望川" not in observer.content()
    before = observer.inner_text("main")

    # The message goes to the number that was typed: to his own phone.
    phone = visit(PHONE)
    phone.goto(referral_path(Referral.objects.get()))
    phone.get_by_text("观察员说您愿意就近参加组织生活").wait_for()
    phone.get_by_role("button", name="是我，同意报到").click()
    # He stands before his own case at once: the number he was written to is the one on the roster.
    phone.get_by_role("heading", name="是您本人吗").wait_for(state="detached")
    assert "静宁工业园区" in phone.inner_text("main")
    now = Journey.objects.get(pk=journey.pk)
    assert (now.status, now.holder, now.employer) == (Status.DISPATCHING, world["jingning_park"], COMPANY)

    name_him(observer, "石敢当", "10088887777")
    assert observer.inner_text("main") == before
    for shut in (f"/journeys/{journey.pk}/", "/desk/", "/found/", "/journeys/"):
        observer.goto(shut)
        assert "陈" not in observer.inner_text("body")


def test_his_no_leaves_nothing_behind(world: World, visit: Visitors) -> None:
    park = world.actor("park_secretary")
    actions.switch_referrals(organization=world["jingning_park"], on=True, by=park, at=NOW)
    assert Company.objects.count() == 1
    name_him(visit(OFFICE), "陈望川", phone_of(world.members["chen"]))
    phone = visit(PHONE)
    phone.goto(referral_path(Referral.objects.get()))
    phone.get_by_role("button", name="不是我，或不同意：现在删除").click()
    phone.get_by_role("heading", name="已删除").wait_for()
    assert not Referral.objects.exists()
    assert not Finding.objects.exists()
