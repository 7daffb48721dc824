"""Does the matrix turn red when any one guard or scope filter is taken away?

`run(count, seed)` is the long campaign of `make assurance`; the tests take a sample that is the same every time.
"""

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from tests.conventions.tree import sources
from tests.web.matrix.cells import AREAS, Cell, cells_in, cells_of, listed, mixed
from tests.web.matrix.mutants import SCOPED, Mutant, instrumented, mutants, swapped
from tests.web.matrix.runs import RUN
from tests.web.matrix.walking import Walk, walking

# Redundant on purpose, each with its reason; by the mutant's key.
EXPLAINED: dict[str, str] = {}


@dataclass
class Campaign:
    """What became of the mutants."""

    killed: list[str] = field(default_factory=list)
    survived: list[str] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)
    asked: int = 0

    def table(self) -> str:
        """Write the result as a small table."""
        rows = [
            f"mutants {len(self.killed) + len(self.survived) + len(self.explained)}",
            f"killed {len(self.killed)}",
            f"redundant with a reason {len(self.explained)}",
            f"survived {len(self.survived)}",
            f"cells asked {self.asked}",
        ]
        return " · ".join(rows)


@contextmanager
def watched() -> Iterator[None]:
    """Let every function with a scope filter say when it is run."""
    with ExitStack() as stack:
        for _, function, code in instrumented(sources(*SCOPED)):
            stack.enter_context(swapped(function, code))
        yield


def runs_of(walk: Walk, cells: Iterable[Cell]) -> dict[str, list[Cell]]:
    """Find out which cells run which functions."""
    found: dict[str, list[Cell]] = {}
    with watched():
        for cell in cells:
            RUN.clear()
            walk.ask(cell)
            for function in RUN:
                found.setdefault(function, []).append(cell)
    return found


def is_killed(walk: Walk, mutant: Mutant, runs: Mapping[str, Sequence[Cell]], most: int) -> bool:
    """Tell whether some cell deviates while the mutant is at work."""
    if mutant.function:
        cells = mixed(runs.get(mutant.function, ()))
    else:
        cells = mixed(cell for door in mutant.doors if door in listed() for cell in cells_of(door))
    with mutant.apply():
        return any(walk.ask(cell) for cell in cells[:most])


def hunt(
    walk: Walk, chosen: Iterable[Mutant], runs: Mapping[str, Sequence[Cell]], *, most: int, loud: bool = False
) -> Campaign:
    """Let each mutant live until a cell deviates."""
    campaign, before = Campaign(), walk.asked
    for mutant in chosen:
        began = time.perf_counter()
        killed = is_killed(walk, mutant, runs, most)
        where = (
            campaign.killed
            if killed
            else campaign.explained
            if mutant.key in EXPLAINED
            else campaign.survived
        )
        where.append(mutant.name)
        if loud and not killed:
            print(f"survived: {mutant.name} ({time.perf_counter() - began:.0f} s)", flush=True)
    campaign.asked = walk.asked - before
    return campaign


def run(count: int = 0, seed: int = 0) -> dict[str, int]:
    """Run the long campaign: every mutant against every cell that meets it; `count` mutants when given."""
    with walking() as walk:
        everything = [cell for area in AREAS for cell in cells_in(area)]
        random.Random(seed).shuffle(everything)
        runs = runs_of(walk, everything)
        chosen = mutants()
        if count:
            chosen = random.Random(seed).sample(chosen, min(count, len(chosen)))
        campaign = hunt(walk, chosen, runs, most=len(everything), loud=True)
    print(campaign.table())
    return {
        "tried": campaign.asked,
        "mutants": len(chosen) - len(campaign.explained),
        "killed": len(campaign.killed),
        "faults": len(campaign.survived),
    }
