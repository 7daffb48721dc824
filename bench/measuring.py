"""What is one figure of a bench: a median beside the median of its floor, both from the same minutes?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

# A figure is the median of at least so many rounds; `--quick` is a test of the bench, not of the product.
ROUNDS, QUICK_ROUNDS = 5, 3
INFORMATION = "info"

Measure = Callable[[], float]


@dataclass(frozen=True)
class Comparison:
    """One line of the table: ours beside a floor or peer; both are rates or both are costs."""

    number: str
    what: str
    beside: str
    unit: str
    ours: float
    other: float | None = None
    # At least (a rate's share of its floor) or at most (a cost's multiple), None for information only.
    required: float | None = None
    aim: float | None = None
    more_is_better: bool = True
    # Where only one value is right, e.g. no wrong answer.
    exactly: float | None = None
    spread: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Return ours divided by the other, None where there is nothing to divide by."""
        return self.ours / self.other if self.other else None

    @property
    def verdict(self) -> str:
        """Say whether the requirement is met; information has no verdict."""
        if self.exactly is not None:
            return "ok" if self.ours == self.exactly else "MISSED"
        if self.required is None or self.ratio is None:
            return INFORMATION
        met = self.ratio >= self.required if self.more_is_better else self.ratio <= self.required
        return "ok" if met else "MISSED"

    def plain(self) -> dict[str, Any]:
        """Return the line as JSON has it."""
        return {**asdict(self), "ratio": self.ratio, "verdict": self.verdict}


@dataclass
class Rounds:
    """What each contender reached in each round, in the order they ran."""

    reached: dict[str, list[float]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def middle(self, name: str) -> float:
        """Return the median of one contender."""
        return median(self.reached[name])

    def spread(self, name: str) -> str:
        """Write the slowest and the fastest round of one contender."""
        values = self.reached[name]
        return f"{name} {min(values):.3g}-{max(values):.3g}"


def alternate(contenders: Mapping[str, Measure], rounds: int) -> Rounds:
    """Run every contender once a round, each round beginning with the next one.

    A machine that slows down half-way then slows all of them, and nobody always runs on a warm cache.
    """
    names, result = list(contenders), Rounds()
    for number in range(rounds):
        shift = number % len(names)
        for name in [*names[shift:], *names[:shift]]:
            result.order.append(name)
            result.reached.setdefault(name, []).append(contenders[name]())
    return result


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]
