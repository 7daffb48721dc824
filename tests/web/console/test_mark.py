"""Can one member, several, and a whole pasted sheet be marked without losing a word that was typed?"""

import pytest
from django.urls import reverse

from hongyan.audit.models import AccessLog
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.sealing import phone_of
from hongyan.web.console.sheets import LIMIT, read_date, read_sheet
from tests.web.console.people import browser_of, new_key, ticks, typed_value, words
from tests.world import World, add_member, journey_at

MARK, MANY, PASTE = "/mark/", "/mark/many/", "/mark/paste/"


def sent(**fields: object) -> dict[str, object]:
    return {"key": new_key(), "departs_on": "2026-11-23", "reason": "work", **fields}


def test_one_member_is_marked_once(world: World) -> None:
    browser, chen = browser_of(world, "village_secretary"), world.members["chen"]
    page = browser.get(MARK)
    assert "陈望川" in words(page.content)
    assert AccessLog.objects.filter(person=f"member:{chen.pk}").exists()
    form = sent(
        member=chen.pk,
        destination_text="甘肃省兰州市城关区",
        destination="620102",
        expected_return_on="2027-11-01",
        employer="顺达物流",
        talk_on="2026-11-22",
        talk_by="苏明远",
    )
    for _ in range(2):
        answer = browser.post(MARK, form, follow=True)
        assert "已标记陈某流出" in words(answer.content)
    journey = Journey.objects.get(member=chen)
    assert (journey.destination_id, journey.employer, journey.talk_by) == ("620102", "顺达物流", "苏明远")
    assert journey.status == Status.AWAITING


def test_a_certain_place_is_taken_at_once_and_named(world: World) -> None:
    browser, chen = browser_of(world, "village_secretary"), world.members["chen"]
    answer = browser.post(MARK, sent(member=chen.pk, destination_text="兰州市城关区"), follow=True)
    assert "去向 甘肃省兰州市城关区" in words(answer.content)
    assert Journey.objects.get().destination_id == "620102"


def test_a_doubtful_place_is_confirmed_before_anything_is_stored(world: World) -> None:
    browser, chen = browser_of(world, "village_secretary"), world.members["chen"]
    first = browser.post(MARK, sent(member=chen.pk, destination_text="兰州市"))
    assert first.status_code == 200
    assert "请确认去向" in words(first.content)
    assert ticks(first.content)["member"] == [str(chen.pk)]
    assert typed_value(first.content, "destination_text") == "兰州市"
    assert not Journey.objects.exists()
    # A name that several counties share is asked, never guessed.
    many = browser.post(MARK, sent(member=chen.pk, destination_text="城关区"))
    assert "destination" not in ticks(many.content) or ticks(many.content)["destination"] == [""]
    # Other words than those that were confirmed are asked again.
    other = browser.post(MARK, sent(member=chen.pk, destination_text="兰州市安宁区", destination="620102"))
    assert "请确认去向" in words(other.content)
    assert not Journey.objects.exists()


def test_the_place_can_be_picked_level_by_level_without_scripts(world: World) -> None:
    browser, chen = browser_of(world, "village_secretary"), world.members["chen"]
    part = browser.get("/mark/places/", {"province": "62"})
    assert "兰州市" in words(part.content)
    assert len(part.content) < 20_000
    assert "城关区" in words(browser.get("/mark/places/", {"province": "62", "prefecture": "6201"}).content)
    form = sent(member=chen.pk, province="62", prefecture="6201", county="620102")
    more = browser.post(MARK, form | {"more": "1"})
    assert more.status_code == 200
    assert not Journey.objects.exists()
    assert browser.post(MARK, form).status_code == 302
    assert Journey.objects.get().destination_id == "620102"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"departs_on": "十一月"}, "2026-11-23 这样的日期"),
        ({"departs_on": ""}, "请填写外出时间"),
        ({"expected_return_on": "2026-11-01"}, "预计返回时间早于外出时间"),
        ({"reason": "fun"}, "从列表里选择"),
        ({"employer": "长" * 121}, "120"),
        ({"member": ""}, "请选择一位党员"),
        ({"key": "nonsense"}, "请刷新页面再试"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    world: World, fields: dict[str, str], sentence: str
) -> None:
    browser = browser_of(world, "village_secretary")
    form = sent(member=world.members["chen"].pk, talk_by="老支书", destination="620102") | fields
    answer = browser.post(MARK, form)
    assert answer.status_code == 422
    assert sentence in words(answer.content)
    assert typed_value(answer.content, "talk_by") == "老支书"
    if "member" not in fields:
        assert ticks(answer.content)["member"] == [str(world.members["chen"].pk)]
    assert not Journey.objects.exists()


def test_who_is_away_and_who_is_not_ours_is_not_marked(world: World) -> None:
    journey_at(world, Status.AWAITING)
    browser = browser_of(world, "village_secretary")
    away = browser.post(MARK, sent(member=world.members["chen"].pk, talk_by="老支书"))
    assert away.status_code == 409
    assert "已有一段未结束的外出" in words(away.content)
    assert typed_value(away.content, "talk_by") == "老支书"
    other = browser.post(MARK, sent(member=world.members["ning"].pk))
    assert other.status_code == 422
    assert "宁致和" not in words(other.content)
    assert Journey.objects.count() == 1


def test_several_leave_together_and_a_refusal_stops_nobody_else(world: World) -> None:
    journey_at(world, Status.AWAITING)
    browser = browser_of(world, "village_secretary")
    both = [world.members["chen"].pk, world.members["luo"].pk]
    form = sent(member=both, destination_text="城关区天水南路", destination="")
    answer = browser.post(MANY, form)
    assert answer.status_code == 409
    assert "陈望川：该党员已有一段未结束的外出" in words(answer.content)
    assert ticks(answer.content).get("member") is None or str(both[1]) not in ticks(answer.content)["member"]
    assert Journey.objects.filter(member=world.members["luo"]).count() == 1
    assert browser.post(MANY, form | {"member": both[1:]}).status_code == 302
    assert Journey.objects.filter(member=world.members["luo"]).count() == 1


@pytest.mark.parametrize("page", [MARK, MANY, PASTE])
def test_who_may_not_mark_finds_no_page(world: World, page: str) -> None:
    for who in ("window_clerk", "caretaker", "observer", "chen"):
        assert browser_of(world, who).get(page).status_code == 404
        assert browser_of(world, who).post(page, sent()).status_code == 404
    assert browser_of(world, "village_secretary").put(page).status_code == 405


def test_a_sheet_is_checked_row_by_row_and_nothing_is_lost(world: World) -> None:
    journey_at(world, Status.AWAITING, "luo")
    chen, luo, ning = (world.members[key] for key in ("chen", "luo", "ning"))
    wen = add_member(world, "wen", "温故知", "village")
    header = "备注\t去向\t姓名\t联系电话\t外出日期\t流出原因"
    rows = [
        f"x\t甘肃省兰州市城关区\t陈望川\t{phone_of(chen)}\t2026/11/20\t务工",
        f"x\t甘肃省兰州市城关区\t罗小川\t{phone_of(luo)}\t2026-11-20\t务工",
        f"x\t甘肃省兰州市城关区\t宁致和\t{phone_of(ning)}\t2026-11-20\t务工",
        "x\t甘肃省兰州市城关区\t温故知\t10099999999\t2026-11-20\t务工",
        f"x\t天上人间\t温故知\t{phone_of(wen)}\t2026-13-40\t旅游",
    ]
    text = "\n".join([header, "", *rows])
    browser, key = browser_of(world, "village_secretary"), new_key()
    checked = browser.post(PASTE, {"key": key, "sheet": text, "step": "check"})
    assert checked.status_code == 422
    assert not Journey.objects.filter(member=chen).exists()
    problems = {one.row.number: one.problems for one in checked.context["checked"]}
    assert problems[3] == []
    assert "未结束的外出" in problems[4][0][1]
    assert "不在您管理的党支部" in problems[5][0][1]
    assert problems[6][0][0] == "手机号码"
    assert {column for column, _ in problems[7]} == {"去向", "外出时间", "外出原因"}
    assert "忽略的列：备注" in words(checked.content)
    # The table shows what was read, by the number the row has in the box.
    assert '<td class="n">7</td><td>温故知</td>' in checked.content.decode()
    for _ in range(2):
        marked = browser.post(PASTE, {"key": key, "sheet": text, "step": "mark"})
        assert "已标记陈某流出" in words(marked.content)
        left = marked.context["text"].split("\n")
        assert left == [header, *rows[1:]]
    assert Journey.objects.filter(member=chen).count() == 1
    assert Journey.objects.get(member=chen).destination_id == "620102"


def test_a_clean_sheet_goes_through_at_once(world: World) -> None:
    lines = ["姓名,公民身份号码,外出时间,去向,工作单位,预计返回时间,详细地址"]
    for number in range(30):
        member = add_member(world, f"m{number}", f"童{number:02d}", "village")
        lines.append(
            f"{member.name},620621{int(phone_of(member)[3:]):011d}A,2026年12月1日,兰州市城关区,,2027.6.1,天水南路"
        )
    browser, key = browser_of(world, "village_secretary"), new_key()
    checked = browser.post(PASTE, {"key": key, "sheet": "\n".join(lines), "step": "check"})
    assert checked.status_code == 200, [one.problems for one in checked.context["checked"]][:2]
    assert "标记没有问题的 30 人" in words(checked.content)
    assert browser.post(PASTE, {"key": key, "sheet": "\r\n".join(lines), "step": "mark"}).status_code == 302
    assert Journey.objects.filter(status=Status.PLANNED, destination_text="天水南路").count() == 30


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "还没有粘贴内容"),
        ("甲\t乙\n1\t2", "缺少：姓名、手机号码（或公民身份号码）、外出时间、去向"),
        ("姓名\t电话\t去向\n陈\t1\t2", "缺少：外出时间"),
        ("姓名\t电话\t手机号码\t外出时间\t去向\n陈\t1\t2\t3\t4", "重复的列"),
        ("姓名\t电话\t外出时间\t去向", "只有表头"),
        ("姓名\t电话\t外出时间\t去向\n" + "陈\t1\t2\t3\n" * (LIMIT + 1), f"一次最多 {LIMIT} 行"),
    ],
)
def test_wrong_columns_are_named_and_the_text_stays(world: World, text: str, sentence: str) -> None:
    browser = browser_of(world, "village_secretary")
    for step in ("check", "mark"):
        answer = browser.post(PASTE, {"key": new_key(), "sheet": text, "step": step})
        assert answer.status_code == 422
        assert sentence in words(answer.content)
        assert answer.context["text"] == text
    assert not Journey.objects.exists()


def test_the_same_person_twice_is_named(world: World) -> None:
    line = f"陈望川\t{phone_of(world.members['chen'])}\t2026-11-20\t兰州市城关区"
    answer = browser_of(world, "village_secretary").post(
        PASTE, {"key": new_key(), "sheet": f"姓名\t手机\t外出时间\t去向\n{line}\n{line}", "step": "mark"}
    )
    assert answer.status_code == 422
    assert "出现了两次" in words(answer.content)
    assert not Journey.objects.exists()


@pytest.mark.parametrize(
    "text", ["2026-2-3", "2026/02/03", "2026.2.3", "2026年2月3日", "20260203", "2026 年 2 月 3 日"]
)
def test_dates_as_people_write_them(text: str) -> None:
    found = read_date(text)
    assert found is not None
    assert found.isoformat() == "2026-02-03"


@pytest.mark.parametrize("text", ["", "2026", "2026-02-30", "26-2-3", "明天", "2026-02", "9999999"])
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


def test_a_sheet_with_quotes_and_spaces_is_read_as_written() -> None:
    sheet = read_sheet('\ufeff姓名 ，手机号\n"陈,望 川" ， 100\n')
    assert sheet.problem.startswith("第一行应是表头，缺少：外出时间")
    assert reverse("mark_paste") == PASTE


def test_looking_for_somebody_keeps_what_was_typed(world: World) -> None:
    browser = browser_of(world, "village_secretary")
    page = browser.get(MARK).content.decode()
    assert '<button class="btn" name="more" value="1" formnovalidate>查找</button>' in page
    typed = sent(more="1", q="罗", destination_text="兰州市城关区", employer="顺达物流")
    found = browser.post(MARK, typed)
    assert found.status_code == 200
    assert "罗小川" in words(found.content)
    assert "陈望川" not in words(found.content)
    assert "请选择一位党员" not in words(found.content)
    assert typed_value(found.content, "destination_text") == "兰州市城关区"
    assert typed_value(found.content, "employer") == "顺达物流"
    assert not Journey.objects.exists()
