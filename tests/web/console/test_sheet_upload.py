"""Can a spreadsheet file be checked and marked like a pasted one, and is nothing lost when it cannot?"""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hongyan.audit.models import AccessLog
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.sealing import phone_of
from hongyan.web.console.sheets import LIMIT, LONGEST_SHEET
from tests.documents.files import delimited, ods, xls, xlsx
from tests.documents.hostile import bomb
from tests.web.console.people import browser_of, new_key, words
from tests.world import World, journey_at

PASTE = "/mark/paste/"
TITLES = ["序号", "姓名", "联系电话", "外出日期", "去向", "备注"]


def rows_of(world: World) -> list[list[Any]]:
    phones = {key: phone_of(world.members[key]) for key in ("chen", "luo", "ning")}
    return [
        TITLES,
        ["1", "陈望川", phones["chen"], "2026-11-20", "甘肃省兰州市城关区", "x"],
        ["2", "罗小川", phones["luo"], "2026年11月20日", "天上人间", "x"],
    ]


def send(browser: Client, content: bytes, name: str = "名册.xlsx", **fields: Any) -> Any:
    form = {
        "key": new_key(),
        "sheet": "",
        "from_file": "",
        "step": "check",
        "file": SimpleUploadedFile(name, content),
    }
    return browser.post(PASTE, form | fields)


def again(answer: Any, **fields: Any) -> dict[str, Any]:
    """Send what the page shows, as a browser does: the box with its own line ends, and the hidden fields."""
    body = answer.content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(key|from_file)" value="([^"]*)"', body))
    return {**hidden, "sheet": answer.context["text"].replace("\n", "\r\n"), "step": "check"} | fields


FORMATS: dict[str, Callable[[list[list[Any]]], bytes]] = {
    "名册.xlsx": xlsx,
    "名册.xls": xls,
    "名册.ods": ods,
    "名册.csv": lambda rows: delimited(rows, ",", "gb18030"),
    "名册.txt": lambda rows: delimited(rows, "\t", "utf-8-sig"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_shown_row_by_row_then_marked(world: World, name: str) -> None:
    browser = browser_of(world, "village_secretary")
    shown = send(browser, FORMATS[name](rows_of(world)), name)
    assert shown.status_code == 422
    assert not Journey.objects.exists()
    text = words(shown.content)
    assert f"已读入 {name}" in text
    assert "共 2 行，还没有标记任何人" in text
    assert "标记没有问题的 1 人" in text
    assert "忽略的列：序号、备注" in text
    assert "天上人间" in text
    assert AccessLog.objects.filter(person=f"member:{world.members['chen'].pk}").exists()
    # The rows stand in the box, with the columns that count; they are mended there like pasted ones.
    assert shown.context["text"].split("\n")[0] == "姓名\t联系电话\t外出日期\t去向"
    assert [one.row.number for one in shown.context["checked"]] == [2, 3]
    form = again(shown, step="mark")
    form["sheet"] = form["sheet"].replace("天上人间", "兰州市安宁区")
    assert browser.post(PASTE, form).status_code == 302
    assert Journey.objects.filter(status=Status.AWAITING).count() == 2


def test_a_file_is_never_marked_unseen(world: World) -> None:
    browser = browser_of(world, "village_secretary")
    answer = send(browser, xlsx(rows_of(world)), step="mark")
    assert "还没有标记任何人" in words(answer.content)
    assert not Journey.objects.exists()


def test_rows_have_the_numbers_of_the_file(world: World) -> None:
    browser = browser_of(world, "village_secretary")
    above: list[list[Any]] = [["三陶村党支部党员名册"], []]
    rows = above + rows_of(world)
    shown = send(browser, xlsx(rows, more=[["x", "y"]]))
    assert [one.row.number for one in shown.context["checked"]] == [4, 5]
    assert "另有“第二张”没有读取" in words(shown.content)
    # The browser drops one newline behind the tag; the page sends one more.
    assert f'aria-describedby="sheet-hint">\n{shown.context["text"][:5]}' in shown.content.decode()
    checked = browser.post(PASTE, again(shown))
    assert [one.row.number for one in checked.context["checked"]] == [4, 5]


def test_lost_digits_and_empty_formulas_are_named_and_found_again_after_pasting(world: World) -> None:
    browser = browser_of(world, "village_secretary")
    rows: list[list[Any]] = [
        ["姓名", "公民身份号码", "外出时间", "去向", "工作单位"],
        ["陈望川", 620621199001010017, "2026-11-20", "兰州市城关区", ""],
        ["罗小川", "62062100000000001A", 46349, "兰州市城关区", "#N/A"],
    ]
    shown = send(browser, xlsx(rows))
    for answer in (shown, browser.post(PASTE, again(shown))):
        problems = {one.row.number: dict(one.problems) for one in answer.context["checked"]}
        assert "丢失" in problems[2]["公民身份号码"]
        assert len(problems[2]) == 1
        assert "公式没有结果" in problems[3]["工作单位"]
        # A date whose cell was set to a plain number is a date all the same.
        assert "外出时间" not in problems[3]


def test_typed_words_are_never_wiped_out(world: World) -> None:
    browser = browser_of(world, "village_secretary")
    typed = "姓名\t手机号码\t外出时间\t去向\n陈望川\t1\t2026-11-20\t兰州市"
    kept = send(browser, xlsx(rows_of(world)), sheet=typed)
    assert kept.status_code == 422
    assert "文件没有读入" in words(kept.content)
    assert kept.context["text"] == typed
    # What a file put into the box, and nobody touched, a mended file may replace.
    first = send(browser, xlsx(rows_of(world)))
    mended = [
        *rows_of(world)[:2],
        ["2", "罗小川", phone_of(world.members["luo"]), "2026-11-20", "兰州市城关区", ""],
    ]
    second = browser.post(PASTE, again(first, file=SimpleUploadedFile("b.xlsx", xlsx(mended))))
    assert second.status_code == 200
    assert "标记没有问题的 2 人" in words(second.content)
    touched = again(second)
    touched["sheet"] += "x"
    assert "文件没有读入" in words(
        browser.post(PASTE, touched | {"file": SimpleUploadedFile("c.xlsx", xlsx(mended))}).content
    )


def test_what_could_not_be_marked_may_come_again_from_the_file(world: World) -> None:
    browser = browser_of(world, "village_secretary")
    shown = send(browser, xlsx(rows_of(world)))
    left = browser.post(PASTE, again(shown, step="mark"))
    assert "还有 1 行没有标记" in words(left.content)
    mended = [TITLES, ["2", "罗小川", phone_of(world.members["luo"]), "2026-11-20", "兰州市城关区", ""]]
    answer = browser.post(PASTE, again(left, file=SimpleUploadedFile("b.xlsx", xlsx(mended))))
    assert "标记没有问题的 1 人" in words(answer.content)


BAD: list[tuple[str, Any, str]] = [
    ("a.pdf", b"%PDF-1.7", "不是表格文件"),
    ("a.xlsm", b"PK\x03\x04", "宏"),
    ("a.xlsx", b"", "是空的"),
    ("a.xlsx", b"PK\x03\x04 broken", "已损坏"),
    ("a.csv", b"\x00\x01\x02", "编码"),
    ("a.csv", '姓名,电话\n"陈,1\n'.encode(), "引号没有成对"),
    ("a.csv", b"x" * 5_000_001, "最多 5 MB"),
    ("a.xlsx", bomb(200_000_000), "大得不正常"),
    (
        "a.csv",
        ("姓名,电话,外出时间,去向\n" + "陈,1,2,3\n" * (LIMIT + 1)).encode(),
        f"一次最多 {LIMIT} 行，文件里有 {LIMIT + 1} 行",
    ),
]


@pytest.mark.parametrize(("name", "content", "sentence"), BAD, ids=[f"{row[0]}-{row[2]}" for row in BAD])
def test_a_bad_file_is_explained(world: World, name: str, content: bytes, sentence: str) -> None:
    answer = send(browser_of(world, "village_secretary"), content, name)
    assert answer.status_code == 422
    assert sentence in words(answer.content)
    assert "还没有粘贴内容" not in words(answer.content)
    assert not Journey.objects.exists()


def test_wrong_titles_are_named_and_all_columns_shown(world: World) -> None:
    answer = send(browser_of(world, "village_secretary"), xlsx([["名", "电", "时间"], ["陈", "1", "2"]]))
    assert answer.status_code == 422
    assert "缺少：姓名" in words(answer.content)
    assert answer.context["text"].startswith("名\t电\t时间")


def test_the_name_of_the_file_is_only_text(world: World) -> None:
    answer = send(browser_of(world, "village_secretary"), b"%PDF", "<img src=x onerror=alert(1)>.pdf")
    assert b"<img src=x" not in answer.content


def test_only_those_who_mark_may_upload(world: World) -> None:
    journey_at(world, Status.AWAITING)
    for who in ("observer", "chen", "caretaker"):
        assert send(browser_of(world, who), xlsx(rows_of(world))).status_code == 404


def test_too_much_text_is_refused_and_kept(world: World) -> None:
    text = "姓名\t手机号码\t外出时间\t去向\n" + "x" * LONGEST_SHEET
    for step in ("check", "mark"):
        answer = browser_of(world, "village_secretary").post(
            PASTE, {"key": new_key(), "sheet": text, "step": step}
        )
        assert answer.status_code == 422
        assert "内容太多" in words(answer.content)
        assert answer.context["text"] == text


def test_a_body_too_large_is_answered_before_it_is_read(world: World) -> None:
    browser = browser_of(world, "village_secretary")

    class Unread(io.BytesIO):
        def read(self, *size: object) -> bytes:
            raise AssertionError("the body was read")

    length = str(settings.BODY_LARGEST + 1)
    unread: dict[str, Any] = {"CONTENT_LENGTH": length, "wsgi.input": Unread()}
    answer = browser.generic("POST", PASTE, b"", content_type="multipart/form-data; boundary=x", **unread)
    assert answer.status_code == 413
    assert "太大" in words(answer.content)
    for length in ("9" * 40, "-5", "²"):
        assert browser.generic("POST", PASTE, b"", CONTENT_LENGTH=length).status_code in (400, 413)


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"sheet": "x" * 2_600_000}, 413, "太大"),
        ({f"f{n}": "x" for n in range(701)}, 413, "分几次提交"),
        ({f"f{n}": SimpleUploadedFile("a", b"x") for n in range(3)}, 413, "分几次提交"),
    ],
)
def test_what_the_framework_gives_up_is_explained(
    world: World, fields: dict[str, Any], status: int, sentence: str
) -> None:
    answer = browser_of(world, "village_secretary").post(PASTE, fields)
    assert answer.status_code == status
    assert sentence in words(answer.content)


def test_a_broken_body_is_explained(world: World) -> None:
    answer = browser_of(world, "village_secretary").generic(
        "POST", PASTE, b"nothing", content_type="multipart/form-data; boundary="
    )
    assert answer.status_code == 400
    assert "不完整" in words(answer.content)


@pytest.mark.parametrize("content", [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", b"\x89PNG\r\n\x1a\n", b"{\\rtf1 abc}"])
def test_what_is_no_sheet_says_so_under_any_name(world: World, content: bytes) -> None:
    for name in ("名册.xlsx", "名册.csv"):
        said = words(send(browser_of(world, "village_secretary"), content, name).content)
        assert "这不是表格文件" in said
        assert "编码" not in said


@pytest.mark.parametrize(
    ("text", "example"),
    [("兰州市", "兰州市城关区"), ("上海市", "上海市黄浦区"), ("甘肃省兰州市", "兰州市城关区")],
)
def test_a_destination_too_large_says_how_to_write_it(world: World, text: str, example: str) -> None:
    rows = rows_of(world)[:2]
    rows[1][4] = text
    said = words(send(browser_of(world, "village_secretary"), xlsx(rows)).content)
    assert f"“{text}”太大，请写到区县，例如“{example}”" in said
