"""How many are still unfound: capture–recapture of those marked by home and those found where they are?

Two lists catch the same people independently: the marks of home, and the finds of the destination. If n1 are
marked, n2 found and m of them both, whoever was caught by neither is estimated by Chapman's estimator

    N = (n1 + 1)(n2 + 1) / (m + 1) - 1        unfound = N - (n1 + n2 - m) = (n1 - m)(n2 - m) / (m + 1)

which has no bias worth naming from m = 7 on (D. G. Chapman 1951; D. S. Robson and H. A. Regier 1964). Its
variance is Seber's (1970), and the interval of 95 % is log-normal in the unfound, so that it never falls
below those known (A. Chao 1987). Where one list lies wholly in the other, the upper end is the exact binomial
bound for "none of so many" (Clopper and Pearson 1934).

What it cannot see: if the two lists are not independent (a community looks where marks already point, or
nobody looks among those whom home overlooks) the estimate is too low; members who died, came home or moved on
in the meantime make it too high. It is a number for planning a search, no target, and about nobody in person.
"""

import math
from dataclasses import dataclass

# Fewer in both lists say nothing: then there is no estimate, and no interval either.
FEWEST = 7
# Two-sided 95 %.
_Z = 1.959964
_TAIL = 0.025


@dataclass(frozen=True)
class Estimate:
    """How many are unfound, and between which numbers that lies with 95 % confidence."""

    unfound: float
    low: float
    high: float


def estimated(marked: int, found: int, both: int) -> Estimate | None:
    """Estimate the unfound from who was marked, found, and both; None when too few were both."""
    if not 0 <= both <= min(marked, found):
        raise ValueError("nobody is in both lists who is not in each")
    if both < FEWEST:
        return None
    unfound = (marked - both) * (found - both) / (both + 1)
    if unfound == 0:
        return Estimate(0.0, 0.0, _bound(marked, found, both))
    variance = (marked + 1) * (found + 1) * (marked - both) * (found - both) / ((both + 1) ** 2 * (both + 2))
    spread = math.exp(_Z * math.sqrt(math.log1p(variance / unfound**2)))
    return Estimate(unfound, unfound / spread, unfound * spread)


def _bound(marked: int, found: int, both: int) -> float:
    """Bound the unfound where one list lies wholly in the other: none of so many was missed."""
    tried, caught = (found, marked) if found == both else (marked, found)
    least = math.pow(_TAIL, 1 / tried)
    return caught / least - caught
