"""What are the people and branches of the year like: the shares of the dice, and the days nothing is usual?"""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hongyan.geography.calendar import SHANGHAI
from tests.year.ground import Ground

DAY = timedelta(days=1)
# Of members: nothing reaches their phone. Of branches: they answer late. Of journeys: to where nobody has a desk;
# of those in Gansu: they move on.
SILENT, SLOW, OUTSIDE_SHARE, MOVES = 0.02, 0.05, 0.08, 0.25
PEAK, PEAK_DAYS, PEAK_TIMES = date(2026, 2, 24), 14, 10
# The workers stand still for 36 hours: three looks are missed.
OUTAGE = (datetime(2026, 3, 3, 6, tzinfo=SHANGHAI), datetime(2026, 3, 4, 18, tzinfo=SHANGHAI))
CALLED, NEVER = 8, 9


@dataclass(frozen=True)
class Temper:
    """What somebody is like: after how many messages he checks in, what he does then, how long he stays."""

    needs: int
    lag: int
    by_himself: int
    stays: int
    place: str
    moves_after: int | None

    @property
    def is_silent(self) -> bool:
        """Tell whether nothing reaches him."""
        return self.needs == NEVER


def temper_of(dice: random.Random, ground: Ground) -> Temper:
    """Throw the dice for one member."""
    needs = dice.choices((1, 2, 3, CALLED, NEVER), (0.66, 0.16, 0.10, 0.08 - SILENT, SILENT))[0]
    place = dice.choice(ground.villages).division_id or ""
    if dice.random() < OUTSIDE_SHARE:
        place = dice.choice(list(ground.outside))
    moves = dice.randint(20, 60) if dice.random() < MOVES else None
    return Temper(needs, dice.randint(0, 2), dice.randint(25, 90), dice.randint(40, 200), place, moves)
