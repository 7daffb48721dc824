"""Does the overview draw its map and drill into it under the strict policy, and do its pages work without a script?"""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from hongyan.journeys.states import Status
from tests.browser.conftest import OFFICE, PHONE, WIDE, Visitors
from tests.web.signing_in import signed_in
from tests.world import World, build_world, journey_at


@pytest.fixture
def world(transactional_db: None, maps: Path, settings: Any) -> World:
    settings.STATICFILES_DIRS = [maps]
    world = build_world()
    journey_at(world, Status.HOSTED)
    journey_at(world, Status.RELOCATING, "luo")
    return world


def enter(visit: Visitors, world: World, size: ViewportSize = OFFICE, **options: Any) -> Page:
    """Open a window in which the province's department has signed in."""
    page = visit(size, **options)
    cookie = signed_in(world.users["province_department"]).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": visit.live}])
    return page


def map_of(page: Page, code: str) -> None:
    """Wait until the map shows what lies right below this place."""
    expect(page.locator(f'[data-drawn="{code}"] canvas').first).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("size", [OFFICE, WIDE, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_is_drawn_and_nothing_overflows(
    visit: Visitors, world: World, size: ViewportSize, scheme: str
) -> None:
    page = enter(visit, world, size, color_scheme=scheme)
    page.goto("/overview/")
    map_of(page, "china")
    expect(page.get_by_text("审图号")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.goto("/journeys/")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_one_drills_from_the_country_to_the_county_and_to_the_people(visit: Visitors, world: World) -> None:
    page = enter(visit, world)
    page.goto("/overview/")
    map_of(page, "china")
    where = page.get_by_role("region", name="各地人数")
    where.get_by_role("link", name="甘肃省").click()
    map_of(page, "62")
    where.get_by_role("link", name="兰州市").click()
    map_of(page, "6201")
    expect(page).to_have_url(re.compile("code=6201"))
    page.get_by_role("row", name="城关区").get_by_role("link", name="1").click()
    expect(page.get_by_role("heading", name="流出 1 人")).to_be_visible()
    expect(page.get_by_role("link", name="陈望川")).to_be_visible()
    page.go_back()
    map_of(page, "6201")
    page.get_by_role("link", name="从哪里来").click()
    map_of(page, "china")
    expect(page.get_by_role("heading", name="在我们这里的人从哪里来")).to_be_visible()


def test_a_tap_on_the_map_goes_where_the_table_goes(visit: Visitors, world: World) -> None:
    page = enter(visit, world)
    page.goto(f"/overview/{world['gansu'].pk}/?direction=out&code=6201")
    map_of(page, "6201")
    spot = page.evaluate(
        """() => { const chart = echarts.getInstanceByDom(document.querySelector(".map"));
        return chart.convertToPixel("geo", [103.83, 36.05]); }"""
    )
    # A mouse clicks what is in sight only.
    page.locator(".map").scroll_into_view_if_needed()
    box = page.locator(".map").bounding_box()
    assert box
    page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])
    expect(page.get_by_role("heading", name="流出 1 人")).to_be_visible()


def test_the_list_narrows_while_one_types(visit: Visitors, world: World) -> None:
    page = enter(visit, world)
    page.goto("/journeys/")
    expect(page.get_by_role("heading", name="流动党员 2 人")).to_be_visible()
    page.get_by_label("姓名").press_sequentially("望川")
    expect(page.get_by_role("heading", name="流动党员 1 人")).to_be_visible()
    page.get_by_label("姓名").fill("")
    page.get_by_label("查看").select_option("in")
    expect(page.get_by_role("heading", name="流入 2 人")).to_be_visible()
    expect(page).to_have_url(re.compile("measure=in"))


def test_everything_but_the_map_works_without_a_script(visit: Visitors, world: World) -> None:
    page = enter(visit, world, java_script_enabled=False)
    page.goto("/overview/")
    where = page.get_by_role("region", name="各地人数")
    where.get_by_role("link", name="甘肃省").click()
    where.get_by_role("link", name="兰州市").click()
    expect(page.get_by_role("row", name="城关区")).to_be_visible()
    page.goto("/journeys/")
    page.get_by_label("姓名").fill("望川")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_role("heading", name="流动党员 1 人")).to_be_visible()
