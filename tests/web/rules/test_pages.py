"""Do the pages of the rules show what is in force, take a change, and say what is wrong with one?"""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from hongyan.journeys.models import PeriodChange
from hongyan.journeys.periods import NAMES
from hongyan.schedule.models import Run
from hongyan.schedule.working import work_once
from hongyan.web.rules import views
from hongyan.web.rules.rows import JOB_LABELS
from tests.web.console.people import typed_value, words
from tests.web.signing_in import signed_in
from tests.world import NOW, TODAY, World

ADDRESS = "/rules/settle/?name=check_in_days"


@pytest.fixture(autouse=True)
def now() -> object:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def browser(world: World, who: str = "province_department") -> Client:
    return signed_in(world.users[who], fresh=True)


def sent(**other: object) -> dict[str, object]:
    return {"value": "20", "from_on": TODAY.isoformat(), "expect": "0", **other}


def test_the_page_shows_every_period_its_history_and_every_job(world: World, settings: object) -> None:
    page = words(browser(world).get("/rules/").content)
    assert "出发后报到的期限" in page
    assert "还没有调整过" in page
    assert page.count("系统默认") == len(NAMES) + 1
    assert page.count("没有按时运行") == len(JOB_LABELS) + 1
    work_once(now=lambda: NOW)
    assert words(browser(world).get("/rules/").content).count("正常") == len(JOB_LABELS)


def test_a_job_is_late_only_when_its_schedule_had_the_time(world: World) -> None:
    work_once(now=lambda: NOW)
    Run.objects.filter(job="seal").delete()
    page = words(browser(world).get("/rules/").content)
    assert "还没有运行过" in page
    # The sentence above the table names the words.
    assert page.count("没有按时运行") == 1
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        page = words(browser(world).get("/rules/").content)
    assert "还没有运行过" not in page
    assert page.count("没有按时运行") > 1


def test_a_change_is_saved_and_shown_with_who_and_when(world: World) -> None:
    client = browser(world)
    assert typed_value(client.get(ADDRESS).content, "expect") == "0"
    assert client.post(ADDRESS, sent(), follow=True).redirect_chain == [("/rules/", 302)]
    page = words(client.get("/rules/").content)
    assert "20 天" in page
    assert "原来 15 天" in page
    assert world.users["province_department"].name in page.partition("调整记录")[2]
    assert (
        client.post(
            ADDRESS, sent(value="30", from_on=(TODAY + timedelta(days=9)).isoformat(), expect="1")
        ).status_code
        == 302
    )
    assert "起 30 天" in words(client.get("/rules/").content)


def test_bad_input_keeps_what_was_typed(world: World) -> None:
    client = browser(world)
    for fields, status, sentence in (
        (sent(value="zwanzig"), 422, "请填一个整数"),
        (sent(value=""), 422, "请填写新的期限"),
        (sent(from_on="2026-13-01"), 422, "请按 2026-12-31 这样写日期"),
        (sent(value="400"), 409, "3 到 90"),
        (sent(value="15"), 409, "没有要保存的改动"),
        (sent(from_on=(TODAY - timedelta(days=1)).isoformat()), 409, "不能早于今天"),
    ):
        answer = client.post(ADDRESS, fields)
        assert answer.status_code == status, fields
        assert sentence in words(answer.content)
        assert typed_value(answer.content, "value") == str(fields["value"])
    assert not PeriodChange.objects.exists()


def test_whoever_was_slower_is_told_who_was_faster_and_twice_is_harmless(world: World) -> None:
    client = browser(world)
    assert client.post(ADDRESS, sent()).status_code == 302
    again = client.post(ADDRESS, sent(value="25"))
    assert again.status_code == 409
    assert world.users["province_department"].name in words(again.content)
    assert client.post(ADDRESS, sent()).status_code == 409
    assert PeriodChange.objects.count() == 1


def test_for_everybody_else_the_pages_do_not_exist(world: World) -> None:
    for who in ("minqin_department", "village_secretary", "window_clerk", "observer"):
        client = signed_in(world.users[who], fresh=True)
        assert client.get("/rules/").status_code == 404
        assert client.get(ADDRESS).status_code == 404
        assert client.post(ADDRESS, sent()).status_code == 404
    assert "设置</a>" not in signed_in(world.users["minqin_department"]).get("/desk/").content.decode()
    assert "设置</a>" in browser(world).get("/desk/").content.decode()
    assert Client().get("/rules/").status_code == 302
    assert browser(world).post("/rules/").status_code == 405
    assert browser(world).get("/rules/settle/?name=gone").status_code == 404


def test_an_unpublished_year_is_said_on_the_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for year, said in ((None, False), (2041, True)):
        monkeypatch.setattr(views, "unknown_year", lambda at, year=year: year)
        assert ("2041 年的放假和调休安排还没有载入" in words(browser(world).get("/rules/").content)) == said


def test_the_page_asks_no_more_when_there_is_more_to_show(
    world: World, django_assert_max_num_queries: object
) -> None:
    client = browser(world)
    client.get("/rules/")
    for number in range(30):
        PeriodChange.objects.create(
            name="hop_limit",
            number=number + 1,
            value=9,
            from_on=TODAY,
            settled_at=NOW,
            settled_by=f"user:{number}",
        )
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        assert client.get("/rules/").status_code == 200
