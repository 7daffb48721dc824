"""How does a form of the Party leave as a spreadsheet: title, unit and day, bordered rows, ready to print?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from hongyan.documents.sheets_out import OPTIONS, Cell, Watermark, safe_cell, tab_of, tallied

FORM_LABELS = {"unit": "填报单位：{}", "day": "截至日期：{}年{}月{}日", "foot": "第 &P 页，共 &N 页"}
A3, A4 = 8, 9
TITLE_HEIGHT, LINE_HEIGHT, HEADING_HEIGHT = 32, 20, 34
# How wide a character is on paper is not known here: half a millimetre of air on both sides.
MARGIN = 0.4


@dataclass(frozen=True)
class Heading:
    """One column with its width; or a group of columns under one heading."""

    text: str
    width: float = 12
    parts: tuple["Heading", ...] = ()

    @property
    def columns(self) -> tuple["Heading", ...]:
        """Return the columns below it, or itself."""
        return self.parts or (self,)


@dataclass(frozen=True)
class Form:
    """What stands around the rows of a form."""

    title: str
    unit: str
    day: date
    headings: tuple[Heading, ...]
    paper: int = A4
    notes: tuple[str, ...] = ()
    watermark: Watermark | None = None

    @property
    def columns(self) -> tuple[Heading, ...]:
        """Return the single columns, from left to right."""
        return tuple(column for heading in self.headings for column in heading.columns)

    @property
    def is_grouped(self) -> bool:
        """Tell whether the headings take two rows."""
        return any(heading.parts for heading in self.headings)

    @property
    def unit_line(self) -> str:
        """Say which organisation reports."""
        return FORM_LABELS["unit"].format(self.unit)

    @property
    def day_line(self) -> str:
        """Say as of which day."""
        return FORM_LABELS["day"].format(self.day.year, self.day.month, self.day.day)


def write_form(
    target: Path | IO[bytes], *, form: Form, rows: Iterable[Sequence[Cell]], count: int | None = None
) -> int:
    """Write a form row by row and return how many rows there were; memory stays flat but under groups."""
    counted, expected = tallied(rows, count)
    # What is merged over two rows cannot be written row by row; only short forms have such headings.
    options = {**OPTIONS, "constant_memory": not form.is_grouped}
    where = str(target) if isinstance(target, Path) else target
    with xlsxwriter.Workbook(where, options) as book:
        # Nobody's name, nobody's machine: the watermark says who, where everybody sees it.
        book.set_properties({"title": form.title, "author": "", "company": "", "comments": ""})
        sheet = book.add_worksheet(tab_of(form.title))
        looks = _looks(book)
        for place, column in enumerate(form.columns):
            sheet.set_column(place, place, column.width)
        heading = _top(sheet, form, expected, looks)
        first = _headings(sheet, form, heading, looks)
        after = _rows(sheet, first, counted, looks)
        for note in form.notes:
            _across(sheet, after, 0, len(form.columns) - 1, note, looks["note"])
            after += 1
        _page(sheet, form, heading, first, after - 1)
    return expected


def _looks(book: Any) -> dict[str, Any]:
    """Say how each kind of cell looks: black on white, so that a copier keeps it."""
    wrapped = {"text_wrap": True, "valign": "vcenter"}
    grid = {**wrapped, "border": 1}
    return {
        "title": book.add_format({"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"}),
        "left": book.add_format({"align": "left", "valign": "vcenter"}),
        "right": book.add_format({"align": "right", "valign": "vcenter"}),
        "mark": book.add_format(
            {"align": "left", "valign": "vcenter", "font_size": 9, "font_color": "#555555"}
        ),
        "note": book.add_format({**wrapped, "align": "left", "font_size": 9}),
        "heading": book.add_format({**grid, "bold": True, "align": "center", "bg_color": "#EFEFEF"}),
        "text": book.add_format({**grid, "align": "left", "num_format": "@"}),
        "number": book.add_format({**grid, "align": "center", "num_format": "0"}),
    }


def _across(sheet: Any, row: int, first: int, last: int, text: str, look: Any) -> None:
    """Write one text over several columns of a row."""
    safe = str(safe_cell(text))
    if last > first:
        sheet.merge_range(row, first, row, last, "", look)
    sheet.write_string(row, first, safe, look)


def _top(sheet: Any, form: Form, rows: int, looks: dict[str, Any]) -> int:
    """Write what stands above the headings and return the row in which they begin."""
    last = len(form.columns) - 1
    half = (last + 1) // 2
    sheet.set_row(0, TITLE_HEIGHT)
    _across(sheet, 0, 0, last, form.title, looks["title"])
    sheet.set_row(1, LINE_HEIGHT)
    _across(sheet, 1, 0, half - 1, form.unit_line, looks["left"])
    _across(sheet, 1, half, last, form.day_line, looks["right"])
    if form.watermark is None:
        return 2
    _across(sheet, 2, 0, last, form.watermark.line(rows), looks["mark"])
    return 3


def _headings(sheet: Any, form: Form, row: int, looks: dict[str, Any]) -> int:
    """Write the headings and return the first row after them."""
    look, place = looks["heading"], 0
    sheet.set_row(row, HEADING_HEIGHT)
    for heading in form.headings:
        last = place + len(heading.columns) - 1
        if heading.parts:
            _across(sheet, row, place, last, heading.text, look)
            for at, part in enumerate(heading.parts, start=place):
                sheet.write_string(row + 1, at, str(safe_cell(part.text)), look)
        elif form.is_grouped:
            sheet.merge_range(row, place, row + 1, place, str(safe_cell(heading.text)), look)
        else:
            sheet.write_string(row, place, str(safe_cell(heading.text)), look)
        place = last + 1
    if form.is_grouped:
        sheet.set_row(row + 1, HEADING_HEIGHT)
    return row + (2 if form.is_grouped else 1)


def _rows(sheet: Any, first: int, rows: Iterator[Sequence[Cell]], looks: dict[str, Any]) -> int:
    """Write the rows and return the one after the last."""
    text, number, row = looks["text"], looks["number"], first
    for values in rows:
        for place, value in enumerate(values):
            safe = safe_cell(value)
            if safe == "":
                sheet.write_blank(row, place, None, text)
            elif isinstance(safe, str):
                sheet.write_string(row, place, safe, text)
            else:
                sheet.write_number(row, place, safe, number)
        row += 1
    return row


def _page(sheet: Any, form: Form, heading: int, first: int, last: int) -> None:
    """Say how it is printed: across the paper, all columns on its width, the headings on every page."""
    sheet.freeze_panes(first, min(2, len(form.columns) - 1))
    sheet.repeat_rows(heading, first - 1)
    sheet.set_landscape()
    sheet.set_paper(form.paper)
    sheet.set_margins(left=MARGIN, right=MARGIN, top=MARGIN, bottom=0.7)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, max(last, first - 1), len(form.columns) - 1)
    sheet.set_footer(form.watermark.foot() if form.watermark else f"&C&9{FORM_LABELS['foot']}")


__all__ = ["A3", "A4", "Form", "Heading", "write_form"]
