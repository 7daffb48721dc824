"""Does the reading by columns say of every row just what the reading of a single row says?"""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hongyan.roster import reading_many
from hongyan.roster.columns import Field
from hongyan.roster.reading import Rules, Wrong, checksum, read_row
from hongyan.roster.reading_many import Reader

BORN = ["19850701", "19850230", "20991231", "00000000", "1985 701"]
SEVENTEEN = st.builds(
    "{:06d}{}{:03d}".format, st.integers(0, 999_999), st.sampled_from(BORN), st.integers(0, 999)
)
NUMBERS = st.one_of(
    SEVENTEEN.filter(lambda text: text.isdigit()).map(lambda text: text + checksum(text)),
    SEVENTEEN.flatmap(lambda text: st.sampled_from("0123456789XxABz² ").map(text.__add__)),
    st.text("0123456789Xa² 一１", max_size=20),
    st.just("123456850701123"),
)
CELLS = {
    Field.NAME: ["何平", "何", "", "阿依·古丽", "何 平", "何1", "甲" * 60, "甲" * 61, "O'Neil", "何²", "hé"],
    Field.SEX: ["男", "女", "男性", "", "不详"],
    Field.ETHNICITY: ["汉族", "回", "", "甲" * 21],
    Field.BIRTH_ON: ["1985-07-01", "1985.7.1", "19850701", "31229", "", "1985-02-30", "2099-01-01", "1985年7月1日"],
    Field.EDUCATION: ["高中", "", "乙" * 21],
    Field.CATEGORY: ["正式党员", "预备", "", "发展对象"],
    Field.BRANCH: ["一支部", "两支部", "无支部", ""],
    Field.PHONE: ["10012345678", "+86 100-1234-5678", "8610012345678", "1001234", "无", "-", "", "１00１2345678", "20012345678"],
    Field.JOINED_ON: ["2006-07-01", "", "明天"],
}  # fmt: skip
BRANCHES: dict[str, int | Wrong] = {
    "一支部": 7,
    "两支部": Wrong.BRANCH_SEVERAL,
    "无支部": Wrong.BRANCH_UNKNOWN,
}


def cell(field: Field) -> st.SearchStrategy[str]:
    return NUMBERS if field == Field.ID_NUMBER else st.sampled_from(CELLS[field])


@st.composite
def exports(draw: st.DrawFn) -> tuple[Rules, list[list[str]]]:
    """Draw an export: some columns in some order, some rows."""
    some = draw(st.sets(st.sampled_from([one for one in Field if one not in (Field.NAME, Field.ID_NUMBER)])))
    fields = tuple(draw(st.permutations([Field.NAME, Field.ID_NUMBER, *sorted(some)])))
    rows = draw(st.lists(st.tuples(*map(cell, fields)).map(list), min_size=1, max_size=8))
    only = draw(st.sampled_from([None, 9]))
    return Rules(fields, BRANCHES.__getitem__, "2026-11-30", draw(st.booleans()), only), rows


def both(rules: Rules, rows: list[list[str]]) -> tuple[list[object], list[object]]:
    """Read an export by columns, twice so that cells are remembered, and row by row."""
    reader, columns = Reader(rules), [list(column) for column in zip(*rows, strict=True)]
    reader.read(columns)
    return list(reader.read(columns)), [read_row(cells, rules) for cells in rows]


@given(exports())
@example((Rules((Field.NAME, Field.ID_NUMBER), BRANCHES.__getitem__, "2026-11-30", False, 9), [["何平", "0" * 16 + "²A"]]))  # fmt: skip
def test_every_row_is_read_as_if_it_were_alone(export: tuple[Rules, list[list[str]]]) -> None:
    by_columns, one_by_one = both(*export)
    assert by_columns == one_by_one


def test_a_cell_that_is_taken_for_right_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_many, "_plain_phone", lambda text: bool(text))
    rules = Rules((Field.NAME, Field.ID_NUMBER, Field.PHONE), BRANCHES.__getitem__, "2026-11-30", False, 9)
    by_columns, one_by_one = both(rules, [["何平", "00000019850701003A", "1001"]])
    assert by_columns != one_by_one
