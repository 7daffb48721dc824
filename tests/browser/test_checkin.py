"""Does checking in work on a phone: one tap, one confirmation, on a bad network, without position, without JavaScript?"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, Route, expect

from hongyan.geography.evidence import Evidence
from hongyan.geography.locating import locate
from hongyan.journeys.links import path_for
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.states import Status, Verb
from tests.browser.conftest import PHONE, Visitors
from tests.world import World, build_world, journey_at

SQUARE = (36.0573719, 103.8346127)
COUNT_CLICKS = """
sessionStorage.clicks ??= 0;
addEventListener("click", () => { sessionStorage.clicks = Number(sessionStorage.clicks) + 1; }, true);
"""


@pytest.fixture(scope="module", autouse=True)
def ready() -> None:
    """Read the boundaries before the first tap, as the server has done long before a member comes."""
    locate(Evidence(36.057, 103.835))
    expect.set_options(timeout=15_000)


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def journey(world: World) -> Journey:
    return journey_at(world, Status.AWAITING)


def moves(journey: Journey, verb: Verb) -> int:
    """Count how often this move was made."""
    return Transition.objects.filter(journey=journey, verb=verb).count()


def open_link(visit: Visitors, journey: Journey, **options: object) -> Page:
    """Open the link as the member does, on a phone."""
    page = visit(PHONE, **options)  # type: ignore[arg-type]
    page.goto(path_for(journey))
    return page


def test_from_the_link_to_done_is_one_tap_and_one_confirmation(
    visit: Visitors, journey: Journey, world: World
) -> None:
    page = visit(PHONE, position=SQUARE)
    page.add_init_script(COUNT_CLICKS)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    page.goto(path_for(journey))
    page.get_by_role("button", name="一键报到").click()
    expect(page.get_by_role("heading", name="甘肃省兰州市城关区")).to_be_visible()
    page.get_by_role("button", name="确认报到").click()
    expect(page.get_by_role("heading", name="报到成功")).to_be_visible()
    assert page.evaluate("sessionStorage.clicks") == "2"
    expect(page.get_by_role("link", name="打电话给周景行")).to_have_attribute("href", "tel:0000-1000000")
    journey.refresh_from_db()
    assert journey.holder == world["chengguan"]
    body = next(request.post_data or "" for request in sent if request.url.endswith("/place/"))
    assert "lat=36.057&" in body
    assert "lng=103.835&" in body
    assert not [request.url for request in sent if "36.05" in request.url]
    assert "36.05" not in page.evaluate("JSON.stringify(sessionStorage) + document.documentElement.outerHTML")


def test_the_position_is_asked_for_once_and_only_on_the_tap(visit: Visitors, journey: Journey) -> None:
    page = visit(PHONE, position=SQUARE)
    page.add_init_script(
        """
        window.asked = 0;
        const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
        navigator.geolocation.getCurrentPosition = (...given) => { window.asked += 1; ask(...given); };
        navigator.geolocation.watchPosition = () => { window.asked += 100; };
        """
    )
    page.goto(path_for(journey))
    assert page.evaluate("window.asked") == 0
    page.get_by_role("button", name="一键报到").click()
    expect(page.get_by_role("button", name="确认报到")).to_be_visible()
    assert page.evaluate("window.asked") == 1


def test_a_denied_position_leads_kindly_to_the_choice_by_hand(visit: Visitors, journey: Journey) -> None:
    page = open_link(visit, journey)
    page.get_by_role("button", name="一键报到").click()
    expect(page.get_by_text("没有取得位置也没关系")).to_be_visible()
    page.get_by_label("写下您现在的住址").fill("兰州市城关区天水南路社区")
    page.keyboard.press("Enter")
    expect(page.get_by_text("团结新村街道天水南路社区")).to_be_visible()
    page.get_by_role("button", name="确认报到").click()
    expect(page.get_by_text("天水南路社区党委就近关照您")).to_be_visible()
    journey.refresh_from_db()
    assert journey.status == Status.DISPATCHING


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("Object.defineProperty(window, 'isSecureContext', {value: false})", "不能使用手机定位"),
        ("navigator.geolocation.getCurrentPosition = (good, bad) => bad({code: 3})", "一时没有找到位置"),
        ("navigator.geolocation.getCurrentPosition = (good, bad) => bad({code: 2})", "没有给出位置"),
    ],
)
def test_every_failure_of_the_position_has_its_kind_sentence(
    visit: Visitors, journey: Journey, script: str, words: str
) -> None:
    page = visit(PHONE, position=SQUARE)
    page.add_init_script(script)
    page.goto(path_for(journey))
    page.get_by_role("button", name="一键报到").click()
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("link", name="甘肃", exact=True)).to_be_visible()


def test_a_position_at_sea_is_said_and_not_guessed(visit: Visitors, journey: Journey) -> None:
    page = open_link(visit, journey, position=(20.0, 117.0))
    page.get_by_role("button", name="一键报到").click()
    expect(page.get_by_text("定位显示您在海上")).to_be_visible()
    expect(page.get_by_role("button", name="确认报到")).to_have_count(0)


def test_everything_works_without_javascript(visit: Visitors, journey: Journey) -> None:
    page = open_link(visit, journey, java_script_enabled=False)
    page.get_by_role("button", name="一键报到").click()
    expect(page.get_by_text("没有收到位置")).to_be_visible()
    page.get_by_role("link", name="甘肃", exact=True).click()
    page.get_by_role("link", name="兰州市", exact=True).click()
    page.get_by_role("link", name="城关区", exact=True).click()
    page.get_by_role("button", name="团结新村街道").click()
    page.get_by_role("button", name="确认报到").click()
    expect(page.get_by_role("heading", name="报到成功")).to_be_visible()
    journey.refresh_from_db()
    assert journey.destination_id == "620102016"


def failing(times: int) -> tuple[list[str], Callable[[Route], None]]:
    """Build a network that loses the answer of the first requests after the server has done its work."""
    bodies: list[str] = []

    def answer(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        if len(bodies) <= times:
            if len(bodies) == 1:
                route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    return bodies, answer


def test_a_lost_answer_is_sent_again_with_the_same_key(visit: Visitors, journey: Journey) -> None:
    page = open_link(visit, journey, position=SQUARE)
    page.get_by_role("button", name="一键报到").click()
    bodies, answer = failing(2)
    page.route("**/check-in/", answer)
    page.get_by_role("button", name="确认报到").dblclick()
    expect(page.get_by_text("已经记下，正在重新发送")).to_be_visible()
    expect(page.get_by_role("heading", name="报到成功")).to_be_visible(timeout=25_000)
    assert len(bodies) == 3
    assert len(set(bodies)) == 1
    assert (moves(journey, Verb.CHECK_IN), moves(journey, Verb.RELOCATE)) == (1, 0)
    assert page.evaluate("sessionStorage.length") == 0


def test_a_tap_survives_a_reload(visit: Visitors, journey: Journey) -> None:
    page = open_link(visit, journey, position=SQUARE)
    page.get_by_role("button", name="一键报到").click()
    page.route("**/check-in/", lambda route: route.abort())
    page.get_by_role("button", name="确认报到").click()
    expect(page.get_by_text("已经记下，正在重新发送")).to_be_visible()
    page.unroute("**/check-in/")
    page.reload()
    expect(page.get_by_role("heading", name="报到成功")).to_be_visible()
    assert moves(journey, Verb.CHECK_IN) == 1


def test_going_back_shows_where_one_started(visit: Visitors, journey: Journey) -> None:
    page = open_link(visit, journey, position=SQUARE)
    page.get_by_role("button", name="一键报到").click()
    expect(page.get_by_role("button", name="确认报到")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="一键报到")).to_be_visible()


def test_the_keyboard_and_a_screen_reader_get_through(visit: Visitors, journey: Journey) -> None:
    page = open_link(visit, journey, position=SQUARE)
    button = page.get_by_role("button", name="一键报到")
    expect(button).to_have_accessible_description(
        "点这个按钮即同意本次定位：只用来查找您所在的区县和街道，不保存坐标，不跟踪。"
        "不同意可直接选地址，办理不受影响。我们怎样使用这次位置"
    )
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="城关区")).to_be_focused()
    page.get_by_label("您住在哪个社区或街道").focus()
    page.keyboard.type("天水南路社区")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="报到成功")).to_be_focused()
    expect(page.get_by_role("list", name="进度").get_by_role("listitem")).to_have_count(4)


def test_targets_are_large_and_larger_in_large_type(visit: Visitors, journey: Journey) -> None:
    page = open_link(visit, journey)
    for smallest, letters in ((44, 16), (60, 18)):
        heights = page.eval_on_selector_all(
            "a.btn, button, summary, .call", "all => all.map(one => one.getBoundingClientRect().height)"
        )
        shown = [height for height in heights if height]
        assert min(shown) >= smallest, shown
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= letters
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if smallest == 44:
            page.get_by_role("button", name="大字版").click()
            expect(page.get_by_role("button", name="标准字号")).to_be_visible()


def test_his_own_page_is_open_after_checking_in(visit: Visitors, world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    page = open_link(visit, journey, position=SQUARE)
    page.get_by_role("button", name="一键报到").click()
    page.get_by_role("button", name="确认报到").click()
    page.get_by_role("link", name="我的首页").click()
    expect(page.get_by_role("heading", name="报到成功")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("办理经过")).to_be_visible()
