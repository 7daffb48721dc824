"""Where is everybody in this spreadsheet: one answer per row, in order, and no row lost?"""

import csv
import io
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hongyan.geography.boundaries import BoundarySet
from hongyan.geography.evidence import Evidence, Location
from hongyan.geography.locating import locate_many

ADDED = ("code", "level", "probability", "tier", "candidates", "reason")
# What people call the columns.
COLUMNS = {
    "lat": ("lat", "latitude", "纬度"),
    "lng": ("lng", "lon", "longitude", "经度"),
    "crs": ("crs", "坐标系"),
    "accuracy": ("accuracy", "accuracy_m", "精度"),
    "age": ("age", "age_s"),
    "address": ("address", "地址"),
    "declared": ("declared", "去向"),
}
NAMES = {"lat": "纬度", "lng": "经度", "accuracy": "精度"}
CHUNK = 5_000
UNIT = re.compile(r"(?:m|米|°)$", re.IGNORECASE)


class Unreadable(Exception):
    """Say in Chinese why a whole file cannot be read."""


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one row as it was, what it says, and what is wrong with it."""

    cells: tuple[str, ...]
    evidence: Evidence
    problem: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold a spreadsheet: its header, its rows in order, and whether it began with a byte order mark."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    marked: bool


def read_sheet(content: bytes) -> Sheet:
    """Return the rows of a csv file in UTF-8 (with or without mark), UTF-16 or GBK; raise Unreadable."""
    text, marked = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = (
        "\t" if "\t" in first and "," not in first else ";" if ";" in first and "," not in first else ","
    )
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if line]
    except csv.Error as error:
        raise Unreadable(f"这个文件不是完整的 CSV:{error}。请用表格软件重新另存为 CSV。") from error
    if not lines:
        raise Unreadable("文件是空的，请至少写一行列名:lat,lng,crs,accuracy,address。")
    header = tuple(lines[0])
    places = _places(header)
    if not places:
        raise Unreadable("第一行里没有认出列名，请写上 lat,lng,crs,accuracy,address 中的几个。")
    return Sheet(header, tuple(_row(line, len(header), places) for line in lines[1:]), marked)


def _decoded(content: bytes) -> tuple[str, bool]:
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(name, errors="replace"), True
    try:
        return content.decode("utf-8"), False
    except UnicodeDecodeError:
        pass
    try:
        # Whoever saves GBK will open the answer in the same program, which needs the mark to see UTF-8.
        return content.decode("gb18030"), True
    except UnicodeDecodeError as error:
        raise Unreadable("认不出文件的文字编码，请另存为 UTF-8 或 GBK 的 CSV。") from error


def _places(header: Sequence[str]) -> dict[str, int]:
    plain = [cell.strip().lower() for cell in header]
    found = {}
    for column, spellings in COLUMNS.items():
        for spelling in spellings:
            if column not in found and spelling in plain:
                found[column] = plain.index(spelling)
    return found


def _row(line: Sequence[str], width: int, places: dict[str, int]) -> Row:
    """Return one row; a row with too many cells has a comma in its last one, and keeps it."""
    cells = [*line[: width - 1], ",".join(line[width - 1 :])] if len(line) > width else list(line)
    cells += [""] * (width - len(cells))

    def cell(column: str) -> str:
        return cells[places[column]].strip() if column in places else ""

    numbers, problems = {}, []
    for column in ("lat", "lng", "accuracy", "age"):
        number, readable = _number(cell(column))
        numbers[column] = number
        if not readable and column in NAMES:
            problems.append(f"{NAMES[column]}“{cell(column)[:20]}”不是数字，请改正后再试。")
    evidence = Evidence(
        lat=numbers["lat"],
        lng=numbers["lng"],
        crs=cell("crs"),
        accuracy_m=numbers["accuracy"],
        age_s=numbers["age"],
        address=cell("address"),
        declared=cell("declared") or None,
    )
    return Row(tuple(cells), evidence, "".join(problems))


def _number(cell: str) -> tuple[float | None, bool]:
    """Return (number, whether the cell could be read); an empty cell is None and fine."""
    plain = UNIT.sub("", unicodedata.normalize("NFKC", cell)).strip()
    if not plain:
        return None, True
    try:
        return float(plain), True
    except ValueError:
        return None, False


def answer_rows(
    rows: Sequence[Row], boundary_set: BoundarySet | None = None, told: Callable[[int], None] = lambda _: None
) -> Iterator[Location | str]:
    """Yield for each row its location, or the sentence that says why not; `told` hears of progress."""
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        # A row that cannot be read still keeps its place: it asks nothing of the engine.
        evidences = [
            replace(row.evidence, lat=None, lng=None) if row.problem else row.evidence for row in chunk
        ]
        for row, location in zip(chunk, locate_many(evidences, boundary_set), strict=True):
            yield row.problem or location
        told(min(start + CHUNK, len(rows)))


def answer_cells(answer: Location | str) -> tuple[str, ...]:
    """Return the cells of the added columns."""
    if isinstance(answer, str):
        return ("", "", "0.0000", "E", "[]", answer)
    probability = answer.probability if math.isfinite(answer.probability) else 0.0
    return (
        answer.code,
        answer.level.word if answer.level else "",
        f"{probability:.4f}",
        answer.tier,
        answer.candidates_json(),
        answer.reason,
    )


def write_sheet(path: Path, sheet: Sheet, answers: Iterable[Location | str]) -> int:
    """Write every row with its answer beside it, aside first and then in place; return the number of rows."""
    aside = path.with_name(f".{path.name}.tmp")
    count = 0
    with aside.open("w", encoding="utf-8-sig" if sheet.marked else "utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*sheet.header, *ADDED])
        for row, answer in zip(sheet.rows, answers, strict=True):
            writer.writerow([*row.cells, *answer_cells(answer)])
            count += 1
    aside.replace(path)
    return count
