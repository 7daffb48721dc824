"""How does an uploaded spreadsheet become lines in the box where rows are checked, mended and marked?"""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from hongyan.documents import sheets_in
from hongyan.documents.refusals import Refusal, Why, refuse
from hongyan.web.console.sheets import HEADERS, LIMIT, LONGEST_SHEET, MARKING, read_sheet

TITLES = tuple(word for words in HEADERS.values() for word in words)
KEPT_WORDS = "粘贴框里还有没标记的内容，为了不覆盖，文件没有读入。请先标记，或清空粘贴框，再选择文件。"


@dataclass(frozen=True)
class FromFile:
    """What came of an uploaded file: the lines for the box, or the sentence that says why there are none."""

    text: str = ""
    sentence: str = ""
    name: str = ""
    sheet: str = ""
    others: tuple[str, ...] = ()
    rows: int = 0
    ignored: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Return what tells whether the box still holds what this file put there."""
        return mark_of(self.text) if self.text else ""


def mark_of(text: str) -> str:
    """Return a short digest of the box's words; line ends differ from browser to browser."""
    return hashlib.sha256(text.replace("\r\n", "\n").strip().encode()).hexdigest()[:16]


def uploaded(request: HttpRequest) -> "UploadedFile[Any] | None":
    """Return the file somebody has chosen; a form without one sends an empty part."""
    found = request.FILES.get("file")
    return found if isinstance(found, UploadedFile) and found.name else None


def from_request(
    request: HttpRequest, file: "UploadedFile[Any]", needed: tuple[str, ...] = MARKING
) -> FromFile:
    """Read the chosen file, unless it would wipe out words somebody has typed or mended."""
    typed = request.POST.get("sheet", "")
    if typed.strip() and mark_of(typed) != request.POST.get("from_file", ""):
        return FromFile(typed, KEPT_WORDS)
    found = from_file(file, needed)
    # What stood in the box stays there when the file cannot be read.
    return FromFile(typed, found.sentence, found.name) if found.sentence else found


def from_file(file: "UploadedFile[Any]", needed: tuple[str, ...] = MARKING) -> FromFile:
    """Read one file into lines; `needed` are the columns without which it says nothing."""
    name = str(file.name)[-80:]
    size = file.size or 0
    if size > sheets_in.LARGEST:
        refused = refuse(Why.TOO_LARGE, size=f"{size / 1e6:.1f}", limit=sheets_in.LARGEST // 1_000_000)
        return FromFile(sentence=refused.sentence, name=name)
    found = sheets_in.read_sheet(file.read(), name, max_rows=LIMIT, titles=TITLES)
    if isinstance(found, Refusal):
        return FromFile(sentence=found.sentence, name=name)
    whole, few = _lines(found, set(range(len(found.titles)))), _lines(found, _wanted(found))
    # Columns nobody asked for stay where they are, unless their titles may be what is mistaken.
    short = not read_sheet(few, needed).problem
    text = few if short else whole
    if len(text) > LONGEST_SHEET:
        sentence = (
            f"内容太多（{len(text)} 字），一次最多 {LONGEST_SHEET} 字。请删去用不到的列，或分成几个文件。"
        )
        return FromFile(sentence=sentence, name=name)
    ignored = tuple(found.titles[place] for place in _unwanted(found) if found.titles[place]) if short else ()
    return FromFile(text, "", name, found.name, found.others, len(found.all_rows), ignored)


def _wanted(sheet: sheets_in.Sheet) -> set[int]:
    known = set(TITLES)
    return {place for place, title in enumerate(sheet.titles) if sheets_in.bare(title) in known}


def _unwanted(sheet: sheets_in.Sheet) -> list[int]:
    return sorted(set(range(len(sheet.titles))) - _wanted(sheet))


def _lines(sheet: sheets_in.Sheet, places: set[int]) -> str:
    """Write the rows as lines, each at the number it has in the file, so that both count alike."""
    lines = {row.number: _line(row.cells, len(sheet.titles), places) for row in sheet.all_rows}
    lines[sheet.number] = _line(sheet.titles, len(sheet.titles), places)
    return "\n".join(lines.get(number, "") for number in range(1, max(lines) + 1))


def _line(cells: Sequence[str], width: int, places: set[int]) -> str:
    out = io.StringIO()
    # Cells beyond the last title are kept: the row is refused for them, and one must see them.
    kept = [cell for place, cell in enumerate(cells) if place in places or place >= width]
    csv.writer(out, delimiter="\t", lineterminator="").writerow(kept)
    return out.getvalue()
