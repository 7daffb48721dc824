"""Does a ledger hold exactly the people of its figure, in the form's columns, and leave like every other list?"""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from hongyan.audit.models import AccessLog, Entry
from hongyan.journeys.models import Journey, TransferQuestion
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.members.sealing import EMERGENCY_PHONE, phone_of
from hongyan.privacy.exports import Export, ExportKind
from hongyan.vault.sealing import seal
from hongyan.web.ledgers.columns import COLUMNS, cells
from hongyan.web.ledgers.reading import Reading
from tests.web.console.exporting import DEPARTMENT, SECRETARY, ask, browser, make, names_on_page
from tests.web.console.people import words
from tests.world import NOW, TODAY, World, add_member, journey_at

HOST = "community_secretary"
# As docs of the form have them, in their order.
OUT_HEADINGS = (
    "序号 姓名 性别 民族 出生年月 身份证号（脱敏） 学历 人员类别 入党时间 所在党支部 联系电话 紧急联系人及电话 原职业 外出原因 外出时间 "
    "预计返回时间 外出流向（省/市/县/乡） 外出详细地址或单位 外出流向单位类别 流动范围 地点是否相对固定 活动证编号 "
    "行前谈话（时间/谈话人） 支部联系人及电话 流入党组织名称 流入党组织联系人及电话 报到状态 报到时间 最近联系时间 党费交至 "
    "民主评议地点及等次 是否具备转接条件/未转原因 结束流动时间 结束原因 备注"
)
IN_HEADINGS = (
    "序号 姓名 性别 民族 出生年月 身份证号（脱敏） 学历 人员类别 入党时间 联系电话 正式组织关系所在党组织 流出地联系人及电话 流入时间 流入原因 "
    "现工作单位 从事职业 现居住地址 接收纳管党组织 纳管方式（单位/居住地/街区兜底/流动党员党支部） 编入党小组 接收时间 纳管谈话时间 "
    "微管家及电话 特长 意愿岗位 活动证编号 参加组织生活次数 党费交纳情况 作用发挥情况 是否转入组织关系 离开时间 去向 备注"
)
EVERY = {
    kind: [one.code for one in columns if one.code not in ("number", "name")]
    for kind, columns in COLUMNS.items()
}


def asked_ledger(client: Any, kind: str, query: str = "", columns: list[str] | None = None) -> Export:
    wanted = EVERY[ExportKind(kind)] if columns is None else columns
    response = ask(client, f"kind={kind}&{query}", columns=wanted)
    assert response.status_code == 302, words(response.content)
    return Export.objects.get(pk=int(response["Location"].strip("/").split("/")[-1]))


def opened(response: Any) -> Any:
    assert response.status_code == 200, words(response.content)
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0]


def ledger(client: Any, kind: str, query: str = "", columns: list[str] | None = None) -> list[dict[str, Any]]:
    sheet = opened(make(client, asked_ledger(client, kind, query, columns)))
    headings = [cell.value for cell in sheet[4]]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    return [dict(zip(headings, row, strict=True)) for row in rows]


@pytest.mark.parametrize(("kind", "headings"), [("out", OUT_HEADINGS), ("in", IN_HEADINGS)])
def test_a_ledger_has_every_column_of_the_form_in_its_order(crowd: World, kind: str, headings: str) -> None:
    client = browser(crowd, "province_department")
    export = asked_ledger(client, kind)
    sheet = opened(make(client, export))
    assert [cell.value for cell in sheet[4]] == headings.split()
    assert sheet["A1"].value == export.get_kind_display()
    assert sheet["A2"].value == "填报单位：甘肃省委组织部"
    assert export.serial in sheet["A3"].value
    assert export.serial in sheet.oddFooter.center.text
    assert sheet.print_title_rows == "$4:$4"
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "8")
    last = openpyxl.utils.get_column_letter(len(headings.split()))
    assert sheet.print_area.endswith(f"$A$1:${last}${4 + export.people}")
    widths = [
        sheet.column_dimensions[openpyxl.utils.get_column_letter(n + 1)].width
        for n in range(len(headings.split()))
    ]
    assert all(5 < width < 40 for width in widths)
    export.refresh_from_db()
    assert export.rows == sheet.max_row - 4 == export.people


def test_what_stands_in_the_ledger_of_those_who_left(crowd: World) -> None:
    member = crowd.members["chen"]
    Member.objects.filter(pk=member.pk).update(
        birth_on=date(1981, 5, 4), joined_on=date(2003, 7, 1), education="高中", credential_number="甘流 0012",
        emergency_contact="陈母", emergency_phone_sealed=seal("10000001234", place=EMERGENCY_PHONE, row=member.uid),
    )  # fmt: skip
    journey = Journey.objects.get(member=member)
    Journey.objects.filter(pk=journey.pk).update(employer="金果公司", talk_by="苏明远")
    TransferQuestion.objects.create(
        journey=journey, asked_at=NOW, asked_by="system:clock", agreed=False, reason="returning",
        again_on=TODAY, answered_at=NOW, answered_by="user:1",
    )  # fmt: skip
    row = next(one for one in ledger(browser(crowd, SECRETARY), "out") if one["姓名"] == "陈望川")
    said = {
        "性别": "男", "民族": "汉族", "出生年月": "1981-05", "学历": "高中", "人员类别": "正式党员",
        "入党时间": "2003-07-01", "所在党支部": "三雷镇三陶村党支部", "联系电话": phone_of(member),
        "紧急联系人及电话": "陈母 10000001234", "原职业": "农民", "外出原因": "外出务工", "外出时间": "2026-11-23",
        "外出流向（省/市/县/乡）": "甘肃省兰州市城关区团结新村街道天水南路社区居委会", "外出详细地址或单位": "金果公司",
        "流动范围": "省内跨市", "活动证编号": "甘流 0012", "行前谈话（时间/谈话人）": "2026-11-23/苏明远",
        "支部联系人及电话": "苏明远 0000-1000000", "流入党组织名称": "天水南路社区党委",
        "流入党组织联系人及电话": "林知春 0000-1000000", "报到状态": "已报到", "报到时间": "2026-11-23",
        "是否具备转接条件/未转原因": "暂不转接：拟近期返乡",
    }  # fmt: skip
    assert {key: row[key] for key in said} == said
    assert row["身份证号（脱敏）"].startswith("*" * 14)
    assert len(row["身份证号（脱敏）"]) == 18
    # Nothing is made up where nothing is known.
    unknown = (
        "外出流向单位类别",
        "地点是否相对固定",
        "党费交至",
        "民主评议地点及等次",
        "结束流动时间",
        "结束原因",
    )
    assert {row[key] for key in unknown} == {None}


def test_what_stands_in_the_ledger_of_those_who_came(crowd: World) -> None:
    rows = {row["姓名"]: row for row in ledger(browser(crowd, HOST), "in")}
    assert set(rows) == {"陈望川", "裴南舟"}
    assert rows["陈望川"]["正式组织关系所在党组织"] == "三雷镇三陶村党支部"
    assert rows["陈望川"]["接收纳管党组织"] == "天水南路社区党委"
    assert rows["陈望川"]["微管家及电话"] == "孟晓棠"
    assert rows["陈望川"]["是否转入组织关系"] == "否"
    assert (rows["陈望川"]["去向"], rows["裴南舟"]["去向"]) == (
        None, "甘肃省平凉市崆峒区东关街道解放中路社区居委会",
    )  # fmt: skip
    assert {
        rows["陈望川"][key] for key in ("特长", "意愿岗位", "从事职业", "党费交纳情况", "参加组织生活次数")
    } == {None}


def test_a_closed_journey_says_when_and_why_it_ended(crowd: World) -> None:
    rows = ledger(browser(crowd, SECRETARY), "out", "status=closed")
    assert [(row["姓名"], row["结束流动时间"], row["结束原因"]) for row in rows] == [
        ("岑归鸿", "2026-11-23", "标记撤销")
    ]


@pytest.mark.parametrize(
    ("who", "kind", "query", "same"),
    [
        (SECRETARY, "out", "", "measure=out"),
        (SECRETARY, "out", "measure=awaiting", "measure=awaiting"),
        (SECRETARY, "out", "status=closed", "status=closed"),
        (DEPARTMENT, "out", "measure=hosted", "measure=hosted"),
        (HOST, "in", "", "measure=in"),
        ("province_department", "in", "measure=in&origin=6206", "measure=in&origin=6206"),
        ("province_department", "out", "destination=620102", "measure=out&destination=620102"),
        # A figure of another side gives way to the ledger's own.
        (HOST, "in", "measure=on_desk", "measure=in"),
        (SECRETARY, "out", "measure=in", "measure=out"),
    ],
)
def test_a_ledger_holds_whom_the_page_lists(crowd: World, who: str, kind: str, query: str, same: str) -> None:
    client = browser(crowd, who)
    shown = names_on_page(client, same)
    assert shown
    assert {row["姓名"] for row in ledger(client, kind, query)} == shown


def test_every_person_of_a_ledger_has_a_record_and_the_audit_its_kind(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    make(client, asked_ledger(client, "out"))
    people = set(AccessLog.objects.filter(purpose="export").values_list("person", flat=True))
    assert people == {f"member:{crowd.members[key].pk}" for key in ("chen", "luo", "wen", "pei")}
    assert Entry.objects.get(verb="export").details["kind"] == "out"


def test_a_ledger_above_the_cap_waits_for_a_second_person(crowd: World, settings: Settings) -> None:
    settings.HONGYAN_EXPORT_CAP = 2
    client = browser(crowd, SECRETARY)
    export = asked_ledger(client, "out")
    assert export.needs_second
    for shape in ({}, {"shape": "page"}):
        assert client.post(f"/exports/{export.pk}/make/", shape).status_code == 409
    other = browser(crowd, DEPARTMENT)
    assert "流出党员台账" in words(other.get(f"/exports/{export.pk}/").content)
    answered = other.post(f"/exports/{export.pk}/answer/", {"agrees": "1", "reason": "用途清楚"})
    assert answered.status_code == 302
    assert opened(make(client, export)).max_row == 4 + 4


def test_whoever_limited_the_use_of_his_particulars_is_in_no_ledger(crowd: World) -> None:
    Member.objects.filter(pk=crowd.members["luo"].pk).update(restricted_at=NOW, restricted_by="member:1")
    rows = ledger(browser(crowd, SECRETARY), "out")
    assert {row["姓名"] for row in rows} == {"陈望川", "温如言", "裴南舟"}


def test_of_somebody_unknown_a_row_says_what_his_card_says(crowd: World) -> None:
    """A ledger's own side may know everybody in it; were that to change, the columns themselves would keep still."""
    journey = Journey.objects.get(member=crowd.members["wen"])
    (known,) = Reading(crowd.actor(HOST), TODAY).known([journey.pk], [])
    for columns in COLUMNS.values():
        row = dict(zip([one.code for one in columns], cells(columns, known), strict=True))
        assert row["name"] == "温某"
        shown = {code for code, value in row.items() if value not in (None, "")}
        secret = {
            "phone",
            "id_number",
            "birth",
            "sex",
            "reason",
            "lives",
            "address",
            "emergency",
            "occupation",
        }
        assert not shown & secret


def test_columns_left_out_stay_out_and_are_remembered(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    rows = ledger(client, "out", columns=["phone", "home"])
    # In the order of the form, not of the ticks.
    assert list(rows[0]) == ["序号", "姓名", "所在党支部", "联系电话"]
    page = client.get("/exports/ask/?kind=out").content.decode()
    assert page.count(" checked") == 2
    assert 'value="phone" id="id_columns_8" checked' in page.replace('aria-invalid="true" ', "")
    # Another ledger, and another person, have their own.
    assert client.get("/exports/ask/?kind=in").content.decode().count(" checked") == len(
        EVERY[ExportKind.IN_LEDGER]
    )
    other = browser(crowd, DEPARTMENT).get("/exports/ask/?kind=out").content.decode()
    assert other.count(" checked") == len(EVERY[ExportKind.OUT_LEDGER])


def test_a_form_refused_keeps_its_ticks(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    refused = ask(client, "kind=out", columns=["phone"], words="")
    assert refused.status_code == 422
    assert refused.content.decode().count(" checked") == 1
    none = ask(client, "kind=out", columns=[])
    assert none.status_code == 422
    assert "请至少选一列" in words(none.content)
    strange = ask(client, "kind=out", columns=["password"])
    assert strange.status_code == 422


def test_a_ledger_leaves_as_a_page_by_the_same_rule(crowd: World) -> None:
    client = browser(crowd, SECRETARY)
    export = asked_ledger(client, "out")
    response = client.post(f"/exports/{export.pk}/make/", {"shape": "page"})
    said = words(response.content)
    assert response.status_code == 200
    for text in (
        *OUT_HEADINGS.split(),
        "陈望川",
        "罗小川",
        export.serial,
        "填报单位：三雷镇三陶村党支部",
        "4 行",
    ):
        assert text in said
    export.refresh_from_db()
    assert (export.rows, len(export.digest)) == (4, 64)
    assert AccessLog.objects.filter(purpose="export").count() == 4
    for shape in ({}, {"shape": "page"}):
        assert client.post(f"/exports/{export.pk}/make/", shape).status_code == 409


def test_more_than_paper_holds_leaves_as_a_file(crowd: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from hongyan.web.console import export_pages

    monkeypatch.setattr(export_pages, "MOST_ON_PAPER", 2)
    client = browser(crowd, SECRETARY)
    export = asked_ledger(client, "out")
    assert "超过 2 人请导出文件后打印" in client.get(f"/exports/{export.pk}/").content.decode()
    response = client.post(f"/exports/{export.pk}/make/", {"shape": "page"})
    assert opened(response).max_row == 8


def test_a_large_ledger_asks_no_more_for_each_row(crowd: World, settings: Settings) -> None:
    settings.HONGYAN_EXPORT_CAP = 5000
    counts = []
    for more in (100, 500):
        for number in range(more):
            add_member(crowd, f"m{more}-{number}", "某一人", "village")
            journey_at(crowd, Status.PLANNED, f"m{more}-{number}")
        client = browser(crowd, SECRETARY)
        export = asked_ledger(client, "out")
        with CaptureQueriesContext(connection) as queries:
            opened(make(client, export))
        counts.append((export.people, len(queries)))
    assert [people for people, _ in counts] == [104, 604]
    # One more piece: its journeys, and what was last asked of them. The rest is one statement of access records.
    assert counts[1][1] - counts[0][1] <= 6, counts
