"""Which rows stand in a long sheet, one batch after the other? Runs inside the cage; nothing is left out.

The lines: one with the titles, then batches of rows, column by column and only the wanted ones, then one that
counts them; or a single refusal. Nothing of the sheet is kept but the batch at hand.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from hongyan.documents import packages
from hongyan.documents.cells import bare, doubt, text_of
from hongyan.documents.parsing import (
    ABOVE_TITLES,
    CODECS,
    COLUMNS,
    FOREIGN,
    LOCKED_STORE,
    MACRO_STORE,
    OLE,
    WIDEST,
    ZIP,
    delimiter_of,
)
from hongyan.documents.refusals import Flaw, Refusal, Why, refuse

BATCH = 500
# Shorter cells than this need no second look; the place of a flaw that is no one cell's.
PLAIN, WHOLE_ROW = 60, -1
PIECE = 1 << 20
WEB_PAGE = ("<!doctype", "<html", "<?xml", "<table", "<meta", "mime-version")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
Line = dict[str, Any]
Numbered = tuple[int, Sequence[object]]
# Loaded here, because behind the bars nothing can be loaded any more.
LOADED = CODECS


class Ends(Exception):
    """Ends the reading of a file; carries what is said instead."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.why)
        self.refusal = refusal


@dataclass(frozen=True)
class Table:
    """One table on its way: its name, the others beside it, its first rows, and the rest."""

    name: str
    others: list[str]
    near: list[Numbered]
    rest: Iterator[Numbered]
    ragged: bool


def read(content: bytes, *, max_rows: int, titles: Sequence[str], swollen: int) -> Iterator[Line]:
    """Read one file; `titles` are the columns somebody wants."""
    try:
        yield from _lines(_table(content, frozenset(map(bare, titles)), swollen), max_rows, titles)
    except Ends as ends:
        yield {"refused": ends.refusal.why, "facts": ends.refusal.facts}
    except MemoryError:
        yield {"refused": Why.OVERWHELMING, "facts": {}}


def _table(content: bytes, wanted: frozenset[str], swollen: int) -> Table:
    if content.startswith(OLE) and MACRO_STORE in content:
        raise Ends(refuse(Why.MACROS))
    if content.startswith(OLE) and LOCKED_STORE in content:
        raise Ends(refuse(Why.ENCRYPTED))
    if content.startswith(FOREIGN):
        raise Ends(refuse(Why.NOT_A_SHEET))
    return _book(content, wanted, swollen) if content.startswith((ZIP, OLE)) else _text(content)


def _book(content: bytes, wanted: frozenset[str], swollen: int) -> Table:
    """Open the first visible sheet with the wanted titles, or the first with anything in it."""
    is_zip = content.startswith(ZIP)
    refused = packages.why_not(content, swollen) if is_zip else None
    if refused:
        raise Ends(refused)
    try:
        return _sheet(content, wanted, is_xlsx=is_zip and b"xl/workbook.xml" in content)
    except PasswordError:
        raise Ends(refuse(Why.ENCRYPTED)) from None
    except (CalamineError, ValueError, OverflowError, OSError):
        raise Ends(refuse(Why.DAMAGED)) from None


def _sheet(content: bytes, wanted: frozenset[str], *, is_xlsx: bool) -> Table:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    visible = [
        (index, sheet.name)
        for index, sheet in enumerate(book.sheets_metadata)
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]
    filled: list[Table] = []
    for index, name in visible:
        rows = _filled(_rows(book, index, content if is_xlsx else b""))
        near = list(islice(rows, ABOVE_TITLES))
        if not near:
            continue
        filled.append(Table(name, [], near, rows, ragged=False))
        if _best(near, wanted) is not None:
            break
    if not filled:
        raise Ends(refuse(Why.NO_ROWS))
    last = filled[-1]
    chosen = last if _best(last.near, wanted) is not None else filled[0]
    others = [name for _, name in visible if name != chosen.name]
    return Table(chosen.name, others, chosen.near, chosen.rest, ragged=False)


def _rows(book: CalamineWorkbook, index: int, content: bytes) -> Iterator[Numbered]:
    """Read a sheet's rows, each under the number it has on the screen."""
    sheet = book.get_sheet_by_index(index)
    failed: dict[int, dict[int, str]] = {}
    for (place, column), text in (packages.without_result(content, index) if content else {}).items():
        failed.setdefault(place, {})[column] = text
    # Rows come from the first of the screen, cells from the first column with anything in it.
    margin: list[object] = [""] * (sheet.start or (0, 0))[1]
    for number, row in enumerate(sheet.iter_rows()):
        values: list[object] = [*margin, *row] if margin else [*row]
        for column, text in failed.get(number, {}).items():
            if column < len(values):
                values[column] = text
        yield number + 1, values


def _filled(rows: Iterable[Numbered]) -> Iterator[Numbered]:
    """Leave out rows that are blank."""
    for number, values in rows:
        if len(values) > WIDEST:
            raise Ends(refuse(Why.TOO_MANY_COLUMNS, columns=len(values), limit=COLUMNS))
        for value in values:
            if value not in ("", None) and str(value).strip():
                yield number, values
                break


def _encoding(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for choice in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(choice)()
        try:
            for at in range(0, len(content), PIECE):
                decoder.decode(content[at : at + PIECE], final=at + PIECE >= len(content))
        except UnicodeDecodeError:
            continue
        return choice
    raise Ends(refuse(Why.ENCODING))


def _text(content: bytes) -> Table:
    """Read text with commas, tabs or semicolons; an open quote swallows rows, so it is refused."""
    encoding = _encoding(content)
    head = content[:40_000].decode(encoding, "ignore")
    if head.lstrip("\ufeff \r\n\t")[:200].lower().startswith(WEB_PAGE):
        raise Ends(refuse(Why.WEB_PAGE))
    csv.field_size_limit(len(content) + 1)
    lines = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    rows = _filled(_delimited(lines, delimiter_of(head)))
    return Table("", [], list(islice(rows, ABOVE_TITLES)), rows, ragged=True)


def _delimited(lines: Iterable[str], delimiter: str) -> Iterator[Numbered]:
    reader = csv.reader(_legible(lines), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for values in reader:
            yield begins, values
            begins = reader.line_num + 1
    except csv.Error:
        raise Ends(refuse(Why.QUOTES, row=reader.line_num)) from None
    except UnicodeDecodeError:
        raise Ends(refuse(Why.ENCODING)) from None


def _legible(lines: Iterable[str]) -> Iterator[str]:
    """Bytes of a picture may pass for characters; control characters give them away."""
    for line in lines:
        if _CONTROL.search(line):
            raise Ends(refuse(Why.ENCODING))
        yield line


def _best(near: Sequence[Numbered], wanted: frozenset[str]) -> int | None:
    """Find the row of titles: the one that names most of what is wanted, at least two of it."""
    named = [len(wanted & {bare(text_of(value)) for value in values}) for _, values in near]
    best = max(range(len(near)), key=named.__getitem__, default=None)
    return best if best is not None and named[best] > 1 else None


def _lines(table: Table, max_rows: int, wanted: Sequence[str]) -> Iterator[Line]:
    known = frozenset(map(bare, wanted))
    if not table.near:
        raise Ends(refuse(Why.NO_ROWS))
    best = _best(table.near, known)
    at = 0 if best is None else best
    number, values = table.near[at]
    titles = [text_of(value) for value in values]
    while titles and not titles[-1]:
        titles.pop()
    if len(titles) > COLUMNS:
        raise Ends(refuse(Why.TOO_MANY_COLUMNS, columns=len(titles), limit=COLUMNS))
    yield {"sheet": table.name, "others": table.others[:20], "number": number, "titles": titles}
    places = [place for place, title in enumerate(titles) if bare(title) in known]
    body = chain(table.near[at + 1 :], table.rest)
    count = 0
    while batch := list(islice(body, BATCH)):
        count += len(batch)
        if count > max_rows:
            raise Ends(refuse(Why.TOO_MANY_ROWS, rows=count, limit=max_rows))
        yield _batch(batch, places, len(titles), ragged=table.ragged)
    yield {"rows": count}


def _batch(rows: list[Numbered], places: list[int], width: int, *, ragged: bool) -> Line:
    widest = places[-1] + 1 if places else 0
    table = [
        values if len(values) >= widest else [*values, *[""] * (widest - len(values))] for _, values in rows
    ]
    flaws: list[tuple[int, int, Flaw]] = []
    columns = [
        _column([values[place] for values in table], order, flaws) for order, place in enumerate(places)
    ]
    for index, values in enumerate(table) if ragged else ():
        if len(values) > width and any(cell.strip() for cell in values[width:] if type(cell) is str):
            # A delimiter too many has moved the cells behind it; which one, nobody can tell.
            flaws.append((index, WHOLE_ROW, Flaw.BEYOND))
    return {"numbers": [number for number, _ in rows], "columns": columns, "flaws": flaws}


def _column(values: list[object], order: int, flaws: list[tuple[int, int, Flaw]]) -> list[str]:
    """Write one column's cells as text, and note which of them nobody can rely on."""
    if _is_plain(values):
        return values  # type: ignore[return-value]
    texts = []
    for index, value in enumerate(values):
        text, flaw = _told(value)
        texts.append(text)
        if flaw:
            flaws.append((index, order, flaw))
    return texts


def _is_plain(values: list[object]) -> bool:
    """Tell whether every cell is a word or a number as it stands: nothing to undo, nothing to doubt."""
    if set(map(type, values)) != {str}:
        return False
    joined = "".join(values)  # type: ignore[arg-type]
    is_plain = joined.isalnum() and "E" not in joined and "e" not in joined
    return is_plain and max(map(len, values)) < PLAIN  # type: ignore[arg-type]


# Days, schools and branches return row after row. Equal numbers of two types are two cells.
@lru_cache(maxsize=50_000, typed=True)
def _told(value: object) -> tuple[str, Flaw | None]:
    text = text_of(value)
    return text, doubt(text)
