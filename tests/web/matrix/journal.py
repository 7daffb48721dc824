"""What has the long campaign found so far, and which cell kills which mutant?"""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.conventions.tree import ROOT, sources
from tests.web.matrix.cells import Cell

# What a journal is true of: the product, the matrix, the cast.
_ABOUT = ("src/hongyan/**/*.py", "src/hongyan/**/*.html", "tests/web/matrix/*.py", "tests/world.py")
KILLERS = ROOT / "tests" / "web" / "matrix" / "killers.tsv"
# Redundant on purpose, each with its reason; by the mutant's key.
_CONSOLE = "src/hongyan/web/console"
EXPLAINED = {
    f"{_CONSOLE}/views/appointments.py appointments power=": (
        "organization_or_404 asks for the same power at the one organisation the page is about."
    ),
    f"{_CONSOLE}/views/rights.py decide_request power=": (
        "visible_requests finds requests by the same power, and all who approve may mark as well."
    ),
    f"{_CONSOLE}/views/stations.py picture_station power=": (
        "station_or_404 asks for the same power at the organisation of the station."
    ),
    f"{_CONSOLE}/export_pages.py _line the comparison of who it is": (
        "A word in a line of the list; that the line is there is decided by visible_to."
    ),
    f"{_CONSOLE}/export_pages.py listed filter asked_by": (
        "It keeps one's own requests from being listed twice; whose are listed is decided by visible_to."
    ),
    f"{_CONSOLE}/views/entry.py home seats_for": (
        "It chooses the page one is sent to, and the guard of that page asks again."
    ),
    f"{_CONSOLE}/desk_rows.py desk_cases seats_for": (
        "Of each seat _duties asks what its role may do, and no role that sees nothing may do any of it."
    ),
    "src/hongyan/web/accounts/invitations.py invited_user filter is_active": (
        "The signature of the link holds is_active as well, so that of somebody who has left fits no more."
    ),
    "src/hongyan/journeys/rules.py why_not_mark seat_over": (
        "Before it roster and member_of find only members one may mark; it holds for doors still to come."
    ),
    "src/hongyan/web/api/finding.py member_of seat_over": (
        "Behind it why_not_mark refuses the same members with the same code and the same words."
    ),
}


class Journal:
    """Lines that two processes append to; each is one step that need not be made again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # By the number of a cell: the numbers of the mutants it could tell from the product.
        self.cells: dict[int, list[int]] = {}
        # By the number of a mutant: the cells asked, the one that killed it.
        self.fates: dict[int, tuple[int, int | None]] = {}
        # By the number of a mutant: the test elsewhere that killed it.
        self.tests: dict[int, str] = {}
        self._read = 0

    @classmethod
    def kept(cls, about: str) -> "Journal":
        """Open the journal of the code as it is now."""
        digest = sha256(about.encode())
        for source in sources(*_ABOUT):
            digest.update(f"{source.path}\0{source.text}\0".encode())
        folder = ROOT / "assurance"
        folder.mkdir(exist_ok=True)
        return cls(folder / f"mutants-{digest.hexdigest()[:16]}.jsonl")

    def read(self) -> None:
        """Read what has been added since the last look."""
        if not self.path.exists():
            return
        with self.path.open("rb") as lines:
            lines.seek(self._read)
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                kind, number, found = json.loads(line)
                if kind == "cell":
                    self.cells[number] = found
                elif kind == "test":
                    self.tests[number] = found
                else:
                    self.fates[number] = (found[0], found[1])

    def add(self, kind: str, number: int, found: Any) -> None:
        """Add one step; a line this short is appended whole."""
        with self.path.open("ab") as lines:
            lines.write(json.dumps([kind, number, found]).encode() + b"\n")

    def left(self, kind: str, count: int, backwards: bool) -> Iterator[int]:
        """Walk the numbers that nobody has done, from one end or from the other."""
        for number in reversed(range(count)) if backwards else range(count):
            self.read()
            if number not in (self.cells if kind == "cell" else {**self.fates, **self.tests}):
                yield number


def killers() -> dict[str, Cell]:
    """Read which cell killed which mutant when the whole campaign was run last."""
    found = {}
    for line in KILLERS.read_text(encoding="utf-8").splitlines() if KILLERS.exists() else ():
        key, door, method, person, thing, stale = line.split("\t")
        found[key] = Cell(door, method, person, thing, stale == "stale")
    return found


def keep_killers(found: dict[str, Cell]) -> None:
    """Write down which cell killed which mutant, for the quick sample of the suite."""
    rows = [
        "\t".join([key, cell.door, cell.method, cell.person, cell.thing, "stale" if cell.stale else "fresh"])
        for key, cell in sorted(found.items())
    ]
    KILLERS.write_text("\n".join(rows) + "\n", encoding="utf-8")
