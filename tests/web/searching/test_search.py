"""Does an official find whom and what he looks for, and nobody whose name or number he may not know?"""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hongyan.audit.models import AccessLog
from hongyan.journeys import actions
from hongyan.journeys.states import CloseReason, Status
from hongyan.members.models import Member
from hongyan.members.sealing import phone_of
from hongyan.web.searching.people import SHOWN, read
from tests.web.console.people import browser_of, words
from tests.web.signing_in import signed_in
from tests.world import NOW, World, add_member, came_home, journey_at

pytestmark = pytest.mark.django_db
# Session and seats, then people at home and hosted, what is known of them, organisations, and the record.
QUERIES = 16


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def found(world: World, who: str, text: str) -> str:
    answer = browser_of(world, who).get("/search/", {"q": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return words(answer.content)


def looked_at(world: World, member: str) -> int:
    code = f"member:{world.members[member].pk}"
    return AccessLog.objects.filter(person=code, purpose="search").count()


@pytest.mark.parametrize("text", ["陈望", "陈望川", "cw", "CWC", "陈wc", " 陈望川 "])
def test_a_member_is_found_by_name_and_initials(world: World, text: str) -> None:
    journey_at(world, Status.AWAITING)
    page = found(world, "village_secretary", text)
    assert "陈望川" in page
    assert "待报到" in page
    assert "罗小川" not in page
    assert looked_at(world, "chen") == 1
    assert looked_at(world, "luo") == 0


def test_a_member_is_found_by_the_end_of_his_number(world: World) -> None:
    journey_at(world, Status.AWAITING)
    number = phone_of(world.members["chen"])
    for text in (number[-4:], number[-6:], number, f"陈望 {number[-4:]}", f"cwc {number[-5:]}"):
        page = found(world, "village_secretary", text)
        assert "陈望川" in page, text
        assert "罗小川" not in page, text
        # No number is shown, nor found by another name or by too few digits.
        assert number[:7] not in page
    for text in (number[-3:], f"罗小 {number[-4:]}", f"9{number[-4:]}"):
        assert "陈望川" not in found(world, "village_secretary", text), text


def test_the_number_of_whoever_limits_its_use_is_for_his_branch_alone(world: World) -> None:
    journey_at(world, Status.AWAITING)
    chen = world.members["chen"]
    Member.objects.filter(pk=chen.pk).update(restricted_at=NOW, restricted_by=f"member:{chen.pk}")
    number = phone_of(chen)
    assert "陈望川" in found(world, "village_secretary", number)
    assert "陈望川" not in found(world, "minqin_department", number)
    assert "陈望川" in found(world, "minqin_department", "陈望川")


@pytest.mark.parametrize("by", ["name", "number"])
def test_nobody_is_found_whose_name_one_may_not_read(world: World, by: str) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    text = "陈望川" if by == "name" else phone_of(world.members["chen"])
    strangers = ("next_village_secretary", "community_secretary", "street_organiser", "anning_department")
    for who in strangers:
        assert "陈望川" not in found(world, who, text).replace("“陈望川”", ""), who
    assert looked_at(world, "chen") == 0
    for who in ("village_secretary", "town_organiser", "minqin_department", "province_department"):
        assert "分办中" in found(world, who, text), who
    actions.accept(journey=journey, by=world.actor("community_secretary"), at=NOW)
    for who in ("community_secretary", "street_organiser"):
        page = found(world, who, text)
        assert "已纳管" in page
        assert "天水南路社区党委" in page
    # What has ended stays with its home alone.
    journey.refresh_from_db()
    journey = actions.start_return(journey=journey, by=world.actor("chen"), at=NOW)
    journey = came_home(world, journey)
    actions.end(journey=journey, by=world.actor("village_secretary"), at=NOW, reason=CloseReason.RETURNED)
    assert "已纳管" not in found(world, "community_secretary", text)
    assert looked_at(world, "chen") == 6
    assert "已结束" in found(world, "village_secretary", text)


def test_the_rest_of_the_roster_is_found_by_whoever_may_mark(world: World) -> None:
    page = found(world, "village_secretary", "罗小川")
    assert "没有外出" in page
    # A window may see who is away; it marks nobody.
    assert "没有外出" not in found(world, "window_clerk", "罗小川")
    browser = browser_of(world, "village_secretary")
    body = browser.get("/search/", {"q": "罗小川"}).content.decode()
    address = f"/mark/?member={world.members['luo'].pk}"
    assert address in body
    assert "checked" in browser.get(address).content.decode()


def test_whoever_is_gone_from_the_roster_is_not_found(world: World) -> None:
    luo, chen = world.members["luo"], world.members["chen"]
    Member.objects.filter(pk=luo.pk).update(merged_into=chen, merged_at=NOW, merged_by="x")
    assert "没有外出" not in found(world, "village_secretary", "罗小川")


def test_too_little_to_go_by_shows_nobody(world: World) -> None:
    for text in ("陈", "c", "000", "1", "·"):
        assert read(text) is None
        assert "两个以上的字" in found(world, "village_secretary", text)
    assert found(world, "village_secretary", "").strip() == ""
    assert AccessLog.objects.filter(purpose="search").count() == 0
    assert "没有找到" in found(world, "village_secretary", "查无此人%_")


def test_many_of_one_name_are_not_all_shown(world: World) -> None:
    for number in range(SHOWN + 3):
        add_member(world, f"m{number}", "王小明", "village")
    page = found(world, "village_secretary", "王小明")
    assert page.count("王小明") == SHOWN
    assert "加上手机号后四位" in page
    assert AccessLog.objects.filter(purpose="search").count() == SHOWN
    one = phone_of(world.members["m7"])[-4:]
    assert found(world, "village_secretary", f"王小明 {one}").count("王小明") == 1


@pytest.mark.parametrize("text", ["天水", "天水南路", "tsnl", "水南", "兰州 天水", "TSNL"])
def test_organisations_are_found_with_them(world: World, text: str) -> None:
    rename = world["tianshui_south"]
    assert rename.initials == "tsnlsqdw"
    page = found(world, "village_secretary", text)
    assert ("天水南路社区党委" in page) is (text != "兰州 天水")
    if text != "兰州 天水":
        assert "城关区委组织部 › 团结新村街道党工委" in page


def test_the_page_works_by_keyboard_and_without_scripts(world: World) -> None:
    browser = browser_of(world, "village_secretary")
    whole = browser.get("/search/", {"q": "陈望川"})
    text = whole.content.decode()
    assert "<title>查找 · 鸿雁</title>" in text
    assert "autofocus" in text
    assert 'value="陈望川"' in text
    # From every other page: a form that any browser can send.
    desk = browser.get("/desk/").content.decode()
    assert '<form method="get" action="/search/"' in desk
    assert '<form method="get" action="/search/"' not in text


def test_it_stays_light_and_asks_little(world: World) -> None:
    for number in range(SHOWN + 3):
        add_member(world, f"m{number}", "天水南", "village")
    browser = browser_of(world, "village_secretary")
    browser.get("/search/")
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get("/search/", {"q": "天水南"}, headers={"HX-Request": "true"})
    assert len(queries) <= QUERIES
    assert len(answer.content) < 20_000
    assert answer.headers["Cache-Control"] == "no-store"


def test_observers_and_members_have_no_search(world: World) -> None:
    for who in ("observer", "chen"):
        assert browser_of(world, who).get("/search/", {"q": "陈望川"}).status_code == 404
    assert Client().get("/search/").status_code == 302
    assert "/search/" not in signed_in(world.members["chen"]).get("/m/").content.decode()


def test_the_roster_of_the_marking_page_is_searched_by_initials_too(world: World) -> None:
    browser = browser_of(world, "village_secretary")
    page = words(browser.get("/mark/", {"q": "lxc"}).content)
    assert "罗小川" in page
    assert "陈望川" not in page
