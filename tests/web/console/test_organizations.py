"""Are organisations found by name, opened level by level, and shown with their areas, stations and people?"""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.web.console.people import browser_of, words
from tests.world import World


def test_they_are_found_by_words_of_their_name(world: World) -> None:
    browser = browser_of(world, "village_secretary")
    whole = browser.get("/organizations/", {"q": "天水 社区"})
    assert "天水南路社区党委" in words(whole.content)
    assert "城关区委组织部 › 团结新村街道党工委" in words(whole.content)
    part = browser.get(reverse("search_organizations"), {"q": "党"})
    assert len(part.content) < 20_000
    assert part.content.decode().count("<li>") > 5
    assert "没有找到" in words(browser.get(reverse("search_organizations"), {"q": "不存在%_"}).content)
    assert words(browser.get(reverse("search_organizations")).content).strip() == ""


def test_the_tree_opens_level_by_level(world: World) -> None:
    browser = browser_of(world, "chengguan_department")
    assert "城关区委组织部" in words(browser.get("/organizations/").content)
    below = browser.get(reverse("children", args=[world["chengguan"].pk]))
    assert "团结新村街道党工委" in words(below.content)
    with CaptureQueriesContext(connection) as queries:
        browser.get(reverse("children", args=[world["nation"].pk]))
    # Who has the power of an emergency pays one question more: whom he has open.
    assert len(queries) <= 7


def test_the_page_of_one(world: World) -> None:
    browser = browser_of(world, "village_secretary")
    south = words(browser.get(reverse("organization", args=[world["tianshui_south"].pk])).content)
    for text in (
        "工作日 8:30–18:00",
        "0000-1000001",
        "林知春",
        "书记",
        "微管家",
        "甘肃省兰州市城关区团结新村街道",
    ):
        assert text in south
    # Figures of people stand only where one may look.
    assert "流入在管" not in south
    assert "流入在管" in words(browser.get(reverse("organization", args=[world["village"].pk])).content)
    park = words(browser.get(reverse("organization", args=[world["jingning_park"].pk])).content)
    assert "金果食品有限公司" in park
    assert "依托单位" in park
    urumqi = words(browser.get(reverse("organization", args=[world["wuwei_in_urumqi"].pk])).content)
    assert "来自甘肃省武威市的党员" in urumqi
    assert browser.get(reverse("organization", args=[0])).status_code == 404


def test_observers_and_members_find_no_tree(world: World) -> None:
    for who in ("observer", "chen"):
        browser = browser_of(world, who)
        for page in ("/organizations/", "/organizations/search/", f"/organizations/{world['village'].pk}/"):
            assert browser.get(page).status_code == 404
