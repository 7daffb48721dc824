"""Which generations of boundaries have gone live, and does this process already answer by them?

Each process looks every few seconds, at the next request or the next pass of a worker, and then lays what is
new over its tables: nobody has to start anything again.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from hongyan.geography import editions
from hongyan.geography.codes import LENGTHS, Level
from hongyan.geography.editions import Edition, Step
from hongyan.geography.generations import Lists
from hongyan.geography.models import BoundaryGeneration, Division, NamedDivision, Succession
from hongyan.geography.names import upper, villages_of_town

# So long a process may answer by an older edition than another one put in force.
FRESH_SECONDS = 3.0


@dataclass
class _Looked:
    """When this process looks again, and which generations it has laid over its tables."""

    until: ClassVar[float] = 0.0
    known: ClassVar[tuple[int, ...]] = ()


def in_force() -> tuple[int, ...]:
    """Return the generations that went live and were not taken back, in the order in which they did."""
    rows = BoundaryGeneration.objects.filter(live_at__isnull=False, rolled_back_at=None)
    return tuple(rows.order_by("live_at", "pk").values_list("pk", flat=True))


def keep_current() -> Edition:
    """Let this process answer by what is in force, looking at most every few seconds."""
    now = time.monotonic()
    if now >= _Looked.until:
        found = in_force()
        if found != _Looked.known:
            editions.use(edition_of(found))
        # In this order: another thread may look in between.
        _Looked.known, _Looked.until = found, now + FRESH_SECONDS
    return editions.in_use()


def forget() -> None:
    """Look again at the next chance: a generation went live, or was taken back, here."""
    _Looked.until = 0.0


def edition_of(generations: Iterable[int]) -> Edition:
    """Lay these generations over the packed list, one after the other."""
    edition = Edition()
    for pk in generations:
        edition = editions.after(edition, step_of(pk))
    return edition


def step_of(pk: int) -> Step:
    """Read what one generation changes."""
    ended: dict[str, tuple[str, tuple[str, ...]]] = {}
    rows = Succession.objects.filter(generation=pk).order_by("code", "successor")
    for code, name, successor in rows.values_list("code", "name", "successor"):
        ended[code] = (name, (*ended.get(code, (name, ()))[1], successor))
    named = NamedDivision.objects.filter(generation=pk).values_list("code", "name", "was_name")
    name = BoundaryGeneration.objects.values_list("name", flat=True).get(pk=pk)
    return Step(pk, name, ended, {code: (new, was) for code, new, was in named})


def known_to(lists: Lists) -> dict[str, str]:
    """Return code → name of what is in force, with the villages of everything that these lists touch."""
    known = dict(upper())
    touched = {*lists.ended, *lists.named, *(now for after in lists.ended.values() for now in after)}
    touched |= {code[: Level.TOWN] for code in touched}
    for town in [code for code in known if len(code) == Level.TOWN]:
        if any(town[:length] in touched for length in LENGTHS):
            known.update(villages_of_town(town))
    known.update(Division.objects.added().filter(valid_to=None).values_list("code", "name"))
    return known
