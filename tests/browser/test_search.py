"""Is somebody found while one types, by the keyboard alone, and does the head stay in its place?"""

import pytest
from playwright.sync_api import ViewportSize

from hongyan.journeys.states import Status
from tests.browser.conftest import OFFICE, PHONE, WIDE, Visitors
from tests.browser.test_console import sign_in
from tests.world import World, add_member, build_world, journey_at


@pytest.fixture
def world(transactional_db: None) -> World:
    """Build the cast; the server's thread must see it."""
    return build_world()


@pytest.mark.parametrize("size", [OFFICE, WIDE], ids=["office", "wide"])
def test_the_head_finds_while_one_types(world: World, visit: Visitors, size: ViewportSize) -> None:
    journey = journey_at(world, Status.HOSTED)
    add_member(world, "m1", "陈文成", "village")
    page = sign_in(visit(size), "village_secretary")
    field = page.get_by_role("searchbox")
    # Nothing is laid over the page before something is found.
    assert not page.locator("#finds").is_visible() or page.locator("#finds").bounding_box()["height"] == 0  # type: ignore[index]
    field.focus()
    page.keyboard.type("cw")
    page.locator("#finds a").first.wait_for()
    assert "陈望川" in page.locator("#finds").inner_text()
    box = page.locator("#finds").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= size["width"]
    page.keyboard.press("Tab")
    for _ in range(4):
        if "陈望川" in page.evaluate("document.activeElement.innerText"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/journeys/{journey.pk}/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_a_page_of_its_own(world: World, visit: Visitors, scheme: str) -> None:
    journey_at(world, Status.HOSTED)
    page = sign_in(visit(PHONE, color_scheme=scheme), "village_secretary")
    page.get_by_role("link", name="查找", exact=True).click()
    page.wait_for_url("**/search/")
    page.keyboard.type("陈望川")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    assert "天水南路社区党委" in page.locator("#found").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
