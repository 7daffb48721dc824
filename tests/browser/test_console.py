"""Does the console hold in a real browser: at three sizes, by keyboard alone, and without scripts?"""

import pytest
from playwright.sync_api import Page, ViewportSize

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from tests.browser.conftest import OFFICE, PHONE, WIDE, Visitors
from tests.world import World, build_world, journey_at


def sign_in(page: Page, who: str) -> Page:
    """Pick a card on the demo's sign-in page."""
    page.goto("/sign-in/")
    page.locator(f'button[value="{who}"]').click()
    page.wait_for_url("**/desk/")
    return page


@pytest.fixture
def world(transactional_db: None) -> World:
    """Build the cast; the server's thread must see it."""
    return build_world()


@pytest.mark.parametrize("size", [PHONE, OFFICE, WIDE], ids=["phone", "office", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk_fits_at_every_size(world: World, visit: Visitors, size: ViewportSize, scheme: str) -> None:
    journey_at(world, Status.DISPATCHING)
    page = sign_in(visit(size, color_scheme=scheme), "community_secretary")
    assert page.locator("h1").inner_text() == "有 1 件事要办"
    # Nothing is wider than the window, and the one primary action is in sight without scrolling.
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    action = page.locator(".act .btn.primary")
    box = action.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["y"] + box["height"] <= size["height"]


def test_large_type_makes_large_targets(world: World, visit: Visitors) -> None:
    journey_at(world, Status.DISPATCHING)
    page = sign_in(visit(PHONE), "community_secretary")
    page.get_by_role("button", name="大字版").click()
    page.wait_for_load_state()
    heights = [button.bounding_box() for button in page.locator(".act .btn").all()]
    assert all(box and box["height"] >= 60 for box in heights)
    assert float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")) >= 18
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_accepting_by_keyboard_alone(world: World, visit: Visitors) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    page = sign_in(visit(OFFICE), "community_secretary")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "接收":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector(".message")
    assert "已接收陈某" in page.locator(".message").inner_text()
    assert Journey.objects.get(pk=journey.pk).status == Status.HOSTED


def test_a_double_click_accepts_once(world: World, visit: Visitors) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    page = sign_in(visit(OFFICE), "community_secretary")
    page.locator(".act .btn.primary").dblclick()
    page.wait_for_selector(".message")
    assert Journey.objects.get(pk=journey.pk).version == journey.version + 1


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_marking_with_a_place_in_words(world: World, visit: Visitors, scripts: bool) -> None:
    page = sign_in(visit(OFFICE, java_script_enabled=scripts), "village_secretary")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="标记流出").click()
    page.get_by_label("陈望川").check()
    page.get_by_label("去向", exact=True).fill("兰州市城关区天水南路社区")
    if scripts:
        page.wait_for_selector("#meant input[name=destination]")
    page.get_by_role("button", name="标记流出").click()
    page.wait_for_url("**/desk/")
    assert "天水南路社区" in page.get_by_role("status").inner_text()
    assert Journey.objects.get().destination_id == "620102016006"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_redirecting_to_an_organisation_found_by_name(world: World, visit: Visitors, scripts: bool) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    page = sign_in(visit(OFFICE, java_script_enabled=scripts), "community_secretary")
    page.goto(f"/journeys/{journey.pk}/redirect/")
    search = page.get_by_label("按名称查找组织")
    if scripts:
        search.press_sequentially("解放中路")
        page.wait_for_selector("#found .choice")
    else:
        search.fill("解放中路")
        page.get_by_role("button", name="查找").click()
    page.locator("#found .choice", has_text="解放中路社区党委").click()
    if scripts:
        page.get_by_role("button", name="本人住在对方辖区").click()
    else:
        page.get_by_label("原因").fill("本人住在对方辖区")
    page.get_by_role("button", name="改派").click()
    page.wait_for_url("**/desk/")
    assert Journey.objects.get(pk=journey.pk).holder_id == world["liberation_middle"].pk
