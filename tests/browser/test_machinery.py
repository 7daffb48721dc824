"""Does the browser of the tests see what a person's browser would: pages, positions, and its own complaints?"""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, Visitors

POSITION = """() => new Promise((found, failed) => navigator.geolocation.getCurrentPosition(
    (fix) => found([fix.coords.latitude, fix.coords.longitude, fix.coords.accuracy]), (error) => failed(error.message)
))"""
ANY_PAGE = "/no-such-page/"
# Only a page that a member's link leads to may ask where he is, even when the link opens nothing.
ASKING_PAGE = "/r/no-such-link/"


def test_the_files_of_others_are_served(visit: Visitors) -> None:
    page = visit()
    for name in ("htmx.min.js", "echarts.min.js"):
        answer = page.goto(f"/static/vendor/{name}")
        assert answer is not None
        assert answer.ok, name
        assert "sourceMappingURL" not in answer.text()


def test_a_person_stands_where_the_test_says(visit: Visitors) -> None:
    page = visit(PHONE, position=(36.057, 103.834), accuracy=80)
    page.goto(ASKING_PAGE)
    assert page.evaluate(POSITION) == [36.057, 103.834, 80]


def test_a_person_who_denies_has_no_position(visit: Visitors) -> None:
    page = visit(PHONE)
    page.goto(ASKING_PAGE)
    with pytest.raises(Exception, match="denied"):
        page.evaluate(POSITION)


def test_no_other_page_may_ask(visit: Visitors) -> None:
    page = visit(PHONE, position=(36.057, 103.834), accuracy=80)
    page.goto(ANY_PAGE)
    with pytest.raises(Exception, match="permissions policy"):
        page.evaluate(POSITION)


def test_people_do_not_share_their_cookies(visit: Visitors) -> None:
    one, other = visit(), visit(PHONE)
    for page in (one, other):
        page.goto(ANY_PAGE)
    one.evaluate("document.cookie = 'who=one'")
    assert "who=one" not in other.evaluate("document.cookie")


def _plant(page: Page, text: str) -> None:
    page.goto(ANY_PAGE)
    page.evaluate(text)
    page.wait_for_timeout(200)


def test_a_planted_inline_script_is_caught(visit: Visitors) -> None:
    _plant(
        visit(),
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.x = 1'}))",
    )
    assert any("Content Security Policy" in trouble for trouble in visit.troubles)
    visit.troubles.clear()


def test_a_planted_script_error_is_caught(visit: Visitors) -> None:
    _plant(visit(), "setTimeout(() => { throw new Error('planted') })")
    assert any("planted" in trouble for trouble in visit.troubles)
    visit.troubles.clear()
