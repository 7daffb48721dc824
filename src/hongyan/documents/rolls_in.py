"""What stands in a long sheet, batch by batch, while it is being read?"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from hongyan.documents.cage import Bars, Broken, stream
from hongyan.documents.refusals import Flaw, Refusal, Why, refuse
from hongyan.documents.sheets_in import OLD_BINARY, READABLE, WITH_MACROS


@dataclass(frozen=True)
class Size:
    """How large a file may be, how far it may unfold, how many rows it may have, what reading it may use."""

    largest: int
    swollen: int
    rows: int
    bars: Bars


# What a request can bring: about a county. Nobody waits longer than this for a page.
UPLOADED = Size(
    10_000_000,
    400_000_000,
    120_000,
    Bars(memory=2_000_000_000, cpu_seconds=40, wall_seconds=90, answer=200_000_000),
)
# What lies on the server's own disk: a province.
ON_DISK = Size(
    1_000_000_000,
    6_000_000_000,
    3_000_000,
    Bars(memory=12_000_000_000, cpu_seconds=3600, wall_seconds=6 * 3600, answer=8_000_000_000),
)


@dataclass(frozen=True)
class Head:
    """Where the table stands and what its columns are called."""

    sheet: str
    others: tuple[str, ...]
    number: int
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Batch:
    """Some rows: their numbers on the screen, the cells by wanted column, what is wrong with which."""

    numbers: list[int]
    columns: list[list[str]]
    # By the place of the row in this batch: the place of the column (-1: the whole row) and the reason.
    flaws: dict[int, list[tuple[int, Flaw]]]


class Unreadable(Exception):
    """The file cannot be read to its end; carries the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.why)
        self.refusal = refusal


def why_not_open(name: str, size: int, limits: Size) -> Refusal | None:
    """Say why a file is not even opened."""
    ending = PurePath(name).suffix.lower()
    if not size:
        return refuse(Why.EMPTY)
    if size > limits.largest:
        return refuse(Why.TOO_LARGE, size=f"{size / 1e6:.1f}", limit=limits.largest // 1_000_000)
    if ending in WITH_MACROS:
        return refuse(Why.MACROS)
    if ending not in READABLE:
        return refuse(Why.OLD_BINARY if ending in OLD_BINARY else Why.NOT_A_SHEET)
    return None


def read_roll(given: IO[bytes], *, titles: Sequence[str], limits: Size) -> Iterator[Head | Batch]:
    """Read a file: first its head, then every row that is not blank; raise Unreadable, also in the middle."""
    question = {"max_rows": limits.rows, "titles": list(titles), "swollen": limits.swollen}
    try:
        lines = stream("roll", given, question, limits.bars)
        with closing(lines):
            yield from _checked(lines)
    except Broken as broken:
        raise Unreadable(refuse(broken.why)) from None
    except (KeyError, TypeError, ValueError, IndexError):
        # The child's lines are not what it was asked for: something else is speaking.
        raise Unreadable(refuse(Why.OVERWHELMING)) from None


def _checked(lines: Iterator[dict[str, Any]]) -> Iterator[Head | Batch]:
    """Count that no row is missing, and that every cell is text."""
    count, width = 0, -1
    for line in lines:
        if "refused" in line:
            facts = {str(name): fact for name, fact in line["facts"].items()}
            raise Unreadable(refuse(Why(line["refused"]), **facts))
        if "titles" in line:
            others, titles = map(str, line["others"]), map(str, line["titles"])
            yield Head(str(line["sheet"]), tuple(others), int(line["number"]), tuple(titles))
        elif "rows" in line:
            if line["rows"] != count:
                raise ValueError("rows are missing")
            return
        else:
            numbers, columns = line["numbers"], line["columns"]
            width = len(columns) if width < 0 else width
            if len(columns) != width or {type(number) for number in numbers} - {int}:
                raise ValueError("rows without numbers")
            if any(len(cells) != len(numbers) or set(map(type, cells)) - {str} for cells in columns):
                raise ValueError("cells that are no text")
            flaws: dict[int, list[tuple[int, Flaw]]] = {}
            for row, place, flaw in line["flaws"]:
                flaws.setdefault(int(row), []).append((int(place), Flaw(flaw)))
            count += len(numbers)
            yield Batch(numbers, columns, flaws)
    raise ValueError("the end is missing")
