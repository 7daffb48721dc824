"""Does a form open as it was meant: title over all columns, ruled rows, headings on every page, no cell that acts?"""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from hongyan.documents.forms_out import A3, Form, Heading, write_form
from hongyan.documents.sheets_out import Watermark

DAY = date(2026, 11, 23)
FLAT = (Heading("序号", 6), Heading("姓名", 9), Heading("所在党支部", 20))
GROUPED = (
    Heading("单位", 20),
    Heading("流出", parts=(Heading("省外", 9), Heading("省内", 9))),
    Heading("备注"),
)


def opened(form: Form, rows: Any, count: int | None = None) -> Any:
    content = io.BytesIO()
    write_form(content, form=form, rows=rows, count=count)
    content.seek(0)
    return openpyxl.load_workbook(content).worksheets[0]


def test_a_form_opens_as_it_was_meant() -> None:
    sheet = opened(
        Form("流出党员台账", "三陶村党支部", DAY, FLAT, A3),
        [[1, "陈望川", "三陶村"], [2, "罗小川", "三陶村"]],
    )
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:C1", "B2:C2"]
    assert sheet["A1"].value == "流出党员台账"
    assert (sheet["A2"].value, sheet["B2"].value) == ("填报单位：三陶村党支部", "截至日期：2026年11月23日")
    assert [cell.value for cell in sheet[3]] == ["序号", "姓名", "所在党支部"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)] == [
        [1, "陈望川", "三陶村"],
        [2, "罗小川", "三陶村"],
    ]
    assert [round(sheet.column_dimensions[name].width) for name in "ABC"] == [7, 10, 21]
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.page_setup.paperSize) == "8"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.print_area.endswith("$A$1:$C$5")
    assert sheet.freeze_panes == "C4"
    assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
    for row in sheet.iter_rows(min_row=3):
        for cell in row:
            assert {cell.border.left.style, cell.border.top.style} == {"thin"}, cell.coordinate
            assert cell.alignment.wrap_text


def test_groups_take_two_rows_and_repeat_both() -> None:
    sheet = opened(Form("统计表", "民勤县委", DAY, GROUPED, notes=("说明。",)), [["三雷镇", 3, 4, ""]])
    assert {"A3:A4", "B3:C3", "D3:D4", "A6:D6"} <= {str(merged) for merged in sheet.merged_cells.ranges}
    assert (sheet["B3"].value, sheet["B4"].value, sheet["C4"].value) == ("流出", "省外", "省内")
    assert sheet.print_title_rows == "$3:$4"
    assert [cell.value for cell in sheet[5]] == ["三雷镇", 3, 4, None]
    assert sheet["A6"].value == "说明。"
    assert sheet.print_area.endswith("$A$1:$D$6")


def test_who_took_it_out_stands_above_and_on_every_page() -> None:
    mark = Watermark("编号 1，苏明远", datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "台账核对")
    sheet = opened(Form("台账", "村", DAY, FLAT, watermark=mark), [[1, "甲", "乙"]])
    assert "苏明远" in sheet["A3"].value
    assert "1 行" in sheet["A3"].value
    assert sheet.print_title_rows == "$4:$4"
    assert "苏明远" in sheet.oddFooter.center.text


@pytest.mark.parametrize("bad", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "\t=2", "＝1"])
def test_no_text_of_a_form_acts(bad: str) -> None:
    form = Form(bad, bad, DAY, (Heading(bad), Heading("甲")), notes=(bad,))
    sheet = opened(form, [[bad, bad]])
    texts = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert len(texts) >= 6
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert not [text for text in texts if text[0] in "=+@\t＝"]


def test_rows_that_are_fewer_than_said_leave_no_form() -> None:
    def rows() -> Iterator[list[Any]]:
        yield [1, "甲", "乙"]

    with pytest.raises(ValueError, match="1 rows, not 2"):
        write_form(io.BytesIO(), form=Form("台账", "村", DAY, FLAT), rows=rows(), count=2)


def test_nobody_is_named_in_the_file_itself() -> None:
    content = io.BytesIO()
    write_form(content, form=Form("台账", "村", DAY, FLAT), rows=[])
    with ZipFile(content) as parts:
        core = parts.read("docProps/core.xml").decode()
    assert "<dc:creator></dc:creator>" in core
