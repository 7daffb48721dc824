"""How does a spreadsheet leave so that no cell of it can act, and everybody sees whose it is?"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter

# What a cell may hold at all is 32,767; nothing we write comes near it on purpose.
LONGEST = 32_000
CUT = "…"
DEFAULT_WIDTH = 14
WATERMARK_LABELS = {
    "line": "由{who}于{when}导出，共 {rows} 行，用途：{purpose}。请妥善保管，用后删除，不得转发。",
    "foot": "{who} {when} 导出，用途：{purpose}。第 &P 页，共 &N 页。",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"(?<![ \t])[ \t]*(?:\r\n|[\r\n\u2028\u2029\x85])[ \t]*")
# What no eye sees in front of the first sign, and quotes that some program peels off.
_BEFORE = (
    r"[\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\"'`\u2018\u2019\u201c\u201d]*"
)
# Signs that begin a formula or a command, also in full width; and the escape Excel turns back into any sign.
_ACTS = re.compile(
    _BEFORE + r"(?:[=+\-@|%\uff1d\uff0b\uff0d\uff20\uff5c\ufe62\ufe63\ufe66\ufe6b\u2212]|_x[0-9a-fA-F]{4}_)"
)
Cell = str | int | float | Decimal | date | None
# Row by row in constant memory, and no text is taken for anything but text.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


@dataclass(frozen=True)
class Watermark:
    """Who took these rows out, when and what for: it stands on the sheet and on every printed page."""

    who: str
    when: datetime
    purpose: str

    def line(self, rows: int) -> str:
        """Say it in one sentence for the top of the sheet."""
        return self._filled("line", rows)

    def foot(self) -> str:
        """Say it for the foot of a printed page; an ampersand would be a command there."""
        doubled = Watermark(self.who.replace("&", "&&"), self.when, self.purpose.replace("&", "&&"))
        # A foot may have 255 signs and is dropped whole when it is longer.
        return f"&C&8{doubled._filled('foot', 0)}"[:250]

    def _filled(self, key: str, rows: int) -> str:
        when = f"{self.when:%Y-%m-%d %H:%M}"
        return WATERMARK_LABELS[key].format(who=self.who, when=when, purpose=self.purpose, rows=rows)


def safe_cell(value: Cell) -> str | int | float:
    """Return what may stand in a cell: text that could act as a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        # A number beyond fifteen digits would lose some: it goes as text.
        exact = value == value and abs(value) < 10**15
        return value if exact else str(value)
    if isinstance(value, Decimal):
        return str(value) if value.is_finite() else ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    acts = _ACTS.match(value) or value[:1] in ("\t", "\r", "\n")
    text = _BREAKS.sub(" ", _CONTROL.sub("", value)).replace("\t", " ")
    text = text if len(text) <= LONGEST else text[:LONGEST] + CUT
    return f"'{text}" if acts or _ACTS.match(text) else text


def _count(rows: Iterable[Sequence[Cell]], count: int | None) -> int:
    if count is not None:
        return count
    if isinstance(rows, Sized):
        return len(rows)
    raise TypeError("rows that are not a list need their count: the first line of the sheet tells it")


def tallied(rows: Iterable[Sequence[Cell]], count: int | None) -> tuple[Iterator[Sequence[Cell]], int]:
    """Return the rows, which fail at their end unless there were as many as is said, and how many that is."""
    expected = _count(rows, count)
    return _tallied(rows, expected), expected


def _tallied(rows: Iterable[Sequence[Cell]], expected: int) -> Iterator[Sequence[Cell]]:
    """Pass the rows on, and fail rather than hand out a sheet whose first line lies."""
    seen = 0
    for row in rows:
        seen += 1
        yield row
    if seen != expected:
        raise ValueError(f"{seen} rows, not {expected}")


def write_sheet(
    target: Path | IO[bytes],
    *,
    title: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    watermark: Watermark | None = None,
    count: int | None = None,
    widths: Sequence[float] = (),
) -> int:
    """Write rows to an xlsx file one by one in constant memory; return how many were written."""
    counted, expected = tallied(rows, count)
    where = str(target) if isinstance(target, Path) else target
    with xlsxwriter.Workbook(where, OPTIONS) as book:
        # Nobody's name, nobody's machine: the watermark says who, where everybody sees it.
        book.set_properties({"title": title, "author": "", "company": "", "comments": ""})
        sheet = book.add_worksheet(tab_of(title))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        cell = book.add_format({"num_format": "@", "valign": "top"})
        for place in range(len(headers)):
            sheet.set_column(place, place, widths[place] if place < len(widths) else DEFAULT_WIDTH, cell)
        first = 0
        if watermark:
            sheet.write_string(0, 0, str(safe_cell(watermark.line(expected))))
            sheet.set_footer(watermark.foot())
            first = 1
        _fill(sheet, first, headers, counted, bold, cell)
        _page(sheet, first, len(headers), expected)
    return expected


def _fill(
    sheet: Any, first: int, headers: Sequence[str], rows: Iterable[Sequence[Cell]], bold: Any, cell: Any
) -> None:
    for place, header in enumerate(headers):
        sheet.write_string(first, place, str(safe_cell(header)), bold)
    for number, row in enumerate(rows, start=first + 1):
        for place, value in enumerate(row):
            safe = safe_cell(value)
            if isinstance(safe, str):
                sheet.write_string(number, place, safe, cell)
            else:
                sheet.write_number(number, place, safe)


def _page(sheet: Any, first: int, columns: int, rows: int) -> None:
    """Say how it is printed: the titles on every page, all columns on one width."""
    sheet.freeze_panes(first + 1, 0)
    sheet.repeat_rows(first)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, first + rows, max(columns - 1, 0))


def tab_of(title: str) -> str:
    """Return the title as a sheet's name: 31 signs, none that a name may not have."""
    return re.sub(r"[\[\]:*?/\\']", " ", _CONTROL.sub("", title)).strip()[:31] or "1"


def write_csv(
    target: IO[bytes],
    *,
    headers: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    watermark: Watermark | None = None,
    count: int | None = None,
) -> int:
    """Write rows as CSV, every cell quoted, with the mark by which Excel knows UTF-8; return how many."""
    counted, expected = tallied(rows, count)
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    out = csv.writer(text, quoting=csv.QUOTE_ALL)
    if watermark:
        out.writerow([safe_cell(watermark.line(expected))])
    out.writerow([safe_cell(header) for header in headers])
    for row in counted:
        out.writerow([safe_cell(value) for value in row])
    text.detach()
    return expected
