"""What stands in an uploaded spreadsheet: every row accepted, or rejected with its reason?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from hongyan.documents.cage import Bars, Broken, ask
from hongyan.documents.cells import bare
from hongyan.documents.refusals import FLAW_SENTENCES, Flaw, Refusal, Why, refuse

LARGEST = 5_000_000
READABLE = frozenset({".xlsx", ".xls", ".et", ".ods", ".csv", ".tsv", ".txt"})
WITH_MACROS = frozenset({".xlsm", ".xltm", ".xlam", ".xla"})
OLD_BINARY = frozenset({".xlsb", ".wps", ".numbers", ".dbf", ".xlt", ".fods"})
BARS = Bars(memory=640_000_000, cpu_seconds=3, wall_seconds=4.5, answer=24_000_000)

__all__ = ["LARGEST", "Rejected", "Row", "Sheet", "bare", "read_sheet"]


@dataclass(frozen=True)
class Row:
    """One row: its number on the screen, and its cells as text, one for each title or fewer."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Rejected(Row):
    """One row that cannot be taken as it stands, with each column and its reason."""

    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file: which one, its titles and where they stand, and every row that is not blank."""

    name: str
    others: tuple[str, ...]
    number: int
    titles: tuple[str, ...]
    rows: tuple[Row, ...]
    rejected: tuple[Rejected, ...]

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """List accepted and rejected rows in the order of the file."""
        return tuple(sorted((*self.rows, *self.rejected), key=lambda row: row.number))


def read_sheet(content: bytes, name: str, *, max_rows: int, titles: Sequence[str] = ()) -> Sheet | Refusal:
    """Read an xlsx, xls, ods or csv file; `titles` are the columns wanted, and only those are judged."""
    ending = PurePath(name).suffix.lower()
    if not content:
        return refuse(Why.EMPTY)
    if len(content) > LARGEST:
        return refuse(Why.TOO_LARGE, size=f"{len(content) / 1e6:.1f}", limit=LARGEST // 1_000_000)
    if ending in WITH_MACROS:
        return refuse(Why.MACROS)
    if ending not in READABLE:
        return refuse(Why.OLD_BINARY if ending in OLD_BINARY else Why.NOT_A_SHEET)
    try:
        question = {"max_rows": max_rows, "titles": list(titles)}
        return _sheet(ask("sheet", content, question, BARS))
    except Broken as broken:
        return refuse(broken.why)
    except (KeyError, TypeError, ValueError, IndexError):
        # The child's lines are not what it was asked for: something else is speaking.
        return refuse(Why.OVERWHELMING)


def _sheet(lines: Iterator[dict[str, Any]]) -> Sheet | Refusal:
    """Build the sheet from the child's lines, and count that none is missing."""
    head = next(lines, {})
    if "refused" in head:
        return refuse(Why(head["refused"]), **{str(name): fact for name, fact in head["facts"].items()})
    titles = _texts(head["titles"])
    rows: list[Row] = []
    rejected: list[Rejected] = []
    for line in lines:
        if "rows" in line:
            if line["rows"] != len(rows) + len(rejected):
                raise ValueError("rows are missing")
            others = _texts(head["others"])
            return Sheet(
                str(head["sheet"]), others, int(head["number"]), titles, tuple(rows), tuple(rejected)
            )
        number, cells = int(line["row"]), _texts(line["cells"])
        problems = tuple(_problem(place, flaw, titles) for place, flaw in line["flaws"])
        if problems:
            rejected.append(Rejected(number, cells, problems))
        else:
            rows.append(Row(number, cells))
    raise ValueError("the end is missing")


def _texts(values: list[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def _problem(place: int, flaw: str, titles: tuple[str, ...]) -> tuple[str, str]:
    column = titles[place] if place < len(titles) else ""
    return column, FLAW_SENTENCES[Flaw(flaw)]
