"""Which Spring Festival is meant at a moment, and from when until when is it asked who comes home?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hongyan.geography.calendar import SHANGHAI, is_published, spring_festival
from hongyan.journeys.terms import in_force

# What the form of a coming visit begins with: home a few days before, away again when most go.
HOME_BEFORE, AWAY_AFTER = timedelta(days=3), timedelta(days=9)


@dataclass(frozen=True)
class Festival:
    """One Spring Festival and its window."""

    day: date
    opens_on: date
    closes_on: date

    @property
    def year(self) -> int:
        """Return the year it falls in: its name in every row."""
        return self.day.year

    @property
    def is_known(self) -> bool:
        """Tell whether the days off around it are published."""
        return is_published(self.year)

    def is_open(self, on: date) -> bool:
        """Tell whether a day lies in the window."""
        return self.opens_on <= on <= self.closes_on

    def is_asked(self, on: date) -> bool:
        """Tell whether members are asked on this day: once it has come, everybody knows by himself."""
        return self.opens_on <= on < self.day

    def days_from(self, on: date) -> tuple[date, date]:
        """Offer the two days of a visit, never in the past."""
        begins = max(on, self.day - HOME_BEFORE)
        return begins, max(begins + timedelta(days=7), self.day + AWAY_AFTER)


def festival_at(at: datetime) -> Festival:
    """Return the festival whose window is open, else the next one."""
    on, terms = at.astimezone(SHANGHAI).date(), in_force(at)
    before, after = timedelta(days=terms.festival_before_days), timedelta(days=terms.festival_after_days)
    days = (spring_festival(on.year + more) for more in (0, 1))
    windows = [Festival(day, day - before, day + after) for day in days]
    return next(window for window in windows if on <= window.closes_on)
