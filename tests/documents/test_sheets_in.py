"""Is every row of a sheet of any format read or rejected with its reason, and none lost?"""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.documents.cells import doubt, text_of
from hongyan.documents.refusals import Refusal, Why
from hongyan.documents.sheets_in import Sheet, read_sheet
from tests.documents.files import TITLES, delimited, ods, part, people, repacked, xls, xlsx

ROWS: list[Sequence[Any]] = [TITLES, *people(7)]
SHEET = "xl/worksheets/sheet1.xml"


def read(
    content: bytes, name: str = "a.xlsx", *, titles: tuple[str, ...] = TITLES, max_rows: int = 500
) -> Sheet:
    found = read_sheet(content, name, max_rows=max_rows, titles=titles)
    assert isinstance(found, Sheet), found
    return found


def refused(content: bytes, name: str = "a.xlsx", **options: Any) -> Refusal:
    found = read_sheet(content, name, **({"max_rows": 500} | options))
    assert isinstance(found, Refusal), found
    assert found.sentence.endswith("。")
    return found


ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16")
FORMATS = [
    ("a.xlsx", xlsx(ROWS)),
    ("a.ods", ods(ROWS)),
    ("a.xls", xls(ROWS)),
    ("a.et", xls(ROWS)),
    # What web systems hand out under a name that is not true.
    ("a.xls", xlsx(ROWS)),
    ("a.xls", delimited(ROWS, "\t", "gb18030")),
    ("a.xlsx", delimited(ROWS, ",", "utf-8")),
    *[
        (f"a.{ending}", delimited(ROWS, sign, code))
        for ending in ("csv", "txt")
        for sign in ",\t;"
        for code in ENCODINGS
    ],
    ("a.csv", delimited(ROWS, "，", "utf-8")),
]


@pytest.mark.parametrize(("name", "content"), FORMATS)
def test_every_format_and_encoding(name: str, content: bytes) -> None:
    sheet = read(content, name)
    assert sheet.titles == TITLES
    assert [row.cells for row in sheet.rows] == [tuple(row) for row in ROWS[1:]]
    assert [row.number for row in sheet.rows] == list(range(2, 9))
    assert sheet.rejected == ()


def test_numbers_and_dates_of_cells() -> None:
    from datetime import date

    body: list[Sequence[Any]] = [
        ["陈", 10012345678, 620621199001010017, date(2026, 11, 23), "兰州市"],
        ["罗", "10012345679", "62062100000000001A", "2026/11/23", "x"],
    ]
    for content, name in ((xlsx([TITLES, *body]), "a.xlsx"),):
        sheet = read(content, name)
        lost = sheet.rejected[0]
        assert (lost.number, lost.problems[0][0]) == (2, "公民身份号码")
        assert "丢失" in lost.problems[0][1]
        assert lost.cells[1:4] == ("10012345678", "6.20621199001010E+17", "2026-11-23")
        assert [row.number for row in sheet.rows] == [3]
    old = read(xls([TITLES, ["陈", 10012345678.0, 6.2e17, "2026-11-23", "x"]]), "a.xls")
    assert old.rejected[0].cells[1] == "10012345678"


def test_a_column_nobody_asked_for_rejects_no_row() -> None:
    rows: list[Sequence[Any]] = [["姓名", "手机号码", "银行卡号"], ["陈", "10012345678", 6200000000000000001]]
    assert len(read(xlsx(rows)).rows) == 1
    assert len(read(xlsx(rows), titles=()).rejected) == 1


def test_titles_may_stand_below_the_name_of_the_list() -> None:
    rows = [
        ["三陶村党支部党员名册"],
        [],
        ["制表：", "2026年"],
        ["序号", *TITLES, ""],
        *[["1", *row] for row in people(3)],
    ]
    sheet = read(xlsx(rows))
    assert (sheet.number, sheet.titles) == (4, ("序号", *TITLES))
    assert [row.number for row in sheet.rows] == [5, 6, 7]


def test_the_first_visible_sheet_with_the_titles_is_read() -> None:
    cover = [["说明", "请勿改动"], ["第一条", "……"]]
    sheet = read(xlsx(cover, name="封面", hidden=ROWS, more=[TITLES, *people(2)]))
    assert (sheet.name, sheet.others, len(sheet.rows)) == ("第二张", ("封面",), 2)
    first = read(xlsx(ROWS, more=[TITLES, *people(2)]))
    assert (first.name, first.others, len(first.rows)) == ("名册", ("第二张",), 7)
    assert refused(xlsx([], hidden=ROWS)).why == Why.NO_ROWS


def test_a_sheet_that_claims_to_be_small_is_read_whole() -> None:
    book = xlsx([TITLES, *people(400)])
    small = part(book, SHEET).replace(b'<dimension ref="A1:E401"/>', b'<dimension ref="A1"/>')
    assert b'ref="A1"' in small
    assert len(read(repacked(book, {SHEET: small})).rows) == 400


def test_errors_and_uncomputed_formulas_are_no_empty_cells() -> None:
    book = xlsx([["姓名", "手机号码"], ["甲", "X1"], ["乙", "X2"], ["丙", "X3"], ["丁", "10000000001"]])
    text = part(book, SHEET)
    for row, new in (
        (2, b'<c r="B2" t="e"><v>#REF!</v></c>'),
        (3, b'<c r="B3"><f>A1</f></c>'),
        (4, b'<c r="B4" t="str"><f>A1</f><v></v></c>'),
    ):
        old = text[text.index(b'<c r="B%d"' % row) :]
        text = text.replace(old[: old.index(b"</c>") + 4], new)
    sheet = read(repacked(book, {SHEET: text}))
    assert [(row.number, row.problems[0][0]) for row in sheet.rejected] == [(2, "手机号码"), (3, "手机号码")]
    # A formula that says "" has a result, and it is nothing.
    assert [row.cells for row in sheet.rows] == [("丙",), ("丁", "10000000001")]


def test_a_delimiter_too_many_rejects_its_row() -> None:
    sheet = read("姓名,手机号码\n陈,100,去兰州,务工\n罗,101,,\n".encode(), "a.csv")
    assert [row.number for row in sheet.rejected] == [2]
    assert "多出几格" in sheet.rejected[0].problems[0][1]
    assert [row.cells for row in sheet.rows] == [("罗", "101")]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.xlsx", b"", Why.EMPTY),
        ("a.xlsx", b"x" * 5_000_001, Why.TOO_LARGE),
        ("a.xlsm", xlsx(ROWS), Why.MACROS),
        ("a.xlsx", repacked(xlsx(ROWS), {"xl/vbaProject.bin": b"x"}), Why.MACROS),
        ("a.xlsx", repacked(xlsx(ROWS), {"xl/macrosheets/sheet1.xml": b"x"}), Why.MACROS),
        ("a.xlsb", xlsx(ROWS), Why.OLD_BINARY),
        ("a.pdf", b"%PDF-1.7", Why.NOT_A_SHEET),
        ("a", delimited(ROWS, ",", "utf-8"), Why.NOT_A_SHEET),
        ("a.xlsx", b"%PDF-1.7 \x00\x01\x02", Why.NOT_A_SHEET),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00", Why.NOT_A_SHEET),
        ("a.csv", b"\xff\xfe\x00", Why.ENCODING),
        ("a.xls", "<html><table><tr><td>姓名".encode(), Why.WEB_PAGE),
        ("a.xlsx", xlsx(ROWS)[:4000], Why.DAMAGED),
        ("a.xls", xls(ROWS)[:700], Why.DAMAGED),
        ("a.xlsx", repacked(xlsx(ROWS), {SHEET: b"<worksheet><sheetData><row><c></row>"}), Why.DAMAGED),
        ("a.csv", '姓名,手机号码\n"陈,100\n罗,101\n'.encode(), Why.QUOTES),
        ("a.csv", "姓名,手机号码\n陈,100\n".encode() * 2000, Why.TOO_MANY_ROWS),
        ("a.xlsx", xlsx([TITLES, *people(501)]), Why.TOO_MANY_ROWS),
        ("a.xlsx", xlsx([[f"列{n}" for n in range(201)], ["x"]]), Why.TOO_MANY_COLUMNS),
        ("a.xlsx", xlsx([]), Why.NO_ROWS),
        ("a.csv", b"\xef\xbb\xbf\r\n , \r\n", Why.NO_ROWS),
    ],
)
def test_what_is_no_usable_sheet_gets_its_own_sentence(name: str, content: bytes, why: Why) -> None:
    assert refused(content, name).why == why


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
CELL = st.one_of(
    TEXT, st.sampled_from(["", "6.2E+17", "#N/A", "10012345678", "长" * 501, "=1+1", '"', "a\nb"])
)
# Excel's own numbers end at 9.99E+307; a file that holds a greater one reads as an error cell.
NUMBER = st.floats(-9.99e307, 9.99e307)
TABLE = st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=12)


def _expected(rows: Sequence[Sequence[Any]]) -> tuple[int, int]:
    """Count by hand: rows with anything to read, and those of them with a doubtful cell."""
    texts = [[text_of(cell) for cell in row] for row in rows]
    full = [row for row in texts if any(row)]
    return len(full), sum(1 for row in full if any(map(doubt, row)))


@settings(max_examples=40)
@given(TABLE)
def test_rows_in_the_file_are_accepted_or_rejected_csv(rows: list[list[str]]) -> None:
    import csv
    import io

    out = io.StringIO(newline="")
    csv.writer(out).writerows([["甲", "乙", "丙"], *rows])
    full, doubtful = _expected(rows)
    text = out.getvalue()
    if any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text):
        assert refused(text.encode(), "a.csv").why == Why.ENCODING
        return
    sheet = read(text.encode(), "a.csv", titles=())
    assert (len(sheet.rows) + len(sheet.rejected), len(sheet.rejected)) == (full, doubtful)
    assert all(problems for row in sheet.rejected for problems in row.problems)


@settings(max_examples=40)
@given(
    st.lists(
        st.lists(
            st.one_of(CELL, st.integers(0, 10**18), NUMBER),
            min_size=3,
            max_size=3,
        ),
        max_size=12,
    )
)
def test_rows_in_the_file_are_accepted_or_rejected_xlsx(rows: list[list[Any]]) -> None:
    written = [[float(cell) if isinstance(cell, int) else cell for cell in row] for row in rows]
    sheet = read(xlsx([["甲", "乙", "丙"], *written]), titles=())
    assert (len(sheet.rows) + len(sheet.rejected), len(sheet.rejected)) == _expected(written)
    assert len({row.number for row in sheet.all_rows}) == len(sheet.all_rows)
