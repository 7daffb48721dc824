"""Does the matrix turn red when any one guard, argument of a guard, token or scope filter is taken away?

`run(count, seed)` is the long campaign of `make assurance`. It writes each step into a journal, so that a run that was
stopped goes on where it was while nothing has changed, and a second process walks it from the other end.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from tests.conventions.tree import ROOT
from tests.web.matrix.cells import AREAS, Cell, cells_in, cells_of, listed, mixed
from tests.web.matrix.elsewhere import ask_elsewhere, killing_tests
from tests.web.matrix.filters import Mutant, watched
from tests.web.matrix.journal import EXPLAINED, Journal, keep_killers, killers
from tests.web.matrix.mutants import mutants
from tests.web.matrix.runs import RUN
from tests.web.matrix.walking import Walk, walking

# Answers that a guard gives, in the order in which a missing one shows itself.
CLOSED = ("prove", "sign_in", "forbidden", "not_found")
# So many cells are asked before a mutant is said to have survived.
MOST = 2_000
# Most mutants are killed by what a part of the cells shows; who lives meets all of them.
SHARES = (0.15, 0.4, 1)
# Answers from which one learns most come first.
TELLING = ("done", "shown", "refused", "not_found", "prove", "sign_in", "forbidden", "not_allowed")
BACKWARDS = "HONGYAN_TEST_BACKWARDS"


@dataclass
class Campaign:
    """What became of the mutants: of each killed one, the cell or the test elsewhere that killed it."""

    killed: dict[str, Cell] = field(default_factory=dict)
    by_test: dict[str, str] = field(default_factory=dict)
    survived: list[str] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)
    asked: int = 0

    def judge(self, mutant: Mutant, by: Cell | None) -> None:
        """Note what became of a mutant."""
        if by is not None:
            self.killed[mutant.key] = by
        else:
            (self.explained if mutant.key in EXPLAINED else self.survived).append(mutant.name)

    def table(self) -> str:
        """Write the result as a small table."""
        fates = (self.killed, self.by_test, self.survived, self.explained)
        rows = [
            f"mutants {sum(len(fate) for fate in fates)}",
            f"killed by a cell {len(self.killed)}",
            f"killed by a named test {len(self.by_test)}",
            f"redundant with a reason {len(self.explained)}",
            f"survived {len(self.survived)}",
            f"cells asked {self.asked}",
        ]
        return " · ".join(rows)


def _met(walk: Walk, cell: Cell) -> set[str]:
    RUN.clear()
    walk.ask(cell)
    return set(RUN)


def candidates(mutant: Mutant, runs: Mapping[str, Sequence[Cell]]) -> list[Cell]:
    """List the cells that may kill a mutant, the likely ones first."""
    if not mutant.doors:
        return mixed(runs.get(mutant.key, ()))
    cells = mixed(cell for door in mutant.doors if door in listed() for cell in cells_of(door))
    return sorted(cells, key=lambda cell: (cell.expected() not in CLOSED, not cell.stale))


def killer(walk: Walk, mutant: Mutant, cells: Iterable[Cell]) -> Cell | None:
    """Return the first of these cells that deviates while the mutant is at work, and only then."""
    for cell in cells:
        with mutant.apply():
            deviates = walk.ask(cell)
        if deviates and not walk.ask(cell):
            return cell
    return None


def hunt(walk: Walk, chosen: Iterable[Mutant], known: Mapping[str, Cell]) -> Campaign:
    """Ask of each mutant the cell that killed it last time; of a guard also the others at its doors."""
    campaign, before = Campaign(), walk.asked
    for mutant in chosen:
        first = [known[mutant.key]] if mutant.key in known else []
        campaign.judge(mutant, killer(walk, mutant, [*first, *candidates(mutant, {})]))
    campaign.asked = walk.asked - before
    return campaign


def _alive(journal: Journal, found: Sequence[Mutant]) -> list[int]:
    """List the mutants that nothing has killed yet."""
    return [number for number in range(len(found)) if number not in journal.fates | journal.tests]


def _index(walk: Walk, journal: Journal, cells: Sequence[Cell], found: Sequence[Mutant], back: bool) -> None:
    """Ask these cells once, and write down which mutants each could tell from the product."""
    numbers = {mutant.key: number for number, mutant in enumerate(found)}
    with watched(found[number] for number in _alive(journal, found)):
        for number in journal.left("cell", len(cells), back):
            journal.add("cell", number, sorted(numbers[key] for key in _met(walk, cells[number])))
    journal.read()


def _hunt(
    walk: Walk, journal: Journal, cells: Sequence[Cell], found: Sequence[Mutant], back: bool, last: bool
) -> None:
    """Let each mutant live until a cell deviates, and write down which one; survivors only in the last round."""
    runs: dict[str, list[Cell]] = {}
    for number, met in journal.cells.items():
        for one in met:
            runs.setdefault(found[one].key, []).append(cells[number])
    places = {cell: number for number, cell in enumerate(cells)}
    for number in journal.left("fate", len(found), back):
        mutant, before, began = found[number], walk.asked, time.perf_counter()
        if mutant.key not in runs and not (mutant.doors or last):
            continue
        by = killer(walk, mutant, candidates(mutant, runs)[:MOST])
        asked, seconds = walk.asked - before, time.perf_counter() - began
        if by is not None or last or mutant.doors:
            journal.add("fate", number, [asked, None if by is None else places[by]])
        if by is None:
            print(f"lives after {asked} cells, {seconds:.0f} s: {mutant.name}", flush=True)


def _helper() -> subprocess.Popen[bytes] | None:
    """Let a second process walk from the other end, on a test database of its own."""
    if BACKWARDS in os.environ or connection.vendor != "sqlite" or (os.cpu_count() or 1) < 2:
        return None
    file = "tests/assurance/campaigns.py::campaign_of_a_module"
    words = ["-o", "python_functions=campaign_*", "-n0", "-q", "-p", "no:cacheprovider"]
    known = {name: value for name, value in os.environ.items() if name in _KNOWN or name[:3] == "LC_"}
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", file, *words],
        cwd=ROOT,
        env={**known, BACKWARDS: "1"},
        stdout=subprocess.DEVNULL,
    )


# What a second process needs to know of the first one's environment; its database and data folder are its own.
_KNOWN = ("PATH", "HOME", "LANG", "TMPDIR", "HONGYAN_TEST_COUNT", "HONGYAN_TEST_SEED", "HONGYAN_TEST_MODULE")


def _elsewhere(journal: Journal, found: Sequence[Mutant]) -> None:
    """Ask of the mutants no cell misses the test that is named for each."""
    journal.read()
    numbers = {found[number].key: number for number in _alive(journal, found)}
    named = {key: test for key, test in killing_tests().items() if key in numbers}
    for key in sorted(ask_elsewhere(named)):
        journal.add("test", numbers[key], named[key])


def _again(
    walk: Walk, journal: Journal, places: Mapping[Cell, int], found: Sequence[Mutant], back: bool
) -> None:
    """Ask of each mutant the one cell that killed it last time."""
    known = killers()
    for number in journal.left("fate", len(found), back):
        by = known.get(found[number].key)
        if by is not None and by in places and killer(walk, found[number], [by]):
            journal.add("fate", number, [1, places[by]])


def _campaign(
    walk: Walk, journal: Journal, cells: Sequence[Cell], found: Sequence[Mutant], back: bool
) -> None:
    """Walk until every mutant has its fate; whoever is explained need not meet all cells."""
    _again(walk, journal, {cell: number for number, cell in enumerate(cells)}, found, back)
    for share in SHARES:
        alive = _alive(journal, found)
        last = share == SHARES[-1] or all(found[number].key in EXPLAINED for number in alive)
        if last and share != SHARES[-1]:
            share = max(share, SHARES[-2])
        _index(walk, journal, cells[: round(len(cells) * share)], found, back)
        _hunt(walk, journal, cells, found, back, last=last)
        if last:
            return


def run(count: int = 0, seed: int = 0) -> dict[str, int]:
    """Run the long campaign: every mutant against the cells that meet it; `count` mutants when there are more."""
    cells = [cell for area in AREAS for cell in cells_in(area)]
    random.Random(seed).shuffle(cells)
    cells.sort(key=lambda cell: TELLING.index(cell.expected()))
    found = mutants()
    if 0 < count < len(found):
        found = random.Random(seed).sample(found, count)
    journal, back = Journal.kept(f"{seed} {len(found)}"), BACKWARDS in os.environ
    if not back:
        _elsewhere(journal, found)
    helper = _helper()
    with walking() as walk:
        _campaign(walk, journal, cells, found, back)
    if helper:
        helper.wait()
    journal.read()
    campaign = Campaign(asked=len(cells))
    for number, mutant in enumerate(found):
        if number in journal.tests:
            campaign.by_test[mutant.key] = journal.tests[number]
            continue
        asked, by = journal.fates[number]
        campaign.asked += asked
        campaign.judge(mutant, None if by is None else cells[by])
    if not back and len(found) == len(mutants()):
        keep_killers(campaign.killed)
    print(campaign.table())
    return {
        "tried": campaign.asked,
        "mutants": len(found) - len(campaign.explained),
        "killed": len(campaign.killed) + len(campaign.by_test),
        "faults": len(campaign.survived),
    }
