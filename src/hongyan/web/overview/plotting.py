"""What does each plot show: what a script draws, a sentence about it, and a table of the same numbers?"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hongyan.geography.calendar import is_working_day
from hongyan.organizations.models import Organization
from hongyan.reports.daily import HAPPENING_LABELS, Happening, Year, year
from hongyan.reports.flows import MEASURE_OF, Direction
from hongyan.reports.history import Point, monthly
from hongyan.reports.measures import MEASURE_LABELS, Measure
from hongyan.reports.stays import Stays, stays
from hongyan.web.overview.dating import yesterday
from hongyan.web.overview.filters import Filters, address
from hongyan.web.overview.lengths import away_words
from hongyan.web.overview.showing import Number, percent

SIDE_LABELS = {Direction.OUT: "流出", Direction.IN: "流入"}
# What a year away is, in the bands of `reports.stays`.
LONG = 12


@dataclass(frozen=True)
class Plot:
    """One plot; `kind` says which function of plots.js draws `facts`."""

    key: str
    kind: str
    title: str
    # What is counted, and from what.
    meaning: str
    # What one sees, for whoever does not see it.
    sentence: str
    facts: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Number, ...]], ...]
    # Words for the switches beside the plot; the script shows one at a time.
    turns: tuple[str, ...] = ()


def _facts(**said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _plain(count: int) -> Number:
    return Number("", "", count, "")


def _long_away(found: Stays, who: str) -> str:
    if not found.total:
        return f"{who}没有人。"
    long = sum(stay.count for stay in found.bands if (stay.band.low or 0) >= LONG)
    most = max(found.bands, key=lambda stay: stay.count)
    return (
        f"{who} {found.total:,} 人，其中外出满 1 年的 {long:,} 人（{percent(long, found.total)}）；"
        f"人数最多的一段是“{away_words(most.band.low, most.band.high)}”，{most.count:,} 人。"
    )


def pyramid(organization: Organization, at: datetime) -> Plot:
    """Say how long those who are out have been away, beside those who are with us."""
    out, here = stays(organization, Direction.OUT, at), stays(organization, Direction.IN, at)

    def number(direction: Direction, low: int | None, high: int | None, count: int) -> Number:
        filters = Filters(organization, measure=MEASURE_OF[direction], away_from=low, away_to=high)
        return Number(SIDE_LABELS[direction], "", count, address(filters))

    rows = tuple(
        (
            away_words(gone.band.low, gone.band.high),
            (
                number(Direction.OUT, gone.band.low, gone.band.high, gone.count),
                number(Direction.IN, come.band.low, come.band.high, come.count),
            ),
        )
        for gone, come in zip(out.bands, here.bands, strict=True)
    )
    return Plot(
        key="stays",
        kind="pyramid",
        title="外出多久了",
        meaning="按登记的外出日期算到今天；两边各段相加，分别等于上面的流出和流入。",
        sentence=f"{_long_away(out, '流出')}{_long_away(here, '流入')}",
        facts=_facts(
            bands=[label for label, _ in rows],
            sides=[
                {"name": SIDE_LABELS[side], "counts": [numbers[place].count for _, numbers in rows],
                 "lists": [numbers[place].href for _, numbers in rows]}
                for place, side in enumerate(Direction)
            ],
        ),
        columns=("外出多久", *SIDE_LABELS.values()),
        rows=rows,
    )  # fmt: skip


def _days(found: Year) -> list[date]:
    return [found.first + timedelta(days=number) for number in range((found.last - found.first).days + 1)]


def _busiest(counts: Mapping[date, int], word: str) -> str:
    if not counts:
        return f"近一年没有{word}。"
    total = sum(counts.values())
    day = max(counts, key=lambda day: (counts[day], day))
    off = sum(count for day, count in counts.items() if not is_working_day(day))
    when = f"{day.year} 年 {day.month} 月 {day.day} 日"
    return (
        f"近一年{word} {total:,} 人次，最多的一天是 {when}，{counts[day]:,} 人次；"
        f"休息日占 {percent(off, total)}。"
    )


def _by_month(found: Year, order: Sequence[Happening]) -> tuple[tuple[str, tuple[Number, ...]], ...]:
    months = dict.fromkeys((day.year, day.month) for day in _days(found))
    sums = {
        what: {
            month: sum(count for day, count in found.counts[what].items() if (day.year, day.month) == month)
            for month in months
        }
        for what in order
    }
    return tuple(
        (f"{month[0]} 年 {month[1]} 月", tuple(_plain(sums[what][month]) for what in order))
        for month in months
    )


def calendar(found: Year) -> Plot:
    """Say on which days of the year people checked in, left and came."""
    ours = sum(len(found.counts[what]) for what in (Happening.CHECKED_IN, Happening.MARKED))
    # A community whose own people stay at home is asked about by those who came.
    order = tuple(Happening) if ours or not found.counts[Happening.TAKEN_IN] else tuple(reversed(Happening))
    days = _days(found)
    return Plot(
        key="days",
        kind="calendar",
        title="一年里的每一天",
        meaning="按当天实际办理的次数，事后返乡、改组都不改动；同一人办两次算两人次。点子表示周末和法定休息日。",
        sentence="".join(_busiest(found.counts[what], HAPPENING_LABELS[what]) for what in order),
        facts=_facts(
            first=found.first.isoformat(),
            last=found.last.isoformat(),
            off=[place for place, day in enumerate(days) if not is_working_day(day)],
            series=[
                {"name": HAPPENING_LABELS[what], "counts": [found.counts[what].get(day, 0) for day in days]}
                for what in order
            ],
        ),
        columns=("月份", *(HAPPENING_LABELS[what] for what in order)),
        rows=_by_month(found, order),
        turns=tuple(HAPPENING_LABELS[what] for what in order),
    )


def line(
    *,
    key: str,
    title: str,
    meaning: str,
    sentence: str,
    first: str,
    points: Iterable[tuple[str, Sequence[Number]]],
    names: Sequence[str],
) -> Plot:
    """Say how figures changed from moment to moment; a point is its word and a number for each name."""
    points = list(points)
    return Plot(
        key=key,
        kind="line",
        title=title,
        meaning=meaning,
        sentence=sentence,
        facts=_facts(
            points=[word for word, _ in points],
            series=[
                {"name": name, "counts": [numbers[place].count for _, numbers in points]}
                for place, name in enumerate(names)
            ],
        ),
        columns=(first, *names),
        rows=tuple((word, tuple(numbers)) for word, numbers in points),
    )


def _weeks(found: Year) -> list[tuple[str, list[Number]]]:
    """Add the days up to whole weeks; the week that is not over would look like a fall."""
    said = []
    for place in range(((found.last - found.first).days + 1) // 7):
        monday = found.first + timedelta(days=7 * place)
        week = [monday + timedelta(days=number) for number in range(7)]
        counts = [
            _plain(sum(found.counts[what].get(day, 0) for day in week))
            for what in (Happening.MARKED, Happening.CHECKED_IN)
        ]
        said.append((f"{monday.year}-{monday.month:02}-{monday.day:02}", counts))
    return said


def keeping_up(found: Year) -> Plot:
    """Say week by week whether checking in keeps up with leaving."""
    points = _weeks(found)
    left, came = (sum(numbers[place].count for _, numbers in points) for place in (0, 1))
    return line(
        key="weeks",
        title="报到跟得上标记吗",
        meaning="每周一到周日的人次；两条线分开的地方，就是出去了还没有报到的人在多起来。",
        sentence=f"近一年 {len(points)} 个整周里，标记流出 {left:,} 人次，报到 {came:,} 人次。",
        first="从哪天起的一周",
        points=points,
        names=("标记流出", "报到"),
    )


TREND = (Measure.OUT, Measure.IN, Measure.AWAITING, Measure.HOSTED)


def trend(organization: Organization, at: datetime) -> Plot:
    """Say how many were out and in at the end of each month of the last year, each number with its list."""
    points = monthly(organization.path, yesterday(at))
    first, last = points[0], points[-1]
    return line(
        key="trend",
        title="一年来的变化",
        meaning="每月最后一天结束时的人数，最后一点是昨天；按当时的组织隶属统计，事后不改动。",
        sentence=(
            f"流出党员从 {first.day.year} 年 {first.day.month} 月底的 {first.figures[Measure.OUT]:,} 人"
            f"到昨天的 {last.figures[Measure.OUT]:,} 人；"
            f"流入党员从 {first.figures[Measure.IN]:,} 人到 {last.figures[Measure.IN]:,} 人。"
        ),
        first="到哪天为止",
        points=[
            (f"{point.day:%Y-%m-%d}", [_dated(organization, measure, point) for measure in TREND])
            for point in points
        ],
        names=tuple(MEASURE_LABELS[measure] for measure in TREND),
    )


def _dated(organization: Organization, measure: Measure, point: Point) -> Number:
    href = address(Filters(organization, measure=measure, on=point.day))
    return Number(MEASURE_LABELS[measure], "", point.figures[measure], href)


def plots(organization: Organization, at: datetime) -> list[Plot]:
    """List the plots of an organisation in the order of the page, in five queries."""
    found = year(organization, at)
    return [pyramid(organization, at), calendar(found), trend(organization, at), keeping_up(found)]
