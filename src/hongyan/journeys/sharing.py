"""Who of several caretakers gets the next member, so that nobody is flooded and nobody overloaded?

Whoever has the fewest gets the next one, but not more than his share: otherwise a caretaker who came today,
with nobody yet, would be given every newcomer for weeks (T25).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Carer:
    """One caretaker as the sharing out sees him."""

    person: int
    # How many he has now, how many of them he was given lately, and how many he can have.
    load: int
    lately: int
    capacity: int

    @property
    def has_room(self) -> bool:
        """Tell whether he can take one more."""
        return self.load < self.capacity


def fair_share(carers: Sequence[Carer]) -> float:
    """Return what each would have been given lately, had all been given the same, the next one counted."""
    return (sum(carer.lately for carer in carers) + 1) / len(carers)


def next_one(carers: Iterable[Carer]) -> Carer | None:
    """Choose who gets the next member: the smallest load below fair share + 1; None: all are full."""
    able = [carer for carer in carers if carer.has_room]
    if not able:
        return None
    most = fair_share(able) + 1
    fair = [carer for carer in able if carer.lately + 1 <= most]
    return min(fair, key=lambda carer: (carer.load, carer.lately, carer.person))


def share_out(carers: Iterable[Carer], number: int) -> list[int | None]:
    """Choose for many members at once, one after the other; None for whom nobody has room."""
    now = {carer.person: carer for carer in carers}
    chosen: list[int | None] = []
    for _ in range(number):
        one = next_one(now.values())
        if one is None:
            return chosen + [None] * (number - len(chosen))
        now[one.person] = replace(one, load=one.load + 1, lately=one.lately + 1)
        chosen.append(one.person)
    return chosen
