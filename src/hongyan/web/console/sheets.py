"""What stands in a pasted sheet: its columns by any of their usual names, and its rows as they were typed?"""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, timedelta

from hongyan.documents.cells import bare, text_of

LIMIT = 500
LONGEST = 200
# How much text the box takes at once.
LONGEST_SHEET = 200_000

NAME, PHONE, ID_NUMBER, DEPARTS, DESTINATION = "name", "phone", "id_number", "departs_on", "destination"
REASON, EMPLOYER, RETURNS, ADDRESS = "reason", "employer", "expected_return_on", "address"
# Without these columns nobody can be marked from a sheet.
MARKING = (NAME, DEPARTS, DESTINATION)
# The first word of each column is the one our own template uses.
HEADERS: dict[str, tuple[str, ...]] = {
    NAME: ("姓名", "党员姓名", "名字"),
    PHONE: ("手机号码", "联系电话", "手机号", "电话", "手机", "本人电话"),
    ID_NUMBER: ("公民身份号码", "身份证号", "身份证号码", "身份证"),
    DEPARTS: ("外出时间", "流出时间", "外出日期", "流出日期", "出发时间", "离开时间"),
    DESTINATION: (
        "去向",
        "外出流向",
        "外出地点",
        "流入地",
        "目的地",
        "去向（省市县）",
        "外出流向(省/市/县/乡)",
        "现在地点",
        "报到地点",
    ),
    REASON: ("外出原因", "流出原因", "流动原因", "原因"),
    EMPLOYER: ("工作单位", "现工作单位", "单位", "务工单位"),
    RETURNS: ("预计返回时间", "预计返回日期", "返回时间", "预计返乡时间"),
    ADDRESS: ("详细地址", "外出详细地址", "外出详细地址或单位", "现居住地", "住址"),
}
TITLES = {column: words[0] for column, words in HEADERS.items()}
_DATE = re.compile(
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?$|^(\d{4})(\d{2})(\d{2})$"
)
# A date whose cell was set to "general" is the number of days since the last day of 1899.
_SERIAL = re.compile(r"^[34567]\d{4}$")
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True)
class SheetRow:
    """One row: its number as a spreadsheet counts, its cells by column, and its line as it was pasted."""

    number: int
    cells: dict[str, str]
    line: str
    # More cells than titles: nobody can tell which of them moved the others.
    beyond: bool = False

    def cell(self, column: str) -> str:
        """Return what stands in a column, "" when nothing does."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Sheet:
    """A read sheet: the header line as pasted, its rows, and what is wrong with the whole."""

    header: str
    rows: tuple[SheetRow, ...]
    problem: str = ""
    ignored: tuple[str, ...] = ()


def _known(title: str) -> str | None:
    plain = bare(title)
    return next((column for column, words in HEADERS.items() if plain in words), None)


def _cells(line: str, delimiter: str) -> list[str]:
    row = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    return [text_of(cell) for cell in row]


def _missing(columns: set[str], needed: tuple[str, ...]) -> str:
    titles = [TITLES[column] for column in needed if column not in columns]
    if not columns & {PHONE, ID_NUMBER}:
        titles.insert(NAME not in columns, f"{TITLES[PHONE]}（或{TITLES[ID_NUMBER]}）")
    return "、".join(titles)


def read_sheet(text: str, needed: tuple[str, ...] = MARKING) -> Sheet:
    """Read rows copied from a spreadsheet (tabs) or a CSV file (commas); the first line names the columns."""
    if len(text) > LONGEST_SHEET:
        return Sheet(
            "", (), f"内容太多（{len(text)} 字），一次最多 {LONGEST_SHEET} 字。请只留需要的列，或分几次粘贴。"
        )
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip("\t ,，\u3000")]
    if not numbered:
        return Sheet("", (), "还没有粘贴内容。请在表格里连同表头一起复制，再粘贴到这里。")
    header = numbered[0][1].lstrip("\ufeff")
    delimiter = "\t" if "\t" in header else ","
    titles = _cells(header if delimiter == "\t" else header.replace("，", ","), delimiter)
    columns = [_known(title) for title in titles]
    missing = _missing({column for column in columns if column}, needed)
    if missing:
        return Sheet(header, (), f"第一行应是表头，缺少：{missing}。列的先后不限，多余的列会忽略。")
    if len(set(filter(None, columns))) < len(list(filter(None, columns))):
        return Sheet(header, (), "表头里有重复的列，请删去一列再粘贴。")
    body = numbered[1:]
    if len(body) > LIMIT:
        return Sheet(header, (), f"一次最多 {LIMIT} 行，现在有 {len(body)} 行。请分几次粘贴。")
    rows = tuple(_row(number, line, columns, delimiter) for number, line in body)
    ignored = tuple(title for title, column in zip(titles, columns, strict=True) if title and column is None)
    return Sheet(header, rows, "" if rows else "只有表头，没有人员。请把人员行一起复制。", ignored)


def _row(number: int, line: str, columns: list[str | None], delimiter: str) -> SheetRow:
    cells = _cells(line, delimiter)
    pairs = zip(columns, cells, strict=False)
    beyond = any(cells[len(columns) :])
    return SheetRow(number, {column: cell for column, cell in pairs if column and cell}, line, beyond)


def read_date(text: str) -> date | None:
    """Read a date as people write it; None when it is none."""
    if _SERIAL.match(text):
        return _EPOCH + timedelta(days=int(text))
    found = _DATE.match(re.sub(r"\s+(?!\d{1,2}:)", "", text))
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None
