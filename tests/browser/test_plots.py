"""Are the plots drawn under the strict policy, in every size and light, and does the big screen keep itself fresh?"""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from tests.browser.conftest import OFFICE, PHONE, WIDE, Visitors
from tests.browser.test_overview import enter
from tests.world import World, build_world, journey_at

KINDS = ("calendar", "pyramid", "line")


@pytest.fixture
def world(transactional_db: None, maps: Path, settings: Any) -> World:
    settings.STATICFILES_DIRS = [maps]
    world = build_world()
    journey_at(world, Status.HOSTED)
    journey_at(world, Status.RELOCATING, "luo")
    return world


def shapes(page: Page, kind: str) -> int:
    """Count what is drawn of a plot."""
    plots = page.locator(f'[data-plot="{kind}"]')
    expect(plots.first).to_be_attached(timeout=20_000)
    for plot in plots.all():
        expect(plot).to_have_attribute("data-drawn", "yes", timeout=20_000)
        expect(plot.locator("svg")).to_be_visible()
    return min(plot.locator("svg path").count() for plot in plots.all())


@pytest.mark.parametrize("size", [OFFICE, WIDE, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_plot_is_drawn_and_nothing_overflows(
    visit: Visitors, world: World, size: ViewportSize, scheme: str
) -> None:
    page = enter(visit, world, size, color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"/overview/{world['gansu'].pk}/plots/")
    # A day is a square, a week a point of a line, a band a bar: fewer would be an empty frame.
    least = {"calendar": 150, "pyramid": 16, "line": 4}
    for kind in KINDS:
        assert shapes(page, kind) >= least[kind], kind
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    ink = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink').trim()")
    assert page.locator(f'[data-plot="pyramid"] svg text[fill="{ink}"]').count() > 8


def test_the_overview_draws_its_plots_when_one_comes_to_them(visit: Visitors, world: World) -> None:
    page = enter(visit, world)
    page.goto("/overview/")
    expect(page.get_by_role("link", name="看图表")).to_be_attached()
    page.locator("#plots").scroll_into_view_if_needed()
    for kind in KINDS:
        assert shapes(page, kind)
    expect(page.get_by_role("heading", name="外出多久了")).to_be_visible()


def test_one_reaches_every_number_by_keyboard_alone(visit: Visitors, world: World) -> None:
    Journey.objects.update(departs_on="2020-02-01")
    page = enter(visit, world)
    page.goto(f"/overview/{world['gansu'].pk}/plots/")
    shapes(page, "pyramid")
    page.get_by_role("button", name="标记流出").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="标记流出")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="报到", exact=True)).to_have_attribute("aria-pressed", "false")
    card = page.get_by_role("region", name="外出多久了", exact=True)
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    number = card.get_by_role("link", name="5 年以上流出 2 人")
    expect(number).to_be_visible()
    # The table itself scrolls by keyboard, so it is a stop before its numbers.
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(number).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="流出 2 人")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("外出时间：5 年以上"))).to_be_visible()


def test_a_bar_opens_the_list_it_stands_for(visit: Visitors, world: World) -> None:
    Journey.objects.update(departs_on="2020-02-01")
    page = enter(visit, world, reduced_motion="reduce")
    page.goto(f"/overview/{world['gansu'].pk}/plots/")
    shapes(page, "pyramid")
    spot = page.evaluate(
        """() => { const chart = echarts.getInstanceByDom(document.querySelector('[data-plot="pyramid"]'));
        return chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, [1, 7]); }"""
    )
    page.locator('[data-plot="pyramid"]').scroll_into_view_if_needed()
    box = page.locator('[data-plot="pyramid"]').bounding_box()
    assert box
    page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])
    expect(page.get_by_role("heading", name="流出 2 人")).to_be_visible()


def test_plots_put_on_light_when_they_are_printed(visit: Visitors, world: World) -> None:
    page = enter(visit, world, color_scheme="dark")
    page.goto(f"/overview/{world['gansu'].pk}/plots/")
    shapes(page, "pyramid")
    ink = """() => getComputedStyle(document.documentElement).getPropertyValue("--ink").trim()"""
    dark = page.evaluate(ink)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    light = page.evaluate(ink)
    assert light != dark
    assert page.locator(f'[data-plot="pyramid"] svg text[fill="{light}"]').count() > 8
    assert page.locator('[data-plot="calendar"] svg').get_attribute("width") == "680"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(ink) == dark
    assert page.locator(f'[data-plot="pyramid"] svg text[fill="{dark}"]').count() > 8


def test_without_a_script_words_and_tables_are_there(visit: Visitors, world: World) -> None:
    page = enter(visit, world, java_script_enabled=False)
    page.goto("/overview/")
    page.get_by_role("link", name="看图表").click()
    expect(page.get_by_text("近一年报到 2 人次")).to_be_visible()
    expect(page.locator("[data-plot]").first).to_be_hidden()
    expect(page.get_by_role("button", name="标记流出")).to_be_hidden()
    page.get_by_role("region", name="一年里的每一天", exact=True).locator("summary").click()
    expect(page.get_by_role("columnheader", name="接收流入")).to_be_visible()


def series(page: Page) -> list[str]:
    """List what lies on the map."""
    return list(
        page.evaluate(
            """() => echarts.getInstanceByDom(document.querySelector(".map")).getOption().series.map((one) => one.type)"""
        )
    )


def test_lines_come_and_go_and_are_remembered(visit: Visitors, world: World) -> None:
    page = enter(visit, world)
    address = f"/overview/{world['gansu'].pk}/?direction=out&code=62"
    page.goto(address)
    expect(page.locator('[data-drawn="62"] canvas').first).to_be_visible(timeout=20_000)
    assert series(page) == ["map", "lines", "lines", "scatter"]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    button = page.get_by_role("button", name="流向线")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert series(page) == ["map", "scatter"]
    assert asked == []
    page.goto(address)
    expect(page.locator('[data-drawn="62"] canvas').first).to_be_visible(timeout=20_000)
    assert series(page) == ["map", "scatter"]
    # What the lines would say is in a table whether they are drawn or not.
    page.get_by_text("流向线各是多少人").click()
    row = page.get_by_role("row", name="武威市 → 兰州市")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name="流出 1 人")).to_be_visible()


def test_a_map_keeps_its_shape_in_any_room(visit: Visitors, world: World) -> None:
    page = enter(visit, world)
    ratios = []
    for size in (OFFICE, PHONE):
        page.set_viewport_size(size)
        page.goto("/overview/")
        expect(page.locator('[data-drawn="china"] canvas').first).to_be_visible(timeout=20_000)
        ratios.append(
            page.evaluate(
                """() => { const chart = echarts.getInstanceByDom(document.querySelector(".map"));
                const at = (place) => chart.convertToPixel("geo", place);
                const [west, north] = at([80, 45]), [east, south] = at([120, 25]);
                return (east - west) / (south - north); }"""
            )
        )
    # 40 degrees of longitude at 35° north are about 33 degrees of latitude.
    assert ratios == pytest.approx([40 * 0.81 / 20] * 2, rel=0.03)


def test_the_map_of_hainan_shows_its_sea(visit: Visitors, world: World) -> None:
    page = enter(visit, world)
    page.goto(f"/overview/{world['gansu'].pk}/?direction=out&code=46")
    expect(page.locator('[data-drawn="46"] canvas').first).to_be_visible(timeout=20_000)
    pair = page.evaluate(
        """() => { const chart = echarts.getInstanceByDom(document.querySelector(".map")), place = document.querySelector(".map");
        const spot = chart.convertToPixel({ geoIndex: 1 }, [112.8, 4.5]);
        return [spot[0] > 0 && spot[0] < place.clientWidth && spot[1] > 0 && spot[1] < place.clientHeight,
          chart.getOption().geo.length]; }"""
    )
    assert pair == [True, 2]


def screen(visit: Visitors, world: World, size: ViewportSize, **options: Any) -> Page:
    """Open the big screen and wait for its map; its clock is in the test's hand."""
    page = enter(visit, world, size, reduced_motion="reduce", **options)
    page.clock.install()
    page.goto(f"/overview/{world['gansu'].pk}/screen/")
    expect(page.locator('[data-screen-places][data-drawn="yes"] canvas').first).to_be_visible(timeout=20_000)
    return page


@pytest.mark.parametrize("size", [WIDE, OFFICE])
def test_the_screen_fits_its_window(visit: Visitors, world: World, size: ViewportSize) -> None:
    page = screen(visit, world, size)
    for kind in ("calendar", "line"):
        assert shapes(page, kind)
    root = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert root == [size["width"], size["height"]]
    cut = page.evaluate(
        """() => [...document.querySelectorAll("main > *")].filter((each) => each.scrollHeight > each.clientHeight + 1 ||
        each.getBoundingClientRect().bottom > innerHeight).map((each) => each.className)"""
    )
    assert cut == []
    expect(page.get_by_text("审图号")).to_be_visible()
    page.get_by_role("link", name="退出大屏").click()
    expect(page).to_have_url(re.compile(r"/overview/\d+/$"))


def test_the_screen_refreshes_itself_and_says_when_it_could_not(visit: Visitors, world: World) -> None:
    page = screen(visit, world, WIDE)
    out = page.locator(".huge").first
    expect(out).to_have_text("2")
    Journey.objects.filter(member=world.members["luo"]).update(is_short=True)
    page.clock.run_for(61_000)
    expect(out).to_have_text("1")
    state = page.locator("[data-state]")
    expect(state).to_have_text("每分钟更新")

    def refuse(route: Route) -> None:
        route.fulfill(status=503, body="")

    page.route("**/screen/", refuse)
    page.clock.run_for(61_000)
    expect(state).to_have_text(re.compile("更新没有成功，数字停在 ..:..，一分钟后再试"))
    expect(out).to_have_text("1")
    page.unroute("**/screen/", refuse)
    page.clock.run_for(61_000)
    expect(state).to_have_text("每分钟更新")
    for kind in ("calendar", "line"):
        assert shapes(page, kind)
    page.context.clear_cookies()
    page.clock.run_for(61_000)
    expect(state).to_have_text(re.compile("登录已到期"))
    expect(out).to_have_text("1")
