"""What stands in the bytes of a spreadsheet? Runs inside the cage and answers in lines; nothing is left out.

The lines: one that says which sheet was read and its titles, one for every row that is not blank, and one
that counts them; or a single refusal.
"""

import codecs
import csv
import encodings.cp437
import encodings.gb18030
import encodings.utf_8_sig
import encodings.utf_16
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from hongyan.documents import packages
from hongyan.documents.cells import bare, doubt, text_of
from hongyan.documents.refusals import Flaw, Refusal, Why, refuse

COLUMNS = 200
# Where a row ends being a row at all: styles may reach far to the right of the last title.
WIDEST = 1000
# How far rows too many are still counted, so that one knows into how many files to divide them.
COUNTED = 50_000
# Above the titles there may stand the name of the list, who made it, and when.
ABOVE_TITLES = 12
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What is often sent under a sheet's name: PDF, pictures, other archives.
FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")
# Loaded here, because behind the bars nothing can be loaded any more.
CODECS = (encodings.cp437, encodings.gb18030, encodings.utf_16, encodings.utf_8_sig)
# Names of streams in an old binary file, where letters have two bytes.
MACRO_STORE, LOCKED_STORE = "_VBA_PROJECT".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
Line = dict[str, Any]
Numbered = tuple[int, list[str]]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_QUOTED = re.compile(r"\"[^\"]*\"")


class Beyond(Exception):
    """Ends the reading of a table nobody can have meant; carries what is said instead."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.why)
        self.refusal = refusal


def read(content: bytes, *, max_rows: int, titles: Sequence[str]) -> Iterable[Line]:
    """Read one file; `titles` are the columns somebody wants, all of them when none is named."""
    try:
        found = _read(content, max_rows, frozenset(map(bare, titles)))
    except Beyond as beyond:
        found = beyond.refusal
    except MemoryError:
        found = refuse(Why.OVERWHELMING)
    if isinstance(found, Refusal):
        return [{"refused": found.why, "facts": found.facts}]
    return found


def _read(content: bytes, max_rows: int, wanted: frozenset[str]) -> Refusal | list[Line]:
    if content.startswith(OLE) and MACRO_STORE in content:
        return refuse(Why.MACROS)
    if content.startswith(OLE) and LOCKED_STORE in content:
        return refuse(Why.ENCRYPTED)
    if content.startswith(FOREIGN):
        return refuse(Why.NOT_A_SHEET)
    if content.startswith((ZIP, OLE)):
        return _book(content, max_rows, wanted)
    return _text(content, max_rows, wanted)


def _book(content: bytes, max_rows: int, wanted: frozenset[str]) -> Refusal | list[Line]:
    """Read the first visible sheet with the wanted titles, or the first with anything in it."""
    is_zip = content.startswith(ZIP)
    refused = packages.why_not(content) if is_zip else None
    if refused:
        return refused
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        filled: list[tuple[str, list[Numbered], Numbered | None]] = []
        for index, sheet in enumerate(book.sheets_metadata):
            if sheet.visible != SheetVisibleEnum.Visible or sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            rows = _rows(book, index, content if is_zip and b"xl/workbook.xml" in content else b"", max_rows)
            if rows:
                filled.append((sheet.name, rows, _titles(rows, wanted)))
    except PasswordError:
        return refuse(Why.ENCRYPTED)
    except (CalamineError, ValueError, OverflowError, OSError):
        return refuse(Why.DAMAGED)
    if not filled:
        return refuse(Why.NO_ROWS)
    name, rows, header = next((one for one in filled if one[2] and wanted), filled[0])
    others = [other for other, _, _ in filled if other != name]
    return _lines(name, others, rows, header, max_rows, wanted, ragged=False)


def _rows(book: CalamineWorkbook, index: int, content: bytes, most: int) -> list[Numbered]:
    """Read a sheet's rows that are not blank, each under the number it has on the screen."""
    sheet = book.get_sheet_by_index(index)
    failed = packages.without_result(content, index) if content else {}
    top, left = sheet.start or (0, 0)
    margin: list[object] = [""] * left
    table = [[*margin, *values] for values in sheet.to_python(skip_empty_area=True)]
    for (row, column), text in failed.items():
        if 0 <= row - top < len(table) and column < len(table[row - top]):
            table[row - top][column] = text
    return _filled(enumerate(table, start=top + 1), most)


def _filled(table: Iterable[tuple[int, Sequence[object]]], most: int) -> list[Numbered]:
    """Keep the rows that are not blank; those beyond what anybody will read are only counted."""
    found: list[Numbered] = []
    for number, values in table:
        if len(found) > most + ABOVE_TITLES:
            if any(value not in ("", None) for value in values):
                found.append((number, [""]))
            if len(found) > most + COUNTED:
                raise Beyond(refuse(Why.FAR_TOO_MANY_ROWS, limit=most))
            continue
        if len(values) > WIDEST:
            raise Beyond(refuse(Why.TOO_MANY_COLUMNS, columns=len(values), limit=COLUMNS))
        cells = [text_of(value) for value in values]
        if any(cells):
            found.append((number, cells))
    return found


def _decoded(content: bytes) -> str | None:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        choices: tuple[str, ...] = ("utf-16",)
    else:
        choices = ("utf-8-sig", "gb18030")
    for choice in choices:
        try:
            text = content.decode(choice)
        except UnicodeDecodeError:
            continue
        # Bytes of a picture may pass for characters; control characters give them away.
        return None if _CONTROL.search(text) else text
    return None


def delimiter_of(text: str) -> str:
    """Find the sign between the cells: the one that stands in most of the first lines, outside quotes."""
    lines = [_QUOTED.sub("", line) for line in text[:20_000].splitlines() if line.strip()][:ABOVE_TITLES]
    often = {sign: sum(sign in line for line in lines) for sign in ",\t;"}
    best = max(often, key=lambda sign: (often[sign], sum(line.count(sign) for line in lines)))
    # A full-width comma is a sign between cells only where there is no other.
    return best if often[best] else "，"


def _text(content: bytes, max_rows: int, wanted: frozenset[str]) -> Refusal | list[Line]:
    """Read text with commas, tabs or semicolons; an open quote swallows rows, so it is refused."""
    text = _decoded(content)
    if text is None:
        return refuse(Why.ENCODING)
    if (
        text.lstrip()[:200]
        .lower()
        .startswith(("<!doctype", "<html", "<?xml", "<table", "<meta", "mime-version"))
    ):
        return refuse(Why.WEB_PAGE)
    csv.field_size_limit(len(text) + 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        rows = _filled(enumerate(reader, start=1), max_rows)
    except csv.Error:
        return refuse(Why.QUOTES, row=reader.line_num)
    return _lines("", [], rows, _titles(rows, wanted), max_rows, wanted, ragged=True)


def _titles(rows: Sequence[Numbered], wanted: frozenset[str]) -> Numbered | None:
    """Find the row of titles: the one that names most of what is wanted, or the first with two cells."""
    near = rows[:ABOVE_TITLES]
    if wanted:
        best = max(near, key=lambda row: len(wanted & set(map(bare, row[1]))), default=None)
        return best if best and len(wanted & set(map(bare, best[1]))) > 1 else None
    return next((row for row in near if sum(map(bool, row[1])) > 1), None)


def _lines(
    name: str,
    others: list[str],
    rows: list[Numbered],
    header: Numbered | None,
    max_rows: int,
    wanted: frozenset[str],
    *,
    ragged: bool,
) -> Refusal | list[Line]:
    if not rows:
        return refuse(Why.NO_ROWS)
    # Without the titles somebody hoped for, the first row of several cells is shown as what there is.
    number, titles = header or _titles(rows, frozenset()) or rows[0]
    while titles and not titles[-1]:
        titles = titles[:-1]
    body = [row for row in rows if row[0] > number]
    if len(body) > max_rows:
        return refuse(Why.TOO_MANY_ROWS, rows=len(body), limit=max_rows)
    if len(titles) > COLUMNS:
        return refuse(Why.TOO_MANY_COLUMNS, columns=len(titles), limit=COLUMNS)
    judged = [not wanted or bare(title) in wanted for title in titles]
    head: Line = {"sheet": name, "others": others[:20], "number": number, "titles": titles}
    return [head, *_body(body, judged, ragged=ragged), {"rows": len(body)}]


def _body(body: list[Numbered], judged: list[bool], *, ragged: bool) -> Iterator[Line]:
    for number, cells in body:
        flaws = [
            (place, flaw)
            for place, cell in enumerate(cells[: len(judged)])
            if judged[place] and (flaw := doubt(cell))
        ]
        if any(cells[len(judged) :]) and ragged:
            # A delimiter too many has moved the cells behind it; which one, nobody can tell.
            flaws.append((len(judged), Flaw.BEYOND))
        kept = cells if ragged else cells[: len(judged)]
        while kept and not kept[-1]:
            kept = kept[:-1]
        yield {"row": number, "cells": kept, "flaws": flaws}
