"""Do the pages show what was tried, to whom it concerns, and print what the branch needs?"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from hongyan.audit.models import AccessLog
from hongyan.journeys import actions
from hongyan.journeys.models import Journey, Search
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from tests.web.console.people import asked, browser_of, words
from tests.world import NOW, SPARED, World, add_member, journey_at

HOME, HOST = "village_secretary", "community_secretary"


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lost(world: World) -> Journey:
    journey = journey_at(world, Status.HOSTED)
    return actions.flag_lost(journey=journey, by=world.actor(HOME), at=NOW, note="电话停机")


def post(world: World, who: str, name: str, journey: Journey, **fields: str) -> str:
    journey.refresh_from_db()
    answer = browser_of(world, who).post(
        reverse(name, args=[journey.pk]), asked(journey, **fields), follow=True
    )
    return words(answer.content)


def read(world: World, who: str, name: str, journey: Journey) -> str:
    answer = browser_of(world, who).get(reverse(name, args=[journey.pk]))
    assert answer.status_code == 200
    return words(answer.content)


def test_the_log_shows_what_was_tried_and_what_not(world: World, lost: Journey) -> None:
    for who in (HOME, HOST):
        assert "还没有登记过查找" in read(world, who, "lost_case", lost)
    said = post(world, HOST, "log_search", lost, way="family", outcome="trace", note="家属说换了工地")
    assert "已登记一次查找陈某的情况" in said
    page = read(world, HOME, "lost_case", lost)
    assert "家属说换了工地" in page
    assert "还没有试过：打电话" in page
    assert "走访家属、" not in page


def test_from_flag_to_papers_to_decision_to_the_end(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    assert "已列入失联关注" in post(world, HOME, "flag_lost", journey, note="电话停机")
    papers = read(world, HOME, "dossier", journey)
    assert "系统只列事实和时间，不作结论" in papers
    assert "电话停机" in papers
    browser_of(world, HOME).post(reverse("dossier", args=[journey.pk]))
    assert "登记支部决定" in read(world, HOME, "lost_case", journey)
    sent = {"decided_on": "2026-11-20", "note": "支部大会讨论通过"}
    assert "已登记支部对陈某的决定" in post(world, HOME, "record_decision", journey, **sent)
    assert "已办结" in post(world, HOME, "end", journey, reason="removed", note="支部大会决定")


def test_a_search_has_its_own_tag_and_deadline_on_every_move(world: World, lost: Journey) -> None:
    for name, said in (
        ("log_search", "还剩 7 天"),
        ("record_decision", "还剩 7 天"),
        ("contact", "失联关注"),
    ):
        body = browser_of(world, HOME).get(reverse(name, args=[lost.pk])).content
        found = re.search(rb'<div class="head">.*?</div>', body, re.DOTALL)
        assert found, name
        assert "失联关注" in words(found[0]), name
        assert "已纳管" not in words(found[0]), name
        assert said in words(found[0]), name


def test_while_somebody_is_looked_for_every_page_has_the_clock_of_the_search(
    world: World, lost: Journey
) -> None:
    add_member(world, "wen", "温如言", "village")
    late = journey_at(world, Status.HOSTED, "wen")
    for journey, days in ((lost, 174), (late, 5)):
        passed = NOW - timedelta(days=days)
        Journey.objects.filter(pk=journey.pk).update(due_at=passed, host_due_at=passed, home_due_at=passed)
    post(world, HOST, "log_search", lost, way="family", outcome="nothing")
    for who in (HOME, HOST):
        rows = [row for row, _ in browser_of(world, who).get("/desk/").context["rows"]]
        assert [row.journey.pk for row in rows] == [late.pk, lost.pk], who
        assert [row.deadline.left for row in rows if row.deadline] == ["超期 5 天", "还剩 7 天"], who
        for name in ("journey", "contact"):
            page = read(world, who, name, lost)
            assert "还剩 7 天" in page, (who, name)
            assert "超期" not in page, (who, name)
    # What the branch has decided is searched for no longer; nobody falls off the desk.
    Search.objects.filter(journey=lost).update(next_due_at=None)
    rows = [row for row, _ in browser_of(world, HOST).get("/desk/").context["rows"]]
    assert [row.journey.pk for row in rows] == [lost.pk, late.pk]
    assert rows[0].deadline.left == "超期 174 天"
    for who in (HOME, HOST):
        page = read(world, who, "journey", lost)
        assert "支部已对失联作出决定；本人有了消息，请登记联系" in page, who
        assert "请查找本人" not in page, who


def test_no_days_are_counted_on_the_day_itself(world: World, lost: Journey) -> None:
    Search.objects.filter(journey=lost).update(heard_on=NOW.date())
    for name in ("lost_case", "dossier"):
        assert "至今" not in read(world, HOME, name, lost), name
    assert "列入原因：电话停机" in read(world, HOME, "lost_case", lost)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        assert "至今 2 天" in read(world, HOME, "lost_case", lost)


def test_without_a_decision_nobody_is_removed(world: World, lost: Journey) -> None:
    assert "由支部决定" in post(world, HOME, "end", lost, reason="removed", note="支部大会决定")
    lost.refresh_from_db()
    assert lost.status == Status.HOSTED


def test_the_papers_are_homes_alone(world: World, lost: Journey) -> None:
    for who in (HOST, "caretaker", "next_village_secretary", "observer"):
        assert browser_of(world, who).get(reverse("dossier", args=[lost.pk])).status_code == 404, who


def test_who_sees_only_a_card_sees_no_search(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    actions.flag_lost(journey=journey, by=world.actor(HOME), at=NOW, note="电话停机")
    assert browser_of(world, HOST).get(reverse("lost_case", args=[journey.pk])).status_code == 404
    assert "陈" not in words(browser_of(world, HOST).get("/lost/").content)


def test_the_list_has_three_kinds_and_remembers_who_looked(world: World, lost: Journey) -> None:
    add_member(world, "wen", "温如言", "village")
    old = journey_at(world, Status.HOSTED, "wen")
    Member.objects.filter(pk=old.member_id).update(**SPARED)
    with time_machine.travel(NOW + timedelta(days=120), tick=False):
        actions.watch_due(at=NOW + timedelta(days=120), limit=9)
        browser = browser_of(world, HOME)
        assert "陈望川" in words(browser.get("/lost/").content)
        cared = words(browser.get("/lost/?group=cared").content)
        assert "温如言" in cared
        assert "关心对象" in cared
        assert "温如言" not in words(browser.get("/lost/").content)
    people = set(AccessLog.objects.filter(purpose="lost").values_list("person", flat=True))
    assert people == {f"member:{lost.member_id}", f"member:{old.member_id}"}


def test_the_list_costs_the_same_for_one_and_for_many(
    world: World, lost: Journey, django_assert_max_num_queries: object
) -> None:
    for number in range(6):
        add_member(world, f"m{number}", f"温{number}言", "village")
        journey = journey_at(world, Status.HOSTED, f"m{number}")
        actions.flag_lost(journey=journey, by=world.actor(HOME), at=NOW, note="电话停机")
    browser: Client = browser_of(world, HOME)
    browser.get("/lost/")
    with django_assert_max_num_queries(26):  # type: ignore[operator]
        assert "温5言" in words(browser.get("/lost/").content)


def test_a_form_that_lacks_something_keeps_what_was_typed(world: World, lost: Journey) -> None:
    address = reverse("log_search", args=[lost.pk])
    sent = asked(lost, way="telepathy", outcome="nothing", note="家属说换了工地")
    answer = browser_of(world, HOME).post(address, sent)
    assert answer.status_code == 422
    assert "请从列表里选择" in words(answer.content)
    assert "家属说换了工地" in answer.content.decode()
    assert not Search.objects.get().attempts.exists()
